"""Route the AI tools of Coder workspaces through the AI Bridge Proxy, from templates that are written in Python."""

from aibridge_construct.coder.provider import CoderProvider
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
from aibridge_construct.tool import ProxiedTool

__all__ = [
    "STARTUP_COORDINATION_ENV",
    "AIBridgeError",
    "AIBridgeProxy",
    "AIBridgeProxyModule",
    "CoderProvider",
    "CoderScript",
    "ConflictError",
    "Copilot",
    "DataCoderWorkspace",
    "DataCoderWorkspaceOwner",
    "InvalidValueError",
    "MissingArgumentError",
    "ProxiedTool",
    "Runtime",
    "TemplateError",
    "declare_unit",
]
