"""What stands behind the declaration of an attribute, as its docstring: editors read it there, ``help()`` by this."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

__all__ = ["Described"]


class _SaidBehind:
    """The ``__doc__`` of a class of descriptors, and of each of them."""

    def __init__(self, own: str | None) -> None:
        self._own = own

    def __get__(self, made: Described | None, owner: type) -> str | None:
        return self._own if made is None else _said(made.owner).get(made.name)


class Described:
    """A descriptor that knows its name, the class that declares it, and what is said behind it there."""

    owner: type
    name: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__doc__ = _SaidBehind(cls.__doc__)  # type: ignore[assignment]

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name


@cache
def _said(owner: type) -> dict[str, str]:
    """The docstrings of the attributes of a class, from its source: Python itself keeps none of them."""
    try:
        (declared,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    except (OSError, TypeError, SyntaxError):
        return {}
    found: dict[str, str] = {}
    for line, behind in pairwise(getattr(declared, "body", ())):
        said = behind.value.value if isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant) else None
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(said, str):
            found[line.target.id] = inspect.cleandoc(said)
    return found
