"""Coder's builds, replayed; see `coder.build`."""

from __future__ import annotations

from .coder.build import Build, Workspace, import_template, pack, unpack

__all__ = ["Build", "Workspace", "import_template", "pack", "unpack"]
