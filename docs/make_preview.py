"""Draws modules/aibridge-proxy/preview.svg from real runs of the module's script: python -m docs.make_preview

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

FOLDER = Path(__file__).parents[1] / "modules/aibridge-proxy"
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

#: Where things stand: left, top, width, height, class, and what is written in them.
ROOMS = [(24, 52, 268, 230, "the workspace"), (404, 52, 296, 168, "the Coder deployment")]
THINGS = [
    (44, 84, 228, 54, "ours", "setup script", "of this module: coder_script"),
    (44, 152, 228, 54, "thing", "AI tool, e.g. Copilot", "takes proxy_auth_url and cert_path"),
    (44, 220, 228, 46, "thing", "everything else", "no variable is set for it"),
    (424, 84, 256, 54, "thing", "Coder API", "the proxy's CA certificate"),
    (424, 152, 256, 54, "thing", "AI Bridge Proxy, AI Bridge", "who asks what: audit, policy, cost"),
    (808, 152, 128, 54, "thing", "AI provider", ""),
    (808, 220, 128, 46, "thing", "other sites", ""),
]
#: From, to, height, and what is written above.
ARROWS = [
    (272, 424, 111, "", "GET ca-cert.pem"),
    (272, 424, 179, "", "HTTPS_PROXY"),
    (680, 808, 179, "", "https"),
    (272, 808, 243, "other", "straight, as before"),
]


def run(directory: Path, mirror: Mirror) -> list[tuple[str, list[LogLine]]]:
    """Start a workspace twice. What happened, and the log of the script, with paths and hosts as a workspace has them."""
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
    lines = agent.run(script).log
    for place, name in shown.items():
        lines = tuple(LogLine(line.level, line.text.replace(place, name)) for line in lines)
    return list(lines)


def draw(starts: list[tuple[str, list[LogLine]]]) -> str:
    """The picture as SVG text."""
    rows = [row for what, lines in starts for row in _rows(what, lines)]
    height = LOG_TOP + LINE * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'<title id="title">{TITLE}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        f'<text class="small soft" x="{WIDTH // 2}" y="30">{TITLE}</text>',
    ]
    for left, top, width, tall, name in ROOMS:
        parts.append(f'<rect class="room" x="{left}" y="{top}" width="{width}" height="{tall}" rx="8"/>')
        parts.append(f'<text class="small soft" x="{left + width // 2}" y="{top + 20}">{name}</text>')
    for thing in THINGS:
        parts += _thing(*thing)
    for arrow in ARROWS:
        parts += _arrow(*arrow)
    parts.append(
        f'<rect class="room" x="24" y="{LOG_TOP - 20}" width="{WIDTH - 48}" height="{LINE * len(rows) + 26}" rx="8"/>'
    )
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


def _thing(left: int, top: int, width: int, tall: int, kind: str, name: str, note: str) -> list[str]:
    middle, centre = left + width // 2, top + tall // 2 + 4
    shape = f'<rect class="{kind}" x="{left}" y="{top}" width="{width}" height="{tall}" rx="6"/>'
    if not note:
        return [shape, f'<text class="name" x="{middle}" y="{centre}">{escape(name)}</text>']
    return [
        shape,
        f'<text class="name" x="{middle}" y="{centre - 8}">{escape(name)}</text>',
        f'<text class="small soft" x="{middle}" y="{centre + 9}">{escape(note)}</text>',
    ]


def _arrow(start: int, end: int, y: int, kind: str, text: str) -> list[str]:
    # What goes past the deployment is named where there is room for it.
    middle = (start + end) // 2 if kind != "other" else 552
    return [
        f'<text class="small" x="{middle}" y="{y - 7}">{escape(text)}</text>',
        f'<line class="arrow {kind}" x1="{start}" y1="{y}" x2="{end - 8}" y2="{y}"/>',
        f'<path class="{kind}head" d="M{end - 1} {y}l-9 -4.5v9z"/>',
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
