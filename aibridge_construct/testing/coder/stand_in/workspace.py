"""The data sources coder_workspace, coder_workspace_owner and coder_provisioner of the coder stand-in."""

from __future__ import annotations

import json
import platform
import re
import sys

from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    STRING,
    Build,
    DataSource,
    Refusal,
    Values,
    computed,
    list_of,
    object_of,
)
from aibridge_construct.testing.providers.go import decoded

__all__ = ["PROVISIONER", "WORKSPACE", "WORKSPACE_OWNER"]


def _read_workspace(values: Values, build: Build) -> Values:
    env = build.environ
    transition = env.get("CODER_WORKSPACE_TRANSITION") or "start"
    claimed = env.get("CODER_WORKSPACE_IS_PREBUILD_CLAIM", "").lower() == "true"
    prebuilt = not claimed and env.get("CODER_WORKSPACE_IS_PREBUILD", "").lower() == "true"
    template = {part: env.get(f"CODER_WORKSPACE_TEMPLATE_{part.upper()}", "") for part in ("id", "name", "version")}
    for part, value in template.items():
        if not value and env.get("CODER_WORKSPACE_BUILD_ID"):
            label = "ID" if part == "id" else part
            raise Refusal(f"template {label} is missing: CODER_WORKSPACE_TEMPLATE_{part.upper()} is required")
    url = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:", lambda scheme: scheme[0].lower(), build.config["url"])
    port = re.match(r"[^:]*://[^/?#]*?:([0-9]+)(?:[/?#]|$)", url)
    return {
        "id": env.get("CODER_WORKSPACE_ID") or None,
        "name": env.get("CODER_WORKSPACE_NAME") or "default",
        "access_url": url,
        "access_port": int(port[1]) if port else 443 if url.startswith("https:") else 80,
        "transition": transition,
        "start_count": int(transition == "start"),
        "is_prebuild": prebuilt,
        "prebuild_count": int(prebuilt),
        "is_prebuild_claim": claimed,
        **{f"template_{part}": value for part, value in template.items()},
    }


WORKSPACE = DataSource(
    "coder_workspace",
    [
        *(computed(name) for name in ("id", "name", "access_url", "transition")),
        *(computed(f"template_{part}") for part in ("id", "name", "version")),
        *(computed(name, NUMBER) for name in ("access_port", "start_count", "prebuild_count")),
        *(computed(name, BOOL) for name in ("is_prebuild", "is_prebuild_claim")),
    ],
    read=_read_workspace,
)


def _read_owner(values: Values, build: Build) -> Values:
    env = build.environ

    def text(name: str) -> str:
        return env.get(f"CODER_WORKSPACE_OWNER_{name.upper()}", "")

    plain = ("ssh_public_key", "ssh_private_key", "session_token", "oidc_access_token")
    return {
        "id": text("id"),
        "name": env.get("CODER_WORKSPACE_OWNER") or "default",
        "full_name": text("name") or "default",
        "email": text("email") or "default@example.com",
        "groups": _groups(env.get("CODER_WORKSPACE_OWNER_GROUPS")),
        "login_type": text("login_type") or None,
        "rbac_roles": _roles(env.get("CODER_WORKSPACE_OWNER_RBAC_ROLES")),
        **{name: text(name) for name in plain},
    }


def _groups(text: str | None) -> list[str]:
    if text is None:
        return []
    try:
        found = decoded(text, list, "[]string") or []
        return [decoded(json.dumps(item), str, "string") or "" for item in found]
    except ValueError as error:
        raise Refusal(f"invalid user groups: {error}") from error


def _roles(text: str | None) -> list[Values] | None:
    if text is None:
        return []
    try:
        found = decoded(text, list, "[]map[string]string") or []
        roles = [decoded(json.dumps(item), dict, "map[string]string") or {} for item in found]
    except ValueError as error:
        raise Refusal(f"invalid user rbac roles: {error}") from error
    if any(set(role) - {"name", "org_id"} for role in roles):
        return None  # the provider drops all of them where one says more than it knows
    return [{key: role.get(key, "") for key in ("name", "org_id")} for role in roles]


WORKSPACE_OWNER = DataSource(
    "coder_workspace_owner",
    [
        *(computed(name) for name in ("id", "name", "full_name", "email", "ssh_public_key", "login_type")),
        *(computed(name, sensitive=True) for name in ("ssh_private_key", "session_token", "oidc_access_token")),
        computed("groups", list_of(STRING)),
        computed("rbac_roles", list_of(object_of(name=STRING, org_id=STRING))),
    ],
    read=_read_owner,
)

PROVISIONER = DataSource(
    "coder_provisioner",
    [computed("os"), computed("arch")],
    read=lambda values, build: {
        "os": "windows" if sys.platform == "win32" else sys.platform,
        "arch": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower()),
    },
)
