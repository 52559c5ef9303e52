"""``make clients``: measures every client, and compares what it did with the table of docs/clients.md.

A client that is not installed keeps its row. ``--write`` writes the table; names measure those alone, and show what
they said.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import tempfile
from pathlib import Path

from .catalogue import Client, clients
from .measure import measured, network
from .network import enter
from .table import END, HEAD, START, row, rows_in

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"


def main() -> int:
    """Measure; the status is 1 where the page says something else, or something went where it must not."""
    given = _arguments()
    enter()
    page = PAGE.read_text("utf-8")
    known = rows_in(page)
    chosen = [each for each in clients(given.installed.absolute(), given.node) if _wanted(each, given.names)]
    rows = dict(known)
    wrong = []
    with tempfile.TemporaryDirectory() as directory, network(Path(directory)) as here:
        for client in chosen:
            if shutil.which(client.command[0]) is None:
                print(f"{client.title}: not installed, so not measured")
                continue
            result = measured(here, client)
            kept = "" if client.pinned or client.name not in known else known[client.name].split(" | ")[1]
            rows[client.name] = row(client, result, version=kept)
            print(rows[client.name], flush=True)
            wrong += [f"{client.title}: a request arrived with {each}" for each in result.unlawful]
            if given.names:
                for situation, said in result.output.items():
                    print(f"--- {situation}: {said[-2000:]}")
    ordered = [rows[each.name] for each in clients(given.installed, given.node) if each.name in rows]
    before, _, rest = page.partition(START)
    written = f"{before}{START}\n{HEAD}\n" + "\n".join(ordered) + f"\n{END}{rest.partition(END)[2]}"
    if given.write:
        PAGE.write_text(written, "utf-8")
    elif written != page:
        sys.stdout.writelines(
            difflib.unified_diff(page.splitlines(True), written.splitlines(True), "docs/clients.md", "measured")
        )
        wrong.append("docs/clients.md says something else: make clients ARGS=--write")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--installed", type=Path, required=True, help="where `make clients` installed them")
    parser.add_argument("--node", required=True, help="the Node.js for those that are JavaScript")
    parser.add_argument("--write", action="store_true", help="write the table")
    parser.add_argument("names", nargs="*", help="measure only these")
    return parser.parse_args()


def _wanted(client: Client, names: list[str]) -> bool:
    return not names or client.name in names


if __name__ == "__main__":
    sys.exit(main())
