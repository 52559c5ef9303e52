"""pytest fixtures of the kit. Import them in `conftest.py`: `from aibridge_construct.testing import coder_scripts`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from ._extra import need
from .scripts import SHELLS, AgentScripts

need("pytest", "A fixture")

import pytest  # noqa: E402

__all__ = ["coder_scripts", "in_every_shell"]


@pytest.fixture
def coder_scripts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AgentScripts]:
    """A workspace whose scripts and terminals run as Coder's agent runs them; see `AgentScripts`.

    With `@in_every_shell` the test runs once for each shell that `/bin/sh` may be. Whatever still runs at the end of
    the test is killed. Another workspace, or other settings: `coder_scripts.another(grace=0.5)`.
    """
    with AgentScripts(tmp_path / "coder-workspace", sh=getattr(request, "param", "")) as scripts:
        yield scripts


in_every_shell = pytest.mark.parametrize(
    "coder_scripts",
    [
        pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name.split()[0]), reason=f"{name}: not installed"))
        for name in SHELLS
    ],
    indirect=True,
)
"""A mark: run the test with `coder_scripts` once in each of `SHELLS`; one that is not installed is skipped."""
