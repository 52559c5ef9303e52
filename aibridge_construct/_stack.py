"""What the elements of one stack share: made once, at first use, and remembered by the stack.

Sharing saves round trips to the engine (each element costs several), and lets rooms look at their peers at synth
without walking the construct tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from aibridge_construct._engine import IConstruct, Node, TerraformStack, implements_validation, resolve_each

__all__ = ["Tree", "at_synthesis", "node_of", "per_stack", "placed", "stack_of"]

T = TypeVar("T")

_shared: WeakKeyDictionary[TerraformStack, dict[Callable[[TerraformStack], Any], Any]] = WeakKeyDictionary()

# A construct never moves to another stack, and to ask the engine is a round trip.
_stacks: WeakKeyDictionary[IConstruct, TerraformStack] = WeakKeyDictionary()


def per_stack(scope: IConstruct, make: Callable[[TerraformStack], T]) -> T:
    """The one ``make(stack)`` of the stack that holds ``scope``; ``make`` is the key too."""
    stack = stack_of(scope)
    made = _shared.setdefault(stack, {})
    if make not in made:
        made[make] = make(stack)
    found: T = made[make]
    return found


def node_of(stack: TerraformStack) -> Node:
    """Its place in the tree; the engine is asked for it once."""
    return per_stack(stack, _node)


def _node(stack: TerraformStack) -> Node:
    return stack.node


class Tree:
    """A stack as it is when it is synthesized, for the checks of one synthesis."""

    def __init__(self, stack: TerraformStack) -> None:
        self._stack = stack
        self._known: dict[str, str] = {}

    @cached_property
    def constructs(self) -> frozenset[IConstruct]:
        """What is in it: constructs that were made and removed again are not."""
        return frozenset(node_of(self._stack).find_all())

    def texts(self, values: Iterable[str]) -> Mapping[str, str]:
        """What each of ``values`` becomes in the stack's JSON; others may be there, too."""
        self._known |= resolve_each(self._stack, (value for value in values if value not in self._known))
        return self._known


def at_synthesis(stack: TerraformStack, problems: Callable[[Tree], Iterable[str]]) -> None:
    """Have every synthesis of ``stack`` fail with the ``problems``, if there are any then."""
    per_stack(stack, _Validation).checks.append(problems)


@implements_validation
class _Validation:
    """All checks of a stack as one: the engine asks each validation in a round trip of its own."""

    def __init__(self, stack: TerraformStack) -> None:
        self.checks: list[Callable[[Tree], Iterable[str]]] = []
        self._stack = stack
        node_of(stack).add_validation(self)

    def validate(self) -> list[str]:
        tree = Tree(self._stack)
        return [problem for check in self.checks for problem in check(tree)]


def stack_of(scope: IConstruct) -> TerraformStack:
    """The stack that holds ``scope``."""
    if isinstance(scope, TerraformStack):
        return scope
    stack = _stacks.get(scope)
    if stack is None:
        stack = _stacks[scope] = TerraformStack.of(scope)
    return stack


def placed(construct: IConstruct, scope: IConstruct) -> None:
    """Remember that ``construct`` was just put into ``scope``, so that nobody asks the engine for its stack."""
    _stacks[construct] = stack_of(scope)
