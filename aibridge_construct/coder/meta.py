"""Terraform's meta-arguments, where the engine takes something and writes nothing, or what Terraform refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NotRequired, TypedDict

from aibridge_construct._engine import (
    Construct,
    IConstruct,
    ITerraformDependable,
    ITerraformIterator,
    Postcondition,
    Precondition,
    TerraformCount,
    TerraformDataSource,
    TerraformElement,
    TerraformHclModule,
    TerraformProvider,
    TerraformResource,
    TerraformResourceLifecycle,
    resolve,
)
from aibridge_construct.choices import a_list, nearest, no_list
from aibridge_construct.errors import InvalidValueError, UnknownArgumentError
from aibridge_construct.validation import masked

__all__ = ["MetaArguments", "ResourceMetaArguments", "address", "as_lifecycle", "dependencies", "inside", "merged"]


class MetaArguments(TypedDict, total=False):
    """Terraform's meta-arguments, which every resource and data source takes; left out, Terraform's defaults hold.

    ``depends_on`` takes constructs too: they stand for every resource, data source and module in them at synthesis.
    """

    depends_on: Sequence[ITerraformDependable | Construct] | None
    """What Terraform creates first."""
    count: float | TerraformCount | None
    """How many instances there are."""
    for_each: ITerraformIterator | None
    """What there is one instance for each of."""
    lifecycle: TerraformResourceLifecycle | Mapping[str, Any] | None
    """When Terraform replaces or keeps it, and what must hold."""
    provider: TerraformProvider | None
    """Which configuration of its provider it takes, where a stack has several."""


class ResourceMetaArguments(MetaArguments, total=False):
    """The meta-arguments of resources: theirs are provisioners too."""

    connection: NotRequired[Any]
    """How provisioners reach the machine."""
    provisioners: NotRequired[Sequence[Any]]
    """What Terraform runs when it creates or destroys it."""


def address(element: TerraformElement) -> str:
    """The address of ``element`` in its stack. It is fixed from then on."""
    return resolve(element, element.fqn).removeprefix("${").removesuffix("}")


def dependencies(what: str, given: object) -> tuple[list[TerraformElement], list[Construct]]:
    """What is written to ``depends_on`` as it is, and the constructs that stand for what is in them.

    Raises:
        InvalidValueError: an item is neither; the engine would leave it out.
    """
    meaning = "elements, modules or constructs"
    items = a_list("depends_on", given, meaning, example="agent", of=what, kind=list | tuple)
    for item in items:
        if not isinstance(item, Construct):
            raise no_list("depends_on", item, meaning, example="agent", of=what)
    return (
        [item for item in items if isinstance(item, TerraformElement)],
        [item for item in items if not isinstance(item, TerraformElement)],
    )


def inside(what: str, construct: IConstruct, dependent: TerraformElement) -> Iterator[str]:
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


def as_lifecycle(what: str, given: object) -> TerraformResourceLifecycle:
    """``lifecycle`` as the engine wants it, from its class, a mapping or ``None``.

    Raises:
        InvalidValueError: it is neither.
        UnknownArgumentError: a name in the mapping is none of Terraform's.
    """
    if isinstance(given, Mapping):
        known = [name for name, each in vars(TerraformResourceLifecycle).items() if isinstance(each, property)]
        for name in given:
            if name not in known:
                raise UnknownArgumentError(name, f"lifecycle of {what} has no argument {name}. {nearest(name, known)}")
        return TerraformResourceLifecycle(**given)
    if given is not None and not isinstance(given, TerraformResourceLifecycle):
        raise InvalidValueError(
            "lifecycle", f"lifecycle of {what} must be TerraformResourceLifecycle(…). Got {masked(given)}."
        )
    return given or _no_lifecycle()


@cache
def _no_lifecycle() -> TerraformResourceLifecycle:
    # The engine checks the types of every new one, and nobody can change this one.
    return TerraformResourceLifecycle()


def merged(
    lifecycle: TerraformResourceLifecycle, before: Iterable[Precondition], after: Iterable[Postcondition]
) -> TerraformResourceLifecycle | None:
    """``lifecycle`` with more conditions, and with addresses where the engine would write ``${…}``."""
    # The engine's own class takes mappings for conditions, and then fails on them.
    own = [Precondition(**each) if isinstance(each, Mapping) else each for each in lifecycle.precondition or ()]
    promised = [Postcondition(**each) if isinstance(each, Mapping) else each for each in lifecycle.postcondition or ()]
    preconditions = [*own, *(each for each in before if each not in own)]
    postconditions = [*promised, *(each for each in after if each not in promised)]
    triggers = lifecycle.replace_triggered_by
    result = TerraformResourceLifecycle(
        create_before_destroy=lifecycle.create_before_destroy,
        ignore_changes=lifecycle.ignore_changes,
        postcondition=postconditions or None,
        precondition=preconditions or None,
        prevent_destroy=lifecycle.prevent_destroy,
        replace_triggered_by=triggers and [_trigger(each) for each in triggers],
    )
    return None if result == _no_lifecycle() else result


def _trigger(given: object) -> str:
    if isinstance(given, TerraformElement):
        return address(given)
    if not isinstance(given, str):
        raise no_list("replace_triggered_by", given, "resources or their addresses", example="agent")
    return given
