"""The nested blocks of a ``coder_agent``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from aibridge_construct._engine import IResolvable
from aibridge_construct.coder.blocks import Block, BlockFields

__all__ = ["AgentDisplayApps", "AgentMetadata", "AgentResourcesMonitoring", "MemoryMonitor", "VolumeMonitor"]


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
    """Its name, once per agent."""
    script: str
    """Shell text that prints the value; ``${`` in it is a Terraform expression."""
    interval: float
    """Seconds between two runs, a whole number."""
    display_name: str | None = None
    """What the dashboard calls it."""
    timeout: float | None = None
    """Seconds that one run may take, a whole number."""
    order: float | None = None
    """Place in the list, lowest first."""


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
    """VS Code Desktop."""
    vscode_insiders: bool | IResolvable | None = None
    """VS Code Insiders."""
    web_terminal: bool | IResolvable | None = None
    """The terminal in the browser."""
    ssh_helper: bool | IResolvable | None = None
    """How to connect by SSH."""
    port_forwarding_helper: bool | IResolvable | None = None
    """The list of ports."""


@dataclass(frozen=True, kw_only=True)
class MemoryMonitor(Block):
    """When to notify the owner that memory runs out, block ``memory``.

    Args:
        threshold: percent of the memory in use, 0 to 100.
        enabled: whether to watch at all.
    """

    threshold: float
    """Percent of the memory in use, 0 to 100."""
    enabled: bool | IResolvable = True
    """Whether to watch at all."""


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
    """Absolute path of the mount point, once per agent."""
    threshold: float
    """Percent of the volume in use, 0 to 100."""
    enabled: bool | IResolvable = True
    """Whether to watch at all."""


@dataclass(frozen=True, kw_only=True)
class AgentResourcesMonitoring(Block):
    """What the agent watches, block ``resources_monitoring``.

    Args:
        memory: the memory. Default: not watched.
        volume: the volumes. Default: none.
    """

    memory: MemoryMonitor | BlockFields | IResolvable | None = None
    """The memory."""
    volume: Sequence[VolumeMonitor | BlockFields] | IResolvable | None = None
    """The volumes."""
