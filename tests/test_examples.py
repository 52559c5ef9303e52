"""The examples, as their users meet them: whole, documented, and on another machine than the one that made them.

What each of them is and does, its own tests hold.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(file.parent for file in ROOT.glob("examples/*/cdktf.json"))


@pytest.fixture(params=EXAMPLES, ids=lambda folder: folder.name)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an example, out of the checkout."""
    return copied(request.param, tmp_path)


def copied(folder: Path, to: Path) -> Path:
    leftovers = shutil.ignore_patterns("cdktf.out", "__pycache__", ".*")
    return Path(shutil.copytree(folder, to / folder.name, ignore=leftovers))


def run(*command: str | Path, folder: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_copy_is_a_template_whose_readme_names_all_there_is_to_know(example: Path) -> None:
    run(sys.executable, "main.py", folder=example)
    pushed = example / "cdktf.out" / "stacks" / example.name
    readme = (example / "README.md").read_text()
    assert (pushed / "README.md").read_text() == readme

    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```", readme, re.DOTALL | re.MULTILINE))
    assert "python main.py" in commands
    assert "python -m pytest" in commands
    assert f"coder templates push {example.name} --directory cdktf.out/stacks/{example.name}" in commands

    variables = json.loads((pushed / "cdk.tf.json").read_text()).get("variable", {})
    assert {name for name in variables if name not in readme} == set()
    required = {name for name, body in variables.items() if "default" not in body}
    assert set(re.findall(r"--variable (\w+)=", commands)) == required

    text = "".join(file.read_text() for file in pushed.iterdir() if file.is_file())
    assert str(example) not in text
    assert str(ROOT) not in text
