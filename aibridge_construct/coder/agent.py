"""``coder_agent``: the Coder agent that runs in the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Literal, Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder._agent_name import name_agent
from aibridge_construct.coder._agents import count_agent, is_taken, remember_agent, remember_id
from aibridge_construct.coder.blocks import Block, Fields
from aibridge_construct.coder.checks import Refusals, is_literal, known_block
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Computed
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.shell.render import shell_text
from aibridge_construct.validation import literal_text

__all__ = [
    "AgentDisplayApps",
    "AgentMetadata",
    "AgentResourcesMonitoring",
    "CoderAgent",
    "MemoryMonitor",
    "VolumeMonitor",
]

Arch = Literal["amd64", "armv7", "arm64"]
OperatingSystem = Literal["linux", "darwin", "windows"]
Auth = Literal["token", "google-instance-identity", "aws-instance-identity", "azure-instance-identity"]

_ARCH = ("amd64", "armv7", "arm64")
_OS = ("linux", "darwin", "windows")
_AUTH = ("token", "google-instance-identity", "aws-instance-identity", "azure-instance-identity")


@dataclass(frozen=True, kw_only=True)
class AgentMetadata(Block):
    """A value that the dashboard shows for the running agent, block ``metadata``.

    Args:
        key: its name, once per agent.
        script: shell text that prints the value; ``${`` in it is a Terraform expression.
        interval: seconds between two runs, a whole number.
        display_name: what the dashboard calls it. Default: the key.
        timeout: seconds that one run may take, a whole number. Default: the agent's own limit.
        order: place in the list, lowest first. Default: 0.
    """

    key: str
    script: str
    interval: float
    display_name: str | None = None
    timeout: float | None = None
    order: float | None = None


@dataclass(frozen=True, kw_only=True)
class AgentDisplayApps(Block):
    """Which built-in buttons the dashboard shows, block ``display_apps``. Without it: all but ``vscode_insiders``.

    Args:
        vscode: VS Code Desktop. Default: true.
        vscode_insiders: VS Code Insiders. Default: false.
        web_terminal: the terminal in the browser. Default: true.
        ssh_helper: how to connect by SSH. Default: true.
        port_forwarding_helper: the list of ports. Default: true.
    """

    vscode: bool | IResolvable | None = None
    vscode_insiders: bool | IResolvable | None = None
    web_terminal: bool | IResolvable | None = None
    ssh_helper: bool | IResolvable | None = None
    port_forwarding_helper: bool | IResolvable | None = None


@dataclass(frozen=True, kw_only=True)
class MemoryMonitor(Block):
    """When to notify the owner that memory runs out, block ``memory``.

    Args:
        threshold: percent of the memory in use, 0 to 100.
        enabled: whether to watch at all.
    """

    threshold: float
    enabled: bool | IResolvable = True


@dataclass(frozen=True, kw_only=True)
class VolumeMonitor(Block):
    """When to notify the owner that a volume fills up, block ``volume``.

    Args:
        path: absolute path of the mount point, once per agent.
        threshold: percent of the volume in use, 0 to 100.
        enabled: whether to watch at all.
    """

    UNORDERED: ClassVar[bool] = True

    path: str
    threshold: float
    enabled: bool | IResolvable = True


@dataclass(frozen=True, kw_only=True)
class AgentResourcesMonitoring(Block):
    """What the agent watches, block ``resources_monitoring``.

    Args:
        memory: the memory. Default: not watched.
        volume: the volumes. Default: none.
    """

    memory: MemoryMonitor | Fields | IResolvable | None = None
    volume: Sequence[VolumeMonitor | Fields] | IResolvable | None = None


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

    Args:
        scope: the construct to put it into.
        id: its id there, and on a stack its name: letters, digits and single hyphens. Inside a construct the name is
            made of the path, ``workspace-main``; ``override_logical_id`` gives it another.
        os: operating system of the workspace: ``linux``, ``darwin`` or ``windows``.
        arch: its architecture: ``amd64``, ``armv7`` or ``arm64``.
        auth: how the agent proves who it is: ``token`` (the default) or ``google-``, ``aws-`` or
            ``azure-instance-identity``.
        dir: where shells start. Default: the home directory. Deprecated by the provider.
        env: environment variables of everything that the agent starts. Default: none.
        startup_script: runs when the agent starts; a :class:`CoderScript` says more.
        startup_script_behavior: ``blocking`` (logins wait for the startup script) or ``non-blocking`` (the default).
        shutdown_script: runs before the workspace stops.
        troubleshooting_url: what the dashboard links to when the agent has trouble. Default: none.
        motd_file: path in the workspace of a text for SSH logins. Default: none.
        connection_timeout: seconds until an agent that never came up counts as timed out, a whole number; 0 is never.
            Default: 120.
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

    TYPE = "coder_agent"

    os = Argument(str)
    arch = Argument(str)
    auth = Argument(str)
    dir = Argument(str)
    env = Argument(dict[str, str])
    startup_script = Argument(str, convert=partial(shell_text, "startup_script"))
    startup_script_behavior = Argument(str)
    shutdown_script = Argument(str, convert=partial(shell_text, "shutdown_script"))
    troubleshooting_url = Argument(str)
    motd_file = Argument(str)
    connection_timeout = Argument(float)
    order = Argument(float)
    api_key_scope = Argument(str)
    metadata = Argument(AgentMetadata, many=True, convert=_with_unix_lines)
    display_apps = Argument(AgentDisplayApps)
    resources_monitoring = Argument(AgentResourcesMonitoring)

    id = _AgentId(str)
    #: Secret with which the agent logs in, sensitive; new at every build.
    token = Computed(str, sensitive=True)
    #: Script that downloads and starts the agent.
    init_script = Computed(str)

    @explain_missing(os='"linux"', arch='"amd64"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        os: OperatingSystem | str,
        arch: Arch | str,
        auth: Auth | str | None = None,
        dir: str | None = None,
        env: Mapping[str, str] | None = None,
        startup_script: str | None = None,
        startup_script_behavior: Literal["blocking", "non-blocking"] | None = None,
        shutdown_script: str | None = None,
        troubleshooting_url: str | None = None,
        motd_file: str | None = None,
        connection_timeout: float | None = None,
        order: float | None = None,
        api_key_scope: Literal["all", "no_user_data"] | None = None,
        metadata: Sequence[AgentMetadata | Fields] | IResolvable | None = None,
        display_apps: AgentDisplayApps | Fields | IResolvable | None = None,
        resources_monitoring: AgentResourcesMonitoring | Fields | IResolvable | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
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
        remember_agent(self, os, self._instances)

    def replace_attribute(self, name: str, value: object) -> None:
        """As for every element; the operating system stays when others went by it."""
        if name == "os" and is_taken(self):
            raise InvalidValueError(
                "os", f"os of {self._what} cannot change any more: others were given its id and went by it."
            )
        super().replace_attribute(name, value)
        if name == "os":
            remember_agent(self, str(value), self._instances)

    def _count_again(self, name: str, value: object) -> None:
        if is_taken(self):
            raise InvalidValueError(
                name, f"{name} of {self._what} cannot change any more: others were given its id and went by it."
            )
        super()._count_again(name, value)
        count_agent(self, self._instances)

    def check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.one_of("os", given["os"], _OS)
        check.one_of("arch", given["arch"], _ARCH)
        check.one_of("auth", given["auth"], _AUTH)
        check.one_of("startup_script_behavior", given["startup_script_behavior"], ("blocking", "non-blocking"))
        check.one_of("api_key_scope", given["api_key_scope"], ("all", "no_user_data"))
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
