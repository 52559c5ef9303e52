"""The site: built without a warning, whole, and by itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import aibridge_construct
from aibridge_construct import testing
from aibridge_construct.testing import checks, providers

from .blocks import ROOT

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
    """What a page loads, links to, and can be linked to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.ids.add(value)
            elif name in LOADS or (name == "href" and tag in ("link", "use", "image")):
                self.loads.append(value or "")
            elif name == "href" and value:
                self.links.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    return folder
