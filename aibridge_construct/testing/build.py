"""Coder's builds, replayed; see `coder.build`."""

from __future__ import annotations

from .coder.archive import pack, unpack
from .coder.build import Build, Workspace, import_template

__all__ = ["Build", "Workspace", "import_template", "pack", "unpack"]
