"""``data.coder_provisioner``: the machine that runs Terraform."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IConstruct, TerraformStack
from aibridge_construct._stack import per_stack
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Computed

__all__ = ["DataCoderProvisioner"]


class DataCoderProvisioner(DataSource):
    """The machine that runs Terraform, for templates whose workspaces run beside it. Takes no arguments.

    Facts: schema of the coder provider 2.17, data source ``coder_provisioner``.

    Args:
        scope: the construct to put it into.
        id: its id there.
        **meta: Terraform's meta-arguments.
    """

    TYPE = "coder_provisioner"

    #: ``linux``, ``darwin`` or ``windows``.
    os = Computed(str)
    #: ``amd64``, ``armv7`` or ``arm64``.
    arch = Computed(str)

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        super().__init__(scope, id, {}, meta)

    @staticmethod
    def shared(scope: IConstruct) -> DataCoderProvisioner:
        """The stack's ``data.coder_provisioner.me``, declared at first use."""
        return per_stack(scope, _me)


def _me(stack: TerraformStack) -> DataCoderProvisioner:
    provisioner = DataCoderProvisioner(stack, "coder-provisioner-me")
    provisioner.override_logical_id("me")
    return provisioner
