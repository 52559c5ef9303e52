"""Which variables make a program go through the proxy, by runtime.

What the workspace has set itself is kept: a process adds ours to it when it starts (``shell/environment.sh``).

Facts: Coder's documentation of AI Bridge Proxy clients. Tools read ``HTTPS_PROXY``; ``HTTP_PROXY`` is better left
unset, because AI providers are reached by https only. ``NODE_EXTRA_CA_CERTS`` adds to the trusted roots, the other
certificate variables replace them and so need a bundle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from aibridge_construct.choices import a_list, no_list, refused
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.known import lost_token
from aibridge_construct.shell.render import Expression
from aibridge_construct.validation import hcl_string

__all__ = [
    "NAMED_CERTIFICATES",
    "PROVIDER_HOSTS",
    "PROXY_VARIABLES",
    "STARTUP_COORDINATION_ENV",
    "Runtime",
    "certificate_variables",
    "configured_programs",
    "direct_hosts",
    "host_warnings",
    "loopback_url",
    "needs_bundle",
    "provider_warnings",
    "runtimes",
    "standing_variables",
]

#: What the agent's own environment (the container's, not a ``coder_env``) needs so that scripts can wait for each
#: other. Newer Coder servers have it on by default; it does no harm there.
STARTUP_COORDINATION_ENV = {"CODER_AGENT_SOCKET_SERVER_ENABLED": "true"}

#: Hosts that are never reached through the proxy. Node and Python's urllib would want the address of IPv6 in brackets,
#: but with one in NO_PROXY a client of httpx 0.28 cannot be made ("Invalid port"), and older SDKs for Python are such.
LOOPBACK = ("localhost", "127.0.0.1", "::1")

#: Hosts of AI providers whose requests AI Bridge Proxy is there for: a direct connection to one draws a warning.
PROVIDER_HOSTS = (
    "api.anthropic.com",
    "api.openai.com",
    "api.githubcopilot.com",
    "api.individual.githubcopilot.com",
    "api.business.githubcopilot.com",
    "api.enterprise.githubcopilot.com",
    "chatgpt.com",
)

_HOST = re.compile(r"[A-Za-z0-9._:/\[\]*-]+")
# As an item it stands for every host, in some program or other.
# An address of IPv6 in brackets, or a range of them.
_NOT_FOR_HTTPX = re.compile(r".*\[.*|.*:.*:.*/.*")
_EVERY_HOST = re.compile(r"[*.]*(?::[0-9]*)?")
# In the common subset of Python's re and Terraform's regex.
_LOOPBACK_URL = (
    r"(?is)^https?://(?:(?:[^/?#]*\.)?localhost|localhost\.localdomain|localhost[46]|ip6-localhost|ip6-loopback"
    r"|127(?:\.[0-9]+){1,3}|0\.0\.0\.0"
    r"|\[[0:]*:(?:0*1|0*|(?:ffff:)?(?:127(?:\.[0-9]+){3}|0\.0\.0\.0)|ffff:(?:7f[0-9a-f]{2}:[0-9a-f]+|0:0))\])"
    r"\.?(?::[0-9]*)?(?:[/?#].*)?$"
)


class Runtime(StrEnum):
    """What a tool is made with, which decides the variables that it reads."""

    NODE = "node"
    """Node.js, and what npm installs."""
    PYTHON = "python"
    """Python, and what pip installs."""
    OPENSSL = "openssl"
    """Programs that ask OpenSSL for the trusted certificates."""
    CURL = "curl"
    """curl and libcurl."""
    GO = "go"
    """Programs in Go."""
    GIT = "git"
    """git, over https."""
    RUST = "rust"
    """Programs in Rust, whatever they are installed by; Cargo too."""
    BUN = "bun"
    """Bun, and programs compiled by it."""
    DENO = "deno"
    """Deno."""
    JAVA = "java"
    """Java reads none of the variables: whoever names it is warned."""
    WGET = "wget"
    """wget."""
    ALL = "all"
    """Any of them: what is meant where nobody knows."""


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
    Runtime.RUST: {"SSL_CERT_FILE": _BUNDLE, "CARGO_HTTP_PROXY_CAINFO": _BUNDLE},
    Runtime.BUN: {"NODE_EXTRA_CA_CERTS": _CERTIFICATE},
    Runtime.DENO: {"DENO_CERT": _CERTIFICATE, "SSL_CERT_FILE": _BUNDLE},
    Runtime.JAVA: {},
    Runtime.WGET: {"SSL_CERT_FILE": _BUNDLE},
}

# Variables that a workspace may have set and that win over those above in a program or two: what they name, and the
# proxy's CA with it, is put in their place. Where the workspace has not set them they stay unset.
_STANDING: dict[str, tuple[Runtime, ...]] = {
    "NIX_SSL_CERT_FILE": (
        *(Runtime.PYTHON, Runtime.OPENSSL, Runtime.CURL, Runtime.GO, Runtime.GIT),
        *(Runtime.RUST, Runtime.DENO, Runtime.WGET),
    ),
    "PIP_CERT": (Runtime.PYTHON,),
    "AWS_CA_BUNDLE": (Runtime.PYTHON,),
    "HTTPLIB2_CA_CERTS": (Runtime.PYTHON,),
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": (Runtime.PYTHON, Runtime.NODE),
    "npm_config_cafile": (Runtime.NODE,),
    "NPM_CONFIG_CAFILE": (Runtime.NODE,),
    "DENO_CERT": (Runtime.NODE,),
    "CARGO_HTTP_CAINFO": (Runtime.CURL, Runtime.RUST),
}

#: The variables by which a workspace names a proxy of its own, or hosts that need none.
PROXY_VARIABLES = tuple(
    each for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY") for each in (name, name.lower())
)

#: The variables by which a workspace names certificates of its own. Those that hold system roots come first.
#: ``SSL_CERT_DIR`` is a list of directories, which OpenSSL and Go read besides ``SSL_CERT_FILE``.
NAMED_CERTIFICATES = tuple(
    dict.fromkeys(
        [
            "SSL_CERT_FILE",
            *_STANDING,
            "SSL_CERT_DIR",
            *(name for names in _VARIABLES.values() for name, kind in names.items() if kind != _SWITCH),
        ]
    )
)


def runtimes(names: Iterable[str]) -> list[Runtime]:
    """The runtimes that ``names`` stand for, each once, in a fixed order; none or ``all`` stands for every one.

    Raises:
        InvalidValueError: a name is no runtime.
    """
    allowed = [runtime.value for runtime in Runtime]
    must = f'must be any of {", ".join(allowed)}, for example "node"'
    if names is None:
        raise refused("runtimes", names, must)
    given = list(a_list("runtimes", names, f"any of {', '.join(allowed)}", example='"node"', kind=Iterable))
    for name in given:
        if not isinstance(name, str) or name not in allowed:
            raise refused("runtimes", name, must, words=allowed)
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


def standing_variables(chosen: Iterable[Runtime]) -> list[str]:
    """The variables that these runtimes read besides, if the workspace has set them."""
    wanted = set(chosen)
    return [name for name, readers in _STANDING.items() if wanted.intersection(readers)]


def configured_programs(chosen: Iterable[Runtime]) -> list[str]:
    """The programs of these runtimes that read some certificates from configuration files only."""
    return [runtime.value for runtime in chosen if runtime in (Runtime.CURL, Runtime.WGET)]


def loopback_url(url: str | Expression) -> str | Expression:
    """``url`` if its host is loopback, which in a container is the container itself; else an empty string."""
    if isinstance(url, Expression):
        return Expression(f'can(regex({hcl_string(_LOOPBACK_URL)}, {url.text})) ? {url.text} : ""')
    return url if re.search(_LOOPBACK_URL, url) else ""


def direct_hosts(hosts: Sequence[str] | None, *, access_url: str) -> Expression:
    """The value of ``NO_PROXY``: loopback, the host of the Coder deployment and ``hosts``, each once.

    Args:
        hosts: more hosts, if any.
        access_url: the expression that yields the deployment's URL.

    Raises:
        InvalidValueError: an item is no host name, address, domain suffix or ``host:port``, as a literal, or it stands
            for every host.
    """
    meaning, example = "host names, addresses or domain suffixes", '"localhost", ".internal"'
    more = [] if hosts is None else list(a_list("no_proxy", hosts, meaning, example=example, kind=Iterable))
    if not all(map(_is_host, more)):
        raise no_list("no_proxy", hosts, meaning, example=example)
    for host in more:
        if _EVERY_HOST.fullmatch(host):
            raise InvalidValueError(
                "no_proxy",
                f"no_proxy must not hold {host!r}, which stands for every host: nothing would go through the proxy. "
                'Name the hosts to reach directly, for example ["localhost", ".internal"].',
            )
    own = f'try(coalesce(regex("^https?://(?:\\\\[([^]]+)\\\\]|([^/:?#]+))", {access_url})...), "")'
    loopback = ", ".join(hcl_string(host) for host in LOOPBACK)
    rest = "".join(f", {hcl_string(host)}" for host in more)
    return Expression(f'join(",", distinct(compact([{loopback}, {own}{rest}])))')


def provider_warnings(hosts: Sequence[str] | None) -> Iterator[str]:
    """What to warn of in the argument ``no_proxy``, whoever reads it."""
    for host in hosts or ():
        bare = host.lstrip("*.").rstrip(".").partition(":")[0].lower()
        if past := [each for each in PROVIDER_HOSTS if bare and f".{each}".endswith(f".{bare}")]:
            yield (
                f"no_proxy holds {host}, so requests to {', '.join(past)} go past the AI Bridge Proxy: they are not "
                "governed."
            )


def host_warnings(hosts: Sequence[str] | None) -> Iterator[str]:
    """The same, where ``NO_PROXY`` is made of it."""
    yield from provider_warnings(hosts)
    for host in hosts or ():
        if _NOT_FOR_HTTPX.fullmatch(host):
            yield (
                f"no_proxy holds {host}, which httpx cannot read: what is made with it (aider, LiteLLM, older SDKs of "
                "OpenAI and Anthropic for Python) ends with 'Invalid port'. Write an address of IPv6 without brackets, "
                "and no range of them."
            )


def _is_host(text: object) -> bool:
    return isinstance(text, str) and _HOST.fullmatch(text) is not None and "://" not in text and not lost_token(text)
