"""What an element of a configuration refers to: which of its strings are templates, which addresses, which neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aibridge_construct.hcl import Reference, expression_references, references

from .elements import Element

__all__ = ["meta_references", "of_element"]

#: What holds names and texts that Terraform takes as they are.
_PLAIN: Mapping[str, frozenset[str]] = {
    "module": frozenset({"source", "version"}),
    "output": frozenset({"description", "deprecated"}),
    "provider": frozenset({"alias", "version"}),
    "variable": frozenset({"type", "default", "description", "deprecated"}),
}
_TYPED = ("resource", "data", "ephemeral")
#: What decides whether, how many times and after what a module's elements are there.
_META = ("count", "for_each", "depends_on")


def of_element(element: Element) -> Iterator[Reference]:
    """The references of an element, also those that only order it.

    Raises:
        InvalidTemplateError: there is an expression that Terraform could not read.
    """
    for name, value in element.items():
        if name == "//" or name in _PLAIN.get(element.kind, ()):
            continue
        if name == "depends_on":
            yield from _addresses(value)
        elif name == "lifecycle" and element.kind in _TYPED:
            yield from _lifecycle(value)
        elif name == "provider" and element.kind in _TYPED:
            yield from _providers([value])
        elif name == "providers" and element.kind == "module":
            yield from _providers(list(value.values()) if isinstance(value, Mapping) else value)
        elif name == "dynamic" and element.kind in (*_TYPED, "provider"):
            yield from _dynamic(value, frozenset())
        else:
            yield from _templates(value, frozenset())


def meta_references(call: Element) -> Iterator[Reference]:
    """What everything in a module waits for, because its call does."""
    yield from of_element(Element("module", {name: value for name, value in call.items() if name in _META}))


def _lifecycle(value: Any) -> Iterator[Reference]:
    for body in _each(value):
        for name, inner in body.items():
            if name == "replace_triggered_by":
                yield from _addresses(inner)
            elif name != "ignore_changes":
                yield from _templates(inner, frozenset())


def _addresses(value: Any) -> Iterator[Reference]:
    """Where Terraform's JSON syntax takes expressions without `${}`."""
    for text in value if isinstance(value, list | tuple) else [value]:
        template = isinstance(text, str) and text.startswith("${")
        yield from (references if template else expression_references)(str(text))


def _providers(values: Any) -> Iterator[Reference]:
    for value in values:
        text = str(value).removeprefix("${").removesuffix("}").strip()
        name, _, alias = text.partition(".")
        yield Reference("provider", (f".{name}", *([f".{alias}"] if alias else [])), 0, len(text))


def _dynamic(value: Any, iterators: frozenset[str]) -> Iterator[Reference]:
    """Blocks that Terraform repeats; their loop variables refer to nothing outside."""
    for kinds in _each(value):
        for kind, definitions in kinds.items():
            for body in _each(definitions):
                own = str(body.get("iterator", kind)).removeprefix("${").removesuffix("}")
                yield from _templates(body.get("for_each"), iterators)
                inside = {name: inner for name, inner in body.items() if name not in ("for_each", "iterator")}
                yield from _templates(inside, iterators | {own})


def _templates(value: Any, iterators: frozenset[str]) -> Iterator[Reference]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (each for each in references(key) if each.root not in iterators)
            if key == "dynamic":
                yield from _dynamic(inner, iterators)
            else:
                yield from _templates(inner, iterators)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _templates(inner, iterators)
    elif isinstance(value, str):
        yield from (each for each in references(value) if each.root not in iterators)


def _each(value: Any) -> Iterator[Mapping[str, Any]]:
    for body in value if isinstance(value, list | tuple) else [value]:
        if isinstance(body, Mapping):
            yield body
