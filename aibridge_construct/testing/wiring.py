"""Dependency wiring: what refers to what in a synthesized stack, and in which order a workspace starts."""

from __future__ import annotations

from aibridge_construct.testing.document.wiring import wiring

__all__ = ["wiring"]
