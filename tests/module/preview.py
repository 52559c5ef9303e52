"""Draws modules/aibridge-proxy/preview.svg from real runs of the module's script: python -m tests.module.preview

The runs: the module planned by Terraform, its script run as the agent runs it, against a deployment that is not ready
yet, then against one whose proxy is off. The log is what they wrote; a test holds the picture to it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import trustme

from aibridge_construct.testing import (
    AgentScripts,
    Deployment,
    LogLine,
    Mirror,
    Response,
    Terraform,
    coder_mirror,
    workspace_environment,
)
from aibridge_construct.testing.coder.agent.ended import Level

FOLDER = Path(__file__).parents[2] / "modules/aibridge-proxy"
TARGET = FOLDER / "preview.svg"
TITLE = "The setup script fetches the proxy's certificate; only the tool that takes the outputs goes through the proxy"
WIDTH, LINE, COLUMNS = 960, 19, 118
LOG_TOP = 322

STYLE = """
  svg {
    --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #c8d1da; --box: #f3f6f9; --go: #0969da;
    --ours: #ddf4ff; --bad: #cf222e;
  }
  @media (prefers-color-scheme: dark) {
    svg {
      --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --box: #171d25; --go: #4493f8;
      --ours: #12304f; --bad: #ff7b72;
    }
  }
  text { font: 12.5px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .name { font-weight: 600; text-anchor: middle; }
  .small { font-size: 11.5px; text-anchor: middle; }
  .soft { fill: var(--soft); }
  .mono { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
  .bad { fill: var(--bad); }
  .paper { fill: var(--paper); }
  .room { fill: var(--box); stroke: var(--line); }
  .thing { fill: var(--paper); stroke: var(--line); }
  .ours { fill: var(--ours); stroke: var(--go); }
  .arrow { stroke: var(--go); stroke-width: 1.6; fill: none; }
  .other { stroke: var(--soft); stroke-dasharray: 5 4; }
  .head { fill: var(--go); }
  .otherhead { fill: var(--soft); }
"""


class Box(NamedTuple):
    """Where a thing stands."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Of its width."""
        return self.left + self.width // 2

    def drawn(self, kind: str) -> str:
        """The box itself."""
        return (
            f'<rect class="{kind}" x="{self.left}" y="{self.top}" width="{self.width}" height="{self.height}" rx="6"/>'
        )


class Thing(NamedTuple):
    """A box with a name in it."""

    box: Box
    name: str
    note: str = ""
    kind: str = "thing"


class Arrow(NamedTuple):
    """From somewhere to somewhere, at one height, with words above."""

    start: int
    end: int
    y: int
    text: str
    kind: str = ""


ROOMS = [(Box(24, 52, 268, 230), "the workspace"), (Box(404, 52, 296, 168), "the Coder deployment")]
THINGS = [
    Thing(Box(44, 84, 228, 54), "setup script", "of this module: coder_script", "ours"),
    Thing(Box(44, 152, 228, 54), "AI tool, e.g. Copilot", "takes proxy_auth_url and cert_path"),
    Thing(Box(44, 220, 228, 46), "everything else", "no variable is set for it"),
    Thing(Box(424, 84, 256, 54), "Coder API", "the proxy's CA certificate"),
    Thing(Box(424, 152, 256, 54), "AI Bridge Proxy, AI Bridge", "who asks what: audit, policy, cost"),
    Thing(Box(808, 152, 128, 54), "AI provider"),
    Thing(Box(808, 220, 128, 46), "other sites"),
]
ARROWS = [
    Arrow(272, 424, 111, "GET ca-cert.pem"),
    Arrow(272, 424, 179, "HTTPS_PROXY"),
    Arrow(680, 808, 179, "https"),
    Arrow(272, 808, 243, "straight, as before", "other"),
]


def run(directory: Path, mirror: Mirror) -> list[tuple[str, list[LogLine]]]:
    """Start a workspace twice: what happened, and the log, with paths and hosts as a workspace has them."""
    authority, path = trustme.CA(), directory / "certs/ca-cert.pem"
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    with (
        Deployment(directory / "ca.pem", {"owner-session-token"}) as deployment,
        AgentScripts(directory / "workspace") as agent,
    ):
        script = _planned(directory / "module", mirror, deployment.access_url, path)
        shown = {str(path): "/tmp/aibridge-proxy/ca-cert.pem", deployment.access_url: "https://coder.example.com"}
        deployment.answers = [Response(503, b"starting")]
        late = _log(agent, script, shown)
        deployment.proxy_on = False
        return [
            ("A start of the workspace; the deployment is not ready at first", late),
            ("A later start, after somebody switched the proxy off", _log(agent, script, shown)),
        ]


def _planned(folder: Path, mirror: Mirror, access_url: str, path: Path) -> str:
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".terraform*", "*.tftest.hcl"))
    terraform = Terraform(folder, env=workspace_environment(access_url=access_url), mirror=mirror)
    terraform.init()
    inputs = {"agent_id": "a1", "proxy_url": "https://aiproxy.example.com:8888", "cert_path": str(path)}
    text: str = terraform.plan(variables=inputs).resource("coder_script.aibridge_proxy_setup")["script"]
    return text


