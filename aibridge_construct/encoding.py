"""Python values as Terraform computes them: JSON text in which expressions and engine tokens stand for their values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from aibridge_construct._engine import Token, Tokenization
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import InvalidTemplateError, expression, expression_references
from aibridge_construct.known import collection_token, is_known, is_number_token, lost_token, number_tokens
from aibridge_construct.validation import masked, object_text, refuse_shell_forms

__all__ = ["json_text", "terraform_json"]

#: What the engine tokens are called inside the expression. No Terraform type or function has this name.
_TOKENS = "engine_tokens"


def terraform_json(value: object) -> str:
    """The JSON of ``value`` as a Terraform string. Unlike ``json.dumps`` it lets Terraform encode what it computes.

    Use it wherever a text is to hold JSON: a ``coder_env``, a script, an output, an input of a module::

        CoderEnv(self, "mcp", agent_id=agent.id, name="MCP", value=terraform_json({"env": proxy.environment("node")}))

    Args:
        value: mappings, lists, tuples, strings, numbers, booleans and ``None``, nested as deep as you like. Strings
            are Terraform templates, as everywhere: ``${var.name}`` is an expression, ``$${HOME}`` the text ``${HOME}``.
            Keys, too. Engine tokens stand for their values, whatever their type: a list of Terraform's becomes a JSON
            list.

    Returns:
        Plain JSON where Python knows everything, else ``${jsonencode(…)}``. It can be put into other text. For the
        engine's ``Fn``, which escapes expressions, use ``Fn.jsonencode`` of the value instead.

    Raises:
        InvalidValueError: there is something in it that JSON does not have, or that Terraform could not read.
    """
    return json_text("value", value)


def json_text(field: str, value: object, *, sort_keys: bool = False) -> str:
    """The same for the argument ``field``, which messages name.

    Args:
        field: the argument.
        value: as of :func:`terraform_json`.
        sort_keys: whether keys come in alphabetical order; where Terraform encodes they always do.

    Raises:
        InvalidValueError: as of :func:`terraform_json`.
    """
    plain = _plain(field, value)
    if is_known(plain):
        return json.dumps(plain, sort_keys=sort_keys)
    return f"${{{_tokens_first(f'jsonencode({expression(plain)})')}}}"


def _plain(field: str, value: object) -> object:
    """``value`` made of JSON's types alone, with every engine token as ``${TfToken[…]}`` in a string."""
    token = collection_token(value)
    if token is not None:
        return token
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(field, value)
    if isinstance(value, int | float):
        return _number(field, value)
    if isinstance(value, Mapping):
        return {_key(field, key): _plain(field, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        if len(value) == 1 and isinstance(value[0], int | float) and is_number_token(value[0]):
            # A list of numbers that only Terraform knows; a number alone resolves to nothing here.
            found = Tokenization.reverse_number_list(list(value))
            return [_number(field, value[0])] if found is None else Token.as_string(found)
        return [_plain(field, item) for item in value]
    if not is_known(value):
        return Token.as_string(value)
    raise InvalidValueError(
        field,
        f"{field} must be made of mappings, lists, strings, numbers, booleans and None, which JSON has. "
        f"Got {masked(value)}.",
    )


def _text(field: str, value: str) -> str:
    if wrong := object_text(value):
        raise InvalidValueError(field, f"{field} {wrong}")
    refuse_shell_forms(field, value)
    if lost := lost_token(value, in_place=False):
        raise InvalidValueError(field, f"{field} holds {lost}.")
    for start, end in reversed(number_tokens(value)):
        value = value[:start] + Tokenization.stringify_number(float(value[start:end])) + value[end:]
    return value


def _number(field: str, value: float) -> object:
    if is_number_token(value):
        return Tokenization.stringify_number(value)
    if not math.isfinite(value):
        raise InvalidValueError(field, f"{field} must hold finite numbers: JSON has no other. Got {masked(value)}.")
    return value


def _key(field: str, key: object) -> str:
    """A key as JSON has it, text; the same text as ``json.dumps`` makes of it."""
    plain = _plain(field, key)
    if isinstance(plain, list | dict):
        raise InvalidValueError(field, f"{field} must have texts as keys. Got {masked(key)}.")
    if isinstance(plain, str):
        return plain
    return json.dumps(plain)


def _tokens_first(code: str) -> str:
    """``code`` with its engine tokens in front.

    The engine writes a token as a bare expression up to the first closing brace after ``${``, whatever that brace
    closes, and with braces of its own after it, in quoted strings and outside. So all of them come first.
    """
    try:
        found = [reference for reference in expression_references(code) if reference.is_engine_token]
    except InvalidTemplateError as error:  # pragma: no cover - texts are checked before
        raise AssertionError(f"{error} of {masked(code)}") from error
    tokens = list(dict.fromkeys(reference.text for reference in found))
    for reference in reversed(found):
        code = code[: reference.start] + f"{_TOKENS}[{tokens.index(reference.text)}]" + code[reference.end :]
    if not tokens:
        return code
    return f"[for {_TOKENS} in [[{', '.join(f'${{{token}}}' for token in tokens)}]] : {code}][0]"
