"""A mirror with the coder provider in it: the stand-in, or a real one."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aibridge_construct.testing.providers.declare import Provider
from aibridge_construct.testing.terraform.mirror import Binary, Mirror, build_mirror
from aibridge_construct.testing.terraform.modules import Module

from .stand_in.provider import CODER

__all__ = ["coder_mirror", "default_mirror"]


def coder_mirror(directory: Path | str, *others: Provider | Binary, modules: Sequence[Module] = ()) -> Mirror:
    """A mirror with coder/coder and `others`, and with stand-ins for `modules` of a registry.

    coder/coder is the stand-in, or, where the environment variable AIBRIDGE_CODER_PROVIDER names one, a real provider
    binary. Its version is read from a file name that ends in `_vX.Y.Z`, and is the stand-in's otherwise.
    """
    real = os.environ.get("AIBRIDGE_CODER_PROVIDER")
    if not real:
        return build_mirror(directory, [CODER, *others], modules=modules)
    file = Path(real).resolve(strict=True)
    version = re.search(r"_v(\d+\.\d+\.\d+)", file.name)
    coder = Binary(CODER.source, version[1] if version else CODER.version, file)
    return build_mirror(directory, [coder, *others], modules=modules)


_own: tempfile.TemporaryDirectory[str] | None = None


def default_mirror() -> Mirror:
    """A mirror with the coder provider alone, made for this process."""
    global _own
    if _own is None:
        _own = tempfile.TemporaryDirectory(prefix="aibridge-mirror-")
    return coder_mirror(Path(_own.name, "mirror"))
