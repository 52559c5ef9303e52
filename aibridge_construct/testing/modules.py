"""Stand-ins for modules of a registry; see `terraform.modules` and `coder.modules`."""

from __future__ import annotations

from .coder.agents import CLAUDE_CODE, CODEX
from .coder.modules import CODE_SERVER, COPILOT
from .terraform.modules import Module, install_modules

__all__ = ["CLAUDE_CODE", "CODEX", "CODE_SERVER", "COPILOT", "Module", "install_modules"]
