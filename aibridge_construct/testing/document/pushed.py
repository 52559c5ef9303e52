"""What is pushed: the files of a synthesized directory or of a stack."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from aibridge_construct.errors import TemplateError
from aibridge_construct.testing._found import pushed

__all__ = ["Stack", "Synthesized", "configuration", "directory", "files"]


@runtime_checkable
class Stack(Protocol):
    """A stack of the CDK engine, whichever it is: the kit comes without one."""

    def to_terraform(self) -> Any:
        """Its configuration in Terraform's JSON syntax."""
        ...


#: A directory that was synthesized, a stack, or one configuration: what `Testing.synth` returns, or its content.
Synthesized = str | os.PathLike[str] | Mapping[str, Any] | Stack


def configuration(given: Synthesized) -> Mapping[str, Any] | None:
    """The content of a configuration that was given as such; `None` if a directory or a stack was.

    Raises:
        TemplateError: the text is no JSON, as Terraform's native syntax is none.
    """
    if isinstance(given, Mapping):
        return given
    if not isinstance(given, str) or not given.lstrip().startswith("{"):
        return None
    return parsed(given, "the text")


def parsed(text: str | bytes, name: str) -> dict[str, Any]:
    """A file in Terraform's JSON syntax.

    Raises:
        TemplateError: it cannot be read.
    """
    try:
        content = json.loads(text)
    except ValueError as error:  # a character that is none, too
        raise TemplateError(f"{name} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise TemplateError(f"{name} holds no JSON object.")
    return content


@contextmanager
def directory(given: str | os.PathLike[str] | Stack) -> Iterator[Path]:
    """The directory that is pushed. That of a stack is there for as long as the block.

    Raises:
        TemplateError: there is none, or nothing in it is a configuration.
    """
    if isinstance(given, str | os.PathLike):
        yield _synthesized(Path(given))
        return
    out = Path(_engine_of(given).Testing.full_synth(given))
    try:
        (folder,) = (out / "stacks").iterdir()
        yield folder
    finally:
        shutil.rmtree(out, ignore_errors=True)


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that are pushed, and the folders that hold none, by their paths in `folder`."""
    entries = list(pushed(folder))
    parents = {parent for entry, _ in entries for parent in entry.parents}
    for entry, place in entries:
        if place.is_symlink() or not place.is_dir():
            yield entry.as_posix(), place
        elif entry not in parents:
            yield f"{entry.as_posix()}/", place


def _synthesized(folder: Path) -> Path:
    if not folder.is_dir():
        raise TemplateError(f"{folder} is no directory. Synthesize it first.")
    if not any(entry.name.endswith((".tf", ".tf.json")) for entry in folder.iterdir()):
        stacks = sorted(folder.glob("stacks/*/")) or sorted(folder.glob("cdktf.out/stacks/*/"))
        cure = f"Name that of a stack: {', '.join(map(str, stacks))}." if stacks else "Synthesize it first."
        raise TemplateError(f"{folder} holds no configuration of Terraform. {cure}")
    return folder


def _engine_of(stack: Stack) -> Any:
    """The module of the CDK engine that a stack is made with."""
    for base in type(stack).__mro__:
        if base.__name__ == "TerraformStack":
            return sys.modules[base.__module__]
    raise TypeError(f"a directory or a stack is wanted; got {type(stack).__name__}")
