"""How long a script will be: what Python can count, and what only Terraform can."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aibridge_construct.hcl import InvalidTemplateError, parts, references
from aibridge_construct.shell.render import Body, Rendered

__all__ = ["MOST_NAMES", "SIZE_LIMIT", "has_open_end", "known_size"]

#: Bytes of one argument of a process on Linux, its closing zero byte included. The agent hands over a script as one.
SIZE_LIMIT = 128 * 1024
#: Bytes of the paths and URLs in a script of ours, of which Linux takes none that is longer than 4096.
MOST_NAMES = 4 * 4096

#: Coder bounds what these hold.
_BOUNDED = ("data.coder_workspace.", "data.coder_workspace_owner.", "coder_agent.")


def known_size(script: object) -> int:
    """Bytes of the text that a workspace gets, without what Terraform puts in; at most so many where it is short."""
    text = str(script)
    whole = len(text.encode(errors="replace"))
    return whole if whole < SIZE_LIMIT else sum(map(_size_of, _pieces(script)))


def has_open_end(script: object) -> bool:
    """Whether Terraform puts something into the text that may make it too long, which nobody can foresee."""
    if isinstance(script, Rendered) and script.adds is not None and known_size(script) + script.adds < SIZE_LIMIT:
        return False
    return any("{" in piece and not isinstance(piece, Body) and _is_open(piece) for piece in _pieces(script))


def _pieces(script: object) -> Iterable[str]:
    return script.parts if isinstance(script, Rendered) else (str(script),)


def _size_of(text: str) -> int:
    try:
        known = "".join(part.inner for part in parts(text) if part.kind == "literal")
    except InvalidTemplateError:
        return 0  # synthesis says what is wrong
    return len(known.encode(errors="replace"))


# The same in the scripts of a kind, and read like a program.
@lru_cache(256)
def _is_open(text: str) -> bool:
    try:
        found = references(text)
    except InvalidTemplateError:
        return False
    return any(not f"{each.address or each.root}.".startswith(_BOUNDED) for each in found)
