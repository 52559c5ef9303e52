"""The recording `coder` of a workspace: startup coordination by the agent's rules, over a unix socket.

In a test, the fixture `coder_cli` puts it on the PATH of `coder_scripts`::

    def test_the_tool_waits(coder_scripts, coder_cli):
        coder_scripts.run(setup)
        coder_scripts.run(tool)
        assert coder_cli.history == ["start aibridge-proxy-setup", "complete aibridge-proxy-setup", …]

It keeps the rules of `coder exp sync` as the workspace agent does (coder/coder, `agent/unit/manager.go` and
`agent/agentsocket/service.go`): units in memory, per agent; a unit may be wanted before it exists; a cycle is refused;
`start` waits until every dependency is complete. Every call is recorded, so a test asserts the order of what happened.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import socketserver
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

__all__ = ["CoderCli", "Event", "RefusedError", "Units"]

Status = Literal["pending", "started", "completed"]
CLIENT = Path(__file__).with_name("client.py")


class RefusedError(Exception):
    """A call that breaks a rule; its text is what the CLI prints."""


@dataclass(frozen=True)
class Event:
    """One call that changes something or was refused (`ready`, `status`, `list` and `ping` change nothing)."""

    verb: str
    unit: str
    dependency: str = ""
    error: str = ""
    at: float = field(default_factory=time.monotonic, compare=False)

    def __str__(self) -> str:
        words = [self.verb, self.unit, self.dependency]
        return " ".join(word for word in words if word) + (" refused" if self.error else "")


class Units:
    """The units of one agent and the graph between them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: dict[str, Status] = {}
        self._wants: dict[str, list[str]] = {}
        self.events: list[Event] = []

    def want(self, unit: str, dependency: str) -> None:
        """Declare that `unit` starts after `dependency` is complete, which need not exist yet."""
        with self._lock, self._recorded("want", unit, dependency):
            self._status.setdefault(unit, "pending")
            if unit == dependency or self._reaches(dependency, unit):
                raise RefusedError(
                    f"declare dependency failed: cannot add dependency: adding edge for unit {unit!r}: "
                    "failed to add dependency: cycle detected"
                )
            if dependency not in self._wants.setdefault(unit, []):
                self._wants[unit].append(dependency)

    def ready(self, unit: str) -> bool:
        """Whether every dependency of `unit` is complete. A unit nobody has named is ready."""
        with self._lock:
            return self._ready(unit)

    def start(self, unit: str) -> None:
        """Mark `unit` as started; refused while a dependency is open, or when it runs already."""
        with self._lock, self._recorded("start", unit):
            if not self._ready(unit):
                raise RefusedError(f"start unit failed: cannot start unit {unit!r}: unit not ready")
            if self._status.get(unit) == "started":
                raise RefusedError(f"start unit failed: cannot start unit {unit!r}: same status already set")
            self._status[unit] = "started"

    def complete(self, unit: str) -> None:
        """Mark `unit` as complete; refused unless it has started."""
        with self._lock, self._recorded("complete", unit):
            status = self._status.get(unit)
            if status != "started":
                reason = {None: "unit not found", "pending": "unit not started"}.get(status, "same status already set")
                raise RefusedError(f"complete unit failed: cannot complete unit {unit!r}: {reason}")
            self._status[unit] = "completed"

    def status(self, unit: str) -> Status | Literal["not registered"]:
        """How far `unit` is."""
        with self._lock:
            return self._status.get(unit, "not registered")

    def dependencies(self, unit: str) -> list[str]:
        """What `unit` starts after."""
        with self._lock:
            return list(self._wants.get(unit, []))

    def names(self) -> list[str]:
        """All units, sorted."""
        with self._lock:
            return sorted(self._status)

    def _ready(self, unit: str) -> bool:
        return all(self._status.get(dependency) == "completed" for dependency in self._wants.get(unit, []))

    def _reaches(self, source: str, target: str) -> bool:
        seen: set[str] = set()
        frontier = [source]
        while frontier:
            unit = frontier.pop()
            if unit == target:
                return True
            if unit not in seen:
                seen.add(unit)
                frontier += self._wants.get(unit, [])
        return False

    def _recorded(self, verb: str, unit: str, dependency: str = "") -> _Recorded:
        return _Recorded(self.events, verb, unit, dependency)


class _Recorded:
    """Appends the event when the block ends, with the refusal if it was one."""

    def __init__(self, events: list[Event], verb: str, unit: str, dependency: str) -> None:
        self._events, self._call = events, (verb, unit, dependency)

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._events.append(Event(*self._call, error=str(error or "")))


