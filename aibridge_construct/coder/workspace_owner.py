"""``data.coder_workspace_owner``: the user that the workspace belongs to."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IConstruct, TerraformStack
from aibridge_construct._stack import per_stack
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import DataSource, MetaArguments
from aibridge_construct.coder.reading import Computed, ComputedObjects

__all__ = ["DataCoderWorkspaceOwner"]


class DataCoderWorkspaceOwner(DataSource):
    """The user that the workspace belongs to. Takes no arguments; the provider reads the build's environment variables.

    ``session_token``, ``ssh_private_key`` and ``oidc_access_token`` are sensitive in the provider's schema, and so
    is every value that Terraform computes from them.

    Facts: schema of the coder provider 2.17, data source ``coder_workspace_owner``.

    Args:
        scope: the construct to put it into.
        id: its id there.
        **meta: Terraform's meta-arguments.
    """

    TYPE = "coder_workspace_owner"

    name = Computed(str)
    full_name = Computed(str)
    email = Computed(str)
    groups = Computed(list[str])
    ssh_public_key = Computed(str)
    ssh_private_key = Computed(str, sensitive=True)
    session_token = Computed(str, sensitive=True)
    oidc_access_token = Computed(str, sensitive=True)
    login_type = Computed(str)
    #: The roles, a list of ``{name, org_id}``; ``org_id`` is empty for roles of the whole deployment.
    rbac_roles = ComputedObjects()

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        super().__init__(scope, id, {}, meta)

    @staticmethod
    def shared(scope: IConstruct) -> DataCoderWorkspaceOwner:
        """The stack's ``data.coder_workspace_owner.me``, declared at first use."""
        return per_stack(scope, _me)


def _me(stack: TerraformStack) -> DataCoderWorkspaceOwner:
    owner = DataCoderWorkspaceOwner(stack, "coder-workspace-owner-me")
    owner.override_logical_id("me")
    return owner
