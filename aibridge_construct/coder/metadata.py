"""``coder_metadata``: what the dashboard shows beside a resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.blocks import Block, BlockFields
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Computed, Flag, NestedList, Number, Text

__all__ = ["CoderMetadata", "MetadataItem"]


@dataclass(frozen=True, kw_only=True)
class MetadataItem(Block):
    """One line beside the resource, block ``item``.

    Args:
        key: its name, once per resource.
        value: its text, Markdown with links. Default: null.
        sensitive: hidden until the user asks; the API still gives it to whoever may see the workspace. Default: false.
    """

    key: str
    """Its name, once per resource."""
    value: str | None = None
    """Its text, Markdown with links."""
    sensitive: bool | IResolvable | None = None
    """Hidden until the user asks; the API still gives it to whoever may see the workspace."""

    is_null: ClassVar[Computed[IResolvable]] = Computed(bool)
    """Whether the value is null, read from the resource: ``metadata.item[0].is_null``."""


class CoderMetadata(Resource):
    """What the dashboard shows beside a resource.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_metadata``. Every change replaces it.
    """

    TYPE: str = "coder_metadata"

    resource_id: Text = Argument(str)
    """The ``id`` of the resource that it describes."""
    hide: Flag = Argument(bool)
    """Leave the resource out of the dashboard."""
    icon: Text = Argument(str)
    """URL or path of an icon."""
    daily_cost: Number = Argument(float)
    """What the resource costs in a day, a whole number in the smallest unit of your currency."""
    item: NestedList[MetadataItem] = Argument(MetadataItem, many=True)
    """The lines."""

    @explain_missing(resource_id="container.id")
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resource_id: str,
        hide: bool | IResolvable | None = None,
        icon: str | None = None,
        daily_cost: float | None = None,
        item: Sequence[MetadataItem | BlockFields] | IResolvable | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            resource_id: the ``id`` of the resource that it describes.
            hide: leave the resource out of the dashboard. Default: false.
            icon: URL or path of an icon. Default: none.
            daily_cost: what the resource costs in a day, a whole number in the smallest unit of your currency. Default:
                0.
            item: the lines. Default: none.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``resource_id`` was left out.
        """
        attributes = {
            "resource_id": resource_id,
            "hide": hide,
            "icon": icon,
            "daily_cost": daily_cost,
            "item": item,
        }
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.url("icon", given["icon"])
        check.whole_number("daily_cost", given["daily_cost"])
        check.unique("item", [line.key for line in given["item"] or ()], "the key")
