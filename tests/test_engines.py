"""One wheel for both engines: which one a process takes, that no app mixes them, and that neither changes a template.

What is installed is what a user gets: wheels, in environments of their own, without a network.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from tests.built import Built
from tests.pages.blocks import blocks

ROOT = Path(__file__).parent.parent
WHEELHOUSE = Path(sys.prefix) / "wheelhouse"
OTHER = {"cdktf": "cdktn", "cdktn": "cdktf"}
Install = Callable[..., Path]
Checker = Callable[..., list[tuple[str, str]]]

MAIN = """\
from ENGINE import App
from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate

app = App()
template = CoderTemplate(app, "demo")
agent = CoderAgent(template, "main", os="linux", arch="amd64")
AIBridgeProxy(template, "aibridge", agent_id=agent.id, proxy_url="https://aiproxy.example.com:8888")
app.synth()
"""
SAY = "import aibridge_construct as a; a.CoderTemplate; from aibridge_construct import _engine; print(_engine.ENGINE)"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "engines"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Without another worker in here."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def install(shared: Path, built: Built) -> Install:
    """Make an environment with this library, and nothing but what it requires; returns its Python."""

    def into(extras: str = "") -> Path:
        environment = shared / f"venv{extras}"
        with alone(shared):
            if not (environment / "complete").exists():
                run(sys.executable, "-m", "venv", "--without-pip", environment, folder=shared)
                command = (sys.executable, "-m", "pip", "--python", environment / "bin/python", "install", "--quiet")
                places = ("--disable-pip-version-check", "--no-index", "--find-links", WHEELHOUSE)
                run(*command, *places, f"aibridge-construct{extras} @ {built.wheel.as_uri()}", folder=shared)
                (environment / "complete").touch()
        return environment / "bin/python"

    return into


def run(*command: str | Path, folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIBRIDGE"))}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def ran(python: Path, program: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    # The environment is the one of the program, not of the tests.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIBRIDGE"))}
    return subprocess.run(
        [python, "-c", program], cwd=folder, env=kept | env, capture_output=True, text=True, check=False, timeout=120
    )


# ---- installed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ["extras", "engine"], [pytest.param("", "cdktf", id="plain"), pytest.param("[cdktn]", "cdktn", id="[cdktn]")]
)
def test_ten_lines_in_an_empty_environment_write_what_terraform_validates(
    install: Install, extras: str, engine: str, mirror: Mirror, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(MAIN.replace("ENGINE", engine))
    run(install(extras), "main.py", folder=tmp_path)
    written = tmp_path / "cdktf.out/stacks/demo"
    assert json.loads((written / "cdk.tf.json").read_text())["//"]["metadata"]["stackName"] == "demo"
    terraform = Terraform(written, mirror=mirror)
    terraform.init()
    terraform.validate()


def test_both_engines_write_the_same_but_for_their_version(install: Install, tmp_path: Path) -> None:
    written = {}
    for engine in OTHER:
        program = MAIN.replace("ENGINE", engine).replace("App()", f"App(outdir={engine!r})")
        done = ran(install("[cdktn]"), program, tmp_path)
        assert done.returncode == 0, done.stderr
        written[engine] = json.loads((tmp_path / engine / "stacks/demo/cdk.tf.json").read_text())
        assert written[engine]["//"]["metadata"].pop("version").startswith({"cdktf": "0.21", "cdktn": "0.24"}[engine])
    assert written["cdktf"] == written["cdktn"]


# ---- chosen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ["program", "named", "taken"],
    [
        pytest.param("", None, "cdktn", id="both installed, nothing said"),
        pytest.param("import cdktf", None, "cdktf", id="cdktf imported first"),
        pytest.param("import cdktn", None, "cdktn", id="cdktn imported first"),
        pytest.param("", "cdktf", "cdktf", id="named"),
        pytest.param("import cdktn", "cdktf", "cdktf", id="named against what is imported"),
        pytest.param("import cdktf, cdktn", "cdktf", "cdktf", id="both imported, and named"),
        pytest.param("import sys; sys.modules['cdktn'] = None", None, "cdktf", id="the other one barred"),
    ],
)
def test_a_process_takes(install: Install, program: str, named: str | None, taken: str, tmp_path: Path) -> None:
    done = ran(install("[cdktn]"), f"{program}\n{SAY}", tmp_path, **({"AIBRIDGE_ENGINE": named} if named else {}))
    assert done.stdout == f"{taken}\n", done.stderr


def test_a_folder_that_is_called_like_an_engine_is_none(install: Install, tmp_path: Path) -> None:
    (tmp_path / "cdktn").mkdir()
    assert ran(install(), SAY, tmp_path).stdout == "cdktf\n"


@pytest.mark.parametrize(
    ["extras", "program", "words"],
    [
        pytest.param("[cdktn]", "import cdktf, cdktn", "cdktf and cdktn are both imported, and one app", id="both"),
        pytest.param("", "NAMED = 'cdktn'", "pip install 'aibridge-construct[cdktn]'", id="not installed"),
        pytest.param("", "NAMED = 'terraform'", "must be cdktf or cdktn; unset, the library chooses", id="none"),
        pytest.param("", "NAMED = ''", "AIBRIDGE_ENGINE must be cdktf or cdktn", id="empty"),
        pytest.param("", "import sys; sys.modules['cdktf'] = None", "No CDK engine is installed", id="no engine"),
    ],
)
def test_what_cannot_be_taken_is_an_import_error_that_says_what_to_do(
    install: Install, extras: str, program: str, words: str, tmp_path: Path
) -> None:
    program = program.replace("NAMED", "import os; os.environ['AIBRIDGE_ENGINE']")
    last = ran(install(extras), f"{program}\n{SAY}", tmp_path).stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert words in last


def test_checks_and_the_kit_choose_no_engine(install: Install, tmp_path: Path) -> None:
    program = "import sys; from aibridge_construct import Runtime, check_directory; print('jsii' in sys.modules)"
    done = ran(install("[cdktn]"), program, tmp_path, AIBRIDGE_ENGINE="none of these")
    assert done.stdout == "False\n", done.stderr


# ---- type checkers ----------------------------------------------------------------------------------------

TYPED = """\
from ENGINE import App, Fn, TerraformOutput, TerraformResourceLifecycle
from aibridge_construct import AIBridgeProxy, CoderAgent, CoderEnv, CoderTemplate

