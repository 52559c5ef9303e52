"""A TLS listener in front of a plain one, with a certificate of its own.

mitmproxy can speak TLS to its clients too, but chooses the certificate by the name that the client asks for, and not
every client names a proxy. Coder's listener has one certificate for all, and so has this.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

# The first byte of a TLS record that carries a handshake (RFC 8446, section 5.1).
HANDSHAKE = b"\x16"
# What Go's HTTPS server, and so Coder's, says to a client that does not speak TLS.
NOT_TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class TLSRelay:
    """Terminates TLS on a free loopback port and relays the bytes to `target`, a plain loopback port."""

    def __init__(self, key_and_certificate: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(key_and_certificate)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, target: int) -> int:
        """Listen, in the running event loop and for as long as it runs; return the port."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        self._spawn(self._accept(listener, target))
        port: int = listener.getsockname()[1]
        return port

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        # The event loop holds tasks weakly.
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket, target: int) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                client, _ = await loop.sock_accept(listener)
                self._spawn(self._serve(client, target))

    async def _serve(self, client: socket.socket, target: int) -> None:
        loop = asyncio.get_running_loop()
        with client, contextlib.suppress(OSError):
            if await _first_byte(client) != HANDSHAKE:
                await loop.sock_sendall(client, NOT_TLS)
                return
            reader = asyncio.StreamReader()
            protocol = asyncio.StreamReaderProtocol(reader)
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, client, ssl=self._context)
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(_pump(reader, upstream_writer), _pump(upstream_reader, writer))


async def _first_byte(client: socket.socket) -> bytes:
    """Look at the first byte, and leave it for whoever reads."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(client, readable.set)
    await readable.wait()
    loop.remove_reader(client)
    return client.recv(1, socket.MSG_PEEK)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy until the source ends, then close the sink. TLS knows no half-closed connection, so both ends go."""
    with contextlib.suppress(OSError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
    sink.close()
