"""The site: built without a warning, whole, and by itself."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import griffe
import pytest

import aibridge_construct
from aibridge_construct import testing
from aibridge_construct.testing import checks, providers

from .blocks import ROOT, blocks

#: Attributes by which a page loads something by itself.
LOADS = {"src", "srcset", "data", "poster", "background", "xlink:href"}
#: The places of public names.
PUBLIC = {
    "aibridge_construct": aibridge_construct.__all__,
    "aibridge_construct.testing": testing.__all__,
    "aibridge_construct.testing.providers": providers.__all__,
    "aibridge_construct.testing.checks": checks.__all__,
}


class Page(HTMLParser):
    """What a page loads, what it links to, and where in it a link may lead."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name"):
                self.ids.add(value or "")
            elif name in LOADS or (name == "href" and tag in ("link", "use", "image")):
                self.loads.append(value or "")
            elif name == "href":
                self.links.append(value or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once for all workers of a run, as `make docs` does it."""
    base = tmp_path_factory.getbasetemp()
    project = (base.parent if base.name.startswith("popen-") else base) / "site"
    project.mkdir(exist_ok=True)
    with (project / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (project / "site").exists():
            for name in ("aibridge_construct", "tests"):
                (project / name).symlink_to(ROOT / name)
            shutil.copytree(ROOT / "docs", project / "docs")
            for name in ("CHANGELOG.md", "SECURITY.md", "zensical.toml"):
                shutil.copy(ROOT / name, project)
            (build,) = re.findall(r"-m (zensical build .*?) 2>&1", (ROOT / "Makefile").read_text())
            command = [sys.executable, "-m", *build.split()]
            done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stderr == "No issues found\n"
    return project / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Its pages."""
    return {file: Page(file) for file in site.rglob("*.html")}


def test_no_page_loads_anything_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    loads = [load for page in pages.values() for load in page.loads]
    assert len(loads) > 100
    assert [load for load in loads if urlsplit(load).scheme not in ("", "data") or load.startswith("//")] == []
    styles = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    styles += "".join(page.read_text(encoding="utf-8") for page in pages)
    assert re.findall(r"""@import|url\(\s*["']?(?:https?:)?//[^)]*""", styles) == []


def test_nothing_makes_the_theme_fetch_what_it_brings_no_copy_of(pages: dict[Path, Page]) -> None:
    html = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert re.findall(r'class="[^"]*\b(?:mermaid|glightbox|pyodide)\b|data-md-component="source"', html) == []


def test_every_link_inside_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    dead = []
    for page in pages.values():
        # The page for addresses that are none stands at any depth, so its links begin at the root of the site.
        place = site if page.file.name == "404.html" else page.file.parent
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            target = site / path.lstrip("/") if path.startswith("/") else place / path
            target = (target if path else page.file).resolve()
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in pages[target].ids):
                dead.append(f"{page.file.relative_to(site)}: {link}")
    assert dead == []


def test_every_link_to_elsewhere_is_safe(pages: dict[Path, Page]) -> None:
    schemes = {urlsplit(link).scheme for page in pages.values() for link in page.links}
    assert schemes <= {"", "https"}


def test_the_navigation_has_every_page() -> None:
    settings = tomllib.loads((ROOT / "zensical.toml").read_text())
    named = set(re.findall(r"'([\w./-]+\.md)'", str(settings["project"]["nav"])))
    assert named == {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}


@pytest.mark.parametrize("package", PUBLIC)
def test_the_reference_has_every_public_name(package: str, pages: dict[Path, Page]) -> None:
    ids = {each for page in pages.values() for each in page.ids}
    assert [name for name in PUBLIC[package] if f"{package}.{name}" not in ids and not elsewhere(name, ids)] == []


def elsewhere(name: str, ids: set[str]) -> bool:
    """Whether a name of the kit is described under the other of its two addresses."""
    return any(f"aibridge_construct.testing.{home}{name}" in ids for home in ("", "providers."))


def test_the_docstrings_of_the_reference_fit_its_signatures(caplog: pytest.LogCaptureFixture) -> None:
    extensions = griffe.load_extensions(f"{ROOT}/tests/docs/docstrings.py:Docstrings")
    known = griffe.load("aibridge_construct", search_paths=[ROOT], docstring_parser="google", extensions=extensions)
    found = [known[f"{package}.{name}".partition(".")[2]] for package, names in PUBLIC.items() for name in names]
    objects = [each.final_target if each.is_alias else each for each in found]
    members = [member for each in objects for member in each.members.values() if not member.is_alias]
    described = [each for each in (*objects, *members) if each.docstring and not each.is_private]
    assert len(described) > 200
    assert all(each.docstring.parsed for each in described if each.docstring)
    assert caplog.messages == []


def test_the_reference_shows_no_notation_of_docstrings(site: Path) -> None:
    for file in (site / "api").glob("*.html"):
        text = re.sub(r"<pre>.*?</pre>|<[^>]*>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(r":(?:class|attr|func):|``|\w::\s|default: f?[A-Z_]{5,}", text) == [], file.name


def test_every_fixture_of_the_kit_is_in_the_reference() -> None:
    plugin = (ROOT / "aibridge_construct/testing/plugin.py").read_text()
    shown = (ROOT / "docs/api/fixtures.md").read_text() + (ROOT / "docs/api/testing.md").read_text()
    assert [name for name in re.findall(r"@pytest\.fixture.*\ndef (\w+)\(", plugin) if name not in shown] == []


def test_the_readme_is_read_in_two_minutes() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(re.sub(r"\]\([^)]*\)", "]", text).split()) < 700
    assert blocks("README.md", "mermaid") == []
