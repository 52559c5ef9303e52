"""``coder_script``: a script that an agent runs on start, on stop or by a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from aibridge_construct._engine import Construct, IResolvable, Postcondition
from aibridge_construct.arguments import explain_missing
from aibridge_construct.coder.bodies import bodies_of
from aibridge_construct.coder.checks import Refusals, is_literal
from aibridge_construct.coder.element import Resource, ResourceMetaArguments
from aibridge_construct.coder.reading import Argument, Flag, Number, Text
from aibridge_construct.coder.size import SIZE_LIMIT, has_open_end, known_size
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.inputs import Inputs
from aibridge_construct.rules import AGENT_ID, SCRIPT_CRON
from aibridge_construct.shell.render import Rendered, shell_text
from aibridge_construct.validation import is_known, masked

__all__ = ["CoderScript"]


def _too_long(size: object) -> str:
    return (
        f"has {size} bytes. The agent hands it to a shell as one argument, which Linux limits to {SIZE_LIMIT} bytes: "
        "put what is long into the image or a file."
    )


def _with_unix_lines(script: str) -> str:
    return script if isinstance(script, Rendered) else shell_text("script", script)


class CoderScript(Resource):
    """A script that the agent runs in the workspace.

    Facts: schema and refusals of the coder provider 2.17, resource ``coder_script``. Every change replaces the
        resource.
    """

    TYPE: str = "coder_script"

    agent_id: Text = Argument(str, rule=AGENT_ID)
    """The ``id`` of the ``coder_agent`` that runs it."""
    display_name: Text = Argument(str)
    """What the dashboard calls it."""
    script: Text = Argument(str, convert=_with_unix_lines)
    """The text to run."""
    icon: Text = Argument(str)
    """URL or path of an icon, for example ``/icon/coder.svg``."""
    log_path: Text = Argument(str)
    """File in the workspace that keeps the output."""
    cron: Text = Argument(str)
    """When to run: six fields (seconds, minutes, hours, day of the month, month, day of the week), after a time zone if
    wanted, ``TZ=Europe/Berlin 0 0 9 * * 1-5``.
    """
    run_on_start: Flag = Argument(bool)
    """Run when the workspace starts."""
    run_on_stop: Flag = Argument(bool)
    """Run when the workspace stops."""
    start_blocks_login: Flag = Argument(bool)
    """Let nobody log in before it ended."""
    timeout: Number = Argument(float)
    """Seconds after which it is interrupted, at least 1."""

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
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the ``coder_agent`` that runs it.
            display_name: what the dashboard calls it.
            script: the text to run. A first line ``#!…`` chooses the interpreter; else it is the user's login shell.
                ``${`` in it is a Terraform expression; write ``$${`` for the shell's own. Line ends of Windows become
                those of Unix, in every shell text.
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
        bodies_of(self).note(self, None, self.given("script"))
        if cron is not None and not is_known(cron):
            inputs = Inputs(self, counted=self._instances is not None)
            inputs.check(SCRIPT_CRON, cron, default="")
            inputs.enforce_on(self)

    def replace_attribute(self, name: str, value: object) -> None:
        """As for every element; a schedule that Terraform has to check is there from the beginning."""
        if name == "cron" and not (is_known(value) and is_known(self.given("cron"))):
            raise InvalidValueError(
                "cron", f"cron of {self._what} cannot be assigned: Terraform checks it. Give it at construction."
            )
        before = self.given("script")
        super().replace_attribute(name, value)
        if name == "script":
            now = self.given("script")
            bodies_of(self).note(self, before, now)
            if has_open_end(now) != has_open_end(before):
                self._renew_lifecycle()  # with the postcondition that the new text needs

    def _postconditions(self) -> list[Postcondition]:
        """That a text which Terraform completes with what nobody can foresee is not too long for a shell."""
        if not has_open_end(self._attributes["script"]):
            return []
        condition = f"${{length(base64encode(self.script)) < {-(-SIZE_LIMIT // 3) * 4}}}"
        return [Postcondition(condition=condition, error_message=f"script of {self._what} {_too_long('too many')}")]

    def _written(self) -> Mapping[str, object]:
        script = self.given("script")
        if not isinstance(script, Rendered):
            return self._attributes
        return {**self._attributes, "script": script.with_locals(bodies_of(self).shared)}

    def _check_arguments(self, check: Refusals, given: Mapping[str, Any]) -> None:
        """Refuse what the provider would refuse, and the agent."""
        if given["cron"] is not None:
            SCRIPT_CRON.require(given["cron"])
        if not given["run_on_start"] and not given["run_on_stop"] and not given["cron"]:
            raise InvalidValueError(
                "run_on_start",
                f"{self._what} would never run: set run_on_start=True, run_on_stop=True or cron='0 0 9 * * 1-5'.",
            )
        if given["start_blocks_login"] and not given["run_on_start"]:
            raise InvalidValueError(
                "start_blocks_login",
                f"start_blocks_login of {self._what} needs run_on_start=True: "
                "logins wait for scripts that run on start.",
            )
        size = known_size(given["script"])
        if size >= SIZE_LIMIT:
            raise InvalidValueError("script", f"script of {self._what} {_too_long(size)}")
        timeout = given["timeout"]
        if is_literal(timeout) and not isinstance(timeout, str) and timeout < 1:
            raise check.refuse(
                "timeout", f"must be at least 1 second. Got {masked(timeout)}; leave it out for no limit."
            )
        check.whole_number("timeout", timeout, unit="seconds")
