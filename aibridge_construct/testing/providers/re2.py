"""Regular expressions as Go takes them (RE2), for Python: providers are written in Go.

What both spell differently is translated, what RE2 refuses is refused in its words. Source of the facts: Go's package
`regexp/syntax`, whose answers to the expressions of the test these are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Re2Error", "compiled"]

_MOST = 1000  # repetitions
_REPETITION = re.compile(r"(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)")
_GROUP = re.compile(r"\(\?(?:P?<(?P<name>\w+)>|(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<end>[:)]))", re.ASCII)
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t-\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Re2Error(ValueError):
    """Why Go takes an expression for none."""


@dataclass
class _Level:
    """What stands open: one group, and flags that hold until its end."""

    lines: bool = False
    flags: list[str] = field(default_factory=list)


def compiled(pattern: str) -> re.Pattern[str]:
    """The expression, for Python's `search`.

    Raises:
        Re2Error: Go would refuse it.
    """
    try:
        return re.compile(_Translation(pattern).run(), re.ASCII)
    except re.error as error:
        raise Re2Error(str(error)) from error


class _Translation:
    def __init__(self, pattern: str) -> None:
        self._text, self._at = pattern, 0
        self._levels = [_Level()]
        self._repeated = ""

    def run(self) -> str:
        done = []
        while self._at < len(self._text):
            repetition = _REPETITION.match(self._text, self._at)
            if repetition:
                done.append(self._repetition(repetition))
            else:
                self._repeated = ""
                done.append(self._part())
        return "".join(done) + ")" * len(self._levels[0].flags)

    def _repetition(self, found: re.Match[str]) -> str:
        if self._repeated:
            raise Re2Error(f"invalid nested repetition operator: `{self._repeated}{found[0].rstrip('?') or found[0]}`")
        counts = [int(count) for count in (found[1], found[3]) if count]
        if max(counts, default=0) > _MOST or counts != sorted(counts):
            raise Re2Error(f"invalid repeat count: `{found[0]}`")
        self._at, self._repeated = found.end(), found[0]
        return found[0]

    def _part(self) -> str:
        char = self._text[self._at]
        if char == "\\":
            return self._escape(inside=False)
        if char == "[":
            return self._class()
        if char == "(":
            return self._open()
        self._at += 1
        top = self._levels[-1]
        if char == ")" and len(self._levels) > 1:
            self._levels.pop()
            return ")" * (len(top.flags) + 1)
        if char == "|":  # flags hold beyond it
            return ")" * len(top.flags) + "|" + "".join(f"(?{flags}:" for flags in top.flags)
        if char == "$" and not top.lines:
            return r"\Z"
        return r"\{" if char == "{" else char

    def _open(self) -> str:
        outer = self._levels[-1]
        if not self._text.startswith("(?", self._at):
            self._at += 1
            self._levels.append(_Level(outer.lines))
            return "("
        found = _GROUP.match(self._text, self._at)
        if not found:
            rest = self._text[self._at :]
            if re.match(r"\(\?P?<", rest):
                raise Re2Error(f"invalid named capture: `{rest.partition('>')[0]}>`" if ">" in rest else
                               f"invalid named capture: `{rest}`")  # fmt: skip
            raise Re2Error(f"invalid or unsupported Perl syntax: `{rest[:3]}`")
        self._at = found.end()
        if found["name"]:
            self._levels.append(_Level(outer.lines))
            return f"(?P<{found['name']}>"
        on, _, off = found["flags"].partition("-")
        lines = ("m" in on or outer.lines) and "m" not in off
        # How greedy an expression is makes no difference to whether it matches: U goes.
        flags = on.replace("U", "") + (f"-{off.replace('U', '')}" if off.replace("U", "") else "")
        if found["end"] == ":":
            self._levels.append(_Level(lines))
        else:
            outer.lines = lines
            outer.flags.append(flags)
        return f"(?{flags}:"

    def _class(self) -> str:
        start = self._at
        head = re.compile(r"\[\^?\]?").match(self._text, start)
        self._at = head.end() if head else start + 1
        done = self._text[start : self._at].replace("]", r"\]")
        while not self._text.startswith("]", self._at):
            if self._at >= len(self._text):
                raise Re2Error(f"missing closing ]: `{self._text[start:]}`")
            done += self._member()
        self._at += 1
        return f"{done}]"

    def _member(self) -> str:
        named = re.compile(r"\[:(\^?)(\w+):\]").match(self._text, self._at)
        if named:
            if named[2] not in _CLASSES or named[1]:
                raise Re2Error(f"invalid character class range: `{named[0]}`")
            self._at = named.end()
            return _CLASSES[named[2]]
        char = self._text[self._at]
        if char == "\\":
            return self._escape(inside=True)
        self._at += 1
        return f"\\{char}" if char in "[&|~" else char

    def _escape(self, *, inside: bool) -> str:
        rest = self._text[self._at : self._at + 2]
        if rest == "\\":
            raise Re2Error("trailing backslash at end of expression: ``")
        if rest == r"\Q" and not inside:
            literal, end, _ = self._text[self._at + 2 :].partition(r"\E")
            self._at += 2 + len(literal) + len(end)
            return re.escape(literal)
        wide = re.compile(r"\\x\{([0-9A-Fa-f]+)\}").match(self._text, self._at)
        if wide and int(wide[1], 16) <= 0x10FFFF:
            self._at = wide.end()
            return f"\\U{int(wide[1], 16):08x}"
        octal = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})").match(self._text, self._at)
        if octal:
            self._at = octal.end()
            return f"\\x{int(octal[1], 8) & 0xFF:02x}"
        letter = re.compile(r"\\p(?:L|\{L\})").match(self._text, self._at)
        if letter and not inside:
            self._at = letter.end()
            return r"(?u:[^\W\d_])"
        allowed = "dDsSwWafnrtvx" + ("" if inside else "AbBz")
        if rest[1] not in allowed and (rest[1].isalnum() or not rest[1].isascii()):
            raise Re2Error(f"invalid escape sequence: `{rest}`")
        self._at += 2
        return r"\Z" if rest == r"\z" else rest
