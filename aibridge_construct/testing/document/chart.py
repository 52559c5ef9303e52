"""Wiring as a drawing: what depends on what, and in which order a workspace starts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aibridge_construct.errors import AIBridgeError
from aibridge_construct.hcl import InvalidTemplateError

from .elements import Element
from .wiring import Wiring, assert_acyclic, wired

__all__ = ["FORMATS", "Start", "graphviz", "main", "mermaid", "starts"]

_DEPENDS = "What depends on what: an arrow points to what is needed"
_STARTS = "In which order a workspace starts: an arrow points to what comes next"


@dataclass(frozen=True)
class Start:
    """A script, or a module with scripts, that runs when a workspace starts.

    Attributes:
        address: its Terraform address.
        title: what the dashboard calls it; else "".
        step: 1 for what waits for nothing, and so on; 0 for what waits for itself.
        after: address of what it waits for to the name of the unit.
    """

    address: str
    title: str
    step: int
    after: Mapping[str, str]


def starts(graph: Wiring, elements: Mapping[str, Element]) -> list[Start]:
    """What runs when a workspace starts, in its order."""
    in_order = {each for source, target in _edges(graph) for each in (source, target) if _are_unit(source, target)}
    waits = {
        address: dict(_waits(graph, address))
        for address, element in elements.items()
        if _runs_on_start(address, element) or (element.kind == "module" and address in in_order)
    }
    found = [
        Start(address, str(elements[address].get("display_name", "")), _step(waits, address, ()), after)
        for address, after in waits.items()
    ]
    return sorted(found, key=lambda start: (start.step or len(found) + 1, start.address))


def mermaid(graph: Wiring, order: Sequence[Start]) -> str:
    """Both graphs as a Mermaid flowchart."""
    nodes, steps = _numbered("n", graph), _numbered("s", [start.address for start in order])
    lines = ["flowchart LR", f'  subgraph depends["{_DEPENDS}"]']
    lines += [f'    {nodes[address]}["{_mermaid(address)}"]' for address in graph]
    lines += [f"    {nodes[source]} --> {nodes[target]}" for source, target in _edges(graph)]
    lines += ["  end", f'  subgraph starts["{_STARTS}"]', "    direction LR"]
    lines += [f'    {steps[start.address]}["{_mermaid(_label(start, "<br>"))}"]' for start in order]
    for start in order:
        for before, unit in start.after.items():
            if before in steps:
                lines.append(f'    {steps[before]} -- "{_mermaid(unit)}" --> {steps[start.address]}')
    return "\n".join([*lines, "  end", ""])


def graphviz(graph: Wiring, order: Sequence[Start]) -> str:
    """Both graphs in Graphviz' DOT language."""
    nodes, steps = _numbered("n", graph), _numbered("s", [start.address for start in order])
    lines = ["digraph wiring {", "  rankdir=LR", "  node [shape=box]", "  subgraph cluster_depends {"]
    lines += [f"    label={_dot(_DEPENDS)}"]
    lines += [f"    {nodes[address]} [label={_dot(address)}]" for address in graph]
    lines += [f"    {nodes[source]} -> {nodes[target]}" for source, target in _edges(graph)]
    lines += ["  }", "  subgraph cluster_starts {", f"    label={_dot(_STARTS)}"]
    lines += [f"    {steps[start.address]} [label={_dot(_label(start, chr(10)))}]" for start in order]
    for start in order:
        for before, unit in start.after.items():
            if before in steps:
                lines.append(f"    {steps[before]} -> {steps[start.address]} [label={_dot(unit)}]")
    return "\n".join([*lines, "  }", "}", ""])


FORMATS: Mapping[str, Callable[[Wiring, Sequence[Start]], str]] = {"mermaid": mermaid, "dot": graphviz}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `python -m aibridge_construct.testing.wiring`; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m aibridge_construct.testing.wiring",
        description="Draw what in a synthesized directory depends on what, and in which order a workspace starts.",
    )
    parser.add_argument("directory", help="cdktf.out/stacks/NAME")
    parser.add_argument("--format", choices=sorted(FORMATS), default="mermaid", help="default: %(default)s")
    given = parser.parse_args(arguments)
    try:
        graph, elements = wired(given.directory)
        sys.stdout.write(FORMATS[given.format](graph, starts(graph, elements)))
        assert_acyclic(graph)
    except (AIBridgeError, InvalidTemplateError, AssertionError) as error:
        notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
        sys.stderr.write(f"{error}{notes}\n")
        return 1
    return 0


def _runs_on_start(address: str, element: Element) -> bool:
    is_script = element.kind == "resource" and address.rpartition(".")[0].endswith("coder_script")
    return is_script and element.get("run_on_start") not in (None, False, "false")


def _waits(graph: Wiring, address: str) -> Iterator[tuple[str, str]]:
    """What completes the units that an element waits for, and the units that those wait for."""
    seen: set[str] = set()
    units = [each for each in graph[address] if each.startswith("unit.")]
    while units:
        unit = units.pop(0)
        if unit not in seen:
            seen.add(unit)
            for each in graph[unit]:
                if each.startswith("unit."):
                    units.append(each)
                else:
                    yield each, unit.removeprefix("unit.")


def _step(waits: Mapping[str, Mapping[str, str]], address: str, path: tuple[str, ...]) -> int:
    if address in path:
        return 0
    steps = [_step(waits, each, (*path, address)) for each in waits[address] if each in waits]
    return 0 if 0 in steps else 1 + max(steps, default=0)


def _are_unit(*addresses: str) -> bool:
    return any(each.startswith("unit.") for each in addresses)


def _edges(graph: Wiring) -> Iterator[tuple[str, str]]:
    return ((source, target) for source, targets in graph.items() for target in targets if source != target)


def _numbered(letter: str, addresses: Sequence[str] | Wiring) -> dict[str, str]:
    return {address: f"{letter}{number}" for number, address in enumerate(addresses, 1)}


def _label(start: Start, line_end: str) -> str:
    step = f"{start.step} · " if start.step else "never: "
    return f"{step}{start.title}{line_end if start.title else ''}{start.address}"


def _mermaid(text: str) -> str:
    kept = text.replace("<br>", "\n").replace("&", "#amp;").replace('"', "#quot;")
    return kept.replace("<", "#lt;").replace(">", "#gt;").replace("\n", "<br>")


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
