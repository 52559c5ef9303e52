"""Stand-ins for modules of Coder's registry."""

from __future__ import annotations

from aibridge_construct.testing.terraform.modules import Module

__all__ = ["CODE_SERVER", "COPILOT"]

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
  value = uuidv5("oid", "${var.agent_id}-task")
}
""",
)

#: The registry's editor in the browser: its inputs, as its documentation lists them.
CODE_SERVER = Module(
    "registry.coder.com/coder/code-server/coder",
    version="1.4.0",
    required=["agent_id"],
    optional=[
        "additional_args",
        "auto_install_extensions",
        "display_name",
        "extensions",
        "extensions_dir",
        "folder",
        "group",
        "install_prefix",
        "install_version",
        "log_path",
        "machine-settings",
        "offline",
        "open_in",
        "order",
        "port",
        "settings",
        "share",
        "slug",
        "subdomain",
        "use_cached",
        "use_cached_extensions",
    ],
)
