"""The processes of a workspace under test, found on this machine: who is left of a session."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Orphan", "alive", "end", "members", "user_name", "write_program"]

_PROC = Path("/proc")


@dataclass(frozen=True)
class Orphan:
    """A process that outlived the script or the terminal that it belonged to.

    Attributes:
        pid: its number.
        command: its words, joined by spaces; "" where the system does not tell.
    """

    pid: int
    command: str


def alive(pid: int) -> bool:
    """Whether the process is there and has not begun to end; one that only waits to be collected has ended."""
    try:
        status = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        if _PROC.joinpath("self").exists():
            return False
        return pid in _pids()
    # After the name, which is in parentheses and may hold anything: Z is a zombie, X is dead. One that is about to be
    # (PF_EXITING) has closed its output, or is doing so.
    state, *_, flags = status.rpartition(")")[2].split()[:7]
    return state not in "ZX" and not int(flags) & 0x4


def members(sessions: Collection[int], marker: str) -> Iterator[Orphan]:
    """The living processes of the sessions, and those that left theirs with `marker` still in their environment.

    A session has the number of the process that led it. Whoever else leads one with that number is a stranger whom the
    system gave it when the session had no process left: the leader itself is never among them.
    """
    for pid in _pids():
        with contextlib.suppress(OSError):
            ours = pid not in sessions and os.getsid(pid) in sessions
            if (ours or _marked(pid, marker)) and pid != os.getpid() and alive(pid):
                yield Orphan(pid, _command(pid))


def end(pid: int) -> None:
    """Kill a process, which may have gone."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def user_name() -> str:
    """The name of the user who runs this process; the number where the system has no name for it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _pids() -> list[int]:
    # Asked for with every script that ends, of every process of the machine: plain strings take a third of the time.
    if os.path.exists("/proc/self"):  # noqa: PTH110
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False)  # macOS
    return [int(word) for word in listed.stdout.split()]


def _marked(pid: int, marker: str) -> bool:
    return bool(marker) and marker.encode() in _read(pid, "environ")


def _command(pid: int) -> str:
    return _read(pid, "cmdline").decode(errors="replace").replace("\0", " ").strip()


def _read(pid: int, file: str) -> bytes:
    """A file of /proc; empty for a process that has gone or is somebody else's, and where there is no /proc."""
    try:
        opened = os.open(f"/proc/{pid}/{file}", os.O_RDONLY)
    except OSError:
        return b""
    try:
        return b"".join(iter(lambda: os.read(opened, 32768), b""))
    except OSError:
        return b""
    finally:
        os.close(opened)


def write_program(target: Path, text: bytes) -> None:
    """Write an executable that may be started as soon as this returns, in the place of what is there.

    A program that some process has open for writing cannot be executed ("text file busy"), and while this one has it
    open, another thread may fork: until the child executes something, it has it open, too.
    """
    target.unlink(missing_ok=True)
    with target.open("xb") as file:
        file.write(text)
        os.fchmod(file.fileno(), 0o755)
    if not _is_closed_everywhere(target):
        target.unlink()
        write = ["/bin/sh", "-c", 'cat >"$0" && chmod 755 "$0"', str(target)]
        subprocess.run(write, input=text, check=True)


def _is_closed_everywhere(file: Path) -> bool:
    """Whether nobody has it open for writing any more, as far as the system tells: Linux leases no other file."""
    lease = getattr(fcntl, "F_SETLEASE", None)
    if lease is None:
        return False
    with file.open("rb") as opened:
        for _ in range(100):
            try:
                fcntl.fcntl(opened, lease, fcntl.F_RDLCK)
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                return False  # a file system that knows no leases
            else:
                fcntl.fcntl(opened, lease, fcntl.F_UNLCK)
                return True
    return False
