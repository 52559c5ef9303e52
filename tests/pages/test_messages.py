"""docs/messages.md has every message of the scripts, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aibridge_construct.listener import AUTHORITY_AS_LISTENER

from .blocks import blocks
from .messages import SHELL, is_for_people, pieces, said
from .registry import HANDLED, LINES

PAGE = (Path(__file__).parents[2] / "docs/messages.md").read_text()
IN_A_ROW = re.compile(r"(?:\b[a-z]{2,} ){2}[a-z]{2,}")
SHOWN = [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", PAGE)]


@pytest.mark.parametrize("file", SHELL, ids=lambda file: file.name)
def test_the_page_has_every_message_of(file: Path) -> None:
    missing = [text for text in said(file) for piece in pieces(text) if not any(piece in shown for shown in SHOWN)]
    assert missing == []


def test_a_message_of_the_page_is_one_that_a_script_says() -> None:
    known = {piece for file in SHELL for text in said(file) for piece in pieces(text)}
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| ")]
    shown = [span for row in rows for span in re.findall(r"`([^`]+)`", row)]
    assert len(shown) > 100
    assert [
        text for text in shown if is_for_people(_without(text, known | {AUTHORITY_AS_LISTENER.partition(": ")[0]}))
    ] == []


def _without(text: str, known: set[str]) -> str:
    for piece in sorted(known, key=len, reverse=True):
        text = text.replace(piece, "…")
    return text


@pytest.mark.parametrize("page", ["docs/clients.md", "docs/editors.md", "docs/gateway.md", "docs/tutorial.md"])
def test_a_line_that_a_page_shows_is_one_that_a_script_says(page: str) -> None:
    known = {piece for file in SHELL for text in said(file) for piece in pieces(text)}
    found = [block for block in blocks(page) if next(each for each in HANDLED if each.covers(block)).test == LINES]
    lines = [re.sub(r"^(?:ERROR|WARNING): ", "", line) for block in found for line in block.text.splitlines()]
    assert lines
    assert [line for line in lines if IN_A_ROW.search(_without(line, known))] == []
