# What the drop-in module replaces: the same interface written by hand in HCL. Tests compare plans of the two; they may
# differ in nothing but the text of the script, which is naive here on purpose.

terraform {
  required_version = ">= 1.9"

  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.12"
    }
  }
}

variable "agent_id" {
  type        = string
  description = "The agent on which the certificate is fetched."
}

variable "proxy_url" {
  type        = string
  description = "Where the AI Bridge Proxy listens."

  validation {
    condition     = can(regex("^https?://", var.proxy_url))
    error_message = "The proxy_url must start with http:// or https://."
  }
}

variable "cert_path" {
  type        = string
  description = "The file that receives the certificate."
  default     = "/tmp/aibridge-proxy/ca-cert.pem"

  validation {
    condition     = startswith(var.cert_path, "/")
    error_message = "The cert_path must be an absolute path."
  }
}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}

locals {
  scheme = split("://", var.proxy_url)[0]
  rest   = trimprefix(var.proxy_url, "${local.scheme}://")
}

resource "coder_script" "aibridge_proxy_setup" {
  agent_id           = var.agent_id
  display_name       = "AI Bridge Proxy Setup"
  icon               = "/icon/coder.svg"
  run_on_start       = true
  start_blocks_login = false

  script = <<-EOT
    #!/bin/sh
    mkdir -p "$(dirname '${var.cert_path}')"
    curl --fail --silent --show-error --output '${var.cert_path}' \
      --header 'Coder-Session-Token: ${data.coder_workspace_owner.me.session_token}' \
      '${data.coder_workspace.me.access_url}/api/v2/aibridge/proxy/ca-cert.pem'
  EOT
}

output "proxy_auth_url" {
  description = "The proxy's URL with the owner's credentials in it."
  value       = "${local.scheme}://coder:${data.coder_workspace_owner.me.session_token}@${local.rest}"
  sensitive   = true
}

output "cert_path" {
  description = "The file that holds the certificate."
  value       = var.cert_path
}
