"""A Coder template with one agent behind the AI Bridge Proxy: the least that there is to write.

`python main.py` writes the directory that `coder templates push` takes.
"""

from __future__ import annotations

from pathlib import Path

from cdktf import App, TerraformVariable
from constructs import Construct

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate


class Minimal(CoderTemplate):
    """An agent without a machine. Run `agent.init_script` on yours, with `agent.token` as CODER_AGENT_TOKEN."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))
        proxy_url = TerraformVariable(
            self, "proxy_url", type="string", description="URL of the AI Bridge Proxy, https://HOST:PORT."
        )
        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url=proxy_url.string_value, launcher=True)


app = App()
Minimal(app, "minimal")
app.synth()
