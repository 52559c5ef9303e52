"""The grammar of Terraform's expressions, as far as it says what refers to what.

Facts: HCL's native syntax specification. Precedence of operators does not matter here; whether Terraform would take
the text, and which of its names refer to something outside, does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aibridge_construct.hcl._cursor import Cursor
from aibridge_construct.hcl._lexer import InvalidTemplateError, Kind, Token
from aibridge_construct.hcl._reference import Reference

__all__ = ["parse"]

_OPERATORS = ("||", "&&", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%")
_BAD_ESCAPE = re.compile(r'(?:[^\\]|\\[nrt"\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+(\\)', re.DOTALL)


def parse(text: str, tokens: Sequence[Token], *, code: bool) -> tuple[Reference, ...]:
    """The references of a template, or of an expression alone, in the order of the text.

    Raises:
        InvalidTemplateError: Terraform could not read it.
    """
    parser = _Parser(text, tokens)
    try:
        if code:
            parser.expression()
            parser.expect(Kind.END)
        else:
            parser.template(Kind.END)
    except RecursionError:
        raise InvalidTemplateError("nested too deep", text, 0) from None
    return tuple(sorted(parser.references, key=lambda reference: reference.start))


class _Parser(Cursor):
    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        super().__init__(text, tokens)
        self.references: list[Reference] = []
        self._names: list[frozenset[str]] = []

    # ---- templates

    def template(self, end: Kind) -> None:
        keyword = self._parts(end)
        if keyword is not None:
            raise self.error(f"%{{ {keyword.text} }} without its beginning", keyword)

    def _parts(self, end: Kind) -> Token | None:
        """Read up to ``end``, or to the keyword of a directive that ends this part of the template."""
        while (token := self.next()).kind is not end:
            if token.kind is Kind.TEXT:
                if end is Kind.QUOTE and (bad := _BAD_ESCAPE.match(token.text)):
                    raise InvalidTemplateError("no such escape", self.text, token.start + bad.start(1), self.outermost)
                continue
            if end is Kind.END:
                self.outermost = token.start
            with self.lines(count=False):
                keyword = self._part(token, end)
            if keyword is not None:
                return keyword
        return None

    def _part(self, opening: Token, end: Kind) -> Token | None:
        if opening.text.startswith("$"):
            self.expression()
            self.expect(Kind.CLOSE)
            return None
        begun = self.outermost
        keyword = self.expect(Kind.NAME)
        if keyword.text == "if":
            self._if(end, keyword, begun)
        elif keyword.text == "for":
            names = self._loop_variables()
            self.expect(Kind.CLOSE)
            with self._scope(names):
                self._directive(self._parts(end), keyword, "endfor", begun)
        elif keyword.text in ("else", "endif", "endfor"):
            return keyword
        else:
            raise self.error(f"{keyword.text} is no directive", keyword)
        return None

    def _if(self, end: Kind, keyword: Token, begun: int) -> None:
        self.expression()
        self.expect(Kind.CLOSE)
        then = self._parts(end)
        if then is not None and then.text == "else":
            self.expect(Kind.CLOSE)
            then = self._parts(end)
        self._directive(then, keyword, "endif", begun)

    def _directive(self, found: Token | None, opened: Token, wanted: str, begun: int) -> None:
        if found is None or found.text != wanted:
            self.outermost = begun
            raise self.error(f"%{{ {opened.text} }} needs %{{ {wanted} }}", opened)
        self.expect(Kind.CLOSE)

    # ---- expressions

    def expression(self) -> None:
        self._term()
        while self.take(*_OPERATORS):
            self._term()
        if self.take("?"):
            self.expression()
            self.symbol(":")
            self.expression()

    def _term(self) -> None:
        while self.take("!", "-"):
            pass
        token = self.next()
        if token.kind is Kind.NAME:
            self._named(token)
            return
        if token.kind is Kind.ENGINE:
            self._refer(token, "TfToken", [token.text[len("${TfToken") : -1]], token.end)
        elif token.kind in (Kind.QUOTE, Kind.HEREDOC):
            self.template(token.kind)
        elif token.text == "(":
            with self.lines(count=False):
                self.expression()
                self.symbol(")")
        elif token.text == "[" and token.kind is Kind.SYMBOL:
            self._tuple()
        elif token.text == "{" and token.kind is Kind.SYMBOL:
            self._object()
        elif token.kind is not Kind.NUMBER:
            raise self.error("an expression is missing", token)
        self._steps()

    def _named(self, token: Token) -> None:
        if self.take("::"):
            self.expect(Kind.NAME)
            while self.take("::"):
                self.expect(Kind.NAME)
            self.symbol("(")
            self._arguments()
            self._steps()
        elif self.take("("):
            self._arguments()
            self._steps()
        elif token.text == "TfToken" and self.peek().text == "[":
            self._engine_token(token)
        else:
            steps, end = self._steps()
            if token.text not in ("true", "false", "null") and not any(token.text in names for names in self._names):
                self._refer(token, token.text, steps, end or token.end)

    def _engine_token(self, token: Token) -> None:
        self.symbol("[")
        while not self.take("]"):
            if self.next().kind in (Kind.END, Kind.CLOSE):
                raise self.error("an engine token is not closed", token)
        end = self.tokens[self.index - 1].end
        self._refer(token, "TfToken", [self.text[token.end : end]], end)
        self._steps()

    def _steps(self) -> tuple[list[str], int | None]:
        """What follows a term. Returns the steps that are literal, and where the last of them ends."""
        steps: list[str] = []
        end: int | None = None
        literal = True
        while self.peek().text in (".", "[") and self.peek().kind is Kind.SYMBOL:
            found = self._attribute() if self.take(".") else self._in_brackets()
            literal = literal and found is not None
            if literal and found is not None:
                steps += found
                end = self.tokens[self.index - 1].end
        return steps, end

    def _attribute(self) -> list[str] | None:
        token = self.next()
        if token.kind is Kind.NAME:
            return [f".{token.text}"]
        if token.kind is Kind.NUMBER and re.fullmatch(r"[0-9.]+", token.text):
            return [f"[{number}]" for number in token.text.split(".")]
        if token.text == "*":
            return None
        raise self.error("a name must follow the dot", token)

    def _in_brackets(self) -> list[str] | None:
        self.symbol("[")
        with self.lines(count=False):
            first = self.peek()
            begin = self.index
            if not self.take("*"):
                self.expression()
            inner = [token for token in self.tokens[begin : self.index] if token.kind is not Kind.NEWLINE]
            self.symbol("]")
        if len(inner) == 1 and first.kind is Kind.NUMBER:
            return [f"[{first.text}]"]
        if first.kind is Kind.QUOTE and [token.kind for token in inner[1:]] in ([Kind.TEXT, Kind.QUOTE], [Kind.QUOTE]):
            return ["[" + "".join(token.text for token in inner) + "]"]
        return None

    def _arguments(self) -> None:
        with self.lines(count=False):
            while not self.take(")"):
                self.expression()
                if self.take("..."):
                    self.symbol(")")
                    return
                if not self.take(","):
                    self.symbol(")")
                    return

    def _tuple(self) -> None:
        with self.lines(count=False):
            if self.peek().text == "for":
                self._for("]")
                return
            while not self.take("]"):
                self.expression()
                if not self.take(","):
                    self.symbol("]")
                    return

    def _object(self) -> None:
        with self.lines(count=False):
            if self.peek().text == "for":
                self._for("}")
                return
        with self.lines(count=True):
            self.skip_lines()
            while not self.take("}"):
                self._key()
                self.expression()
                if self.peek().kind is not Kind.NEWLINE and not self.take(","):
                    self.symbol("}")
                    return
                self.skip_lines()

    def _key(self) -> None:
        token = self.peek()
        following = self.tokens[self.index + 1] if token.kind is Kind.NAME else token
        if following.text in ("=", ":"):
            self.next()
        else:
            self.expression()
        if not self.take("=", ":"):
            raise self.error("'=' must follow the key of an object", self.peek())

    def _for(self, closing: str) -> None:
        self.next()
        with self._scope(self._loop_variables()):
            self.symbol(":")
            self.expression()
            if closing == "}":
                self.symbol("=>")
                self.expression()
                self.take("...")
            if self.peek().text == "if":
                self.next()
                self.expression()
        self.symbol(closing)

    def _loop_variables(self) -> frozenset[str]:
        """Read ``k, v in COLLECTION``; the collection does not see the variables."""
        names = {self.expect(Kind.NAME).text}
        if self.take(","):
            names.add(self.expect(Kind.NAME).text)
        keyword = self.expect(Kind.NAME)
        if keyword.text != "in":
            raise self.error("'in' must follow the loop's variables", keyword)
        self.expression()
        return frozenset(names)

    def _refer(self, token: Token, root: str, steps: Sequence[str], end: int) -> None:
        self.references.append(Reference(root, tuple(steps), token.start, end))

    @contextmanager
    def _scope(self, names: frozenset[str]) -> Iterator[None]:
        self._names.append(names)
        yield
        self._names.pop()
