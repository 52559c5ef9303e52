"""The blocks of code that pages show, and the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the file, from the root of the checkout.
        title: what stands behind the language, mostly the name of a file.
    """

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def first(self) -> str:
        """Its first line, by which it is known."""
        return self.text.partition("\n")[0].strip()


def pages() -> list[str]:
    """Every page, from the root of the checkout."""
    folders = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "modules").rglob("*.md"), *(ROOT / "examples").glob("*/*.md")]
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *folders]
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


@cache
def blocks(page: str, language: str = "", title: str = "") -> list[Block]:
    """The blocks of a page, in their order: all, or those of a language, or whose title begins so."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fence = re.compile(
        r'^(?P<indent> *)```(?P<language>\w*)(?: title="(?P<title>[^"]*)")?\n(?P<text>.*?)^(?P=indent)```$', re.M | re.S
    )
    found = [
        Block(page, text.count("\n", 0, each.start()) + 1, each["language"], each["title"] or "", each["text"])
        for each in fence.finditer(text)
    ]
    return [each for each in found if language in ("", each.language) and each.title.startswith(title)]
