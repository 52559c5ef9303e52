"""The resource coder_env of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.checks import matches, one_of
from aibridge_construct.testing.providers.declare import Resource, optional, required

__all__ = ["ENV"]

ENV = Resource(
    "coder_env",
    [
        required("agent_id"),
        required("name", check=matches(r"\A[a-zA-Z_][a-zA-Z0-9_]*\Z", "must be a valid environment variable name")),
        optional("value"),
        optional("merge_strategy", default="replace", check=one_of("replace", "append", "prepend", "error")),
    ],
    force_new=True,
)
