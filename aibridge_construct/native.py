"""A stack as HCL, for ``cdktf synth --hcl``: what it says in JSON, or a refusal.

The engine's own writer loses values that are false or empty, quotes what must not be quoted, and escapes too little. So
the text is written from the stack's JSON; the engine's description of each element says what in it is a block.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aibridge_construct import hcl
from aibridge_construct._engine import (
    MIXING,
    Construct,
    IStackSynthesizer,
    ISynthesisSession,
    TerraformDataSource,
    TerraformElement,
    TerraformProvider,
    TerraformResource,
    TerraformStack,
    implements_synthesizer,
    output_directory,
    resolve_any,
    say_target,
)
from aibridge_construct._stack import per_stack

if TYPE_CHECKING:
    from aibridge_construct.hcl import Shape

__all__ = ["NativeStack", "remove_versions", "write_natively"]

#: What says which Terraform a stack in HCL needs: the engine's text of a stack has never said it.
VERSIONS = "versions.tf"

_HCL = "cdk.tf"
_METADATA = "metadata.json"
_OURS = "# Written by aibridge-construct.\n"


class NativeStack(TerraformStack):
    """A stack whose HCL plans what its JSON plans."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        say_target(self)
        write_natively(self)

    def to_hcl_terraform(self) -> Any:
        """The stack as HCL, without its ``required_version``, and what the engine notes of it.

        Raises:
            TemplateError: an element has no native form that is known to be right.
        """
        content = self.to_terraform()
        return {"hcl": _text(self, content), "metadata": _metadata(content)}


def write_natively(stack: TerraformStack) -> None:
    """Have every synthesis of ``stack`` that asks for HCL write what its JSON says."""
    per_stack(stack, _install)


def remove_versions(directory: Path) -> None:
    """Remove ``versions.tf`` if it is ours."""
    file = directory / VERSIONS
    if file.is_file() and file.read_bytes().startswith(_OURS.encode()):
        file.unlink()


def _install(stack: TerraformStack) -> None:
    stack.synthesizer = _Synthesizer(stack, stack.synthesizer)


@implements_synthesizer
class _Synthesizer:
    """The engine's synthesizer; where it wrote HCL, that is replaced."""

    def __init__(self, stack: TerraformStack, inner: IStackSynthesizer) -> None:
        self._stack = stack
        self._inner = inner

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the stack's directory."""
        MIXING.require_tree(self._stack)
        directory = output_directory(session, self._stack)
        remove_versions(directory)
        file = directory / _HCL
        file.unlink(missing_ok=True)
        self._inner.synthesize(session)
        if not file.exists():
            return
        file.unlink()  # what is refused must not stay
        content = self._stack.to_terraform()
        file.write_text(_text(self._stack, content), encoding="utf-8")
        (directory / _METADATA).write_text(json.dumps(_metadata(content), indent=2, sort_keys=True), encoding="utf-8")
        if version := content.get("terraform", {}).get("required_version"):
            text = hcl.document({"terraform": {"required_version": version}}, {})
            (directory / VERSIONS).write_text(f"{_OURS}\n{text}", encoding="utf-8")


def _text(stack: TerraformStack, content: Mapping[str, Any]) -> str:
    settings = {name: value for name, value in content.get("terraform", {}).items() if name != "required_version"}
    return hcl.document({**content, "terraform": settings}, _shapes(stack))


def _metadata(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine's command line reads of a stack in HCL: the comments of its JSON."""
    noted: dict[str, Any] = {name: content[name] for name in ("//", "terraform") if name in content}
    for kind in ("data", "resource"):
        for type, elements in content.get(kind, {}).items():
            for name, body in elements.items():
                noted.setdefault(kind, {}).setdefault(type, {})[name] = {"//": body.get("//")}
    for name, body in content.get("module", {}).items():
        noted.setdefault("module", {})[name] = {"//": body.get("//")}
    return noted


def _shapes(stack: TerraformStack) -> dict[str, Shape]:
    """The shapes of the stack's elements by address."""
    shapes: dict[str, Shape] = {}
    configurations: dict[str, int] = {}
    for element in _elements(stack):
        fragment = cast("Mapping[str, Any]", resolve_any(stack, element.to_hcl_terraform()) or {})
        for kind, prefix in (("resource", ""), ("data", "data."), ("ephemeral", "ephemeral.")):
            for type, named in (fragment.get(kind) or {}).items():
                shapes |= {f"{prefix}{type}.{name}": _shape(body) for name, body in named.items()}
        for name, bodies in (fragment.get("provider") or {}).items():
            for body in bodies:
                index = configurations[name] = configurations.get(name, -1) + 1
                shapes[f"provider.{name}[{index}]"] = _shape(body)
    return shapes


def _elements(stack: TerraformStack) -> Iterator[TerraformElement]:
    """The elements that have a shape, in the order in which the engine writes them."""
    for construct in stack.node.find_all():
        if not isinstance(construct, TerraformResource | TerraformDataSource | TerraformProvider):
            continue
        if construct.cdktf_stack is stack:
            yield construct


def _shape(body: object) -> dict[str, Shape | None]:
    """What is an attribute and what a block in the engine's description of a body."""
    if isinstance(body, list):
        merged: dict[str, Shape | None] = {}
        for item in body:
            merged |= _shape(item)
        return merged
    if not isinstance(body, Mapping):
        return {}
    return {name: _kind(given) for name, given in body.items() if isinstance(given, Mapping) and _described(given)}


def _described(given: Mapping[str, Any]) -> bool:
    return "type" in given and ("value" in given or "dynamic" in given)


def _kind(given: Mapping[str, Any]) -> Shape | None:
    # A map of objects is called a block too, and is none.
    is_block = (given.get("isBlock") or given.get("is_block")) and given["type"] != "map"
    return _shape(given.get("value")) if is_block else None
