"""What a declared provider may refuse: checks of one value, and rules across several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .plugin import Check, Refusal, Values

__all__ = [
    "absolute_path",
    "at_least",
    "at_most_long",
    "between",
    "matches",
    "one_of",
    "refuse_duplicates",
    "refuse_together",
]


def one_of(*allowed: str) -> Check:
    """The value must be one of `allowed`."""
    shown = ", ".join(f'"{item}"' for item in allowed)
    return lambda value: None if value in allowed else f'must be one of {shown}, got "{value}"'


def matches(pattern: str, meaning: str) -> Check:
    """The value must match the regular expression; `meaning` says in words what that is."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.search(value) else f'{meaning}, got "{value}"'


def at_least(minimum: int) -> Check:
    """The number must not be below `minimum`."""
    return lambda value: None if value >= minimum else f"must be at least {minimum}, got {value}"


def between(minimum: int, maximum: int) -> Check:
    """The number must lie between both, inclusive."""
    meaning = f"must be between {minimum} and {maximum}"
    return lambda value: None if minimum <= value <= maximum else f"{meaning}, got {value}"


def at_most_long(maximum: int) -> Check:
    """The text must not be longer than `maximum` bytes."""
    return lambda value: None if len(value.encode()) <= maximum else f"is too long, {maximum} bytes at most"


def absolute_path(value: Any) -> str | None:
    """The value must be an absolute POSIX path."""
    return None if value.startswith("/") else f'must be an absolute path, got "{value}"'


def refuse_together(values: Values, name: str, *others: str) -> None:
    """Raise `Refusal` where `name` is set together with one of `others`."""
    for other in others:
        if values.get(name) not in (None, []) and values.get(other) not in (None, []):
            raise Refusal("Conflicting configuration arguments", f'"{name}" conflicts with "{other}"', attribute=name)


def refuse_duplicates(entries: Sequence[Mapping[str, Any]] | None, name: str, what: str) -> None:
    """Raise `Refusal` where two of `entries` have the same `name`; `what` says in words what that is."""
    seen: set[str] = set()
    for entry in entries or ():
        value = entry[name]
        if value is not None and value in seen:
            raise Refusal(f'duplicate {what} "{value}"')
        seen.add(value)
