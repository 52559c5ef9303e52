"""A Coder template whose workspaces hold a dev container, built ahead in working hours, with governed AI tools.

`python main.py` writes the directory that `coder templates push` takes.
"""

from __future__ import annotations

from pathlib import Path

from cdktf import App, Fn, TerraformCount, TerraformHclModule, TerraformResourceLifecycle, TerraformVariable
from constructs import Construct

from aibridge_construct import (
    STARTUP_COORDINATION_ENV,
    AgentMetadata,
    AIBridgeProxy,
    CoderAgent,
    CoderAiTask,
    CoderDevcontainer,
    CoderEnv,
    CoderScript,
    CoderTemplate,
    Copilot,
    DataCoderParameter,
    DataCoderProvisioner,
    DataCoderTask,
    DataCoderWorkspace,
    DataCoderWorkspaceOwner,
    DataCoderWorkspacePreset,
    GenericProvider,
    GenericResource,
    ParameterOption,
    ParameterValidation,
    PresetExpirationPolicy,
    PresetPrebuilds,
    PresetSchedule,
    PresetScheduling,
    ProxiedTool,
)

IMAGE = "codercom/enterprise-node:ubuntu"
DOCKER_IMAGE = "docker:28-dind"
HOME = "/home/coder"
PROJECT = f"{HOME}/project"

# Dev containers start when the start scripts have ended, so the project and the command line are there by then.
PREPARE = f"""#!/bin/sh
set -eu
command -v devcontainer >/dev/null || npm install --global @devcontainers/cli
test -d {PROJECT}/.git || git clone --depth 1 "$PROJECT_REPOSITORY" {PROJECT}
"""


