"""The rules of the fields that users fill, each said once."""

from __future__ import annotations

from aibridge_construct.pem import CERTIFICATES, NOTHING
from aibridge_construct.schedules import PRESET_CRON, REFRESH, SCRIPT_CRON
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
EXTRA_CA_CERTIFICATES = EXTRA_CA_PEM._replace(field="extra_ca_certificates")

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
