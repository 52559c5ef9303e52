"""Runs what a template renders as a Coder agent does: scripts, and the terminals of the workspace's people."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said."""

    status: int
    stdout: str
    stderr: str


class ScriptRunner:
    """One workspace: a home, and the directories that the agent gives to scripts.

    Args:
        root: an empty directory for all of it.
        path: the PATH of the agent. Its first ``sh`` runs the scripts.
        system: turns a command line into one that runs on another system, as ``World.on_system`` does.

    Attributes:
        bin: ``CODER_SCRIPT_BIN_DIR``, which is on the PATH of terminals.
        data: ``CODER_SCRIPT_DATA_DIR``, here one for all scripts.
    """

    def __init__(self, root: Path, *, path: str, system: Callable[[Sequence[str]], Sequence[str]] = list) -> None:
        self.home, self.bin, self.data = root / "home", root / "script-bin", root / "script-data"
        for directory in (self.home, self.bin, self.data):
            directory.mkdir(parents=True)
        self.data.chmod(0o700)
        self.path = path
        self._system = system

    @property
    def environment(self) -> dict[str, str]:
        """The agent's own environment: no variable of the machine that runs the tests but PATH."""
        return {"PATH": self.path, "HOME": str(self.home), "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}

    def start(self, text: str) -> subprocess.Popen[str]:
        """Start a script, which begins with ``#!/bin/sh``: ``sh -c`` with the whole text."""
        directories = {"CODER_SCRIPT_BIN_DIR": str(self.bin), "CODER_SCRIPT_DATA_DIR": str(self.data)}
        return self._start(["sh", "-c", text], self.environment | directories)

    def run(self, text: str, *, seconds: float = 60) -> Ended:
        """Run a script to its end."""
        return ended(self.start(text), seconds=seconds)

    def terminal(self, *command: str, stdin: str = "") -> Ended:
        """What a person sees who types the command into a terminal of the workspace."""
        process = self._start(command, self.session, stdin=subprocess.PIPE)
        return ended(process, stdin=stdin)

    @property
    def session(self) -> dict[str, str]:
        """The environment of a terminal, before the login shell has read its files."""
        return self.environment | {"PATH": f"{self.bin}:{self.path}"}

    def _start(
        self, command: Sequence[str], environment: dict[str, str], stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._system(command),
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home,
            start_new_session=True,
        )


def ended(process: subprocess.Popen[str], *, stdin: str | None = None, seconds: float = 60) -> Ended:
    """Wait for the end of a process, and kill it with all it started when it takes too long."""
    try:
        stdout, stderr = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        raise AssertionError(f"no end within {seconds} s: {stdout}{stderr}") from None
    return Ended(process.returncode, stdout, stderr)
