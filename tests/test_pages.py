"""The page about testing, executed: each of its blocks, and the tests of other pages, in the repository it makes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages.blocks import blocks, pages

ROOT = Path(__file__).parent.parent
TESTING = "docs/testing.md"
PAGE = (ROOT / TESTING).read_text()


def shown(language: str) -> list[str]:
    return [block.text for block in blocks(TESTING, language)]


def run(commands: str, folder: Path, status: int = 0) -> str:
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PIP_NO_INDEX": "1",  # all that is wanted is here
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    done = subprocess.run(
        ["sh", "-ec", commands], cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands and files of the page make."""
    folder = tmp_path_factory.mktemp("page")
    first, accept, _ = shown("sh")
    # The repository's own tests are those of the example.
    run(first.replace("python tasks.py test", "python tasks.py test -k refers"), folder)
    repository = folder / "my-box"
    for block in (block for page in pages() for block in blocks(page, "python")):
        if re.fullmatch(r"test_\w+\.py|conftest\.py", block.title):
            assert not (repository / block.title).exists()
            (repository / block.title).write_text(block.text)
    only = {"accept -q": "accept -q test_text.py", "test -q": "test -q --ignore test_template.py"}
    for command, short in only.items():
        accept = accept.replace(command, short)
    out = run(accept, repository)
    assert len(re.findall(r"^\d+ passed", out, re.MULTILINE)) == 2, out
    assert "skipped" not in out
    return repository


def test_the_commands_and_tests_of_the_page_pass(repository: Path) -> None:
    snapshots = {file.name for file in (repository / "__snapshots__/test_text").iterdir()}
    assert snapshots == {"test_the_template.json", "test_what_refers_to_what.json"}


def test_the_drift_that_the_page_shows_is_the_one_that_tests_show(repository: Path) -> None:
    drift, _ = shown("text")
    program = repository / "main.py"
    kept = program.read_text()
    program.write_text(kept.replace('arch="amd64"', 'arch="arm64"'))
    out = run("python -m pytest -q test_text.py -k test_the_template", repository, status=1)
    program.write_text(kept)
    told = [line.removeprefix("E").strip() for line in out.splitlines()]
    assert set(map(str.strip, drift.splitlines())) <= set(told)


def test_the_drawing_of_the_page_is_part_of_what_the_command_prints(repository: Path) -> None:
    _, drawing = shown("text")
    printed = set(map(str.strip, run(shown("sh")[2], repository).splitlines()))
    assert set(map(str.strip, drawing.splitlines())) - printed == set()


def test_the_page_of_variables_names_every_one_that_the_package_reads() -> None:
    page = (ROOT / "docs/variables.md").read_text()
    sources = "".join(file.read_text() for file in (ROOT / "aibridge_construct").rglob("*.py"))
    found = re.findall(r'(?:environ(?:\.get\(|\[)|_VARIABLE = )"([A-Z_]+)"', sources)
    names = {name for name in found if name != "PATH" and not name.startswith("CODER_")}
    assert {"AIBRIDGE_TERRAFORM", "AIBRIDGE_CODER_PROVIDER", "JSII_NODE"} <= names
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_the_page_names_every_fixture() -> None:
    plugin = (ROOT / "aibridge_construct/testing/plugin.py").read_text()
    fixtures = re.findall(r"@pytest\.fixture.*\ndef (\w+)\(", plugin)
    assert len(fixtures) > 5
    table = PAGE.partition("## The fixtures")[2].partition("\n## ")[0]
    assert {name for name in fixtures if f"`{name}`" not in table} == set()
