"""What a provider's arguments are: types, attributes and nested blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "BOOL",
    "DYNAMIC",
    "NAME",
    "NUMBER",
    "STRING",
    "Attribute",
    "Block",
    "Check",
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

Type = str | list[Any]
"""A Terraform type constraint in the JSON form of the plugin protocol, e.g. `"string"` or `["list", "string"]`."""

Values = dict[str, Any]
"""Attribute and block values by name. None stands for null, and, in checks made before apply, for not yet known."""

Check = Callable[[Any], str | None]
"""Looks at one value that is known and not null; returns what is wrong with it, or None. See `checks`.

The attribute's name is put in front of what it returns, or where that has `NAME`. It may raise `Refusal` instead.
"""

Warn = Callable[[Any], Sequence[str]]
"""Looks at one value that is known and not null; returns what to warn about."""

NAME = "\0name\0"
"""Stands for the attribute's name in what a check returns."""

STRING: Type = "string"
NUMBER: Type = "number"
BOOL: Type = "bool"
DYNAMIC: Type = "dynamic"


def list_of(element: Type) -> Type:
    """The type `list(element)`."""
    return ["list", element]


def set_of(element: Type) -> Type:
    """The type `set(element)`."""
    return ["set", element]


def map_of(element: Type) -> Type:
    """The type `map(element)`."""
    return ["map", element]


def tuple_of(*elements: Type) -> Type:
    """The type `tuple([…])`."""
    return ["tuple", list(elements)]


def object_of(**attributes: Type) -> Type:
    """The type `object({…})`."""
    return ["object", attributes]


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of a schema. Write `required(…)`, `optional(…)` or `computed(…)` instead of calling this.

    `default` is planned where the configuration leaves a null. `force_new` makes a change replace the resource.
    """

    name: str
    type: Type = "string"
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    force_new: bool = False
    deprecated: bool = False
    default: Any = None
    check: Check | None = None
    warn: Warn | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """A nested block. Write `block(…)` instead of calling this.

    `computed` values (a list of blocks) are what the provider fills in when the configuration has none of these blocks.
    """

    name: str
    attributes: Sequence[Attribute]
    blocks: Sequence[Block] = ()
    nesting: Literal["list", "set"] = "list"
    min_items: int = 0
    max_items: int = 0
    force_new: bool = False
    deprecated: bool = False
    computed: Sequence[Values] | None = None


def required(
    name: str,
    type: Type = STRING,
    *,
    sensitive: bool = False,
    force_new: bool = False,
    check: Check | None = None,
    warn: Warn | None = None,
) -> Attribute:
    """An argument that must be given.

    Args:
        name: its name.
        type: its type.
        sensitive: Terraform hides its value.
        force_new: a change replaces the resource.
        check: refuses values.
        warn: warns of values.
    """
    return Attribute(
        name=name, type=type, required=True, sensitive=sensitive, force_new=force_new, check=check, warn=warn
    )


def optional(
    name: str,
    type: Type = STRING,
    *,
    default: Any = None,
    computed: bool = False,
    sensitive: bool = False,
    force_new: bool = False,
    deprecated: bool = False,
    check: Check | None = None,
    warn: Warn | None = None,
) -> Attribute:
    """An argument that may be null.

    Args:
        name: its name.
        type: its type.
        default: what is planned where the configuration leaves a null.
        computed: the provider sets it where the configuration does not.
        sensitive: Terraform hides its value.
        force_new: a change replaces the resource.
        deprecated: Terraform warns of its use.
        check: refuses values.
        warn: warns of values.
    """
    return Attribute(
        name=name,
        type=type,
        optional=True,
        default=default,
        computed=computed,
        sensitive=sensitive,
        force_new=force_new,
        deprecated=deprecated,
        check=check,
        warn=warn,
    )


def computed(name: str, type: Type = STRING, *, sensitive: bool = False) -> Attribute:
    """A value that only the provider sets.

    Args:
        name: its name.
        type: its type.
        sensitive: Terraform hides its value.
    """
    return Attribute(name=name, type=type, computed=True, sensitive=sensitive)


def block(
    name: str,
    attributes: Sequence[Attribute],
    blocks: Sequence[Block] = (),
    *,
    nesting: Literal["list", "set"] = "list",
    min_items: int = 0,
    max_items: int = 0,
    force_new: bool = False,
    deprecated: bool = False,
    computed: Sequence[Values] | None = None,
) -> Block:
    """A nested block.

    Args:
        name: its name.
        attributes: what is in one.
        blocks: the blocks in it.
        nesting: whether Terraform keeps several as a list or as a set.
        min_items: how many there must be.
        max_items: how many there may be; 0 is any number.
        force_new: a change replaces the resource.
        deprecated: Terraform warns of its use.
        computed: what the provider fills in where the configuration has none.
    """
    return Block(
        name=name,
        attributes=attributes,
        blocks=blocks,
        nesting=nesting,
        min_items=min_items,
        max_items=max_items,
        force_new=force_new,
        deprecated=deprecated,
        computed=computed,
    )
