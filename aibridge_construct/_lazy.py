"""What is imported when it is used and not before: public names of packages (PEP 562), and with them the CDK engine.

A program may import this library first, which loads no engine, and then ``from cdktf import App``: without a Node.js
that works the bridge has no clear words for that, so the engine's import is watched, whoever asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any, cast

__all__ = ["lazy", "watch"]

#: What starts the engine's Node.js when it is imported.
_STARTERS = frozenset({"cdktf", "cdktn", "constructs"})


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


def watch() -> None:
    """Have the import of an engine say what is missing, from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _STARTERS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Any", _Watched(spec.loader))
        return spec


class _Watched:
    """The loader of a module, and back to that one once the module is there."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        from aibridge_construct._node import explain

        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self._loader
        try:
            explain(module.__name__, lambda: self._loader.exec_module(module))
        except ImportError as error:
            if type(error) is not ImportError:
                raise
            raise error.with_traceback(None) from None  # nobody wrote the lines between
