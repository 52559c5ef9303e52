"""The environment of Coder's builds; see `coder.workspace`."""

from __future__ import annotations

from .coder.workspace import parameter_variable, secret_variable, workspace_environment

__all__ = ["parameter_variable", "secret_variable", "workspace_environment"]