app = App()
template = CoderTemplate(app, "demo")
agent = CoderAgent(template, "main", os="linux", arch="amd64", lifecycle=TerraformResourceLifecycle())
proxy = AIBridgeProxy(template, "aibridge", agent_id=agent.id, proxy_url="https://a.example.com:1", depends_on=[agent])
CoderEnv(template, "env", agent_id=agent.id, name="A", value=Fn.join(",", [agent.token]), depends_on=[agent, proxy])
TerraformOutput(template, "url", value=proxy.proxy_auth_url, depends_on=[agent])
agent.add_override("a", 1)
"""


def mypy(python: Path, folder: Path, *, line: bool) -> list[tuple[str, str]]:
    """The errors in the folder's files, each with its file; `line`: with the line that docs/cdktn.md has."""
    config = folder / "mypy.ini"
    config.write_text("[mypy]\nstrict = True\n" + ("always_true = CDKTN\n" if line else ""))
    where = ["--config-file", str(config), "--python-executable", str(python), "--cache-dir", os.devnull]
    files = sorted(each.name for each in folder.glob("*.py"))
    command = [sys.executable, "-m", "mypy", "--no-pretty", *where, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [(each.partition(":")[0], each) for each in done.stdout.splitlines() if ": error:" in each]


def pyright(python: Path, folder: Path, *, line: bool) -> list[tuple[str, str]]:
    """The errors, likewise."""
    constants = {"defineConstant": {"CDKTN": True}} if line else {}
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps({"typeCheckingMode": "strict", "include": ["*.py"], **constants}))
    command = (sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", python, "-p", config)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] == len(list(folder.glob("*.py")))
    errors = [each for each in found["generalDiagnostics"] if each["severity"] == "error"]
    return [(Path(each["file"]).name, each["message"]) for each in errors]


@pytest.fixture(scope="module")
def errors(install: Install, shared: Path) -> Callable[..., list[str]]:
    """What a checker says of the program of an engine. One run takes all programs with the same settings."""
    python = install("[cdktn]")

    def of(checker: Checker, engine: str, *, line: bool) -> list[str]:
        folder = shared / f"{checker.__name__}-{line}"
        folder.mkdir(exist_ok=True)
        with alone(folder):
            if not (folder / "errors.json").exists():
                for each in ["cdktn"] if line else OTHER:
                    (folder / f"{each}_user.py").write_text(TYPED.replace("ENGINE", each))
                (folder / "errors.json").write_text(json.dumps(checker(python, folder, line=line)))
        return [said for file, said in json.loads((folder / "errors.json").read_text()) if file == f"{engine}_user.py"]

    return of


@pytest.mark.parametrize("checker", [mypy, pyright])
@pytest.mark.parametrize(
    ["engine", "line", "clean"],
    [
        pytest.param("cdktf", False, True, id="cdktf beside cdktn"),
        pytest.param("cdktn", True, True, id="cdktn with one line"),
        pytest.param("cdktn", False, False, id="cdktn without it"),
    ],
)
def test_type_checkers_see_the_engine_of_the_program(
    errors: Callable[..., list[str]], checker: Checker, engine: str, line: bool, clean: bool
) -> None:
    said = errors(checker, engine, line=line)
    assert (said == []) is clean, said


# ---- mixed ------------------------------------------------------------------------------------------------

CASES = [
    line.strip().split('": lambda')[0].strip('"')
    for line in (ROOT / "tests/mixed.py").read_text().splitlines()
    if '": lambda case' in line
]
ACCEPTED = ("each app by itself", "the same in ours")
AT_SYNTHESIS = ("their Fn that only synthesis sees", "their object that only synthesis sees")


@pytest.fixture(scope="module")
def mixed(install: Install, shared: Path) -> dict[str, dict[str, list[str]]]:
    """What became of each mixture, by the engine that is ours."""
    python = install("[cdktn]")
    found = {}
    for engine in OTHER:
        result = shared / f"mixed-{engine}.json"
        with alone(shared):
            if not result.exists():
                done = ran(python, (ROOT / "tests/mixed.py").read_text().replace("sys.argv[1]", repr(engine)), shared)
                assert done.returncode == 0, done.stderr
                result.write_text(done.stdout)
        found[engine] = json.loads(result.read_text())
    return found


def test_every_mixture_is_tried_on_both(mixed: dict[str, dict[str, list[str]]]) -> None:
    assert list(mixed["cdktf"]) == list(mixed["cdktn"]) == CASES
    assert len(CASES) > 50


def test_the_refusal_that_the_page_shows_is_one_of_them(mixed: dict[str, dict[str, list[str]]]) -> None:
    (shown,) = blocks("docs/engines.md", "text")
    said = [" ".join(words.split()) for _, words in mixed["cdktn"].values()]
    assert any(" ".join(shown.text.split()) in each for each in said)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", OTHER)
def test_of_a_mixed_app_is_refused(mixed: dict[str, dict[str, list[str]]], engine: str, case: str) -> None:
    where, words = mixed[engine][case]
    if case in ACCEPTED:
        assert where == "accepted", words
        return
    assert where == ("synthesis" if case in AT_SYNTHESIS else "construction"), words
    other = OTHER[engine]
    assert "Error: One app has one engine, and " in words
    # A foreign element was given our tree; all else was given what is foreign.
    given = engine if case.startswith("their ") and " in our " in case and "Fn" not in case else other
    assert f", which is of {engine if case == 'our Fn in their Fn' else given}. This library" in words
    assert f"This library uses {engine} here: import App, Fn, stacks" in words
    assert f"Or use {other} for all: set AIBRIDGE_ENGINE={other}, and import them from {other}." in words


COUNTED = """
import sys
import cdktf
from constructs import Construct
from aibridge_construct import CoderAgent, CoderEnv, CoderTemplate
import jsii

asked = 0
send = jsii.kernel.provider._process.send

def counted(*arguments):
    global asked
    asked += 1
    return send(*arguments)

jsii.kernel.provider._process.send = counted
if OTHER_LOADED:
    import cdktn
    asked = 0
app = cdktf.App(outdir="out")
template = CoderTemplate(app, "demo")
agent = CoderAgent(template, "main", os="linux", arch="amd64")
CoderEnv(Construct(template, "group"), "env", agent_id=agent.id, name="A", value="x")
app.synth()
print(asked)
"""


def test_while_one_engine_is_loaded_nothing_is_asked_for_it(install: Install, tmp_path: Path) -> None:
    """The same program without the room that looks for mixtures asks the engine as often."""
    without = "from aibridge_construct import _mixing\n_mixing.loaded = lambda engine: False\n"
    program = COUNTED.replace("OTHER_LOADED", "False")
    watched, blind = (ran(install("[cdktn]"), text, tmp_path) for text in (program, without + program))
    both = ran(install("[cdktn]"), COUNTED.replace("OTHER_LOADED", "True"), tmp_path)
    assert watched.stdout == blind.stdout != "", watched.stderr + blind.stderr
    assert int(both.stdout) > int(watched.stdout)  # where it looks, it asks
