"""Terraform providers declared in Python: schema, behaviour and nothing else.

A stand-in lets a template be planned and applied by the real Terraform without the service behind the provider. It is a
page of declarations in a file of its own, which ends by serving itself::

    from aibridge_construct.testing.providers import Provider, Resource, block, optional, required, serve

    DOCKER = Provider(
        "kreuzwerker/docker",
        version="3.6.2",
        file=__file__,
        resources=[
            Resource("docker_volume", [required("name", force_new=True)], [block("labels", [required("label")])]),
        ],
    )

    if __name__ == "__main__":
        serve(DOCKER)

`build_mirror` installs any number of them side by side, and Terraform starts
them as it starts every provider: each in a process of its own, over the plugin protocol (version 6).

This module declares; it imports neither Terraform nor gRPC, so importing it costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aibridge_construct.errors import Whole

from .schema import (
    BOOL,
    DYNAMIC,
    NAME,
    NUMBER,
    STRING,
    Attribute,
    Block,
    Check,
    Type,
    Values,
    Warn,
    block,
    computed,
    list_of,
    map_of,
    object_of,
    optional,
    required,
    set_of,
    tuple_of,
)

__all__ = [
    "BOOL",
    "DYNAMIC",
    "NAME",
    "NUMBER",
    "STRING",
    "Attribute",
    "Block",
    "Build",
    "Check",
    "DataSource",
    "Provider",
    "Refusal",
    "Resource",
    "Type",
    "Values",
    "Warn",
    "block",
    "computed",
    "list_of",
    "map_of",
    "object_of",
    "optional",
    "required",
    "set_of",
    "tuple_of",
]


class Refusal(Whole):
    """What a provider says when it will not go on: a summary line, a longer text, and the attribute it is about."""

    def __init__(self, summary: str, detail: str = "", *, attribute: str | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.attribute = attribute


@dataclass(frozen=True)
class Build:
    """What surrounds one call into a provider: the environment it was started with, and its own configuration.

    What a hook appends to `warnings` becomes a warning of Terraform.
    """

    environ: Mapping[str, str] = field(repr=False)
    config: Values = field(repr=False)
    warnings: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Resource:
    """A managed resource. It always has a computed `id`, a new UUID each time it is created.

    `force_new` makes every argument and block force replacement, as in a provider that cannot update.
    The hooks may raise `Refusal`:

    * `validate(values)`: on validate and plan. Values that are not known yet are None.
    * `plan(values)`: on plan, only where something changes. Values that are not known yet are None.
    * `create(values, build)`: on apply; returns the computed values. A refusal here leaves the resource tainted, as
      providers written with Terraform's SDK do that have set the id by then.
    * `read(values, build)`: on refresh; returns the values that changed outside Terraform.
    """

    name: str
    attributes: Sequence[Attribute]
    blocks: Sequence[Block] = ()
    force_new: bool = False
    validate: Callable[[Values], None] | None = None
    plan: Callable[[Values], None] | None = None
    create: Callable[[Values, Build], Values] | None = None
    read: Callable[[Values, Build], Values] | None = None


@dataclass(frozen=True)
class DataSource:
    """A data source. It always has a computed `id`: what `read` returns under that name, or a new UUID.

    `read(values, build)` returns the computed values, or raises `Refusal`.
    """

    name: str
    attributes: Sequence[Attribute]
    blocks: Sequence[Block] = ()
    validate: Callable[[Values], None] | None = None
    read: Callable[[Values, Build], Values] | None = None


class Provider:
    """A provider: where Terraform knows it, and what it can do.

    Args:
        source: the address in the registry, `NAMESPACE/NAME`.
        version: three numbers; Terraform matches version constraints against it.
        file: the Python file that declares this provider and serves it when run: `__file__`.
        config: the arguments of the provider block.
        configure: receives them (defaults applied) and the environment, returns what hooks see as `Build.config`; may
            raise `Refusal`.
    """

    def __init__(
        self,
        source: str,
        *,
        version: str,
        file: str | Path,
        config: Sequence[Attribute] = (),
        resources: Sequence[Resource] = (),
        data_sources: Sequence[DataSource] = (),
        configure: Callable[[Values, Mapping[str, str]], Values] | None = None,
    ) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*", source):
            raise ValueError(f"source must be NAMESPACE/NAME, e.g. 'kreuzwerker/docker'; got {source!r}")
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            raise ValueError(f"version must be three numbers, e.g. '3.6.2'; got {version!r}")
        self.source = source
        self.version = version
        self.file: Path = Path(file).resolve()
        self.config: tuple[Attribute, ...] = tuple(config)
        self.resources: dict[str, Resource] = {item.name: item for item in resources}
        self.data_sources: dict[str, DataSource] = {item.name: item for item in data_sources}
        self.configure = configure

    def __repr__(self) -> str:
        return f"Provider({self.source!r}, version={self.version!r})"
