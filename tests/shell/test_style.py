"""The shell files are what their linters and the renderer want."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from .conftest import Render
from .workspace import INSTALLED, TOKEN, Shell, Workspace

ROOM = Path(str(files("aibridge_construct.shell")))
FILES = sorted(ROOM.glob("*.sh"))


def linter(name: str) -> str:
    """Beside this Python, where pip puts it, or on PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_shellcheck_finds_nothing(file: Path) -> None:
    checked = subprocess.run([linter("shellcheck"), "-s", "sh", file], capture_output=True, text=True, check=False)
    assert checked.stdout + checked.stderr == ""


def test_shellcheck_finds_nothing_in_the_whole_script_either(render: Render) -> None:
    # The rendered text has lost the comments that say why these are right; SC2153 takes CERT_PATH for a misspelled
    # cert_path.
    body = render().split("\n", 3)[3].removesuffix("AIBRIDGE_CONSTRUCT_END\n")
    command = [
        linter("shellcheck"),
        "-s",
        "sh",
        "-e",
        "SC2016,SC2034,SC2086,SC2153,SC2154,SC2174,SC3013,SC3045,SC3065,SC3067",
        "-",
    ]
    checked = subprocess.run(command, input=body, capture_output=True, text=True, check=False)
    assert checked.stdout + checked.stderr == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_shfmt_would_change_nothing(file: Path) -> None:
    command = [linter("shfmt"), "-d", "-i", "2", "-ci", "-ln", "posix", str(file)]
    formatted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert formatted.stdout + formatted.stderr == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_line_ends_a_here_document_around_the_text(file: Path) -> None:
    assert not {"AIBRIDGE_CONSTRUCT_END", "AIBRIDGE_TEXT_END", "EOF"} & set(file.read_text("utf-8").splitlines())


@pytest.mark.parametrize("shell", INSTALLED, ids=lambda shell: shell.name)
def test_every_shell_can_read_the_text(shell: Shell, render: Render) -> None:
    with Workspace(shell) as workspace:
        checked = subprocess.run(
            [workspace.bin / "sh", "-n", "-s"], input=render(), capture_output=True, text=True, check=False
        )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert TOKEN not in checked.stdout
