"""How many there are of an element: what ``count`` and ``for_each`` say of it, as far as Python can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from aibridge_construct._engine import IConstruct, TerraformCount, resolve_any
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.validation import is_number_token, masked

__all__ = ["Instances"]

#: A count that is 0 in a stopped workspace.
_START_COUNT = re.compile(r"\$\{data\.coder_workspace\.[\w-]+\.start_count\}")


class Instances:
    """The instances of an element.

    Args:
        by: which meta-argument makes them.
        given: its value.
    """

    def __init__(self, by: Literal["count", "for_each"], given: object) -> None:
        self.by = by
        self._given = given

    @classmethod
    def of(cls, meta: Mapping[str, object]) -> Instances | None:
        """Those of an element with these meta-arguments; ``None``: there is one of it, without a number."""
        if meta.get("count") is not None:
            return cls("count", meta["count"])
        return cls("for_each", meta["for_each"]) if meta.get("for_each") is not None else None

    def require_whole(self, what: str) -> None:
        """Refuse a ``count`` that is a number and no number of instances; the engine's words name neither.

        Args:
            what: names the element.

        Raises:
            InvalidValueError: it is negative, a fraction or a boolean.
        """
        count = self._count
        if self.by != "count" or not isinstance(count, int | float) or is_number_token(count):
            return
        if isinstance(count, bool) or count < 0 or count != count // 1:
            message = f"count of {what} must be a whole number, at least 0. Got {masked(count)}."
            raise InvalidValueError("count", message)

    @cached_property
    def number(self) -> int | None:
        """How many there are, where ``count`` is a number that Python knows."""
        count = self._count
        return None if not isinstance(count, int | float) or is_number_token(count) else int(count)

    def same_as(self, other: Instances, scope: IConstruct) -> bool:
        """Whether both say the same; what only Terraform can compare is not the same."""
        if self._given is other._given or self.by == "for_each" == other.by:
            return self._given is other._given
        if self.number is not None or other.number is not None:
            return self.number == other.number
        return self._count == other._count or self._text(scope) == other._text(scope)

    def ends_at_stop(self, scope: IConstruct) -> bool:
        """Whether ``count`` is the ``start_count`` of the workspace, so that a stopped workspace has none of them."""
        return self.number is None and _START_COUNT.fullmatch(self._text(scope)) is not None

    @cached_property
    def _count(self) -> object:
        return self._given.to_terraform() if isinstance(self._given, TerraformCount) else self._given

    def _text(self, scope: IConstruct) -> str:
        return str(resolve_any(scope, self._count))
