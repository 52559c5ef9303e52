"""The files of a template: those that a directory has, and those that an author puts beside the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aibridge_construct.choices import refused
from aibridge_construct.errors import InvalidValueError, TemplateError
from aibridge_construct.known import holds_token
from aibridge_construct.push._archive import SIZE_LIMIT, archive_size, is_left_out, pushed_files
from aibridge_construct.push._configuration import Configuration
from aibridge_construct.validation import masked

__all__ = ["Content", "author_files", "wrong_files"]

_OVERRIDE = re.compile(r"(?:.*_)?override\.tf(?:\.json)?", re.IGNORECASE)
_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json")
#: What is written by whom; the names are compared without regard to case, as some file systems do.
_TAKEN = {
    "readme.md": "the documentation of the template: pass readme=",
    ".terraform.lock.hcl": "the lock file: pass lock_file=",
    "metadata.json": "written by the engine",
    "assets": "the folder of the engine's assets",
}
_EXAMPLE = 'files={"cloud-init.yaml": Path("cloud-init.yaml"), "scripts/setup.sh": "echo hello\\n"}'


def wrong_files(configuration: Configuration) -> Iterator[str]:
    """Files that are missing, cannot be read, are not merged, or are too large."""
    directory = configuration.directory
    names = pushed_files(directory)
    if not any(name.parent == Path() and name.name.endswith((".tf", ".tf.json")) for name in names):
        yield "It has no .tf or .tf.json file. Synthesize it first."
    for file in configuration.unreadable:
        yield f"{file.file} cannot be read as configuration: {file.reason}. Correct it, or give it another ending."
    for name in names:
        if _OVERRIDE.fullmatch(name.name):
            cure = "Use element.add_override(…)."
            yield f"It has the override file {name}, which Coder's parameter form does not merge. {cure}"
    size = archive_size(directory)
    if size >= SIZE_LIMIT:
        files = [name for name in names if (directory / name).is_file()]
        largest = sorted(files, key=lambda name: (directory / name).stat().st_size, reverse=True)[:3]
        shown = ", ".join(f"{name} ({(directory / name).stat().st_size} bytes)" for name in largest)
        yield (
            f"It is too large: its archive has {size} bytes and must stay under {SIZE_LIMIT}. The largest files: "
            f"{shown}. Let workspaces download large files, or put them into the image."
        )


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Args:
        data: its bytes.
        executable: whether it may be run.
    """

    data: bytes
    executable: bool = False


def author_files(files: Mapping[str, str | bytes | Path]) -> dict[str, Content]:
    """The files of an author, by their path in the template; a folder becomes the files in it.

    Raises:
        InvalidValueError: a path would leave the template, would not be pushed, or is taken.
        TemplateError: a file cannot be read.
    """
    if not isinstance(files, Mapping):
        raise _refused(f"must be a mapping of paths to contents. Got {masked(files)}")
    found: dict[str, Content] = {}
    for name, content in files.items():
        _check_path(name)
        for inner, read in _contents(name, content):
            _check_name(inner)
            _check_place(inner, found)
            found[inner] = read
    return found


def _contents(name: str, content: object) -> Iterator[tuple[str, Content]]:
    if isinstance(content, str):
        if holds_token(content):
            raise refused(f"files[{name!r}]", content, "must be text, bytes or a Path")
        yield name, Content(content.encode())
    elif isinstance(content, bytes):
        yield name, Content(content)
    elif isinstance(content, Path):
        try:
            yield from _read(name, content)
        except OSError as error:
            message = f"files[{name!r}] names {str(content)!r}, which cannot be read ({error.strerror})."
            raise TemplateError(message) from error
    else:
        raise _refused(f"takes text, bytes or a Path for {name!r}. Got {masked(content)}")


def _read(name: str, source: Path) -> Iterator[tuple[str, Content]]:
    if not source.is_dir():
        yield name, Content(source.read_bytes(), executable=bool(source.stat().st_mode & 0o100))
        return
    for entry in sorted(source.iterdir()):
        # Hidden files of a folder, such as .git, are what a push leaves out, too.
        if not entry.name.startswith(".") and entry.name != "__pycache__":
            yield from _read(f"{name}/{entry.name}", entry)


def _check_path(name: object) -> None:
    if not isinstance(name, str) or not name:
        raise _refused(f"has the path {name!r}. A path is text")
    if name.startswith(("/", "~")) or re.match(r"[A-Za-z]:", name) or "\\" in name:
        raise _refused(f"has the path {name!r}. A path is relative to the template's directory, with slashes")
    if any(part in ("", ".", "..") for part in name.split("/")) or re.search(r"[\x00-\x1f\x7f]", name):
        raise _refused(f"has the path {name!r}. A path has no '.', '..', empty or control parts")


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    top = path.parts[0].lower()
    taken = _TAKEN.get(name.lower()) or (_TAKEN[top] if top == "assets" else None)
    if taken:
        raise _refused(f"has the path {name!r}, which is {taken}")
    if _OVERRIDE.fullmatch(path.name):
        raise _refused(f"has the override file {name!r}, which Coder does not merge: use element.add_override(…)")
    if len(path.parts) == 1 and name.lower().endswith(_CONFIGURATION):
        raise _refused(
            f"has the path {name!r}, which would be read as configuration of the template. Declare it in Python, give "
            "it another ending, or, if it is a module, put it into a folder"
        )
    if reason := is_left_out(Path(name.lower())):
        raise _refused(f"has the path {name!r}, but {reason} are not pushed. Give it another name")


def _check_place(name: str, found: Mapping[str, Content]) -> None:
    for other in found:
        if name.lower() == other.lower():
            raise _refused(f"has the paths {other!r} and {name!r}, which are one file where case does not count")
        short, long = sorted((name.lower(), other.lower()), key=len)
        if long.startswith(f"{short}/"):
            raise _refused(f"has the paths {other!r} and {name!r}, and one cannot be a file and a folder")


def _refused(what: str) -> InvalidValueError:
    return InvalidValueError("files", f"files {what}. For example: {_EXAMPLE}.")
