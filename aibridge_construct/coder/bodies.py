"""Texts that several scripts of a stack have in common: they stand in it once, as locals that the scripts refer to."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING
from weakref import WeakSet

from aibridge_construct._engine import IConstruct
from aibridge_construct._stack import per_stack
from aibridge_construct.shell.render import Body, Rendered

if TYPE_CHECKING:
    from aibridge_construct.coder.element import Element

__all__ = ["Bodies", "bodies_of"]


class Bodies:
    """The bodies of the scripts of one stack."""

    def __init__(self, _: object) -> None:
        self._users: dict[Body, WeakSet[Element]] = {}
        #: Those that more than one script has. A text that stands once stays where it is read.
        self.shared: AbstractSet[Body] = set()

    def note(self, script: Element, before: object, now: object) -> None:
        """Note that the text of ``script`` was ``before`` (``None``: there was none) and is ``now``."""
        for text in (before, now):
            for body in text.bodies if isinstance(text, Rendered) else ():
                users = self._users.setdefault(body, WeakSet())
                (users.add if text is now else users.discard)(script)
        self.shared = {body for body, users in self._users.items() if len(users) > 1}


def bodies_of(scope: IConstruct) -> Bodies:
    """The bodies of the stack that holds ``scope``."""
    return per_stack(scope, Bodies)
