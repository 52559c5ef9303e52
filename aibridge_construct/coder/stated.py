"""How the stack's JSON and HCL come to have an element: what the engine is told of it, and what it is not asked.

The engine asks whoever overrides one of its methods, for every element and twice in a synthesis. So the requirement of
the provider states the arguments of all elements, and what is laid over them is laid over them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partialmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from aibridge_construct._engine import MIXING, TerraformElement
from aibridge_construct.coder._dependencies import Dependencies, address
from aibridge_construct.coder.rendering import hcl_body, hcl_lifecycle, json_body, laid_over, put
from aibridge_construct.coder.taking import arguments
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.known import lost_token

__all__ = ["Stated", "said_by_itself"]


if TYPE_CHECKING:
    _Base = TerraformElement
else:
    # The engine finds its own class in the order of bases, so this one must not be one of its classes.
    _Base = object


class _Named(partialmethod[Any]):
    """A method that is no plain function, and that ``help()`` shows by its name all the same."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._names = name, f"{owner.__qualname__}.{name}"

    def __get__(self, made: Any, owner: type[Any] | None = None) -> Any:
        found: Any = super().__get__(made, owner)
        if made is None:
            found.__name__, found.__qualname__ = self._names
        return found


class Stated(_Base):
    """An element whose arguments are kept in Python."""

    TYPE: str
    """The type's name in Terraform, for example ``coder_script``."""
    BLOCK: Literal["resource", "data"]
    """In which of Terraform's blocks it stands."""

    # Those of the engine's class, which has them in any case. For each element that is made the bridge would look up
    # each name of the classes up to there in each of their interfaces, which takes longer than to make it.
    __jsii_ifaces__: ClassVar[list[type]] = []

    _dependencies: Dependencies
    #: What was laid over the arguments.
    _overrides: dict[str, Any]
    #: Whether Terraform moves it to another address, under which it is declared then.
    _is_away: bool

    @property
    def overridden(self) -> list[str]:
        """The names of the arguments that overrides were added to."""
        return [*self._overrides]

    @property
    def depends_on_constructs(self) -> bool:
        """Whether ``depends_on`` names a construct, which may hold more later."""
        return bool(self._dependencies.constructs)

    def resolve_dependencies(self) -> None:
        """Tell the engine what the constructs in ``depends_on`` hold by now.

        Raises:
            InvalidValueError: one of them holds nothing, or the element itself.
        """
        if self._dependencies.constructs:
            super().__setattr__("depends_on", self._dependencies.found(self))

    def to_json(self) -> dict[str, Any]:
        """The arguments as the stack's JSON has them: nothing of what the engine says of the element."""
        return {} if self._is_away else laid_over(json_body(self._written()), self._overrides)

    def to_hcl_terraform(self) -> Any:
        """The element as HCL, with a lifecycle that Terraform takes."""
        return hcl_lifecycle(super().to_hcl_terraform(), self.BLOCK, self.TYPE)

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return laid_over(hcl_body(self._written(), address(self)), self._overrides)

    def _written(self) -> Mapping[str, object]:
        """The arguments, before anything is laid over them."""
        raise NotImplementedError

    def _whole(self) -> Any:
        """The element as the engine's own are: all that the stack's JSON has of it."""
        self.resolve_dependencies()
        fragment = super().to_terraform()
        if self._keeps_arguments:
            for body in fragment.get(self.BLOCK, {}).get(self.TYPE, {}).values():
                body.update(self.to_json())
        return fragment

    @property
    def _keeps_arguments(self) -> bool:
        """Whether the engine knows nothing of the arguments, as a subclass that writes them tells it."""
        return "_synthesize_attributes" not in said_by_itself(type(self))

    if not TYPE_CHECKING:  # the engine says what they take
        # No plain functions, which the engine would ask.
        to_terraform = _Named(_whole)
        _synthesize_attributes = _Named(to_json)

        def add_override(self, path: str, value: object) -> None:
            """Write ``value`` at ``path`` of the element's JSON, ``None`` to take away what is there."""
            if isinstance(value, float) and (lost := lost_token(value)):
                raise InvalidValueError(path, f"the override of {path} in {self.TYPE} holds {lost}.")
            names = path.split(".")
            if self._keeps_arguments and (names[0] in arguments(type(self)) or names[0] == "dynamic"):
                MIXING.require(f"{self.TYPE}.{names[0]}", [value])
                put(self._overrides, names, value)
            else:
                super().add_override(path, value)


@cache
def said_by_itself(kind: type[Stated]) -> frozenset[str]:
    """By which methods a subclass says what its JSON is: the engine asks for them."""
    above = kind.__mro__[: kind.__mro__.index(Stated)]
    return frozenset(
        name for name in ("to_terraform", "_synthesize_attributes") if any(name in vars(base) for base in above)
    )
