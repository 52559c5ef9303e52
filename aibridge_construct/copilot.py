"""``Copilot``: the registry's copilot module, typed, and wired to the proxy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aibridge_construct._engine import (
    Construct,
    ITerraformDependable,
    TerraformCount,
    Token,
    implements_dependable,
)
from aibridge_construct._stack import placed
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.inputs import Inputs
from aibridge_construct.ordering import HasSyncUnit, declare_unit
from aibridge_construct.placement import CountArgument, Placement
from aibridge_construct.proxy import DEFAULT_SYNC_UNIT, AIBridgeProxy
from aibridge_construct.registry import RegistryModule, call, json_input, list_input, refuse_wrong, shell_input
from aibridge_construct.route import Route
from aibridge_construct.rules import AGENT_ID, WORKDIR
from aibridge_construct.shell.render import as_template

__all__ = ["Copilot"]

#: The registry's address of the module.
SOURCE = "registry.coder.com/coder-labs/copilot/coder"

#: The versions whose inputs this wrapper knows.
VERSION = "~> 0.4"

#: The startup unit of the module's script; the module hard-codes it, as it hard-codes the proxy's.
SYNC_UNIT = "copilot-aibridge"


@implements_dependable
class Copilot(RegistryModule):
    """GitHub Copilot's command line in the workspace, through the registry's ``coder-labs/copilot`` module.

    With a proxy, the module's script waits for it, and Copilot's own process tree goes through it. In a prebuilt
    workspace there is no Copilot before the claim: without an owner there is no way through the proxy, and a script
    that fails would keep the workspace from being claimed. Without a proxy, this is plain Copilot.

    Facts: the module's documentation, version 0.4.

    Example::

        Copilot(self, "copilot", agent_id=agent.id, workdir="/home/coder/project", proxy=proxy)
    """

    @explain_missing(agent_id="agent.id", workdir='"/home/coder/project"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        workdir: str,
        proxy: AIBridgeProxy | None = None,
        version: str = VERSION,
        source: str = SOURCE,
        external_auth_id: str | None = None,
        github_token: str | None = None,
        copilot_model: str | None = None,
        copilot_config: str | Mapping[str, Any] | None = None,
        ai_prompt: str | None = None,
        system_prompt: str | None = None,
        trusted_directories: Sequence[str] | None = None,
        allow_all_tools: bool | None = None,
        allow_tools: Sequence[str] | None = None,
        deny_tools: Sequence[str] | None = None,
        mcp_config: str | Mapping[str, Any] | None = None,
        install_agentapi: bool | None = None,
        agentapi_version: str | None = None,
        copilot_version: str | None = None,
        report_tasks: bool | None = None,
        subdomain: bool | None = None,
        order: int | None = None,
        group: str | None = None,
        icon: str | None = None,
        web_app_display_name: str | None = None,
        cli_app: bool | None = None,
        cli_app_display_name: str | None = None,
        resume_session: bool | None = None,
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
            workdir: absolute path of the directory to work in.
            proxy: the proxy to go through. Default: none.
            version: version constraint of the module. Default: ``~> 0.4``.
            source: where the module comes from, for a private registry or a copy of yours; a path takes no version.
                Default: ``registry.coder.com/coder-labs/copilot/coder``.
            external_auth_id: id of the Coder external authentication that gives the GitHub token. Default: the
                module's.
            github_token: GitHub token; pass a sensitive variable, never a literal. Default: from external
                authentication.
            copilot_model: the model. Default: the module's.
            copilot_config: Copilot's configuration, as JSON text or a mapping.
            ai_prompt: first task.
            system_prompt: system prompt.
            trusted_directories: directories that Copilot may use without asking.
            allow_all_tools: let Copilot use every tool without asking.
            allow_tools: tools that it may use without asking.
            deny_tools: tools that it must not use.
            mcp_config: MCP servers, as JSON text or a mapping.
            install_agentapi: install AgentAPI, which serves the web app.
            agentapi_version: its version.
            copilot_version: version of Copilot's command line.
            report_tasks: report progress to Coder Tasks.
            subdomain: serve the web app on a subdomain.
            order: position of the apps in the dashboard.
            group: group of the apps in the dashboard.
            icon: icon of the apps.
            web_app_display_name: what the dashboard calls the web app.
            cli_app: offer a terminal app.
            cli_app_display_name: what the dashboard calls it.
            resume_session: go on with the last session after a restart.
            pre_install_script: shell text to run before the installation.
            post_install_script: shell text to run after it.
            count: how many instances of the module there are: a whole number, a ``TerraformCount`` or an expression, as
                the agent has it. Default: one.
            depends_on: what Terraform creates first.

        Raises:
            InvalidValueError: a literal breaks a rule, or arguments contradict each other.
            MissingArgumentError: ``agent_id`` or ``workdir`` was left out.
        """
        place = Placement(scope, f"{type(self).__name__} {id!r}", agent_id=agent_id, count=count, depends_on=depends_on)
        variables: dict[str, Any] = {
            "agent_id": place.agent_id if place.agent_is_known else AGENT_ID.require(place.agent_id),
            "workdir": WORKDIR.require(workdir),
            "external_auth_id": external_auth_id,
            "github_token": github_token,
            "copilot_model": copilot_model,
            "copilot_config": json_input("copilot_config", copilot_config),
            "ai_prompt": ai_prompt,
            "system_prompt": system_prompt,
            "trusted_directories": list_input("trusted_directories", trusted_directories),
            "allow_all_tools": allow_all_tools,
            "allow_tools": list_input("allow_tools", allow_tools),
            "deny_tools": list_input("deny_tools", deny_tools),
            "mcp_config": json_input("mcp_config", mcp_config),
            "install_agentapi": install_agentapi,
            "agentapi_version": agentapi_version,
            "copilot_version": copilot_version,
            "report_tasks": report_tasks,
            "subdomain": subdomain,
            "order": order,
            "group": group,
            "icon": icon,
            "web_app_display_name": web_app_display_name,
            "cli_app": cli_app,
            "cli_app_display_name": cli_app_display_name,
            "resume_session": resume_session,
            "pre_install_script": shell_input("pre_install_script", pre_install_script),
            "post_install_script": shell_input("post_install_script", post_install_script),
        }
        refuse_wrong(self, id, variables)
        _refuse_contradictions(variables)
        if proxy is not None:
            variables |= _wiring(scope, proxy)
        super().__init__(scope, id)
        placed(self, scope)
        self._speaks_for = {"inputs": f"{type(self).__name__} {id!r}"}
        self._count = _count(scope, place, proxy)
        self._check_at_plan(place, workdir)
        self._module = call(self, place, source=source, version=version, variables=variables, count=self.count)
        if proxy is not None:
            wants: list[HasSyncUnit | str] = [proxy]
            declare_unit(self, SYNC_UNIT, agent_id=agent_id, wants=wants)

    def _check_at_plan(self, place: Placement, workdir: str) -> None:
        """Have the plan refuse what only Terraform knows. A module call takes no conditions, a data source does."""
        inputs = Inputs(self, counted=self.count is not None)
        inputs.check(WORKDIR, workdir)
        if not place.agent_is_known:
            inputs.check(AGENT_ID, place.agent_id)
        if inputs.preconditions or place.conditions:
            checked = DataCoderWorkspace(self, "inputs", **place.meta)
            inputs.enforce_on(checked)
            checked.add_preconditions(place.conditions)

    @property
    def sync_unit(self) -> str:
        """Name of the startup unit of the module's script with a proxy; without one the module has no unit."""
        return SYNC_UNIT

    @property
    def task_app_id(self) -> str:
        """The module's output ``task_app_id``: the app that Coder Tasks shows. Null where there is no Copilot."""
        if self.count is None:
            return self.module.get_string("task_app_id")
        return f"${{one(module.{self.module.friendly_unique_id}[*].task_app_id)}}"


