"""Where state is kept: Coder keeps that of each workspace, so nothing can be kept or read elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aibridge_construct.push._configuration import Configuration

__all__ = ["CROSS_STACK", "wrong_backend", "wrong_remote_state"]

#: What the engine calls the state of another stack that a value comes from.
CROSS_STACK = "cross-stack-reference-input-"


def wrong_backend(configuration: Configuration) -> Iterator[str]:
    """A backend other than the one that Coder reads."""
    cure = 'Use CoderTemplate, or declare LocalBackend(stack, path="terraform.tfstate").'
    for terraform in configuration.root.elements("terraform"):
        if "cloud" in terraform.body:
            yield f"It keeps state in HCP Terraform, but Coder keeps each workspace's state. {cure}"
        for kind, arguments in _backends(terraform.body.get("backend")):
            if kind != "local":
                yield f"It has a backend {kind!r}, but Coder keeps each workspace's state in a local file. {cure}"
            elif arguments.get("path", "terraform.tfstate") != "terraform.tfstate" or "workspace_dir" in arguments:
                yield (
                    f"Its local backend writes to {arguments.get('path') or arguments.get('workspace_dir')!r}, where "
                    f"Coder does not look: every workspace would share one state or lose it. {cure}"
                )


def _backends(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for block in value if isinstance(value, list) else [value or {}]:
        for kind, bodies in block.items():
            for arguments in bodies if isinstance(bodies, list) else [bodies]:
                yield kind, arguments


def wrong_remote_state(configuration: Configuration) -> Iterator[str]:
    """A value of another stack, which the engine would read from that stack's state."""
    for element in configuration.of_type("terraform_remote_state"):
        if element.kind == "data" and element.name.startswith(CROSS_STACK):
            other = element.name.removeprefix(CROSS_STACK)
            yield (
                f"{element.address} reads values of the stack {other!r} from its state, but the state is each "
                f"workspace's own: the stack {configuration.stack!r} would never get them. Declare what "
                f"{configuration.stack!r} needs in {configuration.stack!r} itself, for example in a function that "
                "both stacks call."
            )
