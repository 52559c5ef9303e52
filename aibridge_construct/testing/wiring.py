"""Dependency wiring: what refers to what in a synthesized stack, and in which order a workspace starts.

    python -m aibridge_construct.testing.wiring DIRECTORY [--format mermaid|dot]

draws it.
"""

from __future__ import annotations

from aibridge_construct.testing.document.chart import main
from aibridge_construct.testing.document.wiring import assert_acyclic, assert_depends, wiring

__all__ = ["assert_acyclic", "assert_depends", "wiring"]

if __name__ == "__main__":
    raise SystemExit(main())
