"""A Coder template whose AI tools go through the AI Bridge Proxy: curl, Claude Code, Python, Copilot.

`python main.py` writes the directory that `coder templates push` takes.
"""

from __future__ import annotations

from pathlib import Path

from cdktf import App, TerraformVariable
from constructs import Construct

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate, Copilot, ProxiedTool

PROJECT = "/home/coder/project"


class Tools(CoderTemplate):
    """An agent without a machine. Run `agent.init_script` on yours, with `agent.token` as CODER_AGENT_TOKEN."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))
        proxy_url = TerraformVariable(
            self, "proxy_url", type="string", description="URL of the AI Bridge Proxy, https://HOST:PORT."
        )
        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        proxy = AIBridgeProxy(
            self,
            "aibridge",
            agent_id=agent.id,
            proxy_url=proxy_url.string_value,
            launcher=True,  # aibridge-run, for the people of the workspace
        )

        # Ends with status 0 if the provider answers anything at all, and shows the proxy's 407 otherwise.
        check = ProxiedTool(
            self,
            "check",
            proxy=proxy,
            display_name="AI provider check",
            icon="/icon/terminal.svg",
            command=["curl", "-sS", "-o", "/dev/null", "-w", "HTTP %%{http_code}\\n", "https://api.anthropic.com/"],
            runtimes=["curl"],
        )

        # A client by name, on workdays at eight. npx, which fetches it, is Node.
        ProxiedTool(
            self,
            "summary",
            proxy=proxy,
            display_name="Morning summary",
            command=["npx", "--yes", "@anthropic-ai/claude-code", "--print", "What changed since yesterday?"],
            client="claude-code",
            runtimes=["node"],
            working_directory=PROJECT,
            run_on_start=False,
            cron="0 0 8 * * 1-5",
        )

        # A Python service of yours. It goes on for as long as the workspace; its log is a file of its own.
        ProxiedTool(
            self,
            "reviewer",
            proxy=proxy,
            display_name="Reviewer",
            command="test -x .venv/bin/python || python3 -m venv .venv; exec .venv/bin/python reviewer.py",
            runtimes=["python"],
            working_directory=PROJECT,
            background=True,
            after=[check],
        )

        Copilot(self, "copilot", agent_id=agent.id, workdir=PROJECT, proxy=proxy)


app = App()
Tools(app, "tools")
app.synth()
