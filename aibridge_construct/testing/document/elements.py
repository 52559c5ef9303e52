"""The elements of a configuration by their addresses, in the words of Terraform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aibridge_construct.push import Module

__all__ = ["Element", "addressed", "elements"]


class Element(dict[str, Any]):
    """The body of an element.

    Attributes:
        kind: `resource`, `data`, `output`, `local` …
    """

    def __init__(self, kind: str, body: Mapping[str, Any]) -> None:
        super().__init__(body)
        self.kind = kind


def elements(module: Module) -> Iterator[tuple[str, Element]]:
    """The elements of one folder of configuration, each local for itself; equal addresses are numbered."""
    seen: dict[str, int] = {}
    for element in module.elements():
        if element.kind == "locals":
            for name, value in element.body.items():
                if name != "//":
                    yield f"{module.prefix}local.{name}", Element("local", {"value": value})
            continue
        address = element.address.rstrip(".")
        if element.kind == "provider" and "alias" in element.body:
            address += f".{element.body['alias']}"
        seen[address] = seen.get(address, 0) + 1
        number = f"[{seen[address] - 1}]" if seen[address] > 1 else ""
        yield f"{address}{number}", Element(element.kind, element.body)


def addressed(content: Mapping[str, Any]) -> dict[str, Element]:
    """The elements of one configuration in Terraform's JSON syntax."""
    return dict(elements(Module(Path(), {"cdk.tf.json": content})))
