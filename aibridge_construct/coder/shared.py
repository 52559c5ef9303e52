"""The base of data sources without arguments, of which a stack needs no more than one."""

from __future__ import annotations

from typing import Self, Unpack

from aibridge_construct._engine import Construct, IConstruct, TerraformDataSource, TerraformStack
from aibridge_construct._stack import per_stack
from aibridge_construct.coder.element import DataSource, MetaArguments

__all__ = ["SharedDataSource"]


class SharedDataSource(DataSource):
    """Base of the data sources that say something of the whole build."""

    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        super().__init__(scope, id, {}, meta)

    @classmethod
    def shared(cls, scope: IConstruct) -> Self:
        """The stack's own, ``data.TYPE.me``, declared at first use."""
        return per_stack(scope, cls._me)

    @classmethod
    def _me(cls, stack: TerraformStack) -> Self:
        made = cls(stack, f"{cls.TYPE.replace('_', '-')}-me")
        TerraformDataSource.override_logical_id(made, "me")  # nobody can have read its address yet
        return made
