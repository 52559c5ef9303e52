"""What Terraform has planned or tested, as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from .diagnostics import Diagnostic

__all__ = ["Form", "Plan", "TestReport", "resource_in", "resources_in", "shows"]


Form = Literal["json", "text"]


class Plan:
    """A saved plan. It is read from the file when it is first asked for something."""

    def __init__(self, file: Path, diagnostics: Sequence[Diagnostic], run: Callable[..., str]) -> None:
        self.file = file
        self.warnings: list[Diagnostic] = [item for item in diagnostics if item.severity == "warning"]
        self._run = run

    @cached_property
    def json(self) -> dict[str, Any]:
        """`terraform show -json` of the plan."""
        shown: dict[str, Any] = json.loads(self._shown("json"))
        return shown

    @cached_property
    def text(self) -> str:
        """The plan as `terraform plan` shows it to people, where secrets read `(sensitive value)`."""
        return self._shown("text")

    def _shown(self, form: Form) -> str:
        ((file, arguments),) = shows(self.file, [form]).items()
        return file.read_text() if file.exists() else self._run(*arguments)

    @property
    def actions(self) -> dict[str, list[str]]:
        """What happens to each resource that changes: address to `["create"]`, `["delete", "create"]` …"""
        changes = self.json.get("resource_changes", [])
        found = {change["address"]: change["change"]["actions"] for change in changes}
        return {address: actions for address, actions in found.items() if actions not in (["no-op"], ["read"])}

    @property
    def outputs(self) -> dict[str, Any]:
        """Planned values of the outputs by name; what is known only after apply is missing."""
        planned = self.json["planned_values"].get("outputs", {})
        return {name: output["value"] for name, output in planned.items() if "value" in output}

    def resource(self, address: str) -> dict[str, Any]:
        """The planned values of one resource; what is known only after apply is missing.

        Raises:
            KeyError: the plan has no such resource; the message lists those it has.
        """
        return resource_in(self.json["planned_values"]["root_module"], address)


class TestReport:
    """What `terraform test` found: the status of each run, `{"file.tftest.hcl: run name": "pass"}`."""

    __test__ = False  # not a test class

    def __init__(self, runs: Mapping[str, str]) -> None:
        self.runs: dict[str, str] = dict(runs)


def shows(plan: Path, forms: Iterable[Form]) -> dict[Path, list[str]]:
    """The commands that show a saved plan, by the file for what they print."""
    options: dict[Form, str] = {"json": "-json", "text": "-no-color"}
    return {plan.with_name(f"{plan.name}.{form}"): ["show", options[form], str(plan)] for form in forms}


def resource_in(module: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The values of one resource of a module, or of one that it calls.

    Raises:
        KeyError: there is no such resource; the message lists those there are.
    """
    values = dict(resources_in(module))
    if address not in values:
        raise KeyError(f"no {address}; there are: {', '.join(sorted(values)) or 'none'}")
    return values[address]


def resources_in(module: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Address and values of each resource of a module, and of those that it calls."""
    # Terraform leaves the values out where it knows none of them yet.
    own = [(item["address"], item.get("values", {})) for item in module.get("resources", [])]
    return own + [found for child in module.get("child_modules", []) for found in resources_in(child)]
