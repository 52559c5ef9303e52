"""The world of the end-to-end tests: a Coder deployment, its proxy, an AI provider and an ordinary site.

    client -> AI Bridge Proxy (mitmproxy) -+- decrypts -> PROVIDER_HOST, whose CA only the proxy trusts
                                           +- tunnels --> ORDINARY_HOST, whose CA is in the system's roots
                                           +- tunnels --> COMPANY_HOST, whose CA is in a file of the company's

No host is in any DNS: only the proxy can resolve it, so an answer proves that the request went through the proxy.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from aibridge_construct.testing import Deployment

from .bridge_proxy import BridgeProxy, Listener
from .namespace import SYSTEM_ROOTS, in_namespace, why_not
from .sites import Site, named, secure

PROVIDER_HOST = "api.anthropic.test"
ORDINARY_HOST = "registry.example.test"
COMPANY_HOST = "git.corp.test"
PROVIDER_URL = f"https://{PROVIDER_HOST}/v1/models"
ORDINARY_URL = f"https://{ORDINARY_HOST}/left-pad"
COMPANY_URL = f"https://{COMPANY_HOST}/team"
# Coder's tokens look like this: an id and a secret, letters and digits.
TOKEN = "Zk3mQ9xT1a-7yPq2LwVbN8sRdF4hJkXc0"


@dataclass(frozen=True)
class World:
    """What a test talks to. The records of the deployment, the proxy and the sites are empty when a test begins.

    Attributes:
        company: a site of the company's own network.
        company_ca: the PEM file of its CA, which nothing knows until the workspace names it.
        system_roots: PEM bundle that stands for the system's: the ordinary site verifies with it, the provider never.
        tokens: session tokens that the deployment and the proxy accept; a test may add its own.
    """

    directory: Path
    deployment: Deployment
    proxy: BridgeProxy
    provider: Site
    ordinary: Site
    company: Site
    company_ca: Path
    system_roots: Path
    tokens: set[str] = field(repr=False)

    def proxy_url(self, listener: Listener, token: str = TOKEN) -> str:
        """What HTTPS_PROXY holds: the proxy's URL with `coder:<token>@`, percent-encoded where the token needs it."""
        return self.proxy.url(listener).replace("://", f"://coder:{quote(token, safe='')}@")

    @property
    def certificate(self) -> Path:
        """The proxy's CA and its listener's certificate in one file: the documented form for a self-signed listener."""
        return self._join("certificate.pem", self.proxy.ca_certificate, self.proxy.listener_certificate)

    @property
    def bundle(self) -> Path:
        """The system's roots and `certificate` in one file, for what replaces the roots."""
        return self._join("bundle.pem", self.system_roots, self.certificate)

    def reset(self) -> None:
        """Forget every request and every switch that a test has set."""
        self.deployment.reset()
        self.proxy.reset()
        self.provider.requests.clear()
        self.ordinary.requests.clear()
        self.company.requests.clear()
        self.tokens.clear()
        self.tokens.add(TOKEN)

    def on_system(self, command: Sequence[str]) -> list[str]:
        """The command line that runs `command` on a system whose roots are `system_roots`; skips where it cannot."""
        if reason := why_not():
            pytest.skip(reason)
        return in_namespace(command, {SYSTEM_ROOTS: self.system_roots})

    def _join(self, name: str, *parts: Path) -> Path:
        whole = self.directory / name
        whole.write_bytes(b"".join(part.read_bytes() for part in parts))
        return whole


def clean_environment(home: Path, **variables: str) -> dict[str, str]:
    """An environment without a proxy or certificate variable of the machine that runs the tests."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", **variables}


def run(
    command: Sequence[str], environment: Mapping[str, str], timeout: float = 30
) -> subprocess.CompletedProcess[str]:
    """Run to the end, with this environment and no other, and keep stdout and stderr apart."""
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@contextmanager
def open_world(directory: Path) -> Iterator[World]:
    """Bring the world up, in about half a second, with its files in an empty directory; and take it down again."""
    tokens = {TOKEN}
    provider_ca, public_ca, own_ca = trustme.CA(), trustme.CA(), trustme.CA()
    upstream_ca, system_roots = directory / "provider-ca.pem", directory / "system-roots.pem"
    company_ca = directory / "company-ca.pem"
    own_ca.cert_pem.write_to_path(str(company_ca))
    provider_ca.cert_pem.write_to_path(str(upstream_ca))
    public_ca.cert_pem.write_to_path(str(system_roots))
    with ExitStack() as stack:
        provider = stack.enter_context(secure(named("provider"), provider_ca.issue_cert(PROVIDER_HOST)))
        ordinary = stack.enter_context(secure(named("ordinary"), public_ca.issue_cert(ORDINARY_HOST)))
        company = stack.enter_context(secure(named("company"), own_ca.issue_cert(COMPANY_HOST)))
        hosts = {PROVIDER_HOST: provider.address, ORDINARY_HOST: ordinary.address, COMPANY_HOST: company.address}
        proxy = stack.enter_context(
            BridgeProxy(directory, tokens=tokens, hosts=hosts, intercept=[PROVIDER_HOST], upstream_ca=upstream_ca)
        )
        deployment = stack.enter_context(Deployment(proxy.ca_certificate, tokens))
        yield World(directory, deployment, proxy, provider, ordinary, company, company_ca, system_roots, tokens)


@pytest.fixture(scope="session")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world, once per test process. Take `world` instead."""
    with open_world(tmp_path_factory.mktemp("world")) as opened:
        yield opened


@pytest.fixture
def world(running_world: World) -> World:
    """The world as a new test finds it."""
    running_world.reset()
    return running_world
