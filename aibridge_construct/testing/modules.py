"""Stand-ins for modules of a registry, so that `terraform init` needs none.

A stand-in has the inputs of the module and no other, so that a misspelt one fails as it would in earnest::

    CODE_SERVER = Module(
        "registry.coder.com/coder/code-server/coder",
        version="1.3.1",
        required=["agent_id"],
        optional=["folder", "order"],
    )
    mirror = coder_mirror("/tmp/mirror", modules=[CODE_SERVER])

The directory stays as it is pushed: stand-ins go to `.terraform/modules`, where `terraform init` keeps what it
downloaded, and takes it from there as long as the source is the same and the version fits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

from aibridge_construct.hcl import InvalidTemplateError, native_body

__all__ = ["CLAUDE_CODE", "CODEX", "COPILOT", "Module", "install_modules"]

_NAMESPACE_NAME_PROVIDER = r"[\w-]+/[\w-]+/[\w-]+"


@dataclass(frozen=True)
class Module:
    """A stand-in for one module of a registry.

    Args:
        source: its address as templates write it, `HOST/NAMESPACE/NAME/PROVIDER`; without a host, Terraform's registry.
        version: three numbers; Terraform matches the version constraints of module calls against it.
        required: the inputs that must be given.
        optional: the inputs that may be left out, and are null then.
        sensitive: those inputs that the module marks as sensitive.
        body: what the module holds besides, in HCL: resources, outputs. Default: nothing.
    """

    source: str
    _: KW_ONLY
    version: str
    required: Sequence[str] = ()
    optional: Sequence[str] = ()
    sensitive: Sequence[str] = ()
    body: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"([\w.-]+(:\d+)?/)?{_NAMESPACE_NAME_PROVIDER}", self.source):
            raise ValueError(f"source must be HOST/NAMESPACE/NAME/PROVIDER; got {self.source!r}")
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise ValueError(f"version must be three numbers, e.g. '1.3.1'; got {self.version!r}")

    @property
    def hcl(self) -> str:
        """The module as the text of its one file."""
        return "\n".join([*self._variables(), self.body.strip(), ""])

    def _variables(self) -> Iterator[str]:
        for name in (*self.required, *self.optional):
            default = "  default = null\n" if name in self.optional else ""
            sensitive = "  sensitive = true\n" if name in self.sensitive else ""
            yield f'variable "{name}" {{\n{default}{sensitive}}}'


def install_modules(directory: Path | str, modules: Sequence[Module]) -> None:
    """Put stand-ins where `terraform init` looks for the modules that the configuration in `directory` calls.

    `Terraform.init` does this with the modules of its mirror.
    """
    folder = Path(directory)
    offered = {_full(module.source): module for module in modules}
    manifest = [{"Key": "", "Source": "", "Dir": "."}]
    for name, source in _calls(folder):
        module = offered.get(_full(source))
        if module is None:
            continue
        place = Path(".terraform", "modules", name)
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / "main.tf").write_text(module.hcl, encoding="utf-8")
        manifest.append(
            {"Key": name, "Source": _full(source), "Version": module.version, "Dir": place.as_posix()},
        )
    if len(manifest) > 1:
        (folder / ".terraform/modules/modules.json").write_text(json.dumps({"Modules": manifest}), encoding="utf-8")


def _calls(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.tf.json")):
        for name, body in json.loads(file.read_text(encoding="utf-8")).get("module", {}).items():
            yield name, str(body.get("source", ""))
    for file in sorted(folder.glob("*.tf")):
        for name, bodies in _native(file).get("module", {}).items():
            for body in bodies:
                yield name, str(body.get("source", ""))


def _native(file: Path) -> dict[str, Any]:
    """The file's blocks; none if Terraform, which says so better, cannot read it."""
    try:
        return native_body(file.read_text(encoding="utf-8"))
    except InvalidTemplateError:
        return {}


def _full(source: str) -> str:
    """A registry's address with its host, as Terraform's own list of modules has it."""
    return f"registry.terraform.io/{source}" if re.fullmatch(_NAMESPACE_NAME_PROVIDER, source) else source