class DevContainer(CoderTemplate):
    """A container with a Docker daemon of its own beside it, in which the project's dev container runs."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))

        self._choices()
        agent = self._agent()
        self._project(agent)
        self._tools(agent)
        self._machine(agent)

    def _choices(self) -> None:
        self.repository = DataCoderParameter(
            self,
            "repository",
            name="repository",
            display_name="Repository",
            description="Where the project with the devcontainer.json is cloned from.",
            default="https://github.com/coder/coder",
            validation=ParameterValidation(regex="^https://[^ ]+$", error="Give a URL that begins with https://."),
        )
        self.memory = DataCoderParameter(
            self,
            "memory",
            name="memory",
            display_name="Memory, in GiB",
            type="number",
            default=4,
            mutable=True,
            form_type="slider",
            validation=ParameterValidation(min=2, max=32),
        )
        self.editor = DataCoderParameter(
            self,
            "editor",
            name="editor",
            display_name="Editor",
            default="browser",
            mutable=True,
            option=[
                ParameterOption(name="In the browser", value="browser"),
                ParameterOption(name="On my machine", value="desktop"),
            ],
        )
        DataCoderWorkspacePreset(
            self,
            "standard",
            name="Standard",
            description="Built ahead in working hours: ready in seconds.",
            default=True,
            parameters={self.memory.name: "4", self.editor.name: "browser"},
            prebuilds=PresetPrebuilds(
                instances=1,
                expiration_policy=PresetExpirationPolicy(ttl=86400),
                scheduling=PresetScheduling(
                    timezone="Europe/Berlin",
                    schedule=[
                        PresetSchedule(cron="* 7-18 * * 1-5", instances=3),
                        PresetSchedule(cron="* * * * 6,0", instances=0),
                    ],
                ),
            ),
        )
        DataCoderWorkspacePreset(self, "large", name="Large", parameters={self.memory.name: "16"})

    def _agent(self) -> CoderAgent:
        return CoderAgent(
            self,
            "main",
            os="linux",
            arch=DataCoderProvisioner.shared(self).arch,
            metadata=[
                AgentMetadata(key="memory", display_name="Memory", script="coder stat mem", interval=10, timeout=1),
                AgentMetadata(
                    key="home", display_name="Home", script=f"coder stat disk --path {HOME}", interval=60, timeout=1
                ),
            ],
        )

    def _project(self, agent: CoderAgent) -> None:
        # In a variable of the agent, no text of a user becomes part of a script.
        CoderEnv(self, "repository-url", agent_id=agent.id, name="PROJECT_REPOSITORY", value=self.repository.value)
        CoderScript(
            self,
            "prepare",
            agent_id=agent.id,
            display_name="Clone the project",
            icon="/icon/git.svg",
            script=PREPARE,
            run_on_start=True,
        )
        container = CoderDevcontainer(self, "project", agent_id=agent.id, workspace_folder=PROJECT)
        # Not behind the proxy: an editor in the browser. It runs in the dev container, whose agent is another one.
        editor = TerraformHclModule(
            self,
            "code-server",
            source="registry.coder.com/coder/code-server/coder",
            version="~> 1.0",
            variables={"agent_id": container.subagent_id, "order": 1},
        )
        editor.add_override("count", f'${{{self.editor.value} == "browser" ? 1 : 0}}')

    def _tools(self, agent: CoderAgent) -> None:
        proxy = AIBridgeProxy.from_variables(self, "aibridge", agent_id=agent.id)
        task = DataCoderTask(self, "current-task")
        copilot = Copilot(self, "copilot", agent_id=agent.id, workdir=PROJECT, proxy=proxy, ai_prompt=task.prompt)
        # Lets Coder Tasks use the template. Nothing in a prebuild, where there is no Copilot either.
        CoderAiTask(self, "task", app_id=copilot.task_app_id, count=copilot.count)
        # Put your own tool here. This one shows in the startup logs whether the proxy lets AI requests through.
        ProxiedTool(
            self,
            "ai-models",
            display_name="AI models behind the proxy",
            proxy=proxy,
            command=["curl", "--silent", "--show-error", "https://api.openai.com/v1/models"],
            runtimes=["curl"],
        )

    def _machine(self, agent: CoderAgent) -> None:
        TerraformVariable(
            self,
            "docker_socket",
            type="string",
            default="",
            description="Address of the Docker daemon. Default: what DOCKER_HOST says, else the local socket.",
        )
        GenericProvider(
            self,
            "docker",
            source="kreuzwerker/docker",
            version="~> 3.6",
            arguments={"host": '${var.docker_socket != "" ? var.docker_socket : null}'},
        )
        workspace = DataCoderWorkspace.shared(self)
        count = TerraformCount.of(workspace.start_count)
        home = GenericResource(
            self,
            "home",
            "docker_volume",
            {
                "name": f"coder-{workspace.id}-home",
                "labels": [
                    {"label": "coder.workspace_id", "value": workspace.id},
                    # As it was then: no change of a workspace ever touches what it keeps.
                    {"label": "coder.owner_at_creation", "value": DataCoderWorkspaceOwner.shared(self).name},
                ],
            },
            lifecycle=TerraformResourceLifecycle(ignore_changes="all"),
        )
        volumes = {"container_path": HOME, "volume_name": home.get_string_attribute("name")}
        network = GenericResource(self, "network", "docker_network", {"name": f"coder-{workspace.id}"}, count=count)
        network_name = f"${{{network.address}[0].name}}"
        # The daemon that runs the dev container sees the project at the same path as the workspace.
        daemon = GenericResource(
            self,
            "daemon",
            "docker_container",
            {
                "image": DOCKER_IMAGE,
                "name": f"coder-{workspace.id}-docker",
                "privileged": True,
                "entrypoint": ["dockerd", "--host", "tcp://0.0.0.0:2375"],
                "networks_advanced": {"name": network_name, "aliases": ["docker"]},
                "volumes": volumes,
            },
            count=count,
        )
        environment = {
            "CODER_AGENT_TOKEN": agent.token,
            "DOCKER_HOST": "tcp://docker:2375",
            **STARTUP_COORDINATION_ENV,
        }
        # A Coder server on this very machine is elsewhere, seen from the container.
        start_agent = Fn.replace(agent.init_script, "/localhost|127[.]0[.]0[.]1/", "host.docker.internal")
        GenericResource(
            self,
            "workspace",
            "docker_container",
            {
                "image": IMAGE,
                "name": f"coder-{workspace.id}",
                "hostname": workspace.name,
                "memory": f"${{{self.memory.value} * 1024}}",
                "entrypoint": ["sh", "-c", start_agent],
                "env": [f"{name}={value}" for name, value in environment.items()],
                "host": {"host": "host.docker.internal", "ip": "host-gateway"},
                "networks_advanced": {"name": network_name},
                "volumes": volumes,
            },
            count=count,
            depends_on=[daemon],
            # Who claims a prebuilt workspace gives it a name; the container that runs already stays.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["hostname"]),
        )


app = App()
DevContainer(app, "devcontainer")
app.synth()
