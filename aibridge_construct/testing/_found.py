"""A directory as it was found: what Terraform puts there while the kit works is taken away again, and never packed.

`terraform init` writes checksums of stand-ins into a lock file, with which nobody else can install anything, and
refuses a lock file with those of the real providers. So both it and `.terraform` are set aside while anybody works in
the directory: several objects and processes may, and what one leaves behind that was killed the next one puts right.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from aibridge_construct.push import pushed_files

__all__ = ["hold", "pushed"]

_ASIDE = ".aibridge-testing"
_LOCK = ".terraform.lock.hcl"
_OURS = (_LOCK, ".terraform")


def hold(directory: Path) -> Callable[[], None]:
    """Set aside what `directory` holds of Terraform; the last one who calls what this returns puts it back."""
    folder = directory.resolve()
    aside = folder / _ASIDE
    with _alone(folder):
        if aside.exists() and not _held(aside):
            _put_back(folder)
        if not aside.exists():
            aside.mkdir()
            there = [name for name in _OURS if (folder / name).exists()]
            (aside / "found.json").write_text(json.dumps(there), encoding="utf-8")
            for name in there:
                (folder / name).replace(aside / name)
        holder = (aside / "held").open("a")
        _lock(holder, shared=True)
    return partial(_release, folder, holder)


def pushed(directory: Path) -> Iterator[tuple[Path, Path]]:
    """What a push of `directory` sends, sorted: the name, and where it is; never a lock file of stand-ins."""
    aside = directory / _ASIDE
    names = set(pushed_files(directory))
    if aside.exists():
        names -= {Path(_LOCK)}
        if (aside / _LOCK).exists():
            names |= {Path(_LOCK)}
    for name in sorted(names):
        yield name, aside / name if name == Path(_LOCK) and aside.exists() else directory / name


def _release(folder: Path, holder: IO[str]) -> None:
    if not folder.exists():  # it was a temporary one
        holder.close()
        return
    with _alone(folder):
        holder.close()
        if (folder / _ASIDE).exists() and not _held(folder / _ASIDE):
            _put_back(folder)


def _put_back(folder: Path) -> None:
    aside = folder / _ASIDE
    try:
        found = json.loads((aside / "found.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # killed before anything was moved
        found = list(_OURS)
    for name in _OURS:
        if name in found and not (aside / name).exists():
            continue  # not moved yet, or back already
        _remove(folder / name)
        if name in found:
            (aside / name).replace(folder / name)
    _remove(aside)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            place.unlink()


def _held(aside: Path) -> bool:
    """Whether anybody works here: locks end with their process."""
    with (aside / "held").open("a") as mine:
        return not _lock(mine, shared=False)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time sets aside and puts back."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _lock(file: IO[str], *, shared: bool) -> bool:
    """Lock a file at once; whether that was possible."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
