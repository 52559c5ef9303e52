"""What is left of a process of a workspace: how it ended, and what it said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Ended", "Level", "LogLine", "Outcome", "wait_until"]

Level = Literal["info", "error"]
Outcome = Literal["ok", "exit_failure", "timed_out", "pipes_left_open"]


@dataclass(frozen=True)
class LogLine:
    """One line as the dashboard shows it: what came on stdout is `info`, what came on stderr is `error`."""

    level: Level
    text: str


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said. Two are equal when `status`, `stdout` and `stderr` are.

    Attributes:
        status: the exit status; of one that a signal ended, the signal's number below zero.
        stdout: what it wrote there. Bytes that are no UTF-8 are kept as lone surrogates.
        stderr: likewise.
        log: the lines of both in the order of their arrival. Two streams written within the same moment may swap,
            as they may in the agent.
        outcome: Coder's own word for it. `timed_out` is also what the agent stopped for another reason;
            `pipes_left_open` is a script that ended with status 0 and left stdout or stderr open in a child for `grace`
            seconds. All but `ok` make the workspace's start an error.
    """

    status: int
    stdout: str
    stderr: str
    log: tuple[LogLine, ...] = field(default=(), compare=False, repr=False)
    outcome: Outcome = field(default="ok", compare=False)

    @property
    def last_line(self) -> str:
        """The last line on stderr; "" if there is none."""
        return self.stderr.splitlines()[-1] if self.stderr else ""


def wait_until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait for something that another process does; look a hundred times a second.

    Raises:
        AssertionError: it did not come within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for what did not come: {condition}")
        time.sleep(0.01)
