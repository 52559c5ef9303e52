"""The base of every element of the coder provider: a type is a page of declarations on top of it.

An element is one ``create`` call to the engine; its attributes stay in Python and are handed over when the stack is
synthesized, as JSON or as HCL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, TypedDict, TypeVar, cast, get_origin, overload

from aibridge_construct._engine import (
    Construct,
    ITerraformDependable,
    ITerraformIterator,
    Precondition,
    TerraformCount,
    TerraformDataSource,
    TerraformProvider,
    TerraformResource,
    TerraformResourceLifecycle,
)
from aibridge_construct.coder._agents import id_for, instances_of
from aibridge_construct.coder.requirement import require_coder_provider
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import writable
from aibridge_construct.known import lost_token, texts
from aibridge_construct.validation import refuse_shell_forms

__all__ = ["Block", "Computed", "DataSource", "MetaArguments", "Resource"]

T = TypeVar("T")


class MetaArguments(TypedDict, total=False):
    """Terraform's meta-arguments, which every resource and data source takes; left out, Terraform's defaults hold."""

    depends_on: Sequence[ITerraformDependable] | None
    count: float | TerraformCount | None
    for_each: ITerraformIterator | None
    lifecycle: TerraformResourceLifecycle | None
    provider: TerraformProvider | None


class Computed(Generic[T]):
    """An attribute that can be read: an engine token for ``TYPE.NAME.<attribute>``.

    Args:
        kind: ``str``, ``float``, ``bool``, ``list`` (of strings) or ``dict``.
    """

    def __init__(self, kind: type[T]) -> None:
        self._kind: type = get_origin(kind) or kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, element: None, owner: type) -> Computed[T]: ...
    @overload
    def __get__(self, element: TerraformResource | TerraformDataSource, owner: type) -> T: ...
    def __get__(self, element: TerraformResource | TerraformDataSource | None, owner: type) -> Computed[T] | T:
        if element is None:
            return self
        read: dict[type, Any] = {
            str: element.get_string_attribute,
            float: element.get_number_attribute,
            bool: element.get_boolean_attribute,
            list: element.get_list_attribute,
            dict: element.get_any_map_attribute,
        }
        return cast("T", read[self._kind](self._name))


@dataclass(frozen=True, kw_only=True)
class Block:
    """Base of nested blocks: a dataclass whose fields are the block's attributes; ``None`` leaves one out."""

    def attributes(self) -> dict[str, object]:
        """The block's attributes that are set, in the order of declaration."""
        return _given({each.name: getattr(self, each.name) for each in fields(self)})


class _Element:
    """What resources and data sources have in common, mixed in before the engine's class."""

    #: The type's name in Terraform, for example ``coder_script``.
    TYPE: ClassVar[str]
    _attributes: dict[str, object]

    def _synthesize_attributes(self) -> dict[str, Any]:
        return {name: _json(value) for name, value in self._attributes.items()}

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return {name: _hcl(value) for name, value in self._attributes.items()}


