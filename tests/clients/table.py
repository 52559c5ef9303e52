"""The table of docs/clients.md."""

from __future__ import annotations

from .catalogue import Client
from .measure import LISTENERS, Result

__all__ = ["END", "HEAD", "START", "row", "rows_in"]

START, END = "<!-- measured by make clients -->", "<!-- end of what is measured -->"
HEAD = (
    "| client | version | plain listener | TLS listener, CA:FALSE | TLS listener, CA:TRUE | a refused token | name |\n"
    "|---|---|---|---|---|---|---|"
)


def row(client: Client, result: Result, *, version: str = "") -> str:
    """One line of the table.

    Args:
        client: the client.
        result: what it did.
        version: what stands in place of its version, where that is the machine's.
    """
    cells = [client.title, version or result.version]
    for label in LISTENERS:
        if result.arrived[label]:
            cells.append("yes")
        elif client.host in result.direct[label]:
            cells.append("**past the proxy**")
        else:
            cells.append("no")
    cells += ["it says so" if result.names_refusal else "it hides the reason", f"`{client.name}`"]
    return f"| {' | '.join(cells)} |"


def rows_in(page: str) -> dict[str, str]:
    """The rows of the table on the page, by the client's name."""
    lines = page.partition(START)[2].partition(END)[0].strip().splitlines()[2:]
    return {line.rpartition("`")[0].rpartition("`")[2]: line for line in lines}