class CoderCli:
    """The socket server of a workspace's agent and a directory with its `coder`. Use it as a context manager.

    It keeps the rules of `coder exp sync` and records each call; other commands of the CLI are refused.

    Args:
        poll_seconds: how often a waiting `start` asks again. The agent's own value is 1 second; tests need less.
        socket_enabled: False is an agent without CODER_AGENT_SOCKET_SERVER_ENABLED: a `coder`, but no socket.

    Put `bin_dir` on a script's PATH. `freeze()` makes the socket accept calls and answer none, until `thaw()`.
    """

    def __init__(self, *, poll_seconds: float = 0.05, socket_enabled: bool = True) -> None:
        self.units: Units = Units()
        self.poll_seconds = poll_seconds
        self.socket_enabled = socket_enabled
        self.calls: list[tuple[str, ...]] = []
        self._thawed = threading.Event()
        self._thawed.set()
        self._server: socketserver.ThreadingUnixStreamServer | None = None

    def __enter__(self) -> Self:
        # A unix socket's path is at most 107 bytes: pytest's tmp_path under xdist can be longer.
        self._home = Path(tempfile.mkdtemp(prefix="coder-"))
        self.socket_path: Path = self._home / "agent.sock"
        self.bin_dir: Path = self._home / "bin"
        self.bin_dir.mkdir()
        command = [sys.executable, "-SEI", str(CLIENT), str(self.socket_path)]
        executable = self.bin_dir / "coder"
        executable.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        executable.chmod(0o755)
        if self.socket_enabled:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def start(self) -> None:
        """Serve the socket, as a new agent process: units live in memory and are gone with the one before."""
        self.units = Units()
        self._server = _Server(str(self.socket_path), self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving and remove the socket, as an agent that has gone away."""
        self.thaw()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self.socket_path.unlink(missing_ok=True)
            self._server = None

    def freeze(self) -> None:
        """Hang every call from now on: a CLI that does not come back."""
        self._thawed.clear()

    def thaw(self) -> None:
        """Answer the hanging calls."""
        self._thawed.set()

    @property
    def history(self) -> list[str]:
        """What happened, in order, as words: `want tool proxy`, `start proxy`, `complete proxy`, `want a b refused`."""
        return [str(event) for event in self.units.events]

    def path(self, *directories: str | os.PathLike[str]) -> str:
        """A PATH with this agent's `coder` first, then the given directories, or the system's."""
        rest = [os.fspath(directory) for directory in directories] or ["/usr/local/bin", "/usr/bin", "/bin"]
        return os.pathsep.join([str(self.bin_dir), *rest])

    def answer(self, verb: str, *arguments: str) -> str:
        """Answer one request of the client; raise RefusedError for one that breaks a rule."""
        self.calls.append((verb, *arguments))
        self._thawed.wait()
        match verb, arguments:
            case "ping", ():
                return ""
            case "want", (unit, dependency):
                self.units.want(unit, dependency)
            case "ready", (unit,):
                return "ready" if self.units.ready(unit) else str(self.poll_seconds)
            case "start", (unit,):
                self.units.start(unit)
            case "complete", (unit,):
                self.units.complete(unit)
            case "status", (unit,):
                return self._describe(unit)
            case "list", ():
                return "\n".join(f"{unit} {self.units.status(unit)}" for unit in self.units.names())
            case _:
                raise RefusedError(f"unknown request {verb!r}")
        return ""

    def _describe(self, unit: str) -> str:
        """As the CLI prints it (coder/coder, `cli/sync_status.go` and its golden files)."""
        ready = str(self.units.ready(unit)).lower()
        lines = [f"Unit: {unit}", f"Status: {self.units.status(unit)}", f"Ready: {ready}", ""]
        columns = ["DEPENDS ON", "REQUIRED STATUS", "CURRENT STATUS", "SATISFIED"]
        rows = [columns] + [
            [name, "completed", status := self.units.status(name), str(status == "completed").lower()]
            for name in self.units.dependencies(unit)
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        table = ["".join(f"{cell:{width}}  " for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(lines + (table if len(rows) > 1 else []))


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    # A frozen call must not hold up the end of a test.
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path: str, agent: CoderCli) -> None:
        self.agent = agent
        super().__init__(path, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        verb, *arguments = self.rfile.read().decode().split("\0")
        try:
            reply = f"ok\n{self.server.agent.answer(verb, *arguments)}"
        except RefusedError as refusal:
            reply = f"error\n{refusal}"
        # The caller may have been killed while it waited.
        with contextlib.suppress(OSError):
            self.wfile.write(reply.encode())
