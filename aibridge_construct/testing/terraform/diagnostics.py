"""What Terraform complains about, as data and as text to read in a test report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aibridge_construct.errors import Whole
from aibridge_construct.testing.providers.declare import Provider

__all__ = ["Diagnostic", "TerraformError", "diagnostics_in", "events_in", "explained"]


@dataclass(frozen=True)
class Diagnostic:
    """One error or warning. `address` is the resource it is about, `place` its line; both may be empty."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    place: str = ""

    def __str__(self) -> str:
        lines = [f"{self.severity.capitalize()}: {self.summary}"]
        if self.address:
            lines.append(f"  with {self.address}")
        if self.place:
            lines.append(f"  on {self.place}")
        lines += [f"  {line}" for line in self.detail.splitlines()]
        return "\n".join(lines)


class TerraformError(Whole):
    """A Terraform command failed.

    Attributes:
        command: the subcommand, e.g. `"plan"`.
        diagnostics: what Terraform said, errors and warnings.
    """

    def __init__(self, command: str, diagnostics: Sequence[Diagnostic], output: str = "") -> None:
        self.command = command
        self.diagnostics: list[Diagnostic] = list(diagnostics)
        self.output = output
        super().__init__(f"terraform {command} failed\n\n{self.text or output.strip()}")

    @property
    def text(self) -> str:
        """The errors, one after the other: summary, address, line, detail."""
        return "\n\n".join(str(item) for item in self.diagnostics if item.severity == "error")


def events_in(output: str) -> Iterator[dict[str, Any]]:
    """The JSON objects among the lines that a command with `-json` prints."""
    for line in output.splitlines():
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def diagnostics_in(events: Iterable[dict[str, Any]]) -> list[Diagnostic]:
    """The diagnostics among the events, or in the report of `terraform validate -json`."""
    found = []
    for event in events:
        raw = event.get("diagnostics") or ([event["diagnostic"]] if "diagnostic" in event else [])
        found += [_diagnostic(item) for item in raw]
    return found


_LACKING = re.compile(
    r"[Tt]he provider (?P<type>\S+) does not support (?:resource type|data source|ephemeral resource)"
    r"|(?:for|resolve) provider\s+(?P<version>\S+):\s+no\s+available\s+releases\s+match"  # Terraform, OpenTofu
)


_ON_COMMAND_LINE = re.compile(r"Use a -var.*", re.DOTALL)
_NO_MODULE = re.compile(r"remote module registry|[Mm]odule not found|registry module|download module")
_MODULE_CURE = (
    "A module of a registry that the network does not give needs a stand-in: "
    'coder_mirror(…, modules=[Module("HOST/NAMESPACE/NAME/PROVIDER", version="1.2.3", required=[…], optional=[…])]).'
)


def explained(item: Diagnostic, stand_ins: Iterable[Provider]) -> Diagnostic:
    """`item`, with a sentence more where Terraform misses something that the kit is to give."""
    if item.summary == "No value for required variable":
        return replace(item, detail=_ON_COMMAND_LINE.sub("Give it one in variables={…}.", item.detail))
    if _NO_MODULE.search(item.summary):
        return replace(item, detail=f"{item.detail.rstrip()}\n\n{_MODULE_CURE}")
    lacking = _LACKING.search(item.detail)
    if not lacking:
        return item
    source = (lacking["type"] or lacking["version"]).split("/")[-2:]
    for provider in stand_ins:
        if provider.source.split("/") == source:
            return replace(item, detail=f"{item.detail.rstrip()}\n\n{_way_out(provider)}")
    return item


def _way_out(provider: Provider) -> str:
    what = f"It is the stand-in for {provider.source} {provider.version} that lacks it, in {provider.file}"
    if provider.source == "coder/coder":
        return f"{what}. Name the executable of a real provider in AIBRIDGE_CODER_PROVIDER to use that instead."
    return f"{what}. Declare it there, or give the mirror a real provider as Binary(…)."


def _diagnostic(raw: dict[str, Any]) -> Diagnostic:
    snippet = raw.get("snippet") or {}
    start = raw.get("range")
    place = f"{start['filename']} line {start['start']['line']}" if start else ""
    if place and snippet.get("context"):
        place += f", in {snippet['context']}"
    if place and snippet.get("code"):
        place += f": {snippet['code'].strip()}"
    return Diagnostic(raw["severity"], raw["summary"], raw.get("detail", ""), raw.get("address", ""), place)