def _log(agent: AgentScripts, script: str, shown: dict[str, str]) -> list[LogLine]:
    ended = agent.run(script)
    # A start that fails says last what was wrong; where two streams meet, the log may say it a line too early.
    streams: list[tuple[Level, str]] = [("info", ended.stdout), ("error", ended.stderr)]
    lines = [LogLine(level, text) for level, said in streams for text in said.splitlines()]
    for place, name in shown.items():
        lines = [LogLine(line.level, line.text.replace(place, name)) for line in lines]
    return lines


def draw(starts: list[tuple[str, list[LogLine]]]) -> str:
    """The picture as SVG text."""
    rows = [row for what, lines in starts for row in _rows(what, lines)]
    height = LOG_TOP + LINE * len(rows) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'<title id="title">{TITLE}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        f'<text class="small soft" x="{WIDTH // 2}" y="30">{TITLE}</text>',
    ]
    for room, name in ROOMS:
        parts += [room.drawn("room"), f'<text class="small soft" x="{room.middle}" y="{room.top + 20}">{name}</text>']
    parts += [line for thing in THINGS for line in _thing(thing)]
    parts += [line for arrow in ARROWS for line in _arrow(arrow)]
    parts.append(Box(24, LOG_TOP - 20, WIDTH - 48, LINE * len(rows) + 16).drawn("room"))
    for number, (kind, text) in enumerate(rows):
        parts.append(f'<text class="mono {kind}" x="40" y="{LOG_TOP + LINE * number}">{escape(text)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _rows(what: str, lines: list[LogLine]) -> list[tuple[str, str]]:
    said = [
        ("bad" if line.level == "error" else "", part)
        for line in lines
        for part in wrap(line.text, COLUMNS, subsequent_indent="  ", break_on_hyphens=False)
    ]
    return [("soft", f"# {what}: log of the script AI Bridge Proxy Setup"), *said]


def _thing(thing: Thing) -> list[str]:
    x, y = thing.box.middle, thing.box.top + thing.box.height // 2 + 4
    if not thing.note:
        return [thing.box.drawn(thing.kind), f'<text class="name" x="{x}" y="{y}">{escape(thing.name)}</text>']
    return [
        thing.box.drawn(thing.kind),
        f'<text class="name" x="{x}" y="{y - 8}">{escape(thing.name)}</text>',
        f'<text class="small soft" x="{x}" y="{y + 9}">{escape(thing.note)}</text>',
    ]


def _arrow(arrow: Arrow) -> list[str]:
    # The long one is named where there is room for words.
    x, y = 552 if arrow.kind else (arrow.start + arrow.end) // 2, arrow.y
    return [
        f'<text class="small" x="{x}" y="{y - 7}">{escape(arrow.text)}</text>',
        f'<line class="arrow {arrow.kind}" x1="{arrow.start}" y1="{y}" x2="{arrow.end - 8}" y2="{y}"/>',
        f'<path class="{arrow.kind}head" d="M{arrow.end - 1} {y}l-9 -4.5v9z"/>',
    ]


def main() -> None:
    """Run, and draw."""
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        TARGET.write_text(draw(run(folder, coder_mirror(folder / "mirror"))), encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
