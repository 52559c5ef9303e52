"""Stand-ins for the registry's modules of AI agents that ask AI Gateway."""

from __future__ import annotations

from aibridge_construct.testing.terraform.modules import Module

__all__ = ["CLAUDE_CODE", "CODEX"]


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
