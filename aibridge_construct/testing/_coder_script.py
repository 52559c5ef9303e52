"""The resource coder_script of the coder stand-in."""

from __future__ import annotations

import re

from .checks import at_least
from .plugin import BOOL, NUMBER, Build, Refusal, Resource, Values, optional, required

__all__ = ["SCRIPT"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# second, minute, hour, day, month, weekday: lowest, highest, names from the lowest on
_CRON_FIELDS = ((0, 59, ()), (0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 6, _DAYS))
_CRON_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def _cron(value: str) -> str | None:
    """Six fields, seconds first, the last one optional, after a time zone or not; or a descriptor such as @daily."""
    text = re.sub(r"\A(?:CRON_)?TZ=\S* ", "", value)
    if text in _CRON_DESCRIPTORS or text.startswith("@every "):
        return None
    fields = text.split()
    if len(fields) not in (5, 6):
        return f'is not a cron expression: "{value}" has {len(fields)} fields, 5 to 6 are wanted, seconds first'
    for field, (low, high, names) in zip(fields, _CRON_FIELDS, strict=False):
        for part in filter(None, field.split(",")):
            if not _fits(part, low, high, names):
                return f'is not a cron expression: "{value}", at "{part}": {low} to {high} are possible'
    return None


def _fits(part: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    match = re.fullmatch(r"(?:[*?]|(\w+)(?:-(\w+))?)(?:/(\d+))?", part, re.ASCII)
    if match is None or (match[3] is not None and int(match[3]) == 0):
        return False
    ends = [_number(text, low, names) for text in match.groups()[:2] if text is not None]
    known = [end for end in ends if end is not None]
    return known == ends and [low, *known, high] == sorted([low, *known, high])


def _number(text: str, low: int, names: tuple[str, ...]) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + low
    return int(text) if text.isdecimal() else None


def _create_script(values: Values, build: Build) -> Values:
    if not values["run_on_start"] and not values["run_on_stop"] and not values["cron"]:
        raise Refusal("at least one of `run_on_start`, `run_on_stop` or `cron` must be set")
    if values["start_blocks_login"] and not values["run_on_start"]:
        raise Refusal("start_blocks_login can only be set if `run_on_start` is true")
    return {}


SCRIPT = Resource(
    "coder_script",
    [
        required("agent_id"),
        required("display_name"),
        required("script"),
        optional("icon"),
        optional("log_path"),
        optional("cron", check=_cron),
        optional("run_on_start", BOOL, default=False),
        optional("run_on_stop", BOOL, default=False),
        optional("start_blocks_login", BOOL, default=False),
        optional("timeout", NUMBER, default=0, check=at_least(1)),
    ],
    force_new=True,
    create=_create_script,
)
