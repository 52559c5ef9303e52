"""The data source coder_parameter of the coder stand-in: what makes a value acceptable, as the provider 2.17 has it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from aibridge_construct.testing.coder.workspace import parameter_variable
from aibridge_construct.testing.providers.checks import is_url, one_of, whole_number
from aibridge_construct.testing.providers.declare import (
    BOOL,
    NUMBER,
    Build,
    DataSource,
    Refusal,
    Values,
    block,
    computed,
    optional,
    required,
)
from aibridge_construct.testing.providers.go import atoi, is_float, quoted
from aibridge_construct.testing.providers.re2 import Re2Error, compiled

__all__ = ["PARAMETER"]

_TYPES = ("string", "number", "bool", "list(string)")
_BOOLS = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")

_FORM_TYPES = {
    # (type, has options): the form types that fit, the default one first
    ("string", True): ("radio", "dropdown"),
    ("string", False): ("input", "textarea"),
    ("number", True): ("radio", "dropdown"),
    ("number", False): ("input", "slider"),
    ("bool", True): ("radio", "dropdown"),
    ("bool", False): ("checkbox", "switch"),
    ("list(string)", True): ("radio", "multi-select"),
    ("list(string)", False): ("tag-select",),
}

_ALL_FORM_TYPES = (
    *("radio", "slider", "input", "dropdown", "checkbox", "switch", "multi-select", "tag-select", "textarea"),
    "error",  # what Coder makes of a parameter that it cannot show
)


def _validate(values: Values) -> None:
    for rule in filter(None, values["validation"] or ()):
        for other in ("min", "max", "monotonic"):
            if rule["regex"] is not None and rule[other] is not None:
                conflict = f'"validation.0.regex": conflicts with validation.0.{other}'
                raise Refusal("Conflicting configuration arguments", conflict)


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
        if complaint := _type_complaint(values["type"], value):
            raise Refusal(f"Parameter value is not of type {quoted(values['type'])}", complaint)
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
    kind, has_options = values["type"], bool(values["option"])
    fitting = _FORM_TYPES[kind, has_options]
    wanted: str = values["form_type"] or fitting[0]
    if wanted not in fitting:
        where = ""
        if wanted in _FORM_TYPES[kind, not has_options]:
            where = " when options exist" if has_options else " when options do not exist"
        raise Refusal(
            "Invalid form_type for parameter",
            f'"form_type" attribute={quoted(wanted)} is not supported for "type"={quoted(kind)}{where}, '
            f"choose one of [{' '.join(fitting)}]",
            attribute="form_type",
        )
    return wanted


def _type_complaint(kind: str, value: str) -> str | None:
    if kind == "number" and not is_float(value):
        return f"{quoted(value)} is not a number"
    if kind == "bool" and value not in _BOOLS:
        return f"{quoted(value)} is not a bool"
    if kind == "list(string)" and _strings(value) is None:
        return f"value {quoted(value)} is not a valid list of strings"
    return None


def _strings(value: str) -> list[str] | None:
    """A JSON list of strings, where a null is an empty string, and an empty list."""
    try:
        found = json.loads(value)
    except ValueError:
        return None
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, str | None) for item in found):
        return None
    return [item or "" for item in found]


def _check_options(values: Values, form_type: str) -> None:
    wanted = "string" if form_type == "multi-select" else values["type"]
    seen: dict[str, set[str]] = {"name": set(), "value": set()}
    for option in values["option"]:
        for field, before in seen.items():
            if option[field] in before:
                raise Refusal(
                    f"Option {field}s must be unique.",
                    f"multiple options found with the same {field} {quoted(option[field])}",
                )
        if complaint := _type_complaint(wanted, option["value"]):
            name, value = quoted(option["name"]), quoted(option["value"])
            raise Refusal(f"Option {name} with value={value} is not of type {quoted(wanted)}", complaint)
        for field, before in seen.items():
            before.add(option[field])


def _check_is_option(values: Values, form_type: str, value: str, name: str) -> None:
    allowed = {option["value"] for option in values["option"]}
    if not allowed:
        return
    attribute = "default" if name == "Default value" else None
    if form_type == "multi-select":
        items = _strings(value)
        if items is None:
            raise Refusal(
                "When using list(string) type, value must be a json encoded list of strings",
                f"value {quoted(value)} is not a valid list of strings",
                attribute=attribute,
            )
        if missing := [item for item in items if item not in allowed]:
            raise Refusal(
                f"{name}s must be a valid option",
                f"{name} {quoted(value)} is not a valid option, "
                f"values {quoted(', '.join(missing))} are missing from the options",
                attribute=attribute,
            )
    elif value not in allowed:
        hint = "" if value else ". The value is empty, did you forget to set it with a default or from user input?"
        raise Refusal(
            f"{name} must be a valid option{hint}",
            f"the value {quoted(value)} must be defined as one of options",
            attribute=attribute,
        )


def _check_validation(values: Values, value: str, build: Build, name: str) -> None:
    for rule in values["validation"]:
        if complaint := _complaint(rule, values, value, build):
            raise Refusal(
                f"Invalid parameter {name.lower()} according to 'validation' block",
                complaint,
                attribute="default" if name == "Default value" else None,
            )


def _complaint(rule: dict[str, Any], values: Values, value: str, build: Build) -> str | None:
    kind = values["type"]
    if complaint := _misplaced(rule, kind):
        return complaint
    if kind == "bool" and value not in ("true", "false"):
        return 'boolean value can be either "true" or "false"'
    if kind == "string" and rule["regex"]:
        return _regex_complaint(rule, value)
    if kind == "number":
        return _number_complaint(rule, value, build.environ.get(_previous_variable(values["name"])))
    if kind == "list(string)" and _strings(value) is None:
        return f"value {quoted(value)} is not valid list of strings"
    return None


def _misplaced(rule: dict[str, Any], kind: str) -> str | None:
    """What the type of the parameter does not allow in its validation."""
    if kind != "number":
        for field in ("min", "max"):
            if rule[field] is not None:
                return f"a {field} cannot be specified for a {kind} type"
        if rule["monotonic"]:
            return f"monotonic validation can only be specified for number types, not {kind} types"
    if kind != "string" and rule["regex"]:
        return f"a regex cannot be specified for a {kind} type"
    return None


def _regex_complaint(rule: dict[str, Any], value: str) -> str | None:
    try:
        matched = compiled(rule["regex"]).search(value)
    except Re2Error as error:
        return f"compile regex {quoted(rule['regex'])}: error parsing regexp: {error}"
    if not rule["error"]:
        return "an error must be specified with a regex validation"
    return None if matched else f"{rule['error']} (value {quoted(value)} does not match {quoted(rule['regex'])})"


def _number_complaint(rule: dict[str, Any], value: str, previous: str | None) -> str | None:
    least, most, direction = rule["min"], rule["max"], rule["monotonic"] or ""
    own = rule["error"] and _filled_in(rule["error"], min=least or 0, max=most or 0, value=value)
    try:
        number = atoi(value)
    except ValueError:
        return own or f"value {quoted(value)} is not a number"
    if least is not None and number < least:
        return own or f"value {number} is less than the minimum {least}"
    if most is not None and number > most:
        return own or f"value {number} is more than the maximum {most}"
    if direction not in ("", "increasing", "decreasing"):
        return 'number monotonicity can be either "increasing" or "decreasing"'
    try:
        before = atoi(previous or "")
    except ValueError:  # nothing to compare with: refusing would leave the user no way out
        return None
    if direction == "increasing" and number < before:
        return f"parameter value '{number}' must be equal or greater than previous value: {before}"
    if direction == "decreasing" and number > before:
        return f"parameter value '{number}' must be equal or lower than previous value: {before}"
    return None


def _filled_in(text: str, **values: object) -> str:
    return re.sub(r"\{(min|max|value)\}", lambda found: str(values[found[1]]), text)


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
        optional("icon", check=is_url),
        optional("mutable", BOOL, default=False),
        optional("ephemeral", BOOL, default=False),
        optional("order", NUMBER, check=whole_number),
        computed("value"),
        computed("optional", BOOL),
    ],
    [
        block("option", [required("name"), required("value"), optional("description"), optional("icon", check=is_url)]),
        block(
            "validation",
            [
                optional("regex"),
                optional("error"),
                optional("min", NUMBER, check=whole_number),
                optional("max", NUMBER, check=whole_number),
                optional("monotonic"),
                computed("min_disabled", BOOL),
                computed("max_disabled", BOOL),
            ],
            max_items=1,
        ),
    ],
    validate=_validate,
    read=_read,
)
