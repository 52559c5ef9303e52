"""Dependency wiring: what refers to what in a synthesized stack."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aibridge_construct.hcl import references

__all__ = ["wiring"]


def wiring(synthesized: str | Mapping[str, Any]) -> dict[str, list[str]]:
    """The references of every element of a stack.

    Args:
        synthesized: what ``Testing.synth`` returned, or the text or content of a ``cdk.tf.json``.

    Returns:
        Terraform address to the sorted addresses that it refers to, through expressions and ``depends_on``. Elements
        without references are there with an empty list.

    Raises:
        InvalidTemplateError: there is an expression that Terraform could not read.
    """
    content = json.loads(synthesized) if isinstance(synthesized, str) else synthesized
    elements = dict(_elements(content))
    return {address: sorted(set(_references(body)) & elements.keys()) for address, body in sorted(elements.items())}


def _elements(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for kind, prefix in (("variable", "var."), ("output", "output."), ("module", "module."), ("locals", "local.")):
        for name, body in content.get(kind, {}).items():
            yield f"{prefix}{name}", body
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for type_name, named in content.get(kind, {}).items():
            for name, body in named.items():
                yield f"{prefix}{type_name}.{name}", body


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "depends_on":
                yield from inner
            elif key != "//":
                yield from _references(key)
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
    elif isinstance(value, str):
        yield from (reference.address for reference in references(value) if reference.address is not None)
