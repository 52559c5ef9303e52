"""The resource coder_app of the coder stand-in."""

from __future__ import annotations

import re

from aibridge_construct.testing.providers.checks import is_set, is_url, own_words, refuse_together, whole_number
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    Build,
    Check,
    Resource,
    Values,
    block,
    optional,
    required,
)
from aibridge_construct.testing.providers.go import quoted

__all__ = ["APP"]

_SLUG = r"^[a-z0-9](-?[a-z0-9])*$"
_SHARES = ("owner", "authenticated", "public")
_PLACES = ("tab", "slim-window")


@own_words
def _slug(value: str) -> str | None:
    if re.fullmatch(_SLUG.strip("^$"), value):
        return None
    return (
        f'invalid "coder_app" slug, must be a valid hostname ({quoted(_SLUG)}, '
        f"cannot contain two consecutive hyphens or start/end with a hyphen): {quoted(value)}"
    )


@own_words
def _share(value: str) -> str | None:
    if value in _SHARES:
        return None
    return f"invalid app share {quoted(value)}, must be one of {', '.join(map(quoted, _SHARES))}"


@own_words
def _open_in(value: str) -> str | None:
    if value in _PLACES:
        return None
    return f'invalid "coder_app" open_in value, must be one of {", ".join(map(quoted, _PLACES))}: {quoted(value)}'


def _at_most(maximum: int, what: str) -> Check:
    said = f"{what} is too long (max {maximum} characters)"
    return own_words(lambda value: None if len(value.encode()) <= maximum else said)


def _validate_app(values: Values) -> None:
    refuse_together(values, "command", "url", "subdomain")
    refuse_together(values, "external", "healthcheck", "command", "subdomain", "share")
    refuse_together(values, "healthcheck", "command")


def _create_app(values: Values, build: Build) -> Values:
    if values["hidden"]:
        build.warnings.extend(
            f"`{name}` set when app is hidden"
            for name in ("display_name", "icon", "order")
            if is_set(values[name]) and values[name] not in ("", 0)
        )
    return {}


APP = Resource(
    "coder_app",
    [
        required("agent_id"),
        required("slug", check=_slug),
        optional("command"),
        optional("display_name", check=_at_most(64, "display name")),
        optional("icon", check=is_url),
        optional("url"),
        optional("external", BOOL, default=False),
        optional("share", default="owner", check=_share),
        optional("subdomain", BOOL),
        optional("order", NUMBER, check=whole_number),
        optional("group", check=_at_most(64, "group name")),
        optional("hidden", BOOL, default=False),
        optional("open_in", default="slim-window", check=_open_in),
        optional("tooltip", check=_at_most(2048, "tooltip")),
    ],
    [
        block(
            "healthcheck",
            [
                required("url"),
                required("interval", NUMBER, check=whole_number),
                required("threshold", NUMBER, check=whole_number),
            ],
            nesting="set",
            max_items=1,
        )
    ],
    force_new=True,
    validate=_validate_app,
    create=_create_app,
)
