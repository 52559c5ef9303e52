"""What the coder provider refuses of a ``coder_parameter``, as its version 2.17 decides when it reads one.

Checked are the arguments that are literals; the regular expression itself is RE2 and left to the provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from aibridge_construct.coder.checks import Refusals, is_literal, known_block
from aibridge_construct.coder.given import Dynamic
from aibridge_construct.validation import literal_text, masked
from aibridge_construct.words import ParameterMonotonic

__all__ = ["check_parameter"]

#: (type, has options): the form types that fit.
_FORM_TYPES = {
    ("string", True): ("radio", "dropdown"),
    ("string", False): ("input", "textarea"),
    ("number", True): ("radio", "dropdown"),
    ("number", False): ("input", "slider"),
    ("bool", True): ("radio", "dropdown"),
    ("bool", False): ("checkbox", "switch"),
    ("list(string)", True): ("radio", "multi-select"),
    ("list(string)", False): ("tag-select",),
}

# Spellings that Go's strconv.ParseFloat and ParseBool take for certain; rarer ones are left to the provider.
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_BOOLS = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")


def check_parameter(check: Refusals, attributes: Mapping[str, Any]) -> None:
    """Check the attributes of a ``data.coder_parameter``, named as in Terraform.

    Raises:
        InvalidValueError: the provider would refuse them at template import.
    """
    kind = attributes["type"] or "string"
    check.url("icon", attributes["icon"])
    check.whole_number("order", attributes["order"])
    if attributes["ephemeral"] is True:
        if attributes["mutable"] in (None, False):
            raise check.refuse("ephemeral", "needs mutable=True: the value changes with every build.")
        if attributes["default"] is None:
            raise check.refuse("ephemeral", "needs a default, for the builds in which nobody chooses.")
    if not is_literal(kind):
        return
    options = attributes["option"] or ()
    if isinstance(options, Dynamic):
        return
    _check_form_type(check, kind, bool(options), attributes["form_type"])
    _check_options(check, kind, options, attributes["form_type"])
    _check_validation(check, kind, known_block(attributes["validation"]))
    default = attributes["default"]
    if default is not None and is_literal(default):
        _check_default(check, kind, literal_text(default), options, attributes)


def _check_form_type(check: Refusals, kind: str, has_options: bool, form_type: str | None) -> None:
    fitting = _FORM_TYPES[kind, has_options]
    if form_type is not None and is_literal(form_type) and form_type not in fitting:
        options = "with options" if has_options else "without options"
        choices = " or ".join(f'"{choice}"' for choice in fitting)
        raise check.refuse(
            "form_type",
            f"must be {choices} for a {kind} {options}. Got {masked(form_type)}; leave it out for {fitting[0]!r}.",
        )


def _check_options(check: Refusals, kind: str, options: Sequence[Any], form_type: str | None) -> None:
    check.unique("option", [option.name for option in options], "the name")
    check.unique("option", [option.value for option in options], "the value")
    # Of a multi-select the value is a list, and each option is one item of it.
    wanted = "string" if form_type == "multi-select" else kind
    for option in options:
        check.url("option.icon", option.icon)
        if is_literal(option.value) and not _fits(wanted, literal_text(option.value)):
            raise check.refuse("option.value", f"must be a {wanted}. Got {masked(option.value)} for {option.name!r}.")


def _check_validation(check: Refusals, kind: str, validation: Any) -> None:
    if validation is None:
        return
    check.whole_number("validation.min", validation.min)
    check.whole_number("validation.max", validation.max)
    check.one_of("validation.monotonic", validation.monotonic, get_args(ParameterMonotonic))
    for field in ("min", "max", "monotonic"):
        if kind != "number" and getattr(validation, field) is not None:
            raise check.refuse(f"validation.{field}", f'is for type="number" only. Got type="{kind}".')
    if validation.regex:
        if kind != "string":
            raise check.refuse("validation.regex", f'is for type="string" only. Got type="{kind}".')
        if not validation.error:
            raise check.refuse("validation.error", "must say what to enter, because there is a regex.")
    if is_literal(validation.min) and is_literal(validation.max) and validation.min > validation.max:
        raise check.refuse("validation.min", f"must not be above max, {validation.max}. Got {validation.min}.")


def _check_default(
    check: Refusals, kind: str, default: str, options: Sequence[Any], attributes: Mapping[str, Any]
) -> None:
    if not _fits(kind, default):
        example = {"number": "4", "bool": "true", "list(string)": '["a", "b"]'}[kind]
        raise check.refuse("default", f"must be a {kind}, for example {example}. Got {masked(default)}.")
    if options and all(is_literal(option.value) for option in options):
        chosen = json.loads(default) if attributes["form_type"] == "multi-select" else [default]
        allowed = {literal_text(option.value) for option in options}
        if missing := [item for item in chosen if item not in allowed]:
            raise check.refuse("default", f"must be one of the options' values. Got {', '.join(map(masked, missing))}.")
    validation = known_block(attributes["validation"])
    if validation is None:
        return
    if kind == "bool" and default not in ("true", "false"):
        raise check.refuse("default", f'must be "true" or "false". Got {masked(default)}.')
    if kind == "number":
        _check_default_number(check, default, validation)


def _check_default_number(check: Refusals, default: str, validation: Any) -> None:
    if not re.fullmatch(r"[+-]?\d+", default, re.ASCII):
        raise check.refuse("default", f"must be a whole number, because there is a validation. Got {masked(default)}.")
    number = int(default)
    if is_literal(validation.min) and number < validation.min:
        raise check.refuse("default", f"must be at least validation.min, {validation.min}. Got {default}.")
    if is_literal(validation.max) and number > validation.max:
        raise check.refuse("default", f"must be at most validation.max, {validation.max}. Got {default}.")


def _fits(kind: str, text: str) -> bool:
    if kind == "number":
        rare = text.lower().lstrip("+-")[:2] in ("in", "na", "0x") or re.search(r"[0-9]_[0-9]", text)
        return re.fullmatch(_NUMBER, text, re.ASCII) is not None or bool(rare)
    if kind == "bool":
        return text in _BOOLS
    if kind == "list(string)":
        try:
            found = json.loads(text)
        except ValueError:
            return False
        return found is None or (isinstance(found, list) and all(isinstance(item, str | None) for item in found))
    return True
