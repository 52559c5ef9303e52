"""How often a construct talks to the engine, counted in the engine's own log: each time costs as much as a check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aibridge_construct._engine import ENGINE

_PROGRAM = """
from {engine} import App, TerraformStack, Testing
from aibridge_construct import AIBridgeProxy, CoderAgent, ProxiedTool
stack = TerraformStack(App(), "stack")
proxy = AIBridgeProxy(stack, "first", agent_id="first", proxy_url="https://ai.example.com")
ProxiedTool(stack, "tool", proxy=proxy, command=["true"])
CoderAgent(stack, "agent", os="linux", arch="amd64").id
for number in range({times}):
    {statement}
Testing.synth(stack)
"""


_TEMPLATES = """
from {engine} import App, TerraformStack
from aibridge_construct import AIBridgeProxy, CoderAgent
app = App(outdir={directory!r})
for number in range({times}):
    stack = TerraformStack(app, f"template-{{number}}")
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    AIBridgeProxy(stack, "aibridge", agent_id=agent.id, proxy_url="https://ai.example.com")
app.synth()
"""


def calls(program: str) -> int:
    """Requests to the engine of a whole program, both ways."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "JSII_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(line.startswith("> ") and '"api":' in line for line in ended.stderr.splitlines())


PROXY = 'AIBridgeProxy(stack, f"p{number}", agent_id=f"a{number}", proxy_url="https://ai.example.com")'
TOOL = 'ProxiedTool(stack, f"t{number}", proxy=proxy, command=["true"])'
AGENT = 'CoderAgent(stack, f"a{number}", os="linux", arch="amd64")'


@pytest.mark.parametrize(
    ("statement", "most"),
    [pytest.param(PROXY, 3, id="proxy"), pytest.param(TOOL, 3, id="tool"), pytest.param(AGENT, 2, id="agent")],
)
def test_another_one_takes_at_most_so_many_round_trips(statement: str, most: int) -> None:
    without, with_ten = (calls(_PROGRAM.format(engine=ENGINE, statement=statement, times=times)) for times in (0, 10))
    assert with_ten - without <= 10 * most


def test_another_template_takes_at_most_so_many_round_trips(tmp_path: Path) -> None:
    without, with_ten = (
        calls(_TEMPLATES.format(engine=ENGINE, directory=str(tmp_path), times=times)) for times in (1, 11)
    )
    assert with_ten - without <= 10 * 32
