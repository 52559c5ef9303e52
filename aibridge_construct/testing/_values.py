"""What a provider does with values: fill in defaults, plan what is not known yet, find what changed.

Terraform hands over a resource as a dict of its attributes and blocks (a list of dicts for each kind of block).
`UNKNOWN` stands wherever Terraform does not know a value yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from tf import types as _types  # type: ignore[import-untyped]

from .plugin import Attribute, Block, Values

__all__ = ["UNKNOWN", "Shape", "changed", "known_only", "problems", "settled", "with_defaults"]


UNKNOWN = _types.Unknown

Path = tuple[str | int, ...]
"""From the resource down to an attribute: names, and positions in lists."""


class Shape(Protocol):
    """Whatever has attributes and blocks."""

    @property
    def attributes(self) -> Sequence[Attribute]: ...
    @property
    def blocks(self) -> Sequence[Block]: ...


def with_defaults(shape: Shape, values: Values, prior: Values | None = None, *, computed: Any = UNKNOWN) -> Values:
    """`values` with defaults where the configuration left a null, and `computed` where only the provider knows.

    With `prior`, a computed block that the configuration leaves out keeps what it had.
    """
    filled = dict(values)
    for attribute in shape.attributes:
        if filled.get(attribute.name) is None:
            filled[attribute.name] = computed if attribute.computed else attribute.default
    for block in shape.blocks:
        entries = filled.get(block.name) or []
        if entries is UNKNOWN:
            continue
        if not entries and block.computed is not None:
            kept = prior.get(block.name) if prior else None
            filled[block.name] = kept if kept else computed if computed is UNKNOWN else list(block.computed)
            continue
        filled[block.name] = [
            entry if entry is UNKNOWN else with_defaults(block, entry, computed=computed) for entry in entries
        ]
    return filled


def settled(shape: Shape, values: Values) -> Values:
    """`values` after apply: what nobody set is null, and no value is unknown."""
    done: Values = {}
    for attribute in shape.attributes:
        value = values.get(attribute.name)
        done[attribute.name] = None if value is UNKNOWN else value
    for block in shape.blocks:
        entries = values.get(block.name)
        if entries is UNKNOWN or entries is None:
            entries = list(block.computed or ())
        done[block.name] = [settled(block, entry) for entry in entries]
    return done


def known_only(value: Any) -> Any:
    """`value` with None wherever something is not known yet."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {key: known_only(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known_only(item) for item in value]
    return value


def changed(shape: Shape, prior: Values, planned: Values) -> Iterator[tuple[Attribute | Block, bool]]:
    """Each attribute or block that differs, with whether that calls for a new resource."""
    for attribute in shape.attributes:
        if prior.get(attribute.name) != planned.get(attribute.name):
            yield attribute, attribute.force_new
    for block in shape.blocks:
        before, after = (_ordered(block, values.get(block.name)) for values in (prior, planned))
        if before != after:
            yield (block, block.force_new or any(attribute.force_new for attribute in block.attributes))


def _ordered(block: Block, entries: Any) -> Any:
    """Entries of a set in an order that does not depend on how they were written."""
    if not isinstance(entries, list):
        return entries or []
    return sorted(entries, key=repr) if block.nesting == "set" else entries


def problems(shape: Shape, config: Values, path: Path = ()) -> Iterator[tuple[str, Path]]:
    """What the checks of attributes say about the configuration, with the path to the attribute."""
    for attribute in shape.attributes:
        value = config.get(attribute.name)
        if attribute.check is None or value is None or value is UNKNOWN:
            continue
        if complaint := attribute.check(value):
            yield f"{attribute.name} {complaint}", (*path, attribute.name)
    for block in shape.blocks:
        entries = config.get(block.name)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                inner = (*path, block.name, index) if block.nesting == "list" else (*path, block.name)
                yield from problems(block, entry, inner)
