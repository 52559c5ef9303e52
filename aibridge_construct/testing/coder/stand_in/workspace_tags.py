"""The data source coder_workspace_tags of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.declare import STRING, DataSource, map_of, optional

__all__ = ["WORKSPACE_TAGS"]

WORKSPACE_TAGS = DataSource("coder_workspace_tags", [optional("tags", map_of(STRING))])
