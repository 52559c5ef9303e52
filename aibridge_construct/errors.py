"""What this library raises. One base, so that one ``except`` is enough:

.. code-block:: text

    AIBridgeError
    ├── InvalidValueError (ValueError)        a literal breaks a rule of its field
    │   ├── MissingArgumentError (TypeError)  a required argument was left out
    │   └── UnknownArgumentError (TypeError)  there is no argument of this name
    ├── ConflictError                         two elements of one stack exclude each other
    └── TemplateError                         the stack cannot be pushed as a Coder template

Messages say what was wrong, what was given (secrets masked), what is allowed, and the next step.
"""

from __future__ import annotations

__all__ = [
    "AIBridgeError",
    "ConflictError",
    "InvalidValueError",
    "MissingArgumentError",
    "TemplateError",
    "UnknownArgumentError",
    "Whole",
]


class Whole(Exception):
    """An exception that is the same after pickling, which brings it home from another process, and after a copy.

    Python's own way calls the class with the message alone, whatever its constructor takes.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (type(self), self.args), self.__dict__


def _restored(kind: type[Whole], args: tuple[object, ...]) -> Whole:
    return kind.__new__(kind, *args)


class AIBridgeError(Whole):
    """Base of every error that this library raises on purpose."""


class InvalidValueError(AIBridgeError, ValueError):
    """A literal argument breaks a rule of its field. Values known only to Terraform are checked there, in the same
    words.
    """

    field: str
    """Name of the argument, for example ``proxy_url``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class MissingArgumentError(InvalidValueError, TypeError):
    """A required keyword argument was left out. Also a :class:`TypeError`, which is what Python itself would raise."""


class UnknownArgumentError(InvalidValueError, TypeError):
    """There is no argument or attribute of this name. Also a :class:`TypeError`, as Python itself would raise."""


class ConflictError(AIBridgeError):
    """Two elements of one stack exclude each other: two proxies that write one certificate file, two with one id."""


class TemplateError(AIBridgeError):
    """The stack would not work as a Coder template once pushed."""
