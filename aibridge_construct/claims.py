"""What no two elements of one agent may both have, such as a certificate file or a startup unit; checked at synth."""

from __future__ import annotations

from typing import NamedTuple

from aibridge_construct._engine import Construct, TerraformStack
from aibridge_construct._stack import Tree, at_synthesis, per_stack

__all__ = ["claim"]


class _Claim(NamedTuple):
    owner: Construct
    agent_id: str
    what: str
    value: str
    otherwise: str


def claim(owner: Construct, *, agent_id: str, what: str, value: str, otherwise: str) -> None:
    """Claim ``value`` for ``owner`` on one agent.

    Args:
        owner: the construct; messages name it.
        agent_id: the ``id`` of the agent, as Terraform string.
        what: kind of the value, for example ``certificate file``.
        value: the value, as Terraform string: two that become the same text are the same.
        otherwise: what would happen, and what to do.
    """
    per_stack(owner, _Claims).made.append(_Claim(owner, agent_id, what, value, otherwise))


class _Claims:
    def __init__(self, stack: TerraformStack) -> None:
        self.made: list[_Claim] = []
        at_synthesis(stack, self._problems)

    def _problems(self, tree: Tree) -> list[str]:
        made = [item for item in self.made if item.owner in tree.constructs]
        texts = tree.texts(text for item in made for text in (item.agent_id, item.value))
        problems = []
        first: dict[tuple[str, str, str], _Claim] = {}
        for item in made:
            value = texts[item.value]
            other = first.setdefault((texts[item.agent_id], item.what, value), item)
            if other is not item:
                problems.append(
                    f"{other.owner.node.path} and {item.owner.node.path} have the same {item.what} on the same agent, "
                    f"{value!r}: {item.otherwise}"
                )
        return problems
