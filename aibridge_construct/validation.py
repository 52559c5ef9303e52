"""One rule, said once: its Python check for literals and its Terraform twin for values known only at apply.

A rule is a list of checks, each one regular expression in the common subset of Python's ``re`` (ASCII) and Go's RE2, which
Terraform's ``regex`` function uses. The one spelling they do not share is the end of the text: rules write RE2's ``\\z``,
Python before 3.14 knows it as ``\\Z``.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from aibridge_construct.errors import InvalidValueError, MissingArgumentError

__all__ = [
    "AGENT_ID",
    "CERT_PATH",
    "EXTRA_CA_PEM",
    "PROXY_URL",
    "SETUP_TIMEOUT",
    "SYNC_UNIT",
    "Check",
    "Rule",
    "explain_missing",
    "hcl_string",
    "is_expression",
    "is_number_token",
    "literal_text",
    "masked",
    "reference",
    "template_text",
]

# An unescaped `${` or `%{` starts a Terraform expression or directive; `$${` and `%%{` are the two characters themselves.
_EXPRESSION = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][\w.\-]*(?:\[\w+\][\w.\-]*)*)\}", re.ASCII)


def is_expression(value: str) -> bool:
    """Whether Terraform computes part of ``value``: it holds a ``${…}`` or ``%{…}`` that is not escaped.

    Engine tokens (``variable.string_value``, ``agent.id``) are such strings too. As everywhere in Terraform's JSON syntax,
    a literal ``${`` is written ``$${`` and a literal ``%{`` is written ``%%{``.
    """
    return _EXPRESSION.search(value) is not None


def is_number_token(value: float) -> bool:
    """Whether ``value`` is an engine token: cdktf writes number tokens as floats near -1.8e308."""
    return value < -1e200


def literal_text(template: str) -> str:
    """The characters that the literal ``template`` stands for: ``$${`` becomes ``${`` and ``%%{`` becomes ``%{``."""
    return template.replace("$${", "${").replace("%%{", "%{")


def template_text(text: str) -> str:
    """``text`` as a Terraform template that stands for exactly these characters; the inverse of :func:`literal_text`."""
    return text.replace("${", "$${").replace("%{", "%%{")


def reference(value: str) -> str | None:
    """The expression inside ``value`` if it is one plain reference such as ``${var.proxy_url}``, else ``None``.

    Engine tokens are none: their text is not known yet.
    """
    match = _REFERENCE.fullmatch(value)
    return match.group(1) if match and not match.group(1).startswith("TfToken") else None


def hcl_string(text: str) -> str:
    """``text`` as a quoted string of Terraform's expression language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{template_text(escaped)}"'


def masked(value: object) -> str:
    """``repr`` of ``value`` for an error message: without what stands before an ``@`` or after a ``?`` or ``#``, and short."""
    if not isinstance(value, str):
        return f"{value!r} ({type(value).__name__})"
    text = re.sub(r"(?s)^(\w+://)?.*@", r"\1***@", value)
    text = re.sub(r"(?s)([?#]).+$", r"\1***", text)
    return repr(text if len(text) <= 200 else f"{text[:200]}…")


@dataclass(frozen=True)
class Check:
    """One condition on a text.

    Args:
        message: what must hold, as the rest of a sentence that begins with the field's name, "must …".
        pattern: regular expression, searched in the text.
        matches: whether the text must match (the default) or must not.
        when: the check applies to texts that match this pattern only, so that one mistake draws one message.
    """

    message: str
    pattern: str
    matches: bool = True
    when: str | None = None

    def holds(self, text: str) -> bool:
        """Whether the literal ``text`` passes."""
        if self.when is not None and not _found(self.when, text):
            return True
        return _found(self.pattern, text) is self.matches

    def condition(self, expression: str) -> str:
        """The same check as a Terraform condition (without ``${}``) on ``expression``, which yields a string."""
        condition = _can_match(self.pattern, expression)
        if not self.matches:
            condition = f"!{condition}"
        if self.when is not None:
            condition = f"!{_can_match(self.when, expression)} || {condition}"
        return condition


@dataclass(frozen=True)
class Rule:
    """What a field accepts.

    Args:
        field: name of the argument and of the Terraform variable.
        checks: the conditions, in the order in which a person would mend them.
        example: a value that passes, or how to get one; ends every message.
    """

    field: str
    checks: tuple[Check, ...]
    example: str

    def message(self, check: Check) -> str:
        """The words of a refusal, the same in Python and in Terraform: the field, what must hold, an example."""
        return f"{self.field} {check.message}, for example {self.example}."

    def require(self, value: object) -> str:
        """Check ``value`` as far as it is known now and return it.

        Raises:
            InvalidValueError: ``value`` is no string, or a literal that breaks a check.
        """
        if not isinstance(value, str):
            raise InvalidValueError(
                self.field, f"{self.field} must be a string, for example {self.example}. Got {masked(value)}."
            )
        if not is_expression(value):
            text = literal_text(value)
            for check in self.checks:
                if not check.holds(text):
                    raise InvalidValueError(self.field, f"{self.message(check)} Got {masked(text)}.")
        return value

    def conditions(self, expression: str) -> Iterator[tuple[str, str]]:
        """Terraform's twins of the checks: pairs of a condition (``${…}``) on ``expression`` and its error message."""
        for check in self.checks:
            yield f"${{{check.condition(expression)}}}", self.message(check)


P = ParamSpec("P")
R = TypeVar("R")


def explain_missing(**cures: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a constructor: leaving out a required keyword argument says what to write.

    Args:
        **cures: argument name to the Python text that one would write for it, for example ``agent_id="agent.id"``.

    Raises:
        MissingArgumentError: on a call that leaves one of them out; it names them all.
    """

    def decorate(constructor: Callable[P, R]) -> Callable[P, R]:
        positional = [
            name
            for name, parameter in inspect.signature(constructor).parameters.items()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        owner = constructor.__qualname__.removesuffix(".__init__")

        @functools.wraps(constructor)
        def explained(*args: P.args, **kwargs: P.kwargs) -> R:
            missing = [name for name in cures if name not in kwargs]
            if missing and len(args) <= len(positional):
                cure = ", ".join(f"{name}={cures[name]}" for name in missing)
                names = " and ".join(missing)
                raise MissingArgumentError(missing[0], f"{owner} needs {names}. Write {owner}(…, {cure}).")
            return constructor(*args, **kwargs)

        return explained

    return decorate


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern.replace(r"\z", r"\Z"), text, re.ASCII) is not None


def _can_match(pattern: str, expression: str) -> str:
    return f"can(regex({hcl_string(pattern)}, {expression}))"


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
_PORT = (
    r"(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"  # 1 to 65535
)

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
            "must name a host (a DNS name, an IPv4 address or an IPv6 address in brackets) and at most a port from 1 to 65535",
            rf"\Ahttps?://(?:{_NAME}|{_IPV4}|{_IPV6})(?::{_PORT})?/?\z",
            when=r"\Ahttps?://[^/?#@\s\x00-\x1f\x7f-\x9f]*/?\z",
        ),
    ),
    example="https://aiproxy.example.com:8888",
)

#: Where the setup script puts the proxy's CA certificate. Source: the registry's module ("absolute path").
CERT_PATH = Rule(
    field="cert_path",
    checks=(
        Check("must be an absolute path", r"\A/"),
        Check("must not contain control characters", _CONTROL, matches=False),
        Check("must not contain the component '..'", r"\A/(?:.*/)?\.\.(?:/|\z)", matches=False),
        Check("must name a file, not a directory: it must not end in a slash or '.'", r"\A/(?:.*/)?\.?\z", matches=False),
    ),
    example="/tmp/aibridge-proxy/ca-cert.pem",
)

#: The agent that runs the script.
AGENT_ID = Rule(
    field="agent_id",
    checks=(Check("must not be empty: pass the id of the workspace's coder_agent", r"\S"),),
    example="coder_agent.main.id (in Python: agent.id)",
)

#: Certificates that are trusted beside the proxy's CA, as clients of a self-signed TLS listener need.
EXTRA_CA_PEM = Rule(
    field="extra_ca_pem",
    checks=(
        Check("must hold certificates only, never a private key", "PRIVATE KEY", matches=False),
        Check(
            "must be empty or one or more complete PEM certificates and nothing else",
            r"\A\s*(?:-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END CERTIFICATE-----\s*)*\z",
        ),
    ),
    example="the text of listener.pem",
)

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
    checks=(Check("must be a whole number of seconds from 1 to 3600", r"\A(?:[1-9][0-9]{0,2}|[1-2][0-9]{3}|3[0-5][0-9]{2}|3600)\z"),),
    example="60",
)
