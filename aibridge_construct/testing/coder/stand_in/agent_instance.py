"""The resource coder_agent_instance of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.declare import Resource, required

__all__ = ["AGENT_INSTANCE"]

AGENT_INSTANCE = Resource("coder_agent_instance", [required("agent_id"), required("instance_id")], force_new=True)
