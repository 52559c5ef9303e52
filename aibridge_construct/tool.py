"""``ProxiedTool``: a command that runs behind the proxy or asks the gateway, and it alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TypeGuard, get_args

from aibridge_construct._engine import Construct, ITerraformDependable, implements_dependable, warn
from aibridge_construct._stack import placed
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.choices import a_switch, refused
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.coder.size import MOST_NAMES
from aibridge_construct.detours import EVERY_RUNTIME, Detours
from aibridge_construct.environment import Runtime, host_warnings, needs_bundle
from aibridge_construct.errors import InvalidValueError, MissingArgumentError
from aibridge_construct.gateway import Gateway
from aibridge_construct.inputs import Inputs
from aibridge_construct.ordering import HasSyncUnit, declare_unit, unit_names
from aibridge_construct.placement import CountArgument, Placement
from aibridge_construct.proxy import AIBridgeProxy
from aibridge_construct.route import Route
from aibridge_construct.rules import AGENT_ID, LOG_PATH, SYNC_UNIT, WORKING_DIRECTORY
from aibridge_construct.shell.render import (
    Body,
    Expression,
    as_template,
    body,
    function,
    render,
    shell_file,
    shell_text,
    words,
)
from aibridge_construct.validation import is_known, masked
from aibridge_construct.words import ClientName, GatewayProvider, OnUnavailable, RuntimeName

__all__ = ["ProxiedTool"]

#: How long a tool waits for the units that it wants, in seconds: a tool before it may install something first.
SYNC_SECONDS = 600


@implements_dependable
@sealed
class ProxiedTool(Construct):
    """A command of the workspace whose own process goes through the AI Bridge Proxy, or asks the AI Gateway.

    Its ``coder_script`` waits until the proxy is set up, checks the certificate, sets the variables for the
    command's process and nothing else, and runs it. The command's exit status is the script's. Certificates and
    direct hosts that the workspace has set by itself when the command starts are kept, and ours added.

    Example::

        ProxiedTool(self, "review", proxy=proxy, command=["npx", "some-ai-cli", "--help"], runtimes=["node"])

    With ``gateway``, the process gets the address of the deployment's AI Gateway as base URL of the providers, and the
    owner's token as their key; beside a proxy, which catches what does not ask the gateway, or without one::

        ProxiedTool(self, "claude", agent_id=agent.id, gateway=["anthropic"], command=["claude", "-p", "Say hello"])
    """

    @explain_missing(command='["some-ai-cli", "--help"]')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        command: str | Sequence[str],
        proxy: AIBridgeProxy | None = None,
        gateway: Sequence[GatewayProvider] | None = None,
        agent_id: str | None = None,
        runtimes: Sequence[Runtime | RuntimeName] = EVERY_RUNTIME,
        client: ClientName | None = None,
        working_directory: str | None = None,
        display_name: str | None = None,
        icon: str | None = None,
        background: bool = False,
        log_path: str | None = None,
        wait_seconds: int = 120,
        on_unavailable: OnUnavailable = "fail",
        after: Sequence[HasSyncUnit | str] = (),
        sync_unit: str | None = None,
        no_proxy: Sequence[str] | None = None,
        cron: str | None = None,
        run_on_start: bool = True,
        start_blocks_login: bool | None = None,
        timeout: float | None = None,
        count: CountArgument | None = None,
        depends_on: Sequence[ITerraformDependable | Construct] | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            proxy: the proxy to go through; the tool runs on the same agent. May be left out with ``gateway``.
            gateway: the AI providers whose place the deployment's AI Gateway takes: ``anthropic``, ``openai``. For
                programs that read a base URL from their environment. Default: none.
            agent_id: the ``id`` of the ``coder_agent`` that runs the tool, where there is no proxy to tell.
            command: what to run. A list is one command, each item quoted; a string is shell text, run by ``sh -c``. As
                everywhere in Terraform, ``${`` and ``%{`` begin an expression: write ``$${HOME}`` and ``%%{http_code}``
                for what the command is to see.
            runtimes: what the command is made with, any of ``node``, ``python``, ``openssl``, ``curl``, ``go``,
                ``git``, ``rust``, ``bun``, ``deno``, ``java``, ``wget``, ``all``; it decides the certificate variables.
                Default: all of them, with ``client`` what that is made with.
            client: name of the client that the command is, in the place of ``runtimes`` or beside them:
                ``claude-code``, ``codex``, ``gemini-cli`` … (docs/clients.md has all). One that is known to go past the
                proxy is refused: here, or where the workspace's Node.js is too old for it, as ``on_unavailable`` says.
                Default: none.
            working_directory: absolute path to run in. Default: the agent's directory.
            display_name: what the dashboard calls the script. Default: the id.
            icon: icon of the script in the dashboard. Default: none.
            background: let the script end when the tool has started, and the tool go on with a log file of its own.
            log_path: absolute path of that log file; for ``background`` only. Default: ``<unit>.log`` in the script's
                data directory.
            wait_seconds: how long to wait for the certificate where startup coordination is missing, and for a gateway
                that is busy, in whole seconds from 1 to 3600.
            on_unavailable: what to do without a certificate, or without the gateway: ``"fail"`` with a message that
                names the proxy's script, or ``"direct"``: run all the same and say loudly that the traffic is not
                governed.
            after: what else to wait for: proxies, tools, or names of startup units of the same agent.
            sync_unit: name of the tool's own startup unit. Default: ``aibridge-tool-<id>``, with ``-`` in the place of
                what a unit's name does not take.
            no_proxy: hosts that the command reaches directly, beside loopback, the host of the Coder deployment and
                what the workspace has in ``NO_PROXY``. Default: no more.
            cron: when to run besides: six fields, seconds first, ``0 0 9 * * 1-5``. Default: by no schedule.
            run_on_start: run when the workspace starts.
            start_blocks_login: let nobody log in before it ended.
            timeout: seconds after which the script is interrupted, at least 1. Default: no limit.
            count: how many instances of the script there are: a whole number, a ``TerraformCount`` or an expression.
                Default: as many as the proxy's has.
            depends_on: what Terraform creates first.

        Raises:
            InvalidValueError: a literal breaks a rule, or arguments contradict each other.
            MissingArgumentError: ``command`` was left out, or ``proxy`` and ``gateway`` both, or ``agent_id`` without a
                proxy.
        """
        detours = Detours(runtimes, client, command=command, has_gateway=gateway is not None)
        chosen = detours.runtimes
        route = None if proxy is None else Route.of(proxy, scope)
        if route is None:
            _refuse_what_needs_a_proxy(gateway, agent_id, runtimes=runtimes, client=client, no_proxy=no_proxy)
        elif agent_id is not None:
            raise InvalidValueError(
                "agent_id", "agent_id is for a tool without proxy=…: with one the tool runs on the proxy's agent."
            )
        on_agent = route.agent_id if route else str(agent_id)
        _check(
            command,
            wait_seconds,
            on_unavailable,
            background=background,
            log_path=log_path,
            run_on_start=run_on_start,
            cron=cron,
        )
        unit = SYNC_UNIT.require(_unit_of(id) if sync_unit is None else sync_unit)
        wanted = list(dict.fromkeys([*([route.sync_unit] if route else []), *unit_names(after)]))
        asked = None if gateway is None else Gateway(scope, gateway, command=command)
        super().__init__(scope, id)
        placed(self, scope)
        self._sync_unit = unit
        self._speaks_for = {"run": f"{type(self).__name__} {id!r}"}
        place = Placement(
            self,
            self._speaks_for["run"],
            agent_id=on_agent,
            count=route.count if route and count is None else count,
            depends_on=depends_on,
        )
        inputs = Inputs(self, counted=place.count is not None)
        if route is None and not place.agent_is_known:
            inputs.check(AGENT_ID, place.agent_id)
        name = display_name or id
        for want in wanted:
            inputs.check(SYNC_UNIT, want)
        shown = inputs.text("display_name", name, default=id)
        values: dict[str, str | Expression] = {
            "aibridge_name": shown,
            "aibridge_unit": inputs.check(SYNC_UNIT, unit, default=f"aibridge-tool-{id}"),
            "aibridge_wants": inputs.text("after", " ".join(wanted)),
            "aibridge_before_claim": Route.before_claim,
            "aibridge_proxy_name": inputs.text("proxy_name", route.setup_name) if route else "",
            "aibridge_cert_path": route.certificate if route else "",
            "aibridge_bundle_path": route.bundle if route and needs_bundle(chosen) else "",
            **detours.values(route.proxy_url if route else ""),
            "aibridge_gateways": "",
            "aibridge_on_unavailable": on_unavailable,
            "aibridge_wait_seconds": str(wait_seconds),
            "aibridge_sync_seconds": str(SYNC_SECONDS),
            "aibridge_background": "true" if background else "false",
            "aibridge_log_path": inputs.check(LOG_PATH, log_path, default="") if log_path is not None else "",
            "aibridge_working_directory": (
                inputs.check(WORKING_DIRECTORY, working_directory, default="") if working_directory is not None else ""
            ),
        }
        arguments = ["sh", "-c", shell_text("command", command)] if isinstance(command, str) else list(command)
        run = words([inputs.text("command", argument) for argument in arguments])
        self._script = CoderScript(
            self,
            "run",
            agent_id=place.agent_id,
            display_name=as_template(shown),
            icon=icon,
            cron=cron,
            run_on_start=run_on_start,
            start_blocks_login=start_blocks_login,
            timeout=timeout,
            script=render(
                values | (asked.values if asked else {}),
                Route.library(),
                *([route.environment(chosen, no_proxy)] if route else []),
                *([asked.library(), asked.environment()] if asked else []),
                function("aibridge_command", f'"$@" {run}\n'),
                _body(),
                adds=MOST_NAMES if is_known(arguments) else None,
            ),
            **place.meta,
        )
        for warning in (*detours.limits(route.proxy_url if route else ""), *host_warnings(no_proxy)):
            warn(self, warning)
        inputs.enforce_on(self.script)
        self.script.add_preconditions(place.conditions)
        declare_unit(self, unit, agent_id=on_agent, wants=wanted)

    @property
    def script(self) -> CoderScript:
        """The ``coder_script`` that runs the command."""
        return self._script

    @property
    def sync_unit(self) -> str:
        """Name of the tool's startup unit, complete when the command ended (in the background: when it started)."""
        return self._sync_unit

    @property
    def fqn(self) -> str:
        """What stands for the tool in another element's ``depends_on``: its script."""
        return self.script.fqn


