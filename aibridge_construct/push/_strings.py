"""The strings of a configuration, each with its address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aibridge_construct.push._configuration import Configuration, Element

__all__ = ["Text", "strings"]


@dataclass(frozen=True)
class Text:
    """A string of a block.

    Args:
        element: the block.
        path: where it stands in the block, for example ``.labels[0].value``.
        text: the string, a template.
    """

    element: Element
    path: str
    text: str

    @property
    def address(self) -> str:
        """Where it stands, for example ``coder_env.editor.value``."""
        return f"{self.element.address}{self.path}"

    @property
    def names(self) -> list[str]:
        """The names on the way to it, for example ``["build", "context"]``."""
        return [name.partition("[")[0] for name in self.path.split(".")[1:]]


def strings(configuration: Configuration) -> Iterator[Text]:
    """Every string of the configuration; comments are none."""
    for module in configuration.modules:
        for element in module.elements():
            yield from _strings(element, element.body, "")


def _strings(element: Element, value: Any, path: str) -> Iterator[Text]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "//":
                yield from _strings(element, inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(element, inner, f"{path}[{number}]" if len(value) > 1 else path)
    elif isinstance(value, str):
        yield Text(element, path, value)
