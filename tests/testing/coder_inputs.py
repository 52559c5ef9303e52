"""Inputs for every type of the coder provider, with what becomes of them; `test_coder_types` tries them.

Found out by running them through the real provider, version 2.17.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ENVIRONMENTS", "REFUSED", "TAKEN", "Refused", "Taken"]

UUID = "11111111-2222-4333-8444-555555555555"
ANY_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

ENVIRONMENTS: dict[str, dict[str, str | None]] = {
    "build": {
        "CODER_AGENT_SCRIPT_linux_amd64": "start ${ACCESS_URL} ${AUTH_TYPE}",
        "CODER_AGENT_URL": "https://coder.example.com:8443/sub/path",
        "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_github": "gho_1",
        "CODER_SECRET_ENV_TOKEN": "s3cret",
        f"CODER_SECRET_FILE_{b'~/key'.hex()}": "k3y",
    },
    # A plan by hand, where hardly anything is known.
    "nothing": {
        "CODER_AGENT_URL": None,
        "CODER_WORKSPACE_BUILD_ID": None,
        **{f"CODER_WORKSPACE_{name}": None for name in ("NAME", "TRANSITION", "TEMPLATE_ID", "TEMPLATE_NAME")},
        **{
            f"CODER_WORKSPACE_OWNER{name}": None
            for name in ("", "_ID", "_NAME", "_EMAIL", "_GROUPS", "_RBAC_ROLES", "_LOGIN_TYPE", "_SESSION_TOKEN")
        },
    },
    "stop": {"CODER_WORKSPACE_TRANSITION": "stop", "CODER_WORKSPACE_OWNER_GROUPS": '["a"] and more'},
    "task": {"CODER_TASK_ID": UUID, "CODER_TASK_PROMPT": "Mend it."},
    "no-task": {"CODER_TASK_ID": "00000000-0000-0000-0000-000000000000", "CODER_TASK_PROMPT": ""},
    "odd": {
        "CODER_TASK_ID": "task-1",
        "CODER_WORKSPACE_TEMPLATE_ID": "",
        "CODER_WORKSPACE_OWNER_GROUPS": "staff",
    },
    "empty-groups": {"CODER_WORKSPACE_OWNER_GROUPS": ""},
    "odd-roles": {"CODER_WORKSPACE_OWNER_RBAC_ROLES": "{}"},
    "claim": {"CODER_WORKSPACE_IS_PREBUILD": "true", "CODER_WORKSPACE_IS_PREBUILD_CLAIM": "True"},
}


@dataclass(frozen=True, kw_only=True)
class _Input:
    id: str
    type: str
    body: str
    env: str = "build"
    chosen: str | None = None
    previous: str | None = None

    @property
    def kind(self) -> str:
        return "resource" if self.type in _RESOURCES else "data"

    @property
    def address(self) -> str:
        prefix = "data." if self.kind == "data" else ""
        return f"{prefix}{self.type}.{self._name}"

    @property
    def hcl(self) -> str:
        name = f"name = {json.dumps(self.id)}\n" if self.type == "coder_parameter" else ""
        return f'{self.kind} "{self.type}" "{self._name}" {{\n{name}{_ALWAYS.get(self.type, "")}\n{self.body}\n}}'

    @property
    def _name(self) -> str:
        return f"it_{self.id.encode().hex()}"


@dataclass(frozen=True, kw_only=True)
class Taken(_Input):
    """An input that is taken, with some values that it has then; `matching` has regular expressions."""

    values: Mapping[str, Any] = field(default_factory=dict)
    matching: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Refused(_Input):
    """An input that is refused, with the stage at which that happens and a part of what is said."""

    stage: str
    said: str


_RESOURCES = [
    *("coder_agent", "coder_agent_instance", "coder_ai_task", "coder_app", "coder_devcontainer", "coder_env"),
    *("coder_external_agent", "coder_metadata", "coder_script"),
]

_ALWAYS = {
    "coder_agent": 'os = "linux"',
    "coder_app": 'agent_id = "a"',
    "coder_env": 'agent_id = "a"',
    "coder_metadata": 'resource_id = "r"',
    "coder_script": 'agent_id = "a"\ndisplay_name = "d"\nscript = "true"',
}
"""What each input of a type has."""

TAKEN: list[Taken] = []
REFUSED: list[Refused] = []


def _taken(id: str, type: str, body: str = "", **more: Any) -> None:
    TAKEN.append(Taken(id=id, type=f"coder_{type}", body=body, **more))


def _refused(stage: str, id: str, type: str, body: str, said: str, **more: Any) -> None:
    REFUSED.append(Refused(stage=stage, id=id, type=f"coder_{type}", body=body, said=said, **more))


def _validate(id: str, type: str, body: str, said: str, **more: Any) -> None:
    _refused("validate", id, type, body, said, **more)


def _plan(id: str, type: str, body: str, said: str, **more: Any) -> None:
    _refused("plan", id, type, body, said, **more)


# ---- coder_agent, coder_agent_instance, coder_external_agent ---------------------------------------------------------

AMD64 = 'arch = "amd64"\n'
VOLUME = 'volume {{\n path = "{}"\n enabled = true\n threshold = {}\n }}\n'
MEMORY = "memory {{\n enabled = true\n threshold = {}\n }}\n"
MONITORING = "resources_monitoring {{\n {} }}\n"
ITEM = 'metadata {\n key = "cpu"\n script = "x"\n interval = 1\n }\n'

_taken(
    "agent",
    "agent",
    AMD64,
    values={
        "auth": "token",
        "connection_timeout": 120,
        "api_key_scope": "all",
        "startup_script_behavior": "non-blocking",
        "init_script": "start https://coder.example.com:8443/ token",
        "env": None,
        "order": None,
    },
    matching={"id": ANY_UUID, "token": ANY_UUID},
)
_taken("agent-env", "agent", AMD64 + 'env = { A = "1", B = null }', values={"env": {"A": "1"}})
_taken("agent-no-env", "agent", AMD64 + "env = {}", values={"env": None})
_taken("agent-without-script", "agent", 'arch = "arm64"', values={"init_script": ""})
_taken(
    "agent-cloud",
    "agent",
    AMD64 + 'auth = "aws-instance-identity"',
    values={"init_script": "start https://coder.example.com:8443/ aws-instance-identity"},
)
_taken("agent-never-late", "agent", AMD64 + "connection_timeout = 0", values={"connection_timeout": 0})
_taken(
    "agent-apps",
    "agent",
    AMD64 + "display_apps {\n vscode = false\n }",
    values={
        "display_apps": [
            {
                "vscode": False,
                "vscode_insiders": False,
                "web_terminal": True,
                "ssh_helper": True,
                "port_forwarding_helper": True,
            }
        ]
    },
)
_taken("agent-volumes", "agent", AMD64 + MONITORING.format(VOLUME.format("/a", 0) + VOLUME.format("/b", 100)))
_validate("agent-arch", "agent", 'arch = "riscv"', 'expected arch to be one of ["amd64" "armv7" "arm64"], got riscv')
_validate("agent-auth", "agent", AMD64 + 'auth = "x"', 'expected auth to be one of ["token" "google-instance-identity"')
_validate("agent-scope", "agent", AMD64 + 'api_key_scope = "x"', 'one of ["all" "no_user_data"], got x')
_validate("agent-late", "agent", AMD64 + "connection_timeout = -1", "connection_timeout to be at least (0), got -1")
_validate("agent-order", "agent", AMD64 + "order = 1.5", "Attribute must be a whole number, got 1.5")
_validate("agent-token", "agent", AMD64 + 'token = "x"', "Value for unconfigurable attribute")
_validate(
    "agent-memory",
    "agent",
    AMD64 + MONITORING.format(MEMORY.format(101)),
    "expected resources_monitoring.0.memory.0.threshold to be in the range (0 - 100), got 101",
)
_validate(
    "agent-relative",
    "agent",
    AMD64 + MONITORING.format(VOLUME.format("a", 1)),
    "volume path must be an absolute path",
)
_validate("agent-no-path", "agent", AMD64 + MONITORING.format(VOLUME.format("", 1)), "volume path must not be empty")
_plan("agent-twice", "agent", AMD64 + 2 * ITEM, 'duplicate agent metadata key "cpu"')
_plan(
    "agent-volume-twice",
    "agent",
    AMD64 + MONITORING.format(VOLUME.format("/a", 1) + VOLUME.format("/a", 2)),
    'duplicate volume path "/a"',
)
_taken("instance", "agent_instance", 'agent_id = "a"\ninstance_id = "i"', matching={"id": ANY_UUID})
_taken("external-agent", "external_agent", 'agent_id = "a"', matching={"id": ANY_UUID})

# ---- coder_ai_task, coder_task ---------------------------------------------------------------------------------------

_taken(
    "ai-task",
    "ai_task",
    f'app_id = "{UUID}"',
    values={"app_id": UUID, "enabled": False, "prompt": None},
    matching={"id": ANY_UUID},
)
_taken("ai-task-sidebar", "ai_task", f'sidebar_app {{\n id = "{UUID}"\n }}', values={"app_id": UUID})
_taken(
    "ai-task-of-a-task",
    "ai_task",
    f'app_id = "{UUID}"',
    env="task",
    values={"id": UUID, "enabled": True, "prompt": "Mend it."},
)
_taken("ai-task-of-none", "ai_task", f'app_id = "{UUID}"', env="no-task", values={"enabled": False, "prompt": None})
_refused("apply", "ai-task-without-app", "ai_task", "", "'app_id' must be set")
_validate("ai-task-app", "ai_task", 'app_id = "x"', 'expected "app_id" to be a valid UUID, got x')
_validate("ai-task-hyphens", "ai_task", f'app_id = "{UUID.replace("-", "")}"', 'expected "app_id" to be a valid UUID')
_validate(
    "ai-task-sidebar-app", "ai_task", 'sidebar_app {\n id = "x"\n }', 'expected "sidebar_app.0.id" to be a valid UUID'
)
_validate(
    "ai-task-both", "ai_task", f'app_id = "{UUID}"\nsidebar_app {{\n id = "{UUID}"\n }}', '"app_id": conflicts with'
)
_validate("ai-task-prompt", "ai_task", f'app_id = "{UUID}"\nprompt = "x"', "Value for unconfigurable attribute")
_taken("task", "task", values={"enabled": False, "prompt": ""}, matching={"id": ANY_UUID})
_taken("task-running", "task", env="task", values={"id": UUID, "enabled": True, "prompt": "Mend it."})
_taken("task-nil", "task", env="no-task", values={"enabled": False}, matching={"id": ANY_UUID})
_plan("task-odd", "task", "", "invalid UUID length: 6", env="odd")

# ---- coder_app -------------------------------------------------------------------------------------------------------

CHECK = 'healthcheck {\n url = "u"\n interval = 1\n threshold = 2\n }\n'

_taken(
    "app",
    "app",
    'slug = "a-1"',
    values={"external": False, "share": "owner", "hidden": False, "open_in": "slim-window", "subdomain": None},
)
_taken("app-external", "app", 'slug = "b"\nurl = "http://x"\nexternal = true', values={"external": True})
_validate("app-slug", "app", 'slug = "A_B"', 'invalid "coder_app" slug, must be a valid hostname')
_validate("app-slug-hyphens", "app", 'slug = "a--b"', "cannot contain two consecutive hyphens")
_validate("app-slug-newline", "app", 'slug = "a\\n"', 'invalid "coder_app" slug')
_validate("app-share", "app", 'slug = "a"\nshare = "x"', 'invalid app share "x", must be one of "owner", "authent')
_validate("app-open-in", "app", 'slug = "a"\nopen_in = "x"', 'open_in value, must be one of "tab", "slim-window": "x"')
_validate("app-name", "app", f'slug = "a"\ndisplay_name = "{"x" * 65}"', "display name is too long (max 64 characters)")
_validate("app-group", "app", f'slug = "a"\ngroup = "{"é" * 33}"', "group name is too long (max 64 characters)")
_validate("app-tooltip", "app", f'slug = "a"\ntooltip = "{"x" * 2049}"', "tooltip is too long (max 2048 characters)")
_validate("app-icon", "app", 'slug = "a"\nicon = ":x"', 'parse ":x": missing protocol scheme')
_validate("app-command", "app", 'slug = "a"\ncommand = "c"\nurl = "u"', '"command": conflicts with url')
_validate("app-subdomain", "app", 'slug = "a"\ncommand = "c"\nsubdomain = false', '"command": conflicts with subdomain')
_validate("app-shared", "app", 'slug = "a"\nexternal = true\nshare = "public"', '"external": conflicts with share')
_validate("app-checked", "app", f'slug = "a"\ncommand = "c"\n{CHECK}', '"healthcheck": conflicts with command')
_validate("app-order", "app", 'slug = "a"\norder = 0.5', "Attribute must be a whole number, got 0.5")

# ---- coder_devcontainer, coder_env, coder_metadata -------------------------------------------------------------------

_taken(
    "devcontainer",
    "devcontainer",
    'agent_id = "a"\nworkspace_folder = "/w"',
    values={"config_path": None},
    matching={"id": ANY_UUID, "subagent_id": ANY_UUID},
)
_validate(
    "devcontainer-nowhere",
    "devcontainer",
    'agent_id = "a"\nworkspace_folder = ""',
    'expected "workspace_folder" to not be an empty string',
)
_validate(
    "devcontainer-subagent",
    "devcontainer",
    'agent_id = "a"\nworkspace_folder = "/w"\nsubagent_id = "x"',
    "Value for unconfigurable attribute",
)
_taken("env", "env", 'name = "PATH"\nvalue = ""', values={"merge_strategy": "replace", "value": ""})
_validate("env-name", "env", 'name = "1A"', "invalid value for name (must be a valid environment variable name)")
_validate("env-newline", "env", 'name = "A\\n"', "invalid value for name")
_validate(
    "env-merge", "env", 'name = "A"\nmerge_strategy = "sum"', 'one of ["replace" "append" "prepend" "error"], got sum'
)
_taken("metadata", "metadata", values={"hide": None, "item": []})
_validate("metadata-cost", "metadata", "daily_cost = 1.5", "Attribute must be a whole number, got 1.5")
_validate("metadata-null", "metadata", 'item {\n key = "a"\n is_null = true\n }', "Value for unconfigurable attribute")
_plan("metadata-twice", "metadata", 2 * 'item {\n key = "a"\n }\n', 'duplicate resource metadata key "a"')

for icon, complaint in {
    "http://h:port/": 'invalid port ":port" after host',
    "http://h::80/": 'invalid port "::80" after host',
    "http://[::1/": "missing ']' in host",
    "http://h%20/": 'invalid URL escape "%20"',
    "%zz": 'invalid URL escape "%zz"',
    "http://u u@h/": "net/url: invalid userinfo",
    "1:b": "first path segment in URL cannot contain colon",
    "x\\u0001": "net/url: invalid control character in URL",
    "http://a b/": 'invalid character " " in host name',
}.items():
    _validate(f"icon {icon}", "metadata", f'icon = "{icon}"', complaint)
for number, icon in enumerate(
    ("", "/icon/a.svg", "mailto:x", "a/b:c", "http://[::1]/", "*", "http://h/?%zz", "//h/x y")
):
    _taken(f"icon-{number}", "metadata", f'icon = "{icon}"', values={"icon": icon})

# ---- coder_script ----------------------------------------------------------------------------------------------------

_taken(
    "script",
    "script",
    "run_on_start = true",
    values={"run_on_stop": False, "start_blocks_login": False, "timeout": 0, "cron": None},
)
_refused("apply", "script-never", "script", "", 'at least one of "run_on_start", "run_on_stop", or "cron" must be set')
_refused(
    "apply",
    "script-blocks",
    "script",
    "run_on_stop = true\nstart_blocks_login = true",
    '"start_blocks_login" can only be set if "run_on_start" is "true"',
)
_validate("script-timeout", "script", "run_on_start = true\ntimeout = 0", "expected timeout to be at least (1), got 0")
_validate("script-half", "script", "run_on_start = true\ntimeout = 1.5", "Attribute must be a whole number, got 1.5")

for number, cron in enumerate(
    (
        "0 */5 * * * *",
        "*/5 * * * *",
        "0 9 * * 1-5",
        "@daily",
        "@every 1h30m",
        "TZ=UTC 0 0 9 * * *",
        "CRON_TZ=Europe/Berlin 0 0 9 * * *",
        "TZ=UTC @daily",
        "CRON_TZ=UTC  0 0 9 * *",
        "0 0 9 * JAN-mar MON,wed",
        "0 0 9 ? * ?",
        "*-5 * * * * *",
        ", * * * * *",
        "+1 * * * * *",
        "0 0 9 * * 5/2",
        "  0 0 9 * * *  ",
    )
):
    _taken(f"cron-{number}", "script", f"cron = {json.dumps(cron)}", values={"cron": cron})
for cron, complaint in {
    "": "empty spec string",
    "nonsense": "expected 5 to 6 fields, found 1: [nonsense]",
    "0 12 * *": "expected 5 to 6 fields, found 4: [0 12 * *]",
    "0 0 9 * * * *": "expected 5 to 6 fields, found 7",
    "60 0 9 * * *": "end of range (60) above maximum (59): 60",
    "0 0 9 * * 7": "end of range (7) above maximum (6): 7",
    "0 0 0 0 * *": "beginning of range (0) below minimum (1): 0",
    "5-1 * * * * *": "beginning of range (5) beyond end of range (1): 5-1",
    "*/0 * * * * *": "step of range should be a positive number: */0",
    "*/x * * * * *": 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax',
    "1/2/3 * * * * *": "too many slashes: 1/2/3",
    "1-2-3 * * * * *": "too many hyphens: 1-2-3",
    "0 0 9 L * *": "failed to parse int from L",
    "@reboot": "unrecognized descriptor: @reboot",
    "@DAILY": "unrecognized descriptor: @DAILY",
    "@every 1d": 'time: unknown unit "d" in duration "1d"',
    "@every 5": 'time: missing unit in duration "5"',
    "TZ=Mars/Base 0 0 9 * * *": "provided bad location Mars/Base: unknown time zone Mars/Base",
    "tz=UTC 0 0 9 * * *": "expected 5 to 6 fields, found 7",
    "99999999999999999999 * * * * *": "value out of range",
}.items():
    _validate(f"cron {cron}", "script", f"cron = {json.dumps(cron)}", f"{cron} is not a valid cron expression: ")
    _validate(f"cron {cron}: why", "script", f"cron = {json.dumps(cron)}", complaint)

# ---- coder_external_auth, coder_secret -------------------------------------------------------------------------------

HELP = 'help_message = "Add it."\n'

_taken("auth", "external_auth", 'id = "github"', values={"access_token": "gho_1", "id": "github", "optional": None})
_taken("auth-none", "external_auth", 'id = "gitlab"\noptional = true', values={"access_token": "", "optional": True})
_plan("auth-empty", "external_auth", 'id = ""', "id is required")
_taken("secret", "secret", HELP + 'env = "TOKEN"', values={"value": "s3cret", "id": "env:TOKEN", "file": None})
_taken("secret-file", "secret", HELP + 'file = "~/key"', values={"value": "k3y", "id": "file:~/key"})
_taken("secret-by-hand", "secret", HELP + 'env = "NONE"', env="nothing", values={"value": ""})
_taken("secret-at-stop", "secret", HELP + 'env = "NONE"', env="stop", values={"value": ""})
_plan("secret-missing", "secret", HELP + 'env = "NONE"', 'Missing required secret: environment variable "NONE"')
_plan("secret-help", "secret", HELP + 'env = "NO"', "Help message: Add it.")
_plan("secret-no-file", "secret", HELP + 'file = "/x"', 'Missing required secret: file "/x"')
_plan("secret-neither", "secret", HELP, "exactly one of `env` or `file` must be set")
_plan("secret-both", "secret", HELP + 'env = "A"\nfile = "/x"', "exactly one of `env` or `file` must", env="odd")
_validate("secret-env", "secret", HELP + 'env = "1"', "`env` must be a POSIX-compliant identifier matching")
_validate("secret-relative", "secret", HELP + 'file = "x"', '`file` must start with `/` or `~/`; got "x"')
_validate("secret-home", "secret", HELP + 'file = "~"', '`file` must start with `/` or `~/`; got "~"')

# ---- coder_workspace, coder_workspace_owner, coder_provisioner, coder_workspace_tags ---------------------------------

_taken(
    "workspace",
    "workspace",
    values={
        "name": "dev",
        "access_url": "https://coder.example.com:8443/sub/path",
        "access_port": 8443,
        "transition": "start",
        "start_count": 1,
        "is_prebuild": False,
        "prebuild_count": 0,
        "is_prebuild_claim": False,
        "template_name": "template",
    },
)
_taken(
    "workspace-by-hand",
    "workspace",
    env="nothing",
    values={
        "name": "default",
        "access_url": "https://mydeployment.coder.com",
        "access_port": 443,
        "transition": "start",
        "template_id": "",
        "template_name": "",
    },
)
_taken("workspace-stopped", "workspace", env="stop", values={"transition": "stop", "start_count": 0})
_taken("workspace-claimed", "workspace", env="claim", values={"is_prebuild": False, "is_prebuild_claim": True})
_plan(
    "workspace-template", "workspace", "", "template ID is missing: CODER_WORKSPACE_TEMPLATE_ID is required", env="odd"
)
_taken(
    "owner", "workspace_owner", values={"name": "ada", "session_token": "owner-session-token", "login_type": "password"}
)
_taken(
    "owner-by-hand",
    "workspace_owner",
    env="nothing",
    values={
        "name": "default",
        "full_name": "default",
        "email": "default@example.com",
        "groups": [],
        "rbac_roles": [],
        "session_token": "",
        "login_type": None,
    },
    matching={"id": ANY_UUID},
)
_taken("owner-groups", "workspace_owner", env="stop", values={"groups": ["a"]})
_plan("owner-odd", "workspace_owner", "", "invalid user groups: invalid character 's' looking for beginning", env="odd")
_plan("owner-empty", "workspace_owner", "", "invalid user groups: EOF", env="empty-groups")
_plan("owner-roles", "workspace_owner", "", "invalid user rbac roles: json: cannot unmarshal object", env="odd-roles")
_taken("provisioner", "provisioner", values={"os": "linux"}, matching={"arch": "amd64|arm64"})
_taken("tags", "workspace_tags", 'tags = { zone = "a", none = null }', values={"tags": {"zone": "a"}})
_taken("tags-none", "workspace_tags", values={"tags": None}, matching={"id": ANY_UUID})

# ---- coder_workspace_preset ------------------------------------------------------------------------------------------

PRESET = 'name = "p"\n'


def _prebuilds(inner: str = "") -> str:
    return f"{PRESET}prebuilds {{\n instances = 1\n {inner} }}\n"


def _schedules(*crons: str, timezone: str = "UTC") -> str:
    blocks = "".join(f'schedule {{\n cron = "{cron}"\n instances = 1\n }}\n' for cron in crons)
    return _prebuilds(f'scheduling {{\n timezone = "{timezone}"\n {blocks} }}\n')


def _ttl(seconds: int) -> str:
    return _prebuilds(f"expiration_policy {{\n ttl = {seconds}\n }}\n")


_taken("preset", "workspace_preset", PRESET, values={"id": "p", "default": False, "parameters": None})
_taken("preset-parameters", "workspace_preset", PRESET + 'parameters = { a = "" }', values={"parameters": {"a": ""}})
_taken("preset-zero", "workspace_preset", 'name = "z"\nprebuilds {\n instances = 0\n }', values={"id": "z"})
for seconds in (0, 3600, 31536000):
    _taken(f"ttl-{seconds}", "workspace_preset", _ttl(seconds))
for seconds in (-1, 3599, 31536001):
    said = f'"prebuilds.0.expiration_policy.0.ttl" must be 0 or between 3600 and 31536000, got {seconds}'
    _validate(f"ttl {seconds}", "workspace_preset", _ttl(seconds), said)
_validate("preset-name", "workspace_preset", 'name = ""', 'expected "name" to not be an empty string')
_validate(
    "preset-description",
    "workspace_preset",
    f'{PRESET}description = "{"x" * 129}"',
    "expected length of description to be in the range (0 - 128)",
)
_validate(
    "preset-icon", "workspace_preset", f'{PRESET}icon = "{"x" * 257}"', "length of icon to be in the range (0 - 256)"
)
_validate(
    "preset-instances",
    "workspace_preset",
    PRESET + "prebuilds {\n instances = -1\n }",
    "expected prebuilds.0.instances to be at least (0), got -1",
)
_validate("preset-half", "workspace_preset", PRESET + "prebuilds {\n instances = 1.5\n }", "must be a whole number")
_validate("preset-zone", "workspace_preset", _schedules("* 9 * * *", timezone="Mars/Base"), 'timezone "Mars/Base"')
for number, crons in enumerate(
    (
        ("* 9-17 * * 1-5",),
        ("* 9-17 * * 1-5", "* 18-20 * * 1-5"),
        ("* 9-17 * * 1-5", "* 9-17 * * 6,0"),
        ("* 9 1 * 1", "* 9 2 * 2"),
        ("* 9 * 1 *", "* 9 * 2 *"),
        ("* 9 * * MON",),
        ("* */2 * * *",),
    )
):
    _taken(f"schedule-{number}", "workspace_preset", _schedules(*crons))
for cron, complaint in {
    "0 9 * * *": "cron spec failed validation: minute field should be *",
    "* 9 * *": "cron spec failed validation: cron specification should consist of 5 fields",
    "@daily": "cron specification should consist of 5 fields",
    "* 25 * * *": "failed to parse cron spec: end of range (25) above maximum (23): 25",
    "TZ=UTC * 9 * *": "minute field should be *",
}.items():
    _validate(f"schedule {cron}", "workspace_preset", _schedules(cron), complaint)
for one, other, complaint in (
    ("* 9-17 * * 1-5", "* 17-18 * * 1", "schedules overlap: * 9-17 * * 1-5 and * 17-18 * * 1"),
    ("* 9 1 * 1", "* 9 2 * 1", "schedules overlap: * 9 1 * 1 and * 9 2 * 1"),
    ("* 9 1-5 * *", "* 9 5 * *", "schedules overlap with each other"),
    ("* */2 * * *", "* 9 * * *", "invalid schedule: invalid hour range: invalid value: strconv.Atoi"),
    ("* 9 * * MON", "* 9 * * TUE", "invalid schedule: invalid day range"),
    ("* 9 * JAN *", "* 9 * FEB *", "invalid schedule: invalid month range"),
):
    _plan(f"schedules {one} {other}", "workspace_preset", _schedules(one, other), complaint)

# ---- coder_parameter -------------------------------------------------------------------------------------------------


def _options(*values: str) -> str:
    return "".join(f"option {{\n name = {json.dumps(value)}\n value = {json.dumps(value)}\n }}\n" for value in values)


def _validation(rules: str) -> str:
    return f"validation {{\n {rules}\n }}\n"


NUMBER = 'type = "number"\n'
LIST = 'type = "list(string)"\n'
MULTI = LIST + 'form_type = "multi-select"\n'
DEFAULTS = {"string": "s", "number": "1", "bool": "true", "list(string)": '["s"]'}
FORMS = {
    ("string", True): ("radio", "dropdown"),
    ("string", False): ("input", "textarea"),
    ("number", True): ("radio", "dropdown"),
    ("number", False): ("input", "slider"),
    ("bool", True): ("radio", "dropdown"),
    ("bool", False): ("checkbox", "switch"),
    ("list(string)", True): ("radio", "multi-select"),
    ("list(string)", False): ("tag-select",),
}

for (type, has_options), forms in FORMS.items():
    value = DEFAULTS[type]
    start = f"type = {json.dumps(type)}\ndefault = {json.dumps(value)}\n"
    label = f"{type} {'with' if has_options else 'without'} options"
    _taken(label, "parameter", start + (_options(value) if has_options else ""), values={"form_type": forms[0]})
    for form in (
        *("radio", "slider", "input", "dropdown", "checkbox", "switch", "multi-select", "tag-select", "textarea"),
        "error",
    ):
        options = _options("s" if form == "multi-select" else value) if has_options else ""
        body = f'{start}form_type = "{form}"\n{options}'
        if form in forms:
            _taken(f"{label}: {form}", "parameter", body, values={"form_type": form, "value": value})
        else:
            chosen = f"choose one of [{' '.join(forms)}]"
            _plan(f"{label}: {form}", "parameter", body, chosen)
_validate("form-unknown", "parameter", 'form_type = "tag-input"', "expected form_type to be one of")
_validate("parameter-type", "parameter", 'type = "map"', '["string" "number" "bool" "list(string)"], got map')
_validate("parameter-icon", "parameter", 'icon = ":"', "missing protocol scheme")
_validate("parameter-order", "parameter", "order = 1.5", "Attribute must be a whole number, got 1.5")
_validate("parameter-value", "parameter", 'value = "x"', "Value for unconfigurable attribute")
_validate(
    "parameter-regex-and-min",
    "parameter",
    NUMBER + _validation('regex = "1"\nmin = 1\nerror = "e"'),
    '"validation.0.regex": conflicts with validation.0.min',
)

_taken(
    "unset", "parameter", values={"value": "", "optional": False, "mutable": False, "styling": "{}", "type": "string"}
)
_taken("default", "parameter", 'default = "x"', values={"value": "x", "optional": True})
_taken("default-empty", "parameter", 'default = ""', values={"value": "", "optional": True})
_taken("chosen", "parameter", 'default = "x"', chosen="y", values={"value": "y"})
_taken("chosen-option", "parameter", 'default = "s"\n' + _options("s", "m"), chosen="m", values={"value": "m"})
_taken("option-of-none", "parameter", _options("s"), values={"value": "", "form_type": "radio"})
_taken(
    "ephemeral",
    "parameter",
    'default = "x"\nmutable = true\nephemeral = true',
    values={"ephemeral": True, "value": "x"},
)
for number, text in enumerate(("1e3", "inf", "nan", "0x1p-2", "1_000", ".5", "5.")):
    _taken(f"number-{number}", "parameter", f'{NUMBER}default = "{text}"', values={"value": text})
for text in ("many", "0x10", "1e999", " 1", ".", ""):
    _plan(f"number {text!r}", "parameter", f'{NUMBER}default = "{text}"', f'"{text}" is not a number')
_taken("bool-T", "parameter", 'type = "bool"\ndefault = "T"', values={"value": "T"})
_plan("bool", "parameter", 'type = "bool"\ndefault = "yes"', '"yes" is not a bool')
_plan(
    "bool-validated",
    "parameter",
    'type = "bool"\ndefault = "T"\n' + _validation(""),
    'boolean value can be either "true" or "false"',
)
_taken("list-null", "parameter", LIST + 'default = "[null]"', values={"value": "[null]"})
_plan("list", "parameter", LIST + 'default = "a,b"', 'value "a,b" is not a valid list of strings')
_plan("list-of-numbers", "parameter", LIST + 'default = "[1]"', 'Parameter value is not of type "list(string)"')
_plan(
    "list-validated", "parameter", LIST + 'default = "x"\n' + _validation(""), 'value "x" is not valid list of strings'
)
_taken("multi-none", "parameter", MULTI + 'default = "[]"\n' + _options("x"), values={"value": "[]"})
_plan("multi-text", "parameter", MULTI + 'default = "x"\n' + _options("x"), "must be a json encoded list of strings")
_plan(
    "multi-missing",
    "parameter",
    MULTI + 'default = jsonencode(["x", "y", "z"])\n' + _options("x"),
    'values "y, z" are missing from the options',
)
_plan("multi-chosen", "parameter", MULTI + _options("x"), "Values must be a valid option", chosen='["y"]')
_plan("not-an-option", "parameter", 'default = "xl"\n' + _options("s"), "Default value must be a valid option")
_plan("chosen-no-option", "parameter", 'default = "s"\n' + _options("s"), 'the value "xl" must be defined', chosen="xl")
_plan("chosen-nothing", "parameter", _options("s"), "did you forget to set it with a default", chosen="")
_plan("option-twice", "parameter", _options("s", "s"), 'multiple options found with the same name "s"')
_plan("option-number", "parameter", NUMBER + _options("x"), 'Option "x" with value="x" is not of type "number"')
_plan("immutable", "parameter", 'default = "x"\nephemeral = true', "parameter can't be immutable and ephemeral")
_plan("required", "parameter", "mutable = true\nephemeral = true", "ephemeral parameter requires the default property")
_taken(
    "validated",
    "parameter",
    NUMBER + "default = 3\n" + _validation("min = 3\nmax = 3"),
    values={
        "validation": [
            {
                "min": 3,
                "max": 3,
                "min_disabled": False,
                "max_disabled": False,
                "regex": "",
                "error": "",
                "monotonic": "",
            }
        ]
    },
)
_taken(
    "growing",
    "parameter",
    NUMBER + "default = 3\n" + _validation('monotonic = "increasing"'),
    previous="x",
    values={"value": "3"},
)
for id, body, complaint, previous in (
    ("min", NUMBER + "default = 3\n" + _validation("min = 4"), "value 3 is less than the minimum 4", None),
    ("max", NUMBER + "default = 3\n" + _validation("max = 2"), "value 3 is more than the maximum 2", None),
    ("whole", NUMBER + 'default = "3.5"\n' + _validation("min = 1"), 'value "3.5" is not a number', None),
    ("no-value", NUMBER + _validation("min = 1"), 'value "" is not a number', None),
    (
        "own-words",
        NUMBER + "default = 3\n" + _validation('min = 4\nerror = "{min} {max} {value} {x}"'),
        "4 0 3 {x}",
        None,
    ),
    ("up", NUMBER + "default = 3\n" + _validation('monotonic = "up"'), 'either "increasing" or "decreasing"', None),
    (
        "shrinks",
        NUMBER + "default = 3\n" + _validation('monotonic = "increasing"'),
        "parameter value '3' must be equal or greater than previous value: 5",
        "5",
    ),
    (
        "grows",
        NUMBER + "default = 3\n" + _validation('monotonic = "decreasing"'),
        "parameter value '3' must be equal or lower than previous value: 2",
        "2",
    ),
    ("min-of-text", 'default = "a"\n' + _validation("min = 1"), "a min cannot be specified for a string type", None),
    (
        "one-way-text",
        'default = "a"\n' + _validation('monotonic = "increasing"'),
        "monotonic validation can only be specified for number types, not string types",
        None,
    ),
    (
        "regex-of-number",
        NUMBER + "default = 1\n" + _validation('regex = "1"\nerror = "e"'),
        "a regex cannot be specified for a number type",
        None,
    ),
    (
        "regex",
        'default = "b"\n' + _validation('regex = "^a$"\nerror = "An a."'),
        'An a. (value "b" does not match "^a$")',
        None,
    ),
    (
        "regex-without-words",
        'default = "b"\n' + _validation('regex = "^a$"'),
        "an error must be specified with a regex validation",
        None,
    ),
    ("regex-broken", 'default = "b"\n' + _validation('regex = "("\nerror = "e"'), "error parsing regexp", None),
):
    _plan(f"validation: {id}", "parameter", body, complaint, previous=previous)
