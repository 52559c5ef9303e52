"""The resource coder_external_agent of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.declare import Resource, required

__all__ = ["EXTERNAL_AGENT"]

EXTERNAL_AGENT = Resource("coder_external_agent", [required("agent_id")], force_new=True)
