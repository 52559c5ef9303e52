"""What the metadata of a distribution says of the project's home: hatchling calls this when it builds.

The README is written for the checkout, where its links lead to files. A package index has no files, so there they lead
to the project's home, or, while it has none, are their text alone, as a picture is its description.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_IMAGE = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<path>(?!https://)[^)\s]+)\)")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<path>(?!https://|#)[^)\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


class HomeHook(MetadataHookInterface):
    """The fields `readme` and `urls`, of the README and of `home` in `[tool.hatch.metadata.hooks.custom]`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the fields to the metadata."""
        home = str(self.config.get("home", "")).rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": for_an_index(text, home, metadata["version"]),
        }
        metadata["urls"] = urls(home)


def urls(home: str) -> dict[str, str]:
    """The project's addresses, by the names that an index knows; none without a home."""
    if not home:
        return {}
    return {
        "Source": home,
        "Documentation": f"{home}/tree/main/docs",
        "Changelog": f"{home}/blob/main/CHANGELOG.md",
        "Issues": f"{home}/issues",
    }


def for_an_index(readme: str, home: str, version: str) -> str:
    """A README without links to files of the checkout: they lead to the tag of this version, or are text."""
    parts = _FENCED.split(readme)
    parts[::2] = [_rewritten(text, home, version) for text in parts[::2]]
    return "".join(parts)


def _rewritten(text: str, home: str, version: str) -> str:
    if not home:
        return _LINK.sub(r"\g<text>", _IMAGE.sub(r"*\g<text>*", text))
    text = _IMAGE.sub(rf"![\g<text>]({home}/raw/v{version}/\g<path>)", text)
    return _LINK.sub(rf"[\g<text>]({home}/blob/v{version}/\g<path>)", text)
