"""The resource coder_ai_task and the data source coder_task of the coder stand-in."""

from __future__ import annotations

import re
import uuid

from aibridge_construct.testing.providers.checks import is_uuid, refuse_together
from aibridge_construct.testing.providers.declare import (
    BOOL,
    Build,
    DataSource,
    Refusal,
    Resource,
    Values,
    block,
    computed,
    optional,
    required,
)
from aibridge_construct.testing.providers.go import quoted

__all__ = ["AI_TASK", "TASK"]


_HYPHENATED = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _validate_ai_task(values: Values) -> None:
    refuse_together(values, "app_id", "sidebar_app")
    refuse_together(values, "sidebar_app", "app_id")


def _create_ai_task(values: Values, build: Build) -> Values:
    try:
        task = _task_id(build.environ.get("CODER_TASK_ID", ""))
    except Refusal:  # it creates one all the same
        task = None
    sidebar = values["sidebar_app"] or [{"id": None}]
    app = values["app_id"] or sidebar[0]["id"]
    if not app:
        raise Refusal("'app_id' must be set")
    return {
        "id": str(task or uuid.uuid4()),
        "enabled": task is not None,
        "prompt": build.environ.get("CODER_TASK_PROMPT") or None,
        "app_id": app,
    }


def _task_id(text: str) -> uuid.UUID | None:
    """The task that this build is for; none where there is none.

    Raises:
        Refusal: the text is neither empty nor a UUID: plain, with hyphens, in brackets or as a URN.
    """
    if not text:
        return None
    stripped = {32: text, 36: text, 38: text[1:-1], 45: text[9:]}.get(len(text))
    if stripped is None:
        raise Refusal(f"invalid UUID length: {len(text)}")
    if len(text) == 45 and not text.lower().startswith("urn:uuid:"):
        raise Refusal(f"invalid urn prefix: {quoted(text[:9])}")
    if not re.fullmatch("[0-9a-f]{32}" if len(text) == 32 else _HYPHENATED, stripped, re.IGNORECASE):
        raise Refusal("invalid UUID format")
    return uuid.UUID(stripped) if uuid.UUID(stripped).int else None


AI_TASK = Resource(
    "coder_ai_task",
    [
        computed("id"),
        optional("app_id", computed=True, check=is_uuid),
        computed("prompt"),
        computed("enabled", BOOL),
    ],
    [block("sidebar_app", [required("id", check=is_uuid)], nesting="set", max_items=1, deprecated=True)],
    force_new=True,
    validate=_validate_ai_task,
    create=_create_ai_task,
)


def _read_task(values: Values, build: Build) -> Values:
    text = build.environ.get("CODER_TASK_ID", "")
    task = _task_id(text)
    return {
        "id": text if task else str(uuid.uuid4()),
        "enabled": task is not None,
        "prompt": build.environ.get("CODER_TASK_PROMPT", ""),
    }


TASK = DataSource("coder_task", [computed("id"), computed("prompt"), computed("enabled", BOOL)], read=_read_task)
