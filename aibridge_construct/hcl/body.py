"""Terraform's native syntax read as its JSON syntax: blocks as mappings, strings as templates, the rest as ``${…}``.

What refers to what is known from the words alone, so nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aibridge_construct.hcl._lexer import InvalidTemplateError, Kind, Token, tokens

__all__ = ["constant", "native_body"]

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt"\\]))')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")


def native_body(text: str) -> dict[str, Any]:
    """A native file in Terraform's JSON syntax; every block is a list of bodies, under its type and its labels.

    Raises:
        InvalidTemplateError: Terraform could not read it.
    """
    reader = _Reader(text, tokens(text, code=True))
    body = reader.body()
    if reader.peek().kind is not Kind.END:
        raise reader.error("a brace too many")
    return body


def constant(template: object) -> object:
    """What a value of the JSON syntax is without evaluating anything: ``${toset(["a"])}`` is ``["a"]``.

    What Terraform has to compute stays as it is.
    """
    if not isinstance(template, str) or not (template.startswith("${") and template.endswith("}")):
        return template
    text = template[2:-1].strip()
    if match := re.fullmatch(r"to(?:set|list|map)\((.*)\)", text, re.DOTALL):
        text = match[1].strip()
    try:
        reader = _Reader(text, tokens(text, code=True))
        value = reader.value()
    except InvalidTemplateError:
        return template
    return template if reader.peek().kind is not Kind.END or value == f"${{{text}}}" else value


class _Reader:
    def __init__(self, text: str, found: Sequence[Token]) -> None:
        self.text = text
        self.found = found
        self.index = 0

    def peek(self) -> Token:
        return self.found[self.index]

    def error(self, reason: str) -> InvalidTemplateError:
        return InvalidTemplateError(reason, self.text, self.peek().start)

    def body(self) -> dict[str, Any]:
        """Attributes and blocks, up to the brace that closes them or the end."""
        content: dict[str, Any] = {}
        while True:
            self._skip(Kind.NEWLINE)
            token = self.peek()
            if token.kind is Kind.END or token.text == "}":
                return content
            if token.kind is not Kind.NAME and token.kind is not Kind.NUMBER:
                raise self.error("a name is missing")
            self.index += 1
            if self._take("="):
                content[token.text] = self.value()
            else:
                self._block(content, token.text)

    def value(self) -> Any:
        """An expression, up to the end of its line, a comma, or the bracket that closes what it stands in."""
        start = self.index
        if self.peek().kind is Kind.SYMBOL and self.peek().text in ("[", "{"):
            value = self._collection(self.peek().text)
            if value is not None and self._ended():
                return value
        self.index = start
        return self._scalar()

    def _block(self, content: dict[str, Any], kind: str) -> None:
        names = [kind]
        while not self._take("{"):
            names.append(self._label())
        for name in names[:-1]:
            content = content.setdefault(name, {})
        bodies: list[Any] = content.setdefault(names[-1], [])
        bodies.append(self.body())
        if not self._take("}"):
            raise self.error("the closing brace of a block is missing")

    def _label(self) -> str:
        token = self.peek()
        if token.kind is Kind.NAME:
            self.index += 1
            return token.text
        if token.kind is not Kind.QUOTE:
            raise self.error("the brace of a block is missing")
        return self._string()

    def _collection(self, opening: str) -> Any:
        """A list or an object that is written out; ``None`` if it is computed."""
        self.index += 1
        self._skip(Kind.NEWLINE)
        if self.peek().text == "for":
            return None
        items: list[Any] = []
        keys: list[str] = []
        closing = _CLOSING[_OPENING.index(opening)]
        while not self._take(closing):
            if opening == "{":
                key = self._key()
                if key is None:
                    return None
                keys.append(key)
            items.append(self.value())
            self._skip(Kind.NEWLINE)
            self._take(",")
            self._skip(Kind.NEWLINE)
            if self.peek().kind is Kind.END:
                raise self.error(f"{closing} is missing")
        return dict(zip(keys, items, strict=True)) if opening == "{" else items

    def _key(self) -> str | None:
        token = self.peek()
        if token.kind is Kind.QUOTE:
            key = self._string()
        elif token.kind in (Kind.NAME, Kind.NUMBER):
            self.index += 1
            key = token.text
        else:
            return None
        return key if self._take("=") or self._take(":") else None

    def _scalar(self) -> Any:
        start = self.index
        self._skip(Kind.NEWLINE)
        if self.peek().kind in (Kind.QUOTE, Kind.HEREDOC):
            text = self._string()
            if self._ended():
                return text
            self.index = start
        depth = 0
        while depth or not self._ended():
            token = self.peek()
            if token.kind is Kind.END:
                raise self.error("the expression is not closed")
            if token.kind in (Kind.QUOTE, Kind.HEREDOC):
                self._string()
                continue
            if token.kind is Kind.SYMBOL:
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
            self.index += 1
        if self.index == start:
            raise self.error("an expression is missing")
        text = self.text[self.found[start].start : self.found[self.index - 1].end].strip()
        if _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        return _WORDS.get(text, f"${{{text}}}")

    def _string(self) -> str:
        """A quoted string or a here-document, as the template that it is."""
        opening = self.peek()
        self.index += 1
        template = ""
        while (token := self.peek()).kind is not opening.kind:
            if token.kind is Kind.OPEN:
                start = token.start
                self._interpolation()
                template += self.text[start : self.found[self.index - 1].end]
                continue
            template += token.text if opening.kind is Kind.HEREDOC else _ESCAPE.sub(_unescaped, token.text)
            self.index += 1
        self.index += 1
        return template

    def _interpolation(self) -> None:
        self.index += 1
        while (token := self.peek()).kind is not Kind.CLOSE:
            if token.kind in (Kind.QUOTE, Kind.HEREDOC):
                self._string()
            else:
                self.index += 1
        self.index += 1

    def _ended(self) -> bool:
        token = self.peek()
        return token.kind in (Kind.NEWLINE, Kind.END) or (token.kind is Kind.SYMBOL and token.text in (",", *_CLOSING))

    def _take(self, symbol: str) -> bool:
        if self.peek().kind is Kind.SYMBOL and self.peek().text == symbol:
            self.index += 1
            return True
        return False

    def _skip(self, kind: Kind) -> None:
        while self.peek().kind is kind:
            self.index += 1


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPED[match[3]]
