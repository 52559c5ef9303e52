"""``Codex``: the registry's codex module, typed, and pointed at AI Gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from aibridge_construct._engine import Construct, IResolvable, ITerraformDependable, implements_dependable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.choices import refused
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.placement import CountArgument
from aibridge_construct.registry import InstalledAgent
from aibridge_construct.validation import is_known
from aibridge_construct.words import ReasoningEffort

__all__ = ["Codex"]

#: The registry's address of the module.
SOURCE = "registry.coder.com/coder-labs/codex/coder"

#: The versions whose inputs this wrapper knows.
VERSION = "~> 5.3"


@implements_dependable
class Codex(InstalledAgent):
    """OpenAI's Codex in the workspace, installed by the registry's ``coder-labs/codex`` module.

    It asks the deployment's AI Gateway unless ``enable_ai_gateway=False``: the module then writes a model provider into
    ``~/.codex/config.toml`` and sets ``OPENAI_CODER_AIGATEWAY_SESSION_TOKEN`` for the whole workspace. It needs the
    coder provider 2.13, Coder 2.30 and AI Gateway. The module starts nothing: a terminal, an app or a script that waits
    for it (``after=[codex]``) does. In a prebuilt workspace it is installed before the claim, and gets its token with
    it.

    Facts: the module's documentation and source, version 5.3.

    Example::

        Codex(self, "codex", agent_id=agent.id, workdir="/home/coder/project")
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
        install_codex: bool | None = None,
        codex_version: str | None = None,
        base_config_toml: str | None = None,
        mcp: str | None = None,
        mcp_config_remote_path: Sequence[str] | None = None,
        model_reasoning_effort: ReasoningEffort | IResolvable | None = None,
        openai_api_key: str | None = None,
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
            workdir: absolute path of a directory that is made, and that Codex trusts. Default: none.
            enable_ai_gateway: ask AI Gateway. ``False``: Codex asks OpenAI, ungoverned.
            version: version constraint of the module. Default: ``~> 5.3``.
            source: where the module comes from, for a private registry or a copy of yours; a path takes no version.
                Default: ``registry.coder.com/coder-labs/codex/coder``.
            install_codex: install Codex. Default: the module's, which does.
            codex_version: its version.
            base_config_toml: Codex's configuration in place of the module's, TOML text. With AI Gateway it must say
                ``model_provider = "aigateway"``.
            mcp: MCP servers, TOML text.
            mcp_config_remote_path: URLs that return MCP servers as TOML.
            model_reasoning_effort: ``none``, ``minimal``, ``low``, ``medium``, ``high`` or ``xhigh``; without
                ``base_config_toml``.
            openai_api_key: key of OpenAI; without AI Gateway. Pass a sensitive variable, never a literal.
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
            "install_codex": install_codex,
            "codex_version": codex_version,
            "base_config_toml": base_config_toml,
            "mcp": mcp,
            "model_reasoning_effort": model_reasoning_effort,
            "openai_api_key": openai_api_key,
        }
        _check_configuration(base_config_toml, model_reasoning_effort, gateway=enable_ai_gateway is not False)
        super().__init__(
            scope,
            id,
            name="coder-labs-codex",
            source=source,
            version=version,
            variables=variables,
            ungoverned=["openai_api_key"],
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


def _check_configuration(base: str | None, effort: object, *, gateway: bool) -> None:
    if effort is not None and is_known(effort) and effort not in (efforts := get_args(ReasoningEffort)):
        raise refused("model_reasoning_effort", effort, f"must be one of {', '.join(efforts)}", words=efforts)
    if base is None:
        return
    if effort is not None:
        raise InvalidValueError(
            "model_reasoning_effort",
            "model_reasoning_effort has no effect with base_config_toml: write it into that text.",
        )
    if gateway and is_known(base) and "model_provider" not in base:
        raise InvalidValueError(
            "base_config_toml",
            "base_config_toml replaces what leads Codex to AI Gateway, so it would go past it: add the line "
            'model_provider = "aigateway", or write enable_ai_gateway=False.',
        )
