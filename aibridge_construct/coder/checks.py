"""What the coder provider refuses, refused in Python: checks of literals, shared by the types.

A value that only Terraform knows (an engine token or a ``${…}`` expression) passes; the provider checks it at plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from aibridge_construct.choices import meant
from aibridge_construct.coder.blocks import Block
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.known import is_known, lost_token
from aibridge_construct.validation import Rule, literal_text, masked

__all__ = ["ENV_NAME", "ENV_NAME_MEANING", "Refusals", "is_literal", "is_token", "known_block"]

#: The names of environment variables that the provider takes.
ENV_NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
ENV_NAME_MEANING = "the name of an environment variable (letters, digits and _, no digit first), for example EDITOR"


def is_literal(value: object) -> bool:
    """Whether ``value`` is known now: neither an engine token nor a Terraform expression, and given at all.

    What is left of a lost token is none; the element refuses it.
    """
    return isinstance(value, str | int | float) and is_known(value) and lost_token(value) is None


def is_token(value: object) -> bool:
    """Whether ``value`` is an object that the engine resolves, an ``IResolvable``, which has no Python type."""
    return not isinstance(value, str | int | float | Mapping | list | tuple | set | frozenset) and not is_known(value)


def known_block(value: object) -> Any:
    """``value`` if it is a block, whose fields can be checked; ``None`` if there is none, or an iterator makes it."""
    return value if isinstance(value, Block) else None


class Refusals:
    """The checks of one element; they raise :class:`InvalidValueError` with its type and id in the message.

    Args:
        what: names the element, for example ``coder_agent 'main'``.
    """

    def __init__(self, what: str) -> None:
        self.what: str = what

    def refuse(self, field: str, message: str) -> InvalidValueError:
        """The error for ``field``; ``message`` says what must hold, as the rest of a sentence."""
        return InvalidValueError(field, f"{field} of {self.what} {message}")

    def one_of(self, field: str, value: object, allowed: Collection[str]) -> None:
        """A literal must be one of ``allowed``."""
        if is_literal(value) and value not in allowed:
            choices = ", ".join(f'"{choice}"' for choice in allowed)
            raise self.refuse(field, f"must be one of {choices}. Got {masked(value)}.{meant(value, allowed)}")

    def matches(self, field: str, value: object, pattern: str, meaning: str) -> None:
        """A literal must match ``pattern`` as a whole; ``meaning`` says what that is, with an example."""
        if is_literal(value) and not (isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)):
            raise self.refuse(field, f"must be {meaning}. Got {masked(value)}.")

    def rule(self, field: str, value: object, rule: Rule) -> None:
        """A literal must keep ``rule``, which other places check, too."""
        if not is_literal(value):
            return
        text = literal_text(str(value))
        for broken in (each for each in rule.checks if not each.holds(text)):
            words = rule.message(broken, text).removeprefix(f"{rule.field} ")
            raise self.refuse(field, f"{words} Got {masked(value)}.")

    def not_empty(self, field: str, value: object, example: str) -> None:
        """A literal must not be an empty text."""
        if value == "":
            raise self.refuse(field, f'must not be empty: write a text, for example "{example}".')

    def whole_number(
        self, field: str, value: object, *, minimum: int | None = None, maximum: int | None = None, unit: str = ""
    ) -> None:
        """A literal must be a whole number within the bounds."""
        if value is None or not is_known(value):
            return
        fits = not isinstance(value, bool) and isinstance(value, int | float) and value == value // 1
        if fits and isinstance(value, int | float):
            fits = (minimum is None or value >= minimum) and (maximum is None or value <= maximum)
        if not fits:
            bounds = (
                f" from {minimum} to {maximum}"
                if maximum is not None
                else f", at least {minimum}"
                if minimum is not None
                else ""
            )
            of_unit = f" of {unit}" if unit else ""
            raise self.refuse(field, f"must be a whole number{of_unit}{bounds}. Got {masked(value)}.")

    def at_most_bytes(self, field: str, value: str | None, maximum: int) -> None:
        """A literal must not be longer than ``maximum`` bytes of UTF-8, which is how the provider counts."""
        if value is not None and is_literal(value) and (size := len(literal_text(value).encode())) > maximum:
            raise self.refuse(field, f"must not be longer than {maximum} bytes. It has {size}.")

    def url(self, field: str, value: str | None) -> None:
        """A literal must be something that Go's ``url.Parse`` takes: a URL or a path."""
        if value is None or not is_literal(value):
            return
        text = literal_text(value)
        path = re.split(r"[?#]", text, maxsplit=1)[0]
        if re.search(r"[\x00-\x1f\x7f]", text) or re.search(r"%(?![0-9A-Fa-f]{2})", path) or text.startswith(":"):
            raise self.refuse(field, f'must be a URL or a path, for example "/icon/coder.svg". Got {masked(text)}.')

    def together(self, field: str, value: object, cure: str, **others: object) -> None:
        """``field`` excludes each of ``others``: the provider refuses both, whatever their values, ``False`` too."""
        if not _given(value):
            return
        for name, other in others.items():
            if _given(other):
                raise self.refuse(field, f"cannot be given together with {name}: {cure}.")

    def unique(self, field: str, values: Iterable[str], what: str) -> None:
        """No two of ``values`` may be the same; ``what`` names them."""
        seen: set[str] = set()
        for value in values:
            if value in seen:
                raise self.refuse(field, f"has {what} {value!r} twice; each must be there once.")
            seen.add(value)


def _given(value: object) -> bool:
    """Whether the argument is certainly in the configuration: a token might be null at plan."""
    return is_literal(value) or isinstance(value, Block)
