"""``coder_agent_instance``: which machine of a cloud an agent with instance identity runs on."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Text
from aibridge_construct.rules import AGENT_ID

__all__ = ["CoderAgentInstance"]


class CoderAgentInstance(Resource):
    """Which machine an agent runs on, for agents that prove who they are by the machine's identity.

    An agent with ``auth="aws-instance-identity"`` (or Google's or Azure's) has no token; Coder knows it by this.

    Facts: schema of the coder provider 2.17, resource ``coder_agent_instance``. Every change replaces the resource.

    Example::

        CoderAgentInstance(self, "dev", agent_id=agent.id, instance_id=machine.id)
    """

    TYPE: str = "coder_agent_instance"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent``."""
    instance_id: Text = Argument(str)
    """The machine's id in its cloud."""

    @explain_missing(agent_id="agent.id", instance_id="machine.id")
    def __init__(
        self, scope: Construct, id: str, *, agent_id: str, instance_id: str, **meta: Unpack[ResourceMetaArguments]
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent``.
            instance_id: the machine's id in its cloud.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``agent_id`` or ``instance_id`` was left out.
        """
        super().__init__(scope, id, {"agent_id": agent_id, "instance_id": instance_id}, meta)
