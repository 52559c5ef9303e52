"""The distributions of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Built", "build"]


@dataclass(frozen=True)
class Built:
    """What `make build` makes."""

    sdist: Path
    wheel: Path


def build(source: Path, to: Path) -> Built:
    """Build the checkout, or what was unpacked, in `source`."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(to), str(source)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return found(to)


def found(folder: Path) -> Built:
    """What was built into `folder`."""
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Built(sdist, wheel)
