"""The rules of schedules: when an agent runs a script, and when a preset has more prebuilt workspaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aibridge_construct.validation import Check, Rule

__all__ = ["PRESET_CRON", "REFRESH", "SCRIPT_CRON"]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GAP = r"[ \t]+"
_ZONE = rf"(?:(?:CRON_)?TZ=[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*{_GAP})"


def _one_of(names: Sequence[str]) -> str:
    return f"(?i:{'|'.join(names)})"


#: The fields of a schedule, seconds first: name, how messages put its values, pattern of one value.
_CRON_FIELDS = (
    ("seconds", "0 to 59", "0*[1-5]?[0-9]"),
    ("minutes", "0 to 59", "0*[1-5]?[0-9]"),
    ("hours", "0 to 23", "0*(?:1?[0-9]|2[0-3])"),
    ("days of the month", "1 to 31", "0*(?:[1-9]|[12][0-9]|3[01])"),
    ("months", "1 to 12 or JAN to DEC", f"(?:0*(?:[1-9]|1[0-2])|{_one_of(_MONTHS)})"),
    ("days of the week", "0 (Sunday) to 6 or SUN to SAT", f"(?:0*[0-6]|{_one_of(_DAYS)})"),
)


def _backwards() -> str:
    """Ranges that end before they begin: of numbers up to 59, of months and of days of the week."""
    units = [f"0*{u}-0*[0-{u - 1}]" for u in range(1, 10)]
    units += [f"0*{t}{u}-0*{t}[0-{u - 1}]" for t in range(1, 6) for u in range(1, 10)]
    tens = [f"0*{t}[0-9]-0*(?:[0-9]{f'|[1-{t - 1}][0-9]' if t > 1 else ''})" for t in range(1, 6)]
    named = [
        f"(?:0*{first + low}|{_one_of([name])})-(?:{_one_of(names[:first])}|0*(?:{_below(first + low)}))"
        for names, low in ((_MONTHS, 1), (_DAYS, 0))
        for first, name in enumerate(names)
        if first
    ]
    return rf"(?:[ \t,]|\A)(?:{'|'.join([*units, *tens, *named])})(?:[ \t,/]|\z)"


def _below(number: int) -> str:
    return "|".join(map(str, range(number)))


def _cron_checks(fields: Sequence[tuple[str, str, str]], zone: str) -> Iterator[Check]:
    """The checks of a schedule with these fields, for texts with the right number of them."""
    count = len(fields)
    when = rf"\A{zone}[ \t]*(?:[^ \t\r\n=]+{_GAP}){{{count - 1}}}[^ \t\r\n=]+[ \t]*\z"
    for number, (name, values, one) in enumerate(fields):
        item = rf"(?:[*?]|{one}(?:-{one})?)(?:/0*[1-9][0-9]{{0,8}})?"
        yield Check(
            f"must have {name} as field {number + 1}: *, or values from {values}, in lists (1,2), ranges (1-5) and "
            "steps (*/2)",
            rf"\A{zone}[ \t]*(?:[^ \t\r\n=]+{_GAP}){{{number}}}{item}(?:,{item})*(?:[ \t]|\z)",
            when=when,
        )
    yield Check("must not have a range that ends before it begins", _backwards(), matches=False, when=when)


def _fields(least: int, most: int) -> str:
    """A text of so many fields."""
    return rf"[ \t]*(?:[^ \t\r\n=]+{_GAP}){{{least - 1},{most - 1}}}[^ \t\r\n=]+[ \t]*\z"


#: When an agent runs a script. Source: the agent's parser, robfig/cron 3 with seconds and an optional last field: it
#: takes five fields for seconds to month. Descriptors pass the provider and break the agent's start.
SCRIPT_CRON = Rule(
    field="cron",
    checks=(
        Check("must be written in fields: the agent knows no descriptors such as @daily", r"\A[ \t]*@", matches=False),
        Check(
            "must name a time zone after TZ= or CRON_TZ=, as in TZ=Europe/Berlin 0 0 9 * * 1-5",
            rf"\A{_ZONE}",
            when=r"\A(?:CRON_)?TZ=",
        ),
        Check(
            "must have six fields, seconds first; add the seconds: 0 {value}",
            rf"\A[ \t]*[^ \t\r\n=]+{_GAP}{_fields(4, 4)}",
            matches=False,
        ),
        Check(
            "must have six fields, seconds first; add the seconds after the time zone",
            rf"\A{_ZONE}{_fields(5, 5)}",
            matches=False,
        ),
        Check(
            "must have six fields: seconds, minutes, hours, day of the month, month, day of the week",
            rf"\A(?:(?:CRON_)?TZ=[^ \t]*{_GAP})?{_fields(5, 6)}",
            when=r"\A[ \t]*(?:[^ \t@]|\z)",
        ),
        *_cron_checks(_CRON_FIELDS, f"{_ZONE}?"),
    ),
    example="0 0 9 * * 1-5",
)

#: When the setup script runs again; an empty text is never.
REFRESH = Rule(
    field="refresh",
    checks=tuple(
        check._replace(pattern=rf"\A\z|{check.pattern}") if check.matches else check for check in SCRIPT_CRON.checks
    ),
    example="0 0 */6 * * *",
)

#: When a preset has another number of prebuilt workspaces. Source: the coder provider 2.17.
PRESET_CRON = Rule(
    field="cron",
    checks=(
        Check(
            "must have five fields: *, hours, day of the month, month, day of the week; no time zone, no descriptor",
            rf"\A{_fields(5, 5)}",
        ),
        Check(
            "must have * as its first field: a schedule covers whole hours",
            r"\A[ \t]*\*[ \t]",
            when=rf"\A{_fields(5, 5)}",
        ),
        *_cron_checks((("minutes", "0 to 59", r"0*[1-5]?[0-9]"), *_CRON_FIELDS[2:]), ""),
    ),
    example="* 8-18 * * 1-5",
)
