"""Which program runs a script, and with which signals ignored."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Collection, Sequence

__all__ = ["SHELLS", "command_line", "ignores", "shell_program", "with_ignored_signals"]

SHELLS = ("dash", "bash", "bash --posix", "busybox sh")
"""The shells that a workspace's `/bin/sh` may be: Debian's, bash in either of its modes (where it is called sh, POSIX),
Alpine's."""

# One argument, with the zero byte at its end: MAX_ARG_STRLEN of Linux.
_LONGEST_ARGUMENT = 128 * 1024

_STOPPING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
# No shell sees to it: one cannot stop ignoring what it was started with ignored. Python ignores two on its own account.
_WITH_IGNORED = """
import os, signal, sys
import warnings  # which execvp imports, when this user may not read it any more
ignored = [int(word) for word in sys.argv[1].split()]
for name in ("HUP", "INT", "QUIT", "TERM", "PIPE", "XFSZ"):
    number = signal.Signals["SIG" + name]
    signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
if sys.argv[2]:
    os.setgroups([])
    os.setuid(int(sys.argv[2]))
os.execvp(sys.argv[3], sys.argv[3:])
"""


def shell_program(name: str) -> str:
    """The command line of one of `SHELLS` on this machine.

    Raises:
        LookupError: it is not installed.
    """
    program, *options = name.split()
    found = shutil.which(program)
    if found is None:
        raise LookupError(f"{program} is not installed")
    return shlex.join([found, *options])


def command_line(text: str, login_shell: str) -> list[str]:
    """The words that the agent runs for a script.

    Raises:
        OSError: the text is too long for one argument (errno E2BIG), or its first line is a bare `#!`.
    """
    if len(text.encode(errors="surrogateescape")) >= _LONGEST_ARGUMENT:
        raise OSError(errno.E2BIG, f"the script is longer than one argument may be, {_LONGEST_ARGUMENT} bytes")
    if not text:
        return [*shlex.split(login_shell), "-l"]
    first = text.strip().partition("\n")[0].strip()
    words = shlex.split(first.removeprefix("#!") if first.startswith("#!") else login_shell)
    if not words:
        raise OSError(errno.ENOEXEC, "the first line of the script is '#!' and names no program")
    return [*words, "-c", text]


def ignores(signals: Collection[int]) -> bool:
    """Whether this process ignores these signals and no other that may stop a script: what it starts inherits that."""
    return {number for number in _STOPPING if signal.getsignal(number) is signal.SIG_IGN} == set(signals)


def with_ignored_signals(command: Sequence[str], ignored: Collection[int], user: int | None) -> list[str]:
    """The command line that runs `command` with these signals ignored and no other.

    It becomes `user` itself, who may not be allowed to run the Python of these tests.

    Raises:
        FileNotFoundError: there is no such program.
    """
    if "/" in command[0] and shutil.which(command[0]) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    numbers = " ".join(str(int(number)) for number in ignored)
    return [sys.executable, "-ISc", _WITH_IGNORED, numbers, "" if user is None else str(user), *command]
