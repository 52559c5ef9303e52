"""Whole processes that synthesize: N proxies against N calls of the HCL module, templates against templates.

A call of an HCL module is the least that the engine can do for a user (one element, a few strings), so it is the
measure. A process starts the interpreter and the engine, declares, synthesizes and ends.

`python -m bench.synthesis KIND COUNT` is such a process.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from .rows import Row, in_turn

TITLE = "Synthesis, whole processes"
URL = "https://aiproxy.example.com:8888"
SOURCE = "registry.coder.com/coder/aibridge-proxy/coder"


def rows(rounds: int) -> Iterator[Row]:
    """Measure."""
    compileall.compile_dir("aibridge_construct", quiet=1)  # as an installation has it
    one, empty = in_turn(rounds, _process("proxies", 1), _process("proxies", 0))
    yield Row("one proxy", one, ("an empty stack", empty), 1.08)
    thousand, calls, three = in_turn(
        rounds, _process("proxies", 1000), _process("calls", 1000), _process("proxies", 3000)
    )
    yield Row("1000 proxies", thousand, ("1000 calls of the HCL module", calls), 1.8)
    yield Row("3000 proxies", three - empty, ("three times 1000", 3 * (thousand - empty)), 1.1)
    own, hcl = in_turn(rounds, _process("templates", 100), _process("templates-of-calls", 100))
    yield Row("100 templates: agent, proxy", own, ("the same with calls of the HCL module", hcl), 1.3)


def _process(kind: str, count: int) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bench.synthesis", kind, str(count)], check=True)
        return time.perf_counter() - began

    return run


def synthesize(kind: str, count: int) -> None:
    from cdktf import App, TerraformHclModule, TerraformStack

    with tempfile.TemporaryDirectory() as directory:
        app = App(outdir=directory)

        def call(stack: TerraformStack, name: str, agent: str) -> None:
            TerraformHclModule(stack, name, source=SOURCE, variables={"agent_id": agent, "proxy_url": URL})

        if kind in ("proxies", "calls"):
            stack = TerraformStack(app, "bench")
            if kind == "proxies" and count:
                from aibridge_construct import AIBridgeProxy

                for number in range(count):
                    AIBridgeProxy(stack, f"proxy-{number}", agent_id=f"agent-{number}", proxy_url=URL)
            elif count:
                for number in range(count):
                    call(stack, f"proxy-{number}", f"agent-{number}")
        else:
            from aibridge_construct import AIBridgeProxy, CoderAgent

            for number in range(count):
                stack = TerraformStack(app, f"template-{number}")
                agent = CoderAgent(stack, "main", os="linux", arch="amd64")
                if kind == "templates":
                    AIBridgeProxy(stack, "aibridge", agent_id=agent.id, proxy_url=URL)
                else:
                    call(stack, "aibridge", agent.id)
        app.synth()


if __name__ == "__main__":
    synthesize(sys.argv[1], int(sys.argv[2]))
