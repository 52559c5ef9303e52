"""Stand-ins for Terraform providers, declared in Python and served over the real plugin protocol; see `declare`."""

from __future__ import annotations

from . import declare, serving
from .declare import *  # noqa: F403
from .serving import *  # noqa: F403

__all__ = []
__all__ += declare.__all__
__all__ += serving.__all__
