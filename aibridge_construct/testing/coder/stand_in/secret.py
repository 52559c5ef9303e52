"""The data source coder_secret of the coder stand-in."""

from __future__ import annotations

import re

from aibridge_construct.testing.coder.workspace import secret_variable
from aibridge_construct.testing.providers.checks import own_words
from aibridge_construct.testing.providers.declare import (
    Build,
    DataSource,
    Refusal,
    Values,
    computed,
    optional,
    required,
)
from aibridge_construct.testing.providers.go import quoted

__all__ = ["SECRET"]

_NAME = "^[a-zA-Z_][a-zA-Z0-9_]*$"


@own_words
def _env(value: str) -> str | None:
    if not value or re.fullmatch(_NAME.strip("^$"), value):
        return None
    return f"`env` must be a POSIX-compliant identifier matching {quoted(_NAME)}; got {quoted(value)}"


@own_words
def _file(value: str) -> str | None:
    if not value or value.startswith(("/", "~/")):
        return None
    return f"`file` must start with `/` or `~/`; got {quoted(value)}"


def _read(values: Values, build: Build) -> Values:
    env, file = values["env"] or "", values["file"] or ""
    if bool(env) == bool(file):
        raise Refusal("exactly one of `env` or `file` must be set")
    value = build.environ.get(secret_variable(env or file), "")
    building = build.environ.get("CODER_WORKSPACE_BUILD_ID")
    if not value and building and build.environ.get("CODER_WORKSPACE_TRANSITION") == "start":
        wanted = f"environment variable {quoted(env)}" if env else f"file {quoted(file)}"
        help_message = f"Help message: {values['help_message']}\n\n" if values["help_message"] else ""
        raise Refusal(
            f"Missing required secret: {wanted}",
            f"Required: {wanted}\n\n{help_message}To resolve: ensure a secret exposes the {wanted}.\n",
        )
    return {"id": f"env:{env}" if env else f"file:{file}", "value": value}


SECRET = DataSource(
    "coder_secret",
    [
        optional("env", check=_env),
        optional("file", check=_file),
        required("help_message"),
        computed("value", sensitive=True),
    ],
    read=_read,
)
