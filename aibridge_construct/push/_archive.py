"""What a push of a directory sends. Source of the rules: Coder's ``provisionersdk``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["SIZE_LIMIT", "archive_size", "is_left_out", "pushed_files"]

#: An archive must stay under this many bytes.
SIZE_LIMIT = 1024 * 1024

# tar writes a header of this size for each entry and fills contents up to multiples of it; two empty ones end it.
_TAR_BLOCK = 512


def pushed_files(directory: Path | str) -> list[Path]:
    """The files and folders that are pushed, sorted, relative to ``directory``.

    Left out are hidden ones (but ``.terraform.lock.hcl``), Terraform's state and values of variables.
    """
    return sorted(_walk(Path(directory), Path()))


def archive_size(directory: Path | str) -> int:
    """Bytes of the archive that a push of ``directory`` sends."""
    entries = [Path(directory, name) for name in pushed_files(directory)]
    files = [entry for entry in entries if entry.is_file() and not entry.is_symlink()]
    contents = sum(-(-file.stat().st_size // _TAR_BLOCK) for file in files)
    return (len(entries) + contents + 2) * _TAR_BLOCK


def is_left_out(name: Path) -> str | None:
    """Why a file is not pushed, for example "hidden files"; ``None`` if it is."""
    if any(part.startswith(".") and part != ".terraform.lock.hcl" for part in name.parts):
        return "hidden files"
    text = name.as_posix()
    if ".tfstate" in text:
        return "files of Terraform's state"
    if text in ("terraform.tfvars", "terraform.tfvars.json") or text.endswith((".auto.tfvars", ".auto.tfvars.json")):
        return "files with values of variables"
    return None


def _walk(directory: Path, folder: Path) -> Iterator[Path]:
    for entry in (directory / folder).iterdir():
        name = folder / entry.name
        reason = is_left_out(name)
        if reason == "hidden files":
            continue
        if reason is None:
            yield name
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(directory, name)
