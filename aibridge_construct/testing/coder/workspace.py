"""The environment in which Coder's provisioner runs Terraform: what the coder provider's data sources read.

Source of the names: Coder's provisioner and terraform-provider-coder 2.17.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from aibridge_construct.choices import a_list, refused

__all__ = ["parameter_variable", "secret_variable", "workspace_environment"]


def workspace_environment(
    *,
    owner: str = "ada",
    token: str | None = "owner-session-token",
    access_url: str = "https://coder.example.com",
    transition: Literal["start", "stop"] = "start",
    workspace: str = "dev",
    prebuild: Literal["", "build", "claim"] = "",
    agent_token: str = "",
    groups: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    external_auth: Mapping[str, str] | None = None,
    task_prompt: str = "",
    build: bool = True,
) -> dict[str, str]:
    """The variables of one build of one workspace.

    Args:
        owner: user name of the workspace owner; ids and the e-mail address are derived from it.
        token: the owner's session token. None, as at template import, leaves the variable unset: the token is empty.
        access_url: URL of the Coder deployment, without a trailing slash.
        transition: `"start"` or `"stop"`.
        workspace: name of the workspace; its id is derived from owner and name.
        prebuild: `"build"` for a prebuilt workspace nobody has claimed, `"claim"` for the build that hands it over.
        agent_token: the token of the agent that runs already, as given when a prebuilt workspace is claimed.
        groups: names of the owner's groups.
        parameters: values that the user chose, by `name` of the coder_parameter.
        secrets: the owner's secrets, by the `env` or the `file` of the coder_secret.
        external_auth: access tokens of the owner, by the `id` of the coder_external_auth.
        task_prompt: what a task was asked to do; the build is then one of a task.
        build: False for a plan that builds nothing, as at template import: a coder_secret may then be missing.
    """
    for argument, given, words in (
        ("transition", transition, ("start", "stop")),
        ("prebuild", prebuild, ("", "build", "claim")),
    ):
        if given not in words:
            raise refused(argument, given, f"must be one of {', '.join(map(repr, words))}", words=words)
    variables = {
        "CODER_AGENT_URL": access_url,
        "CODER_WORKSPACE_TRANSITION": transition,
        "CODER_WORKSPACE_NAME": workspace,
        "CODER_WORKSPACE_ID": _uuid("workspace", workspace),
        "CODER_WORKSPACE_OWNER": owner,
        "CODER_WORKSPACE_OWNER_NAME": owner.capitalize(),
        "CODER_WORKSPACE_OWNER_EMAIL": f"{owner}@example.com",
        "CODER_WORKSPACE_OWNER_ID": _uuid("owner", owner),
        "CODER_WORKSPACE_OWNER_GROUPS": json.dumps(_names("groups", groups)),
        "CODER_WORKSPACE_OWNER_LOGIN_TYPE": "password",
        "CODER_WORKSPACE_OWNER_RBAC_ROLES": "[]",
        "CODER_WORKSPACE_TEMPLATE_ID": _uuid("template", "template"),
        "CODER_WORKSPACE_TEMPLATE_NAME": "template",
        "CODER_WORKSPACE_TEMPLATE_VERSION": "v1",
    }
    if token is not None:
        variables["CODER_WORKSPACE_OWNER_SESSION_TOKEN"] = token
    if prebuild == "build":
        variables["CODER_WORKSPACE_IS_PREBUILD"] = "true"
    if prebuild == "claim":
        variables["CODER_WORKSPACE_IS_PREBUILD_CLAIM"] = "true"
    if agent_token:
        variables["CODER_RUNNING_WORKSPACE_AGENT_TOKEN"] = agent_token
        variables[f"CODER_RUNNING_WORKSPACE_AGENT_TOKEN_{hashlib.sha256(b'').hexdigest()}"] = agent_token
    if build:
        variables["CODER_WORKSPACE_BUILD_ID"] = _uuid("build", f"{workspace} {transition}")
    if task_prompt:
        variables |= {"CODER_TASK_ID": _uuid("task", workspace), "CODER_TASK_PROMPT": task_prompt}
    for name, value in (parameters or {}).items():
        variables[parameter_variable(name)] = value
    for secret, value in (secrets or {}).items():
        variables[secret_variable(secret)] = value
    for name, value in (external_auth or {}).items():
        variables[f"CODER_EXTERNAL_AUTH_ACCESS_TOKEN_{name}"] = value
    return variables


def parameter_variable(name: str) -> str:
    """The environment variable that carries the user's value of the coder_parameter called `name`."""
    return f"CODER_PARAMETER_{hashlib.sha256(name.encode()).hexdigest()}"


def secret_variable(secret: str) -> str:
    """The environment variable that carries a secret of the owner, by its `env` or its `file` in coder_secret."""
    if secret.startswith(("/", "~")):
        return f"CODER_SECRET_FILE_{secret.encode().hex()}"
    return f"CODER_SECRET_ENV_{secret}"


def _uuid(kind: str, name: str) -> str:
    digest = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def _names(argument: str, given: Iterable[str]) -> list[str]:
    return list(a_list(argument, given, "names", example='"admins"', kind=Iterable))
