"""``data.coder_provisioner``: the machine that runs Terraform."""

from __future__ import annotations

from typing import Unpack, cast

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import MetaArguments
from aibridge_construct.coder.reading import Computed
from aibridge_construct.coder.shared import SharedDataSource
from aibridge_construct.words import Arch, OperatingSystem

__all__ = ["DataCoderProvisioner"]


class DataCoderProvisioner(SharedDataSource):
    """The machine that runs Terraform, for templates whose workspaces run beside it. Takes no arguments.

    Facts: schema of the coder provider 2.17, data source ``coder_provisioner``.
    """

    TYPE: str = "coder_provisioner"

    os: Computed[OperatingSystem] = cast("Computed[OperatingSystem]", Computed(str))
    """Its operating system: ``linux``, ``darwin`` or ``windows``."""
    arch: Computed[Arch] = cast("Computed[Arch]", Computed(str))
    """Its architecture: ``amd64``, ``armv7`` or ``arm64``."""

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            **meta: Terraform's meta-arguments.
        """
        super().__init__(scope, id, **meta)
