"""The arguments of an element without bindings: checked one by one, and described for HCL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from aibridge_construct.choices import a_list, no_list
from aibridge_construct.coder.checks import Refusals, is_token
from aibridge_construct.known import collection_token, lost_token
from aibridge_construct.validation import masked, object_cure, object_text, refuse_shell_forms

__all__ = ["checked_arguments", "checked_names", "described"]


def checked_names(check: Refusals, maps: Collection[str]) -> frozenset[str]:
    """The names of arguments that are maps, checked."""
    names = a_list("maps", maps, "names of arguments", example='"labels"', of=check.what, kind=Collection)
    if not all(isinstance(name, str) for name in names):
        raise no_list("maps", maps, "names of arguments", example='"labels"', of=check.what)
    return frozenset(names)


def checked_arguments(check: Refusals, owner: str, given: object, meta: Mapping[str, str]) -> dict[str, object]:
    """A copy of the arguments that are given, checked."""
    if not isinstance(given, Mapping):
        raise check.refuse("body", f"must be a mapping of arguments. Got {masked(given)}.{object_cure(given)}")
    for name in given:
        if name in meta:
            raise check.refuse(
                name,
                f"is Terraform's own and no argument of the body: write {meta[name]}=… beside the body, "
                f"{owner}(…, {meta[name]}=…).",
            )
    return {name: value for name, value in _mapping(check, "", given).items() if value is not None}


def _mapping(check: Refusals, place: str, given: Mapping[Any, object]) -> dict[str, object]:
    for name in given:
        if not isinstance(name, str):
            raise check.refuse(place or "body", f"must have names that are strings. Got {masked(name)}.")
    return {name: _value(check, f"{place}.{name}" if place else name, value) for name, value in given.items()}


def _value(check: Refusals, place: str, value: object) -> object:
    if isinstance(value, str):
        if wrong := object_text(value):
            raise check.refuse(place, wrong)
        refuse_shell_forms(place, value, check.what)
    if lost := lost_token(value):
        raise check.refuse(place, f"holds {lost}.")
    if value is None or isinstance(value, str | int | float) or is_token(value) or collection_token(value) is not None:
        return value
    if isinstance(value, Mapping):
        return _mapping(check, place, value)
    if isinstance(value, list | tuple):
        return [_value(check, f"{place}[{number}]", each) for number, each in enumerate(value)]
    raise check.refuse(
        place,
        f"must be a text, a number, a boolean, a list or a mapping. Got {masked(value)}.{object_cure(value)}",
    )


def described(body: Mapping[str, Any], maps: Collection[str]) -> dict[str, Any]:
    """What HCL needs to know of the arguments: which are blocks."""
    known: dict[str, Any] = {}
    for name, value in body.items():
        if name == "dynamic" and (contents := _contents(value)):
            known |= described(contents, maps)
        else:
            is_block = name not in maps and value != [] and all(map(_is_block, _items(value)))
            items = [described(item, maps) for item in _items(value)] if is_block else value
            known[name] = {"value": items, "type": "list" if is_block else "any", "isBlock": is_block}
    return known


def _contents(dynamic: object) -> dict[str, Any]:
    """The blocks that ``dynamic`` makes, by their names; none where it is an argument like any other."""
    kinds = [pair for each in _items(dynamic) if isinstance(each, Mapping) for pair in each.items()]
    made = [(kind, each) for kind, given in kinds for each in _items(given)]
    if not all(isinstance(each, Mapping) and {"for_each", "content"} <= each.keys() for _, each in made):
        return {}
    return {kind: [each["content"] for name, each in made if name == kind] for kind, _ in made}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_block(value: object) -> bool:
    return isinstance(value, Mapping) and collection_token(value) is None
