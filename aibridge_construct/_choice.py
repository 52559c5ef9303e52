"""Which CDK engine this process uses: CDK for Terraform (``cdktf``) or the one that goes on with it (``cdktn``).

Both have the same names, and no tree may mix them, so the choice is made once, when the first name that needs an engine
is used. This room imports neither.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

__all__ = ["ENGINES", "choose", "distribution", "loaded", "other"]

#: What there is to choose from; the first that is installed is taken where nothing else decides.
ENGINES = ("cdktn", "cdktf")

_VARIABLE = "AIBRIDGE_ENGINE"
_PROVIDERS = {"cdktf": "cdktf_cdktf_provider_", "cdktn": "cdktn_provider_"}


def choose() -> str:
    """The engine to use: what ``AIBRIDGE_ENGINE`` names, else the one that is imported, else the one installed.

    Raises:
        ImportError: the variable names none, or one that is not installed; both engines are imported; none is there.
    """
    named = os.environ.get(_VARIABLE)
    if named is not None:
        return _named(named)
    imported = [engine for engine in ENGINES if loaded(engine)]
    if len(imported) > 1:
        raise ImportError(
            f"cdktf and cdktn are both imported{_importers()}, and one app has one engine: import one of them only, or "
            f"say which this library is to use, {_VARIABLE}=cdktn or {_VARIABLE}=cdktf. To move a template from cdktf "
            "to cdktn, change all its imports, those of provider packages too.",
            name="cdktn",
        )
    found = [*imported, *filter(_is_installed, ENGINES)]
    if not found:
        raise ImportError(
            "No CDK engine is installed. pip install aibridge-construct brings cdktf, pip install "
            "'aibridge-construct[cdktn]' cdktn.",
            name="cdktf",
        )
    return found[0]


def loaded(engine: str) -> bool:
    """Whether the program has imported ``engine``, itself or through a provider's package."""
    return sys.modules.get(engine) is not None


def other(engine: str) -> str:
    """The engine that ``engine`` is not."""
    return ENGINES[1 - ENGINES.index(engine)]


def distribution(engine: str) -> str:
    """What ``pip install`` takes to bring ``engine``."""
    return "aibridge-construct[cdktn]" if engine == "cdktn" else "aibridge-construct"


def _named(name: str) -> str:
    if name not in ENGINES:
        raise ImportError(
            f"{_VARIABLE} must be cdktf or cdktn; unset, the library chooses. Got {name[:40]!r}.", name=name
        )
    if not loaded(name) and not _is_installed(name):
        raise ImportError(
            f"{_VARIABLE} is {name!r}, which is not installed: pip install '{distribution(name)}', or unset "
            f"{_VARIABLE}.",
            name=name,
        )
    return name


def _is_installed(engine: str) -> bool:
    spec = find_spec(engine)
    return spec is not None and spec.origin is not None  # a folder of that name is no package


def _importers() -> str:
    """The provider packages that bring an engine with them: a left-over one is hard to see."""
    found = sorted(
        module for module in sys.modules if module.startswith(tuple(_PROVIDERS.values())) and "." not in module
    )
    return f" (by {', '.join(found)} for some)" if found else ""
