"""The data sources coder_workspace, coder_workspace_owner and coder_provisioner of the coder stand-in."""

from __future__ import annotations

import json
import platform
import sys
from typing import Any
from urllib.parse import urlsplit

from .plugin import BOOL, NUMBER, STRING, Build, DataSource, Refusal, Values, computed, list_of, object_of

__all__ = ["PROVISIONER", "WORKSPACE", "WORKSPACE_OWNER"]


def _read_workspace(values: Values, build: Build) -> Values:
    env = build.environ
    transition = env.get("CODER_WORKSPACE_TRANSITION") or "start"
    claimed = env.get("CODER_WORKSPACE_IS_PREBUILD_CLAIM", "").lower() == "true"
    prebuilt = not claimed and env.get("CODER_WORKSPACE_IS_PREBUILD", "").lower() == "true"
    template = {part: env.get(f"CODER_WORKSPACE_TEMPLATE_{part.upper()}") for part in ("id", "name", "version")}
    for part, value in template.items():
        if not value:
            raise Refusal(f"template {part} is missing: CODER_WORKSPACE_TEMPLATE_{part.upper()} must be set")
    url = urlsplit(build.config["url"])
    return {
        "id": env.get("CODER_WORKSPACE_ID"),
        "name": env.get("CODER_WORKSPACE_NAME") or "default",
        "access_url": build.config["url"],
        "access_port": url.port or (443 if url.scheme == "https" else 80),
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

    def listed(name: str, what: str) -> Any:
        try:
            return json.loads(text(name) or "[]")
        except ValueError as error:
            raise Refusal(f"invalid user {what}: {error}") from error

    plain = ("ssh_public_key", "ssh_private_key", "session_token", "oidc_access_token")
    return {
        "id": text("id"),
        "name": env.get("CODER_WORKSPACE_OWNER") or "default",
        "full_name": text("name") or "default",
        "email": text("email") or "default@example.com",
        "groups": listed("groups", "groups"),
        "login_type": text("login_type") or None,
        "rbac_roles": [
            {key: role.get(key, "") for key in ("name", "org_id")} for role in listed("rbac_roles", "rbac roles")
        ],
        **{name: text(name) for name in plain},
    }


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
