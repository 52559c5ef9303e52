"""What the coder provider refuses of a ``coder_workspace_preset``, as its version 2.17 decides when it reads one."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from aibridge_construct.coder.checks import Refusals, is_literal, known_block
from aibridge_construct.rules import PRESET_CRON
from aibridge_construct.validation import literal_text, masked

__all__ = ["check_preset"]

#: The fields of a schedule with their bounds: minute, hour, day of the month, month, day of the week.
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def check_preset(check: Refusals, given: Mapping[str, Any]) -> None:
    """Check the attributes of a ``data.coder_workspace_preset``, named as in Terraform.

    Raises:
        InvalidValueError: the provider would refuse them at template import.
    """
    check.not_empty("name", given["name"], "Large")
    check.at_most_bytes("description", given["description"], 128)
    check.url("icon", given["icon"])
    check.at_most_bytes("icon", given["icon"], 256)
    prebuilds = known_block(given["prebuilds"])
    if prebuilds is not None:
        check.whole_number("prebuilds.instances", prebuilds.instances, minimum=0)
        _check_ttl(check, getattr(prebuilds.expiration_policy, "ttl", None))
        _check_scheduling(check, prebuilds.scheduling)


def _check_ttl(check: Refusals, ttl: Any) -> None:
    field = "prebuilds.expiration_policy.ttl"
    check.whole_number(field, ttl, unit="seconds")
    if is_literal(ttl) and not (ttl == 0 or 3600 <= ttl <= 31536000):
        raise check.refuse(field, f"must be 3600 to 31536000 seconds, or 0 for never. Got {masked(ttl)}.")


def _check_scheduling(check: Refusals, scheduling: Any) -> None:
    scheduling = known_block(scheduling)
    if scheduling is None:
        return
    if is_literal(scheduling.timezone) and not _is_zone(literal_text(scheduling.timezone)):
        raise check.refuse(
            "prebuilds.scheduling.timezone",
            "must be a name of the IANA time zone database, for example Europe/Berlin. "
            f"Got {masked(scheduling.timezone)}.",
        )
    field = "prebuilds.scheduling.schedule"
    if scheduling.schedule is None:
        raise check.refuse(field, "must have at least one PresetSchedule(…).")
    crons = []
    for schedule in scheduling.schedule:
        check.whole_number(f"{field}.instances", schedule.instances)
        if is_literal(schedule.cron):
            check.rule(f"{field}.cron", schedule.cron, PRESET_CRON)
            crons.append(schedule.cron)
    for one, two in combinations(crons, 2):
        if _overlap(check, f"{field}.cron", one, two):
            raise check.refuse(field, f"has two times that overlap, {one!r} and {two!r}: part them.")


def _overlap(check: Refusals, field: str, one: str, two: str) -> bool:
    """As the provider decides it, which looks no further than it needs, and reads numbers only.

    A day of one cron with both kinds of days is a day of either kind.
    """

    def meet(index: int) -> bool:
        low, high = _BOUNDS[index]
        sets = []
        for cron in (one, two):
            found = _numbers(cron.split()[index], low, high)
            if found is None:
                raise check.refuse(
                    field,
                    "must have numbers, ranges and lists of them or * in every field where there are several "
                    f"schedules, which the provider compares. Got {masked(cron)}.",
                )
            sets.append(found)
        return bool(sets[0] & sets[1])

    days_of_month, days_of_week = ((one.split()[index], two.split()[index]) for index in (2, 4))
    if not meet(3):
        return False
    if "*" in days_of_month:
        same_day = meet(4)
    elif "*" in days_of_week:
        same_day = meet(2)
    else:
        same_day = meet(2) or meet(4)
    return same_day and meet(1)


def _numbers(text: str, low: int, high: int) -> set[int] | None:
    """The numbers of one field, ``None`` if it is no list of numbers and ranges."""
    if text == "*":
        return set(range(low, high + 1))
    numbers: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part, re.ASCII)
        if match is None or not low <= int(match[1]) <= int(match[2] or match[1]) <= high:
            return None
        numbers.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return numbers


def _is_zone(name: str) -> bool:
    """Whether Go would load it. A machine without the database leaves the question to the provider."""
    for known in (name, "UTC"):
        try:
            zoneinfo.ZoneInfo(known)
        except (KeyError, OSError, ValueError):
            continue
        return known == name or name in ("", "Local")
    return True
