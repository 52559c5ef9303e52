"""Which agent an ``agent_id`` is of, as far as Python can tell, and what that means for the one that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal
from weakref import WeakKeyDictionary, WeakValueDictionary

from aibridge_construct._engine import IConstruct, TerraformResource, TerraformStack, resolve
from aibridge_construct._stack import per_stack
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.validation import is_expression, reference

__all__ = ["Agent", "Instances", "agent_of", "id_for", "instances_of", "is_taken", "remember_agent", "remember_id"]

#: Which meta-argument makes instances of an element.
Instances = Literal["count", "for_each"]

_INDEX = {"count": "count.index", "for_each": "each.key"}


class Agent:
    """A ``coder_agent`` of this program.

    Args:
        element: the resource.
        os: its operating system, as given.
        instances: what makes instances of it. ``None``: there is one.
    """

    def __init__(self, element: TerraformResource, os: str, instances: Instances | None) -> None:
        self.element = element
        self.os = os
        self.instances = instances

    @property
    def name(self) -> str:
        """Its name in the stack, as long as nobody renames it."""
        return self.element.friendly_unique_id

    @cached_property
    def address(self) -> str:
        """Its address in the stack. To ask fixes it: the engine refuses to rename the agent afterwards."""
        return resolve(self.element, self.element.fqn)[2:-1]

    def conditions(self, what: str) -> Iterator[tuple[str, str]]:
        """What must hold at plan for shell scripts to run there: pairs of a condition and its error message.

        Raises:
            InvalidValueError: the operating system is known, and is Windows.
        """
        message = (
            f"{what} needs a Linux or macOS agent: its scripts are POSIX shell, which a Windows agent does not run. "
            "Leave it out of this agent's workspace, or run it on another agent."
        )
        if not is_expression(self.os):
            if self.os == "windows":
                given = f"Got the agent {self.element.node.path!r} with os='windows'."
                raise InvalidValueError("agent_id", f"{message} {given}")
            return
        index = f"[{_INDEX[self.instances]}]" if self.instances else ""
        yield f'${{{self.address}{index}.os != "windows"}}', message


_FIRST = {"count": "0", "for_each": '"KEY"'}


def agent_of(scope: IConstruct, agent_id: object) -> Agent | None:
    """The agent whose ``id`` this is, if it is one of this program."""
    if not isinstance(agent_id, str):
        return None
    if agent_id in _ids:
        return _ids[agent_id]
    text = reference(agent_id)
    if text is None or not text.startswith("coder_agent."):
        return None
    name = text.removeprefix("coder_agent.").removesuffix(".id")
    return next((agent for agent in per_stack(scope, _Agents).made if agent.name == name), None)


def id_for(scope: IConstruct, agent_id: str, what: str, instances: Instances | None) -> str:
    """``agent_id`` as an element with ``instances`` writes it; that of the same instance where the agent has them too.

    Args:
        scope: anything in the stack.
        agent_id: the id, as given.
        what: names the element in messages, for example ``coder_app 'code'``.
        instances: what makes instances of the element.

    Raises:
        InvalidValueError: the agent has instances and the element has none, or other ones.
    """
    agent = agent_of(scope, agent_id)
    if agent is None or agent.instances is None:
        return agent_id
    if agent.instances != instances:
        one = f'"${{{agent.address}[{_FIRST[agent.instances]}].id}}"'
        raise InvalidValueError(
            "agent_id",
            f"agent_id of {what} is the id of an agent with {agent.instances}, so there are as many ids as agents: "
            f"write the same {agent.instances}=… here, where it is taken, or name one agent, agent_id={one}.",
        )
    return f"${{{agent.address}[{_INDEX[agent.instances]}].id}}"


def instances_of(meta: Mapping[str, object]) -> Instances | None:
    """What makes instances of an element with these meta-arguments."""
    if meta.get("count") is not None:
        return "count"
    return "for_each" if meta.get("for_each") is not None else None


def remember_agent(element: TerraformResource, os: str, instances: Instances | None) -> None:
    """Note an agent of the stack, or its other operating system."""
    agent = _by_element.get(element)
    if agent is not None:
        agent.os = os
        return
    agent = _by_element[element] = Agent(element, os, instances)
    per_stack(element, _Agents).made.append(agent)


def remember_id(token: str, element: TerraformResource) -> None:
    """Note that the engine token ``token`` stands for the id of an agent."""
    _ids[token] = _by_element[element]


def is_taken(element: TerraformResource) -> bool:
    """Whether somebody has asked for the agent's id."""
    return any(agent.element is element for agent in _ids.values())


class _Agents:
    def __init__(self, stack: TerraformStack) -> None:
        self.made: list[Agent] = []


_by_element: WeakKeyDictionary[TerraformResource, Agent] = WeakKeyDictionary()
_ids: WeakValueDictionary[str, Agent] = WeakValueDictionary()
