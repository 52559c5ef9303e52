"""The rules of the fields that users fill, each said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aibridge_construct.pem import CERTIFICATES, NOTHING
from aibridge_construct.validation import Check, Rule

__all__ = [
    "AGENT_ID",
    "CERT_PATH",
    "CERT_PATH_IN_TEXTS",
    "EXTRA_CA_CERTIFICATES",
    "EXTRA_CA_PEM",
    "LOG_PATH",
    "MOST_CERTIFICATES",
    "PRESET_CRON",
    "PROXY_URL",
    "REFRESH",
    "SCRIPT_CRON",
    "SETUP_TIMEOUT",
    "SYNC_UNIT",
    "WORKDIR",
    "WORKING_DIRECTORY",
]

_CONTROL = r"[\x00-\x1f\x7f-\x9f]"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
# The last label of a name holds a letter: all digits would be a mistyped IPv4 address.
_LAST_LABEL = r"(?:[0-9][0-9-]*)?[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_NAME = rf"(?:{_LABEL}\.)*{_LAST_LABEL}\.?"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_H16 = r"[0-9A-Fa-f]{1,4}"
_IPV6 = (
    rf"\[(?:(?:{_H16}:){{7}}{_H16}|(?:{_H16}:){{1,7}}:|:(?::{_H16}){{1,7}}|::"
    rf"|(?:{_H16}:){{1,6}}(?::{_H16}){{1,1}}|(?:{_H16}:){{1,5}}(?::{_H16}){{1,2}}|(?:{_H16}:){{1,4}}(?::{_H16}){{1,3}}"
    rf"|(?:{_H16}:){{1,3}}(?::{_H16}){{1,4}}|(?:{_H16}:){{1,2}}(?::{_H16}){{1,5}}|(?:{_H16}:)(?::{_H16}){{1,6}}"
    rf"|::(?:[Ff]{{4}}:)?{_IPV4})\]"
)
_PORT = r"(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"  # 1 to 65535

#: The proxy's address. Source of the scheme rule: the registry's ``aibridge-proxy`` module; the rest is what lets
#: ``coder:<token>@`` be put in without changing the URL's meaning.
PROXY_URL = Rule(
    field="proxy_url",
    checks=(
        Check("must start with http:// or https:// in lower case", r"\Ahttps?://"),
        Check("must not contain white space or control characters", r"[\s\x00-\x1f\x7f-\x9f]", matches=False),
        Check(
            "must not contain a user name or password, because the session token of the workspace owner is put there",
            r"\Ahttps?://.*@",
            matches=False,
        ),
        Check(
            "must end after the host and the port: no path, query or fragment",
            r"\Ahttps?://[^/?#@\s]*(?:/[^@\s]+|[?#][^@\s]*)",
            matches=False,
        ),
        Check(
            "must name a host (a DNS name, an IPv4 address or an IPv6 address in brackets) and at most a port "
            "from 1 to 65535",
            rf"\Ahttps?://(?:{_NAME}|{_IPV4}|{_IPV6})(?::{_PORT})?/?\z",
            when=r"\Ahttps?://[^/?#@\s\x00-\x1f\x7f-\x9f]*/?\z",
        ),
    ),
    example="https://aiproxy.example.com:8888",
)

_DIRECTORY_CHECKS = (
    Check("must be an absolute path", r"\A/"),
    Check("must not contain control characters", _CONTROL, matches=False),
)
_FILE_CHECKS = (
    *_DIRECTORY_CHECKS,
    Check("must not contain the component '..'", r"\A/(?:.*/)?\.\.(?:/|\z)", matches=False),
    Check("must name a file, not a directory: it must not end in a slash or '.'", r"\A/(?:.*/)?\.?\z", matches=False),
)

#: Where the setup script puts the proxy's CA certificate. Source: the registry's module ("absolute path").
CERT_PATH = Rule(field="cert_path", checks=_FILE_CHECKS, example="/tmp/aibridge-proxy/ca-cert.pem")

#: The same where Terraform computes it and puts it into texts of users, JSON among them, as it is.
CERT_PATH_IN_TEXTS = Rule(
    field="cert_path",
    checks=(
        Check(
            'must not contain " or a backslash where Terraform computes it and environment() or bundle_path is used, '
            "which may stand in JSON: write such a path in Python",
            r'["\\]',
            matches=False,
        ),
    ),
    example=CERT_PATH.example,
)

#: Where a tool in the background writes its output.
LOG_PATH = Rule(field="log_path", checks=_FILE_CHECKS, example="/tmp/my-tool.log")

#: Where Copilot works; the copilot module's name for it.
WORKDIR = Rule(field="workdir", checks=_DIRECTORY_CHECKS, example="/home/coder/project")

#: Where a tool runs.
WORKING_DIRECTORY = Rule(field="working_directory", checks=_DIRECTORY_CHECKS, example="/home/coder/project")

#: The agent that runs the script.
AGENT_ID = Rule(
    field="agent_id",
    checks=(
        Check("must not be empty: pass the id of the workspace's coder_agent", r"\S"),
        Check("must be the agent's id, not its address", r"\A(?:data\.)?coder_agent\.", matches=False),
    ),
    example="agent.id in Python, coder_agent.main.id in HCL",
)

_PATH = (
    r"\A[ \t\r\n]*(?:(?:(?:~|\.\.?)?/|[A-Za-z]:[\\/]|file:)[^\n]*|[^\n-][^\n]*\.(?:pem|crt|cer|cert|der|p7b|txt))"
    r"[ \t\r\n]*\z"
)
_OTHER_LINE_ENDS = r"CERTIFICATE-----(?:\\[nr]|\r+[^\r\n])"
_TRUSTED = "-----BEGIN TRUSTED CERTIFICATE-----"
_INDENTED = r"(?:\A|\n)[ \t]+-----(?:BEGIN|END) "
_HTML = r"(?:\A|\n)[ \t\r]*<"

#: Characters of EXTRA_CA_PEM. It stands in a script, which the agent hands to a shell as one argument of up to 128 KiB.
MOST_CERTIFICATES = 65536

#: Certificates that are trusted beside the proxy's CA, as clients of a self-signed TLS listener need: the Terraform
#: variable.
EXTRA_CA_PEM = Rule(
    field="extra_ca_pem",
    checks=(
        Check("must hold certificates only, never a private key", "PRIVATE KEY", matches=False),
        Check(
            f"must not be longer than {MOST_CERTIFICATES} characters (a whole bundle? The listener's own CA is enough)",
            "",
            at_most=MOST_CERTIFICATES,
        ),
        Check(
            "must be the text of the certificates, not the path of a file: read it with Path(…).read_text() in Python "
            "or file(…) in HCL",
            _PATH,
            matches=False,
        ),
        Check(
            "must end its lines with line feeds, not with a backslash and a letter or a lone carriage return: write "
            r'text.replace("\\n", "\n") in Python or replace(text, "\\n", "\n") in HCL',
            _OTHER_LINE_ENDS,
            matches=False,
        ),
        Check(
            "must not hold a TRUSTED CERTIFICATE, which Node.js does not read: make a plain one of it with "
            "openssl x509 -in trusted.pem -out plain.pem",
            _TRUSTED,
            matches=False,
        ),
        Check(
            "must not be indented, because a reader knows a certificate by the begin of its line: write "
            "textwrap.dedent(text) in Python or <<-EOT in HCL",
            _INDENTED,
            matches=False,
        ),
        Check("must not be an HTML page: download the certificate itself", _HTML, matches=False),
        # What an earlier check has words for is no matter of this one.
        Check(
            "must be empty or one or more complete PEM certificates, with no other PEM between them",
            "|".join((NOTHING, CERTIFICATES, "PRIVATE KEY", _PATH, _OTHER_LINE_ENDS, _TRUSTED, _INDENTED, _HTML)),
        ),
    ),
    example="the text of listener.pem",
)

#: The same as an argument in Python.
EXTRA_CA_CERTIFICATES = replace(EXTRA_CA_PEM, field="extra_ca_certificates")

#: A unit of ``coder exp sync``. The characters are those that need no quoting anywhere.
SYNC_UNIT = Rule(
    field="sync_unit",
    checks=(
        Check(
            "must be 1 to 128 letters, digits, '.', '_' or '-', and begin with a letter or digit",
            r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z",
        ),
    ),
    example="aibridge-proxy-setup",
)

#: How long the download may take over all tries, in seconds, as text: Terraform converts the number.
SETUP_TIMEOUT = Rule(
    field="setup_timeout",
    checks=(
        Check(
            "must be a whole number of seconds from 1 to 3600",
            r"\A(?:[1-9][0-9]{0,2}|[1-2][0-9]{3}|3[0-5][0-9]{2}|3600)\z",
        ),
    ),
    example="60",
)

# ---- schedules

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
        replace(check, pattern=rf"\A\z|{check.pattern}") if check.matches else check for check in SCRIPT_CRON.checks
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
