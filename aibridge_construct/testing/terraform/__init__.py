"""The real Terraform, offline: a mirror of providers, stand-ins for modules, the runner, and what it says as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..coder.terraform import Terraform
    from .diagnostics import Diagnostic, TerraformError
    from .plan import Plan, TestReport

__all__ = ["Diagnostic", "Plan", "Terraform", "TerraformError", "TestReport"]

# The public `Terraform` knows an ordinary workspace build, so it lives in the room above; nothing here uses it.
_HOMES = {
    ".coder.terraform": ["Terraform"],
    "diagnostics": ["Diagnostic", "TerraformError"],
    "plan": ["Plan", "TestReport"],
}

if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy

    __getattr__, __dir__ = lazy(__name__, _HOMES)
