"""From values and shell files to the text of a ``coder_script``: quoting, Terraform escaping, prologue and body.

The rendered text is a Terraform template. Its parts:

- The agent runs the text as ``sh -c TEXT`` (Coder's agent source, ``agentscripts``), so TEXT, secrets included, would stand in the
  process list for as long as the script runs. The first line therefore replaces that shell by one that reads the rest from
  a here-document; from then on the process list shows ``sh -s``.
- Values come first, one assignment each, single-quoted: nothing in a value is ever code. Each name is unset before, because an
  inherited variable would keep its export flag and hand a secret to every child.
- The body is static files, last line ``main``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aibridge_construct.validation import template_text

__all__ = ["END_OF_SCRIPT", "Expression", "quote", "render"]

#: Ends the here-document. No line of a value may equal it.
END_OF_SCRIPT = "AIBRIDGE_CONSTRUCT_END"

_PROLOGUE = f"""\
#!/bin/sh
exec sh -s <<'{END_OF_SCRIPT}'
{{ set +axv; }} 2>/dev/null
"""


@dataclass(frozen=True)
class Expression:
    """A value that only Terraform knows.

    Args:
        text: a Terraform expression that yields a string, without ``${}``. It must hold no engine token inside quotes.
    """

    text: str


def quote(value: str | Expression) -> str:
    """``value`` as one shell word, in single quotes, as Terraform template text.

    A literal is quoted here. An :class:`Expression` is quoted by Terraform when it knows the value: Python could only quote
    the placeholder.
    """
    if isinstance(value, Expression):
        return f"""'${{replace({value.text}, "'", "'\\\\''")}}'"""
    return template_text("'" + value.replace("'", "'\\''") + "'")


def render(values: Mapping[str, str | Expression], *parts: str) -> str:
    """The text of a ``coder_script``: ``values`` as shell variables, then the files ``parts`` of this room.

    Args:
        values: shell variable name to value. Literals are the very characters, not Terraform templates.
        parts: file names, for example ``"lib.sh", "setup.sh"``; the last one calls ``main``.

    Raises:
        ValueError: a literal has a line that would end the script's here-document.
    """
    for name, value in values.items():
        if isinstance(value, str) and END_OF_SCRIPT in value.splitlines():
            raise ValueError(f"{name} must not have a line that reads {END_OF_SCRIPT}: it marks the end of the script.")
    lines = [f"unset {' '.join(values)}"]
    lines += [f"{name}={quote(value)}" for name, value in values.items()]
    body = "".join(template_text(_part(part)) for part in parts)
    return _PROLOGUE + "\n".join(lines) + "\n" + body + END_OF_SCRIPT + "\n"


@cache
def _part(name: str) -> str:
    return files("aibridge_construct.shell").joinpath(name).read_text("utf-8")
