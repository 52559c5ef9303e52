"""``coder_agent``: the Coder agent that runs in the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Unpack, cast, get_args

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder._agent_name import name_agent
from aibridge_construct.coder._agents import count_agent, is_taken, remember_agent, remember_id
from aibridge_construct.coder.agent_blocks import (
    AgentDisplayApps,
    AgentMetadata,
    AgentResourcesMonitoring,
    MemoryMonitor,
    VolumeMonitor,
)
from aibridge_construct.coder.blocks import BlockFields
from aibridge_construct.coder.checks import Refusals, is_literal, known_block
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Choice, Computed, Nested, NestedList, Number, Text, TextMap
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.shell.render import shell_text
from aibridge_construct.validation import literal_text
from aibridge_construct.words import AgentAuth, ApiKeyScope, Arch, OperatingSystem, StartupScriptBehavior

__all__ = [
    "AgentDisplayApps",
    "AgentMetadata",
    "AgentResourcesMonitoring",
    "CoderAgent",
    "MemoryMonitor",
    "VolumeMonitor",
]


def _with_unix_lines(item: AgentMetadata) -> AgentMetadata:
    return replace(item, script=shell_text("metadata.script", item.script))


class _AgentId(Computed[str]):
    """The ``id`` of an agent: others that are given it can tell whose it is."""

    def __get__(self, element: Any, owner: type) -> Any:
        token = super().__get__(element, owner)
        if element is not None:
            remember_id(token, element)
        return token


class CoderAgent(Resource):
    """The agent of a workspace: the machine runs :attr:`init_script` with :attr:`token` as ``CODER_AGENT_TOKEN``.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_agent``. Every change replaces the resource.

    Example::

        agent = CoderAgent(
            self, "main", os="linux", arch="amd64",
            metadata=[AgentMetadata(key="cpu", display_name="CPU", script="coder stat cpu", interval=10)],
        )
    """

    TYPE: str = "coder_agent"

    os: Choice[OperatingSystem] = Choice(get_args(OperatingSystem))
    """Operating system of the workspace: ``linux``, ``darwin`` or ``windows``."""
    arch: Choice[Arch] = Choice(get_args(Arch))
    """Its architecture: ``amd64``, ``armv7`` or ``arm64``."""
    auth: Choice[AgentAuth] = Choice(get_args(AgentAuth))
    """How the agent proves who it is: ``token`` (the default) or ``google-``, ``aws-`` or ``azure-instance-identity``.
    """
    dir: Text = Argument(str)
    """Where shells start."""
    env: TextMap = Argument(dict[str, str])
    """Environment variables of everything that the agent starts."""
    startup_script: Text = Argument(str, convert=partial(shell_text, "startup_script"))
    """Runs when the agent starts; a :class:`CoderScript` says more."""
    startup_script_behavior: Choice[StartupScriptBehavior] = Choice(get_args(StartupScriptBehavior))
    """``blocking`` (logins wait for the startup script) or ``non-blocking`` (the default)."""
    shutdown_script: Text = Argument(str, convert=partial(shell_text, "shutdown_script"))
    """Runs before the workspace stops."""
    troubleshooting_url: Text = Argument(str)
    """What the dashboard links to when the agent has trouble."""
    motd_file: Text = Argument(str)
    """Path in the workspace of a text for SSH logins."""
    connection_timeout: Number = Argument(float)
    """Seconds until an agent that never came up counts as timed out, a whole number; 0 is never."""
    order: Number = Argument(float)
    """Place in the dashboard, lowest first."""
    api_key_scope: Choice[ApiKeyScope] = Choice(get_args(ApiKeyScope))
    """``all`` (the default), or ``no_user_data``, which keeps the agent from the owner's Git and external
    authentication.
    """
    metadata: NestedList[AgentMetadata] = Argument(AgentMetadata, many=True, convert=_with_unix_lines)
    """Values that the dashboard shows."""
    display_apps: Nested[AgentDisplayApps] = Argument(AgentDisplayApps)
    """The built-in buttons."""
    resources_monitoring: Nested[AgentResourcesMonitoring] = Argument(AgentResourcesMonitoring)
    """What to watch."""

    id: Computed[str] = cast("Computed[str]", _AgentId(str))
    """The id that the provider gives it: what ``agent_id`` of others takes."""
    token: Computed[str] = Computed(str, sensitive=True)
    """Secret with which the agent logs in, sensitive; new at every build."""
    init_script: Computed[str] = Computed(str)
    """Script that downloads and starts the agent."""

    @explain_missing(os='"linux"', arch='"amd64"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        os: OperatingSystem | IResolvable,
        arch: Arch | IResolvable,
        auth: AgentAuth | IResolvable | None = None,
        dir: str | None = None,
        env: Mapping[str, str] | None = None,
        startup_script: str | None = None,
        startup_script_behavior: StartupScriptBehavior | IResolvable | None = None,
        shutdown_script: str | None = None,
        troubleshooting_url: str | None = None,
        motd_file: str | None = None,
        connection_timeout: float | None = None,
        order: float | None = None,
        api_key_scope: ApiKeyScope | IResolvable | None = None,
        metadata: Sequence[AgentMetadata | BlockFields] | IResolvable | None = None,
        display_apps: AgentDisplayApps | BlockFields | IResolvable | None = None,
        resources_monitoring: AgentResourcesMonitoring | BlockFields | IResolvable | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there, and on a stack its name: letters, digits and single hyphens. Inside a construct the name
                is made of the path, ``workspace-main``; ``override_logical_id`` gives it another.
            os: operating system of the workspace: ``linux``, ``darwin`` or ``windows``.
            arch: its architecture: ``amd64``, ``armv7`` or ``arm64``.
            auth: how the agent proves who it is: ``token`` (the default) or ``google-``, ``aws-`` or
                ``azure-instance-identity``.
            dir: where shells start. Default: the home directory. Deprecated by the provider.
            env: environment variables of everything that the agent starts. Default: none.
            startup_script: runs when the agent starts; a :class:`CoderScript` says more.
            startup_script_behavior: ``blocking`` (logins wait for the startup script) or ``non-blocking`` (the
                default).
            shutdown_script: runs before the workspace stops.
            troubleshooting_url: what the dashboard links to when the agent has trouble. Default: none.
            motd_file: path in the workspace of a text for SSH logins. Default: none.
            connection_timeout: seconds until an agent that never came up counts as timed out, a whole number; 0 is
                never. Default: 120.
            order: place in the dashboard, lowest first. Default: 0.
            api_key_scope: ``all`` (the default), or ``no_user_data``, which keeps the agent from the owner's Git and
                external authentication.
            metadata: values that the dashboard shows. Default: none.
            display_apps: the built-in buttons. Default: all but VS Code Insiders.
            resources_monitoring: what to watch. Default: nothing.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``os`` or ``arch`` was left out.
        """
        attributes = {
            "os": os,
            "arch": arch,
            "auth": auth,
            "dir": dir,
            "env": env,
            "startup_script": startup_script,
            "startup_script_behavior": startup_script_behavior,
            "shutdown_script": shutdown_script,
            "troubleshooting_url": troubleshooting_url,
            "motd_file": motd_file,
            "connection_timeout": connection_timeout,
            "order": order,
            "api_key_scope": api_key_scope,
            "metadata": metadata,
            "display_apps": display_apps,
            "resources_monitoring": resources_monitoring,
        }
        super().__init__(scope, id, attributes, meta)
        name_agent(self, scope, id)
        remember_agent(self, str(self.given("os")), self._instances)

    def replace_attribute(self, name: str, value: object) -> None:
        """As for every element; the operating system stays when others went by it."""
        if name == "os" and is_taken(self):
            raise InvalidValueError(
                "os", f"os of {self._what} cannot change any more: others were given its id and went by it."
            )
        super().replace_attribute(name, value)
        if name == "os":
            remember_agent(self, str(self.given("os")), self._instances)

    def _count_again(self, name: str, value: object) -> None:
        if is_taken(self):
            raise InvalidValueError(
                name, f"{name} of {self._what} cannot change any more: others were given its id and went by it."
            )
        super()._count_again(name, value)
        count_agent(self, self._instances)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.whole_number("connection_timeout", given["connection_timeout"], minimum=0, unit="seconds")
        check.whole_number("order", given["order"])
        _check_metadata(check, given["metadata"] or ())
        _check_monitoring(check, known_block(given["resources_monitoring"]))


def _check_metadata(check: Refusals, metadata: Iterable[AgentMetadata]) -> None:
    check.unique("metadata", [item.key for item in metadata], "the key")
    for item in metadata:
        check.whole_number("metadata.interval", item.interval, unit="seconds")
        check.whole_number("metadata.timeout", item.timeout, unit="seconds")
        check.whole_number("metadata.order", item.order)


def _check_monitoring(check: Refusals, monitoring: Any) -> None:
    if monitoring is None:
        return
    if isinstance(monitoring.memory, MemoryMonitor):
        check.whole_number(
            "resources_monitoring.memory.threshold", monitoring.memory.threshold, minimum=0, maximum=100, unit="percent"
        )
    volumes = monitoring.volume or ()
    check.unique("resources_monitoring", [volume.path for volume in volumes], "the volume")
    for volume in volumes:
        if is_literal(volume.path) and not literal_text(volume.path).startswith("/"):
            raise check.refuse(
                "resources_monitoring.volume.path", f'must be absolute, for example "/home/coder". Got {volume.path!r}.'
            )
        check.whole_number(
            "resources_monitoring.volume.threshold", volume.threshold, minimum=0, maximum=100, unit="percent"
        )