class Resource(_Element, TerraformResource):
    """Base of the provider's resources."""

    id = Computed(str)

    def __init__(self, scope: Construct, id: str, attributes: Mapping[str, object], meta: MetaArguments) -> None:
        self._attributes = _given(attributes)
        _refuse_unreadable(self.TYPE, id, self._attributes)
        if "agent_id" in self._attributes:
            agent_id = cast("str", self._attributes["agent_id"])
            self._attributes["agent_id"] = id_for(scope, agent_id, f"{self.TYPE} {id!r}", instances_of(meta))
        self._lifecycle = meta.get("lifecycle") or TerraformResourceLifecycle()
        super().__init__(scope, id, terraform_resource_type=self.TYPE, **meta)
        require_coder_provider(scope)

    def replace_attribute(self, name: str, value: object) -> None:
        """Give the argument ``name`` another value, before the stack is synthesized."""
        self._attributes[name] = value

    def add_preconditions(self, conditions: Iterable[tuple[str, str]]) -> None:
        """Add preconditions to the resource's lifecycle.

        Args:
            conditions: pairs of a Terraform expression, ``${…}``, that must hold before Terraform touches the
                resource, and of what Terraform says otherwise.
        """
        more = [Precondition(condition=condition, error_message=message) for condition, message in conditions]
        if more:
            before = self._lifecycle
            self._lifecycle = TerraformResourceLifecycle(
                create_before_destroy=before.create_before_destroy,
                ignore_changes=before.ignore_changes,
                postcondition=before.postcondition,
                precondition=[*(before.precondition or []), *more],
                prevent_destroy=before.prevent_destroy,
                replace_triggered_by=before.replace_triggered_by,
            )
            self.lifecycle = self._lifecycle

    def to_hcl_terraform(self) -> Any:
        """The resource as HCL, with conditions as blocks: the engine would write them as attributes."""
        fragment = super().to_hcl_terraform()
        for body in fragment.get("resource", {}).get(self.TYPE, {}).values():
            lifecycle = body.get("lifecycle") or {}
            for kind in lifecycle.keys() & {"precondition", "postcondition"}:
                lifecycle[kind] = {
                    "value": lifecycle[kind],
                    "isBlock": True,
                    "type": "list",
                    "storageClassType": "objectList",
                }
            if lifecycle:
                body["lifecycle"] = {"value": lifecycle, "isBlock": True, "type": "object"}
        return fragment

    @property
    def address(self) -> str:
        """The resource's address in the stack, ``TYPE.NAME``."""
        return f"{self.TYPE}.{self.friendly_unique_id}"


class DataSource(_Element, TerraformDataSource):
    """Base of the provider's data sources."""

    id = Computed(str)

    def __init__(self, scope: Construct, id: str, attributes: Mapping[str, object], meta: MetaArguments) -> None:
        self._attributes = _given(attributes)
        _refuse_unreadable(self.TYPE, id, self._attributes)
        super().__init__(scope, id, terraform_resource_type=self.TYPE, **meta)
        require_coder_provider(scope)

    @property
    def address(self) -> str:
        """The data source's address in the stack, ``data.TYPE.NAME``."""
        return f"data.{self.TYPE}.{self.friendly_unique_id}"


def _given(attributes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in attributes.items() if value is not None}


def _refuse_unreadable(type: str, id: str, attributes: Mapping[str, object]) -> None:
    """Refuse what the engine would not find again, and what Terraform would read though a shell was meant."""
    for name, value in attributes.items():
        for text in texts(value):
            refuse_shell_forms(name, text, f"{type} {id!r}")
        if lost := lost_token(value):
            raise InvalidValueError(name, f"{name} of {type} {id!r} holds {lost}.")


def _is_blocks(value: object) -> bool:
    return isinstance(value, Block) or (isinstance(value, list | tuple) and any(isinstance(v, Block) for v in value))


def _json(value: object) -> object:
    if isinstance(value, Block):
        return {name: _json(inner) for name, inner in value.attributes().items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value


def _hcl(value: object) -> dict[str, object]:
    """The engine's description of an attribute for its HCL writer."""
    if _is_blocks(value):
        blocks = [value] if isinstance(value, Block) else list(cast("Sequence[Block]", value))
        inner = [{name: _hcl(v) for name, v in block.attributes().items()} for block in blocks]
        return {"value": inner, "isBlock": True, "type": "list", "storageClassType": "objectList"}
    if isinstance(value, Mapping):
        texts = {key: _writable(inner) for key, inner in value.items()}
        return {"value": texts, "isBlock": False, "type": "map", "storageClassType": "stringMap"}
    if isinstance(value, list | tuple):
        items = [_writable(inner) for inner in value]
        return {"value": items, "isBlock": False, "type": "list", "storageClassType": "stringList"}
    kind = "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"
    return {"value": _writable(value), "isBlock": False, "type": "simple", "storageClassType": kind}


def _writable(value: object) -> object:
    return writable(value) if isinstance(value, str) else value
