"""Dependency wiring: what refers to what in what is pushed, and which script waits for which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from aibridge_construct.errors import TemplateError
from aibridge_construct.hcl import InvalidTemplateError, Reference, references
from aibridge_construct.push import Module, load

from .elements import Element, elements
from .pushed import Synthesized, configuration, directory
from .references import meta_references, of_element
from .units import named, units_of

__all__ = ["Wiring", "assert_acyclic", "assert_depends", "reached", "wired", "wiring"]

#: Address to the addresses that it refers to.
Wiring = dict[str, list[str]]


def wiring(synthesized: Synthesized) -> Wiring:
    """The references of every element of what is pushed.

    Startup units are elements too, `unit.NAME`: a unit depends on the script that completes it, and a script on the
    units that it waits for. Where two agents have a unit of one name, it is `unit.NAME@AGENT`.

    Args:
        synthesized: a directory, `cdktf.out/stacks/NAME`, or a stack, with all of its files and the modules in it; or
            one configuration, as `Testing.synth` returns it, as text or content.

    Returns:
        Terraform address to the sorted addresses that it refers to, through expressions, `depends_on` and the like.
        Elements without references are there with an empty list. Of modules that are pushed along the insides are
        there: their variables refer to what the call gives them, and who uses an output to `module.NAME.output.OUTPUT`.

    Raises:
        InvalidTemplateError: there is an expression that Terraform could not read.
        TemplateError: the directory is not there, or a file in it cannot be read.
    """
    return wired(synthesized)[0]


def wired(synthesized: Synthesized) -> tuple[Wiring, Mapping[str, Element]]:
    """What `wiring` returns, and the elements by address."""
    reader = _Reader(_modules(synthesized))
    found = {address: set(reader.references(address)) for address in reader.elements}
    for source, target in reader.units():
        found.setdefault(source, set())
        if target:
            found[source].add(target)
    graph = {address: sorted(targets & found.keys()) for address, targets in sorted(found.items())}
    return graph, reader.elements


def assert_depends(synthesized: Synthesized | Wiring, address: str, *on: str) -> None:
    """Assert that an element depends on others, directly or through what it depends on.

    Args:
        synthesized: what `wiring` takes, or what it returned.
        address: the element: a Terraform address, an index is of no account, or `unit.NAME`.
        on: what it has to depend on; a module stands for everything in it.

    Raises:
        AssertionError: it does not, or there is no such element; the message names the nearest ones.
    """
    __tracebackhide__ = True
    graph = _graph(synthesized)
    source = _known(graph, address)
    needs = reached(graph, source)
    for wanted in on:
        target = _known(graph, wanted)
        if not any(each == target or each.startswith(f"{target}.") for each in needs):
            raise AssertionError(f"{source} does not depend on {target}. {_why_not(graph, source, target, needs)}")


def assert_acyclic(synthesized: Synthesized | Wiring) -> None:
    """Assert that nothing depends on itself: no elements that Terraform cannot order, no scripts that never start.

    A module that is not pushed along is no way round: Terraform looks into it.

    Args:
        synthesized: what `wiring` takes, or what it returned.

    Raises:
        AssertionError: something does; the message has the way round.
    """
    __tracebackhide__ = True
    graph = _graph(synthesized)
    for circle in circles(graph):
        waits = any(each.startswith("unit.") for each in circle)
        what = "Scripts wait for each other, so none of them starts" if waits else "Elements depend on each other"
        raise AssertionError(f"{what}: {' -> '.join(circle)}. Take one of these references away.")


def reached(graph: Wiring, address: str) -> set[str]:
    """Everything that an element depends on, itself left out unless it does."""
    found: set[str] = set()
    rest = list(_next(graph, address))
    while rest:
        each = rest.pop()
        if each not in found:
            found.add(each)
            rest += _next(graph, each)
    return found


def circles(graph: Wiring) -> Iterator[list[str]]:
    """Ways from an element back to itself."""
    done: set[str] = set()
    for begin in graph:
        path = [] if begin in done else [begin]
        ways = [_certain(graph, address) for address in path]
        while ways:
            address = next(ways[-1], None)
            if address is None:
                ways.pop()
                done.add(path.pop())
            elif address in path:
                yield [*path[path.index(address) :], address]
            elif address not in done:
                path.append(address)
                ways.append(_certain(graph, address))


def _certain(graph: Wiring, address: str) -> Iterator[str]:
    """What an element waits for for certain: the inside of a module that is not there is not known."""
    if re.fullmatch(r"(?:.*\.)?module\.[^.]+", address) and not any(_inside(graph, address)):
        return
    for target in _next(graph, address):
        if target != address or not re.match(r"(?:module\..*\.)?var\.", address):  # its own validation
            yield target


def _next(graph: Wiring, address: str) -> Iterator[str]:
    yield from graph.get(address, ())
    if re.fullmatch(r"(?:.*\.)?module\.[^.]+", address):
        yield from _inside(graph, address)


def _inside(graph: Wiring, module: str) -> Iterator[str]:
    return (address for address in graph if address.startswith(f"{module}."))


def _why_not(graph: Wiring, source: str, target: str, needs: set[str]) -> str:
    if source in reached(graph, target):
        return f"It is the other way round: {target} depends on {source}."
    if not needs:
        return "It depends on nothing."
    near = get_close_matches(target, needs, n=1, cutoff=0.4)
    return (f"The nearest is {near[0]}. " if near else "") + f"It depends on {', '.join(sorted(needs))}."


def _known(graph: Wiring, address: str) -> str:
    __tracebackhide__ = True
    plain = re.sub(r"\[[^\]]*\]", "", address)
    if plain in graph:
        return plain
    near = get_close_matches(plain, graph, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(graph) or 'none'}."
    raise AssertionError(f"there is no {address} in what is pushed. {hint}")


def _graph(given: Synthesized | Wiring) -> Wiring:
    if isinstance(given, Mapping) and all(isinstance(value, list) for value in given.values()):
        targets = [target for value in given.values() for target in value]
        if all(isinstance(target, str) for target in targets):
            return cast("Wiring", dict(given))
    return wiring(cast("Synthesized", given))


def _modules(synthesized: Synthesized) -> Sequence[Module]:
    content = configuration(synthesized)
    if content is not None:
        return [Module(Path(), {"cdk.tf.json": content})]
    assert not isinstance(synthesized, Mapping)
    with directory(synthesized) as folder:
        found = load(folder)
    for each in found.unreadable:
        raise TemplateError(f"{each.file} cannot be read: {each.reason}.")
    return found.modules


class _Reader:
    """Finds out what the elements of a configuration and of the modules in it refer to."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.elements: dict[str, Element] = {}
        self._module_of: dict[str, Module] = {}
        self._modules = {module.prefix: module for module in modules}
        for module in modules:
            for address, element in elements(module):
                if element.kind != "terraform":
                    self.elements[address] = element
                    self._module_of[address] = module

    def references(self, address: str) -> Iterator[str]:
        """The addresses that an element refers to; some of them may not be there."""
        module, element = self._module_of[address], self.elements[address]
        yield from self._resolved(self._read(address, of_element(element)), module)
        if module.call is None:
            return
        call, above = module.call, module.call.module
        if element.kind == "variable":
            given = call.body.get(address.rpartition(".")[2])
            yield from self._resolved(self._read(call.address, of_element(Element("local", {"value": given}))), above)
        elif element.kind not in ("local", "output"):
            meta = meta_references(Element("module", call.body))
            yield from self._resolved(self._read(call.address, meta), above)

    def units(self) -> Iterator[tuple[str, str]]:
        """The references of startup units, and those to them."""
        does = {address: units for address, each in self.elements.items() if (units := units_of(address, each))}
        agents = {address: self._agent(address) for address in does}
        keys: dict[tuple[str, str], None] = {}
        for address, units in does.items():
            for name in (*units.completes, *units.wants, *(each for every in units.wants.values() for each in every)):
                if name:
                    keys[agents[address], name] = None
        nodes = named(keys)
        yield from ((node, "") for node in nodes.values())
        for address, units in does.items():
            for unit in units.completes:
                yield nodes[agents[address], unit], address
            for owner, wanted in units.wants.items():
                source = nodes[agents[address], owner] if owner else address
                yield from ((source, nodes[agents[address], each]) for each in wanted)

    def _agent(self, address: str) -> str:
        """The agent that a script runs on, as far as it can be followed."""
        module, text = self._module_of[address], str(self.elements[address].get("agent_id", ""))
        while True:
            found = next(iter(self._resolved(references(text), module)), text)
            name, call = found.removeprefix(f"{module.prefix}var."), module.call
            if call is None or name == found:
                return found
            module, text = call.module, str(call.body.get(name, ""))

    def _resolved(self, found: Iterable[Reference], module: Module) -> Iterator[str]:
        for reference in found:
            if reference.address is None:
                continue
            address = module.prefix + reference.address
            if reference.root == "provider":
                address = module.prefix + reference.text
            elif reference.root == "module" and f"{address}." in self._modules:
                output = next((step[1:] for step in reference.steps[1:] if step.startswith(".")), None)
                address += f".output.{output}" if output else ""
            yield address

    def _read(self, address: str, found: Iterator[Reference]) -> Iterator[Reference]:
        try:
            yield from found
        except InvalidTemplateError as error:
            error.add_note(f"in {address}")
            raise
