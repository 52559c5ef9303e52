"""``coder_env``: an environment variable of everything that runs in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack, get_args

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.checks import ENV_NAME, ENV_NAME_MEANING, Refusals
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Choice, Text
from aibridge_construct.rules import AGENT_ID
from aibridge_construct.words import EnvMergeStrategy

__all__ = ["CoderEnv"]


class CoderEnv(Resource):
    """An environment variable of everything that the agent starts.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_env``. Every change replaces the resource.
    """

    TYPE: str = "coder_env"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent``."""
    name: Text = Argument(str)
    """The variable: letters, digits and ``_``, no digit first."""
    value: Text = Argument(str)
    """Its value."""
    merge_strategy: Choice[EnvMergeStrategy] = Choice(get_args(EnvMergeStrategy))
    """What to do where several ``coder_env`` set the same name: ``replace``, ``append`` or ``prepend`` (with a colon
    between), ``error``.
    """

    @explain_missing(agent_id="agent.id", name='"EDITOR"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        name: str,
        value: str | None = None,
        merge_strategy: EnvMergeStrategy | IResolvable | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent``.
            name: the variable: letters, digits and ``_``, no digit first.
            value: its value. Default: the provider's, an empty string.
            merge_strategy: what to do where several ``coder_env`` set the same name: ``replace``, ``append`` or
                ``prepend`` (with a colon between), ``error``. Needs the coder provider 2.14. Default: not written, so
                that older providers take the rest; the provider's own is ``replace``.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: a literal that the provider would refuse.
            MissingArgumentError: ``agent_id`` or ``name`` was left out.
        """
        attributes = {"agent_id": agent_id, "name": name, "value": value, "merge_strategy": merge_strategy}
        super().__init__(scope, id, attributes, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        check.matches("name", given["name"], ENV_NAME, ENV_NAME_MEANING)
