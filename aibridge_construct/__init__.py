"""Route the AI tools of Coder workspaces through the AI Bridge Proxy, from templates that are written in Python."""

from aibridge_construct.coder.agent import (
    AgentDisplayApps,
    AgentMetadata,
    AgentResourcesMonitoring,
    CoderAgent,
    MemoryMonitor,
    VolumeMonitor,
)
from aibridge_construct.coder.app import AppHealthcheck, CoderApp
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
from aibridge_construct.coder.parameter import DataCoderParameter, ParameterOption, ParameterValidation
from aibridge_construct.coder.provider import CoderProvider
from aibridge_construct.coder.provisioner import DataCoderProvisioner
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
from aibridge_construct.copilot import Copilot
from aibridge_construct.environment import STARTUP_COORDINATION_ENV, Runtime
from aibridge_construct.errors import (
    AIBridgeError,
    ConflictError,
    InvalidValueError,
    MissingArgumentError,
    TemplateError,
)
from aibridge_construct.module import AIBridgeProxyModule
from aibridge_construct.ordering import declare_unit
from aibridge_construct.proxy import AIBridgeProxy
from aibridge_construct.push import check_directory
from aibridge_construct.template import CoderTemplate, check_template
from aibridge_construct.tool import ProxiedTool

__all__ = [
    "STARTUP_COORDINATION_ENV",
    "AIBridgeError",
    "AIBridgeProxy",
    "AIBridgeProxyModule",
    "AgentDisplayApps",
    "AgentMetadata",
    "AgentResourcesMonitoring",
    "AppHealthcheck",
    "CoderAgent",
    "CoderApp",
    "CoderEnv",
    "CoderMetadata",
    "CoderProvider",
    "CoderScript",
    "CoderTemplate",
    "ConflictError",
    "Copilot",
    "DataCoderParameter",
    "DataCoderProvisioner",
    "DataCoderWorkspace",
    "DataCoderWorkspaceOwner",
    "InvalidValueError",
    "MemoryMonitor",
    "MetadataItem",
    "MissingArgumentError",
    "ParameterOption",
    "ParameterValidation",
    "ProxiedTool",
    "Runtime",
    "TemplateError",
    "VolumeMonitor",
    "check_directory",
    "check_template",
    "declare_unit",
]
