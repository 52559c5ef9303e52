"""Reading an element's attributes back: descriptors that make engine tokens, and nothing until they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, Never, TypeVar, cast, get_origin, overload

from aibridge_construct._engine import (
    IResolvable,
    TerraformDataSource,
    TerraformResource,
    Token,
)
from aibridge_construct.coder._said import Described
from aibridge_construct.coder.blocks import Block, BlockFields, Kind, kinds
from aibridge_construct.coder.given import Dynamic
from aibridge_construct.errors import InvalidValueError

if TYPE_CHECKING:
    from aibridge_construct.coder.element import DataSource, Resource
    from aibridge_construct.validation import Rule

__all__ = [
    "Argument",
    "Choice",
    "Computed",
    "ComputedObjects",
    "Flag",
    "Nested",
    "NestedList",
    "Number",
    "Text",
    "TextMap",
]

T = TypeVar("T")
G = TypeVar("G")
S = TypeVar("S")
B = TypeVar("B", bound=Block)
W = TypeVar("W", bound=str)

#: What a readable attribute is read from.
Readable = TerraformResource | TerraformDataSource | Block


class Computed(Described, Generic[T]):
    """An attribute that the provider computes: an engine token for ``TYPE.NAME.<attribute>``. It cannot be set.

    Args:
        kind: ``str``, ``float``, ``bool`` or ``list`` (of strings).
        sensitive: the provider marks it so, and Terraform every value that it computes from it.
    """

    @overload
    def __init__(self: Computed[IResolvable], kind: type[bool], *, sensitive: bool = False) -> None: ...
    @overload
    def __init__(self, kind: type[T], *, sensitive: bool = False) -> None: ...
    def __init__(self, kind: type[Any], *, sensitive: bool = False) -> None:
        self.kind: type = get_origin(kind) or kind
        self.sensitive = sensitive

    @overload
    def __get__(self, element: None, owner: type) -> Computed[T]: ...
    @overload
    def __get__(self, element: Readable, owner: type) -> T: ...
    def __get__(self, element: Readable | None, owner: type) -> Computed[T] | T:
        if element is None:
            return self
        if isinstance(element, Block):
            return cast("T", _of_block(element, self.name, self.kind))
        return cast("T", _READ[self.kind](element, self.name))

    def __set__(self, element: Readable, value: Never) -> None:
        raise InvalidValueError(self.name, f"{self.name} is computed by the provider and cannot be set.")


class ComputedObjects(Computed[IResolvable]):
    """A computed list of objects, as one token: for outputs, functions and ``TerraformIterator.from_complex_list``."""

    def __init__(self) -> None:
        super().__init__(bool)  # read the same way: neither has a Python type of its own


class Argument(Described, Generic[G, S]):
    """An argument: read, it is an engine token for ``TYPE.NAME.<argument>``; set, it is checked as at construction.

    A nested block is read as a block of such tokens; several blocks as a list of as many as were given.

    Args:
        kind: ``str``, ``float``, ``bool``, ``dict`` (of strings), or the class of the nested block.
        many: a sequence of such blocks.
        rule: what its literals must be like, beside what the provider says.
        convert: makes the text, or the block, that Terraform gets from what users may give as well.
    """

    @overload
    def __init__(self: Argument[str, str], kind: type[str], *, rule: Rule | None = None) -> None: ...
    @overload
    def __init__(self: Argument[str, S], kind: type[str], *, convert: Callable[[S], str]) -> None: ...
    @overload
    def __init__(self: Argument[IResolvable, bool | IResolvable], kind: type[bool]) -> None: ...
    @overload
    def __init__(self: Argument[float, float], kind: type[float]) -> None: ...
    @overload
    def __init__(self: Argument[Mapping[str, str], Mapping[str, str]], kind: type[dict[str, str]]) -> None: ...
    @overload
    def __init__(
        self: Argument[list[B], Sequence[B | BlockFields] | IResolvable],
        kind: type[B],
        *,
        many: Literal[True],
        convert: Callable[[B], B] | None = None,
    ) -> None: ...
    @overload
    def __init__(self: Argument[B, B | BlockFields | IResolvable], kind: type[B]) -> None: ...
    def __init__(
        self,
        kind: type[Any],
        *,
        many: bool = False,
        rule: Rule | None = None,
        convert: Callable[[Any], Any] | None = None,
    ) -> None:
        kind = get_origin(kind) or kind
        self.kind: Kind = Kind(block=kind, many=many) if issubclass(kind, Block) else Kind(kind)
        self.rule = rule
        self.convert = convert

    @overload
    def __get__(self, element: None, owner: type) -> Argument[G, S]: ...
    @overload
    def __get__(self, element: Resource | DataSource, owner: type) -> G: ...
    def __get__(self, element: Resource | DataSource | None, owner: type) -> Argument[G, S] | G:
        if element is None:
            return self
        if self.kind.block is not None:
            return cast("G", _blocks(self.kind, element.given(self.name), f"{element.address}.{self.name}"))
        return cast("G", _READ[self.kind.scalar](element, self.name))

    def __set__(self, element: Resource | DataSource, value: S | None) -> None:
        element.replace_attribute(self.name, value)


class Choice(Argument[W, W | IResolvable]):
    """An argument whose literals are words to choose from: ``Choice[OperatingSystem](get_args(OperatingSystem))``.

    Args:
        words: the words.
    """

    def __init__(self, words: tuple[W, ...]) -> None:
        super().__init__(str)  # type: ignore[misc] # as are the words
        self.words = words


Text = Argument[str, str]
Number = Argument[float, float]
Flag = Argument[IResolvable, bool | IResolvable]
TextMap = Argument[Mapping[str, str], Mapping[str, str]]
Nested = Argument[B, B | BlockFields | IResolvable]
NestedList = Argument[list[B], Sequence[B | BlockFields] | IResolvable]

_READ: dict[type, Callable[[Any, str], object]] = {
    str: lambda element, name: element.get_string_attribute(name),
    float: lambda element, name: element.get_number_attribute(name),
    bool: lambda element, name: element.get_boolean_attribute(name),
    list: lambda element, name: element.get_list_attribute(name),
    dict: lambda element, name: element.get_string_map_attribute(name),
}


def _of_block(block: Block, name: str, kind: type) -> object:
    place = block.__dict__.get("_place")
    if place is None:
        raise InvalidValueError(
            name, f"{name} of {type(block).__name__} is known to the element that has the block: read it from there."
        )
    return _token(kind, f"{place}.{name}")


def _token(kind: type, expression: str) -> object:
    text = f"${{{expression}}}"
    if kind is str:
        return text
    return Token.as_number(text) if kind is float else Token.as_any(text)


def _blocks(kind: Kind, given: object, expression: str) -> object:
    assert kind.block is not None  # noqa: S101 # for the type checker
    if not kind.many:
        return _block(kind.block, given, f"one({expression})")
    if isinstance(given, Dynamic):
        name = expression.rsplit(".", maxsplit=1)[-1]
        raise InvalidValueError(
            name, f"{name} comes from an iterator, so that Terraform alone knows its blocks: write ${{{expression}}}."
        )
    blocks = cast("Sequence[Block]", given or ())
    if kind.block.UNORDERED:
        return list(blocks)
    return [_block(kind.block, each, f"{expression}[{number}]") for number, each in enumerate(blocks)]


def _block(block: type[Block], given: object, expression: str) -> Block:
    """A block of tokens."""
    read = block(
        **{
            name: (
                _token(kind.scalar, f"{expression}.{name}")
                if kind.block is None
                else _blocks(kind, getattr(given, name, None), f"{expression}.{name}")
            )
            for name, kind in kinds(block).items()
        }
    )
    object.__setattr__(read, "_place", expression)
    return read
