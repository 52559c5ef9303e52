"""What an element waits for. Constructs are looked into at synthesis, when they are complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aibridge_construct._engine import (
    Construct,
    IConstruct,
    TerraformDataSource,
    TerraformElement,
    TerraformHclModule,
    TerraformResource,
    resolve,
)
from aibridge_construct.choices import a_list, no_list
from aibridge_construct.errors import InvalidValueError

__all__ = ["Dependencies", "address"]

_MEANING = "elements, modules or constructs"


def address(element: TerraformElement) -> str:
    """The address of ``element`` in its stack. It is fixed from then on."""
    return resolve(element, element.fqn).removeprefix("${").removesuffix("}")


class Dependencies:
    """The ``depends_on`` of an element.

    Args:
        what: names the element in messages.
        given: elements, and constructs that stand for what is in them. Default: nothing.
        assigned: whether addresses may stand among them: the engine keeps these, and people add to what it keeps.

    Attributes:
        elements: those that stand for themselves.
        constructs: those that stand for what is in them.

    Raises:
        InvalidValueError: an item is neither; the engine would leave it out.
    """

    def __init__(self, what: str, given: object = None, *, assigned: bool = False) -> None:
        self._what = what
        items: Sequence[Any] = ()
        if given is not None:  # no other sequence: the engine would leave it out
            items = a_list("depends_on", given, _MEANING, example="agent", of=what, kind=list | tuple)
        self._addresses = [item for item in items if isinstance(item, str)] if assigned else []
        others = [item for item in items if not (assigned and isinstance(item, str))]
        for item in others:
            if not isinstance(item, Construct):
                raise no_list("depends_on", item, _MEANING, example="agent", of=what)
        self.elements: list[TerraformElement] = [item for item in others if isinstance(item, TerraformElement)]
        self.constructs: list[Construct] = [item for item in others if not isinstance(item, TerraformElement)]

    @property
    def for_engine(self) -> list[str]:
        """What can be told already, as the engine keeps it."""
        return [*self._addresses, *(each.fqn for each in self.elements)]

    def found(self, dependent: TerraformElement) -> list[str]:
        """All addresses, those of what is in the constructs by now too.

        Args:
            dependent: the element itself.

        Raises:
            InvalidValueError: there is nothing in a construct, or the dependent itself.
        """
        inside = (each for construct in self.constructs for each in _inside(self._what, construct, dependent))
        return list(dict.fromkeys([*self._addresses, *map(address, self.elements), *inside]))


def _inside(what: str, construct: IConstruct, dependent: TerraformElement) -> Iterator[str]:
    """The addresses of what is in ``construct``.

    Raises:
        InvalidValueError: there is nothing, or the dependent itself.
    """
    found = [
        each
        for each in construct.node.find_all()
        if isinstance(each, TerraformResource | TerraformDataSource | TerraformHclModule)
    ]
    if not found or dependent in found:
        reason = "which it is part of" if found else "in which there is no resource, data source or module"
        raise InvalidValueError(
            "depends_on",
            f"depends_on of {what} names {construct.node.path}, {reason}. List what it has to wait for.",
        )
    return map(address, found)
