"""What a provider does with values: fill in defaults, plan what is not known yet, find what changed.

Terraform hands over a resource as a dict of its attributes and blocks (a list of dicts for each kind of block).
`UNKNOWN` stands wherever Terraform does not know a value yet: for an attribute, for all blocks of a kind, and at any
depth inside a list, a set, a map, an object or a tuple.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from .declare import NAME, Attribute, Block, Refusal, Type, Values

__all__ = [
    "UNKNOWN",
    "Dynamic",
    "Shape",
    "as_read",
    "changed",
    "is_known",
    "known_only",
    "problems",
    "settled",
    "warnings",
    "with_defaults",
]


class _Unknown(Enum):
    """A value that is not known before apply. An enum's member stays itself when it is copied."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown.UNKNOWN


@dataclass(frozen=True)
class Dynamic:
    """A value of an attribute whose type is `dynamic`: the type comes with each value."""

    type: Type
    value: Any


_ZEROS = {"string": "", "number": 0, "bool": False}

Path = tuple[str | int, ...]
"""From the resource down to an attribute: names, and positions in lists."""


class Shape(Protocol):
    """Whatever has attributes and blocks."""

    @property
    def attributes(self) -> Sequence[Attribute]:
        """Its arguments and computed values."""

    @property
    def blocks(self) -> Sequence[Block]:
        """Its nested blocks."""


def with_defaults(shape: Shape, values: Values, prior: Values | None = None, *, computed: Any = UNKNOWN) -> Values:
    """`values` with defaults where the configuration left a null, and `computed` where only the provider knows.

    With `prior`, a computed block that the configuration leaves out keeps what it had.
    """
    filled = dict(values)
    for attribute in shape.attributes:
        filled[attribute.name] = _without_nulls(attribute, filled.get(attribute.name))
        if filled[attribute.name] is None:
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


def _without_nulls(attribute: Attribute, value: Any) -> Any:
    """A map without its nulls, and null instead of an empty one, as providers built on Terraform's SDK have it."""
    if attribute.type[0] != "map" or not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if item is not None} or None


def settled(shape: Shape, values: Values) -> Values:
    """`values` after apply: what nobody set is null, and no value is unknown."""
    done: Values = {}
    for attribute in shape.attributes:
        value = values.get(attribute.name)
        done[attribute.name] = value if is_known(value) else known_only(value)
    for block in shape.blocks:
        entries = values.get(block.name)
        if entries is UNKNOWN or entries is None:
            entries = list(block.computed or ())
        done[block.name] = [settled(block, entry) for entry in entries if entry is not UNKNOWN]
    return done


def as_read(shape: Shape, state: Values, found: Collection[str]) -> Values:
    """`state` of a data source, as providers built on Terraform's SDK leave it, which know no null inside a block.

    A kind of block that nobody set, neither the configuration nor the provider (`found`), is null as a whole, and so is
    an empty text.
    """
    done = {name: None if value == "" and name not in found else value for name, value in state.items()}
    for block in shape.blocks:
        entries = [_zeroed(block, entry) for entry in state[block.name]]
        done[block.name] = entries if entries or block.name in found else None
    return done


def _zeroed(block: Block, values: Values) -> Values:
    done = dict(values)
    for attribute in block.attributes:
        if values[attribute.name] is None and isinstance(attribute.type, str):
            done[attribute.name] = _ZEROS.get(attribute.type)
    for inner in block.blocks:
        done[inner.name] = [_zeroed(inner, entry) for entry in values[inner.name]]
    return done


def known_only(value: Any) -> Any:
    """`value` as hooks see it: with None wherever something is not known yet."""
    if value is UNKNOWN:
        return None
    if isinstance(value, Dynamic):
        return known_only(value.value)
    if isinstance(value, dict):
        return {key: known_only(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known_only(item) for item in value]
    return value


def is_known(value: Any) -> bool:
    """Whether all of `value` is known."""
    if isinstance(value, Dynamic):
        return is_known(value.value)
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return value is not UNKNOWN


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


@dataclass(frozen=True)
class _Given:
    """An attribute, or all blocks of a kind, that the configuration sets."""

    part: Attribute | Block
    value: Any
    path: Path
    label: str
    """The path as people read it, with the position of each block: `scheduling.0.timezone`."""


def problems(shape: Shape, config: Values) -> Iterator[tuple[str, str, Path]]:
    """What cannot be set, and what the checks of attributes say: summary, detail, and the path to the attribute.

    A value that is not wholly known yet is checked when it is: Terraform validates again at apply.
    """
    for given in _given(shape, config):
        attribute = given.part
        if not isinstance(attribute, Attribute):
            continue
        if attribute.computed and not attribute.optional:
            detail = f"{given.label} cannot be set: the provider decides what it is."
            yield "Value for unconfigurable attribute", detail, given.path
        elif is_known(given.value) and (complaint := _complaint(attribute, known_only(given.value), given.label)):
            yield complaint, "", given.path


def warnings(shape: Shape, config: Values) -> Iterator[tuple[str, str, Path]]:
    """What is deprecated or looks wrong in the configuration: summary, detail, and the path to it."""
    for given in _given(shape, config):
        part = given.part
        if part.deprecated:
            yield "Argument is deprecated", f"{given.label} is deprecated and may go away.", given.path
        if isinstance(part, Attribute) and part.warn and is_known(given.value):
            for text in part.warn(known_only(given.value)):
                yield text, "", given.path


def _given(shape: Shape, config: Values, path: Path = (), label: str = "") -> Iterator[_Given]:
    """What the configuration sets, at any depth."""
    for attribute in shape.attributes:
        value = config.get(attribute.name)
        if value is not None:
            yield _Given(attribute, value, (*path, attribute.name), label + attribute.name)
    for block in shape.blocks:
        entries = config.get(block.name)
        if not entries:
            continue
        yield _Given(block, entries, (*path, block.name), label + block.name)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                inner = (*path, block.name, index) if block.nesting == "list" else (*path, block.name)
                yield from _given(block, entry, inner, f"{label}{block.name}.{index}.")


def _complaint(attribute: Attribute, value: Any, label: str) -> str | None:
    """What the attribute's check says, with the attribute's name in its place or in front."""
    try:
        said = attribute.check(value) if attribute.check else None
    except Refusal as refusal:
        return refusal.summary
    if said is None or NAME in said:
        return said and said.replace(NAME, label, 1)
    return f"{label} {said}"
