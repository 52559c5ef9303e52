"""What the elements of the coder provider state once per stack: the provider they need, their arguments, shared texts.

A module must not hold a provider block (Terraform then forbids ``count``, ``for_each`` and ``depends_on`` on the module
call), so the requirement is an element of its own. If the stack has a coder provider, that one states its version.

It states the arguments of all the others as well. The engine would ask each element for them, twice in a synthesis, and
each question takes as long as the checks of a whole proxy.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from aibridge_construct._engine import IConstruct, TerraformElement, TerraformProvider, TerraformStack
from aibridge_construct._stack import node_of, per_stack, stack_of
from aibridge_construct._version import __version__
from aibridge_construct.coder.bodies import bodies_of
from aibridge_construct.coder.stated import Stated, said_by_itself
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.native import write_natively

__all__ = [
    "MINIMUM_VERSION",
    "REQUIRED_VERSION",
    "SOURCE",
    "CoderRequirement",
    "TerraformRequirement",
    "require_coder_provider",
]

SOURCE = "coder/coder"

_NAME = re.compile(r"[^\W\d][\w-]*")

#: The first version that marks the owner's session token as sensitive.
MINIMUM_VERSION = "2.12"


#: The lower bound on Terraform, as the registry's module states it.
REQUIRED_VERSION = ">= 1.9"


class CoderRequirement(TerraformElement):
    """``terraform.required_providers.coder`` of a stack without a coder provider of its own, and what all share."""

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, "coder-requirement")
        self._stack = stack
        self._node = node_of(stack)
        self._elements: dict[Stated, str | None] = {}
        write_natively(stack)

    def speak_for(self, element: Stated) -> None:
        """State the arguments of ``element`` from now on, unless its class does, and what it waits for."""
        self._elements[element] = None

    def to_terraform(self) -> Any:
        """The requirement, the arguments and the locals as a fragment of the stack's JSON."""
        there = set(self._node.find_all())
        fragment = self._shared(there)
        for element in self._elements:
            if element not in there or said_by_itself(type(element)):
                continue
            if arguments := element.to_json():
                named = fragment.setdefault(element.BLOCK, {}).setdefault(element.TYPE, {})
                named[self._name(element)] = arguments
        return fragment

    def _shared(self, there: Collection[IConstruct]) -> dict[str, Any]:
        """What of the fragment belongs to no element."""
        fragment: dict[str, Any] = {}
        providers = (construct for construct in there if isinstance(construct, TerraformProvider))
        if not any(_is_coder(provider) and stack_of(provider) is self._stack for provider in providers):
            needed = {"coder": {"source": SOURCE, "version": f">= {MINIMUM_VERSION}"}}
            fragment["terraform"] = {"required_providers": needed}
        if shared := bodies_of(self._stack).shared:
            fragment["locals"] = {body.name: body.stretches for body in shared}
        return fragment

    def _name(self, element: Stated) -> str:
        """Its name in the stack, which does not change from a synthesis on.

        Raises:
            InvalidValueError: Terraform takes no such name.
        """
        name = self._elements[element]
        if name is None:
            name = element.friendly_unique_id
            if not _NAME.fullmatch(name):
                raise InvalidValueError(
                    "id",
                    f"{element.node.path} would be the {element.TYPE} {name!r} in Terraform, where names begin with a "
                    "letter and hold letters, digits, _ and - only: give it, or the construct around it, another id.",
                )
            self._elements[element] = name
        return name

    def to_metadata(self) -> Any:
        """What the stack's comment says beside the version of the engine: this library's, and what was overridden.

        The engine asks every element for it before it asks any for its JSON.
        """
        overrides: dict[str, list[str]] = {}
        late = [element for element in self._elements if element.depends_on_constructs]
        there = set(self._node.find_all()) if late else set()
        for element in late:
            if element in there:
                element.resolve_dependencies()
        for element in self._elements:
            if element.overridden:
                overrides.setdefault(element.TYPE, []).extend(element.overridden)
        return {"aibridge-construct": {"version": __version__}} | ({"overrides": overrides} if overrides else {})

    def to_hcl_terraform(self) -> Any:
        """The same for ``cdktf synth --hcl``, where each element describes its arguments."""
        return self._shared(self._node.find_all())


class TerraformRequirement(TerraformElement):
    """``terraform.required_version`` of a stack: Terraform 1.9 or newer, as the registry's module asks for."""

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, "terraform-requirement")

    def to_terraform(self) -> Any:
        """The requirement as a fragment of the stack's JSON."""
        return {"terraform": {"required_version": REQUIRED_VERSION}}

    def to_hcl_terraform(self) -> Any:
        """Nothing: the engine's HCL writer would write ``0 = "required_version"``."""
        return {}


def require_coder_provider(scope: IConstruct) -> CoderRequirement:
    """State the requirement in the stack of ``scope``, once."""
    return per_stack(scope, CoderRequirement)


def _is_coder(provider: TerraformProvider) -> bool:
    source = provider.terraform_provider_source or ""
    return source.removeprefix("registry.terraform.io/") == SOURCE
