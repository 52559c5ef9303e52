"""A Coder template whose workspaces are Kubernetes pods, and whose AI tools go through the AI Bridge Proxy.

`python main.py` writes the directory that `coder templates push` takes.
"""

from __future__ import annotations

from pathlib import Path

from cdktf import App, TerraformCount, TerraformHclModule, TerraformResourceLifecycle, TerraformVariable
from constructs import Construct

from aibridge_construct import (
    STARTUP_COORDINATION_ENV,
    AgentMetadata,
    AIBridgeProxy,
    CoderAgent,
    CoderTemplate,
    Copilot,
    DataCoderParameter,
    DataCoderWorkspace,
    GenericProvider,
    GenericResource,
    ParameterOption,
    ParameterValidation,
    ProxiedTool,
)

IMAGE = "codercom/enterprise-node:ubuntu"
HOME = "/home/coder"

# Of the arguments below, those that are maps; every other mapping is a nested block, which `--hcl` has to know.
MAPS = ("labels", "limits", "match_labels", "requests")


class Kubernetes(CoderTemplate):
    """A pod that lives while the workspace runs, and a home volume that outlives it."""

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
            arch="amd64",
            metadata=[
                AgentMetadata(key="cpu", display_name="CPU", script="coder stat cpu", interval=10, timeout=1),
                AgentMetadata(key="memory", display_name="Memory", script="coder stat mem", interval=10, timeout=1),
                AgentMetadata(
                    key="home", display_name="Home", script=f"coder stat disk --path {HOME}", interval=60, timeout=1
                ),
            ],
        )

    def _tools(self, agent: CoderAgent) -> None:
        proxy_url = TerraformVariable(
            self, "proxy_url", type="string", description="URL of the AI Bridge Proxy, https://HOST:PORT."
        )
        # In every terminal, `aibridge-run COMMAND` goes through the proxy too.
        proxy = AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url=proxy_url.string_value, launcher=True)
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
        namespace = TerraformVariable(
            self, "namespace", type="string", description="Kubernetes namespace of the workspaces; it must be there."
        ).string_value
        TerraformVariable(
            self,
            "use_kubeconfig",
            type="bool",
            default=False,
            description="Read ~/.kube/config, for a Coder server outside the cluster. Default: the pod's own account.",
        )
        GenericProvider(
            self,
            "kubernetes",
            source="hashicorp/kubernetes",
            version="~> 2.35",
            arguments={"config_path": '${var.use_kubeconfig ? "~/.kube/config" : null}'},
        )
        cpu = DataCoderParameter(
            self,
            "cpu",
            name="cpu",
            display_name="CPU",
            default="2",
            mutable=True,
            option=[ParameterOption(name=f"{cores} cores", value=cores) for cores in (2, 4, 8)],
        )
        memory = DataCoderParameter(
            self,
            "memory",
            name="memory",
            display_name="Memory",
            default="4",
            mutable=True,
            option=[ParameterOption(name=f"{size} GiB", value=size) for size in (4, 8, 16)],
        )
        home_size = DataCoderParameter(
            self,
            "home_size",
            name="home_size",
            display_name="Home, in GiB",
            type="number",
            default=10,
            validation=ParameterValidation(min=1, max=1000),
        )
        workspace = DataCoderWorkspace.shared(self)
        labels = {"app.kubernetes.io/part-of": "coder", "com.coder.workspace.id": workspace.id}
        home = GenericResource(
            self,
            "home",
            "kubernetes_persistent_volume_claim_v1",
            {
                "metadata": {"name": f"coder-{workspace.id}-home", "namespace": namespace, "labels": labels},
                "wait_until_bound": False,
                "spec": {
                    "access_modes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": f"{home_size.value}Gi"}},
                },
            },
            maps=MAPS,
            # No change of the template ever touches what a user keeps.
            lifecycle=TerraformResourceLifecycle(ignore_changes="all"),
        )
        environment = {"CODER_AGENT_TOKEN": agent.token, **STARTUP_COORDINATION_ENV}
        quantities = {"cpu": cpu.value, "memory": f"{memory.value}Gi"}
        container = {
            "name": "dev",
            "image": IMAGE,
            "image_pull_policy": "Always",
            "command": ["sh", "-c", agent.init_script],
            "env": [{"name": name, "value": value} for name, value in environment.items()],
            "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": quantities},
            "volume_mount": {"name": "home", "mount_path": HOME},
        }
        volume = {
            "name": "home",
            "persistent_volume_claim": {"claim_name": home.get_string_attribute("metadata.0.name")},
        }
        GenericResource(
            self,
            "workspace",
            "kubernetes_deployment_v1",
            {
                "metadata": {"name": f"coder-{workspace.id}", "namespace": namespace, "labels": labels},
                "wait_for_rollout": False,
                "spec": {
                    "replicas": 1,
                    # The home volume can be in one pod at a time.
                    "strategy": {"type": "Recreate"},
                    "selector": {"match_labels": labels},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {
                            "security_context": {"run_as_user": 1000, "fs_group": 1000, "run_as_non_root": True},
                            "container": container,
                            "volume": volume,
                        },
                    },
                },
            },
            maps=MAPS,
            count=TerraformCount.of(workspace.start_count),
        )


app = App()
Kubernetes(app, "kubernetes")
app.synth()
