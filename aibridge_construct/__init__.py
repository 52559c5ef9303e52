"""Route the AI tools of Coder workspaces through the AI Bridge Proxy, from templates that are written in Python.

A name is imported when it is used: only what declares something loads the CDK engine, and with it Node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aibridge_construct._version import __version__ as __version__

if TYPE_CHECKING:
    from aibridge_construct.claude_code import ClaudeCode
    from aibridge_construct.coder.agent import CoderAgent
    from aibridge_construct.coder.agent_blocks import (
        AgentDisplayApps,
        AgentMetadata,
        AgentResourcesMonitoring,
        MemoryMonitor,
        VolumeMonitor,
    )
    from aibridge_construct.coder.agent_instance import CoderAgentInstance
    from aibridge_construct.coder.ai_task import CoderAiTask, TaskSidebarApp
    from aibridge_construct.coder.app import AppHealthcheck, CoderApp
    from aibridge_construct.coder.blocks import BlockFields
    from aibridge_construct.coder.devcontainer import CoderDevcontainer
    from aibridge_construct.coder.env import CoderEnv
    from aibridge_construct.coder.external_agent import CoderExternalAgent
    from aibridge_construct.coder.external_auth import DataCoderExternalAuth
    from aibridge_construct.coder.meta import MetaArguments, ResourceMetaArguments
    from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
    from aibridge_construct.coder.parameter import (
        DataCoderParameter,
        ParameterOption,
        ParameterValidation,
        ParameterValue,
    )
    from aibridge_construct.coder.provider import CoderProvider
    from aibridge_construct.coder.provisioner import DataCoderProvisioner
    from aibridge_construct.coder.script import CoderScript
    from aibridge_construct.coder.secret import DataCoderSecret
    from aibridge_construct.coder.task import DataCoderTask
    from aibridge_construct.coder.workspace import DataCoderWorkspace
    from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
    from aibridge_construct.coder.workspace_preset import (
        DataCoderWorkspacePreset,
        PresetExpirationPolicy,
        PresetPrebuilds,
        PresetSchedule,
        PresetScheduling,
    )
    from aibridge_construct.coder.workspace_tags import DataCoderWorkspaceTags
    from aibridge_construct.codex import Codex
    from aibridge_construct.copilot import Copilot
    from aibridge_construct.editors import EditorSettings
    from aibridge_construct.encoding import terraform_json
    from aibridge_construct.environment import STARTUP_COORDINATION_ENV, Runtime
    from aibridge_construct.errors import (
        AIBridgeError,
        ConflictError,
        InvalidValueError,
        MissingArgumentError,
        TemplateError,
        UnknownArgumentError,
    )
    from aibridge_construct.generic import GenericDataSource, GenericProvider, GenericResource
    from aibridge_construct.module import AIBridgeProxyModule
    from aibridge_construct.ordering import HasSyncUnit, declare_unit
    from aibridge_construct.placement import CountArgument
    from aibridge_construct.proxy import AIBridgeProxy
    from aibridge_construct.push import AllowedPaths, check_directory
    from aibridge_construct.template import CoderTemplate, check_template
    from aibridge_construct.tool import ProxiedTool
    from aibridge_construct.words import (
        AgentAuth,
        ApiKeyScope,
        AppOpenIn,
        AppShare,
        Arch,
        ClientName,
        EditorName,
        EnvMergeStrategy,
        GatewayProvider,
        OnUnavailable,
        OperatingSystem,
        ParameterFormType,
        ParameterMonotonic,
        ParameterType,
        ReasoningEffort,
        RuntimeName,
        StartupScriptBehavior,
    )

__all__ = [
    "STARTUP_COORDINATION_ENV",
    "AIBridgeError",
    "AIBridgeProxy",
    "AIBridgeProxyModule",
    "AgentAuth",
    "AgentDisplayApps",
    "AgentMetadata",
    "AgentResourcesMonitoring",
    "AllowedPaths",
    "ApiKeyScope",
    "AppHealthcheck",
    "AppOpenIn",
    "AppShare",
    "Arch",
    "BlockFields",
    "ClaudeCode",
    "ClientName",
    "CoderAgent",
    "CoderAgentInstance",
    "CoderAiTask",
    "CoderApp",
    "CoderDevcontainer",
    "CoderEnv",
    "CoderExternalAgent",
    "CoderMetadata",
    "CoderProvider",
    "CoderScript",
    "CoderTemplate",
    "Codex",
    "ConflictError",
    "Copilot",
    "CountArgument",
    "DataCoderExternalAuth",
    "DataCoderParameter",
    "DataCoderProvisioner",
    "DataCoderSecret",
    "DataCoderTask",
    "DataCoderWorkspace",
    "DataCoderWorkspaceOwner",
    "DataCoderWorkspacePreset",
    "DataCoderWorkspaceTags",
    "EditorName",
    "EditorSettings",
    "EnvMergeStrategy",
    "GatewayProvider",
    "GenericDataSource",
    "GenericProvider",
    "GenericResource",
    "HasSyncUnit",
    "InvalidValueError",
    "MemoryMonitor",
    "MetaArguments",
    "MetadataItem",
    "MissingArgumentError",
    "OnUnavailable",
    "OperatingSystem",
    "ParameterFormType",
    "ParameterMonotonic",
    "ParameterOption",
    "ParameterType",
    "ParameterValidation",
    "ParameterValue",
    "PresetExpirationPolicy",
    "PresetPrebuilds",
    "PresetSchedule",
    "PresetScheduling",
    "ProxiedTool",
    "ReasoningEffort",
    "ResourceMetaArguments",
    "Runtime",
    "RuntimeName",
    "StartupScriptBehavior",
    "TaskSidebarApp",
    "TemplateError",
    "UnknownArgumentError",
    "VolumeMonitor",
    "check_directory",
    "check_template",
    "declare_unit",
    "terraform_json",
]

# Where each name lives: the same as above, for those who run it.
_HOMES = {
    "coder.agent": ["CoderAgent"],
    "coder.agent_blocks": [
        "AgentDisplayApps",
        "AgentMetadata",
        "AgentResourcesMonitoring",
        "MemoryMonitor",
        "VolumeMonitor",
    ],
    "coder.blocks": ["BlockFields"],
    "coder.app": ["AppHealthcheck", "CoderApp"],
    "coder.env": ["CoderEnv"],
    "coder.meta": ["MetaArguments", "ResourceMetaArguments"],
    "coder.metadata": ["CoderMetadata", "MetadataItem"],
    "coder.parameter": ["DataCoderParameter", "ParameterOption", "ParameterValidation", "ParameterValue"],
    "coder.provider": ["CoderProvider"],
    "coder.provisioner": ["DataCoderProvisioner"],
    "coder.script": ["CoderScript"],
    "coder.workspace": ["DataCoderWorkspace"],
    "coder.workspace_owner": ["DataCoderWorkspaceOwner"],
    "coder.agent_instance": ["CoderAgentInstance"],
    "coder.ai_task": ["CoderAiTask", "TaskSidebarApp"],
    "coder.devcontainer": ["CoderDevcontainer"],
    "coder.external_agent": ["CoderExternalAgent"],
    "coder.external_auth": ["DataCoderExternalAuth"],
    "coder.secret": ["DataCoderSecret"],
    "coder.task": ["DataCoderTask"],
    "coder.workspace_preset": [
        "DataCoderWorkspacePreset",
        "PresetExpirationPolicy",
        "PresetPrebuilds",
        "PresetSchedule",
        "PresetScheduling",
    ],
    "coder.workspace_tags": ["DataCoderWorkspaceTags"],
    "claude_code": ["ClaudeCode"],
    "codex": ["Codex"],
    "copilot": ["Copilot"],
    "editors": ["EditorSettings"],
    "encoding": ["terraform_json"],
    "environment": ["STARTUP_COORDINATION_ENV", "Runtime"],
    "errors": [
        "AIBridgeError",
        "ConflictError",
        "InvalidValueError",
        "MissingArgumentError",
        "TemplateError",
        "UnknownArgumentError",
    ],
    "generic": ["GenericDataSource", "GenericProvider", "GenericResource"],
    "module": ["AIBridgeProxyModule"],
    "ordering": ["HasSyncUnit", "declare_unit"],
    "placement": ["CountArgument"],
    "proxy": ["AIBridgeProxy"],
    "push": ["AllowedPaths", "check_directory"],
    "template": ["CoderTemplate", "check_template"],
    "tool": ["ProxiedTool"],
    "words": [
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
    ],
}

if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy, watch

    watch()
    __getattr__, __dir__ = lazy(__name__, _HOMES)
