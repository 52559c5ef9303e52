"""What a declared provider may refuse; see `providers.checks`."""

from __future__ import annotations

from .providers import checks
from .providers.checks import *  # noqa: F403

__all__ = []
__all__ += checks.__all__
