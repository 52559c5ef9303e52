"""The values that a user gave, made into what the elements keep: blocks are blocks, and nothing else is an object.

What is refused here would reach Terraform as something else than was meant, or as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any

from aibridge_construct._engine import Construct, IResolvable, resolve_any
from aibridge_construct.choices import no_list
from aibridge_construct.coder.blocks import Block, Kind, kinds, refuse_unknown
from aibridge_construct.coder.checks import Refusals, is_token
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.validation import is_expression, masked, object_cure, object_text

__all__ = ["Dynamic", "accepted"]

_WORDS = {str: "string", float: "number", bool: "boolean", dict: "map"}
_MEANING = {
    str: "a string",
    float: "a number",
    bool: "True or False",
    dict: 'a mapping of strings, for example {"NAME": "value"}',
}


@dataclass(frozen=True)
class Dynamic:
    """Blocks that an iterator makes, ``iterator.dynamic({…})``: Terraform knows how many.

    Args:
        items: the list of objects that there is one block for each of.
        names: the attributes of these objects.
    """

    items: IResolvable
    """The list of objects that there is one block for each of."""
    names: tuple[str, ...]
    """The attributes of these objects."""

    def __iter__(self) -> Iterator[Any]:
        """None of them is known."""
        return iter(())

    def content(self, label: str) -> dict[str, str]:
        """The content of the ``dynamic`` block for the nested block ``label``."""
        return {name: f"${{{label}.value.{name}}}" for name in self.names}


def accepted(check: Refusals, scope: Construct, field: str, kind: Kind, value: object) -> Any:
    """``value`` as the element keeps it.

    Raises:
        InvalidValueError: it is no value for an argument of this kind.
    """
    if value is None:
        return None
    if kind.block is not None:
        return _blocks(check, scope, field, kind, value)
    if kind.scalar is dict:
        return _map(check, field, value)
    return _scalar(check, field, kind.scalar, value)


def _scalar(check: Refusals, field: str, scalar: type, value: object) -> object:
    if isinstance(value, str):
        if wrong := object_text(value):
            raise check.refuse(field, wrong)
        if scalar is bool and not is_expression(value) and value not in ("true", "false"):
            raise _wrong(check, field, scalar, value)
    elif not (is_token(value) or isinstance(value, bool if scalar is bool else int | float)):
        raise _wrong(check, field, scalar, value)
    return value


def _map(check: Refusals, field: str, value: object) -> object:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise check.refuse(field, f"must have names that are strings. Got {masked(key)}.")
        return {key: _scalar(check, f'{field}["{key}"]', str, inner) for key, inner in value.items()}
    if is_token(value) or (isinstance(value, str) and is_expression(value)):
        return value
    raise _wrong(check, field, dict, value)


def _wrong(check: Refusals, field: str, kind: type, value: object) -> InvalidValueError:
    return check.refuse(field, f"must be {_MEANING[kind]}. Got {masked(value)}.{object_cure(value, _WORDS[kind])}")


def _blocks(check: Refusals, scope: Construct, field: str, kind: Kind, value: object) -> object:
    assert kind.block is not None  # noqa: S101 # for the type checker
    if is_token(value):
        return _dynamic(check, scope, field, kind.block, value)
    if not kind.many:
        return _block(check, scope, field, kind.block, value)
    if isinstance(value, str | bytes | Mapping | Block) or not isinstance(value, Sequence):
        name = kind.block.__name__
        raise no_list(field, value, f"{name}(…) or mappings of its arguments", example=f"{name}(…)", of=check.what)
    return [_block(check, scope, field, kind.block, each) for each in value] or None


def _block(check: Refusals, scope: Construct, field: str, block: type[Block], value: object) -> Block:
    if isinstance(value, Mapping):
        refuse_unknown(block, value)
        for each in fields(block):
            if each.name not in value and each.default is MISSING:
                raise check.refuse(f"{field}.{each.name}", f"is missing: a {block.__name__} needs it.")
        value = block(**value)
    if not isinstance(value, block):
        raise check.refuse(
            field,
            f"must be {block.__name__}(…) or a mapping of its arguments. Got {masked(value)}.{object_cure(value)}",
        )
    taken = {
        name: accepted(check, scope, f"{field}.{name}", kind, getattr(value, name))
        for name, kind in kinds(block).items()
        if not (kind.listed and isinstance(getattr(value, name), list | tuple))
    }
    return replace(value, **taken)


def _dynamic(check: Refusals, scope: Construct, field: str, block: type[Block], value: object) -> Dynamic:
    text = resolve_any(scope, value)
    if wrong := object_text(str(text)):
        raise check.refuse(field, wrong)
    names = _object_names(text) if isinstance(text, str) else None
    if names is None:
        raise check.refuse(
            field, f"must be {block.__name__}(…) or the dynamic(…) of an iterator. Got another token: {masked(text)}."
        )
    if not names:
        raise check.refuse(
            field,
            "has a text with a quote or a backslash in the dynamic(…) of an iterator, where the engine does not escape "
            "it: put the text into a TerraformLocal and give local.as_string.",
        )
    refuse_unknown(block, names)
    for each in fields(block):
        if each.name not in names and each.default is MISSING:
            raise check.refuse(f"{field}.{each.name}", f"is missing: a {block.__name__} needs it.")
    return Dynamic(value, tuple(names))  # type: ignore[arg-type] # is_token says so


#: What may stand after the end of a text in an expression; after an unescaped quote in its middle stands more text.
_AFTER_TEXT = tuple(" ,}])")


def _object_names(text: str) -> Sequence[str] | None:
    """The names in ``${[ for key, val in …: {"name" = …, …}]}``, which is what ``iterator.dynamic`` resolves to.

    ``None`` if it is something else; none if the engine made something else of a text in it.
    """
    if not text.startswith("${[ for ") or not text.endswith("}]}"):
        return None
    names: list[str] = []
    depth = position = 0
    body = text[2:-1]
    while position < len(body):
        character = body[position]
        if character == '"':
            end = position + 1
            while end < len(body) and body[end] != '"':
                end += 2 if body[end] == "\\" else 1
            if body[end + 1 : end + 2] not in _AFTER_TEXT:
                return ()
            if depth == 2 and body.startswith(" = ", end + 1):
                names.append(body[position + 1 : end])
            position = end
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        elif depth == 1 and body.startswith(": {", position):
            names = []  # what stood before was what is iterated over
        position += 1
    return names
