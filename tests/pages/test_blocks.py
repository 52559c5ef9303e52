"""No page shows code that nobody has run, and no output that nobody has seen."""

from __future__ import annotations

import pytest

from .blocks import ROOT, Block, blocks, pages
from .registry import HANDLED, Handled


def known(block: Block) -> Handled | None:
    return next((each for each in HANDLED if each.covers(block)), None)


@pytest.mark.parametrize("page", pages())
def test_every_block_of_a_page_is_run_or_a_reason_says_why_not(page: str) -> None:
    assert [f"{page}:{block.line} {block.first}" for block in blocks(page) if known(block) is None] == []


def test_what_is_registered_is_there() -> None:
    every = [block for page in pages() for block in blocks(page)]
    assert [each for each in HANDLED if not any(each is known(block) for block in every)] == []
    for each in HANDLED:
        if each.test:
            file, _, name = each.test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text(), each


def test_a_page_shows_its_code_in_a_language() -> None:
    assert [f"{page}:{block.line}" for page in pages() for block in blocks(page) if not block.language] == []
