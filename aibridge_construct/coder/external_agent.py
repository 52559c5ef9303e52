"""``coder_external_agent``: an agent that is started outside of the template."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Text
from aibridge_construct.rules import AGENT_ID

__all__ = ["CoderExternalAgent"]


class CoderExternalAgent(Resource):
    """Marks an agent that somebody starts by hand, on a machine that the template does not make.

    Coder shows the command to start it with. Needs a premium licence.

    Facts: schema of the coder provider 2.17, resource ``coder_external_agent``. Every change replaces the resource.

    Example::

        CoderExternalAgent(self, "laptop", agent_id=agent.id)
    """

    TYPE: str = "coder_external_agent"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent``."""

    @explain_missing(agent_id="agent.id")
    def __init__(self, scope: Construct, id: str, *, agent_id: str, **meta: Unpack[ResourceMetaArguments]) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent``.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``agent_id`` was left out.
        """
        super().__init__(scope, id, {"agent_id": agent_id}, meta)
