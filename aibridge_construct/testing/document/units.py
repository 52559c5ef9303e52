"""Startup units: which script completes one, and which waits for it.

Units are per agent. This library's scripts have theirs in assignments at their top; others call `coder exp sync`.
Of the registry's modules two are known: `aibridge-proxy` completes `aibridge-proxy-setup`, and `copilot` waits for it
with `enable_aibridge_proxy` (coder/registry).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .elements import Element

__all__ = ["Units", "units_of"]

_OURS = re.compile(r"^(SYNC_UNIT|aibridge_unit|AFTER|aibridge_wants)='([^'$]*)'$", re.MULTILINE)
_MARK = "# Written by aibridge-construct."
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_CALL = re.compile(r"\bcoder[ \t]+exp[ \t]+sync[ \t]+(start|complete|want)[ \t]+([^\n;&|<>()]+)")
_REGISTRY = re.compile(r"(?:.*/)?coder(?:-labs)?/(aibridge-proxy|copilot)/coder")
_SETUP = "aibridge-proxy-setup"


@dataclass
class Units:
    """What an element does with startup units.

    Attributes:
        completes: the units that it starts or completes.
        wants: unit to those that it waits for; "" is the element itself.
    """

    completes: list[str] = field(default_factory=list)
    wants: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.completes or self.wants)


def units_of(address: str, element: Element) -> Units:
    """What a script, or a call of a known module, does with startup units."""
    if element.kind == "resource" and re.fullmatch(r"(?:module\..*\.)?coder_script\.[^.]+", address):
        return _of_script(str(element.get("script", "")))
    if element.kind == "module" and (match := _REGISTRY.fullmatch(str(element.get("source", "")))):
        if match[1] == "aibridge-proxy":
            return Units([_SETUP])
        if element.get("enable_aibridge_proxy") not in (None, False, "false"):
            return Units([], {"": [_SETUP]})
    return Units()


def _of_script(text: str) -> Units:
    found = Units()
    if _MARK in text:
        ours = {name: value.split() for name, value in _OURS.findall(text)}
        found.completes += ours.get("SYNC_UNIT", []) + ours.get("aibridge_unit", [])
        wants = ours.get("AFTER", []) + ours.get("aibridge_wants", [])
        if wants:
            found.wants[""] = wants
    calls = list(_calls(text))
    found.completes += [unit for verb, (unit, *_) in calls if verb != "want" and unit not in found.completes]
    for verb, (unit, *wanted) in calls:
        if verb == "want":
            owner = "" if unit in found.completes else unit
            known = found.wants.setdefault(owner, [])
            known += [each for each in wanted if each not in known]
    found.completes = list(dict.fromkeys(found.completes))
    return found


def _calls(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    for verb, arguments in _CALL.findall(_COMMENT.sub("", text)):
        try:
            words = shlex.split(arguments)
        except ValueError:
            continue
        names = [word for word in words if not word.startswith("-")]
        if names and not any("$" in name for name in names):
            yield verb, names


def named(units: Mapping[tuple[str, str], object]) -> dict[tuple[str, str], str]:
    """Node names of units by agent and name: the agent is told where two agents have units of one name."""
    agents: dict[str, set[str]] = {}
    for agent, unit in units:
        agents.setdefault(unit, set()).add(agent)
    return {(agent, unit): f"unit.{unit}" + (f"@{agent}" if len(agents[unit]) > 1 else "") for agent, unit in units}
