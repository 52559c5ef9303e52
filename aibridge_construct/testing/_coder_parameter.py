"""The data source coder_parameter of the coder stand-in: what makes a value acceptable, as the provider 2.17 has it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from .checks import one_of
from .plugin import BOOL, NUMBER, Build, DataSource, Refusal, Values, block, computed, optional, required
from .workspace import parameter_variable

__all__ = ["PARAMETER"]

_TYPES = ("string", "number", "bool", "list(string)")

_FORM_TYPES = {
    # (type, has options): the form types that fit, the default one first
    ("string", True): ("radio", "dropdown"),
    ("string", False): ("input", "textarea"),
    ("number", True): ("radio", "dropdown"),
    ("number", False): ("input", "slider"),
    ("bool", True): ("radio",),
    ("bool", False): ("checkbox", "switch"),
    ("list(string)", True): ("radio", "multi-select"),
    ("list(string)", False): ("tag-input",),
}

_ALL_FORM_TYPES = sorted({form for forms in _FORM_TYPES.values() for form in forms} | {"error", ""})


def _read(values: Values, build: Build) -> Values:
    if values["ephemeral"] and not values["mutable"]:
        raise Refusal("parameter can't be immutable and ephemeral")
    if values["ephemeral"] and values["default"] is None:
        raise Refusal("ephemeral parameter requires the default property")
    chosen = build.environ.get(parameter_variable(values["name"]))
    form_type = _form_type(values)
    value = values["default"] if chosen is None else chosen
    _check_options(values, form_type)
    if value is not None or values["validation"]:
        value = value or ""
        name = "Default value" if chosen is None and values["default"] is not None else "Value"
        _check_is_option(values, form_type, value, name)
        _check_validation(values, value, build, name)
        _check_type(values["type"], value, f'Parameter value is not of type "{values["type"]}"')
    return {
        "id": str(uuid.uuid4()),
        "value": value or "",
        "form_type": form_type,
        "optional": values["default"] is not None,
        "validation": [
            {**rule, "min_disabled": rule["min"] is None, "max_disabled": rule["max"] is None}
            for rule in values["validation"]
        ],
    }


def _form_type(values: Values) -> str:
    fitting = _FORM_TYPES[values["type"], bool(values["option"])]
    wanted: str = values["form_type"] or fitting[0]
    if wanted not in fitting:
        raise Refusal(
            "Invalid form_type for parameter",
            f'"{wanted}" does not fit a {values["type"]} {"with" if values["option"] else "without"} options; '
            f"choose from: {', '.join(fitting)}",
            attribute="form_type",
        )
    return wanted


def _check_type(type_name: str, value: str, summary: str) -> None:
    fits = True
    if type_name == "number":
        fits = bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value))
    elif type_name == "bool":
        fits = value in ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")
    elif type_name == "list(string)":
        fits = _strings(value) is not None
    if not fits:
        raise Refusal(summary, f'"{value}" is not a {type_name}')


def _strings(value: str) -> list[str] | None:
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, list) and all(isinstance(item, str) for item in found) else None


def _option_type(values: Values, form_type: str) -> str:
    return "string" if form_type == "multi-select" else values["type"]


def _check_options(values: Values, form_type: str) -> None:
    for field in ("name", "value"):
        seen: set[str] = set()
        for option in values["option"]:
            if option[field] in seen:
                raise Refusal(
                    f"Option {field}s must be unique.", f'there are several with the {field} "{option[field]}"'
                )
            seen.add(option[field])
    wanted = _option_type(values, form_type)
    for option in values["option"]:
        _check_type(wanted, option["value"], f'Option "{option["name"]}" is not of type "{wanted}"')


def _check_is_option(values: Values, form_type: str, value: str, name: str) -> None:
    allowed = {option["value"] for option in values["option"]}
    if not allowed:
        return
    chosen = [value]
    if form_type == "multi-select":
        items = _strings(value)
        if items is None:
            raise Refusal(
                "When using list(string) type, value must be a json encoded list of strings", f'got "{value}"'
            )
        chosen = items
    missing = [item for item in chosen if item not in allowed]
    if missing:
        raise Refusal(f"{name} must be a valid option", f"not among the options: {', '.join(map(json.dumps, missing))}")


def _check_validation(values: Values, value: str, build: Build, name: str) -> None:
    for rule in values["validation"]:
        if complaint := _complaint(rule, values, value, build):
            raise Refusal(f"Invalid parameter {name.lower()} according to 'validation' block", complaint)


def _complaint(rule: dict[str, Any], values: Values, value: str, build: Build) -> str | None:
    kind = values["type"]
    for field in ("min", "max", "monotonic"):
        if kind != "number" and rule[field] is not None:
            return f"{field} is for numbers and cannot be specified for a {kind}"
    if kind != "string" and rule["regex"]:
        return f"a regex cannot be specified for a {kind}"
    if kind == "bool" and value not in ("true", "false"):
        return 'a bool is either "true" or "false"'
    if kind == "string" and rule["regex"]:
        if not rule["error"]:
            return "an error must be specified with a regex"
        # The provider's expressions are RE2; the syntax that both know is enough here.
        if not re.search(rule["regex"], value):
            return f'{rule["error"]} (value "{value}" does not match "{rule["regex"]}")'
    if kind == "number":
        return _number_complaint(rule, value, build.environ.get(_previous_variable(values["name"])))
    return None


def _number_complaint(rule: dict[str, Any], value: str, previous: str | None) -> str | None:
    own = rule["error"] and rule["error"].format_map(_Placeholders(min=rule["min"], max=rule["max"], value=value))
    if not re.fullmatch(r"[+-]?\d+", value):
        return own or f'value "{value}" is not a number'
    number = int(value)
    if rule["min"] is not None and number < rule["min"]:
        return own or f"value {number} is less than the minimum {rule['min']}"
    if rule["max"] is not None and number > rule["max"]:
        return own or f"value {number} is more than the maximum {rule['max']}"
    if rule["monotonic"] not in (None, "", "increasing", "decreasing"):
        return 'number monotonicity can be either "increasing" or "decreasing"'
    if previous is not None and re.fullmatch(r"[+-]?\d+", previous):
        if rule["monotonic"] == "increasing" and number < int(previous):
            return f"value {number} must not be below the previous one, {previous}"
        if rule["monotonic"] == "decreasing" and number > int(previous):
            return f"value {number} must not be above the previous one, {previous}"
    return None


class _Placeholders(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _previous_variable(name: str) -> str:
    return parameter_variable(name).replace("CODER_PARAMETER_", "CODER_PARAMETER_PREVIOUS_")


PARAMETER = DataSource(
    "coder_parameter",
    [
        required("name"),
        optional("type", default="string", check=one_of(*_TYPES)),
        optional("form_type", default="", check=one_of(*_ALL_FORM_TYPES)),
        optional("styling", default="{}"),
        optional("display_name"),
        optional("description"),
        optional("default"),
        optional("icon"),
        optional("mutable", BOOL, default=False),
        optional("ephemeral", BOOL, default=False),
        optional("order", NUMBER),
        computed("value"),
        computed("optional", BOOL),
    ],
    [
        block("option", [required("name"), required("value"), optional("description"), optional("icon")]),
        block(
            "validation",
            [
                optional("regex"),
                optional("error"),
                optional("min", NUMBER),
                optional("max", NUMBER),
                optional("monotonic"),
                computed("min_disabled", BOOL),
                computed("max_disabled", BOOL),
            ],
            max_items=1,
        ),
    ],
    read=_read,
)
