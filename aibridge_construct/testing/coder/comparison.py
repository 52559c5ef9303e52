"""A template in HCL and its port to Python, held against each other by what Terraform plans for both."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aibridge_construct.testing._found import pushed
from aibridge_construct.testing.terraform.mirror import Mirror
from aibridge_construct.testing.terraform.plan import Plan

from .terraform import Terraform

__all__ = ["Difference", "same_plan"]

_LATER = "(known after apply)"
_SENSITIVE = "(sensitive value)"
_ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """Where a port plans something else.

    Attributes:
        address: of the resource, data source or output, as the original has it.
        attribute: the path in it, `metadata[0].key`; "" for all of it.
        original: what the original plans; a sensitive value reads `(sensitive value)`.
        port: what the port plans.
    """

    address: str
    attribute: str
    original: object
    port: object

    def __str__(self) -> str:
        place = f"{self.address}: {self.attribute}" if self.attribute else self.address
        return f"{place}: {_shown(self.original)} in the original, {_shown(self.port)} in the port"


def same_plan(
    original: Path | str,
    port: Path | str,
    *,
    variables: Mapping[str, Any] | None = None,
    mirror: Mirror | None = None,
    env: Mapping[str, str] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> list[Difference]:
    """What differs between the plans of a template in HCL and of its port; nothing where they are the same.

    Both are planned in a place of their own, as they are pushed. Compared are resources, data sources and outputs: what
    happens to them, and every value.

    Args:
        original: the directory with the HCL, unedited; modules of a registry are served from the mirror.
        port: the synthesized directory, `cdktf.out/stacks/NAME`.
        variables: values of the variables of both.
        mirror: where providers and modules come from. Default: one with the coder stand-in.
        env: what Terraform sees. Default: the variables of an ordinary workspace build.
        renamed: addresses that the port has under another name: `{"coder_agent.main": "coder_agent.agent"}`. A module's
            address stands for all in it.

    Raises:
        TerraformError: one of both cannot be planned.
    """
    there, here = (_planned(Path(place), variables, mirror, env) for place in (original, port))
    there = {_renamed(address, renamed or {}): (address, body) for address, body in there.items()}
    found: list[Difference] = []
    for address in sorted({*there, *here}):
        name, before = there.get(address, (address, _ABSENT))
        after = here.get(address, _ABSENT)
        if _ABSENT in (before, after):
            found.append(
                Difference(name, "", *(_ABSENT if each is _ABSENT else "(planned)" for each in (before, after)))
            )
        else:
            found += [Difference(name, *each) for each in _differences(before, after)]
    return found


def _planned(
    directory: Path, variables: Mapping[str, Any] | None, mirror: Mirror | None, env: Mapping[str, str] | None
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="aibridge-comparison-") as scratch:
        for name, place in pushed(directory):
            target = Path(scratch, name)
            if place.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                shutil.copyfile(place, target)
        terraform = Terraform(scratch, env=env, mirror=mirror)
        terraform.init()
        return dict(_elements(terraform.plan(variables=variables)))


def _elements(plan: Plan) -> Iterator[tuple[str, Any]]:
    for change in plan.json.get("resource_changes", []):
        yield change["address"], {"(actions)": change["change"]["actions"], **(_values(change["change"]) or {})}
    state = plan.json.get("prior_state", {}).get("values", {}).get("root_module", {})
    for item in _in_modules(state):  # data sources that the plan has read
        yield item["address"], _told(item.get("values", {}), item.get("sensitive_values", {}), {})
    for name, change in plan.json.get("output_changes", {}).items():
        yield f"output.{name}", {"value": _values(change)}


def _in_modules(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _in_modules(child)


def _values(change: Mapping[str, Any]) -> Any:
    return _told(change.get("after"), change.get("after_sensitive"), change.get("after_unknown"))


def _told(value: Any, sensitive: Any, unknown: Any) -> Any:
    """A value with words where it is not known; one that is sensitive is compared, and never shown."""
    if unknown is True:
        return _LATER
    if sensitive is True:
        return _Sensitive(value)
    if isinstance(value, dict) or isinstance(unknown, dict):
        value = value or {}
        later = unknown if isinstance(unknown, dict) else {}
        hidden = sensitive if isinstance(sensitive, dict) else {}
        return {key: _told(value.get(key), hidden.get(key), later.get(key)) for key in {*value, *later}}
    if isinstance(value, list):
        return [_told(item, _item(sensitive, at), _item(unknown, at)) for at, item in enumerate(value)]
    return value


def _item(values: Any, at: int) -> Any:
    return values[at] if isinstance(values, list) and at < len(values) else None


@dataclass(frozen=True)
class _Sensitive:
    value: Any

    def __repr__(self) -> str:
        return _SENSITIVE


def _differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, object, object]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else key
            yield from _differences(before.get(key, _ABSENT), after.get(key, _ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _differences(left, right, f"{path}[{at}]")
    elif before != after:
        yield path, before, after


def _renamed(address: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        rest = address.removeprefix(old)
        if address.startswith(old) and (not rest or rest[0] in ".["):
            return new + rest
    return address


def _shown(value: object) -> str:
    return str(value) if value in (_LATER, _ABSENT, "(planned)") else repr(value)
