"""``ClaudeCode``: the registry's claude-code module, typed, and pointed at AI Gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aibridge_construct._engine import Construct, ITerraformDependable, implements_dependable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.placement import CountArgument
from aibridge_construct.registry import InstalledAgent, json_input

__all__ = ["ClaudeCode"]

#: The registry's address of the module.
SOURCE = "registry.coder.com/coder/claude-code/coder"

#: The versions whose inputs this wrapper knows.
VERSION = "~> 5.4"


@implements_dependable
class ClaudeCode(InstalledAgent):
    """Claude Code in the workspace, installed by the registry's ``coder/claude-code`` module.

    It asks the deployment's AI Gateway unless ``enable_ai_gateway=False``: the module then sets ``ANTHROPIC_BASE_URL``
    and ``ANTHROPIC_AUTH_TOKEN`` for the whole workspace, by the route that every server has. It needs the coder
    provider 2.13, Coder 2.30 and AI Gateway. The module starts nothing: a terminal, an app or a :class:`ProxiedTool`
    that waits for it (``after=[claude]``) does. In a prebuilt workspace it is installed before the claim, and gets its
    token with it.

    Facts: the module's documentation and source, version 5.4.

    Example::

        ClaudeCode(self, "claude", agent_id=agent.id, workdir="/home/coder/project")
    """

    @explain_missing(agent_id="agent.id")
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        workdir: str | None = None,
        enable_ai_gateway: bool = True,
        version: str = VERSION,
        source: str = SOURCE,
        install_claude_code: bool | None = None,
        claude_code_version: str | None = None,
        claude_binary_path: str | None = None,
        disable_autoupdater: bool | None = None,
        model: str | None = None,
        mcp: str | Mapping[str, Any] | None = None,
        mcp_config_remote_path: Sequence[str] | None = None,
        managed_settings: Mapping[str, Any] | None = None,
        telemetry: Mapping[str, Any] | None = None,
        anthropic_api_key: str | None = None,
        claude_code_oauth_token: str | None = None,
        api_key_helper: Mapping[str, Any] | None = None,
        anthropic_base_url: str | None = None,
        use_bedrock: bool | None = None,
        use_vertex: bool | None = None,
        icon: str | None = None,
        pre_install_script: str | None = None,
        post_install_script: str | None = None,
        count: CountArgument | None = None,
        depends_on: Sequence[ITerraformDependable | Construct] | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the workspace's ``coder_agent``.
            workdir: absolute path of a directory that is made, and that Claude Code trusts. Default: none.
            enable_ai_gateway: ask AI Gateway. ``False``: Claude Code asks whom the other arguments name, ungoverned.
            version: version constraint of the module. Default: ``~> 5.4``.
            source: where the module comes from, for a private registry or a copy of yours; a path takes no version.
                Default: ``registry.coder.com/coder/claude-code/coder``.
            install_claude_code: install Claude Code. Default: the module's, which does.
            claude_code_version: its version.
            claude_binary_path: directory of a Claude Code that is in the image; with ``install_claude_code=False``.
            disable_autoupdater: stay on the installed version.
            model: the model.
            mcp: MCP servers, as JSON text or a mapping.
            mcp_config_remote_path: URLs that return MCP servers as JSON.
            managed_settings: policy settings that users cannot change, as a mapping.
            telemetry: where to export OpenTelemetry to, as a mapping.
            anthropic_api_key: key of Anthropic; without AI Gateway. Pass a sensitive variable, never a literal.
            claude_code_oauth_token: OAuth token of a Claude subscription; as before.
            api_key_helper: script that prints a key, as a mapping with ``script`` and ``ttl_ms``; without AI Gateway.
            anthropic_base_url: another gateway that speaks Anthropic's API; without AI Gateway.
            use_bedrock: ask Amazon Bedrock; without AI Gateway.
            use_vertex: ask Google Vertex AI; without AI Gateway.
            icon: icon of the scripts.
            pre_install_script: shell text to run before the installation.
            post_install_script: shell text to run after it.
            count: how many instances of the module there are: a whole number, a ``TerraformCount`` or an expression, as
                the agent has it. Default: one.
            depends_on: what Terraform creates first.

        Raises:
            InvalidValueError: a literal breaks a rule, or arguments contradict each other.
            MissingArgumentError: ``agent_id`` was left out.
        """
        variables: dict[str, Any] = {
            "install_claude_code": install_claude_code,
            "claude_code_version": claude_code_version,
            "claude_binary_path": claude_binary_path,
            "disable_autoupdater": disable_autoupdater,
            "model": model,
            "mcp": json_input("mcp", mcp),
            "managed_settings": managed_settings,
            "telemetry": telemetry,
            "anthropic_api_key": anthropic_api_key,
            "claude_code_oauth_token": claude_code_oauth_token,
            "api_key_helper": api_key_helper,
            "anthropic_base_url": anthropic_base_url,
            "use_bedrock": use_bedrock,
            "use_vertex": use_vertex,
        }
        if claude_binary_path is not None and install_claude_code is not False:
            raise InvalidValueError(
                "claude_binary_path",
                "claude_binary_path is for a Claude Code that is in the image, because the installer chooses its own "
                "place: add install_claude_code=False.",
            )
        super().__init__(
            scope,
            id,
            name="coder-claude-code",
            source=source,
            version=version,
            variables=variables,
            ungoverned=_OTHER_WAYS,
            agent_id=agent_id,
            workdir=workdir,
            enable_ai_gateway=enable_ai_gateway,
            mcp_config_remote_path=mcp_config_remote_path,
            icon=icon,
            pre_install_script=pre_install_script,
            post_install_script=post_install_script,
            count=count,
            depends_on=depends_on,
        )


_OTHER_WAYS = (
    "anthropic_api_key",
    "claude_code_oauth_token",
    "api_key_helper",
    "anthropic_base_url",
    "use_bedrock",
    "use_vertex",
)
