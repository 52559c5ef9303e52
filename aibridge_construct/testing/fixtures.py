"""Fixtures and marks of the kit, for those who import them by name."""

from __future__ import annotations

from .coder.agent.marks import in_every_shell
from .plugin import coder_scripts

__all__ = ["coder_scripts", "in_every_shell"]