@cache
def _body() -> Body:
    return body("tool", shell_file("command.sh"), shell_file("tool.sh"))


def _refuse_what_needs_a_proxy(
    gateway: object, agent_id: object, *, runtimes: Sequence[str], client: object, no_proxy: object
) -> None:
    if gateway is None:
        raise MissingArgumentError(
            "proxy",
            "ProxiedTool needs proxy or gateway, or nothing of what it does would be governed. Write "
            'ProxiedTool(…, proxy=proxy), or ProxiedTool(…, agent_id=agent.id, gateway=["anthropic"]).',
        )
    if agent_id is None:
        raise MissingArgumentError(
            "agent_id", "ProxiedTool without a proxy needs agent_id. Write ProxiedTool(…, agent_id=agent.id)."
        )
    for name, given in (
        ("runtimes", tuple(runtimes) != EVERY_RUNTIME),
        ("client", client is not None),
        ("no_proxy", no_proxy is not None),
    ):
        if given:
            raise InvalidValueError(name, f"{name} has no effect without proxy=…: it is about the way through a proxy.")


def _unit_of(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"aibridge-tool-{id}")[:128]


def _check(
    command: object,
    wait_seconds: object,
    on_unavailable: object,
    *,
    background: bool,
    log_path: str | None,
    run_on_start: object,
    cron: str | None,
) -> None:
    if not command or (not isinstance(command, str) and not _is_words(command)):
        raise InvalidValueError(
            "command",
            'command must be a list of strings, for example ["some-ai-cli", "--help"], or shell text, for example '
            f'"some-ai-cli --help | tee log".{_as_text(command)} Got {masked(command)}.',
        )
    if _is_text_in_a_list(command):
        raise InvalidValueError(
            "command",
            "command must have one item a word. Got one item with blanks in it: "
            f"{masked(command)}. Write {command[0].split()!r}, or the text without a list for a shell.",
        )
    if not isinstance(wait_seconds, int) or isinstance(wait_seconds, bool) or not 1 <= wait_seconds <= 3600:
        raise refused("wait_seconds", wait_seconds, "must be a whole number of seconds from 1 to 3600")
    if not isinstance(on_unavailable, str) or on_unavailable not in get_args(OnUnavailable):
        raise refused("on_unavailable", on_unavailable, 'must be "fail" or "direct"', words=get_args(OnUnavailable))
    a_switch("background", background)
    if not run_on_start and cron is None:
        raise InvalidValueError(
            "run_on_start", 'run_on_start=False needs cron, or the tool would never run: cron="0 0 9 * * 1-5".'
        )
    if log_path is not None and not background:
        raise InvalidValueError(
            "log_path", "log_path is for background=True: in the foreground the output goes to the log of the script."
        )


def _is_text_in_a_list(command: object) -> TypeGuard[Sequence[str]]:
    """Whether a whole command stands in one item. The path of a program may have blanks."""
    if isinstance(command, str) or not _is_words(command) or len(command) != 1 or not is_known(command[0]):
        return False
    return len(command[0].split()) > 1 and "/" not in command[0].split()[0]


def _as_text(command: object) -> str:
    """What to write for items that only Terraform knows and that are no text."""
    items = command if isinstance(command, list | tuple) else [command]
    unknown = any(not isinstance(item, str) and not is_known(item) for item in items)
    return " Write Token.as_string(…) of an item that only Terraform knows." if unknown else ""


def _is_words(command: object) -> TypeGuard[Sequence[str]]:
    return isinstance(command, Sequence) and all(isinstance(item, str) for item in command) and command[0] != ""
