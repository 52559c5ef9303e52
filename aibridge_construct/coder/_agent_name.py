"""Names of agents that Coder takes: the name of an agent is the Terraform name of its resource.

The engine names an element inside a construct ``workspace_main_FBDCF500``, which Coder refuses.
Source: Coder's ``provisioner/terraform``.
"""

from __future__ import annotations

import re
from functools import cached_property

from aibridge_construct._engine import Construct, TerraformResource, TerraformStack
from aibridge_construct._stack import per_stack

__all__ = ["name_agent"]


def name_agent(agent: TerraformResource, scope: Construct, id: str) -> None:
    """Name an agent inside a construct by its path, for example ``workspace-main``. On a stack its id is its name."""
    names = per_stack(scope, _Names)
    if scope is names.stack:
        names.taken.add(id.lower())
    else:
        # The engine's own, which does not ask for the name: once asked for, nobody could give the agent another.
        TerraformResource.override_logical_id(agent, names.free(agent.node.path))


class _Names:
    def __init__(self, stack: TerraformStack) -> None:
        self.stack = stack
        self.taken: set[str] = set()

    @cached_property
    def _above(self) -> str:
        return f"{self.stack.node.path}/"

    def free(self, path: str) -> str:
        """The name for an agent with this path; with a number where another agent has it."""
        words = re.sub(r"[^a-z0-9]+", "-", path.removeprefix(self._above).lower()).strip("-")
        # A Terraform name begins with a letter.
        wanted = words if words[:1].isalpha() else f"agent-{words}".rstrip("-")
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name
