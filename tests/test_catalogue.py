"""The public names are a promise: a change of this list is a change for users."""

from __future__ import annotations

import inspect

import pytest

import aibridge_construct

PUBLIC = [
    "AIBridgeError",
    "AIBridgeProxy",
    "AIBridgeProxyModule",
    "AgentDisplayApps",
    "AgentMetadata",
    "AgentResourcesMonitoring",
    "AppHealthcheck",
    "ClaudeCode",
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
    "DataCoderExternalAuth",
    "DataCoderParameter",
    "DataCoderProvisioner",
    "DataCoderSecret",
    "DataCoderTask",
    "DataCoderWorkspace",
    "DataCoderWorkspaceOwner",
    "DataCoderWorkspacePreset",
    "DataCoderWorkspaceTags",
    "EditorSettings",
    "GenericDataSource",
    "GenericProvider",
    "GenericResource",
    "InvalidValueError",
    "MemoryMonitor",
    "MetadataItem",
    "MissingArgumentError",
    "ParameterOption",
    "ParameterValidation",
    "PresetExpirationPolicy",
    "PresetPrebuilds",
    "PresetSchedule",
    "PresetScheduling",
    "ProxiedTool",
    "Runtime",
    "STARTUP_COORDINATION_ENV",
    "TaskSidebarApp",
    "TemplateError",
    "UnknownArgumentError",
    "VolumeMonitor",
    "check_directory",
    "check_template",
    "declare_unit",
    "terraform_json",
]

#: What users annotate helpers of their own with.
TYPES = [
    "AgentAuth",
    "AllowedPaths",
    "ApiKeyScope",
    "AppOpenIn",
    "AppShare",
    "Arch",
    "BlockFields",
    "ClientName",
    "CountArgument",
    "EditorName",
    "EnvMergeStrategy",
    "GatewayProvider",
    "HasSyncUnit",
    "MetaArguments",
    "OnUnavailable",
    "OperatingSystem",
    "ParameterFormType",
    "ParameterMonotonic",
    "ParameterType",
    "ParameterValue",
    "ReasoningEffort",
    "ResourceMetaArguments",
    "RuntimeName",
    "StartupScriptBehavior",
]


def test_the_catalogue_lists_the_public_names_and_nothing_else() -> None:
    assert sorted(aibridge_construct.__all__) == sorted([*PUBLIC, *TYPES])


@pytest.mark.parametrize("name", [name for name in PUBLIC if name[0].isupper() and not name.isupper()])
def test_every_public_class_says_what_it_is(name: str) -> None:
    documentation = inspect.getdoc(getattr(aibridge_construct, name))
    assert documentation
    assert documentation.endswith(".") or "\n" in documentation


CONSTRUCTS = (
    "AIBridgeProxy",
    "ClaudeCode",
    "Coder",
    "Codex",
    "Copilot",
    "DataCoder",
    "EditorSettings",
    "Generic",
    "ProxiedTool",
)


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.startswith(CONSTRUCTS)])
def test_every_argument_of_a_construct_is_documented(name: str) -> None:
    constructor = getattr(aibridge_construct, name)
    documentation = inspect.getdoc(constructor) or ""
    signature = inspect.signature(constructor.__init__)
    for argument in signature.parameters:
        if argument not in ("self", "meta"):
            assert f"{argument}:" in documentation, f"{name} does not document {argument}"
