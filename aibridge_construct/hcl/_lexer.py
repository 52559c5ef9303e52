"""The words of a Terraform template: literal text, and the tokens of the expressions in it.

Facts: HCL's native syntax specification and its scanner, measured with Terraform 1.15.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple, cast

from aibridge_construct.errors import Whole

__all__ = ["InvalidTemplateError", "Kind", "Token", "tokens"]


class InvalidTemplateError(Whole, ValueError):
    """The text is no Terraform template or expression.

    Attributes:
        reason: what is wrong, without the place.
        start: offset of the ``${`` or ``%{`` of the outermost template in which it is wrong.
        offset: where it is wrong.
        line: the line of :attr:`offset`, from 1.
        column: its column, from 1.
    """

    def __init__(self, reason: str, text: str, offset: int, start: int = 0) -> None:
        self.line: int = text.count("\n", 0, offset) + 1
        self.column: int = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{reason}, in line {self.line}, column {self.column}")
        self.reason: str = reason
        self.offset: int = offset
        self.start: int = start


class Kind(Enum):
    """What a token is."""

    TEXT = auto()  # literal characters of a template, escapes as they stand
    OPEN = auto()  # ${ or %{, with its strip mark
    CLOSE = auto()  # the brace that ends it, with its strip mark
    QUOTE = auto()  # opens or closes a quoted template
    HEREDOC = auto()  # opens or closes one
    NAME = auto()
    NUMBER = auto()
    SYMBOL = auto()
    NEWLINE = auto()
    ENGINE = auto()  # an engine token, which becomes an expression of its own
    END = auto()


class Token(NamedTuple):
    """One token.

    Args:
        kind: what it is.
        text: its characters.
        start: offset of the first.
    """

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


_OPENING = r"\$\{(?:~)?|%\{(?:~)?"
_IN_TEMPLATE = re.compile(rf"\$\$\{{|%%\{{|(?P<open>{_OPENING})")
_IN_QUOTES = re.compile(rf'\$\$\{{|%%\{{|\\.|(?P<open>{_OPENING})|(?P<close>")|(?P<line>\n)', re.DOTALL)
_IN_HEREDOC = re.compile(rf"\$\$\{{|%%\{{|(?P<open>{_OPENING})|(?P<line>\n)")
_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)\r?\n")
_CODE = re.compile(
    r"""(?P<NEWLINE>(?:(?:\#|//)[^\n]*)?\n)
    |(?P<space>[ \t\r]+|/\*.*?\*/)
    |(?P<open_comment>(?:\#|//)[^\n]*|/\*.*)
    |(?P<ENGINE>\$\{TfToken\[[^\]\n]*\]\})
    |(?P<NAME>[^\W\d][\w-]*)
    |(?P<NUMBER>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<CLOSE>~?\})
    |(?P<SYMBOL>\.\.\.|::|=>|==|!=|<=|>=|&&|\|\||.)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str, *, code: bool = False) -> list[Token]:
    """The tokens of a template, or of an expression alone.

    Args:
        text: the template as it stands in a string of Terraform's JSON syntax; or an expression.
        code: ``text`` is an expression, without ``${}``.

    Raises:
        InvalidTemplateError: something is not closed, or it is nested hundreds of times.
    """
    lexer = _Lexer(text)
    try:
        if code:
            lexer.code(None)
        else:
            lexer.template()
    except RecursionError:
        raise InvalidTemplateError("nested too deep", text, 0) from None
    return [*lexer.found, Token(Kind.END, "", len(text))]


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Token] = []
        self._position = 0
        self._outermost = 0

    def template(self) -> None:
        start = 0
        while match := _IN_TEMPLATE.search(self.text, self._position):
            self._position = match.end()
            if match["open"]:
                self._outermost = match.start()
                self._text(start, match.start())
                self._interpolation(match)
                start = self._position
        self._text(start, len(self.text))

    def code(self, opening: Token | None) -> None:
        """Tokens up to the brace that closes ``opening``, or to the end of the text if there is none."""
        braces = 0
        while self._position < len(self.text):
            if self._string():
                continue
            # The last of its alternatives is any character.
            match = cast("re.Match[str]", _CODE.match(self.text, self._position))
            name, token_text = match.lastgroup or "", match.group()
            if name == "CLOSE" and token_text == "~}" and (braces or opening is None):
                name, token_text = "SYMBOL", "~"
            self._position = match.start() + len(token_text)
            if name == "open_comment" and (opening is not None or token_text.startswith("/*")):
                raise self._error("a comment takes the rest of the text", match.start())
            if name in ("space", "open_comment"):
                continue
            if name == "CLOSE":
                if not braces and opening is not None:
                    self._add(Kind.CLOSE, match.start())
                    return
                braces, name = braces - 1, "SYMBOL"
            elif token_text == "{":
                braces += 1
            self._add(Kind[name], match.start())
        if opening is not None:
            raise self._error(f"{opening.text[:2]} is not closed", opening.start)

    def _string(self) -> bool:
        if self.text.startswith('"', self._position):
            self._quoted()
        elif match := _HEREDOC.match(self.text, self._position):
            self._heredoc(match)
        else:
            return False
        return True

    def _quoted(self) -> None:
        opened = self._position
        self._position += 1
        self._add(Kind.QUOTE, opened)
        start = self._position
        while match := _IN_QUOTES.search(self.text, self._position):
            if match["line"]:
                break
            self._position = match.end()
            if match["open"] or match["close"]:
                self._text(start, match.start())
            if match["close"]:
                self._add(Kind.QUOTE, match.start())
                return
            if match["open"]:
                self._interpolation(match)
                start = self._position
        raise self._error("a quoted string is not closed on its line", opened)

    def _heredoc(self, opening: re.Match[str]) -> None:
        self._position = opening.end()
        self._add(Kind.HEREDOC, opening.start())
        start = self._position
        closing = re.compile(rf"[ \t]*{re.escape(opening[1])}[ \t\r]*(?=\n)")
        match: re.Match[str] | None = opening
        while match is not None:
            if match is opening or match.lastgroup == "line":
                if end := closing.match(self.text, self._position):
                    self._text(start, self._position)
                    self._position = end.end()
                    self._add(Kind.HEREDOC, end.start())
                    return
            elif match["open"]:
                self._text(start, match.start())
                self._interpolation(match)
                start = self._position
            match = _IN_HEREDOC.search(self.text, self._position)
            self._position = match.end() if match else len(self.text)
        raise self._error(f"the here-document {opening[1]} is not closed on a line of its own", opening.start())

    def _interpolation(self, match: re.Match[str]) -> None:
        self._add(Kind.OPEN, match.start())
        self.code(self.found[-1])

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self.found.append(Token(Kind.TEXT, self.text[start:end], start))

    def _add(self, kind: Kind, start: int) -> None:
        self.found.append(Token(kind, self.text[start : self._position], start))

    def _error(self, reason: str, offset: int) -> InvalidTemplateError:
        return InvalidTemplateError(reason, self.text, offset, self._outermost)
