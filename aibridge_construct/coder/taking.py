"""What an element takes for an argument: the value that the user gave, checked and made into what Terraform gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from aibridge_construct._engine import Construct, Token
from aibridge_construct.coder.checks import Refusals, is_token
from aibridge_construct.coder.given import Dynamic, accepted
from aibridge_construct.coder.reading import Argument, Choice
from aibridge_construct.known import lost_token, texts
from aibridge_construct.shell.render import Rendered
from aibridge_construct.validation import refuse_shell_forms

__all__ = ["arguments", "taken"]


@cache
def arguments(element: type) -> dict[str, Argument[Any, Any]]:
    """The arguments of a type, by name."""
    found = {name: vars(base)[name] for base in reversed(element.__mro__) for name in vars(base)}
    return {name: each for name, each in found.items() if isinstance(each, Argument)}


def taken(argument: Argument[Any, Any], check: Refusals, scope: Construct, value: Any) -> Any:
    """``value`` as the element keeps it for ``argument``.

    Raises:
        InvalidValueError: it is none that the argument takes.
    """
    if value is None or isinstance(value, Dynamic):
        return value
    if isinstance(value, Rendered):  # of checked values and files of ours: long, and nothing in it is news
        return value
    if argument.rule is not None:
        argument.rule.require(value)
    if isinstance(argument, Choice):
        check.one_of(argument.name, value, argument.words)
        value = Token.as_string(value) if is_token(value) else value
    if (
        argument.convert is not None
        and argument.kind.block is None
        and isinstance(value, Mapping | Sequence | int | float)
    ):
        try:
            value = argument.convert(value)
        except TypeError as error:
            raise check.refuse(argument.name, f"must hold strings, numbers and booleans only: {error}.") from None
    made = accepted(check, scope, argument.name, argument.kind, value)
    for text in texts(made):
        refuse_shell_forms(argument.name, text, check.what)
    if lost := lost_token(made):
        raise check.refuse(argument.name, f"holds {lost}.")
    if argument.convert is not None and isinstance(made, list):
        return [argument.convert(each) for each in made]
    return made
