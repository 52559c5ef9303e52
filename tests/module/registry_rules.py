"""What Coder's registry demands of the README of a module, as far as a text shows it.

Facts: `cmd/readmevalidation` and "README Requirements" in CONTRIBUTING.md of coder/registry, August 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

KEYS = {"display_name", "description", "icon", "verified", "tags", "supported_os", "maintainer_github"}
ICONS = "../../../../.icons/"
ALERTS = {"NOTE", "IMPORTANT", "CAUTION", "WARNING", "TIP"}


@dataclass(frozen=True)
class Line:
    """A line of the body: the language of the block that it stands in, if it does."""

    text: str
    block: str | None = None

    @property
    def level(self) -> int:
        """Of a heading; 0 if it is none."""
        found = re.match(r"#+", self.text) if self.block is None else None
        return len(found[0]) if found else 0


def findings(readme: str) -> list[str]:
    """What the registry would refuse."""
    parts = re.match(r"---\n(.*?\n)---\n(.*)\Z", readme.strip() + "\n", re.DOTALL)
    if not parts:
        return ["no front matter between two lines of ---"]
    matter = dict(re.findall(r"^(\w+): *(.*)$", parts[1], re.MULTILINE))
    lines = list(_lines(parts[2].strip()))
    return [*_front_matter(matter), *_headings(lines), *_first_section(lines), *_alerts(lines)]


def _lines(body: str) -> Iterator[Line]:
    language: str | None = None
    for text in body.splitlines():
        if text.startswith("```"):
            language = text[3:].strip() if language is None else None
            yield Line(text, "```")
        else:
            yield Line(text, language)


def _front_matter(matter: dict[str, str]) -> Iterator[str]:
    for key in matter.keys() - KEYS:
        yield f"unknown key {key}"
    for key in ("display_name", "description"):
        if not matter.get(key, "").strip("\"' "):
            yield f"no {key}"
    if not matter.get("icon", "").startswith(ICONS):
        yield f"icon must begin with {ICONS}"
    tags = re.fullmatch(r"\[(.+)\]", matter.get("tags", ""))
    if not tags:
        yield "no tags"
    for tag in tags[1].split(",") if tags else []:
        word = tag.strip().strip("\"'")
        if word != quote_plus(word):
            yield f"tag {word!r} does not fit into a URL as it is"
    if matter.get("verified", "false") != "false":
        yield "verified is for the registry's maintainers to say"


def _headings(lines: list[Line]) -> Iterator[str]:
    if not lines or not lines[0].text.startswith("# "):
        yield "the body must begin with a heading of level 1"
    before = 0
    for line in lines:
        if not line.level:
            continue
        if not re.match(r"#+\s", line.text):
            yield f"no blank after the # of {line.text!r}"
        if line.level == 1 and before:
            yield f"a second heading of level 1: {line.text!r}"
        if line.level > min(before + 1, 6):
            yield f"a level is skipped before {line.text!r}"
        before = line.level


def _first_section(lines: list[Line]) -> Iterator[str]:
    ends = next((number for number, line in enumerate(lines) if number and line.level), len(lines))
    section = lines[1:ends]
    opened = [line.text for line in section if line.text.startswith("```") and line.text != "```"]
    if opened != ["```tf"]:
        yield f"the first section must have one block of tf; it has {opened or 'none'}"
    if not any(line.block == "tf" and re.match(r"\s*version\s+=", line.text) for line in section):
        yield "the first block of tf must say a version"
    if not any(line.block is None and re.match(r"[^\s!<>`]", line.text) for line in section):
        yield "the first section must have a paragraph"
    if any(line.text.startswith(("```hcl", "```terraform")) for line in lines):
        yield "blocks of HCL are called tf"
    if sum(line.block == "```" for line in lines) % 2:
        yield "a block does not end"


def _alerts(lines: list[Line]) -> Iterator[str]:
    inside = False
    for line in lines:
        inside = inside and line.text.startswith("> ")
        found = re.match(r">\s*\[!(\w+)\]", line.text) if line.block is None else None
        if not found:
            continue
        if inside:
            yield f"an alert in an alert: {line.text!r}"
        if found[1] not in ALERTS or line.text != f"> [!{found[1]}]":
            yield f"an alert is a line like '> [!NOTE]', not {line.text!r}"
        inside = True
    if lines and re.match(r">\s*\[!", lines[-1].text):
        yield "an alert without a text at the end"
