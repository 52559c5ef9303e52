"""``coder_ai_task``: makes a template usable for Coder's tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.blocks import Block, BlockFields
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Computed, Nested, Text

__all__ = ["CoderAiTask", "TaskSidebarApp"]

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_UUID_MEANING = "the id of a coder_app, for example app.id"


@dataclass(frozen=True, kw_only=True)
class TaskSidebarApp(Block):
    """The app beside a task, block ``sidebar_app``. Deprecated by the provider: ``app_id`` says the same.

    Args:
        id: the ``id`` of the ``coder_app``.
    """

    id: str
    """The ``id`` of the ``coder_app``."""


class CoderAiTask(Resource):
    """Makes a template usable for tasks: the app through which people talk to the AI agent in the workspace.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_ai_task``. Every change replaces the
        resource.

    Example::

        task = CoderAiTask(self, "task", app_id=chat.id)
    """

    TYPE: str = "coder_ai_task"

    app_id: Text = Argument(str)
    """The ``id`` of the ``coder_app`` that shows the AI agent."""
    sidebar_app: Nested[TaskSidebarApp] = Argument(TaskSidebarApp)
    """The same as a block."""

    prompt: Computed[str] = Computed(str)
    """What the user asked for. Coder 2.28 or newer."""
    enabled: Computed[IResolvable] = Computed(bool)
    """Whether this build is a task's. Coder 2.28 or newer."""

    @explain_missing()
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        app_id: str | None = None,
        sidebar_app: TaskSidebarApp | BlockFields | IResolvable | None = None,
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            app_id: the ``id`` of the ``coder_app`` that shows the AI agent. Not with ``sidebar_app``.
            sidebar_app: the same as a block. Deprecated by the provider. Not with ``app_id``.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: both ``app_id`` and ``sidebar_app`` were given, or neither, or a literal that is no id.
        """
        super().__init__(scope, id, {"app_id": app_id, "sidebar_app": sidebar_app}, meta)

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse."""
        app_id, sidebar_app = given["app_id"], given["sidebar_app"]
        if app_id is None and sidebar_app is None:
            raise check.refuse("app_id", "is missing: write app_id=app.id, the coder_app that shows the AI agent.")
        if app_id is not None and sidebar_app is not None:
            raise check.refuse("app_id", "cannot be given together with sidebar_app: leave sidebar_app out.")
        check.matches("app_id", app_id, _UUID, _UUID_MEANING)
        if isinstance(sidebar_app, TaskSidebarApp):
            check.matches("sidebar_app.id", sidebar_app.id, _UUID, _UUID_MEANING)
