"""The resource coder_agent_instance of the coder stand-in."""

from __future__ import annotations

from .plugin import Resource, required

__all__ = ["AGENT_INSTANCE"]

AGENT_INSTANCE = Resource("coder_agent_instance", [required("agent_id"), required("instance_id")], force_new=True)
