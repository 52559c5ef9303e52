"""What a declared provider may refuse; see `providers.checks`."""

from __future__ import annotations

from .providers.checks import (
    absolute_path,
    all_of,
    at_least,
    at_most_long,
    between,
    is_set,
    is_url,
    is_uuid,
    matches,
    not_empty,
    one_of,
    own_words,
    refuse_duplicates,
    refuse_together,
    whole_number,
)

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
