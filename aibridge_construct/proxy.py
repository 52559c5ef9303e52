"""``AIBridgeProxy``: the setup script of a workspace, and what tools need to go through the proxy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from aibridge_construct._engine import (
    Construct,
    ITerraformDependable,
    implements_dependable,
    token,
    warn,
)
from aibridge_construct._stack import placed
from aibridge_construct.addresses import require_unique_addresses
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.choices import a_switch
from aibridge_construct.claims import claim
from aibridge_construct.coder.element import Resource
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
from aibridge_construct.environment import Runtime, host_warnings
from aibridge_construct.environment import runtimes as known_runtimes
from aibridge_construct.inputs import Inputs, as_seconds
from aibridge_construct.ordering import HasSyncUnit, declare_unit, unit_names
from aibridge_construct.placement import CountArgument, Placement
from aibridge_construct.route import Route
from aibridge_construct.rules import (
    AGENT_ID,
    CERT_PATH,
    CERT_PATH_IN_TEXTS,
    PROXY_URL,
    REFRESH,
    SETUP_TIMEOUT,
    SYNC_UNIT,
)
from aibridge_construct.setup import SetupText
from aibridge_construct.shell.render import Expression, as_template
from aibridge_construct.variables import (
    DEFAULT_CERT_PATH,
    DEFAULT_SETUP_TIMEOUT,
    declare_proxy_outputs,
    declare_proxy_variables,
)
from aibridge_construct.words import RuntimeName

__all__ = ["DEFAULT_CERT_PATH", "DEFAULT_SETUP_TIMEOUT", "DEFAULT_SYNC_UNIT", "AIBridgeProxy"]

#: What the dashboard calls the setup script unless set.
DEFAULT_DISPLAY_NAME = "AI Bridge Proxy Setup"

#: The startup unit that tools wait for; the registry's copilot module knows it by this name.
DEFAULT_SYNC_UNIT = "aibridge-proxy-setup"


@implements_dependable
@sealed
class AIBridgeProxy(Construct):
    """Makes the AI Bridge Proxy of the Coder deployment usable in a workspace.

    On start, a ``coder_script`` downloads the proxy's CA certificate to :attr:`cert_path`. Tools then route their
    own process through :attr:`proxy_auth_url`; nothing is set for the workspace as a whole.

    Example::

        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        proxy = AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url="https://aiproxy.example.com:8888")
    """

    @explain_missing(agent_id="agent.id", proxy_url=f'"{PROXY_URL.example}"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        proxy_url: str,
        cert_path: str = DEFAULT_CERT_PATH,
        extra_ca_certificates: str | Sequence[str] | None = None,
        setup_timeout: float | str = DEFAULT_SETUP_TIMEOUT,
        sync_unit: str = DEFAULT_SYNC_UNIT,
        display_name: str = DEFAULT_DISPLAY_NAME,
        icon: str = "/icon/coder.svg",
        launcher: bool = False,
        system_trust: bool = False,
        after: Sequence[HasSyncUnit | str] = (),
        refresh: str | None = None,
        count: CountArgument | None = None,
        depends_on: Sequence[ITerraformDependable | Construct] | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the workspace's ``coder_agent``.
            proxy_url: URL of the proxy: ``http://`` or ``https://``, a host, optionally a port; nothing else. A
                trailing slash is dropped.
            cert_path: absolute path of the file that the certificate is written to. Default:
                ``/tmp/aibridge-proxy/ca-cert.pem``, where tools of other modules look for it.
            extra_ca_certificates: PEM certificates that are appended to the proxy's CA in that file, as text or a list
                of texts: clients of a proxy with a self-signed TLS listener must trust both. Default: none.
            setup_timeout: seconds that the download may take over all its tries, 1 to 3600. Default: 60.
            sync_unit: name of the startup unit that others wait for with ``coder exp sync``. Default:
                ``aibridge-proxy-setup``, for which the registry's copilot module waits.
            display_name: what the dashboard calls the script. Default: ``AI Bridge Proxy Setup``.
            icon: icon of the script in the dashboard.
            launcher: put ``aibridge-run`` on the PATH of the workspace's terminals: ``aibridge-run COMMAND`` runs one
                command behind the proxy.
            system_trust: put the proxy's CA and ``extra_ca_certificates`` into the system's store too, where the user
                of the workspace is root or may become root without a password; where not, a warning says so. For
                programs that trust nothing else, such as VS Code's own ``fetch``. Everything in the workspace then
                trusts the proxy.
            after: what setup waits for: proxies, tools, or names of startup units of the same agent, for example of a
                script that installs a company's CA. After 300 seconds it goes on without them.
            refresh: when to fetch the certificate again while the workspace lives, six fields as ``cron`` of
                :class:`CoderScript`: a CA that the deployment exchanges then needs no restart. Default: at starts only.
            count: how many instances of the script there are: a whole number, a ``TerraformCount`` or an expression, as
                the agent has it. Default: one.
            depends_on: what Terraform creates first.

        Raises:
            InvalidValueError: a literal breaks a rule. What only Terraform knows is checked at plan, in the same words.
            MissingArgumentError: ``agent_id`` or ``proxy_url`` was left out.
        """
        for name, choice in (("launcher", launcher), ("system_trust", system_trust)):
            a_switch(name, choice)
        self._wants = list(dict.fromkeys(unit_names(after)))
        super().__init__(scope, id)
        placed(self, scope)
        self._speaks_for = {"setup": f"{type(self).__name__} {id!r}"}
        place = Placement(self, self._speaks_for["setup"], agent_id=agent_id, count=count, depends_on=depends_on)
        inputs = Inputs(self, counted=place.count is not None)
        if not place.agent_is_known:
            inputs.check(AGENT_ID, place.agent_id)
        shown = as_template(inputs.text("display_name", display_name, default=DEFAULT_DISPLAY_NAME))
        self._route = Route(
            self,
            agent_id=agent_id,
            count=count,
            sync_unit=sync_unit,
            setup_name=shown,
            proxy_url=inputs.check(PROXY_URL, proxy_url),
            certificate=inputs.check(CERT_PATH, cert_path, default=DEFAULT_CERT_PATH),
            on_bundle=self._render_again,
        )
        unit = inputs.check(SYNC_UNIT, sync_unit, default=DEFAULT_SYNC_UNIT)
        deadline = inputs.check(SETUP_TIMEOUT, as_seconds(setup_timeout), default=str(DEFAULT_SETUP_TIMEOUT))
        certificates = inputs.certificates(extra_ca_certificates)
        schedule = inputs.optional(REFRESH, refresh)
        for want in self._wants:
            inputs.check(SYNC_UNIT, want)
        self._text = SetupText(
            self._route,
            sync_unit=unit,
            deadline=deadline,
            certificates=certificates,
            after=inputs.text("after", " ".join(self._wants)),
            launcher=launcher,
            system_trust=system_trust,
        )
        for warning in self._text.warnings:
            warn(self, warning)
        DataCoderWorkspace.shared(self)
        DataCoderWorkspaceOwner.shared(self)
        self._agent_id = agent_id
        self._cert_path = cert_path
        self._sync_unit = sync_unit
        self._is_in_texts = False
        self._script = CoderScript(
            self,
            "setup",
            agent_id=place.agent_id,
            display_name=shown,
            icon=icon,
            run_on_start=True,
            start_blocks_login=False,
            script=self._text.render(),
            **place.meta,
        )
        if schedule != "":
            # Past the script's own check at plan: the rule of `refresh` takes what is empty, and null is no schedule.
            Resource.replace_attribute(self.script, "cron", _null_if_empty(schedule))
        inputs.enforce_on(self.script)
        self.script.add_preconditions(place.conditions)
        declare_unit(self, sync_unit, agent_id=agent_id, wants=self._wants)
        if launcher:
            claim(
                self,
                agent_id=agent_id,
                what="launcher",
                value="aibridge-run",
                otherwise="the last one to be written would win. Leave launcher=True out of one of them.",
            )
        claim(
            self,
            agent_id=agent_id,
            what="certificate file",
            value=cert_path,
            otherwise="they would overwrite each other. Give one of them another cert_path.",
        )

    @classmethod
    @explain_missing(agent_id="agent.id")
    def from_variables(
        cls,
        scope: Construct,
        id: str,
        *,
        agent_id: str,
        sync_unit: str = DEFAULT_SYNC_UNIT,
        display_name: str = DEFAULT_DISPLAY_NAME,
        icon: str = "/icon/coder.svg",
        launcher: bool = False,
        system_trust: bool = False,
        after: Sequence[HasSyncUnit | str] = (),
        count: CountArgument | None = None,
        depends_on: Sequence[ITerraformDependable | Construct] | None = None,
    ) -> Self:
        """A proxy whose inputs are Terraform variables of the stack, declared here with their validations.

        The variables: ``proxy_url`` (required), ``cert_path``, ``setup_timeout`` (number), ``extra_ca_pem`` and
        ``refresh``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            agent_id: the ``id`` of the workspace's ``coder_agent``.
            sync_unit: as of the class.
            display_name: as of the class.
            icon: as of the class.
            launcher: as of the class.
            system_trust: as of the class.
            after: as of the class.
            count: as of the class.
            depends_on: as of the class.

        Raises:
            ConflictError: the stack has such variables already: there is one set of them in a stack.
        """
        AGENT_ID.require(agent_id)
        return cls(
            scope,
            id,
            agent_id=agent_id,
            **declare_proxy_variables(scope),
            sync_unit=sync_unit,
            display_name=display_name,
            icon=icon,
            launcher=launcher,
            system_trust=system_trust,
            after=after,
            count=count,
            depends_on=depends_on,
        )

    @property
    def script(self) -> CoderScript:
        """The ``coder_script`` that sets the certificate up."""
        return self._script

    @property
    def agent_id(self) -> str:
        """The ``id`` of the agent that runs the script, as given."""
        return self._agent_id

    @property
    def cert_path(self) -> str:
        """Absolute path of the proxy's CA certificate in the workspace, as given."""
        return self._cert_path

    @property
    def sync_unit(self) -> str:
        """Name of the script's startup unit, which is complete when the certificate is there."""
        return self._sync_unit

    @property
    def proxy_auth_url(self) -> str:
        """The proxy's URL with the session token of the workspace owner in it, for ``HTTPS_PROXY`` of a tool.

        Sensitive, because Terraform computes it from a sensitive value; what is computed from it is sensitive too.
        The token is percent-encoded. Use the string as a whole, inside other strings, in ``json.dumps`` or in the
        engine's ``Fn``: no character of it means anything to JSON.
        """
        computed = self._route.credentials
        return self._route.auth_url.replace(f"${{{computed}}}", token(computed))

    @property
    def bundle_path(self) -> str:
        """Absolute path of a bundle: system roots, the proxy's CA and extra certificates, beside the certificate.

        For variables that replace the trusted roots, such as ``SSL_CERT_FILE``. The setup script makes it only if
        this is asked for. Use it as :attr:`proxy_auth_url`.
        """
        return self._for_texts(self._route.bundle)

    def environment(self, *runtimes: Runtime | RuntimeName, no_proxy: Sequence[str] | None = None) -> dict[str, str]:
        """The variables that make one process go through the proxy. Set them for a tool, not for the workspace.

        They replace what the workspace has set by itself, because Terraform cannot know that: hosts of its
        ``NO_PROXY`` are lost, so name them in ``no_proxy``. Certificates that the environment of the agent names are
        not lost: the setup script adds them to the files that these variables name, as they are when it runs.

        Args:
            *runtimes: what the tool is made with: ``node``, ``python``, ``openssl``, ``curl``, ``go``, ``git``,
                ``rust``, ``bun``, ``deno``, ``java`` (which reads no more than the proxy), ``wget`` or ``all``.
                Default: all.
            no_proxy: hosts to reach directly, beside loopback and the host of the Coder deployment. Default: no more.

        Returns:
            Variable name to Terraform string. ``HTTPS_PROXY`` and ``https_proxy`` are sensitive. The mapping can stand
            in a mapping of :func:`~aibridge_construct.encoding.terraform_json`, ``json.dumps`` or ``Fn.jsonencode``.
            Terraform inserts what it computes as it is, so a ``cert_path`` that it computes must then be free of ``"``
            and ``\\``; the plan says so.

        Raises:
            InvalidValueError: a name is no runtime, or ``no_proxy`` is no list of host names.
        """
        chosen = known_runtimes(runtimes)
        variables = self._route.variables(chosen, no_proxy)
        for warning in host_warnings(no_proxy):
            warn(self, warning)
        return {
            name: self.proxy_auth_url if name.upper() == "HTTPS_PROXY" else self._for_texts(value)
            for name, value in variables.items()
        }

    def _for_texts(self, value: str | Expression) -> str:
        """``value`` for any text, JSON too."""
        if not isinstance(value, Expression):
            return as_template(value)
        if isinstance(self._route.certificate, Expression) and not self._is_in_texts:
            self._is_in_texts = True
            self.script.add_preconditions(CERT_PATH_IN_TEXTS.conditions(self._route.certificate.text))
        return token(value.text)

    def _render_again(self) -> None:
        if hasattr(self, "_script"):
            self._script.replace_attribute("script", self._text.render())

    @property
    def script_address(self) -> str:
        """Address of the setup script in the stack, ``coder_script.NAME``."""
        return self.script.address

    @property
    def fqn(self) -> str:
        """What stands for the proxy in another element's ``depends_on``: its script."""
        return self.script.fqn

    def add_outputs(self) -> None:
        """Declare the stack's outputs ``proxy_auth_url`` (sensitive) and ``cert_path``, as the registry's module has
        them.

        Call it once per stack: output names are unique, and synthesis fails where two outputs have one name.
        """
        require_unique_addresses(self)
        declare_proxy_outputs(self, auth_url=self._route.auth_url, cert_path=as_template(self._route.certificate))


def _null_if_empty(value: str | Expression) -> str:
    """An argument that is left out when Terraform finds the value empty."""
    return f'${{{value.text} == "" ? null : {value.text}}}' if isinstance(value, Expression) else as_template(value)
