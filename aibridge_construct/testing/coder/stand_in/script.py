"""The resource coder_script of the coder stand-in."""

from __future__ import annotations

from collections.abc import Sequence

from aibridge_construct.testing.providers.checks import all_of, at_least, own_words, whole_number
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    Build,
    Refusal,
    Resource,
    Values,
    optional,
    required,
)

from .cron import SCRIPT_FIELDS, UNIX_FIELDS, CronError, check_cron

__all__ = ["SCRIPT"]


@own_words
def _cron(value: str) -> str | None:
    """Six fields, seconds first, the last one optional; or a descriptor such as @daily."""
    try:
        check_cron(value, SCRIPT_FIELDS)
    except CronError as error:
        return f"{value} is not a valid cron expression: {error}"
    return None


def _five_fields(value: str) -> Sequence[str]:
    if len(value.split()) != 5:
        return []
    try:
        check_cron(value, UNIX_FIELDS)
    except CronError:
        return []
    return [
        f"The cron expression '{value}' appears to be in Unix 5-field format, but seconds come first here: "
        f"consider '0 {value}'"
    ]


def _create_script(values: Values, build: Build) -> Values:
    if not values["run_on_start"] and not values["run_on_stop"] and not values["cron"]:
        raise Refusal('at least one of "run_on_start", "run_on_stop", or "cron" must be set')
    if values["start_blocks_login"] and not values["run_on_start"]:
        raise Refusal('"start_blocks_login" can only be set if "run_on_start" is "true"')
    return {}


SCRIPT = Resource(
    "coder_script",
    [
        required("agent_id"),
        required("display_name"),
        required("script"),
        optional("icon"),
        optional("log_path"),
        optional("cron", check=_cron, warn=_five_fields),
        optional("run_on_start", BOOL, default=False),
        optional("run_on_stop", BOOL, default=False),
        optional("start_blocks_login", BOOL, default=False),
        optional("timeout", NUMBER, default=0, check=all_of(whole_number, at_least(1))),
    ],
    force_new=True,
    create=_create_script,
)
