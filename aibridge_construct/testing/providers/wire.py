"""Values as they travel between Terraform and a provider: msgpack, shaped by the schema.

Terraform sends a value that it does not know yet as a msgpack extension, and since 1.6 with what it does know about it
(that it is not null, how a text begins). The code of the extension says which of both; every code is an unknown here.
A number that a float cannot hold exactly, such as 0.1, travels as text; a value of the type `dynamic` with its type.

Source of the facts: Terraform's docs/plugin-protocol/object-wire-format.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgpack  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

from .declare import Type, Values
from .values import UNKNOWN, Dynamic, Shape

__all__ = ["read", "read_json", "write"]

_UNKNOWN = msgpack.ExtType(0, b"\0")


def read(shape: Shape, message: Any) -> Values | None:
    """What `message`, a DynamicValue, says of something with this shape; None where there is none."""
    if message.json:
        return read_json(shape, message.json)
    if not message.msgpack:
        return None
    sent = msgpack.unpackb(message.msgpack, ext_hook=_unknown, strict_map_key=False)
    values: Values | None = _each(shape, _without_times(sent), _from_wire)
    return values


def read_json(shape: Shape, text: str | bytes) -> Values | None:
    """The same from JSON, in which saved states come."""
    values: Values | None = _each(shape, json.loads(text), _from_json)
    return values


def write(shape: Shape, values: Values | None) -> Any:
    """The DynamicValue that says `values`."""
    packed = msgpack.packb(_each(shape, values, _to_wire), default=_pack)
    return pb.DynamicValue(msgpack=packed)


def _unknown(code: int, data: bytes) -> Any:
    return UNKNOWN


def _without_times(value: Any) -> Any:
    """`value` with the one extension as an unknown that msgpack reads by itself: a point in time, code -1."""
    if isinstance(value, msgpack.Timestamp):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items()}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def _pack(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN
    raise TypeError(f"no value for Terraform: {value!r}")


@dataclass(frozen=True)
class _Form:
    """One direction: what becomes of a number, and of a value that carries its type."""

    number: Callable[[Any], Any]
    dynamic: Callable[[Any], Any]


def _each(shape: Shape, values: Any, form: _Form) -> Any:
    """`values` with each attribute converted, in blocks too."""
    if not isinstance(values, Mapping):
        return values
    done = dict(values)
    for attribute in shape.attributes:
        if attribute.name in done:
            done[attribute.name] = _convert(attribute.type, done[attribute.name], form)
    for block in shape.blocks:
        entries = done.get(block.name)
        if isinstance(entries, Sequence):
            done[block.name] = [_each(block, entry, form) for entry in entries]
    return done


def _convert(type: Type, value: Any, form: _Form) -> Any:
    if value is None or value is UNKNOWN:
        return value
    if type == "number":
        return form.number(value)
    if type == "dynamic":
        return form.dynamic(value)
    if isinstance(type, str):
        return value
    kind, inner = type[0], type[1]
    if kind == "map":
        return {key: _convert(inner, item, form) for key, item in value.items()}
    if kind == "object":
        return {key: _convert(inner[key], item, form) if key in inner else item for key, item in value.items()}
    if kind == "tuple":
        return [_convert(part, item, form) for part, item in zip(inner, value, strict=True)]
    return [_convert(inner, item, form) for item in value]


def _number(value: Any) -> int | float:
    """An int where it is a whole number, so that hooks can count on it."""
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            value = float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digits(value: Any) -> Any:
    # Text is taken for exactly the number that it shows; a float would arrive as 0.1000000000000000055….
    return repr(value) if isinstance(value, float) else value if -(2**63) <= value < 2**64 else str(value)


def _from_pair(value: Any) -> Dynamic:
    type = json.loads(value[0])
    return Dynamic(type, _convert(type, value[1], _from_wire))


def _from_object(value: Any) -> Dynamic:
    return Dynamic(value["type"], _convert(value["type"], value["value"], _from_json))


def _to_pair(value: Any) -> list[Any]:
    typed = value if isinstance(value, Dynamic) else Dynamic(_type_of(value), value)
    return [json.dumps(typed.type, separators=(",", ":")).encode(), _convert(typed.type, typed.value, _to_wire)]


def _type_of(value: Any) -> Type:
    """The type under which a plain Python value travels."""
    if value is None or value is UNKNOWN:
        return "dynamic"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return ["object", {key: _type_of(item) for key, item in value.items()}]
    return ["tuple", [_type_of(item) for item in value]]


_from_wire = _Form(_number, _from_pair)
_from_json = _Form(_number, _from_object)
_to_wire = _Form(_digits, _to_pair)
