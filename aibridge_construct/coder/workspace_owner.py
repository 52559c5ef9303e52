"""``data.coder_workspace_owner``: the user that the workspace belongs to."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import MetaArguments
from aibridge_construct.coder.reading import Computed, ComputedObjects
from aibridge_construct.coder.shared import SharedDataSource

__all__ = ["DataCoderWorkspaceOwner"]


class DataCoderWorkspaceOwner(SharedDataSource):
    """The user that the workspace belongs to. Takes no arguments; the provider reads the build's environment variables.

    ``session_token``, ``ssh_private_key`` and ``oidc_access_token`` are sensitive in the provider's schema, and so
    is every value that Terraform computes from them.

    Facts: schema of the coder provider 2.17, data source ``coder_workspace_owner``.
    """

    TYPE: str = "coder_workspace_owner"

    name: Computed[str] = Computed(str)
    """The user name."""
    full_name: Computed[str] = Computed(str)
    """The name in full, as the user wrote it."""
    email: Computed[str] = Computed(str)
    """The address of the account."""
    groups: Computed[list[str]] = Computed(list[str])
    """Names of the groups that the user is in."""
    ssh_public_key: Computed[str] = Computed(str)
    """The public key that Coder made for the user's Git."""
    ssh_private_key: Computed[str] = Computed(str, sensitive=True)
    """The private key to it, sensitive."""
    session_token: Computed[str] = Computed(str, sensitive=True)
    """Token of the user for the Coder deployment, sensitive; new at every start, empty in an unclaimed prebuild."""
    oidc_access_token: Computed[str] = Computed(str, sensitive=True)
    """The user's token of the OpenID Connect provider, sensitive; empty for other ways to log in."""
    login_type: Computed[str] = Computed(str)
    """How the user logs in, for example ``password``, ``github`` or ``oidc``."""
    rbac_roles: ComputedObjects = ComputedObjects()
    """The roles, a list of ``{name, org_id}``; ``org_id`` is empty for roles of the whole deployment."""

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            **meta: Terraform's meta-arguments.
        """
        super().__init__(scope, id, **meta)
