"""How a template is written: what a refused synthesis wrote does not stay, and what is not ours is not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aibridge_construct._engine import (
    IStackSynthesizer,
    ISynthesisSession,
    TerraformStack,
    implements_synthesizer,
    output_directory,
)
from aibridge_construct.errors import TemplateError
from aibridge_construct.native import remove_versions
from aibridge_construct.push import Content

__all__ = ["NATIVE", "TemplateSynthesizer", "write_files"]

#: What Coder reads from native files only is written to this one.
NATIVE = "parameters.tf"

# What the engine and this library write under names that nobody else may use, and where the author's files are listed.
_OURS = ("cdk.tf", "cdk.tf.json", "metadata.json", NATIVE)
_RECORD = ".aibridge-construct.json"


@implements_synthesizer
class TemplateSynthesizer:
    """The engine's synthesizer, with what comes before and after it.

    Args:
        stack: what is synthesized.
        inner: the engine's synthesizer.
        write: writes what belongs beside the engine's files.
        check: says what is wrong with the directory.
        named: the files that ``write`` writes, and that stay after a later synthesis that does not.
        before: called before the engine writes. Default: nothing.
    """

    def __init__(
        self,
        stack: TerraformStack,
        inner: IStackSynthesizer,
        *,
        write: Callable[[Path], None],
        check: Callable[[Path], Sequence[str]],
        named: Sequence[str] = (),
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self._stack = stack
        self._inner = inner
        self._write = write
        self._check = check
        self._named = named
        self._before = before

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the stack's directory, all of it or nothing."""
        directory = output_directory(session, self._stack)
        _remove_written(directory)
        try:
            self._before()
            self._inner.synthesize(session)
            self._write(directory)
            if not session.skip_validation:
                self._refuse(self._check(directory))
        except BaseException:
            _remove_written(directory)
            for name in self._named:
                (directory / name).unlink(missing_ok=True)
            raise

    def _refuse(self, found: Sequence[str]) -> None:
        if found:
            raise TemplateError(
                f"The stack {self._stack.node.id!r} is no template that Coder can build:\n"
                + "\n".join(f"- {item}" for item in found)
            )


def write_files(directory: Path, files: Mapping[str, Content]) -> None:
    """Write the author's files into a synthesized directory.

    Raises:
        TemplateError: something else is in the place of one.
    """
    if not files:
        return
    for name in files:
        if (directory / name).exists() or (directory / name).is_symlink():
            raise TemplateError(
                f"files has the path {name!r}, but {directory / name} is there already. Remove one of them."
            )
    # Before the files themselves, so that what an interrupted synthesis wrote is known to the next one.
    (directory / _RECORD).write_text(json.dumps(sorted(files), indent=2), encoding="utf-8")
    for name, content in files.items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.data)
        target.chmod(0o755 if content.executable else 0o644)


def _remove_written(directory: Path) -> None:
    """Remove what an earlier synthesis wrote and a later one may not write again."""
    for name in _OURS:
        (directory / name).unlink(missing_ok=True)
    remove_versions(directory)
    shutil.rmtree(directory / "assets", ignore_errors=True)
    record = directory / _RECORD
    if not record.exists():
        return
    for name in json.loads(record.read_text(encoding="utf-8")):
        file = directory / name
        file.unlink(missing_ok=True)
        for folder in file.relative_to(directory).parents:
            _remove_if_empty(directory / folder, directory)
    record.unlink()


def _remove_if_empty(folder: Path, above: Path) -> None:
    if folder != above and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
