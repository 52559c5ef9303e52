"""``data.coder_workspace``: the workspace that is being built."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IConstruct, TerraformStack
from aibridge_construct._stack import per_stack
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Computed

__all__ = ["DataCoderWorkspace"]


class DataCoderWorkspace(DataSource):
    """The workspace that is being built. Takes no arguments; the provider reads the build's environment variables.

    Facts: schema of the coder provider 2.17, data source ``coder_workspace``.

    Args:
        scope: the construct to put it into.
        id: its id there.
        **meta: Terraform's meta-arguments.
    """

    TYPE = "coder_workspace"

    name = Computed(str)
    access_url = Computed(str)
    access_port = Computed(float)
    start_count = Computed(float)
    transition = Computed(str)
    prebuild_count = Computed(float)
    is_prebuild = Computed(bool)
    is_prebuild_claim = Computed(bool)
    template_id = Computed(str)
    template_name = Computed(str)
    template_version = Computed(str)

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        super().__init__(scope, id, {}, meta)

    @staticmethod
    def shared(scope: IConstruct) -> DataCoderWorkspace:
        """The stack's ``data.coder_workspace.me``, declared at first use."""
        return per_stack(scope, _me)


def _me(stack: TerraformStack) -> DataCoderWorkspace:
    workspace = DataCoderWorkspace(stack, "coder-workspace-me")
    workspace.override_logical_id("me")
    return workspace
