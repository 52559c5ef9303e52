"""What the elements of the coder provider state once per stack: which provider they need, and texts that they share.

A module must not hold a provider block (Terraform then forbids ``count``, ``for_each`` and ``depends_on`` on the module
call), so the requirement is an element of its own. If the stack has a coder provider, that one states its version.
"""

from __future__ import annotations

from typing import Any

from aibridge_construct._engine import IConstruct, TerraformElement, TerraformProvider, TerraformStack
from aibridge_construct._stack import per_stack
from aibridge_construct._version import __version__
from aibridge_construct.coder.bodies import bodies_of
from aibridge_construct.native import write_natively

__all__ = ["MINIMUM_VERSION", "REQUIRED_VERSION", "SOURCE", "TerraformRequirement", "require_coder_provider"]

SOURCE = "coder/coder"

#: The first version that marks the owner's session token as sensitive.
MINIMUM_VERSION = "2.12"


#: The lower bound on Terraform, as the registry's module states it.
REQUIRED_VERSION = ">= 1.9"


class CoderRequirement(TerraformElement):
    """``terraform.required_providers.coder`` of a stack without a coder provider of its own, and the ``locals``."""

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, "coder-requirement")
        self._stack = stack
        write_natively(stack)

    def to_terraform(self) -> Any:
        """The requirement and the locals as a fragment of the stack's JSON."""
        fragment: dict[str, Any] = {}
        if not any(_is_coder(provider) for provider in self._stack.all_providers()):
            needed = {"coder": {"source": SOURCE, "version": f">= {MINIMUM_VERSION}"}}
            fragment["terraform"] = {"required_providers": needed}
        if shared := bodies_of(self._stack).shared:
            fragment["locals"] = {body.name: body.stretches for body in shared}
        return fragment

    def to_metadata(self) -> Any:
        """What the stack's comment says beside the version of the engine: this library's."""
        return {"aibridge-construct": {"version": __version__}}

    def to_hcl_terraform(self) -> Any:
        """The same for ``cdktf synth --hcl``."""
        return self.to_terraform()


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


def require_coder_provider(scope: IConstruct) -> None:
    """State the requirement in the stack of ``scope``, once."""
    per_stack(scope, CoderRequirement)


def _is_coder(provider: TerraformProvider) -> bool:
    source = provider.terraform_provider_source or ""
    return source.removeprefix("registry.terraform.io/") == SOURCE
