"""An element's attributes as Terraform's JSON, and as the engine's HCL writer wants them described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from aibridge_construct import hcl
from aibridge_construct.coder.blocks import Block
from aibridge_construct.coder.checks import is_token
from aibridge_construct.coder.given import Dynamic
from aibridge_construct.errors import InvalidValueError

__all__ = ["hcl_body", "hcl_lifecycle", "hcl_value", "json_body", "json_value", "laid_over", "put"]


def json_value(value: object) -> object:
    """A value as JSON: blocks are objects."""
    if isinstance(value, Block):
        return json_body(value.attributes())
    if isinstance(value, list | tuple):
        return [json_value(inner) for inner in value]
    return value


def json_body(attributes: Mapping[str, object]) -> dict[str, Any]:
    """The content of an element or a block as JSON."""
    body: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, Dynamic):
            dynamic = {"for_each": value.items, "content": value.content(name)}
            body.setdefault("dynamic", {})[name] = dynamic
        else:
            body[name] = json_value(value)
    return body


def put(overrides: dict[str, Any], path: Sequence[str], value: object) -> None:
    """Add an override to those of an element, as the engine does it: a later one replaces what is in its way."""
    for name in path[:-1]:
        if not isinstance(overrides.get(name), dict):
            overrides[name] = {}
        overrides = overrides[name]
    overrides[path[-1]] = _without_none(value)


def _without_none(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list | tuple) else value


def laid_over(body: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` with ``overrides`` laid over it as the engine does it: maps are merged, items are added to lists.

    Facts: ``deepMerge`` of cdktf 0.21 and cdktn 0.24. ``None`` takes away what is there, but for one in a map that is
    given as a value, which the bridge drops.

    Raises:
        InvalidValueError: a map is to be laid over what only Terraform knows.
    """
    merged = dict(body)
    for name, value in overrides.items():
        below = merged.get(name)
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            merged[name] = _map_over(name, below, value)
        elif isinstance(value, list) and isinstance(below, list):
            merged[name] = [*below, *value]
        else:
            merged[name] = value
    return merged


def _map_over(name: str, below: object, overrides: Mapping[str, Any]) -> object:
    if isinstance(below, list):
        items = laid_over({str(number): item for number, item in enumerate(below)}, overrides)
        return [items[number] for number in sorted(filter(str.isdecimal, items), key=int)]
    if is_token(below):
        raise InvalidValueError(
            name, f"{name} is computed by Terraform, so no part of it can be overridden: override it as a whole."
        )
    return laid_over(below if isinstance(below, Mapping) else {}, overrides)


def _is_blocks(value: object) -> bool:
    return isinstance(value, Block) or (isinstance(value, list | tuple) and any(isinstance(v, Block) for v in value))


def hcl_value(value: object, place: str) -> dict[str, object]:
    """The engine's description of an attribute for its HCL writer."""
    if isinstance(value, Dynamic):
        raise InvalidValueError(
            place,
            f"{place} comes from an iterator, which the engine cannot write into a nested block of HCL. "
            "Synthesize to JSON, or list the blocks.",
        )
    if _is_blocks(value):
        blocks = [value] if isinstance(value, Block) else list(cast("Sequence[Block]", value))
        inner = [{name: hcl_value(v, f"{place}.{name}") for name, v in block.attributes().items()} for block in blocks]
        return {"value": inner, "isBlock": True, "type": "list", "storageClassType": "objectList"}
    if isinstance(value, Mapping):
        texts = {key: _writable(inner) for key, inner in value.items()}
        return {"value": texts, "isBlock": False, "type": "map", "storageClassType": "stringMap"}
    if isinstance(value, list | tuple):
        items = [_writable(inner) for inner in value]
        return {"value": items, "isBlock": False, "type": "list", "storageClassType": "stringList"}
    kind = "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"
    return {"value": _writable(value), "isBlock": False, "type": "simple", "storageClassType": kind}


def hcl_body(attributes: Mapping[str, object], element: str) -> dict[str, Any]:
    """The engine's description of an element's attributes; ``element`` is its address, for messages."""
    dynamic = {name: value for name, value in attributes.items() if isinstance(value, Dynamic)}
    body: dict[str, Any] = {
        name: hcl_value(value, f"{element}: {name}") for name, value in attributes.items() if name not in dynamic
    }
    if dynamic:
        body["dynamic"] = {
            name: {
                "for_each": blocks.items,
                "content": {field: hcl_value(text, "") for field, text in blocks.content(name).items()},
            }
            for name, blocks in dynamic.items()
        }
    return body


def _writable(value: object) -> object:
    return hcl.writable(value) if isinstance(value, str) else value


def hcl_lifecycle(fragment: Any, kind: str, type: str) -> Any:
    """The engine's description of an element, with conditions as blocks and addresses without quotes.

    The engine itself would write conditions as attributes and addresses as texts, which Terraform refuses.
    """
    for body in fragment.get(kind, {}).get(type, {}).values():
        lifecycle = body.get("lifecycle") or {}
        for condition in lifecycle.keys() & {"precondition", "postcondition"}:
            blocks = {"isBlock": True, "type": "list", "storageClassType": "objectList"}
            lifecycle[condition] = {"value": lifecycle[condition], **blocks}
        for name in lifecycle.keys() & {"ignore_changes", "replace_triggered_by"}:
            given = lifecycle[name]
            text = given if isinstance(given, str) else f"[{', '.join(given)}]"
            lifecycle[name] = {"value": text, "type": "reference", "storageClassType": "reference"}
        if lifecycle:
            body["lifecycle"] = {"value": lifecycle, "isBlock": True, "type": "object"}
    return fragment
