"""The arguments of `AgentScripts`, for those who pass them on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

__all__ = ["How", "Settings"]


class Settings(TypedDict, total=False):
    """The arguments of `AgentScripts` but the first."""

    path: str
    sh: str | Path
    login_shell: str
    env: Mapping[str, str]
    grace: float
    ignored: Collection[signal.Signals]
    system: Callable[[Sequence[str]], Sequence[str]]


class How(TypedDict, total=False):
    """The arguments of `AgentScripts.start` but the first."""

    name: str
    timeout: float | None
    grace: float | None
    env: Mapping[str, str]
    umask: int
    user: int | None
