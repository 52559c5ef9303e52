"""Draws docs/check.svg from a real run of `aibridge-run --check`: python -m tests.docs.check

The run: a workspace whose session token was revoked after its start, in the world of the end-to-end tests.
"""

from __future__ import annotations

import os
import tempfile
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path

from aibridge_construct.testing import AgentScripts, coder_mirror
from tests.e2e.template import Template
from tests.e2e.transcript import TOKEN, Transcript
from tests.e2e.world import open_world

TARGET = Path(__file__).parents[2] / "docs/check.svg"
COLUMNS, COLUMN, ROW, LEFT, TOP = 88, 8.43, 21, 22, 62
WIDTH = round(LEFT * 2 + COLUMNS * COLUMN)
#: How a line of `--check` begins, and how it is drawn.
KINDS = {"ok ": "good", "PROBLEM ": "bad", "note ": "note", "$ ": "typed"}

STYLE = """
  svg {
    --paper: #ffffff; --bar: #f3f6f9; --ink: #1f2328; --soft: #59636e; --line: #c8d1da; --go: #1a7f37; --no: #cf222e;
  }
  @media (prefers-color-scheme: dark) {
    svg {
      --paper: #0d1117; --bar: #171d25; --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --go: #3fb950; --no: #ff7b72;
    }
  }
  text { font: 14px ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
  text { fill: var(--ink); white-space: pre; }
  .paper { fill: var(--paper); stroke: var(--line); }
  .bar { fill: var(--bar); stroke: var(--line); }
  .dot { fill: var(--line); }
  .note, .typed { fill: var(--soft); }
  .word.good { fill: var(--go); font-weight: 600; }
  .word.bad { fill: var(--no); font-weight: 600; }
"""


def run(directory: Path) -> list[str]:
    """Start a workspace, revoke its token, and ask."""
    (directory / "world").mkdir()
    with (
        open_world(directory / "world") as world,
        AgentScripts(directory / "workspace", path=os.environ["PATH"], system=world.on_system) as runner,
    ):
        mirror = coder_mirror(directory / "mirror")
        transcript = Transcript(
            world, Template(directory / "template", world, mirror, token=TOKEN, launcher=True), runner
        )
        transcript.started()
        return transcript.without_token()[:-2]


def draw(lines: list[str]) -> str:
    """The picture as SVG text."""
    rows = list(_rows(lines))
    height = TOP + ROW * len(rows) + 8
    title = "aibridge-run --check: the proxy refuses the session token, and what to do"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'<title id="title">{title}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<path class="bar" d="M0.5 32.5V8.5a8 8 0 0 1 8 -8H{WIDTH - 8.5}a8 8 0 0 1 8 8v24z"/>',
        *(f'<circle class="dot" cx="{x}" cy="16.5" r="5"/>' for x in (20, 38, 56)),
    ]
    for index, (number, kind, word, text) in enumerate(rows):
        y = TOP + ROW * index - 4
        start = f'<tspan class="word {kind}">{word}</tspan>' if word else ""
        parts.append(
            f'<text class="{kind}" data-line="{number}" x="{LEFT}" y="{y}" xml:space="preserve">'
            f"{start}{escape(text)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _rows(lines: list[str]) -> Iterator[tuple[int, str, str, str]]:
    for number, line in enumerate(lines):
        (start,) = (start for start in KINDS if line.startswith(start))
        indent = 2 if start == "$ " else 9
        first, *more = textwrap.wrap(line, COLUMNS, subsequent_indent=" " * indent, break_on_hyphens=False)
        yield number, KINDS[start], start.rstrip(), first[len(start.rstrip()) :]
        for text in more:
            yield number, KINDS[start], "", text


def main() -> None:
    """Run, and draw."""
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    with tempfile.TemporaryDirectory() as directory:
        TARGET.write_text(draw(run(Path(directory))), encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
