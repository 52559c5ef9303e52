"""``data.coder_workspace``: the workspace that is being built."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import MetaArguments
from aibridge_construct.coder.reading import Computed
from aibridge_construct.coder.shared import SharedDataSource

__all__ = ["DataCoderWorkspace"]


class DataCoderWorkspace(SharedDataSource):
    """The workspace that is being built. Takes no arguments; the provider reads the build's environment variables.

    Facts: schema of the coder provider 2.17, data source ``coder_workspace``.
    """

    TYPE: str = "coder_workspace"

    name: Computed[str] = Computed(str)
    """Its name."""
    access_url: Computed[str] = Computed(str)
    """URL of the Coder deployment, as workspaces reach it."""
    access_port: Computed[float] = Computed(float)
    """The port of that URL."""
    start_count: Computed[float] = Computed(float)
    """1 in a build that starts the workspace, 0 in one that stops it: the ``count`` of what runs only meanwhile."""
    transition: Computed[str] = Computed(str)
    """What the build does: ``start`` or ``stop``."""
    prebuild_count: Computed[float] = Computed(float)
    """1 in a prebuilt workspace that nobody has claimed yet, else 0."""
    is_prebuild: Computed[IResolvable] = Computed(bool)
    """Whether this is a prebuilt workspace that nobody has claimed yet."""
    is_prebuild_claim: Computed[IResolvable] = Computed(bool)
    """Whether a user claims a prebuilt workspace with this build."""
    template_id: Computed[str] = Computed(str)
    """The id of the template."""
    template_name: Computed[str] = Computed(str)
    """The name of the template."""
    template_version: Computed[str] = Computed(str)
    """The name of the template's version."""

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            **meta: Terraform's meta-arguments.
        """
        super().__init__(scope, id, **meta)
