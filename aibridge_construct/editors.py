"""``EditorSettings``: the machine settings of editors in the workspace, so that they can go through the proxy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from aibridge_construct._engine import Construct, ITerraformDependable, implements_dependable, warn
from aibridge_construct._stack import placed
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.choices import a_switch, some_of
from aibridge_construct.claims import claim
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.environment import direct_hosts, provider_warnings
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.inputs import Inputs
from aibridge_construct.ordering import declare_unit
from aibridge_construct.placement import CountArgument, Placement
from aibridge_construct.proxy import AIBridgeProxy
from aibridge_construct.route import Route
from aibridge_construct.rules import SYNC_UNIT
from aibridge_construct.shell.render import Body, Expression, as_template, body, render, shell_file
from aibridge_construct.validation import hcl_string
from aibridge_construct.words import EditorName

__all__ = ["EditorSettings"]

DEFAULT_SYNC_UNIT = "aibridge-editor-settings"

#: Where editors keep the settings of the machine, below the home directory. VS Code's web server shares VS Code's.
_FILES: Mapping[EditorName, str] = {
    "vscode": ".vscode-server/data/Machine/settings.json",
    "code-server": ".local/share/code-server/Machine/settings.json",
}

#: Facts: VS Code's remote host (``@vscode/proxy-agent``). Its own ``fetch`` knows no ``NODE_EXTRA_CA_CERTS``, and the
#: system's certificates only by the first of them, which then reads ``SSL_CERT_FILE`` too; a proxy in the settings of
#: the user's own machine wins over the variables of the workspace unless the second one says no.
_SETTINGS = {"http.systemCertificatesNode": "true", "http.useLocalProxyConfiguration": "false"}


@implements_dependable
@sealed
class EditorSettings(Construct):
    """The settings by which VS Code and code-server in the workspace, and Copilot in them, can use the proxy.

    On start, before anybody logs in, a ``coder_script`` adds them to the editors' machine settings: JSON with comments,
    in which nothing of the user's changes, and a setting that the user has set to another value stays (with a warning).
    On stop they are taken out again. They hold no token: code-server gets it by a ``ProxiedTool`` that starts it; VS
    Code Desktop, which starts its own server, asks for it once, where ``proxy_settings=True``.

    Example::

        EditorSettings(self, "editors", proxy=proxy)
    """

    @explain_missing(proxy="proxy")
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        proxy: AIBridgeProxy,
        editors: Sequence[EditorName] = ("vscode", "code-server"),
        proxy_settings: bool = False,
        no_proxy: Sequence[str] | None = None,
        sync_unit: str = DEFAULT_SYNC_UNIT,
        display_name: str = "Editor Settings",
        icon: str | None = None,
        start_blocks_login: bool = True,
        count: CountArgument | None = None,
        depends_on: Sequence[ITerraformDependable | Construct] | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            proxy: the proxy; the editors run on the same agent.
            editors: ``vscode`` (VS Code Desktop by SSH, and its web server), ``code-server``. Default: both.
            proxy_settings: name the proxy too, for editors whose environment does not: ``http.proxy`` without the
                token, and ``http.noProxy``. All that the editor and its extensions ask for then goes through the proxy.
            no_proxy: hosts that editors reach directly, beside loopback and the host of the Coder deployment; with
                ``proxy_settings`` only. Default: no more.
            sync_unit: name of the startup unit, complete when the settings are there. Default:
                ``aibridge-editor-settings``.
            display_name: what the dashboard calls the script.
            icon: icon of the scripts in the dashboard. Default: none.
            start_blocks_login: let nobody log in before the settings are there.
            count: how many instances there are: a whole number, a ``TerraformCount`` or an expression. Default: as many
                as the proxy's has.
            depends_on: what Terraform creates first.

        Raises:
            InvalidValueError: a literal breaks a rule, or arguments contradict each other.
            MissingArgumentError: ``proxy`` was left out.
        """
        route = Route.of(proxy, scope)
        files = _files(editors)
        settings = _settings(route, proxy_settings=proxy_settings, no_proxy=no_proxy)
        SYNC_UNIT.require(sync_unit)
        super().__init__(scope, id)
        placed(self, scope)
        self._sync_unit = sync_unit
        self._speaks_for = dict.fromkeys(("start", "stop"), f"{type(self).__name__} {id!r}")
        place = Placement(
            self,
            self._speaks_for["start"],
            agent_id=route.agent_id,
            count=route.count if count is None else count,
            depends_on=depends_on,
        )
        inputs = Inputs(self, counted=place.count is not None)
        unit = inputs.check(SYNC_UNIT, sync_unit, default=DEFAULT_SYNC_UNIT)
        shown = as_template(inputs.text("display_name", display_name, default="Editor Settings"))
        values = {"SYNC_UNIT": unit, "FILES": " ".join(files), "SETTINGS": settings}
        self._script = CoderScript(
            self,
            "start",
            agent_id=place.agent_id,
            display_name=shown,
            icon=icon,
            run_on_start=True,
            start_blocks_login=start_blocks_login,
            script=render(values, _body()),
            **place.meta,
        )
        self._undo = CoderScript(
            self,
            "stop",
            agent_id=place.agent_id,
            display_name=f"{shown}: undo",
            icon=icon,
            run_on_stop=True,
            script=render(values | {"SYNC_UNIT": "", "SETTINGS": ""}, _body()),
            **place.meta,
        )
        for warning in provider_warnings(no_proxy):
            warn(self, warning)
        inputs.enforce_on(self.script)
        self.script.add_preconditions(place.conditions)
        declare_unit(self, sync_unit, agent_id=route.agent_id)
        for file in files:
            claim(
                self,
                agent_id=route.agent_id,
                what="settings file",
                value=file,
                otherwise="they would take out each other's settings. Leave one of them out.",
            )

    @property
    def script(self) -> CoderScript:
        """The ``coder_script`` that adds the settings."""
        return self._script

    @property
    def undo(self) -> CoderScript:
        """The ``coder_script`` that takes them out."""
        return self._undo

    @property
    def sync_unit(self) -> str:
        """Name of the startup unit of the first, complete when the settings are there."""
        return self._sync_unit

    @property
    def fqn(self) -> str:
        """What stands for the settings in another element's ``depends_on``: the script that adds them."""
        return self.script.fqn


@cache
def _body() -> Body:
    return body("editors", *map(shell_file, ("lib.sh", "address.sh", "mend.sh", "editors.sh")))


def _files(editors: object) -> list[str]:
    chosen = some_of("editors", editors, [*_FILES], example="vscode")
    return [file for name, file in _FILES.items() if name in chosen]


def _settings(route: Route, *, proxy_settings: object, no_proxy: Sequence[str] | None) -> str | Expression:
    """Lines of the form ``"key": value``."""
    lines = [f'"{name}": {value}' for name, value in _SETTINGS.items()]
    a_switch("proxy_settings", proxy_settings)
    if not proxy_settings:
        if no_proxy is not None:
            raise InvalidValueError("no_proxy", "no_proxy has no effect without proxy_settings=True.")
        return "\n".join(lines)
    hosts = direct_hosts(no_proxy, access_url=route.access_url.text).text
    proxy = route.proxy_url.text if isinstance(route.proxy_url, Expression) else hcl_string(route.proxy_url)
    pairs = {"http.proxy": proxy, "http.noProxy": f'split(",", {hosts})'}
    computed = [f'format("%q: %s", "{name}", jsonencode({value}))' for name, value in pairs.items()]
    return Expression(f'join("\\n", [{", ".join([*map(hcl_string, lines), *computed])}])')
