"""Terraform's meta-arguments, where the engine takes something and writes nothing, or what Terraform refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NotRequired, TypedDict

from aibridge_construct._engine import (
    Construct,
    ITerraformDependable,
    ITerraformIterator,
    Postcondition,
    Precondition,
    TerraformCount,
    TerraformElement,
    TerraformProvider,
    TerraformResourceLifecycle,
)
from aibridge_construct.choices import a_list, nearest, no_list
from aibridge_construct.coder._dependencies import address
from aibridge_construct.errors import InvalidValueError, UnknownArgumentError
from aibridge_construct.validation import masked

__all__ = ["MetaArguments", "ResourceMetaArguments", "as_lifecycle", "merged"]


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


_TRIGGERS = "resources or their addresses"


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
    if triggers is not None:
        a_list("replace_triggered_by", triggers, _TRIGGERS, example="agent")
    if lifecycle.ignore_changes not in (None, "all"):
        a_list("ignore_changes", lifecycle.ignore_changes, 'names of arguments, or "all"', example='"tags"')
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
        raise no_list("replace_triggered_by", given, _TRIGGERS, example="agent")
    return given
