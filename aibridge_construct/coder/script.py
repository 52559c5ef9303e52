"""``coder_script``: a script that an agent runs on start, on stop or by a schedule."""

from __future__ import annotations

from typing import Unpack

from aibridge_construct._engine import Construct, IResolvable
from aibridge_construct.coder.element import Computed, MetaArguments, Resource
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.inputs import Inputs
from aibridge_construct.rules import SCRIPT_CRON
from aibridge_construct.shell.render import Rendered, shell_text
from aibridge_construct.validation import explain_missing, is_known

__all__ = ["CoderScript"]

#: Bytes of one argument of a process on Linux, its closing zero byte included.
SIZE_LIMIT = 128 * 1024


class CoderScript(Resource):
    """A script that the agent runs in the workspace.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_script``. Every change replaces the
        resource.

    Args:
        scope: the construct to put it into.
        id: its id there.
        agent_id: the ``id`` of the ``coder_agent`` that runs it.
        display_name: what the dashboard calls it.
        script: the text to run. A first line ``#!…`` chooses the interpreter; else it is the user's login shell.
            ``${`` in it is a Terraform expression; write ``$${`` for the shell's own. Line ends of Windows become those
            of Unix, in every shell text.
        icon: URL or path of an icon, for example ``/icon/coder.svg``. Default: none.
        log_path: file in the workspace that keeps the output. Default: a file in the agent's log directory.
        cron: when to run: six fields (seconds, minutes, hours, day of the month, month, day of the week), after a
            time zone if wanted, ``TZ=Europe/Berlin 0 0 9 * * 1-5``. Default: by no schedule.
        run_on_start: run when the workspace starts. Default: false.
        run_on_stop: run when the workspace stops. Default: false.
        start_blocks_login: let nobody log in before it ended. Default: false.
        timeout: seconds after which it is interrupted, at least 1. Default: no limit.
        **meta: Terraform's meta-arguments.

    Raises:
        InvalidValueError: ``cron`` is no such schedule, nothing would ever run the script, logins would wait for a
            script that does not run on start, the timeout is under 1, or the script is too long to be run.
    """

    TYPE = "coder_script"

    agent_id = Computed(str)
    display_name = Computed(str)
    script = Computed(str)

    @explain_missing(agent_id="agent.id", display_name='"My tool"', script='"#!/bin/sh\\necho hello"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        display_name: str,
        script: str,
        icon: str | None = None,
        log_path: str | None = None,
        cron: str | None = None,
        run_on_start: bool | IResolvable | None = None,
        run_on_stop: bool | IResolvable | None = None,
        start_blocks_login: bool | IResolvable | None = None,
        timeout: float | None = None,
        **meta: Unpack[MetaArguments],
    ) -> None:
        if cron is not None:
            SCRIPT_CRON.require(cron)
        if not run_on_start and not run_on_stop and not cron:
            raise InvalidValueError(
                "run_on_start",
                f"coder_script {id!r} would never run: set run_on_start=True, run_on_stop=True "
                "or cron='0 0 9 * * 1-5'.",
            )
        if start_blocks_login and not run_on_start:
            raise InvalidValueError(
                "start_blocks_login",
                f"start_blocks_login of coder_script {id!r} needs run_on_start=True: "
                "logins wait for scripts that run on start.",
            )
        script = str(script) if isinstance(script, Rendered) else shell_text("script", script)
        size = len(script.encode(errors="replace"))
        if size >= SIZE_LIMIT:
            raise InvalidValueError(
                "script",
                f"script of coder_script {id!r} has {size} bytes. The agent hands it to a shell as one argument, which "
                f"Linux limits to {SIZE_LIMIT} bytes: put what is long into the image or a file.",
            )
        if timeout is not None and is_known(timeout) and timeout < 1:
            raise InvalidValueError(
                "timeout",
                f"timeout of coder_script {id!r} must be at least 1 second. Got {timeout}; leave it out for no limit.",
            )
        attributes = {
            "agent_id": agent_id,
            "display_name": display_name,
            "script": script,
            "icon": icon,
            "log_path": log_path,
            "cron": cron,
            "run_on_start": run_on_start,
            "run_on_stop": run_on_stop,
            "start_blocks_login": start_blocks_login,
            "timeout": timeout,
        }
        super().__init__(scope, id, attributes, meta)
        if cron is not None and not is_known(cron):
            inputs = Inputs(self, counted="count" in meta or "for_each" in meta)
            inputs.check(SCRIPT_CRON, cron)
            inputs.enforce_on(self)
