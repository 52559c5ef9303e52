"""What to say when a package of the `testing` extra is not there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["MissingExtraError", "need"]


class MissingExtraError(ImportError):
    """A package that only the testing kit needs is not installed."""


def need(package: str, purpose: str) -> Path:
    """The folder of an installed `package`, found without importing it.

    Raises:
        MissingExtraError: it is not installed; the message says how to install it.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise MissingExtraError(
            f"{purpose} needs the Python package '{package}', which is not installed. "
            "Run: pip install 'aibridge-construct[testing]'",
            name=package,
        )
    return Path(spec.origin).parent
