"""An owner's choices, held against the parameters that the template has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aibridge_construct.errors import InvalidValueError
from aibridge_construct.testing.terraform.plan import Plan, resources_in
from aibridge_construct.testing.terraform.variables import refuse_unknown
from aibridge_construct.validation import masked

__all__ = ["chosen", "refuse_no_text"]


def refuse_no_text(parameters: Mapping[str, object]) -> None:
    """Refuse a value that a form could not give.

    Raises:
        InvalidValueError: it is no text.
    """
    for name, value in parameters.items():
        if not isinstance(value, str):
            raise InvalidValueError(
                "parameters",
                f'parameters: the value of {name!r} must be text, as a form gives it, for example "3", "true" or '
                f"'[\"a\"]'; got {masked(value)}",
            )


def chosen(plan: Plan, given: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The values of a plan's parameters by name, for the next build to hold against.

    Raises:
        UnknownArgumentError: the template has no parameter of a given name.
        InvalidValueError: one that is not mutable has another value than `before`.
    """
    there = _parameters(plan)
    if there is None:
        return dict(before)
    refuse_unknown("parameters", given, there, "coder_parameter")
    values = {name: str(body["value"]) for name, body in there.items() if body.get("value") is not None}
    for name, value in values.items():
        if not there[name].get("mutable") and before.get(name, value) != value:
            raise InvalidValueError(
                "parameters",
                f"parameters: {name!r} cannot change after the workspace was created, for it is not mutable. Set "
                "mutable=True in the template, or make another Workspace.",
            )
    return values


def _parameters(plan: Plan) -> dict[str, dict[str, Any]] | None:
    """The parameters of a plan by name; None where it does not know all the names."""
    found: dict[str, dict[str, Any]] = {}
    state = plan.json.get("prior_state", {}).get("values", {}).get("root_module", {})
    read = dict(resources_in(state)).items()
    later = [change for change in plan.json.get("resource_changes", []) if change["type"] == "coder_parameter"]
    for values in [values for address, values in read if ".coder_parameter." in f".{address}"]:
        found[values["name"]] = values
    for change in later:
        name = (change["change"].get("after") or {}).get("name")
        if name is None:
            return None
        found[name] = {}
    return found
