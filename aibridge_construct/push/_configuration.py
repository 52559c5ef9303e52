"""The configuration in a directory, native and JSON files alike, and that of the modules that are pushed with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aibridge_construct.hcl import InvalidTemplateError, constant, native_body

__all__ = ["Configuration", "Element", "Module", "Unreadable", "load"]

#: How many labels a block of a kind has; other kinds are of no interest here.
_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
}
_PREFIX = {"resource": "", "variable": "var.", "locals": "local", "module": "module."}

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Unreadable:
    """A file of the configuration that Terraform could not read either.

    Args:
        file: its path in the directory.
        reason: what is wrong.
    """

    file: str
    reason: str


@dataclass(frozen=True)
class Element:
    """A block of the configuration.

    Args:
        kind: ``resource``, ``data``, ``module``, ``output`` …
        labels: type and name, or the name.
        body: its content in Terraform's JSON syntax.
        native: whether it stands in a native file.
        module: where it stands.
    """

    kind: str
    labels: tuple[str, ...]
    body: Body
    native: bool
    module: Module

    @property
    def address(self) -> str:
        """Its Terraform address, with the modules that it is in."""
        return self.module.prefix + _PREFIX.get(self.kind, f"{self.kind}.") + ".".join(self.labels)

    @property
    def name(self) -> str:
        """Its Terraform name."""
        return self.labels[-1]

    @property
    def times(self) -> int | None:
        """How many instances there are, those of its module not counted; ``None`` where Terraform computes it."""
        for meta in ("count", "for_each"):
            value = constant(self.body.get(meta))
            if isinstance(value, list):
                value = len({json.dumps(item) for item in value})
            elif isinstance(value, Mapping):
                value = len(value)
            if isinstance(value, str) and value.isdecimal():
                value = int(value)
            if value is not None:
                return int(value) if isinstance(value, int | float) else None
        return 1

    @property
    def conditions(self) -> tuple[str, ...]:
        """The counts that Terraform computes and that decide whether it exists."""
        own = () if self.times is not None else (str(self.body.get("count", self.body.get("for_each"))),)
        return (*(self.module.call.conditions if self.module.call else ()), *own)

    @property
    def certain_times(self) -> int:
        """How many instances there are for certain, those of its module counted; at least 1 where it may exist."""
        outer = self.module.call.certain_times if self.module.call else 1
        return outer * (1 if self.times is None else self.times)


@dataclass(frozen=True)
class Module:
    """A folder of configuration as it is called: the directory itself, or a module in it.

    Args:
        folder: where it is.
        contents: file name to content, in Terraform's JSON syntax.
        call: the ``module`` block. ``None``: it is the directory itself.
    """

    folder: Path
    contents: Mapping[str, Body]
    call: Element | None = None

    @property
    def prefix(self) -> str:
        """What addresses in it begin with."""
        return f"{self.call.address}." if self.call else ""

    def elements(self, *kinds: str) -> Iterator[Element]:
        """The blocks of these kinds. Default: of all kinds."""
        for file, content in self.contents.items():
            for kind in kinds or _LABELS:
                for labels, body in _labelled(content.get(kind), _LABELS[kind]):
                    yield Element(kind, labels, body, file.endswith(".tf"), self)


@dataclass(frozen=True)
class Configuration:
    """What a directory declares.

    Args:
        directory: the directory.
        modules: itself, and each call of a module in it.
        unreadable: the files that cannot be read.
    """

    directory: Path
    modules: tuple[Module, ...]
    unreadable: tuple[Unreadable, ...]

    @property
    def root(self) -> Module:
        """The directory itself."""
        return self.modules[0]

    @property
    def stack(self) -> str:
        """The name of the stack."""
        content = self.root.contents.get("cdk.tf.json", {})
        name = content.get("//", {}).get("metadata", {}).get("stackName")
        return str(name or self.directory.resolve().name)

    def of_type(self, type: str) -> Iterator[Element]:
        """The resources and data sources of a type, those in modules included."""
        for module in self.modules:
            for element in module.elements("resource", "data"):
                if element.labels[0] == type:
                    yield element


def load(directory: Path) -> Configuration:
    """Read a directory."""
    unreadable: list[Unreadable] = []
    modules = list(_modules(directory, directory, None, (), unreadable))
    return Configuration(directory, tuple(modules), tuple(dict.fromkeys(unreadable)))


def _modules(
    directory: Path, folder: Path, call: Element | None, above: tuple[Path, ...], unreadable: list[Unreadable]
) -> Iterator[Module]:
    module = Module(folder, dict(_contents(directory, folder, unreadable)), call)
    yield module
    for inner in module.elements("module"):
        source = inner.body.get("source")
        if not isinstance(source, str) or not source.startswith(("./", "../")):
            continue
        target = (folder / source).resolve()
        if target.is_dir() and target.is_relative_to(directory.resolve()) and target not in above:
            yield from _modules(directory, target, inner, (*above, target), unreadable)


def _contents(directory: Path, folder: Path, unreadable: list[Unreadable]) -> Iterator[tuple[str, Body]]:
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or not file.name.endswith((".tf", ".tf.json")) or not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
            content = native_body(text) if file.name.endswith(".tf") else json.loads(text)
        except InvalidTemplateError as error:
            reason = str(error)
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            reason = str(error)
        else:
            if isinstance(content, Mapping):
                yield file.name, content
                continue
            reason = "it holds no object"
        unreadable.append(Unreadable(file.resolve().relative_to(directory.resolve()).as_posix(), reason))


def _labelled(value: Any, labels: int) -> Iterator[tuple[tuple[str, ...], Body]]:
    """The blocks below a key; at every level of the JSON syntax a list may stand for its items."""
    if isinstance(value, list):
        for item in value:
            yield from _labelled(item, labels)
    elif isinstance(value, Mapping):
        if not labels:
            yield (), value
            return
        for name, inner in value.items():
            if name != "//":
                yield from (((name, *rest), body) for rest, body in _labelled(inner, labels - 1))
