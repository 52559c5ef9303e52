"""Docstrings as the reference shows them: a Griffe extension that zensical.toml names.

Docstrings are written for `help()` and editors: with roles (:class:`X`), `Example::` and comments that begin with `#:`
above an attribute. Here they become Markdown, and a default that is a constant becomes its value.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

from griffe import Attribute, Docstring, Extension, Function, GriffeError, Object

_ROLE = re.compile(r":(?:class|attr|func|meth|mod|data):`~?([^`]+)`")
_EXAMPLE = re.compile(r"^( *)(\w[^\n]*)?::\n\n((?:\1    [^\n]*\n|\n)+)", re.MULTILINE)


class Docstrings(Extension):
    """Rewrites each docstring when all of the package is known."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Called by Griffe for every object."""
        if isinstance(obj, Attribute) and obj.docstring is None and (said := _comment(obj)):
            obj.docstring = Docstring(said, parent=obj)
        if obj.docstring:
            obj.docstring.value = markdown(obj.docstring.value)
        if isinstance(obj, Function):
            for parameter in obj.parameters:
                if parameter.default is not None:
                    parameter.default = _value(obj, str(parameter.default))


def markdown(text: str) -> str:
    """A docstring in Markdown."""
    text = _ROLE.sub(lambda found: f"`{found[1].rpartition('.')[2]}`", text).replace("``", "`")
    return _EXAMPLE.sub(_fenced, text + "\n").rstrip("\n")


def _fenced(found: re.Match[str]) -> str:
    indent, title, code = found.groups()
    block = f"{title or 'Example'}:\n\n```python\n{textwrap.dedent(code).strip()}\n```\n\n"
    return textwrap.indent(block, indent)


def _comment(attribute: Attribute) -> str:
    """The lines that begin with `#:`, above the attribute or where its class declares it."""
    parent = attribute.parent
    if not parent or not isinstance(attribute.filepath, Path):
        return ""
    lines = parent.lines_collection[attribute.filepath][parent.lineno or 0 : parent.endlineno]
    places = (number for number, line in enumerate(lines) if re.match(rf" *{attribute.name}\s*[:=]", line))
    before = lines[: next((number for number in places if lines[number - 1].strip().startswith("#:")), 0)]
    said: list[str] = []
    while before and (line := before.pop().strip()).startswith("#:"):
        said.insert(0, line.removeprefix("#:").strip())
    return "\n".join(said)


def _value(function: Function, default: str) -> str:
    """A default with the values of the package's plain constants in the place of their names."""
    if re.fullmatch(r"_?[A-Z][A-Z_]+", default):
        return _constant(function, default) or default
    if found := re.fullmatch(r"""f(['"])(.*)\1""", default):
        filled = re.sub(r"\{([A-Z_]+)\}", lambda name: _constant(function, name[1]).strip("\"'") or name[0], found[2])
        return f"'{filled}'"
    return default


def _constant(function: Function, name: str) -> str:
    """What a constant is, if it is a plain one; else nothing."""
    try:
        found = function.module[name]
        found = found.final_target if found.is_alias else found
    except (KeyError, GriffeError):
        return ""
    value = str(getattr(found, "value", None) or "")
    return value if re.fullmatch(r"""["'][^"']*["']|[\d.]+|\(\)""", value) else ""
