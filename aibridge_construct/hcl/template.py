"""Reading Terraform templates: their parts, and what they refer to.

A string of Terraform's JSON syntax is a template: literal text with ``${…}`` and ``%{…}`` in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from aibridge_construct.hcl._lexer import InvalidTemplateError, Kind, Token, tokens
from aibridge_construct.hcl._parser import parse
from aibridge_construct.hcl._reference import Reference

__all__ = [
    "InvalidTemplateError",
    "Part",
    "Reference",
    "escaped_path",
    "expression_references",
    "file_arguments",
    "literal",
    "parts",
    "references",
]

#: Functions that read a file, where Terraform runs: the first argument is its path.
_READ = re.compile(r"file(?:base64|exists|md5|set|sha1|base64sha256|base64sha512|sha256|sha512)?|templatefile")
#: Functions of paths, beside those.
_PATH = re.compile(rf"(?:{_READ.pattern})|abspath|pathexpand|dirname|basename")
_ESCAPE = re.compile(r"\$\$\{[^}]*\}?")


class Part(NamedTuple):
    """A piece of a template.

    Args:
        kind: what it is; ``${…}`` is an interpolation, ``%{…}`` a directive.
        text: its characters as they stand.
        inner: of an interpolation or directive what stands in it, without strip marks and outer white space; of a
            literal the very characters that it stands for.
        start: offset of the first character in the template.
    """

    kind: Literal["literal", "interpolation", "directive"]
    text: str
    inner: str
    start: int

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


def parts(template: str) -> tuple[Part, ...]:
    """The parts of a template, none of them empty. What stands in ``${…}`` need not make sense to Terraform.

    Raises:
        InvalidTemplateError: something is not closed.
    """
    found: list[Part] = []
    depth = 0
    opening: Token | None = None
    for token in tokens(template):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if opening is None and token.kind is Kind.TEXT:
            found.append(Part("literal", token.text, _unescaped(token.text), token.start))
        elif opening is None and token.kind is Kind.OPEN:
            opening = token
        elif opening is not None and depth == 0:
            inner = template[opening.end : token.start].strip()
            kind: Literal["interpolation", "directive"] = (
                "interpolation" if opening.text.startswith("$") else "directive"
            )
            found.append(Part(kind, template[opening.start : token.end], inner, opening.start))
            opening = None
    return tuple(found)


def literal(template: str) -> str | None:
    """The very characters of a template without ``${…}`` and ``%{…}``, else ``None``.

    Raises:
        InvalidTemplateError: something is not closed.
    """
    found: Sequence[Part] = parts(template)
    return "".join(part.inner for part in found) if all(part.kind == "literal" for part in found) else None


def references(template: str) -> tuple[Reference, ...]:
    """What a template refers to, in the order of the text; variables of its own loops are none.

    Raises:
        InvalidTemplateError: Terraform could not read it.
    """
    return parse(template, tokens(template), code=False)


def expression_references(expression: str) -> tuple[Reference, ...]:
    """What an expression, without ``${}``, refers to.

    Raises:
        InvalidTemplateError: Terraform could not read it.
    """
    return parse(expression, tokens(expression, code=True), code=True)


def file_arguments(template: str) -> tuple[str, ...]:
    """The literal paths of the files that a template reads with ``file("…")`` and the like.

    Raises:
        InvalidTemplateError: something is not closed.
    """
    found = tokens(template)
    return tuple(
        text.text
        for name, bracket, quote, text in zip(found, found[1:], found[2:], found[3:], strict=False)
        if name.kind is Kind.NAME
        and _READ.fullmatch(name.text)
        and (bracket.text, quote.kind, text.kind) == ("(", Kind.QUOTE, Kind.TEXT)
    )


def escaped_path(template: str) -> str | None:
    """The first escaped ``$${…}`` in the path that ``file(…)`` and the like are given, else ``None``.

    Raises:
        InvalidTemplateError: something is not closed.
    """
    if "$${" not in template:
        return None
    found = tokens(template)
    for number, (name, bracket) in enumerate(pairwise(found)):
        if name.kind is Kind.NAME and bracket.text == "(" and _PATH.fullmatch(name.text):
            for token in _first_argument(found[number + 2 :]):
                if token.kind is Kind.TEXT and (escape := _ESCAPE.search(token.text)):
                    return escape[0]
    return None


def _first_argument(found: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in found:
        if token.kind is Kind.SYMBOL:
            if depth == 0 and token.text in (",", ")"):
                return
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        yield token


def _unescaped(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")
