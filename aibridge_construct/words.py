"""The words that arguments choose from, as types: a checker finds a wrong one where it is written.

Annotate helpers of your own with them, ``def tool(runtimes: Sequence[RuntimeName]) -> …``: a variable that is a ``str``
is none of these words to a checker.
"""

from __future__ import annotations

from typing import Literal

__all__ = [
    "AgentAuth",
    "ApiKeyScope",
    "AppOpenIn",
    "AppShare",
    "Arch",
    "ClientName",
    "EditorName",
    "EnvMergeStrategy",
    "GatewayProvider",
    "OnUnavailable",
    "OperatingSystem",
    "ParameterFormType",
    "ParameterMonotonic",
    "ParameterType",
    "ReasoningEffort",
    "RuntimeName",
    "StartupScriptBehavior",
]

# ---- agents

Arch = Literal["amd64", "armv7", "arm64"]
"""Architectures of workspaces."""

OperatingSystem = Literal["linux", "darwin", "windows"]
"""Operating systems of workspaces."""

AgentAuth = Literal["token", "google-instance-identity", "aws-instance-identity", "azure-instance-identity"]
"""How an agent proves who it is."""

StartupScriptBehavior = Literal["blocking", "non-blocking"]
"""Whether logins wait for the startup script of an agent."""

ApiKeyScope = Literal["all", "no_user_data"]
"""What the API key of an agent may be used for."""

# ---- what agents have

AppShare = Literal["owner", "authenticated", "public"]
"""Who may open an app."""

AppOpenIn = Literal["slim-window", "tab"]
"""Where the browser opens an app."""

EnvMergeStrategy = Literal["replace", "append", "prepend", "error"]
"""What becomes of an environment variable that is set several times."""

# ---- parameters

ParameterType = Literal["string", "number", "bool", "list(string)"]
"""Types of parameters."""

ParameterFormType = Literal[
    "input", "textarea", "radio", "dropdown", "slider", "checkbox", "switch", "multi-select", "tag-select"
]
"""The controls that a form may have for a parameter."""

ParameterMonotonic = Literal["increasing", "decreasing"]
"""The way in which a number may change."""

# ---- tools

RuntimeName = Literal["node", "python", "openssl", "curl", "go", "git", "rust", "bun", "deno", "java", "wget", "all"]
"""What a tool is made with; the values of :class:`Runtime`."""

ClientName = Literal[
    "claude-code",
    "codex",
    "copilot",
    "opencode",
    "gemini-cli",
    "qwen-code",
    "cline",
    "aider",
    "mistral-vibe",
    "llm",
    "litellm",
    "openai-python",
    "anthropic-python",
    "google-genai",
    "openai-node",
    "anthropic-node",
    "node",
    "node-22.20",
    "node-20",
    "undici",
    "bun",
    "deno",
    "requests",
    "httpx",
    "aiohttp",
    "java",
    "git",
    "curl",
    "wget",
    "pip",
    "uv",
    "npm",
    "cargo",
    "go",
]
"""Clients that are known by name; docs/clients.md says what of."""

GatewayProvider = Literal["anthropic", "openai"]
"""AI providers whose place the deployment's AI Gateway can take."""

OnUnavailable = Literal["fail", "direct"]
"""What a tool does where there is no way through the proxy."""

EditorName = Literal["vscode", "code-server"]
"""Editors whose machine settings are known."""

ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]
"""How long Codex may think."""
