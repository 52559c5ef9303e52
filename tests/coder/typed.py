"""A template that uses every type, as a type checker sees it: constructed, read back, assigned."""

from __future__ import annotations

from cdktf import Fn, TerraformIterator, TerraformOutput, TerraformResourceLifecycle, TerraformStack, TerraformVariable
from constructs import Construct

from aibridge_construct import (
    AgentDisplayApps,
    AgentMetadata,
    AgentResourcesMonitoring,
    AppHealthcheck,
    CoderAgent,
    CoderAgentInstance,
    CoderAiTask,
    CoderApp,
    CoderDevcontainer,
    CoderEnv,
    CoderExternalAgent,
    CoderMetadata,
    CoderProvider,
    CoderScript,
    DataCoderExternalAuth,
    DataCoderParameter,
    DataCoderProvisioner,
    DataCoderSecret,
    DataCoderTask,
    DataCoderWorkspace,
    DataCoderWorkspaceOwner,
    DataCoderWorkspacePreset,
    DataCoderWorkspaceTags,
    MemoryMonitor,
    MetadataItem,
    ParameterOption,
    ParameterValidation,
    PresetExpirationPolicy,
    PresetPrebuilds,
    PresetSchedule,
    PresetScheduling,
    TaskSidebarApp,
    VolumeMonitor,
)


class Everything(TerraformStack):
    """Every type of the provider."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        provider = CoderProvider(self, "coder", url="https://coder.example.com")
        flag = TerraformVariable(self, "flag", type="bool", default=True)
        workspace = DataCoderWorkspace(self, "workspace")
        owner = DataCoderWorkspaceOwner(self, "owner")
        machine = DataCoderProvisioner(self, "machine")
        group = Construct(self, "group")
        DataCoderTask(group, "task")
        agent = CoderAgent(
            self,
            "main",
            os=machine.os,
            arch="amd64",
            env={"OWNER": owner.name, "GROUPS": Fn.join(",", owner.groups)},
            metadata=[
                AgentMetadata(key="cpu", script="coder stat cpu", interval=10),
                {"key": "m", "script": "x", "interval": 1},
            ],
            display_apps=AgentDisplayApps(vscode=False, web_terminal=flag.boolean_value),
            resources_monitoring=AgentResourcesMonitoring(
                memory=MemoryMonitor(threshold=90), volume=[VolumeMonitor(path="/home", threshold=90)]
            ),
            provider=provider,
            depends_on=[workspace, group],
        )
        agent.display_apps = {"vscode": True}
        agent.env = {"A": agent.token, "B": agent.init_script}
        app = CoderApp(
            self,
            "app",
            agent_id=agent.id,
            slug="app",
            share="owner",
            healthcheck=AppHealthcheck(url="http://localhost", interval=5, threshold=6),
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[agent]),
        )
        app.hidden = workspace.is_prebuild
        app.url = f"http://localhost:{app.display_name}"
        app.order = agent.order
        again: str = app.healthcheck.url
        CoderEnv(self, "env", agent_id=app.agent_id, name="A", value=again, merge_strategy="append")
        script = CoderScript(self, "s", agent_id=agent.id, display_name="S", script="true", run_on_start=app.hidden)
        script.timeout = 60
        script.lifecycle = TerraformResourceLifecycle(prevent_destroy=True)
        metadata = CoderMetadata(self, "metadata", resource_id=agent.id, item=[MetadataItem(key="a")])
        TerraformOutput(self, "null", value=metadata.item[0].is_null)
        CoderAgentInstance(self, "instance", agent_id=agent.id, instance_id="i-1")
        CoderExternalAgent(self, "external", agent_id=agent.id)
        container = CoderDevcontainer(self, "container", agent_id=agent.id, workspace_folder="/home/coder/project")
        container.config_path = f"/{container.subagent_id}.json"
        task = CoderAiTask(self, "task", app_id=app.id)
        other = CoderAiTask(self, "other", sidebar_app=TaskSidebarApp(id=app.id))
        other.sidebar_app = {"id": task.app_id}
        each = TerraformIterator.from_list(["eu", "us"])
        parameter = DataCoderParameter(
            self, "region", name="region", default=4, option=each.dynamic({"name": each.value, "value": each.value})
        )
        parameter.option = [ParameterOption(name="A", value=4), {"name": "B", "value": "b"}]
        parameter.default = "b"
        parameter.validation = ParameterValidation(regex="^[4b]$", error="4 or b")
        TerraformOutput(self, "any", value=[parameter.value, parameter.optional, owner.rbac_roles, task.prompt])
        auth = DataCoderExternalAuth(self, "github", id="github", optional=True)
        secret = DataCoderSecret(self, "npm", env="NPM_TOKEN", help_message=auth.id)
        tags = DataCoderWorkspaceTags(self, "tags", tags={"a": secret.value, "b": auth.access_token})
        tags.tags = agent.env
        preset = DataCoderWorkspacePreset(
            self,
            "preset",
            name="Large",
            parameters={parameter.name: "a"},
            prebuilds=PresetPrebuilds(
                instances=1,
                expiration_policy=PresetExpirationPolicy(ttl=0),
                scheduling=PresetScheduling(timezone="UTC", schedule=[PresetSchedule(cron="* 8 * * *", instances=2)]),
            ),
        )
        preset.default = False
