"""The outputs that pages and pictures show are those of a real run."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest

from aibridge_construct.testing import AgentScripts, Mirror

from .template import Template
from .transcript import CURL, TOKEN, Transcript, timeless
from .world import World

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def transcript(world: World, mirror: Mirror, coder_scripts: AgentScripts, tmp_path: Path) -> Transcript:
    runner = coder_scripts.another(path=os.environ["PATH"], system=world.on_system)
    return Transcript(world, Template(tmp_path / "template", world, mirror, token=TOKEN, launcher=True), runner)


def shown(page: str) -> set[str]:
    """The lines of a page's console blocks."""
    blocks = re.findall(r"^```console\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)
    return {timeless(line) for block in blocks for line in block.splitlines()}


def test_what_the_page_about_tools_shows_is_what_tools_print(transcript: Transcript) -> None:
    # The page has one tool, and gives it another policy: its name is the same.
    printed = {timeless(line).replace(": go runs", ": check runs") for line in transcript.tools()}
    assert len(shown("tools.md")) == 5
    assert shown("tools.md") - printed == set()


def test_what_the_page_about_terminals_shows_is_what_they_print(transcript: Transcript) -> None:
    transcript.started()
    lines = [
        *transcript.terminal("aibridge-run", *CURL),
        *transcript.terminal(*CURL),
        *transcript.terminal("aibridge-run"),
        *(revoked := transcript.without_token()),
        *transcript.with_another_ca(),
    ]
    assert len(shown("launcher.md")) > 10
    assert shown("launcher.md") - set(map(timeless, lines)) == set()

    drawn = re.findall(r"<text [^>]*data-line=\"(\d+)\"[^>]*>(.*?)</text>", (DOCS / "check.svg").read_text())
    texts: dict[str, list[str]] = {}
    for number, text in drawn:
        texts.setdefault(number, []).append(html.unescape(re.sub("<[^>]*>", "", text)).strip())
    assert [timeless(" ".join(" ".join(each).split())) for each in texts.values()] == [
        timeless(" ".join(line.split())) for line in revoked[:-2]
    ]
