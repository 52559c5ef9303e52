"""``data.coder_task``: the task that the workspace is built for."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.element import MetaArguments
from aibridge_construct.coder.reading import Computed
from aibridge_construct.coder.shared import SharedDataSource

__all__ = ["DataCoderTask"]


class DataCoderTask(SharedDataSource):
    """The task that the workspace is built for, if it is one. Takes no arguments.

    Facts: schema of the coder provider 2.17, data source ``coder_task``.

    Example::

        task = DataCoderTask(self, "me")
        CoderEnv(self, "prompt", agent_id=agent.id, name="TASK_PROMPT", value=task.prompt)
    """

    TYPE: str = "coder_task"

    prompt: Computed[str] = Computed(str)
    """What the user asked for; empty in a workspace that is no task. Coder 2.28 or newer."""
    enabled: Computed[IResolvable] = Computed(bool)
    """Whether this build is a task's. Coder 2.28 or newer."""

    @explain_missing()
    def __init__(self, scope: Construct, id: str, **meta: Unpack[MetaArguments]) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            **meta: Terraform's meta-arguments.
        """
        super().__init__(scope, id, **meta)
