"""Nested blocks: what one is, and what kinds of values its fields and an element's arguments take."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from aibridge_construct.choices import nearest
from aibridge_construct.errors import InvalidValueError, UnknownArgumentError

__all__ = ["Block", "BlockFields", "Kind", "kinds"]

BlockFields = Mapping[str, Any]
"""A nested block as a plain mapping, field name to value."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Base of nested blocks: a dataclass whose fields are the block's attributes; ``None`` leaves one out.

    Wherever a block belongs a mapping of its fields will do, too.

    Raises:
        UnknownArgumentError: a keyword is no field of the block.
    """

    UNORDERED: ClassVar[bool] = False
    """Whether Terraform keeps several of them as a set, so that none has a number."""

    if not TYPE_CHECKING:  # a checker takes the dataclass's own

        def __new__(cls, *args: object, **given: object) -> Block:
            """Refuse what is no field; the dataclass would name neither the block nor the nearest field."""
            refuse_unknown(cls, given)
            _seal(cls)
            return super().__new__(cls)

    def attributes(self) -> dict[str, object]:
        """The block's attributes that are set, in the order of declaration."""
        named = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in named if value is not None}


@cache
def _seal(block: type[Block]) -> None:
    """Have assignments refused in words of ours; each dataclass brings a ``__setattr__`` of its own."""

    def refuse(self: Block, name: str, value: object) -> None:
        refuse_unknown(block, [name])
        raise InvalidValueError(
            name,
            f"{name} of {block.__name__} cannot be assigned: give the element another block, {block.__name__}(…, "
            f"{name}=…).",
        )

    block.__setattr__ = refuse  # type: ignore[method-assign,assignment]


def refuse_unknown(block: type[Block], given: collections.abc.Iterable[str]) -> None:
    """Raise :class:`UnknownArgumentError` if one of ``given`` is no field of ``block``."""
    known = [each.name for each in fields(block)]
    for name in given:
        if name not in known:
            raise UnknownArgumentError(name, f"{block.__name__} has no argument {name}. {nearest(name, known)}")


class Kind(NamedTuple):
    """What an argument or a field takes.

    Args:
        scalar: ``str``, ``float``, ``bool``, or ``dict`` for a map of strings.
        block: it is a nested block of this class instead.
        many: a sequence of such blocks.
        listed: a list is taken as well; the type makes a text of it.
    """

    scalar: type = str
    """``str``, ``float``, ``bool``, or ``dict`` for a map of strings."""
    block: type[Block] | None = None
    """It is a nested block of this class instead."""
    many: bool = False
    """A sequence of such blocks."""
    listed: bool = False
    """A list is taken as well; the type makes a text of it."""


def kinds(block: type[Block]) -> dict[str, Kind]:
    """The kinds of the fields of ``block``, as their annotations say."""
    return _kinds(block)  # type: ignore[arg-type] # a class has a hash of its own


@cache
def _kinds(block: type[Block]) -> dict[str, Kind]:
    hints = get_type_hints(block)
    return {each.name: _kind(list(_members(hints[each.name]))) for each in fields(block)}


def _members(hint: object) -> Iterator[object]:
    if get_origin(hint) in (Union, types.UnionType):
        for member in get_args(hint):
            yield from _members(member)
    else:
        yield hint


def _kind(members: list[object]) -> Kind:
    for member in members:
        if _is_block(member):
            return Kind(block=member)  # type: ignore[arg-type]
        for inner in _members(get_args(member)[0]) if get_origin(member) is collections.abc.Sequence else ():
            if _is_block(inner):
                return Kind(block=inner, many=True)  # type: ignore[arg-type]
    is_text = any(member is str or get_origin(member) is Literal for member in members)
    is_list = any(get_origin(member) is collections.abc.Sequence for member in members)
    return Kind(str if is_text else bool if bool in members else float, listed=is_list)


def _is_block(member: object) -> bool:
    return isinstance(member, type) and issubclass(member, Block)
