"""Every type of the coder provider with every argument, as a template might have them, with texts that need care."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack, TerraformVariable

from aibridge_construct.coder.agent import (
    AgentDisplayApps,
    AgentMetadata,
    AgentResourcesMonitoring,
    CoderAgent,
    MemoryMonitor,
    VolumeMonitor,
)
from aibridge_construct.coder.agent_instance import CoderAgentInstance
from aibridge_construct.coder.ai_task import CoderAiTask
from aibridge_construct.coder.app import AppHealthcheck, CoderApp
from aibridge_construct.coder.devcontainer import CoderDevcontainer
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.external_agent import CoderExternalAgent
from aibridge_construct.coder.external_auth import DataCoderExternalAuth
from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
from aibridge_construct.coder.parameter import DataCoderParameter, ParameterOption, ParameterValidation
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

#: The addresses of the resources.
RESOURCES = (
    "coder_agent.main",
    "coder_agent_instance.machine",
    "coder_ai_task.task",
    "coder_app.link",
    "coder_app.terminal",
    "coder_app.web",
    "coder_devcontainer.project",
    "coder_env.path",
    "coder_env.prompt",
    "coder_external_agent.laptop",
    "coder_metadata.agent",
    "coder_script.greet",
)


#: What Coder says to the build: the secrets that :func:`declare_everything` asks for.
SECRETS = {"CODER_SECRET_ENV_NPM_TOKEN": "npm", f"CODER_SECRET_FILE_{b'~/.netrc'.hex()}": "machine"}


def declare_parameters(stack: TerraformStack) -> dict[str, DataCoderParameter]:
    """Parameters of every type, with options, validations and references."""
    return {
        "cpu": DataCoderParameter(
            stack,
            "cpu",
            name="CPU cores",
            type="number",
            default=4,
            display_name='The "cores"',
            description="Line one\nline \\two\\ with 100 %%{ and $${HOME}",
            icon="/icon/memory.svg",
            mutable=True,
            ephemeral=False,
            order=0,
            form_type="slider",
            styling={"disabled": False},
            validation=ParameterValidation(min=0, max=8, monotonic="increasing", error="{value} is not {min} to {max}"),
        ),
        "region": DataCoderParameter(
            stack,
            "region",
            name="region",
            default="eu",
            form_type="dropdown",
            option=[
                ParameterOption(name="Europe", value="eu", description="near\tyou", icon="/emojis/1f1ea.png"),
                ParameterOption(name='${upper("u")}S', value="us"),
            ],
        ),
        "email": DataCoderParameter(
            stack,
            "email",
            name="email",
            default="ada@example.com",
            validation=ParameterValidation(regex=r'^[^\s"]+@\S+$', error="an e-mail address"),
        ),
        "reset": DataCoderParameter(
            stack, "reset", name="reset", type="bool", default=False, mutable=True, ephemeral=True, form_type="switch"
        ),
        "tools": DataCoderParameter(
            stack,
            "tools",
            name="tools",
            type="list(string)",
            default=["a", "b"],
            form_type="multi-select",
            option=[ParameterOption(name="A", value="a"), ParameterOption(name="B", value="b")],
        ),
    }


def declare_basics(stack: TerraformStack) -> tuple[CoderAgent, CoderApp]:
    """The parameters and the resources of a plain template, some arguments from variables and from the parameters."""
    parameters = declare_parameters(stack)
    wide = TerraformVariable(stack, "wide", type="bool", default=True)
    seconds = TerraformVariable(stack, "seconds", type="number", default=20)
    agent = CoderAgent(
        stack,
        "main",
        os="linux",
        arch=DataCoderProvisioner.shared(stack).arch,
        auth="token",
        env={"REGION": parameters["region"].value, "QUOTED": 'a "b" \\c'},
        startup_script='#!/bin/sh\nprintf "%s\\n" "$${HOME}" \\\n  done\n',
        startup_script_behavior="blocking",
        shutdown_script="true",
        troubleshooting_url="https://coder.example.com/help",
        motd_file="/etc/motd",
        connection_timeout=0,
        order=0,
        api_key_scope="no_user_data",
        metadata=[
            AgentMetadata(key="cpu", script="coder stat cpu", interval=10, display_name="CPU", timeout=1, order=0),
            AgentMetadata(key="load", script="cat \\\n  /proc/loadavg", interval=seconds.number_value),
        ],
        display_apps=AgentDisplayApps(vscode=False, web_terminal=wide.boolean_value),
        resources_monitoring=AgentResourcesMonitoring(
            memory=MemoryMonitor(threshold=0, enabled=False),
            volume=[VolumeMonitor(path="/home/coder", threshold=90), VolumeMonitor(path="/tmp", threshold=100)],
        ),
    )
    web = CoderApp(
        stack,
        "web",
        agent_id=agent.id,
        slug="code-server",
        url="http://localhost:13337/?folder=/home/coder",
        display_name="Code",
        icon="/icon/code.svg",
        subdomain=False,
        share="owner",
        healthcheck=AppHealthcheck(url="http://localhost:13337/healthz", interval=5, threshold=0),
        order=0,
        group="IDEs",
        hidden=False,
        open_in="tab",
        tooltip='*VS Code* in the browser, "quoted"',
    )
    CoderApp(stack, "terminal", agent_id=agent.id, slug="terminal", command=r"printf 'a\tb\n'")
    CoderApp(stack, "link", agent_id=agent.id, slug="link", url="https://coder.example.com", external=True)
    CoderEnv(
        stack, "path", agent_id=agent.id, name="PATH", value="/opt/" + parameters["cpu"].value, merge_strategy="append"
    )
    CoderScript(
        stack, "greet", agent_id=agent.id, display_name="Greet", script="echo 'EOF'\nEOF\necho \\\n", run_on_start=True
    )
    CoderMetadata(
        stack,
        "agent",
        resource_id=agent.id,
        hide=False,
        icon="/icon/x.svg",
        daily_cost=0,
        item=[MetadataItem(key="empty", value="", sensitive=False), MetadataItem(key="none")],
    )
    return agent, web


def declare_everything(stack: TerraformStack) -> None:
    """Every type of the provider."""
    agent, web = declare_basics(stack)
    CoderAgentInstance(stack, "machine", agent_id=agent.id, instance_id="i-0123456789")
    CoderExternalAgent(stack, "laptop", agent_id=agent.id)
    project = CoderDevcontainer(
        stack, "project", agent_id=agent.id, workspace_folder="/home/coder/my project", config_path=".dev/c.json"
    )
    CoderAiTask(stack, "task", app_id=web.id)
    task = DataCoderTask(stack, "me")
    CoderEnv(stack, "prompt", agent_id=project.subagent_id, name="TASK", value=f"<{task.prompt}>")
    DataCoderExternalAuth(stack, "github", id="github", optional=True)
    DataCoderSecret(stack, "npm", env="NPM_TOKEN", help_message='Store "it"')
    DataCoderSecret(stack, "netrc", file="~/.netrc", help_message="Store it")
    DataCoderWorkspaceTags(stack, "tags", tags={"cluster": "eu", "a.b/c": '"quoted"'})
    DataCoderWorkspacePreset(stack, "small", name="Small", parameters={"region": "eu"})
    DataCoderWorkspacePreset(
        stack,
        "large",
        name="Large",
        description="Line one\nline \\two\\",
        icon="/icon/memory.svg",
        default=True,
        parameters={"CPU cores": "8", "region": "us"},
        prebuilds=PresetPrebuilds(
            instances=0,
            expiration_policy=PresetExpirationPolicy(ttl=86400),
            scheduling=PresetScheduling(
                timezone="Europe/Berlin",
                schedule=[
                    PresetSchedule(cron="* 8-18 * * 1-5", instances=3),
                    PresetSchedule(cron="* 8-18 * * 0,6", instances=0),
                ],
            ),
        ),
    )
    owner = DataCoderWorkspaceOwner.shared(stack)
    workspace = DataCoderWorkspace.shared(stack)
    TerraformOutput(stack, "roles", value=owner.rbac_roles)
    TerraformOutput(stack, "prebuild", value=workspace.is_prebuild)
