"""Stand-ins for modules of a registry; see `terraform.modules` and `coder.modules`."""

from __future__ import annotations

from .coder.modules import CODE_SERVER, COPILOT
from .terraform.modules import Module, install_modules

__all__ = ["CODE_SERVER", "COPILOT", "Module", "install_modules"]