def _count(scope: Construct, place: Placement, proxy: AIBridgeProxy | None) -> float | TerraformCount | None:
    if proxy is None:
        return None if place.count is None else place.count.for_engine
    DataCoderWorkspace.shared(scope)
    given = "1" if place.count is None else place.count.expression
    return Token.as_number(f"${{{Route.is_prebuild.text} ? 0 : {given}}}")


def _wiring(scope: Construct, proxy: AIBridgeProxy) -> dict[str, Any]:
    route = Route.of(proxy, scope)
    if route.sync_unit != DEFAULT_SYNC_UNIT:
        raise InvalidValueError(
            "proxy",
            f"The copilot module waits for the startup unit {DEFAULT_SYNC_UNIT!r} and no other; this proxy's is "
            f"{route.sync_unit!r}. Leave sync_unit out of its AIBridgeProxy(…).",
        )
    return {
        "enable_aibridge_proxy": True,
        "aibridge_proxy_auth_url": route.auth_url,
        "aibridge_proxy_cert_path": as_template(route.certificate),
    }


def _refuse_contradictions(variables: Mapping[str, Any]) -> None:
    for given, needs in (("cli_app_display_name", "cli_app"), ("agentapi_version", "install_agentapi")):
        if variables[given] is not None and variables[needs] is False:
            raise InvalidValueError(given, f"{given} has no effect with {needs}=False. Leave one of them out.")
    both = set(variables["allow_tools"] or ()) & set(variables["deny_tools"] or ())
    if both:
        raise InvalidValueError(
            "deny_tools",
            f"allow_tools and deny_tools both name {', '.join(sorted(both))}. Name each tool in one of them.",
        )
    if variables["allow_all_tools"] is True and variables["allow_tools"]:
        raise InvalidValueError(
            "allow_tools", "allow_tools has no effect with allow_all_tools=True. Leave one of them out."
        )
