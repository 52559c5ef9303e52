"""Snapshots of what is pushed: one readable JSON file each, free of what changes without anybody's doing.

The fixture is there when the kit is installed::

    def test_the_template(terraform_snapshot):
        assert readable("cdktf.out/stacks/docker") == terraform_snapshot
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aibridge_construct.shell.render import shell_file, without_version
from aibridge_construct.testing.extra import need

from .drift import drift
from .lines import Lines, stored
from .pushed import Stack, Synthesized, configuration, directory, files, parsed

need("syrupy", "A snapshot test")

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode  # noqa: E402

__all__ = ["TerraformSnapshotExtension", "readable"]

_SHELL_FILES = (
    "lib.sh",
    "address.sh",
    "trust.sh",
    "fold.sh",
    "configure.sh",
    "node.sh",
    "environment.sh",
    "configured.sh",
    "mend.sh",
    "login.sh",
    "setup.sh",
    "command.sh",
    "tool.sh",
    "gateway.sh",
    "editors.sh",
    "system.sh",
    "check.sh",
    "launcher.sh",
)
#: Where the engine has an element's comment: in the element, below its labels.
_DEPTHS = {"data": 2, "ephemeral": 2, "module": 1, "output": 1, "provider": 1, "resource": 2, "variable": 1}
_COMMENT = "//"
#: The engine's own backend in native syntax, up to the path of this machine.
_NATIVE_BACKEND = re.compile(
    rb'(backend "local" \{\s*path\s*=\s*)"(?:/|[A-Za-z]:)[^"\n]*[/\\]terraform\.[^"/\\]+\.tfstate"'
)


def readable(synthesized: Synthesized) -> dict[str, Any]:
    """What is pushed, as a reviewer wants to read it.

    Without the engine's own comments (`//`: its version, construct paths) and without the absolute path of the backend
    that it chose itself; text of several lines as a list of lines; of this library's scripts the values, and a digest
    for the static body, which this library tests, but not the version that wrote them. Everything else is there, to the
    last character.

    Args:
        synthesized: a directory, `cdktf.out/stacks/NAME`, or a stack, for all of its files; or one configuration, as
            `Testing.synth` returns it, as text or content.

    Returns:
        Of a directory or a stack the files by name: configuration in Terraform's JSON syntax as its content, other text
        as its lines, the rest as `sha256` and size. Of one configuration its content.

    Raises:
        TemplateError: the directory is not there, holds no configuration, or one that is no JSON.
    """
    content = configuration(synthesized)
    if content is not None:
        return _configuration(content)
    assert not isinstance(synthesized, Mapping)
    with directory(synthesized) as folder:
        return {name: _file(name, place) for name, place in files(folder)}


class TerraformSnapshotExtension(SingleFileSnapshotExtension):
    """syrupy extension: a snapshot is a `.json` file with sorted keys, and a drift is told in Terraform's terms.

    Attributes:
        report: is told of a drift that is longer than pytest shows of a comparison. Default: nobody is.
    """

    _write_mode = WriteMode.TEXT
    file_extension = "json"
    report: Callable[[str], None] | None = None

    def serialize(self, data: Any, **options: Any) -> str:
        """What `readable` returned, or any other value of JSON; of a `Path` or a stack what `readable` returns.

        Raises:
            ValueError: a snapshot is to leave something out.
        """
        if options.get("exclude") or options.get("include"):
            raise ValueError("A Terraform snapshot shows all that there is: leave out exclude= and include=.")
        return stored(readable(data) if isinstance(data, os.PathLike | Stack) else data)

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """The difference, by address and attribute."""
        if not snapshot_data:  # there is none yet, which syrupy says
            return
        found = list(drift(str(snapshot_data), str(serialized_data)))
        if self.report is None or len(found) <= _SHOWN:
            yield from found
            return
        self.report("\n".join(found))
        heads = [line for line in found if not line.startswith("   ")]
        yield from heads[: _SHOWN - 1]
        more = f"{len(heads) - _SHOWN + 1} more, and " if len(heads) >= _SHOWN else ""
        yield f"  … {more}what changed in them below"


#: pytest cuts a comparison after eight lines; it and syrupy need some of them.
_SHOWN = 5


def _configuration(content: Mapping[str, Any]) -> dict[str, Any]:
    shown = {kind: _uncommented(value, _DEPTHS[kind]) if kind in _DEPTHS else value for kind, value in content.items()}
    stack = _stack_name(content)
    if stack and not (comment := _without(content[_COMMENT], "metadata", "outputs")):
        del shown[_COMMENT]
    elif stack:
        shown[_COMMENT] = comment
    settings = content.get("terraform")
    if isinstance(settings, Mapping) and _is_of_the_engine(settings.get("backend"), stack):
        shown["terraform"] = _without(settings, "backend")
    return {kind: _shown(value) for kind, value in shown.items()}


def _stack_name(content: Mapping[str, Any]) -> str:
    """What the engine's comment calls the stack; "" if there is none."""
    comment = content.get(_COMMENT)
    metadata = comment.get("metadata") if isinstance(comment, Mapping) else None
    return str(metadata.get("stackName", "")) if isinstance(metadata, Mapping) else ""


def _is_of_the_engine(backend: object, stack: str) -> bool:
    """Whether a backend is the one of a stack that has chosen none: a file where the program was called."""
    if not isinstance(backend, Mapping) or backend.keys() != {"local"}:
        return False
    local = backend["local"]
    path = str(local.get("path")) if isinstance(local, Mapping) and local.keys() == {"path"} else ""
    name = re.escape(stack) or "[^/]+"
    return bool(re.fullmatch(rf"(?:/|[A-Za-z]:).*[/\\]terraform\.{name}\.tfstate", path))


def _uncommented(value: Any, labels: int) -> Any:
    """The elements below `labels` labels without the engine's comments; a key `//` further inside is the user's."""
    if isinstance(value, list):
        return [_uncommented(inner, labels) for inner in value]
    if not isinstance(value, Mapping):
        return value
    if labels:
        return {name: _uncommented(inner, labels - 1) for name, inner in value.items()}
    comment = value.get(_COMMENT)
    if not isinstance(comment, Mapping) or not isinstance(comment.get("metadata"), Mapping):
        return value
    rest = _without(comment, "metadata")
    return _without(value, _COMMENT) | ({_COMMENT: rest} if rest else {})


def _without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shown(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(inner) for inner in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str | Lines:
    if "\n" not in text:
        return text
    text = without_version(text)
    for body, digest in _digests().items():
        text = text.replace(body, digest)
    return Lines.of(text)


@cache
def _digests() -> dict[str, str]:
    """What stands for the static files of this library's scripts."""
    found: dict[str, str] = {}
    for name in _SHELL_FILES:
        body = shell_file(name)
        digest = hashlib.sha256(body.encode()).hexdigest()[:12]
        shown = f"# … {name} of aibridge-construct, {body.count(chr(10))} lines, sha256 {digest} …\n"
        found |= dict.fromkeys((body, body.stretches), shown)
    return found


def _file(name: str, place: Path) -> Any:
    if place.is_symlink():
        return {"link": str(place.readlink())}
    if place.is_dir():
        return {}
    data = place.read_bytes()
    # The second is beside native syntax: the engine's comments of every element.
    if name.endswith(".tf.json") or name == "metadata.json":
        return _configuration(parsed(data, name))
    shown = _content(_NATIVE_BACKEND.sub(rb'\1"..."', data) if name.endswith(".tf") else data)
    return {"executable": True, "content": shown} if place.stat().st_mode & 0o100 else shown


def _content(data: bytes) -> Any:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return _text(text)
