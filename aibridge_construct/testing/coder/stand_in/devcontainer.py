"""The resource coder_devcontainer of the coder stand-in."""

from __future__ import annotations

import uuid

from aibridge_construct.testing.providers.checks import not_empty
from aibridge_construct.testing.providers.declare import Resource, computed, optional, required

__all__ = ["DEVCONTAINER"]

DEVCONTAINER = Resource(
    "coder_devcontainer",
    [
        required("agent_id"),
        required("workspace_folder", check=not_empty),
        optional("config_path"),
        computed("subagent_id"),
    ],
    force_new=True,
    create=lambda values, build: {"subagent_id": str(uuid.uuid4())},
)
