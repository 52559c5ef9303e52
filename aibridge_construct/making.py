"""What the engine refuses when a construct is made, in the words of who wrote the call.

Nothing is looked at beforehand: a construct that the engine takes costs no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aibridge_construct.errors import AIBridgeError, ConflictError, InvalidValueError, MissingArgumentError
from aibridge_construct.validation import masked

__all__ = ["in_words_of_the_call"]

_TAKEN = re.compile(r"There is already a Construct with name '(?P<id>.*)' in ")
_NO_GLOB = re.compile(r'It contains an invalid glob character: "(?P<what>.)"')
_MISSING = re.compile(r"\.__init__\(\) missing \d+ required positional arguments?: (?P<names>.*)")
_TYPE = re.compile(r"type of argument (?P<name>\w+) must be (?P<rest>.*)")
_KEY = re.compile(r"Key '(?P<name>\w+)': Unable to deserialize")

#: What to write for an argument that the engine reads itself.
_EXAMPLES = {
    "scope": "a construct to put it into, for example self in the constructor of a stack",
    "id": 'a text, for example "main"',
    "for_each": 'an iterator of the engine, for example TerraformIterator.from_list(["a", "b"])',
    "count": "a whole number, a TerraformCount, or a number that Terraform computes",
    "provider": "a provider of the stack, for example provider=provider",
    "provisioners": 'a list, for example [{"type": "local-exec", "command": "true"}]',
    "connection": 'a mapping, for example {"type": "ssh", "host": "…"}',
    "depends_on": "a list of elements, modules or constructs, for example depends_on=[agent]",
    "lifecycle": "TerraformResourceLifecycle(…)",
}


def in_words_of_the_call(
    error: Exception, owner: str, scope: Any, id: object, given: Mapping[str, object]
) -> AIBridgeError | None:
    """What an error of the engine means; ``None`` where it is none of those that a call is the reason of.

    Args:
        error: what the engine, or its bridge, raised.
        owner: the class that was called.
        scope: what it was to be put into.
        id: its id there.
        given: its keyword arguments.
    """
    text = str(error)
    if match := _MISSING.search(text):
        names = re.findall(r"'(\w+)'", match["names"])
        needed = " and ".join(names)
        return MissingArgumentError(names[0], f'{owner} needs {needed}. Write {owner}(self, "main", …).')
    if not hasattr(type(scope), "node"):
        return _wrong("scope", owner, scope)
    if match := _TAKEN.search(text):
        return ConflictError(
            f"{_place(scope)} has {_taker(scope, match['id'])} already, and ids are unique there: give {owner} another "
            "id."
        )
    if not isinstance(id, str):
        return _wrong("id", owner, id)
    if "Only root constructs may have an empty ID" in text:
        return InvalidValueError("id", f'id of {owner} must not be empty: write a name, for example "main".')
    if "contains a whitespace character" in text:
        cure = re.sub(r"\s+", "-", id.strip())
        return InvalidValueError(
            "id",
            f"id of {owner} must not contain white space, because it names a directory. Write {cure!r}. "
            f"Got {masked(id)}.",
        )
    if match := _NO_GLOB.search(text):
        return InvalidValueError(
            "id",
            f"id of {owner} must not contain {match['what']!r}, because it names a stack, and patterns select stacks. "
            f"Got {masked(id)}.",
        )
    if "No stack could be identified" in text:
        return InvalidValueError(
            "scope",
            f"scope of {owner} must be a stack or a construct in one: write {owner}(self, …) in the constructor of a "
            f"CoderTemplate. Got {masked(scope)}.",
        )
    if match := _TYPE.match(text) or _KEY.search(text):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match["name"]).lower()
        if name in given and name in _EXAMPLES:
            return _wrong(name, f"{owner} {id!r}", given[name])
        if rest := match.groupdict().get("rest"):
            return InvalidValueError(name, f"{name} of {owner} {id!r} must be {rest}.")
    return None


def _wrong(name: str, owner: str, value: object) -> InvalidValueError:
    return InvalidValueError(name, f"{name} of {owner} must be {_EXAMPLES[name]}. Got {masked(value)}.")


def _place(scope: Any) -> str:
    path = scope.node.path
    kinds = {kind.__name__ for kind in type(scope).__mro__}
    if "TerraformStack" in kinds:
        return f"The stack {path!r}"
    return f"{type(scope).__name__} {path!r}" if path else "The app"


def _taker(scope: Any, id: str) -> str:
    name = type(scope.node.try_find_child(id)).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name} {id!r}"
