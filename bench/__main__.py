"""``python -m bench [--write] [--rounds N] [NAME…]``: measure, print the table, and keep it in bench/RESULTS.md."""

from __future__ import annotations

import argparse
import os
import re
from importlib import import_module
from pathlib import Path

from .rows import machine, table

RESULTS = Path(__file__).with_name("RESULTS.md")
NAMES = ("synthesis", "shares", "start", "kit")

_HEAD = """\
# Results

What `make bench ARGS=--write` found. Both numbers of a line were measured in one run, in turn, and are medians of
{rounds}; read the ratio, because the numbers are those of one machine. A line without a peer is a number by itself. A
target that was missed is marked.

{machine}, {cores} cores.
"""


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=7, help="how often each thing is done (default: 7)")
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS.md")
    given = parser.parse_args()
    sections = _sections()
    for name in given.names or NAMES:
        module = import_module(f"bench.{name}")
        sections[module.TITLE] = table(module.rows(given.rounds))
        print(f"## {module.TITLE}\n\n{sections[module.TITLE]}", flush=True)
    if given.write:
        page = _HEAD.format(rounds=given.rounds, machine=machine(), cores=os.cpu_count())
        page += "".join(f"\n## {title}\n\n{text}" for title, text in sections.items())
        RESULTS.write_text(page, "utf-8")


def _sections() -> dict[str, str]:
    """What the page has now, by title."""
    page = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    return {title: text.strip("\n") + "\n" for title, text in re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", page)}


if __name__ == "__main__":
    main()
