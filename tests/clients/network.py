"""A network with nothing in it but loopback, and with ears: who resolves a name or connects directly is noticed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

# Where every name leads in this network. Nothing but the ears listens there.
NOWHERE = "127.0.0.2"
_INSIDE = "AIBRIDGE_CLIENTS_INSIDE"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def enter() -> None:
    """Run this program again in namespaces of its own, and end with its status; return once it runs there."""
    if _INSIDE in os.environ:
        _loopback_up()
        return
    unshare = ["unshare", "--net", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    command = [*unshare, sys.executable, "-m", "tests.clients", *sys.argv[1:]]
    sys.exit(subprocess.run(command, env={**os.environ, _INSIDE: "yes"}, check=False).returncode)


def replace_file(target: Path, source: Path) -> None:
    """Show the content of `source` at `target`, in this namespace only."""
    subprocess.run(["mount", "--bind", str(source), str(target)], check=True)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | _IFF_UP))


class Ears:
    """A resolver that knows every name, and listeners where they lead. Use as a context manager.

    Attributes:
        resolved: the names that somebody asked for.
        reached: the ports that somebody connected to, with the name in the first bytes of TLS, if there is one.
    """

    def __init__(self) -> None:
        self.resolved: list[str] = []
        self.reached: list[tuple[int, str]] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        resolver.bind(("127.0.0.1", 53))
        self._spawn(self._resolve, resolver)
        for port in (80, 443):
            self._spawn(self._listen, socket.create_server((NOWHERE, port)), port)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            each.close()

    def reset(self) -> None:
        """Forget what was heard."""
        self.resolved.clear()
        self.reached.clear()

    def _spawn(self, work: object, listener: socket.socket, *arguments: int) -> None:
        self._sockets.append(listener)
        threading.Thread(target=work, args=(listener, *arguments), daemon=True).start()  # type: ignore[arg-type]

    def _resolve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                query, client = listener.recvfrom(4096)
                name, end = _name(query, 12)
                self.resolved.append(name)
                (kind,) = struct.unpack_from(">H", query, end)
                answers = [socket.inet_aton(NOWHERE)] if kind == 1 else []
                header = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(answers), 0, 0)
                records = (struct.pack(">HHHIH", 0xC00C, 1, 1, 1, 4) + each for each in answers)
                listener.sendto(header + query[12 : end + 4] + b"".join(records), client)

    def _listen(self, listener: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(1)
                    first = b""
                    with contextlib.suppress(OSError):
                        first = connection.recv(4096)
                    self.reached.append((port, _server_name(first)))


def _name(message: bytes, at: int) -> tuple[str, int]:
    """The name of a DNS question and where it ends."""
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels).lower(), at + 1


def _server_name(hello: bytes) -> str:
    """The name in a TLS client's first message, by its shape: an extension of type 0 with one name of type 0."""
    for at in range(len(hello) - 9):
        kind, size, listed, name_kind, length = struct.unpack_from(">HHHBH", hello, at)
        if (kind, name_kind) == (0, 0) and size == listed + 2 == length + 5 and length > 3:
            name = hello[at + 9 : at + 9 + length]
            if len(name) == length and b"." in name:
                return name.decode("ascii", "replace").lower()
    return ""


def resolver_configuration(directory: Path) -> Mapping[Path, Path]:
    """Files that make this network's programs ask the ears."""
    file = directory / "resolv.conf"
    file.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    return {Path("/etc/resolv.conf"): file}
