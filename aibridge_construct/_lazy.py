"""Packages whose public names are imported when they are used (PEP 562), and not before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["lazy"]


def lazy(package: str, homes: Mapping[str, Sequence[str]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a package: its modules, and the names that come from them.

    Define them under `if not TYPE_CHECKING`: a `__getattr__` that type checkers see lets every misspelled name pass.

    Args:
        package: `__name__` of the package.
        homes: names by the module that they live in, seen from the package: `{"coder.agent": ["CoderAgent"]}`; one more
            dot in front is the package around it.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name in home_of:
            try:
                value = getattr(import_module(f".{home_of[name]}", package), name)
            except ImportError as error:
                if type(error) is not ImportError or error.name is None:
                    raise
                # Of the engine, in words of ours: where they were found is no matter of who imports.
                raise error.with_traceback(None) from None
            # From now on Python finds it without asking.
            setattr(sys.modules[package], name, value)
            return value
        if name.isidentifier() and not name.startswith("__") and find_spec(f"{package}.{name}"):
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}{_hint(name, home_of)}", name=name)

    def names() -> list[str]:
        return sorted({*home_of, *(name for name in vars(sys.modules[package]) if name.startswith("__"))})

    return get, names


def _hint(name: str, known: Mapping[str, str]) -> str:
    if name.startswith("_"):
        return ""
    from difflib import get_close_matches

    matches = get_close_matches(name, known, n=1)
    return f". Did you mean {matches[0]!r}?" if matches else ""
