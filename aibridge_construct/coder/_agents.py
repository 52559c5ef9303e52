"""Which agent an ``agent_id`` is of, as far as Python can tell, and what that means for the one that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from weakref import WeakKeyDictionary, WeakValueDictionary

from aibridge_construct._engine import IConstruct, TerraformResource, TerraformStack, resolve
from aibridge_construct._stack import per_stack
from aibridge_construct.coder._instances import Instances
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.validation import is_expression, reference

__all__ = ["Agent", "agent_of", "count_agent", "has_agents", "id_for", "is_taken", "remember_agent", "remember_id"]

_INDEX = {"count": "count.index", "for_each": "each.key"}


class Agent:
    """A ``coder_agent`` of this program.

    Args:
        element: the resource.
        os: its operating system, as given.
        instances: its instances. ``None``: there is one.
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
        index = f"[{_INDEX[self.instances.by]}]" if self.instances else ""
        yield f'${{{self.address}{index}.os != "windows"}}', message


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
    # The last one: another of this name was removed from the tree.
    return next((agent for agent in reversed(per_stack(scope, _Agents).made) if agent.name == name), None)


def id_for(scope: IConstruct, agent_id: str, what: str, instances: Instances | None) -> str:
    """``agent_id`` as an element with ``instances`` writes it; that of the same instance where the agent has them too.

    Args:
        scope: anything in the stack.
        agent_id: the id, as given.
        what: names the element in messages, for example ``coder_app 'code'``.
        instances: the instances of the element. ``None``: there is one.

    Raises:
        InvalidValueError: the agent has instances and the element has none, or other ones; or the id is that of an
            instance which a stopped workspace has not.
    """
    agent = agent_of(scope, agent_id)
    if agent is None and isinstance(agent_id, str):  # what is no text has its own rule
        _refuse_lost_index(scope, agent_id, what, instances)
    own = agent.instances if agent is not None else None
    if agent is None or own is None:
        return agent_id
    if instances is None or instances.by != own.by:
        raise InvalidValueError(
            "agent_id",
            f"agent_id of {what} is the id of an agent with {own.by}, so there are as many ids as agents: "
            f"write the same {own.by}=… here, where it is taken{_one_cure(agent, own)}.",
        )
    return f"${{{agent.address}[{_INDEX[own.by]}].id}}"


def has_agents(scope: IConstruct, agent_id: str, what: str, instances: Instances | None) -> Iterator[tuple[str, str]]:
    """What must hold at plan for each instance of an element to have its agent: conditions and their error messages.

    Args:
        scope: anything in the stack.
        agent_id: the id, as given.
        what: names the element in messages.
        instances: the instances of the element.

    Raises:
        InvalidValueError: there is certainly one without an agent, at a stop at the latest.
    """
    agent = agent_of(scope, agent_id)
    own = agent.instances if agent is not None else None
    if agent is None or own is None or instances is None or instances.by != own.by or instances.same_as(own, scope):
        return
    if own.by == "for_each":
        yield (
            f"${{contains(keys({agent.address}), each.key)}}",
            f"for_each of {what} has a key that the for_each of its agent {agent.address} has not: "
            "write the same for_each=… here.",
        )
        return
    message = (
        f"count of {what} must not be greater than the count of its agent {agent.address}, because each instance "
        "belongs to the agent of its number: write the same count=… here"
    )
    number, agents = instances.number, own.number
    if number is not None and agents is not None:
        if number > agents:
            raise InvalidValueError("count", f"{message}. Got {number}, and there are {agents} agents.")
        return
    if number and own.ends_at_stop(scope):
        raise InvalidValueError("count", f"{message}. Got {number}, and a stopped workspace has no agent.")
    yield f"${{count.index < length({agent.address})}}", f"{message}."


def _one_cure(agent: Agent, own: Instances) -> str:
    """How to name one of the agents, where it is there at every start and stop."""
    if own.by == "for_each":
        one = f'agent_id="${{{agent.address}["KEY"].id}}"'
        return f", or name one agent whose key is there at every start and at every stop, {one}"
    return f', or name one agent, agent_id="${{{agent.address}[0].id}}"' if own.number else ""


def _refuse_lost_index(scope: IConstruct, agent_id: str, what: str, instances: Instances | None) -> None:
    """Refuse the id of an agent by its number, where a stopped workspace has no such agent."""
    text = reference(agent_id) if instances is None and "[" in agent_id else None
    name = _BY_NUMBER.fullmatch(text) if text is not None else None
    if name is None:
        return
    for agent in per_stack(scope, _Agents).made:
        own = agent.instances
        if agent.name != name[1] or own is None or own.by != "count":
            continue
        if own.number is not None and int(name[2]) >= own.number:
            reason = f"and the agent has count={own.number}"
        elif own.number is None and own.ends_at_stop(scope):
            reason = "and a stopped workspace has no agent, so that it could not be stopped"
        else:
            continue
        raise InvalidValueError(
            "agent_id",
            f"agent_id of {what} names the agent {agent.address}[{name[2]}], {reason}: "
            f"pass the agent's id, agent_id=agent.id, and write the same count=… here, where it is taken.",
        )


def remember_agent(element: TerraformResource, os: str, instances: Instances | None) -> None:
    """Note an agent of the stack, or its other operating system."""
    agent = _by_element.get(element)
    if agent is not None:
        agent.os = os
        return
    agent = _by_element[element] = Agent(element, os, instances)
    per_stack(element, _Agents).made.append(agent)


def count_agent(element: TerraformResource, instances: Instances | None) -> None:
    """Note other instances of an agent."""
    _by_element[element].instances = instances


def remember_id(token: str, element: TerraformResource) -> None:
    """Note that the engine token ``token`` stands for the id of an agent."""
    _ids[token] = _by_element[element]


def is_taken(element: TerraformResource) -> bool:
    """Whether somebody has asked for the agent's id."""
    return any(agent.element is element for agent in _ids.values())


_BY_NUMBER = re.compile(r"coder_agent\.([\w-]+)\[(\d+)\]\.id")


class _Agents:
    def __init__(self, stack: TerraformStack) -> None:
        self.made: list[Agent] = []


_by_element: WeakKeyDictionary[TerraformResource, Agent] = WeakKeyDictionary()
_ids: WeakValueDictionary[str, Agent] = WeakValueDictionary()
