"""Cron expressions as the library takes them that both the coder provider and the agent parse them with.

Source of the facts: github.com/robfig/cron, version 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aibridge_construct.testing.providers.go import atoi, duration_error, location_error

__all__ = ["PREBUILD_FIELDS", "SCRIPT_FIELDS", "UNIX_FIELDS", "CronError", "Fields", "check_cron"]


class CronError(ValueError):
    """Why an expression is none."""


@dataclass(frozen=True)
class _Bounds:
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)


def _named(low: int, names: str) -> _Bounds:
    found = {name: number for number, name in enumerate(names.split(), low)}
    return _Bounds(low, low + len(found) - 1, found)


_SECOND = _MINUTE = _Bounds(0, 59)
_REST = (
    _Bounds(0, 23),
    _Bounds(1, 31),
    _named(1, "jan feb mar apr may jun jul aug sep oct nov dec"),
    _named(0, "sun mon tue wed thu fri sat"),
)
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


@dataclass(frozen=True)
class Fields:
    """Which fields an expression has, and whether the last one may be missing and a descriptor be used instead."""

    bounds: Sequence[_Bounds]
    loose: bool = True


SCRIPT_FIELDS = Fields((_SECOND, _MINUTE, *_REST))
"""Of a coder_script: seconds first."""

UNIX_FIELDS = Fields((_MINUTE, *_REST))
"""The same without seconds, for which people take the other."""

PREBUILD_FIELDS = Fields((_MINUTE, *_REST), loose=False)
"""Of a schedule of prebuilt workspaces."""


def check_cron(text: str, fields: Fields) -> None:
    """Check an expression, which may begin with `TZ=ZONE` or `CRON_TZ=ZONE`.

    Raises:
        CronError: it is none; the message says why.
    """
    if not text:
        raise CronError("empty spec string")
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, space, text = text.partition("=")[2].partition(" ")
        # The real one crashes where nothing follows the zone.
        if complaint := location_error(zone) if space else "no expression after it":
            raise CronError(f"provided bad location {zone}: {complaint}")
        text = text.strip()
    if text.startswith("@"):
        _check_descriptor(text, fields)
        return
    found = text.split()
    most = len(fields.bounds)
    least = most - 1 if fields.loose else most
    if not least <= len(found) <= most:
        wanted = f"{least} to {most}" if fields.loose else f"exactly {most}"
        raise CronError(f"expected {wanted} fields, found {len(found)}: [{' '.join(found)}]")
    for part, bounds in zip(found, fields.bounds, strict=False):
        for expression in filter(None, part.split(",")):
            _check_range(expression, bounds)


def _check_descriptor(text: str, fields: Fields) -> None:
    if not fields.loose:
        raise CronError(f"parser does not accept descriptors: {text}")
    if text.startswith("@every "):
        if complaint := duration_error(text.removeprefix("@every ")):
            raise CronError(f"failed to parse duration {text}: {complaint}")
    elif text not in _DESCRIPTORS:
        raise CronError(f"unrecognized descriptor: {text}")


def _check_range(text: str, bounds: _Bounds) -> None:
    span, *steps = text.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        start, end = bounds.low, bounds.high
    else:
        start = end = _number(ends[0], bounds)
        if len(ends) > 2:
            raise CronError(f"too many hyphens: {text}")
        if len(ends) == 2:
            end = _number(ends[1], bounds)
    if len(steps) > 1:
        raise CronError(f"too many slashes: {text}")
    step = _number(steps[0]) if steps else 1
    if steps and len(ends) == 1:
        end = bounds.high
    if start < bounds.low:
        raise CronError(f"beginning of range ({start}) below minimum ({bounds.low}): {text}")
    if end > bounds.high:
        raise CronError(f"end of range ({end}) above maximum ({bounds.high}): {text}")
    if start > end:
        raise CronError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise CronError(f"step of range should be a positive number: {text}")


def _number(text: str, bounds: _Bounds | None = None) -> int:
    if bounds and text.lower() in bounds.names:
        return bounds.names[text.lower()]
    try:
        number = atoi(text)
    except ValueError as error:
        raise CronError(f"failed to parse int from {text}: {error}") from error
    if number < 0:
        raise CronError(f"negative number ({number}) not allowed: {text}")
    return number
