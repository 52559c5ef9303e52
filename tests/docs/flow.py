"""Draws docs/flow.svg from a real run: python -m tests.docs.flow

The run: a template planned by Terraform, its scripts run as the agent runs them, with a startup coordination, an
intercepting proxy, an AI provider and an ordinary site on this machine (tests/e2e). What is drawn is what they
recorded, in that order and with those times.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from aibridge_construct.testing import AgentScripts, CoderCli, coder_mirror
from aibridge_construct.testing.coder.cli import Event
from tests.e2e.bridge_proxy import Connect
from tests.e2e.http_clients import CURL
from tests.e2e.template import Template
from tests.e2e.world import ORDINARY_URL, PROVIDER_URL, open_world

TARGET = Path(__file__).parents[2] / "docs/flow.svg"
LANES = {
    "setup": "setup script",
    "tool": "tool",
    "coder": "Coder server",
    "proxy": "AI Bridge Proxy",
    "provider": "AI provider",
    "site": "any other site",
}
GAP, LEFT, TOP, ROW = 158, 118, 104, 46
WIDTH = LEFT + GAP * (len(LANES) - 1) + 92

STYLE = """
  svg {
    --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #c8d1da; --box: #f3f6f9; --go: #0969da;
  }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --box: #171d25; --go: #4493f8; }
  }
  text { font: 12.5px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .lane { font-weight: 600; text-anchor: middle; }
  .time, .note { fill: var(--soft); font-size: 11.5px; }
  .time { text-anchor: end; font-variant-numeric: tabular-nums; }
  .note { text-anchor: middle; }
  .left { text-anchor: end; }
  .over { text-anchor: middle; }
  .paper { fill: var(--paper); }
  .room { fill: var(--box); stroke: var(--line); }
  .life { stroke: var(--line); stroke-dasharray: 3 4; }
  .arrow { stroke: var(--go); stroke-width: 1.6; fill: none; }
  .tunnel { stroke-dasharray: 6 4; }
  .head, .dot { fill: var(--go); }
  .wait { fill: var(--paper); stroke: var(--go); stroke-width: 1.6; }
"""


@dataclass(frozen=True)
class Step:
    """One row: an arrow between two lanes, or a mark on one."""

    at: float
    text: str
    lane: str
    to: str = ""
    kind: str = ""


class Stamped(list[Any]):
    """A record that notes when each entry came."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def append(self, item: Any) -> None:
        """Add an entry, now."""
        self.times.append(time.monotonic())
        super().append(item)

    def timed(self) -> Iterator[tuple[float, Any]]:
        """When, and what."""
        return zip(self.times, self, strict=True)


def run(directory: Path) -> tuple[float, list[Step]]:
    """Start a workspace: the tool first, then the setup. When it began, and what was recorded."""
    (directory / "world").mkdir()
    with (
        open_world(directory / "world") as world,
        CoderCli() as coder,
        AgentScripts(directory / "workspace", path=coder.path(), system=world.on_system) as runner,
    ):
        fetched, connects, provider, site = Stamped(), Stamped(), Stamped(), Stamped()
        world.deployment.site.requests, world.proxy.connects = fetched, connects
        world.provider.requests, world.ordinary.requests = provider, site
        template = Template(directory / "template", world, coder_mirror(directory / "mirror"))
        command = " ".join(["curl", *CURL.arguments, PROVIDER_URL, ORDINARY_URL])
        tool = template.script(template.tool("tool", command, runtimes=["curl"]))
        begun = time.monotonic()
        waiting = runner.start(tool)
        while ("ready", "aibridge-tool-tool") not in coder.calls:
            time.sleep(0.01)
        waits = time.monotonic()
        setup = runner.run(template.setup)
        result = waiting.finish()
        other = runner.run("env")
        if setup.status or result.status or "_proxy=" in other.stdout.lower():
            raise SystemExit(f"the run did not go well: {setup} {result} {other}")
        steps = [Step(waits, "waits for the setup", "tool", kind="wait")]
        steps += [Step(at, f"GET {_short(request.path)}", "setup", "coder") for at, request in fetched.timed()]
        steps += [_unit(event) for event in coder.units.events if event.verb != "want"]
        for at, connect in connects.timed():
            steps.append(Step(at, _connect(connect), "tool", "proxy"))
        steps += [Step(at, f"GET {request.path}", "proxy", "provider") for at, request in provider.timed()]
        steps += [Step(at, f"GET {request.path}, untouched", "tool", "site", "tunnel") for at, request in site.timed()]
        return begun, sorted([step for step in steps if step.text], key=lambda step: step.at)


def _short(path: str) -> str:
    return path.replace("/api/v2", "…")


def _connect(connect: Connect) -> str:
    return f"CONNECT {connect.host}" + (", as coder:•••" if connect.accepted else " refused: 407")


def _unit(event: Event) -> Step:
    texts = {
        "start aibridge-proxy-setup": "",
        "complete aibridge-proxy-setup": "certificate is in place",
        "start aibridge-tool-tool": "runs with the variables",
        "complete aibridge-tool-tool": "has ended",
    }
    return Step(event.at, texts[str(event)], "setup" if "setup" in event.unit else "tool")


def draw(begun: float, steps: list[Step]) -> str:
    """The picture as SVG text."""
    x = {lane: LEFT + GAP * index for index, lane in enumerate(LANES)}
    bottom = TOP + ROW * len(steps)
    height = bottom + 64
    title = "A workspace starts: the tool waits for the setup, then it alone goes through the AI Bridge Proxy"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'<title id="title">{title}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        f'<rect class="room" x="{x["setup"] - 52}" y="18" width="{GAP + 104}" height="{bottom - 6}" rx="8"/>',
        f'<text class="note" x="{(x["setup"] + x["tool"]) / 2}" y="38">the workspace</text>',
    ]
    for lane, name in LANES.items():
        parts.append(f'<text class="lane" x="{x[lane]}" y="66">{name}</text>')
        parts.append(f'<line class="life" x1="{x[lane]}" y1="78" x2="{x[lane]}" y2="{bottom}"/>')
    for index, step in enumerate(steps):
        y = TOP + ROW * index + 16
        parts.append(f'<text class="time" x="56" y="{y + 4}">{step.at - begun:.2f} s</text>')
        parts += _arrow(step, x[step.lane], x[step.to], y) if step.to else _mark(step, x[step.lane], y)
    parts.append(
        f'<text class="note" x="{WIDTH / 2}" y="{bottom + 36}">The proxy decrypts what goes to AI providers and passes '
        "everything else through. No other process of the workspace has a proxy variable.</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _arrow(step: Step, start: int, end: int, y: int) -> list[str]:
    return [
        f'<text class="over" x="{(start + end) / 2}" y="{y - 8}">{escape(step.text)}</text>',
        f'<line class="arrow {step.kind}" x1="{start}" y1="{y}" x2="{end - 8}" y2="{y}"/>',
        f'<path class="head" d="M{end - 1} {y}l-9 -4.5v9z"/>',
    ]


def _mark(step: Step, x: int, y: int) -> list[str]:
    shape = "wait" if step.kind == "wait" else "dot"
    # Inside the workspace's box: to the right of its first lane, to the left of its second.
    side = 'class="left" x="' + str(x - 12) if step.lane == "tool" else f'x="{x + 12}'
    return [
        f'<circle class="{shape}" cx="{x}" cy="{y}" r="4.5"/>',
        f'<text {side}" y="{y + 4}">{escape(step.text)}</text>',
    ]


def main() -> None:
    """Run, and draw."""
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    with tempfile.TemporaryDirectory() as directory:
        TARGET.write_text(draw(*run(Path(directory))), encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
