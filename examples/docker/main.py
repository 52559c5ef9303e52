"""A Coder template whose workspaces are Docker containers, and whose AI tools go through the AI Bridge Proxy.

`python main.py` writes the directory that `coder templates push` takes.
"""

from __future__ import annotations

from pathlib import Path

from cdktf import App, Fn, TerraformCount, TerraformHclModule, TerraformResourceLifecycle, TerraformVariable
from cdktf_cdktf_provider_docker.container import Container, ContainerHost, ContainerVolumes
from cdktf_cdktf_provider_docker.provider import DockerProvider
from cdktf_cdktf_provider_docker.volume import Volume, VolumeLabels
from constructs import Construct

from aibridge_construct import (
    STARTUP_COORDINATION_ENV,
    AgentMetadata,
    AIBridgeProxy,
    CoderAgent,
    CoderTemplate,
    Copilot,
    DataCoderProvisioner,
    DataCoderWorkspace,
    DataCoderWorkspaceOwner,
    ProxiedTool,
)

IMAGE = "codercom/enterprise-node:ubuntu"
HOME = "/home/coder"


class Docker(CoderTemplate):
    """A container that lives while the workspace runs, and a home volume that outlives it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))

        agent = self._agent()
        self._tools(agent)
        self._machine(agent)

    def _agent(self) -> CoderAgent:
        return CoderAgent(
            self,
            "main",
            os="linux",
            arch=DataCoderProvisioner.shared(self).arch,
            metadata=[
                AgentMetadata(key="cpu", display_name="CPU", script="coder stat cpu", interval=10, timeout=1),
                AgentMetadata(key="memory", display_name="Memory", script="coder stat mem", interval=10, timeout=1),
                AgentMetadata(
                    key="home", display_name="Home", script=f"coder stat disk --path {HOME}", interval=60, timeout=1
                ),
            ],
        )

    def _tools(self, agent: CoderAgent) -> None:
        proxy = AIBridgeProxy.from_variables(self, "aibridge", agent_id=agent.id)
        Copilot(self, "copilot", agent_id=agent.id, workdir=HOME, proxy=proxy)
        # Put your own tool here. This one shows in the startup logs whether the proxy lets AI requests through.
        ProxiedTool(
            self,
            "ai-models",
            display_name="AI models behind the proxy",
            proxy=proxy,
            command=["curl", "--silent", "--show-error", "https://api.openai.com/v1/models"],
            runtimes=["curl"],
        )
        # Not behind the proxy: an editor in the browser.
        TerraformHclModule(
            self,
            "code-server",
            source="registry.coder.com/coder/code-server/coder",
            version="~> 1.0",
            variables={"agent_id": agent.id, "folder": HOME, "order": 1},
        )

    def _machine(self, agent: CoderAgent) -> None:
        TerraformVariable(
            self,
            "docker_socket",
            type="string",
            default="",
            description="Address of the Docker daemon. Default: what DOCKER_HOST says, else the local socket.",
        )
        DockerProvider(self, "docker", host='${var.docker_socket != "" ? var.docker_socket : null}')
        workspace = DataCoderWorkspace.shared(self)
        owner = DataCoderWorkspaceOwner.shared(self)
        home = Volume(
            self,
            "home",
            name=f"coder-{workspace.id}-home",
            labels=[
                VolumeLabels(label="coder.owner", value=owner.name),
                VolumeLabels(label="coder.workspace_id", value=workspace.id),
                # As it was then: no change of a workspace ever touches what it keeps.
                VolumeLabels(label="coder.workspace_name_at_creation", value=workspace.name),
            ],
            lifecycle=TerraformResourceLifecycle(ignore_changes="all"),
        )
        environment = {"CODER_AGENT_TOKEN": agent.token, **STARTUP_COORDINATION_ENV}
        # A Coder server on this very machine is elsewhere, seen from the container. The agent's address is also where
        # the proxy's setup asks then.
        start_agent = Fn.replace(agent.init_script, "/localhost|127[.]0[.]0[.]1/", "host.docker.internal")
        Container(
            self,
            "workspace",
            count=TerraformCount.of(workspace.start_count),
            image=IMAGE,
            name=f"coder-{workspace.id}",
            hostname=workspace.name,
            entrypoint=["sh", "-c", start_agent],
            env=[f"{name}={value}" for name, value in environment.items()],
            host=[ContainerHost(host="host.docker.internal", ip="host-gateway")],
            volumes=[ContainerVolumes(container_path=HOME, volume_name=home.name)],
            # Who claims a prebuilt workspace gives it a name; the container that runs already stays.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["hostname"]),
        )


app = App()
Docker(app, "docker")
app.synth()
