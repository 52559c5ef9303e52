"""What the scripts say: every text for people in the shell files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SHELL = sorted((Path(__file__).parents[2] / "aibridge_construct/shell").glob("*.sh"))

_FOR_PEOPLE = re.compile(r"\b[A-Za-z]{2,}[,;:]? (?:\(?[a-z]{2,}|[A-Z]{3,}|[a-z] [a-z])")
_VALUE = re.compile(r"\$\{[^}]*\}|\$\(.*?\)|\$\w+|\$[?!#*@]|%s|\\n")
# Commands, programs in other languages, a comment in a file of the user's, words of processes to each other.
_NOT_SAID = re.compile(
    r"\n.*[{}]|\A# Written by|; and contains --|\A(?:refused|Status:) \w+\Z"
    r"|\A(?:command exec|aibridge_stop) "
    r"|\A(?:route not supported|validation not implemented|PRIVATE KEY|HTML page)\Z|\A-----"
)
_LABEL = re.compile(r"\A(?:ERROR: |WARNING: |note +)")


def said(file: Path) -> list[str]:
    """The texts of a shell file that are for people, as they stand there."""
    texts = (text for text in strings(file.read_text()) if is_for_people(text) and not _NOT_SAID.search(text))
    return [_LABEL.sub("", text) for text in texts]


def is_for_people(text: str) -> bool:
    """Whether it has two words of a language in a row."""
    return bool(_FOR_PEOPLE.search(_VALUE.sub(" … ", text)))


def pieces(message: str) -> list[str]:
    """What of a message is the same whenever it is said: the texts between its values."""
    parts = _VALUE.sub("…", message).split("…")
    return [piece for part in parts if len(piece := " ".join(part.split()).strip(" .:;,()'")) > 3]


def strings(text: str) -> Iterator[str]:
    """The quoted strings of a shell program; what stands in `$( )` inside of one is a program of its own."""
    at, start = 0, True  # start: of a word, where a # begins a comment
    while at < len(text):
        sign = text[at]
        if sign == "#" and start:
            at = _end(text, "\n", at)
        elif sign == "\\":
            at += 1
        elif sign == "'":
            end = _end(text, "'", at + 1)
            yield text[at + 1 : end]
            at = end
        elif sign == '"':
            whole, inner, at = _double(text, at + 1)
            yield whole
            for program in inner:
                yield from strings(program)
        elif found := re.match(r"<<-?'?(\w+)'?.*\n", text[at:]):
            at = _end(text, f"\n{found[1]}\n", at)
        start = text[at : at + 1].isspace() or text[at : at + 1] in ";("
        at += 1


def _double(text: str, at: int) -> tuple[str, list[str], int]:
    """A string in double quotes: itself, the programs in it, where it ends."""
    whole, inner = "", []
    while text[at] != '"':
        if text[at] == "\\":
            whole += text[at + 1]
            at += 2
        elif text.startswith("$(", at) and not text.startswith("$((", at):
            end = _closed(text, at + 2, "()")
            inner.append(text[at + 2 : end])
            whole += "$(…)"
            at = end + 1
        elif text.startswith("${", at):
            end = _closed(text, at + 2, "{}")
            whole += text[at : end + 1]
            at = end + 1
        else:
            whole += text[at]
            at += 1
    return whole, inner, at


def _closed(text: str, at: int, pair: str) -> int:
    """Where the bracket ends that was opened before."""
    depth = 1
    while depth:
        if text[at] == "'" and pair == "()":
            at = _end(text, "'", at + 1)
        elif text[at] == "\\":
            at += 1
        else:
            depth += (text[at] == pair[0]) - (text[at] == pair[1])
        at += 1
    return at - 1


def _end(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    return len(text) if found < 0 else found
