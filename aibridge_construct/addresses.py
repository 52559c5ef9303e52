"""No two elements of a stack have one Terraform address: the engine would merge them into one, and say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from aibridge_construct._engine import (
    IConstruct,
    TerraformDataSource,
    TerraformElement,
    TerraformLocal,
    TerraformModule,
    TerraformOutput,
    TerraformRemoteState,
    TerraformResource,
    TerraformStack,
    TerraformVariable,
)
from aibridge_construct._stack import Tree, at_synthesis, per_stack

__all__ = ["require_unique_addresses"]

_KINDS: tuple[tuple[type[TerraformElement], str], ...] = (
    (TerraformResource, ""),
    (TerraformDataSource, "data."),
    (TerraformRemoteState, "data."),
    (TerraformModule, "module."),
    (TerraformVariable, "var."),
    (TerraformLocal, "local."),
    (TerraformOutput, "output."),
)


def require_unique_addresses(scope: IConstruct) -> None:
    """Have every synthesis of the stack that holds ``scope`` fail where two elements have one address."""
    per_stack(scope, _Addresses)


class _Addresses:
    def __init__(self, stack: TerraformStack) -> None:
        self._stack = stack
        at_synthesis(stack, self._problems)

    def _problems(self, _: Tree) -> list[str]:
        first: dict[str, TerraformElement] = {}
        problems = []
        for address, element in self._named():
            other = first.setdefault(address, element)
            if other is not element:
                problems.append(
                    f"{other.node.path} and {element.node.path} are both {address}: the engine would merge them into "
                    f"one. {_cure(element)}"
                )
        return problems

    def _named(self) -> Iterator[tuple[str, TerraformElement]]:
        """The elements that share their kind and name with another, each with its address."""
        groups: dict[tuple[str, str], list[TerraformElement]] = {}
        for kind, element in self._elements():
            groups.setdefault((kind, element.friendly_unique_id), []).append(element)
        for (kind, name), same in groups.items():
            if len(same) > 1:
                # To ask for the type is a round trip to the engine, and rarely needed.
                yield from ((f"{kind}{_type(element)}{name}", element) for element in same)

    def _elements(self) -> Iterator[tuple[str, TerraformElement]]:
        every = self._stack.node.find_all()
        nested = any(isinstance(construct, TerraformStack) and construct is not self._stack for construct in every)
        for construct in every:
            kind = next((kind for type, kind in _KINDS if isinstance(construct, type)), None)
            if not isinstance(construct, TerraformElement) or kind is None:
                continue
            if not nested or construct.cdktf_stack is self._stack:
                yield kind, construct


def _type(element: TerraformElement) -> str:
    if isinstance(element, TerraformResource | TerraformDataSource):
        return f"{element.terraform_resource_type}."
    return "terraform_remote_state." if isinstance(element, TerraformRemoteState) else ""


def _cure(element: TerraformElement) -> str:
    if isinstance(element, TerraformOutput):
        return "Give one of them another id, or call add_outputs of one proxy only."
    return "Give one of them another id, or leave override_logical_id out."
