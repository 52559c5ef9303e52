"""The variables that a configuration declares, and names that it does not."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from aibridge_construct.errors import UnknownArgumentError
from aibridge_construct.hcl import InvalidTemplateError, native_body

__all__ = ["declared_variables", "misspelt", "refuse_unknown"]


def declared_variables(directory: Path) -> set[str]:
    """The names of the variables; those of a file that Terraform, which says so better, cannot read are missing."""
    found: set[str] = set()
    for file in sorted(directory.iterdir()):
        text = file.read_text(encoding="utf-8", errors="replace") if file.name.endswith((".tf", ".tf.json")) else ""
        try:
            body: Mapping[str, Any] = json.loads(text or "{}") if file.suffix == ".json" else native_body(text)
        except (ValueError, InvalidTemplateError):
            continue
        blocks = body.get("variable", {})
        for block in blocks if isinstance(blocks, list) else [blocks]:
            found |= set(block)
    return found


def misspelt(given: Iterable[str], there: Collection[str]) -> list[str]:
    """Which of the given names are not there, and look like one that is."""
    return [name for name in given if name not in there and get_close_matches(name, there, n=1, cutoff=0.7)]


def refuse_unknown(argument: str, given: Iterable[str], there: Collection[str], what: str) -> None:
    """Refuse a name that is not there; Terraform would ignore it.

    Raises:
        UnknownArgumentError: the message has the nearest name, and those that there are.
    """
    for name in given:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            have = ", ".join(sorted(there)) or "none"
            raise UnknownArgumentError(
                argument, f"{argument}: the template has no {what} called {name!r}.{hint} It has: {have}."
            )
