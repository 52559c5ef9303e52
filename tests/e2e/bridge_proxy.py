"""The AI Bridge Proxy of these tests: a real mitmproxy that does what Coder's does.

It asks for proxy basic auth (any user, a session token as the password), decrypts the AI providers' hosts with
certificates of its own CA and tunnels every other host. It has three listeners: one plain, and two that speak TLS with
a self-signed certificate, which that CA did not sign (`tls_relay.py`): one as Coder's page makes it, which says that it
is a CA itself, and one that says that it is none.

mitmproxy keeps its options in a module-wide context, so there is one per process, and it serves all listeners.
"""

# mitmproxy is typed, but some of its functions lack annotations.
# mypy: allow-untyped-calls

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from mitmproxy import http, tcp
from mitmproxy.addons import default_addons
from mitmproxy.addons.proxyauth import ProxyAuth, Validator
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client
from mitmproxy.master import Master
from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.options import Options
from mitmproxy.proxy.commands import CloseConnection, SendData
from mitmproxy.proxy.events import Event, Start
from mitmproxy.proxy.layer import CommandGenerator, Layer, NextLayer
from mitmproxy.proxy.layers.modes import HttpProxy
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from .certificates import write_self_signed
from .tls_relay import TLSRelay

Listener = Literal["plain", "tls", "leaf"]
# What mitmproxy tells apart: both listeners that speak TLS lead to one of its own.
Mode = Literal["plain", "tls"]
# Two spellings of loopback, because mitmproxy wants its listeners distinct and the port is the system's choice.
MODES: Mapping[Mode, str] = {"plain": "regular@127.0.0.1:0", "tls": "regular@localhost:0"}


def mode(listener: Listener) -> Mode:
    """How the record of what passed names a listener."""
    return "plain" if listener == "plain" else "tls"


@dataclass(frozen=True)
class Connect:
    """One CONNECT: where to, with which credentials, and whether the proxy let it pass (or said 407)."""

    listener: Mode
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    accepted: bool


@dataclass(frozen=True)
class Intercepted:
    """One request that the proxy decrypted."""

    listener: Mode
    method: str
    url: str


@dataclass(frozen=True)
class Tunnelled:
    """One connection whose bytes went through as they were."""

    listener: Mode
    host: str


class BridgeProxy:
    """The proxy. Use as a context manager.

    Args:
        directory: where it keeps its CA and its listener certificate.
        tokens: session tokens it accepts as passwords. Read at every CONNECT, so a test may change the collection.
        hosts: the names that resolve, and only here, to (loopback address, port); port 443 of a name is meant.
        intercept: those of `hosts` that are AI providers.
        upstream_ca: PEM file with the CA that the proxy trusts when it talks to the providers.
    """

    def __init__(
        self,
        directory: Path,
        *,
        tokens: Collection[str],
        hosts: Mapping[str, tuple[str, int]],
        intercept: Collection[str],
        upstream_ca: Path,
    ) -> None:
        self.directory, self.tokens, self.hosts = directory, tokens, hosts
        self.intercept, self.upstream_ca = intercept, upstream_ca
        self.connects: list[Connect] = []
        self.intercepted: list[Intercepted] = []
        self.tunnelled: list[Tunnelled] = []
        self.ports: dict[Listener, int] = {}
        self.listener_certificate = directory / "listener-cert.pem"
        self.leaf_certificate = directory / "leaf-cert.pem"
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._master: Master | None = None
        self._thread = threading.Thread(target=self._run, name="mitmproxy", daemon=True)

    @property
    def ca_certificate(self) -> Path:
        """The CA that signs for the intercepted hosts: the file that the Coder deployment serves."""
        return self.directory / "mitmproxy-ca-cert.pem"

    def url(self, listener: Listener) -> str:
        """The proxy's URL, without credentials."""
        scheme = "http://127.0.0.1" if listener == "plain" else "https://localhost"
        return f"{scheme}:{self.ports[listener]}"

    def listener_file(self, listener: Listener) -> Path:
        """The certificate of a listener that speaks TLS."""
        return self.leaf_certificate if listener == "leaf" else self.listener_certificate

    def reset(self) -> None:
        """Forget what passed."""
        for record in (self.connects, self.intercepted, self.tunnelled):
            record.clear()

    def __enter__(self) -> Self:
        write_self_signed(self.directory / "listener.pem", self.listener_certificate)
        write_self_signed(self.directory / "leaf.pem", self.leaf_certificate, is_ca=False)
        self._thread.start()
        if not self._ready.wait(timeout=60):
            raise TimeoutError("mitmproxy has not come up within 60 s")
        if self._failure is not None:
            raise RuntimeError("mitmproxy did not start") from self._failure
        return self

    def __exit__(self, *_: object) -> None:
        if self._master is not None:
            self._master.shutdown()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001
            # Raised again in the thread that waits for the proxy to come up.
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._master = master = Master(Options())
        # The order matters: who decides a layer first wins, and the record comes after proxyauth has judged.
        master.addons.add(_NoTLS(), *default_addons(), _Rules(self))
        providers = "|".join(re.escape(host) for host in self.intercept)
        master.options.update(
            confdir=str(self.directory),
            mode=list(MODES.values()),
            allow_hosts=[f"^({providers}):"],
            show_ignored_hosts=True,
            ssl_verify_upstream_trusted_ca=str(self.upstream_ca),
            proxyauth="any",
        )
        auth: ProxyAuth = master.addons.get("proxyauth")
        auth.validator = _SessionToken(self)
        await master.run()
        # What clients have left open is cancelled now; mitmproxy would report each as an error.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)

    def listening(self) -> None:
        """Called by the proxy, in its event loop, when its listeners are up."""
        assert self._master is not None
        server: Proxyserver = self._master.addons.get("proxyserver")
        for listener, spec in MODES.items():
            instance = next(server for server in server.servers if server.mode.full_spec == spec)
            self.ports[listener] = next(port for host, port, *_ in instance.listen_addrs if host == "127.0.0.1")
        target = self.ports["tls"]
        self.ports["tls"] = TLSRelay(self.directory / "listener.pem").start(target)
        self.ports["leaf"] = TLSRelay(self.directory / "leaf.pem").start(target)
        self._ready.set()


