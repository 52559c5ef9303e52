"""What a name in a Terraform expression refers to."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Reference"]

#: How many attributes Terraform needs after the first name to know what is meant; else it is one.
_ATTRIBUTES = {"data": 2, "ephemeral": 2, "resource": 2, "self": 0}
#: What has no address of its own.
_WITHOUT_ADDRESS = ("count", "each", "path", "self", "terraform")


class Reference(NamedTuple):
    """A name of an expression that refers to something outside it.

    Args:
        root: the first name, for example ``data``, ``var`` or ``coder_agent``; ``TfToken`` for an engine token.
        steps: the attributes and literal indices that follow, spelled ``.name``, ``[0]`` or ``["key"]``, up to a
            splat or an index that is computed.
        start: offset of the first character in the text.
        end: offset after the last one.
    """

    root: str
    steps: tuple[str, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """The reference, for example ``data.coder_parameter.cpu[0].value``."""
        return self.root + "".join(self.steps)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attributes that follow the root directly."""
        names = []
        for step in self.steps:
            if not step.startswith("."):
                break
            names.append(step[1:])
        return tuple(names)

    @property
    def is_engine_token(self) -> bool:
        """Whether the engine is still to say what this is."""
        return self.root == "TfToken"

    @property
    def is_complete(self) -> bool:
        """Whether Terraform can tell what is meant: ``var.x`` and ``coder_agent.main``, but not ``HOME``."""
        return self.is_engine_token or len(self.attributes) >= _ATTRIBUTES.get(self.root, 1)

    @property
    def address(self) -> str | None:
        """What it refers to: ``data.TYPE.NAME``, ``TYPE.NAME``, ``var.NAME``, ``local.NAME`` or ``module.NAME``."""
        if self.is_engine_token or not self.is_complete or self.root in _WITHOUT_ADDRESS:
            return None
        names = self.attributes[: _ATTRIBUTES.get(self.root, 1)]
        return ".".join(names if self.root == "resource" else (self.root, *names))
