"""Marks of the kit for tests."""

from __future__ import annotations

import shutil

from aibridge_construct.testing.extra import need

from .shells import SHELLS

need("pytest", "A mark")

import pytest  # noqa: E402

__all__ = ["in_every_shell"]

in_every_shell: pytest.MarkDecorator = pytest.mark.parametrize(
    "coder_scripts",
    [
        pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name.split()[0]), reason=f"{name}: not installed"))
        for name in SHELLS
    ],
    indirect=True,
)
"""A mark: run the test with `coder_scripts` once in each of `SHELLS`; one that is not installed is skipped."""
