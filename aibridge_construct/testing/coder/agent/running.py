"""One process of a workspace while it runs: its output line by line, signals, and how the agent puts an end to it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from . import processes
from .ended import Ended, Level, LogLine, Outcome
from .processes import Orphan

__all__ = ["Running"]


class Running:
    """A script that the agent has started, or a terminal of the workspace. Made by `AgentScripts`.

    It leads a session and a process group of its own. Its output is read as it comes, so it never waits for a reader.

    Attributes:
        pid: the number of the shell that runs the script, and of its session and group.
        data: the script's `CODER_SCRIPT_DATA_DIR`; None for a terminal.
    """

    def __init__(
        self, command: Sequence[str], *, name: str, data: Path | None, grace: float, timeout: float | None, **how: Any
    ) -> None:
        self.data = data
        self._name, self._grace = name, grace
        pipe = subprocess.PIPE
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdout=pipe, stderr=pipe, start_new_session=True, **how
        )
        self.pid: int = self._process.pid
        self._timeout_at = None if timeout is None else time.monotonic() + timeout
        self._over_at: float | None = None
        self._stopped = self._left_open = False
        self._output: dict[Level, bytearray] = {"info": bytearray(), "error": bytearray()}
        self._unfinished: dict[Level, bytes] = {"info": b"", "error": b""}
        self._log: list[LogLine] = []
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._wakes, self._wake = socket.socketpair()
        self._collector = threading.Thread(target=self._collect, daemon=True)
        self._collector.start()
        threading.Thread(target=self._supervise, daemon=True).start()

    def __repr__(self) -> str:
        return f"Running({self._name!r}, pid={self.pid})"

    # ---- what a test asks

    def poll(self) -> int | None:
        """The exit status of the process itself, whose output may still be open; None while it runs."""
        return self._process.returncode

    @property
    def over(self) -> bool:
        """Whether the agent is done with it: it has ended, and its output is complete or given up."""
        return self._done.is_set()

    @property
    def log(self) -> tuple[LogLine, ...]:
        """The lines that have come until now."""
        return tuple(self._log)

    def wait_for(self, what: str | Callable[[], object], *, seconds: float = 30) -> str:
        """Wait for a line of the output that holds `what`, or until `what()` is true, while the process runs.

        Returns:
            The line; "" for a condition. `wait_for("")` returns the first line.

        Raises:
            AssertionError: the process ended first, or `seconds` went by; the message tells what it said.
        """
        deadline = time.monotonic() + seconds
        while True:
            over = self._done.is_set()
            if callable(what):
                if what():
                    return ""
            elif (line := next((line.text for line in self.log if what in line.text), None)) is not None:
                return line
            if over or time.monotonic() > deadline:
                why = "the process ended" if over else f"{seconds} s went by"
                raise AssertionError(f"{why} before {what!r} came: {self._told()}")
            time.sleep(0.01)

    def wait(self, seconds: float) -> Ended:
        """Wait for the end, and leave the process alone if it does not come.

        Raises:
            subprocess.TimeoutExpired: it has not ended within `seconds`.
        """
        if not self._done.wait(seconds):
            raise subprocess.TimeoutExpired(self._name, seconds)
        return self._told()

    def finish(self, seconds: float = 60) -> Ended:
        """Wait for the end, and kill the process with all that it started when it takes too long.

        Raises:
            AssertionError: it has not ended within `seconds`; the message tells what it said.
        """
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self._name}: no end within {seconds} s: {self._told()}") from None

    def send_signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal to the shell that runs the script, and to nobody else; or to its whole group.

        One that has gone is no error. The agent itself signals the group: see `stop`.
        """
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.pid, number)
            else:
                self._process.send_signal(number)

    def stop(self) -> Ended:
        """Stop it as the agent does, at its `timeout` or when the workspace stops, and wait for the end.

        SIGHUP to the process group; what has not ended after `grace` seconds is killed: the script's process, not
        its group. What ignores SIGHUP and is not that process lives on: see `orphans`.
        """
        self._timeout_at = time.monotonic()
        self._rouse()
        return self.finish(self._grace + 30)

    def orphans(self) -> list[Orphan]:
        """What the process has started and what lives at this moment; while it runs, its children.

        Found by the session, and by the script's own variables in the environment of what has left that. What has done
        neither cannot be told from a stranger.
        """
        marker = f"CODER_SCRIPT_DATA_DIR={self.data}" if self.data else ""
        return [one for one in processes.members([self.pid], marker) if one.pid != self.pid]

    def kill(self) -> None:
        """Kill it and all that it started, at once."""
        self.send_signal(signal.SIGKILL, group=True)
        self.send_signal(signal.SIGKILL)
        for orphan in self.orphans():
            processes.end(orphan.pid)
        self._grace = 0
        self._over_at = time.monotonic()
        self._rouse()
        self._done.wait()

    # ---- what the agent does meanwhile

    def _collect(self) -> None:
        self._process.wait()
        self._rouse()

    def _supervise(self) -> None:
        """Read both streams; put an end to it at its timeout; give up the streams that outlive it too long."""
        with selectors.DefaultSelector() as selector, self._process:
            streams: dict[Level, IO[bytes] | None] = {"info": self._process.stdout, "error": self._process.stderr}
            for level, stream in streams.items():
                selector.register(stream or -1, selectors.EVENT_READ, level)
            selector.register(self._wakes, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(self._patience()):
                    if key.fileobj is self._wakes:
                        self._wakes.recv(4096)
                    elif not self._read(key.fd, key.data):
                        selector.unregister(key.fileobj)
                reading = len(selector.get_map()) > 1
                if self._process.returncode is not None and not reading:
                    break
                if self._enough(reading):
                    self._left_open = reading
                    break
        self._close()

    def _patience(self) -> float | None:
        """Seconds until there is something to do besides reading; None for ever."""
        moment = self._timeout_at if self._over_at is None else self._over_at
        return None if moment is None else max(0, moment - time.monotonic())

    def _enough(self, reading: bool) -> bool:
        """Go on with the end: begin to count `grace` at the exit or the stop, whichever is first, then be done."""
        now = time.monotonic()
        ended = self._process.returncode is not None
        if self._over_at is None and not ended and self._timeout_at is not None and now >= self._timeout_at:
            self._stopped = True
            self.send_signal(signal.SIGHUP, group=True)
            self._over_at = now + self._grace
        elif self._over_at is None and ended:
            self._over_at = now + self._grace
        if self._over_at is None or now < self._over_at:
            return False
        self.send_signal(signal.SIGKILL)
        self._process.wait()
        return True

    def _read(self, descriptor: int, level: Level) -> bool:
        """Take what has come; whether there may be more."""
        data = os.read(descriptor, 65536)
        self._output[level] += data
        *lines, self._unfinished[level] = (self._unfinished[level] + data).split(b"\n")
        if not data and self._unfinished[level]:
            lines.append(self._unfinished[level])
        self._log += [LogLine(level, _text(line.removesuffix(b"\r"))) for line in lines]
        return bool(data)

    def _close(self) -> None:
        if self._left_open:
            self._log += [LogLine(level, _text(rest)) for level, rest in self._unfinished.items() if rest]
        if self._outcome == "pipes_left_open":
            self._log.append(LogLine("error", f"WARNING: the output is still open {self._grace:g} s after the end."))
        self._collector.join()
        with self._lock:
            self._wakes.close()
            self._wake.close()
            self._done.set()

    @property
    def _outcome(self) -> Outcome:
        if self._stopped:
            return "timed_out"
        if self._process.returncode != 0:
            return "exit_failure"
        return "pipes_left_open" if self._left_open else "ok"

    def _told(self) -> Ended:
        status = self._process.returncode
        stdout, stderr = _text(bytes(self._output["info"])), _text(bytes(self._output["error"]))
        return Ended(-1 if status is None else status, stdout, stderr, self.log, self._outcome)

    def _rouse(self) -> None:
        with self._lock:
            if not self._done.is_set():
                self._wake.send(b"x")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
