"""What Go's standard library takes for a number, a URL, a duration or a time zone: providers are written in Go.

Each function returns what is wrong with the text, or None.
"""

from __future__ import annotations

import json
import math
import re
import zoneinfo
from typing import Any

__all__ = ["atoi", "decoded", "duration_error", "is_float", "location_error", "quoted", "url_error"]

_MOST = 2**63

_UNITS = ("ns", "us", "µs", "μs", "ms", "s", "m", "h")


def quoted(text: str) -> str:
    """Text in double quotes, as `%q` shows it."""
    return re.sub(r"\\u00([0-9a-f]{2})", r"\\x\1", json.dumps(text, ensure_ascii=False))


def atoi(text: str) -> int:
    """`strconv.Atoi`.

    Raises:
        ValueError: not a whole number in decimal digits, or one beyond 64 bits.
    """
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(f"strconv.Atoi: parsing {quoted(text)}: invalid syntax")
    number = int(text)
    if not -_MOST <= number < _MOST:
        raise ValueError(f"strconv.Atoi: parsing {quoted(text)}: value out of range")
    return number


def is_float(text: str) -> bool:
    """Whether `strconv.ParseFloat` takes it."""
    if re.fullmatch(r"[+-]?(inf|infinity)|nan", text, re.IGNORECASE):
        return True
    if re.fullmatch(r"[+-]?0x_?[0-9a-f_]*\.?[0-9a-f_]*p[+-]?[0-9]+", text, re.IGNORECASE):
        return re.search(r"0x_?\.?[0-9a-f]", text, re.IGNORECASE) is not None
    plain = re.sub(r"(?<=[0-9])_(?=[0-9])", "", text)
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", plain, re.IGNORECASE):
        return math.isfinite(float(plain))
    return False


def decoded(text: str, kind: type, what: str) -> Any:
    """The first JSON value in `text`, where it is null or a `kind`; `what` is what Go calls that.

    Raises:
        ValueError: it is not.
    """
    text = text.lstrip(" \t\r\n")
    if not text:
        raise ValueError("EOF")
    try:
        found = json.JSONDecoder().raw_decode(text)[0]
    except json.JSONDecodeError as error:
        if error.pos >= len(text):
            raise ValueError("unexpected EOF") from error
        raise ValueError(f"invalid character '{text[error.pos]}' looking for beginning of value") from error
    if found is not None and not isinstance(found, kind):
        raise ValueError(f"json: cannot unmarshal {_json_name(found)} into Go value of type {what}")
    return found


def _json_name(value: object) -> str:
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def url_error(text: str) -> str | None:
    """`url.Parse`: a URL or a path."""
    complaint = _url_complaint(text)
    return complaint and f"parse {quoted(text)}: {complaint}"


def _url_complaint(text: str) -> str | None:
    if re.search(r"[\x00-\x1f\x7f]", text):
        return "net/url: invalid control character in URL"
    rest, _, fragment = text.partition("#")
    if complaint := _escape_complaint(fragment):
        return complaint
    if rest.startswith(":"):
        return "missing protocol scheme"
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", rest)
    rest = rest[scheme.end() if scheme else 0 :].partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return None
        if ":" in rest.partition("/")[0]:
            return "first path segment in URL cannot contain colon"
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, _, path = rest[2:].partition("/")
        if complaint := _authority_complaint(authority):
            return complaint
        rest = path
    return _escape_complaint(rest)


def _authority_complaint(authority: str) -> str | None:
    user, at, host = authority.rpartition("@")
    if at and not re.fullmatch(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", user):
        return "net/url: invalid userinfo"
    if host.startswith("["):
        if "]" not in host:
            return "missing ']' in host"
        port = host[host.rindex("]") + 1 :]
    else:
        port = host[host.index(":") :] if ":" in host else ""
    if port and not re.fullmatch(r":[0-9]*", port):
        return f"invalid port {quoted(port)} after host"
    if bad := re.search(r"[ \"<>\\^`{|}]", host):
        character = bad[0]
        if character != '"' and character not in "<>":
            return f"invalid character {quoted(character)} in host name"
    if bad := re.search(r"%(?!25)[0-7][0-9a-fA-F]", host):  # a host's name has no escapes of plain characters
        return f"invalid URL escape {quoted(bad[0])}"
    return _escape_complaint(user) or _escape_complaint(host)


def _escape_complaint(text: str) -> str | None:
    bad = re.search(r"%(?![0-9a-fA-F]{2}).{0,2}", text)
    return bad and f"invalid URL escape {quoted(bad[0])}"


def duration_error(text: str) -> str | None:
    """`time.ParseDuration`: `90s`, `1h30m`, `-1.5h`, or a plain 0."""
    rest = text.lstrip("+-") if re.match(r"[+-][^+-]", text) else text
    if rest == "0":
        return None
    if not rest:
        return f"time: invalid duration {quoted(text)}"
    while rest:
        number = re.match(r"[0-9]+\.?[0-9]*|\.[0-9]+", rest)
        if not number:
            return f"time: invalid duration {quoted(text)}"
        unit = re.match(r"[^0-9.]*", rest[number.end() :])
        name = unit[0] if unit else ""
        if not name:
            return f"time: missing unit in duration {quoted(text)}"
        if name not in _UNITS:
            return f"time: unknown unit {quoted(name)} in duration {quoted(text)}"
        rest = rest[number.end() + len(name) :]
    return None


def location_error(name: str) -> str | None:
    """`time.LoadLocation`: a name of the IANA database, `UTC`, `Local` or nothing."""
    if name in ("", "UTC", "Local"):
        return None
    if ".." in name or name.startswith(("/", "\\")):
        return "time: invalid location name"
    known = zoneinfo.available_timezones()
    if known and name not in known:  # a machine without the database knows none, and refuses none
        return f"unknown time zone {name}"
    return None
