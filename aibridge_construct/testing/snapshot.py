"""Snapshots of synthesized templates; see `document.snapshot`."""

from __future__ import annotations

from .document.snapshot import TerraformSnapshotExtension, readable
from .plugin import terraform_snapshot

__all__ = ["TerraformSnapshotExtension", "readable", "terraform_snapshot"]
