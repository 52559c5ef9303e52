"""``data.coder_external_auth``: a service, such as GitHub, that users must log in to before they get a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Argument, Computed, Flag, Text

__all__ = ["DataCoderExternalAuth"]


class DataCoderExternalAuth(DataSource):
    """A service that users must have logged in to before they get a workspace, and the owner's token for it.

    Facts: schema and refusals of the coder provider 2.17, data source ``coder_external_auth``.

    Example::

        github = DataCoderExternalAuth(self, "github", id="github")
    """

    TYPE: str = "coder_external_auth"

    id: Text = Argument(str)
    """The id of the service in the deployment's configuration, not empty."""
    optional: Flag = Argument(bool)
    """Users may go on without."""

    access_token: Computed[str] = Computed(str, sensitive=True)
    """The owner's token for the service, sensitive; empty if the owner did not log in."""

    @explain_missing(id='"github"')
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        id: str,
        optional: bool | IResolvable | None = None,
        **meta: Unpack[MetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id_: its id there.
            id: the id of the service in the deployment's configuration, not empty.
            optional: users may go on without. Default: false.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``id`` was left out.
        """
        super().__init__(scope, id_, {"id": id, "optional": optional}, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.not_empty("id", given["id"], "github")
