"""Route the AI tools of Coder workspaces through the AI Bridge Proxy, from templates that are written in Python."""

from aibridge_construct.coder.provider import CoderProvider
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
from aibridge_construct.errors import (
    AIBridgeError,
    ConflictError,
    InvalidValueError,
    MissingArgumentError,
    OrderingError,
    TemplateError,
)
from aibridge_construct.module import AIBridgeProxyModule
from aibridge_construct.proxy import AIBridgeProxy

__all__ = [
    "AIBridgeError",
    "AIBridgeProxy",
    "AIBridgeProxyModule",
    "CoderProvider",
    "CoderScript",
    "ConflictError",
    "DataCoderWorkspace",
    "DataCoderWorkspaceOwner",
    "InvalidValueError",
    "MissingArgumentError",
    "OrderingError",
    "TemplateError",
]
