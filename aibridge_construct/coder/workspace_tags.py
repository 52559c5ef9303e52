"""``data.coder_workspace_tags``: which provisioners may build the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Argument, TextMap

__all__ = ["DataCoderWorkspaceTags"]


class DataCoderWorkspaceTags(DataSource):
    """Tags of the workspace, by which Coder chooses the provisioner that builds it.

    Coder reads them before it plans, so a value may refer to parameters, variables and locals only.

    Facts: schema of the coder provider 2.17, data source ``coder_workspace_tags``.

    Example::

        DataCoderWorkspaceTags(self, "tags", tags={"cluster": "eu", "environment": environment.value})
    """

    TYPE: str = "coder_workspace_tags"

    tags: TextMap = Argument(dict[str, str])
    """The tags, name to value."""

    @explain_missing()
    def __init__(
        self, scope: Construct, id: str, *, tags: Mapping[str, str] | None = None, **meta: Unpack[MetaArguments]
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            tags: the tags, name to value. Default: none.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a tag is no string.
        """
        super().__init__(scope, id, {"tags": tags}, meta)
