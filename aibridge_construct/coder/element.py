"""The base of every element of the coder provider: a type is a page of declarations on top of it.

An element is one ``create`` call to the engine; its attributes stay in Python and are handed over when the stack is
synthesized: as JSON all at once, by the stack's requirement of the provider, or one by one as HCL.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from aibridge_construct._engine import (
    MIXING,
    Construct,
    Postcondition,
    Precondition,
    TerraformDataSource,
    TerraformResource,
    TerraformResourceLifecycle,
)
from aibridge_construct._stack import placed
from aibridge_construct.arguments import introduce
from aibridge_construct.choices import nearest
from aibridge_construct.coder._agents import has_agents, id_for
from aibridge_construct.coder._dependencies import Dependencies
from aibridge_construct.coder._instances import Instances
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.meta import (
    MetaArguments,
    ResourceMetaArguments,
    as_lifecycle,
    merged,
)
from aibridge_construct.coder.reading import Computed
from aibridge_construct.coder.requirement import require_coder_provider
from aibridge_construct.coder.stated import Stated
from aibridge_construct.coder.taking import arguments, taken
from aibridge_construct.errors import ConflictError, InvalidValueError, UnknownArgumentError

__all__ = ["DataSource", "Element", "MetaArguments", "Resource", "ResourceMetaArguments", "arguments"]


class Element(Stated):
    """What resources and data sources have in common, mixed in before the engine's class."""

    TF_RESOURCE_TYPE: str
    """The type's name in Terraform, under the name that generated bindings use."""
    _attributes: dict[str, object]
    _conditions: list[Precondition]
    _of_agent: list[Precondition]
    _instances: Instances | None
    _lifecycle: TerraformResourceLifecycle

    if TYPE_CHECKING:
        # The engine's classes have them.
        depends_on: list[str] | None
        lifecycle: TerraformResourceLifecycle | None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        introduce(cls)
        if "TYPE" in vars(cls):
            cls.TF_RESOURCE_TYPE = cls.TYPE

    @property
    def address(self) -> str:
        """The address in the stack: ``TYPE.NAME``, of a data source ``data.TYPE.NAME``."""
        data = "data." if self.BLOCK == "data" else ""
        return f"{data}{self.TYPE}.{self.friendly_unique_id}"

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse, at construction and at every assignment.

        Args:
            check: raises the errors.
            given: every argument by name, ``None`` where there is none.
        """

    def given(self, name: str) -> object:
        """The argument ``name`` as it was given, or ``None``; blocks are :class:`Block` objects."""
        return self._attributes.get(name)

    def replace_attribute(self, name: str, value: object) -> None:
        """Give the argument ``name`` another value, before the stack is synthesized; ``None`` takes it away.

        Raises:
            InvalidValueError: the provider would refuse it, or needs one.
        """
        if value is None and inspect.signature(type(self).__init__).parameters[name].default is inspect.Parameter.empty:
            raise InvalidValueError(name, f"{name} of {self._what} cannot be taken away: the provider needs it.")
        MIXING.require(self._what, [value])
        attributes = self._checked({**self._attributes, name: value})
        if name == "agent_id":
            self._belong_to(value)
        self._attributes = attributes

    def override_logical_id(self, new_logical_id: str) -> None:
        """Give the element this name in Terraform, right after construction.

        Raises:
            ConflictError: its address was read already, and stands elsewhere: the engine would keep the old name.
        """
        super().override_logical_id(new_logical_id)
        if self.friendly_unique_id != new_logical_id:
            raise ConflictError(
                f"{self._what} is in use as {self.TYPE}.{self.friendly_unique_id} already: call "
                f'override_logical_id("{new_logical_id}") right after its construction, before anything reads from it.'
            )

    def add_preconditions(self, conditions: Iterable[tuple[str, str]]) -> None:
        """Add preconditions to the element's lifecycle; they stay when another one is assigned.

        Args:
            conditions: pairs of a Terraform expression, ``${…}``, that must hold before Terraform touches the
                element, and of what Terraform says otherwise.
        """
        if more := _preconditions(conditions):
            self._conditions = [*self._conditions, *more]
            self._renew_lifecycle()

    def _postconditions(self) -> list[Postcondition]:
        """What Terraform is to check of the arguments that only it knows; for a type to say."""
        return []

    def _renew_lifecycle(self) -> None:
        """Write the lifecycle again, with the conditions that there are now."""
        self.lifecycle = self._lifecycle

    @property
    def _what(self) -> str:
        # A construct that is made of elements speaks for them: their names are none that its user wrote.
        spoken_for: Mapping[str, str] = getattr(self._scope, "_speaks_for", {})
        return spoken_for.get(self._called) or f"{self.TYPE} {self._called!r}"

    def _take(self, scope: Construct, id: str, attributes: Mapping[str, object], meta: Mapping[str, Any]) -> Any:
        """Keep the attributes; returns the meta-arguments as the engine wants them."""
        self._scope = scope
        self._called = id
        MIXING.require(self._what, [scope, attributes, meta])
        self._instances = self._instances_of(meta)
        self._overrides: dict[str, Any] = {}
        self._is_away = False
        self._made_by = {name: meta.get(name) for name in ("count", "for_each")}
        self._attributes = self._checked(attributes)
        self._agent_id = attributes.get("agent_id")
        self._of_agent = self._with_agents(self._agent_id)
        self._conditions = [*self._of_agent]
        self._lifecycle = as_lifecycle(self._what, meta.get("lifecycle"))
        self._dependencies = Dependencies(self._what, meta.get("depends_on"))
        engine = {name: value for name, value in meta.items() if value is not None}
        if "depends_on" in engine:
            engine["depends_on"] = self._dependencies.elements
        promised = self._postconditions()
        if "lifecycle" in engine or self._conditions or promised:
            engine["lifecycle"] = merged(self._lifecycle, self._conditions, promised)
        return engine

    def _belong_to(self, agent_id: object) -> None:
        of_agent = self._with_agents(agent_id)
        self._agent_id = agent_id
        if of_agent != self._of_agent:
            self._conditions = [*of_agent, *(each for each in self._conditions if each not in self._of_agent)]
            self._of_agent = of_agent
            self._renew_lifecycle()

    def _count_again(self, name: str, value: object) -> None:
        """Follow a ``count`` or ``for_each`` that is assigned."""
        made_by = {**self._made_by, name: value}
        if None not in made_by.values():
            raise InvalidValueError(
                name, f"{name} of {self._what} cannot be given together with the other: set the other to None first."
            )
        before = self._instances
        self._instances = self._instances_of(made_by)
        try:
            if self._agent_id is not None:
                self._attributes = self._checked({**self._attributes, "agent_id": self._agent_id})
                self._belong_to(self._agent_id)
        except InvalidValueError:
            self._instances = before
            raise
        self._made_by = made_by

    def _instances_of(self, meta: Mapping[str, Any]) -> Instances | None:
        instances = Instances.of(meta)
        if instances is not None:
            instances.require_whole(self._what)
        return instances

    def _with_agents(self, agent_id: object) -> list[Precondition]:
        """What must hold for each instance to have its agent."""
        if self._instances is None or not isinstance(agent_id, str):
            return []
        return _preconditions(has_agents(self._scope, agent_id, self._what, self._instances))

    def _checked(self, attributes: Mapping[str, object]) -> dict[str, object]:
        check = Refusals(self._what)
        given = {
            name: taken(argument, check, self._scope, attributes.get(name))
            for name, argument in arguments(type(self)).items()
        }
        self._check_arguments(check, given)
        if given.get("agent_id") is not None:
            given["agent_id"] = id_for(self._scope, given["agent_id"], self._what, self._instances)
        return {name: value for name, value in given.items() if value is not None}

    def _written(self) -> Mapping[str, object]:
        """The attributes as the stack has them."""
        return self._attributes

    if not TYPE_CHECKING:  # a checker that saw it would let every name pass

        def __setattr__(self, name: str, value: object) -> None:
            if name == "lifecycle" and "_conditions" in vars(self):
                MIXING.require(self._what, [value])
                self._lifecycle = as_lifecycle(self._what, value)
                value = merged(self._lifecycle, self._conditions, self._postconditions())
            elif name in ("count", "for_each") and "_conditions" in vars(self):
                self._count_again(name, value)
            elif name == "depends_on" and "_conditions" in vars(self):
                self._dependencies = Dependencies(self._what, value, assigned=True)
                value = None if value is None else self._dependencies.for_engine
            elif not name.startswith("_") and "TYPE" in vars(type(self)) and not hasattr(type(self), name):
                known = [each for each in dir(type(self)) if not each.startswith("_")]
                owner = type(self).__name__
                raise UnknownArgumentError(name, f"{owner} has no attribute {name}. {nearest(name, known)}")
            super().__setattr__(name, value)


class Resource(Element, TerraformResource):
    """Base of the provider's resources."""

    BLOCK: Literal["resource", "data"] = "resource"

    id: Computed[str] = Computed(str)
    """The id that the provider gives it."""

    def __init__(
        self, scope: Construct, id: str, attributes: Mapping[str, object], meta: ResourceMetaArguments
    ) -> None:
        super().__init__(scope, id, terraform_resource_type=self.TYPE, **self._take(scope, id, attributes, meta))
        placed(self, scope)
        require_coder_provider(scope).speak_for(self)

    def move_to(self, move_target: str, index: str | float | None = None) -> None:
        """Have Terraform move the resource to the one with this target: another element declares it from now on."""
        super().move_to(move_target, index)
        self._is_away = True

    def move_to_id(self, id: str) -> None:
        """Have Terraform move the resource to this address: another element declares it from now on."""
        super().move_to_id(id)
        self._is_away = True


class DataSource(Element, TerraformDataSource):
    """Base of the provider's data sources."""

    BLOCK: Literal["resource", "data"] = "data"

    id: Computed[str] = Computed(str)
    """The id that the provider gives it."""

    def __init__(self, scope: Construct, id: str, attributes: Mapping[str, object], meta: MetaArguments) -> None:
        super().__init__(scope, id, terraform_resource_type=self.TYPE, **self._take(scope, id, attributes, meta))
        placed(self, scope)
        require_coder_provider(scope).speak_for(self)


def _preconditions(conditions: Iterable[tuple[str, str]]) -> list[Precondition]:
    return [Precondition(condition=condition, error_message=message) for condition, message in conditions]
