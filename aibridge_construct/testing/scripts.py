"""Scripts and terminals, run as Coder's agent runs them; see `coder.agent.scripts`."""

from __future__ import annotations

from .coder.agent.scripts import (
    DEFAULT_PATH,
    SHELLS,
    AgentScripts,
    Ended,
    LogLine,
    Orphan,
    Running,
    shell_program,
    wait_until,
)

__all__ = [
    "DEFAULT_PATH",
    "SHELLS",
    "AgentScripts",
    "Ended",
    "LogLine",
    "Orphan",
    "Running",
    "shell_program",
    "wait_until",
]
