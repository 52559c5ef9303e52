"""Which variables make a program go through the proxy, by runtime.

Facts: Coder's documentation of AI Bridge Proxy clients. Tools read ``HTTPS_PROXY``; ``HTTP_PROXY`` is better left
unset, because AI providers are reached by https only. ``NODE_EXTRA_CA_CERTS`` adds to the trusted roots, the other
certificate variables replace them and so need a bundle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from aibridge_construct.errors import InvalidValueError
from aibridge_construct.known import lost_token
from aibridge_construct.shell.render import Expression
from aibridge_construct.validation import hcl_string, masked

__all__ = [
    "STARTUP_COORDINATION_ENV",
    "Runtime",
    "certificate_variables",
    "direct_hosts",
    "needs_bundle",
    "runtimes",
]

#: What the agent's own environment (the container's, not a ``coder_env``) needs so that scripts can wait for each
#: other. Newer Coder servers have it on by default; it does no harm there.
STARTUP_COORDINATION_ENV = {"CODER_AGENT_SOCKET_SERVER_ENABLED": "true"}

#: Hosts that are never reached through the proxy.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


_HOST = re.compile(r"\*|[A-Za-z0-9._:/\[\]*-]+")


class Runtime(StrEnum):
    """What a tool is made with, which decides the variables that it reads."""

    NODE = "node"
    PYTHON = "python"
    OPENSSL = "openssl"
    CURL = "curl"
    GO = "go"
    GIT = "git"
    ALL = "all"


_CERTIFICATE = "certificate"
_BUNDLE = "bundle"
_SWITCH = "switch"

_VARIABLES: dict[Runtime, dict[str, str]] = {
    Runtime.NODE: {"NODE_EXTRA_CA_CERTS": _CERTIFICATE, "NODE_USE_ENV_PROXY": _SWITCH},
    Runtime.PYTHON: {"SSL_CERT_FILE": _BUNDLE, "REQUESTS_CA_BUNDLE": _BUNDLE},
    Runtime.OPENSSL: {"SSL_CERT_FILE": _BUNDLE},
    Runtime.CURL: {"CURL_CA_BUNDLE": _BUNDLE},
    Runtime.GO: {"SSL_CERT_FILE": _BUNDLE},
    Runtime.GIT: {"GIT_SSL_CAINFO": _BUNDLE, "GIT_PROXY_SSL_CAINFO": _BUNDLE},
}


def runtimes(names: Iterable[str]) -> list[Runtime]:
    """The runtimes that ``names`` stand for, each once, in a fixed order; none or ``all`` stands for every one.

    Raises:
        InvalidValueError: a name is no runtime.
    """
    given = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    allowed = [runtime.value for runtime in Runtime]
    for name in given:
        if name not in allowed:
            raise InvalidValueError(
                "runtimes", f'runtimes must be any of {", ".join(allowed)}, for example "node". Got {masked(name)}.'
            )
    if not given or Runtime.ALL in given:
        return list(_VARIABLES)
    return [runtime for runtime in _VARIABLES if runtime in given]


def needs_bundle(chosen: Iterable[Runtime]) -> bool:
    """Whether a variable of these runtimes replaces the trusted roots."""
    return any(_BUNDLE in _VARIABLES[runtime].values() for runtime in chosen)


def certificate_variables(
    chosen: Iterable[Runtime], *, certificate: str | Expression, bundle: str | Expression
) -> dict[str, str | Expression]:
    """The variables of these runtimes beside the proxy's own, by name.

    ``NODE_USE_ENV_PROXY=1`` makes Node's own ``fetch`` honour the proxy variables (Node 22.21 and newer, 24 and newer).
    """
    values = {_CERTIFICATE: certificate, _BUNDLE: bundle, _SWITCH: "1"}
    return {name: values[kind] for runtime in chosen for name, kind in _VARIABLES[runtime].items()}


def direct_hosts(hosts: Sequence[str] | None, *, access_url: str) -> str | Expression:
    """The value of ``NO_PROXY``.

    Args:
        hosts: the hosts, or ``None`` for loopback and the host of the Coder deployment.
        access_url: the expression that yields the deployment's URL.

    Raises:
        InvalidValueError: an item is no host name, address, domain suffix or ``host:port``, as a literal.
    """
    if hosts is None:
        own = f'try(coalesce(regex("^https?://(?:\\\\[([^]]+)\\\\]|([^/:?#]+))", {access_url})...), "")'
        loopback = ", ".join(hcl_string(host) for host in LOOPBACK)
        return Expression(f'join(",", compact([{loopback}, {own}]))')
    if isinstance(hosts, str) or not all(map(_is_host, hosts)):
        raise InvalidValueError(
            "no_proxy",
            "no_proxy must be a list of host names, addresses or domain suffixes, known in Python, "
            f'for example ["localhost", ".internal"]. Got {masked(hosts)}.',
        )
    return ",".join(hosts)


def _is_host(text: object) -> bool:
    return isinstance(text, str) and _HOST.fullmatch(text) is not None and "://" not in text and not lost_token(text)
