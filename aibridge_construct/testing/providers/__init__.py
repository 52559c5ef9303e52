"""Stand-ins for Terraform providers, declared in Python and served over the real plugin protocol; see `declare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .declare import (
        BOOL,
        DYNAMIC,
        NAME,
        NUMBER,
        STRING,
        Attribute,
        Block,
        Build,
        DataSource,
        Provider,
        Refusal,
        Resource,
        Values,
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
    from .serving import serve

__all__ = [
    "BOOL",
    "DYNAMIC",
    "NAME",
    "NUMBER",
    "STRING",
    "Attribute",
    "Block",
    "Build",
    "DataSource",
    "Provider",
    "Refusal",
    "Resource",
    "Values",
    "block",
    "computed",
    "list_of",
    "map_of",
    "object_of",
    "optional",
    "required",
    "serve",
    "set_of",
    "tuple_of",
]

_HOMES = {
    "declare": [
        "BOOL",
        "DYNAMIC",
        "NAME",
        "NUMBER",
        "STRING",
        "Attribute",
        "Block",
        "Build",
        "DataSource",
        "Provider",
        "Refusal",
        "Resource",
        "Values",
        "block",
        "computed",
        "list_of",
        "map_of",
        "object_of",
        "optional",
        "required",
        "set_of",
        "tuple_of",
    ],
    "serving": ["serve"],
}

if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy

    __getattr__, __dir__ = lazy(__name__, _HOMES)
