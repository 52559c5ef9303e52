"""Scripts and terminals, run as Coder's agent runs them; see `coder.agent.scripts`."""

from __future__ import annotations

from .coder.agent import scripts
from .coder.agent.scripts import *  # noqa: F403

__all__ = []
__all__ += scripts.__all__
