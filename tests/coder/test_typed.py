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


def mypy(file: Path) -> list[int]:
    """The lines with errors."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--config-file", "pyproject.toml", str(file)]
    command += ["--always-true", "CDKTN"] if CDKTN else []
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stdout + found.stderr
    # What comes from mypy's cache names the directory of an earlier run.
    lines = re.findall(rf"^.*{re.escape(file.name)}:(\d+): error:", found.stdout, re.MULTILINE)
    assert bool(lines) is bool(found.returncode), found.stdout
    return [int(line) for line in lines]


def pyright(file: Path) -> list[int]:
    """The lines with errors."""
    config = file.with_name("pyrightconfig.json")
    constants = {"defineConstant": {"CDKTN": True}} if CDKTN else {}
    config.write_text(json.dumps({"typeCheckingMode": "strict", "include": [file.name], **constants}))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(config)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    diagnostics = json.loads(found.stdout)["generalDiagnostics"]
    return [each["range"]["start"]["line"] + 1 for each in diagnostics if each["severity"] == "error"]


@pytest.fixture(scope="module")
def right() -> list[str]:
    return (ROOT / "tests/coder/typed.py").read_text().splitlines()


def test_the_file_is_a_template(app: App) -> None:
    Everything(app, "stack")
    app.synth()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_every_type_passes(tmp_path: Path, right: list[str], checker: Callable[[Path], list[int]]) -> None:
    file = tmp_path / "right.py"
    file.write_text("\n".join(right))
    assert checker(file) == []


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_every_planted_mistake_is_found(tmp_path: Path, right: list[str], checker: Callable[[Path], list[int]]) -> None:
    wrong, planted = list(right), []
    for number, line in enumerate(right):
        for good, bad in MISTAKES.items():
            if good in line:
                wrong[number] = line.replace(good, bad)
                planted.append(number + 1)
    assert len(planted) == len(MISTAKES)
    file = tmp_path / "wrong.py"
    file.write_text("\n".join(wrong))
    assert sorted(checker(file)) == planted
