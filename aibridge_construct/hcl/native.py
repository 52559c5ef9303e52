"""Terraform's native syntax, written from values in its JSON syntax.

Coder reads some blocks from native files only, and the engine's own HCL writer escapes too little. A string in
Terraform's JSON syntax is a template; in a quoted native string the same template needs escapes in its literal parts,
and none inside ``${…}`` and ``%{…}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aibridge_construct.hcl.template import InvalidTemplateError, parts

__all__ = ["Blocks", "attribute", "block", "expression", "quoted", "writable"]

#: Names of nested blocks and what is nested in them; every other name is an attribute.
Blocks = Mapping[str, "Blocks"]

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]')
# What begins something else than a key.
_WORDS = frozenset({"for", "null", "true", "false"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def quoted(template: str) -> str:
    """The template as a quoted string."""
    return f'"{_escaped(template)}"'


def writable(template: str) -> str:
    """The template in a form that the engine's HCL writer renders without changing it.

    The writer escapes quotes of strings without expressions and nothing else, and puts several lines into a
    here-document, which adds a newline at the end.
    """
    lines = template.split("\n")
    if len(lines) > 2 and lines[-1] == "" and "\r" not in template and all(line.strip() != "EOF" for line in lines):
        return template[:-1]
    return _escaped(template)


def attribute(value: object) -> str:
    """A JSON value as an attribute's expression; several lines stay lines where that changes nothing."""
    if isinstance(value, str) and _is_lines(value):
        return f"<<EOF\n{value}EOF"
    return expression(value)


def _is_lines(text: str) -> bool:
    lines = text.split("\n")
    if len(lines) < 3 or lines[-1] or any(line.strip() == "EOF" for line in lines):
        return False
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def expression(value: object) -> str:
    """A JSON value as an expression; a string that is one ``${…}`` as a whole becomes what stands inside."""
    if isinstance(value, str):
        found = list(_parts(value))
        if len(found) == 1 and found[0][0] and value.startswith("${") and "\n" not in value and "~" not in value[2:-1]:
            return value[2:-1].strip()
        return quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {expression(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(expression, value)) + "]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def block(head: str, body: Mapping[str, object], blocks: Blocks) -> str:
    """A block as ``terraform fmt`` has it.

    Args:
        head: its type and labels, for example ``data "coder_parameter" "cpu"``.
        body: its content in Terraform's JSON syntax. ``//`` is a comment there, and left out.
        blocks: what in it is a nested block.
    """
    return "\n".join(_lines(head, body, blocks)) + "\n"


_META: Blocks = {"lifecycle": {"precondition": {}, "postcondition": {}}}

# Attributes that hold addresses instead of expressions; Terraform's JSON syntax writes them as plain strings.
_ADDRESSES = ("depends_on", "provider", "iterator")


def _lines(head: str, body: Mapping[str, object], blocks: Blocks) -> Iterator[str]:
    inside = {**_META, **blocks}
    attributes = {name: value for name, value in body.items() if name not in inside and name not in ("//", "dynamic")}
    width = max(map(len, attributes), default=0)
    yield f"{head} {{"
    for name in sorted(attributes):
        value = attributes[name]
        text = _addresses(value) if name in _ADDRESSES else expression(value)
        yield f"  {name.ljust(width)} = {text}"
    first = not attributes
    for kind, content, nested in _nested(body, inside):
        if not first:
            yield ""
        first = False
        yield from ("  " + line if line else "" for line in _lines(kind, content, nested))
    yield "}"


def _nested(body: Mapping[str, object], blocks: Blocks) -> Iterator[tuple[str, Mapping[str, object], Blocks]]:
    """The nested blocks of a body: head, content, what is nested in turn."""
    for kind, nested in blocks.items():
        for content in _each(body.get(kind)):
            yield kind, content, nested
    for dynamic in _each(body.get("dynamic")):
        for kind, definitions in dynamic.items():
            for content in _each(definitions):
                yield f'dynamic "{kind}"', content, {"content": blocks.get(kind, {})}


def _each(value: object) -> Iterator[Mapping[str, object]]:
    """In the JSON syntax one block may stand for a list of one."""
    for content in value if isinstance(value, list) else [value]:
        if isinstance(content, Mapping):
            yield content


def _addresses(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value)


def _key(name: object) -> str:
    plain = isinstance(name, str) and name not in _WORDS and _IDENTIFIER.fullmatch(name)
    return str(name) if plain else quoted(str(name))


def _escaped(template: str) -> str:
    found = list(_parts(template))
    trims = any(is_code and (text[2:3] == "~" or text[-2:-1] == "~") for is_code, text in found)
    return "".join(text if is_code else _literal(text, trims) for is_code, text in found)


def _literal(text: str, trims: bool) -> str:
    """A literal part, escaped.

    A trim marker reaches to the end of a line in a JSON string, and to the next expression in a quoted one.
    """
    pieces = re.findall(r"[^\n]*\n|[^\n]+", text) if trims else [text]
    return '${""}'.join(
        _SPECIAL.sub(lambda match: _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}", piece) for piece in pieces
    )


def _parts(template: str) -> Iterator[tuple[bool, str]]:
    """The literal parts (``False``) of a template and its ``${…}`` and ``%{…}`` (``True``), none of them empty.

    What is not closed is code to its end: Terraform refuses it in any syntax, and says so better than a writer could.
    """
    try:
        for part in parts(template):
            yield part.kind != "literal", part.text
    except InvalidTemplateError as error:
        yield from ((part.kind != "literal", part.text) for part in parts(template[: error.start]))
        yield True, template[error.start :]
