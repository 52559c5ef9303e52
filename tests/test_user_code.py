"""Type checkers find a wrong word where it is written, and let pass what is right; mypy's part is in `make types`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import get_args

import pytest
from cdktf import App

import aibridge_construct
from aibridge_construct import Runtime, words
from aibridge_construct.clients import CLIENTS
from tests.test_catalogue import TYPES

ROOT = Path(__file__).parent.parent
FILE = ROOT / "tests/user_code.py"

#: What users of cdktn tell their type checker, and users of cdktf do not.
CONSTANTS = {"defineConstant": {"CDKTN": True}} if App.__module__ == "cdktn" else {}


def pyright(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_pyright_finds_every_mistake_and_no_other(tmp_path: Path) -> None:
    settings = {"typeCheckingMode": "strict", "enableTypeIgnoreComments": False, "extraPaths": [str(ROOT)]}
    included = ["user_code.py", "examples"]
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({**settings, "include": included, **CONSTANTS}))
    (tmp_path / "user_code.py").write_text(FILE.read_text())
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("cdktf.out"))
    found = json.loads(pyright(tmp_path, "-p", str(tmp_path)))["generalDiagnostics"]
    errors = [each for each in found if each["severity"] == "error"]
    assert [each for each in errors if not each["file"].endswith("/user_code.py")] == []
    told = {each["range"]["start"]["line"] + 1: each["message"] for each in errors}
    planted = {number for number, line in enumerate(FILE.read_text().splitlines(), 1) if "# type: ignore" in line}
    assert len(planted) > 20
    assert told.keys() == planted, told


def test_the_types_of_the_package_are_complete() -> None:
    """As pyright rates a library with ``py.typed``: what is public has a type, and all of it is known."""
    report = json.loads(pyright(ROOT, "--verifytypes", "aibridge_construct", "--ignoreexternal"))["typeCompleteness"]
    wrong = {
        each["name"]: [diagnostic["message"] for diagnostic in each["diagnostics"]]
        for each in report["symbols"]
        if each["isExported"] and not each["isTypeKnown"]
    }
    assert wrong == {}
    assert report["completenessScore"] == 1
    assert report["exportedSymbolCounts"]["withKnownType"] > 500


#: What the blocks of the page take for granted.
AROUND = """\
from cdktf import TerraformStack, TerraformVariable, Token
from aibridge_construct import CoderAgent, CoderApp, DataCoderParameter, RuntimeName

def page(
    self: TerraformStack, agent: CoderAgent, parameter: DataCoderParameter, variable: TerraformVariable
) -> None:
"""


def test_the_blocks_of_the_page_are_right_but_for_the_error_that_it_shows(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/types.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 4
    (tmp_path / "page.py").write_text(AROUND + textwrap.indent("".join(blocks), "    "))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--config-file", "pyproject.toml"]
    command += ["--always-true", "CDKTN"] if CONSTANTS else []
    done = subprocess.run([*command, tmp_path / "page.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    (told,) = re.findall(r"error: (.*?)  \[", done.stdout)
    assert told == " ".join(re.findall(r"^# *(?:error: )?(.*)$", blocks[0], re.MULTILINE))


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        pytest.param(words.RuntimeName, [each.value for each in Runtime], id="runtimes"),
        pytest.param(words.ClientName, [*CLIENTS], id="clients"),
    ],
)
def test_the_words_are_those_that_are_known(words: object, allowed: list[str]) -> None:
    assert [*get_args(words)] == allowed


def test_every_word_is_public() -> None:
    assert set(words.__all__) <= set(TYPES) <= set(aibridge_construct.__all__)
