"""The startup units of a stack as a graph, checked at synth.

Facts: Coder's startup coordination (``coder exp sync``): units are per agent; a unit that nobody starts keeps those
that want it waiting until they time out; a cycle is refused by the agent, so its scripts run without order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from aibridge_construct._engine import Construct, TerraformStack
from aibridge_construct._stack import Tree, at_synthesis, per_stack
from aibridge_construct.choices import a_list
from aibridge_construct.claims import claim
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.rules import SYNC_UNIT
from aibridge_construct.validation import masked

__all__ = ["HasSyncUnit", "declare_unit", "unit_names"]


@runtime_checkable
class HasSyncUnit(Protocol):
    """A proxy, a tool, or anything else with a startup unit."""

    @property
    def sync_unit(self) -> str:
        """The unit's name."""
        ...


class _Unit(NamedTuple):
    name: str
    wants: tuple[str, ...]
    agent_id: str
    owner: Construct


def declare_unit(owner: Construct, name: str, *, agent_id: str, wants: Sequence[HasSyncUnit | str] = ()) -> None:
    """Say that a script starts and completes the startup unit ``name``. Proxies and tools do this themselves.

    Call it for units of other modules, so that ``after=["their-unit"]`` is known to be right.

    Args:
        owner: the construct that the unit belongs to; messages name it.
        name: the unit.
        agent_id: the ``id`` of the agent that the script runs on.
        wants: what it waits for: proxies, tools or unit names.

    Raises:
        InvalidValueError: a name is none.
    """
    SYNC_UNIT.require(name)
    claim(
        owner,
        agent_id=agent_id,
        what="startup unit",
        value=name,
        otherwise="one would complete the other. Give one of them another sync_unit.",
    )
    per_stack(owner, _Graph).units.append(_Unit(name, tuple(unit_names(wants, "wants")), agent_id, owner))


def unit_names(after: Sequence[HasSyncUnit | str], argument: str = "after") -> Iterator[str]:
    """The unit names of proxies, tools and unit names, which are those of ``argument``.

    Raises:
        InvalidValueError: an item is none of these, or ``after`` is one name instead of a list.
    """
    for item in a_list(argument, after, "proxies, tools or unit names", example="proxy"):
        if isinstance(item, str):
            yield SYNC_UNIT.require(item)
        elif isinstance(item, HasSyncUnit):
            yield item.sync_unit
        else:
            raise InvalidValueError(
                argument,
                f"{argument} must list proxies, tools or unit names, for example {argument}=[proxy]. "
                f"Got {masked(item)}.",
            )


class _Graph:
    """All units of a stack."""

    def __init__(self, stack: TerraformStack) -> None:
        self.units: list[_Unit] = []
        at_synthesis(stack, self._problems)

    def _problems(self, tree: Tree) -> list[str]:
        agents: dict[str, dict[str, _Unit]] = {}
        problems = []
        # The engine has a new token for each time that somebody reads a value.
        made = [unit for unit in self.units if unit.owner in tree.constructs]
        texts = tree.texts(text for unit in made for text in (unit.agent_id, unit.name, *unit.wants))
        for unit in made:
            name, wants = texts[unit.name], tuple(texts[want] for want in unit.wants)
            known = unit._replace(name=name, wants=wants)
            agents.setdefault(texts[unit.agent_id], {}).setdefault(name, known)
        for units in agents.values():
            problems += [*_unknown(units, agents), *_cycles(units)]
        return problems


def _unknown(units: dict[str, _Unit], agents: dict[str, dict[str, _Unit]]) -> Iterator[str]:
    for unit in units.values():
        for want in unit.wants:
            if want in units:
                continue
            elsewhere = any(want in others for others in agents.values())
            reason = "which belongs to another agent, and units are per agent" if elsewhere else "which nobody declares"
            yield (
                f"{unit.owner.node.path} ({unit.name}) waits for the startup unit {want!r}, {reason}: it would "
                f"wait until it times out. Units of this agent: {', '.join(sorted(units))}. Correct the name, or "
                "declare the unit with declare_unit."
            )


def _cycles(units: dict[str, _Unit]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[str]:
        if name in path:
            cycle = (*path[path.index(name) :], name)
            yield (
                f"{units[name].owner.node.path}: the startup units wait for each other in a circle: "
                f"{' -> '.join(cycle)}. Remove one of them from the other's after=[…]."
            )
            return
        if name in done or name not in units:
            return
        done.add(name)
        for want in units[name].wants:
            yield from visit(want, (*path, name))

    for name in units:
        yield from visit(name, ())
