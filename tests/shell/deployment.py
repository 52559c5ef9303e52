"""A Coder deployment on loopback that misbehaves as told, down to the bytes on the socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

ROUTE = "/api/v2/aibridge/proxy/ca-cert.pem"
NEW_ROUTE = "/api/v2/ai-gateway/proxy/ca-cert.pem"


@dataclass(frozen=True)
class Request:
    """One request as the server read it."""

    path: str
    headers: Mapping[str, str]
    number: int
    """Counts from 0 over all requests of the deployment."""

    @property
    def token(self) -> str | None:
        return self.headers.get("coder-session-token")


Behaviour = Callable[[socket.socket, Request], None]


@dataclass
class Deployment:
    """A server that answers every connection with ``behaviour``; a context manager."""

    behaviour: Behaviour
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    """Bytes of endless bodies that the sockets took."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def tokens(self) -> list[str | None]:
        return [request.token for request in self.requests]

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def until_closed(self) -> Iterator[None]:
        """Yields until the deployment is shut down."""
        while not self._closing.wait(0.05):
            yield

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self.tls:
                with self.tls.wrap_socket(connection, server_side=True) as encrypted:
                    self._answer(encrypted)
            else:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return
            head += received
        lines = head.decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        request = Request(lines[0].split(" ")[1], headers, len(self.requests))
        self.requests.append(request)
        self.behaviour(connection, request)


def answer(
    status: int | str = 200, body: bytes = b"", headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> Behaviour:
    """An ordinary answer; ``length`` announces another length than the body's."""

    def send(connection: socket.socket, _: Request) -> None:
        reason = status if isinstance(status, str) else f"{status} Status"
        fields = {"Content-Length": str(len(body) if length is None else length), "Connection": "close"}
        lines = [f"HTTP/1.1 {reason}", *(f"{name}: {value}" for name, value in (fields | dict(headers or {})).items())]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return send


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first request gets the first behaviour, and so on; the last one stays."""

    def send(connection: socket.socket, request: Request) -> None:
        behaviours[min(request.number, len(behaviours) - 1)](connection, request)

    return send


def by_path(routes: Mapping[str, Behaviour]) -> Behaviour:
    """Answers by path; 404 elsewhere."""

    def send(connection: socket.socket, request: Request) -> None:
        routes.get(request.path, answer(404, b"not found"))(connection, request)

    return send


def echo_token(status: int | str = 401) -> Behaviour:
    """Sends the token back in the reason phrase, a header and the body."""

    def send(connection: socket.socket, request: Request) -> None:
        token = request.token or ""
        answer(f"{status} no {token}", f"denied: {token}\n".encode(), {"X-Token": token})(connection, request)

    return send


def reset(connection: socket.socket, _: Request) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(_: socket.socket, __: Request) -> None:
    """Closes without an answer."""


def silence(connection: socket.socket, _: Request) -> None:
    """Never answers; ends when the client goes."""
    connection.settimeout(60)
    connection.recv(1)


def endless(deployment: Callable[[], Deployment], status: int = 200) -> Behaviour:
    """A chunked body without end."""

    def send(connection: socket.socket, request: Request) -> None:
        del request
        connection.sendall(f"HTTP/1.1 {status} Status\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"1000\r\n" + b"A" * 0x1000 + b"\r\n"
        for _ in range(100_000):
            connection.sendall(chunk)
            deployment().sent += 0x1000

    return send


def drip(connection: socket.socket, request: Request) -> None:
    """One byte at a time, for longer than anybody waits."""
    del request
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(600):
        connection.sendall(b"-")
        time.sleep(0.1)
