"""What Python knows of a value, and what only Terraform does.

The engine hands out tokens for what it resolves when it writes the stack: strings ``${TfToken[TOKEN.3]}``, floats near
-8.1e298, lists and mappings of one item, and objects. A Terraform expression is as unknown as they are.

Facts: ``tokens/private/encoding`` of cdktf 0.21 and cdktn 0.24, measured. A number token in a text is found again by
its digits, so it must be written in full and with neither digits nor any of ``-+.|`` around it.
"""

from __future__ import annotations

import dataclasses
import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping

from aibridge_construct.hcl import InvalidTemplateError, references

__all__ = [
    "collection_token",
    "holds_token",
    "is_expression",
    "is_known",
    "is_number_token",
    "lost_token",
    "number_tokens",
    "texts",
]

_OPENING = re.compile(r"\$\$\{|%%\{|(\$\{|%\{)")

# The first bits of a token that is a number, and of one that is an item of a list of numbers. 48 bits count the tokens,
# of which the first 16 stay zero: a rounded token has others there.
_NUMBER_MARK, _ITEM_MARK = b"\xfd\xff\0\0", b"\xfb\xff\0\0"
_FIRST_TOKENS = [-struct.unpack(">d", mark + bytes(4))[0] for mark in (_NUMBER_MARK, _ITEM_MARK)]

_HUGE_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?[eE]\+?\d+|\d{200,}", re.ASCII)
# Scripts are long, and few texts hold such a number: one look at each character tells.
_MAY_BE_HUGE = re.compile(r"\d[eE]\+?\d|\d{200}", re.ASCII)
_BEFORE = "-|.+0123456789"
_AFTER = "-|.+eE0123456789"

_COLLECTION = re.compile(r"[#&]\{TfToken\[[\w:.-]+\]\}", re.ASCII)
_TOKENS_AND_BRACES = re.compile(r"\$\{TfToken\[[\w:.-]+\]\}|(?P<brace>\$\{|\})", re.ASCII)
_OBJECT = re.compile(r"<(?:jsii|cdktf|cdktn)[\w.]* object at 0x[0-9a-f]+>")


def is_known(value: object) -> bool:
    """Whether Python knows ``value``, whole: no engine token and no Terraform expression is in it, at any depth."""
    if isinstance(value, str):
        return not is_expression(value)
    if isinstance(value, int | float):
        return not is_number_token(value)
    if isinstance(value, Mapping):
        return all(is_known(key) and is_known(item) for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_known, value))
    return not _is_resolvable(value)


def is_expression(value: str) -> bool:
    """Whether Terraform computes part of ``value``: it holds an engine token, or a ``${…}`` or ``%{…}`` not escaped.

    As everywhere in Terraform's JSON syntax, a literal ``${`` is written ``$${`` and a literal ``%{`` is written
    ``%%{``.
    """
    opens = "{" in value and (
        any(match[1] for match in _OPENING.finditer(value)) or _COLLECTION.search(value) is not None
    )
    return opens or bool(number_tokens(value))


def holds_token(text: str) -> bool:
    """Whether an engine token is in ``text``: where nobody resolves it, it would be written as it stands."""
    return "{TfToken[" in text


def number_tokens(text: str) -> list[tuple[int, int]]:
    """Where the engine finds tokens of numbers in ``text``: the offsets of the first digit's sign and of what follows.

    What ``${…}`` holds is not looked at apart: the engine does not either.
    """
    if not _MAY_BE_HUGE.search(text):
        return []
    return [(match.start() - 1, match.end()) for match in _HUGE_NUMBER.finditer(text) if _is_number_in(text, match)]


def collection_token(value: object) -> str | None:
    """The string token of a list or a mapping that only Terraform knows: ``${TfToken[TOKEN.2]}``. ``None``: it is none.

    The engine keeps the tokens of texts, lists and mappings in one table.
    """
    if isinstance(value, list | tuple | Mapping) and len(value) == 1:
        first = next(iter(value))
        if _is_collection(first):
            return f"${first[1:]}"
    return None


def is_number_token(value: float) -> bool:
    """Whether ``value`` is an engine token, alone or as an item of a list of numbers."""
    return value < -1e200


def lost_token(value: object, *, in_place: bool = True) -> str | None:
    """What of ``value`` the engine would not find again, and what to write instead, as the end of a sentence.

    A token must stay what it is: a number that was rounded, a list in the middle of a text or an object's ``repr``
    would be written as they stand, and nobody would notice before the workspace does.

    Args:
        value: anything.
        in_place: whether the engine itself puts the tokens of a text into their places.
    """
    if collection_token(value) is not None:
        return None
    if isinstance(value, str):
        return _lost_in(value) or (_misplaced_in(value) if in_place else None)
    if isinstance(value, float):
        return _lost_number(value)
    found = (lost_token(item, in_place=in_place) for item in _items(value))
    return next((lost for lost in found if lost is not None), None)


