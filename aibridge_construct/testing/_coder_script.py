"""The resource coder_script of the coder stand-in."""

from __future__ import annotations

import re

from .checks import at_least
from .plugin import BOOL, NUMBER, Build, Refusal, Resource, Values, optional, required

__all__ = ["SCRIPT"]

_CRON_LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # second, minute, hour, day, month, weekday
_CRON_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def _cron(value: str) -> str | None:
    """Six fields, seconds first, the last one optional; or a descriptor such as @daily."""
    if value in _CRON_DESCRIPTORS or value.startswith("@every "):
        return None
    fields = value.split()
    if len(fields) not in (5, 6):
        return f'is not a cron expression: "{value}" has {len(fields)} fields, 5 to 6 are wanted, seconds first'
    for text, (low, high) in zip(fields, _CRON_LIMITS, strict=False):
        for part in text.split(","):
            if not re.fullmatch(r"(\*|\?|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/[0-9]+)?", part):
                return f'is not a cron expression: "{value}", at "{part}"'
            for number in re.findall(r"\d+", part.partition("/")[0]):
                if not low <= int(number) <= high:
                    return f'is not a cron expression: "{value}", {number} is not within {low} to {high}'
    return None


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
