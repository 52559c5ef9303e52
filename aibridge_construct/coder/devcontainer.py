"""``coder_devcontainer``: a dev container that the agent starts in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Computed, Text
from aibridge_construct.rules import AGENT_ID

__all__ = ["CoderDevcontainer"]


class CoderDevcontainer(Resource):
    """A dev container in the workspace, which the agent starts by itself. Coder 2.21 or newer.

    It has an agent of its own: scripts, apps and environment variables for the container take :attr:`subagent_id`.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_devcontainer``. Every change replaces it.

    Example::

        container = CoderDevcontainer(self, "project", agent_id=agent.id, workspace_folder="/home/coder/project")
        CoderEnv(self, "editor", agent_id=container.subagent_id, name="EDITOR", value="vi")
    """

    TYPE: str = "coder_devcontainer"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent`` of the workspace."""
    workspace_folder: Text = Argument(str)
    """The folder in the workspace that has the ``devcontainer.json``, not empty."""
    config_path: Text = Argument(str)
    """Path of the ``devcontainer.json``."""

    subagent_id: Computed[str] = Computed(str)
    """The id of the agent in the container."""

    @explain_missing(agent_id="agent.id", workspace_folder='"/home/coder/project"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        workspace_folder: str,
        config_path: str | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent`` of the workspace.
            workspace_folder: the folder in the workspace that has the ``devcontainer.json``, not empty.
            config_path: path of the ``devcontainer.json``. Default: the usual places in the folder.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``agent_id`` or ``workspace_folder`` was left out.
        """
        attributes = {"agent_id": agent_id, "workspace_folder": workspace_folder, "config_path": config_path}
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.not_empty("workspace_folder", given["workspace_folder"], "/home/coder/project")
