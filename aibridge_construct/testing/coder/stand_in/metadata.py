"""The resource coder_metadata of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.checks import is_url, refuse_duplicates, whole_number
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    Build,
    Resource,
    Values,
    block,
    computed,
    optional,
    required,
)

__all__ = ["METADATA"]


def _create_metadata(values: Values, build: Build) -> Values:
    return {"item": [{**item, "is_null": item["value"] is None} for item in values["item"] or ()]}


_ITEM = block(
    "item", [required("key"), optional("value"), optional("sensitive", BOOL, default=False), computed("is_null", BOOL)]
)

METADATA = Resource(
    "coder_metadata",
    [
        required("resource_id"),
        optional("hide", BOOL),
        optional("icon", check=is_url),
        optional("daily_cost", NUMBER, check=whole_number),
    ],
    [_ITEM],
    force_new=True,
    plan=lambda values: refuse_duplicates(values["item"], "key", "resource metadata key"),
    create=_create_metadata,
)
