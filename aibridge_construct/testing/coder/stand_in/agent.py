"""The resource coder_agent of the coder stand-in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from urllib.parse import urljoin

from aibridge_construct.testing.providers.checks import (
    all_of,
    at_least,
    between,
    one_of,
    own_words,
    refuse_duplicates,
    whole_number,
)
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    STRING,
    Build,
    Resource,
    Values,
    block,
    computed,
    map_of,
    optional,
    required,
)

__all__ = ["AGENT"]

_DEFAULT_APPS = {
    "vscode": True,
    "vscode_insiders": False,
    "web_terminal": True,
    "ssh_helper": True,
    "port_forwarding_helper": True,
}


def _plan_agent(values: Values) -> None:
    refuse_duplicates(values["metadata"], "key", "agent metadata key")
    for monitoring in values["resources_monitoring"] or ():
        refuse_duplicates(monitoring and monitoring["volume"], "path", "volume path")


@own_words
def _volume(value: str) -> str | None:
    if not value:
        return "volume path must not be empty"
    return None if value.startswith("/") else "volume path must be an absolute path"


def _dir(value: str) -> Sequence[str]:
    if value in ("", "$HOME", "~"):
        return []
    return ['Setting "dir" to a value other than $HOME breaks the file sync of Coder Desktop.']


def _agent_secrets(values: Values, build: Build) -> Values:
    """The token is new at every create and refresh, unless Coder hands over that of an agent that runs already."""
    script = build.environ.get(f"CODER_AGENT_SCRIPT_{values['os']}_{values['arch']}", "")
    script = script.replace("${ACCESS_URL}", urljoin(build.config["url"], "/"))
    running = build.environ.get(f"CODER_RUNNING_WORKSPACE_AGENT_TOKEN_{_sha256('')}")
    return {"token": running or str(uuid.uuid4()), "init_script": script.replace("${AUTH_TYPE}", values["auth"] or "")}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_PERCENT = all_of(whole_number, between(0, 100))

AGENT = Resource(
    "coder_agent",
    [
        required("arch", check=one_of("amd64", "armv7", "arm64")),
        required("os", check=one_of("linux", "darwin", "windows")),
        optional(
            "auth",
            default="token",
            check=one_of("token", "google-instance-identity", "aws-instance-identity", "azure-instance-identity"),
        ),
        optional("dir", deprecated=True, warn=_dir),
        optional("env", map_of(STRING)),
        optional("startup_script"),
        optional("startup_script_behavior", default="non-blocking", check=one_of("blocking", "non-blocking")),
        optional("shutdown_script"),
        optional("troubleshooting_url"),
        optional("motd_file"),
        optional("connection_timeout", NUMBER, default=120, check=all_of(whole_number, at_least(0))),
        optional("order", NUMBER, check=whole_number),
        optional("api_key_scope", default="all", check=one_of("all", "no_user_data")),
        computed("token", sensitive=True),
        computed("init_script"),
    ],
    [
        block(
            "display_apps",
            [optional(name, BOOL, default=shown) for name, shown in _DEFAULT_APPS.items()],
            nesting="set",
            max_items=1,
            computed=[_DEFAULT_APPS],
        ),
        block(
            "metadata",
            [
                required("key"),
                required("script"),
                required("interval", NUMBER, check=whole_number),
                optional("display_name"),
                optional("order", NUMBER, check=whole_number),
                optional("timeout", NUMBER, check=whole_number),
            ],
        ),
        block(
            "resources_monitoring",
            [],
            [
                block(
                    "memory",
                    [required("enabled", BOOL), required("threshold", NUMBER, check=_PERCENT)],
                    nesting="set",
                    max_items=1,
                ),
                block(
                    "volume",
                    [
                        required("path", check=_volume),
                        required("enabled", BOOL),
                        required("threshold", NUMBER, check=_PERCENT),
                    ],
                    nesting="set",
                ),
            ],
            nesting="set",
            max_items=1,
        ),
    ],
    force_new=True,
    plan=_plan_agent,
    create=_agent_secrets,
    read=_agent_secrets,
)
