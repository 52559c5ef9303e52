"""A place in a list of tokens, for whoever reads them in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aibridge_construct.hcl._lexer import InvalidTemplateError, Kind, Token

__all__ = ["Cursor"]

_MISSING = {Kind.NAME: "a name", Kind.CLOSE: "the closing brace", Kind.END: "the end"}


class Cursor:
    """Reads ``tokens`` of ``text`` one after the other."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.index = 0
        #: Offset of the outermost ``${`` or ``%{`` that is read.
        self.outermost = 0
        self._lines_count = False

    @contextmanager
    def lines(self, *, count: bool) -> Iterator[None]:
        """Whether the end of a line means something: it ends an item of an object, and nothing else."""
        before, self._lines_count = self._lines_count, count
        yield
        self._lines_count = before

    def skip_lines(self) -> None:
        """Go on to what is no end of a line."""
        while self.tokens[self.index].kind is Kind.NEWLINE:
            self.index += 1

    def peek(self) -> Token:
        """The token that comes next."""
        if not self._lines_count:
            self.skip_lines()
        return self.tokens[self.index]

    def next(self) -> Token:
        """Read one token; the end stays where it is."""
        token = self.peek()
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def take(self, *symbols: str) -> bool:
        """Read one of ``symbols``, if one comes next."""
        token = self.peek()
        if token.kind is Kind.SYMBOL and token.text in symbols:
            self.index += 1
            return True
        return False

    def symbol(self, wanted: str) -> None:
        """Read the symbol ``wanted``.

        Raises:
            InvalidTemplateError: something else comes next.
        """
        if not self.take(wanted):
            raise self.error(f"{wanted} is missing", self.peek())

    def expect(self, kind: Kind) -> Token:
        """Read a token of ``kind``.

        Raises:
            InvalidTemplateError: something else comes next.
        """
        token = self.next()
        if token.kind is not kind:
            raise self.error(f"{_MISSING[kind]} is missing", token)
        return token

    def error(self, reason: str, token: Token) -> InvalidTemplateError:
        """What is wrong at ``token``."""
        return InvalidTemplateError(reason, self.text, token.start, self.outermost)
