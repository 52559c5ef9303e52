"""Texts as snapshots show them: readable, and no two that differ look alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["Lines", "parsed", "stored", "visible"]

_UNENDED = r"\ no newline at the end"
_LIKE_UNENDED = re.compile(rf"\\+{re.escape(_UNENDED[1:])}")
#: Says in a snapshot that the strings that follow are the lines of one text, as in YAML.
_TEXT = "|"
_LIKE_TEXT = re.compile(r"\|+")


class Lines(list[str]):
    r"""The lines of a text of several.

    Only a line feed ends a line. Where the last one has none, a last item says so, as in a patch:
    `\ no newline at the end`; a line that reads so has one backslash more. A snapshot tells the lines of a text from a
    list of the same strings.
    """

    @classmethod
    def of(cls, text: str) -> Lines:
        """The lines of `text`."""
        lines = [f"\\{line}" if _LIKE_UNENDED.fullmatch(line) else line for line in text.split("\n")]
        return cls([*lines, _UNENDED] if lines[-1] else lines[:-1])

    @property
    def text(self) -> str:
        """The text again."""
        ended = self[-1:] != [_UNENDED]
        lines = [line[1:] if _LIKE_UNENDED.fullmatch(line) else line for line in (self if ended else self[:-1])]
        return "\n".join([*lines, ""] if ended else lines)


def stored(value: Any) -> str:
    """A readable value as the text of a snapshot, in which every character that cannot be seen is escaped."""
    text = json.dumps(_marked(value), indent=2, sort_keys=True, ensure_ascii=False)
    return "\n".join(map(visible, text.split("\n"))) + "\n"


def parsed(snapshot: str) -> Any:
    """The value that a snapshot stores.

    Raises:
        ValueError: it is no snapshot of this kind.
    """
    return _unmarked(json.loads(snapshot))


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _marked(inner) for key, inner in value.items()}
    if isinstance(value, Lines):
        return [_TEXT, *value]
    if isinstance(value, list | tuple):
        first = [_TEXT + value[0]] if _begins_like_a_text(value) else list(map(_marked, value[:1]))
        return first + list(map(_marked, value[1:]))
    return value


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmarked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        if value[:1] == [_TEXT]:
            return Lines(value[1:])
        first = [value[0][1:]] if _begins_like_a_text(value) else list(map(_unmarked, value[:1]))
        return first + list(map(_unmarked, value[1:]))
    return value


def _begins_like_a_text(value: list[Any] | tuple[Any, ...]) -> bool:
    return bool(value) and isinstance(value[0], str) and bool(_LIKE_TEXT.fullmatch(value[0]))


def visible(line: str) -> str:
    """`line` with every character that cannot be seen as an escape."""
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
