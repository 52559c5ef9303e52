"""HTTP servers that remember what they were asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

__all__ = ["Request", "Respond", "Response", "Site"]


@dataclass(frozen=True)
class Request:
    """What a server received. Header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What a server answers."""

    status: int
    body: bytes
    content_type: str = "text/plain"


Respond = Callable[[Request], Response]


class Site:
    """An HTTP/1.1 server on a free loopback port, over TLS when it is given a context. Use as a context manager.

    `requests` holds what it received, oldest first.
    """

    def __init__(self, respond: Respond, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._server = _Server(self, respond, tls)
        self.port: int = self._server.server_address[1]
        self.address: tuple[str, int] = ("127.0.0.1", self.port)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, site: Site, respond: Respond, tls: ssl.SSLContext | None) -> None:
        self.site, self.respond = site, respond
        super().__init__(("127.0.0.1", 0), _Handler)
        if tls is not None:
            # The handshake belongs to the connection's own thread: a client that stalls must not stop the others.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a client that refuses the certificate or hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30.0
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server.site.requests.append(request)
        response = self.server.respond(request)
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    # http.server looks its methods up by these names.
    do_GET = do_POST = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Keep the test's output for the test."""
