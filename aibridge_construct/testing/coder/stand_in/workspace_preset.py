"""The data source coder_workspace_preset of the coder stand-in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from aibridge_construct.testing.providers.checks import (
    all_of,
    at_least,
    at_most_long,
    is_url,
    not_empty,
    own_words,
    whole_number,
)
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NAME,
    NUMBER,
    STRING,
    Build,
    DataSource,
    Refusal,
    Values,
    block,
    computed,
    map_of,
    optional,
    required,
)
from aibridge_construct.testing.providers.go import atoi, location_error, quoted

from .cron import PREBUILD_FIELDS, CronError, check_cron

__all__ = ["WORKSPACE_PRESET"]

_HOUR = 3600
_YEAR = 365 * 24 * _HOUR


def _icon(value: str) -> str | None:
    return is_url(value) or at_most_long(256)(value)


def _ttl(value: float) -> str | None:
    if value == 0 or _HOUR <= value <= _YEAR:
        return None
    return f'"{NAME}" must be 0 or between {_HOUR} and {_YEAR}, got {value}'


@own_words
def _timezone(value: str) -> str | None:
    complaint = location_error(value)
    return complaint and f"failed to load timezone {quoted(value)}: {complaint}"


@own_words
def _cron(value: str) -> str | None:
    fields = value.split()
    if len(fields) != 5:
        return "cron spec failed validation: cron specification should consist of 5 fields"
    if fields[0] != "*":
        return "cron spec failed validation: minute field should be *"
    try:
        check_cron(value, PREBUILD_FIELDS)
    except CronError as error:
        return f"failed to parse cron spec: {error}"
    return None


def _read(values: Values, build: Build) -> Values:
    for prebuilds in values["prebuilds"]:
        for scheduling in prebuilds["scheduling"]:
            _refuse_overlaps([schedule["cron"] for schedule in scheduling["schedule"]])
    return {"id": values["name"]}


def _refuse_overlaps(schedules: Sequence[str]) -> None:
    for one, other in combinations(schedules, 2):
        try:
            overlap = _overlap(one.split(), other.split())
        except ValueError as error:
            raise Refusal(f"schedules overlap with each other: invalid schedule: {error}") from error
        if overlap:
            raise Refusal(f"schedules overlap with each other: schedules overlap: {one} and {other}")


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two schedules have an hour in common, as the provider decides."""
    _, hour, day, month, weekday = zip(one, other, strict=True)
    if not _meet(month, 12, "month"):
        return False
    if "*" in day:
        days = _meet(weekday, 6, "day")
    elif "*" in weekday:
        days = _meet(day, 31, "day")
    else:
        days = _meet(day, 31, "day") | _meet(weekday, 6, "day")
    return bool(days and _meet(hour, 23, "hour"))


def _meet(fields: tuple[str, str], most: int, what: str) -> set[int]:
    try:
        return _numbers(fields[0], most) & _numbers(fields[1], most)
    except ValueError as error:
        raise ValueError(f"invalid {what} range: {error}") from error


def _numbers(text: str, most: int) -> set[int]:
    """What a field means here, where there are neither names nor steps: those that the parser takes are refused."""
    if text == "*":
        return set(range(most + 1))
    found: set[int] = set()
    for part in text.split(","):
        if "-" in part:
            ends = part.split("-")
            start, end = _atoi(ends[0], "start value in range"), _atoi(ends[1], "end value in range")
            if start < 0 or end > most or start > end:
                raise ValueError(f"invalid range {start}-{end}: values must be between 0 and {most}")
            found |= set(range(start, end + 1))
        else:
            value = _atoi(part, "value")
            if not 0 <= value <= most:
                raise ValueError(f"invalid value {value}: must be between 0 and {most}")
            found.add(value)
    return found


def _atoi(text: str, what: str) -> int:
    try:
        return atoi(text)
    except ValueError as error:
        raise ValueError(f"invalid {what}: {error}") from error


_SCHEDULING = block(
    "scheduling",
    [required("timezone", check=_timezone)],
    [
        block(
            "schedule", [required("cron", check=_cron), required("instances", NUMBER, check=whole_number)], min_items=1
        )
    ],
    max_items=1,
)

WORKSPACE_PRESET = DataSource(
    "coder_workspace_preset",
    [
        computed("id"),
        required("name", check=not_empty),
        optional("description", check=at_most_long(128)),
        optional("icon", check=_icon),
        optional("default", BOOL, default=False),
        optional("parameters", map_of(STRING)),
    ],
    [
        block(
            "prebuilds",
            [required("instances", NUMBER, check=all_of(whole_number, at_least(0)))],
            [
                block(
                    "expiration_policy",
                    [required("ttl", NUMBER, check=all_of(whole_number, _ttl))],
                    nesting="set",
                    max_items=1,
                ),
                _SCHEDULING,
            ],
            nesting="set",
            max_items=1,
        )
    ],
    read=_read,
)
