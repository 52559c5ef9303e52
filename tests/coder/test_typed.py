"""Type checkers pass what is right and point at what is wrong: mypy --strict and pyright, on the same file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cdktf import App

from tests.coder.typed import Everything

ROOT = Path(__file__).parents[2]

#: What is right, and the mistake that is planted in its place.
MISTAKES = {
    "agent_id=agent.id, instance_id": "agent_id=agent, instance_id",
    "optional=True": "optinal=True",
    'merge_strategy="append"': 'merge_strategy="join"',
    "script.timeout = 60": 'script.timeout = "60s"',
    "container.config_path = f": "container.subagent_id = f",
}


#: What users of cdktn tell their type checker, and users of cdktf do not.
CDKTN = App.__module__ == "cdktn"


Lines = dict[str, list[int]]


def mypy(*files: Path) -> Lines:
    """The lines with errors, by file name."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--config-file", "pyproject.toml"]
    command += ["--always-true", "CDKTN"] if CDKTN else []
    found = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stdout + found.stderr
    # What comes from mypy's cache names the directory of an earlier run.
    lines = {file.name: re.findall(rf"^.*{re.escape(file.name)}:(\d+): error:", found.stdout, re.M) for file in files}
    assert any(lines.values()) is bool(found.returncode), found.stdout
    return {name: [int(line) for line in told] for name, told in lines.items()}


def pyright(*files: Path) -> Lines:
    """The lines with errors, by file name."""
    config = files[0].with_name("pyrightconfig.json")
    constants = {"defineConstant": {"CDKTN": True}} if CDKTN else {}
    config.write_text(json.dumps({"typeCheckingMode": "strict", "include": [file.name for file in files], **constants}))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(config)]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout)
    assert found["summary"]["filesAnalyzed"] == len(files)
    errors = [each for each in found["generalDiagnostics"] if each["severity"] == "error"]
    return {
        file.name: [each["range"]["start"]["line"] + 1 for each in errors if Path(each["file"]).name == file.name]
        for file in files
    }


@pytest.fixture(scope="module")
def right() -> list[str]:
    return (ROOT / "tests/coder/typed.py").read_text().splitlines()


def test_the_file_is_a_template(app: App) -> None:
    Everything(app, "stack")
    app.synth()


@pytest.fixture(scope="module")
def planted(right: list[str]) -> dict[int, str]:
    """The lines with a mistake."""
    found = {
        number: line.replace(good, bad)
        for number, line in enumerate(right, 1)
        for good, bad in MISTAKES.items()
        if good in line
    }
    assert len(found) == len(MISTAKES)
    return found


@pytest.fixture(scope="module", params=[mypy, pyright])
def lines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, right: list[str], planted: dict[int, str]
) -> Lines:
    """What one run of the checker says of both files."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "right.py").write_text("\n".join(right))
    (folder / "wrong.py").write_text("\n".join(planted.get(number, line) for number, line in enumerate(right, 1)))
    check: Callable[..., Lines] = request.param
    return check(folder / "right.py", folder / "wrong.py")


def test_every_type_passes(lines: Lines) -> None:
    assert lines["right.py"] == []


def test_every_planted_mistake_is_found(lines: Lines, planted: dict[int, str]) -> None:
    assert sorted(lines["wrong.py"]) == list(planted)