class _SessionToken(Validator):
    """Coder's rule: the user name is ignored, the password is a session token."""

    def __init__(self, proxy: BridgeProxy) -> None:
        self._proxy = proxy

    def __call__(self, _username: str, password: str) -> bool:
        return password in self._proxy.tokens


class _NoTLS:
    """Refuses a client that opens with TLS: mitmproxy's own listener would take it, Coder's plain one does not."""

    def next_layer(self, data: NextLayer) -> None:
        first = isinstance(data.context.layers[-1], HttpProxy)
        if first and starts_like_tls_record(data.data_client()):
            data.layer = _BadRequest(data.context)


class _BadRequest(Layer):
    """What Go's HTTP server, and so Coder's, answers to bytes that are no HTTP."""

    def _handle_event(self, event: Event) -> CommandGenerator[None]:
        if isinstance(event, Start):
            yield SendData(self.context.client, b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            yield CloseConnection(self.context.client)


class _Rules:
    """Names without DNS, and the record of what passed."""

    def __init__(self, proxy: BridgeProxy) -> None:
        self._proxy = proxy

    async def running(self) -> None:
        self._proxy.listening()

    def http_connect(self, flow: http.HTTPFlow) -> None:
        listener = _listener(flow.client_conn)
        user, password = flow.metadata.get("proxyauth") or _credentials(flow.request)
        accepted = flow.response is None
        host, port = flow.request.host, flow.request.port
        self._proxy.connects.append(Connect(listener, host, port, user, password, accepted))

    def request(self, flow: http.HTTPFlow) -> None:
        url = flow.request.pretty_url
        self._proxy.intercepted.append(Intercepted(_listener(flow.client_conn), flow.request.method, url))

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        address = flow.server_conn.address
        names = [name for name, place in self._proxy.hosts.items() if place == address]
        self._proxy.tunnelled.append(Tunnelled(_listener(flow.client_conn), names[0] if names else str(address)))

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Resolve the test's names; nothing else is reachable, so nothing leaves this machine."""
        place = data.server.address and self._proxy.hosts.get(data.server.address[0])
        if place and data.server.address and data.server.address[1] == 443:
            data.server.address = place
        else:
            data.server.error = f"no such host: {data.server.address}"


def _listener(client: Client) -> Mode:
    return "tls" if client.proxy_mode.full_spec == MODES["tls"] else "plain"


def _credentials(request: http.Request) -> tuple[str | None, str | None]:
    scheme, _, encoded = request.headers.get("Proxy-Authorization", "").partition(" ")
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return (user, password) if scheme.lower() == "basic" and colon else (None, None)