#: The module of `aibridge_construct.Copilot`: its inputs, and one script that holds what it holds of the proxy.
COPILOT = Module(
    "registry.coder.com/coder-labs/copilot/coder",
    version="0.4.1",
    required=["agent_id", "workdir"],
    optional=[
        "enable_aibridge_proxy",
        "aibridge_proxy_auth_url",
        "aibridge_proxy_cert_path",
        "external_auth_id",
        "github_token",
        "copilot_model",
        "copilot_config",
        "ai_prompt",
        "system_prompt",
        "trusted_directories",
        "allow_all_tools",
        "allow_tools",
        "deny_tools",
        "mcp_config",
        "install_agentapi",
        "agentapi_version",
        "copilot_version",
        "report_tasks",
        "subdomain",
        "order",
        "group",
        "icon",
        "web_app_display_name",
        "cli_app",
        "cli_app_display_name",
        "resume_session",
        "pre_install_script",
        "post_install_script",
    ],
    sensitive=["aibridge_proxy_auth_url", "github_token"],
    body="""
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

resource "coder_script" "copilot" {
  agent_id     = var.agent_id
  display_name = "Copilot"
  run_on_start = true
  script       = "# ${coalesce(var.aibridge_proxy_auth_url, "no proxy")} ${coalesce(var.aibridge_proxy_cert_path, "-")}"
}

output "task_app_id" {
  value = "${var.agent_id}-task"
}
""",
)


def _scripts(name: str) -> str:
    """What the registry's `coder-utils` makes of a module's scripts: one each that is given, and their units."""
    parts = [
        """
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}
"""
    ]
    for step in ("pre_install_script", "install_script", "post_install_script"):
        count = "" if step == "install_script" else f"  count        = var.{step} == null ? 0 : 1\n"
        text = f"# {name}" if step == "install_script" else f"${{var.{step}}}"
        parts.append(f"""
resource "coder_script" "{step}" {{
{count}  agent_id     = var.agent_id
  display_name = "{step}"
  run_on_start = true
  script       = "{text}"
}}
""")
    parts.append(f"""
output "scripts" {{
  value = concat(
    var.pre_install_script != null ? ["{name}-pre_install_script"] : [],
    ["{name}-install_script"],
    var.post_install_script != null ? ["{name}-post_install_script"] : [],
  )
}}
""")
    return "".join(parts)


def _env(name: str, value: str, condition: str) -> str:
    return f"""
resource "coder_env" "{name.lower()}" {{
  count    = {condition} ? 1 : 0
  agent_id = var.agent_id
  name     = "{name}"
  value    = {value}
}}
"""


#: The module of `aibridge_construct.ClaudeCode`: its inputs, its scripts, and the variables that lead to AI Gateway.
CLAUDE_CODE = Module(
    "registry.coder.com/coder/claude-code/coder",
    version="5.4.1",
    required=["agent_id"],
    optional=[
        "icon",
        "workdir",
        "pre_install_script",
        "post_install_script",
        "install_claude_code",
        "claude_code_version",
        "disable_autoupdater",
        "anthropic_api_key",
        "model",
        "mcp",
        "mcp_config_remote_path",
        "claude_code_oauth_token",
        "claude_binary_path",
        "managed_settings",
        "enable_ai_gateway",
        "telemetry",
        "anthropic_base_url",
        "use_bedrock",
        "use_vertex",
        "api_key_helper",
    ],
    sensitive=["anthropic_api_key", "claude_code_oauth_token"],
    body=_scripts("coder-claude-code")
    + _env("ANTHROPIC_AUTH_TOKEN", "data.coder_workspace_owner.me.session_token", "var.enable_ai_gateway == true")
    + _env(
        "ANTHROPIC_BASE_URL",
        '"${data.coder_workspace.me.access_url}/api/v2/aibridge/anthropic"',
        "var.enable_ai_gateway == true",
    ),
)

#: The module of `aibridge_construct.Codex`, in the same manner.
CODEX = Module(
    "registry.coder.com/coder-labs/codex/coder",
    version="5.3.1",
    required=["agent_id"],
    optional=[
        "icon",
        "workdir",
        "pre_install_script",
        "post_install_script",
        "install_codex",
        "codex_version",
        "openai_api_key",
        "base_config_toml",
        "mcp",
        "mcp_config_remote_path",
        "model_reasoning_effort",
        "enable_ai_gateway",
    ],
    sensitive=["openai_api_key"],
    body=_scripts("coder-labs-codex")
    + _env(
        "OPENAI_CODER_AIGATEWAY_SESSION_TOKEN",
        "data.coder_workspace_owner.me.session_token",
        "var.enable_ai_gateway == true",
    ),
)