def texts(value: object) -> Iterator[str]:
    """The strings in ``value`` and in what it holds: keys and items of mappings, lists and dataclasses."""
    if isinstance(value, str):
        yield value
    for item in _items(value):
        yield from texts(item)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return ()


def _lost_in(text: str) -> str | None:
    if match := "{" in text and _COLLECTION.search(text):
        kind, cure = ("list", 'Fn.join(",", …)') if match[0].startswith("#") else ("map", "Fn.jsonencode(…)")
        return f"a {kind} that only Terraform knows in the place of a text: make it one first, for example with {cure}"
    if match := " object at 0x" in text and _OBJECT.search(text):
        return f"{match[0]}, the name of an engine's object in the place of its value: write Token.as_string(…) of it"
    if not _MAY_BE_HUGE.search(text):
        return None
    for match in _HUGE_NUMBER.finditer(text):
        if _is_of_a_token(match[0]) and not _is_number_in(text, match):
            shown = match[0] if len(match[0]) <= 40 else f"{match[0][:20]}…"
            return (
                f"{shown}, which was a number that only Terraform knows: rounded, or beside digits or any of -+.| it "
                "is lost. Write Token.as_string(…) of the number"
            )
    return None


def _lost_number(value: float) -> str | None:
    """What is wrong with a number that was computed from a token, or that no JSON can hold."""
    if not math.isfinite(value):
        return f"{value}, which is no number that Terraform knows"
    if abs(value) <= 1e200 or struct.pack(">d", value).startswith((_NUMBER_MARK, _ITEM_MARK)):
        return None
    return (
        f"{value:.6g}, which was a number that only Terraform knows, and was calculated with in Python: let Terraform "
        "calculate, with the engine's Op or in an expression"
    )


def _misplaced_in(text: str) -> str | None:
    """A token of a text that the engine would write in a wrong way.

    From a ``${`` on, escaped or not, up to the first ``}`` the engine writes tokens without braces, elsewhere with.
    """
    if "${TfToken[" not in text:
        return None
    try:
        found = [reference.start for reference in references(text) if reference.is_engine_token]
    except InvalidTemplateError:
        return None  # refused in better words, here or by Terraform
    in_code = {start for start in found if text.startswith("$", start)}
    bare = False
    for match in _TOKENS_AND_BRACES.finditer(text):
        if match["brace"]:
            bare = match["brace"] == "${"
        elif text.startswith("$", match.start() - 1) and match.start():
            return 'an engine token right behind a $, and Terraform reads $${ as a text: write ${"$"} for the $'
        elif bare != (match.start() in in_code):
            return (
                "an engine token where the engine writes its expression as a text: in quotes inside ${…}, or behind a "
                "${ or $${ and before its }. Put the value into a TerraformLocal and write ${local.NAME} there, or "
                "make the text with Fn.join"
            )
    return None


def _is_number_in(text: str, match: re.Match[str]) -> bool:
    """Whether the engine finds a number token where ``match`` found its digits."""
    start, end = match.span()
    around = text[max(start - 2, 0) : max(start - 1, 0)], text[end : end + 1]
    return (
        text[max(start - 1, 0) : start] == "-"
        and (not around[0] or around[0] not in _BEFORE)
        and (not around[1] or around[1] not in _AFTER)
        and "e" in match[0]
        and struct.pack(">d", -float(match[0])).startswith(_NUMBER_MARK)
    )


def _is_of_a_token(number: str) -> bool:
    """Whether ``number``, without its sign, was made from a token: rounded, added to or multiplied."""
    if not re.search("[eE]", number):
        return any(abs(float(number) / first - 1) < 1e-6 for first in _FIRST_TOKENS)
    digits = re.split("[eE]", number)[0].replace(".", "")
    if abs(float(number)) <= 1e200:
        return False
    return len(digits) >= 12 or any(
        len(digits) > 1 and float(f"{first:.{len(digits) - 1}e}") == float(number) for first in _FIRST_TOKENS
    )


def _is_collection(value: object) -> bool:
    return isinstance(value, str) and _COLLECTION.fullmatch(value) is not None


def _is_resolvable(value: object) -> bool:
    """Whether ``value`` is an ``IResolvable``. Its class says so: asking the engine would start it."""
    kinds = type(value).__mro__
    return any(kind.__module__ == "jsii._reference_map" for kind in kinds) or (
        hasattr(type(value), "resolve") and hasattr(type(value), "creation_stack")
    )
