"""The data source coder_external_auth of the coder stand-in."""

from __future__ import annotations

from aibridge_construct.testing.providers.declare import (
    BOOL,
    Build,
    DataSource,
    Refusal,
    Values,
    computed,
    optional,
    required,
)

__all__ = ["EXTERNAL_AUTH"]


def _read(values: Values, build: Build) -> Values:
    if not values["id"]:
        raise Refusal("id is required")
    return {"access_token": build.environ.get(f"CODER_EXTERNAL_AUTH_ACCESS_TOKEN_{values['id']}", "")}


EXTERNAL_AUTH = DataSource(
    "coder_external_auth",
    [required("id"), optional("optional", BOOL), computed("access_token", sensitive=True)],
    read=_read,
)
