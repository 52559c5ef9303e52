"""A whole template: agent, home volume that survives, container that runs while the workspace does, the proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cdktf import App, TerraformOutput
from constructs import Construct

from aibridge_construct import AIBridgeProxy
from aibridge_construct.coder.agent import AgentMetadata, CoderAgent
from aibridge_construct.coder.app import CoderApp
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.template import CoderTemplate
from tests.coder.everything import declare_parameters

README = "---\ndisplay_name: Demo\nicon: /icon/docker.svg\n---\n\n# Demo\n\nA template. ✓\n"

PROXY_URL = "https://aiproxy.example.com:8888"


class Template(CoderTemplate):
    """Resources of Terraform's own stand in for a container and its volume."""

    def __init__(self, scope: Construct, id: str = "demo", **more: Any) -> None:
        super().__init__(scope, id, **{"readme": README, **more})
        self.parameters = declare_parameters(self)
        DataCoderWorkspace.shared(self)
        agent = CoderAgent(
            self,
            "main",
            os="linux",
            arch="amd64",
            env={"REGION": self.parameters["region"].value},
            metadata=[AgentMetadata(key="cpu", script="coder stat cpu", interval=10)],
        )
        CoderApp(self, "code", agent_id=agent.id, slug="code", url="http://localhost:13337")
        self.proxy = AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url=PROXY_URL)
        self.proxy.add_outputs()
        workspace = "data.coder_workspace.me"
        self.add_override("resource.terraform_data.home", {"input": f"coder-${{{workspace}.id}}-home"})
        self.add_override(
            "resource.terraform_data.container",
            {
                "count": f"${{{workspace}.start_count}}",
                "input": {"volume": "${terraform_data.home.output}", "token": "${coder_agent.main.token}"},
            },
        )
        TerraformOutput(self, "cores", value=self.parameters["cpu"].value)


def synthesize(out: Path, make: Any = Template, **more: Any) -> Path:
    """The directory to push, of a template synthesized into ``out``."""
    app = App(outdir=str(out))
    made = make(app, **more)
    app.synth()
    return out / "stacks" / str(made.node.id)
