"""What a push sends: a template's directory as an archive."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

from aibridge_construct.push import AllowedPaths, check_directory
from aibridge_construct.testing._found import pushed

__all__ = ["pack", "refuse_no_archive", "unpack"]

# Python 3.11.4 and newer; the archive is our own.
_SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def pack(directory: Path | str, *, check: bool = True, allow_paths: AllowedPaths = ()) -> bytes:
    """The archive that `coder templates push -d DIRECTORY` sends.

    Args:
        directory: a synthesized stack, `cdktf.out/stacks/NAME`.
        check: look first for what would not work in Coder.
        allow_paths: as of `check_directory`.

    Raises:
        TemplateError: Coder would not take it, or workspaces built from it would not work.
    """
    if check:
        check_directory(directory, allow_paths=allow_paths)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, place in pushed(Path(directory)):
            archive.add(place, arcname=name.as_posix(), recursive=False, filter=_in_whole_seconds)
    return target.getvalue()


def _in_whole_seconds(member: tarfile.TarInfo) -> tarfile.TarInfo:
    # A fraction would cost a header of its own; Go's writer, which Coder uses, rounds it off.
    member.mtime = int(member.mtime)
    return member


def unpack(archive: bytes, directory: Path | str) -> None:
    """Unpack an archive as a build does: files and folders, no links."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for member in opened.getmembers():
            if member.isreg() or member.isdir():
                opened.extract(member, directory, **_SAFELY)


def refuse_no_archive(template: object) -> bytes:
    """`template`, if it is an archive.

    Raises:
        TypeError: it is something else, such as the directory; the message names `pack`.
    """
    if isinstance(template, bytes):
        return template
    raise TypeError(f"template must be an archive in bytes, as pack(…) returns it; got {type(template).__name__}")
