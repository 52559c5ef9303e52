"""Watches for the CDK engine's import, whoever asks for it: without a Node.js that works the bridge has no clear words.

A program may import this library first, which loads no engine, and then ``from cdktf import App``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

__all__ = ["watch"]

#: What starts the engine's Node.js when it is imported.
_STARTERS = frozenset({"cdktf", "cdktn", "constructs"})


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
            spec.loader = _Watched(spec.loader)
        return spec


class _Watched(Loader):
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
