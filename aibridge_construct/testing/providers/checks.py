"""What a declared provider may refuse: checks of one value, and rules across several.

The words are those of Terraform's SDK, on which most providers are built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import wraps
from typing import Any

from .declare import NAME, Check, Refusal, Values
from .go import quoted, url_error

__all__ = [
    "absolute_path",
    "all_of",
    "at_least",
    "at_most_long",
    "between",
    "is_set",
    "is_url",
    "is_uuid",
    "matches",
    "not_empty",
    "one_of",
    "own_words",
    "refuse_duplicates",
    "refuse_together",
    "whole_number",
]


def all_of(*checks: Check) -> Check:
    """The value must pass all of `checks`; the first that it does not pass speaks."""
    return lambda value: next((said for said in (check(value) for check in checks) if said), None)


def own_words(check: Check) -> Check:
    """A check whose text stands alone: the attribute's name is not put in front of it."""

    @wraps(check)
    def refuse(value: Any) -> None:
        if complaint := check(value):
            raise Refusal(complaint)

    return refuse


def one_of(*allowed: str) -> Check:
    """The value must be one of `allowed`."""
    shown = " ".join(quoted(item) for item in allowed)
    return lambda value: None if value in allowed else f"expected {NAME} to be one of [{shown}], got {value}"


def matches(pattern: str, meaning: str) -> Check:
    """The value must match the regular expression; `meaning` says in words what that is."""
    compiled = re.compile(pattern)
    said = f"invalid value for {NAME} ({meaning})"
    return lambda value: None if compiled.search(value) else f"{said}, got {quoted(value)}"


@own_words
def whole_number(value: Any) -> str | None:
    """The number must have no fraction."""
    return None if isinstance(value, int) else f"Attribute must be a whole number, got {value}"


def at_least(minimum: int) -> Check:
    """The number must not be below `minimum`."""
    return lambda value: None if value >= minimum else f"expected {NAME} to be at least ({minimum}), got {value}"


def between(minimum: int, maximum: int) -> Check:
    """The number must lie between both, inclusive."""
    meaning = f"expected {NAME} to be in the range ({minimum} - {maximum})"
    return lambda value: None if minimum <= value <= maximum else f"{meaning}, got {value}"


def at_most_long(maximum: int) -> Check:
    """The text must not be longer than `maximum` bytes."""
    meaning = f"expected length of {NAME} to be in the range (0 - {maximum})"
    return lambda value: None if len(value.encode()) <= maximum else f"{meaning}, got {value}"


def not_empty(value: Any) -> str | None:
    """The text must not be empty."""
    return None if value else f'expected "{NAME}" to not be an empty string, got {value}'


def absolute_path(value: Any) -> str | None:
    """The value must be an absolute POSIX path."""
    return None if value.startswith("/") else f"must be an absolute path, got {quoted(value)}"


@own_words
def is_url(value: Any) -> str | None:
    """The value must be a URL or a path, as Go takes it."""
    return url_error(value)


def is_uuid(value: Any) -> str | None:
    """The value must be a UUID with its four hyphens."""
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        return None
    return f'expected "{NAME}" to be a valid UUID, got {value}'


def is_set(value: Any) -> bool:
    """Whether the configuration says anything here."""
    return value is not None and value != []


def refuse_together(values: Values, name: str, *others: str) -> None:
    """Raise `Refusal` where `name` is set together with one of `others`."""
    for other in others:
        if is_set(values.get(name)) and is_set(values.get(other)):
            raise Refusal("Conflicting configuration arguments", f'"{name}": conflicts with {other}', attribute=name)


def refuse_duplicates(entries: Sequence[Mapping[str, Any] | None] | None, name: str, what: str) -> None:
    """Raise `Refusal` where two of `entries` have the same `name`; `what` says in words what that is.

    Entries and names that are not known yet are None, and differ from all others.
    """
    seen: set[str] = set()
    for value in (entry[name] for entry in entries or () if entry is not None):
        if value is not None and value in seen:
            raise Refusal(f"duplicate {what} {quoted(value)}")
        seen.add(value)
