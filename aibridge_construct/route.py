"""``Route``: what a process needs to get through the proxy. A proxy makes one; whatever runs behind it takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from weakref import WeakKeyDictionary

from aibridge_construct._engine import Construct
from aibridge_construct._stack import stack_of
from aibridge_construct.clients import JAVA_GOES_PAST
from aibridge_construct.environment import (
    NAMED_CERTIFICATES,
    PROVIDER_HOSTS,
    PROXY_VARIABLES,
    Runtime,
    certificate_variables,
    configured_programs,
    direct_hosts,
    needs_bundle,
    runtimes,
    standing_variables,
)
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.placement import CountArgument
from aibridge_construct.shell.render import (
    Body,
    Expression,
    Rendered,
    as_template,
    assignments,
    body,
    function,
    program,
    quote,
    shell_file,
)
from aibridge_construct.validation import masked

__all__ = ["Route"]

WORKSPACE = "data.coder_workspace.me"
OWNER = "data.coder_workspace_owner.me"

# Terraform's urlencode writes a space as "+", which in a URL's user information would stay a plus sign.
_CREDENTIALS = f'replace(urlencode({OWNER}.session_token), "+", "%20")'
_TOKEN = f"${{{_CREDENTIALS}}}"


class Route:
    """The way through one proxy, for the processes of one agent.

    Values are as scripts take them: a literal as its very characters, what Terraform computes as an
    :class:`~aibridge_construct.shell.render.Expression`.

    Args:
        owner: the construct that makes the route; :meth:`of` finds it by this.
        agent_id: the ``id`` of the agent.
        count: how many instances the proxy's script has, as given. Default: one.
        sync_unit: the startup unit that is complete when the certificate is there.
        setup_name: what the dashboard calls the script that sets the certificate up.
        proxy_url: URL of the proxy without credentials.
        certificate: path of the certificate.
        on_bundle: called once, when a bundle is asked for: somebody has to make it.
    """

    #: Whether the workspace waits for an owner: it has no session token before the claim.
    is_prebuild: Expression = Expression(f"{WORKSPACE}.is_prebuild")
    #: The URL of the Coder deployment.
    access_url: Expression = Expression(f"{WORKSPACE}.access_url")
    #: The session token of the owner. Sensitive.
    session_token: Expression = Expression(f"{OWNER}.session_token")
    #: Whether the workspace is prebuilt and not yet claimed, for scripts: text that holds it is replaced by the claim.
    before_claim: Expression = Expression(f'{is_prebuild.text} && {session_token.text} == ""')

    def __init__(
        self,
        owner: Construct,
        *,
        agent_id: str,
        count: CountArgument | None,
        sync_unit: str,
        setup_name: str,
        proxy_url: str | Expression,
        certificate: str | Expression,
        on_bundle: Callable[[], None],
    ) -> None:
        self.agent_id = agent_id
        self.count = count
        self.sync_unit = sync_unit
        self.setup_name = setup_name
        self.certificate = certificate
        self.bundle_wanted: bool = False
        self.proxy_url = proxy_url
        self._on_bundle = on_bundle
        _routes[owner] = self

    @classmethod
    def of(cls, proxy: object, scope: Construct | None = None) -> Route:
        """The route that ``proxy`` made.

        Args:
            proxy: an AIBridgeProxy.
            scope: where the route is used, if it must be in the proxy's stack.

        Raises:
            InvalidValueError: ``proxy`` makes no route, or belongs to another stack.
        """
        route = _routes.get(proxy) if isinstance(proxy, Construct) else None
        if route is None or not isinstance(proxy, Construct):
            raise InvalidValueError("proxy", f"proxy must be an AIBridgeProxy of this stack. Got {masked(proxy)}.")
        if scope is not None and (own := stack_of(scope)) is not (other := stack_of(proxy)):
            raise InvalidValueError(
                "proxy",
                f"proxy must be an AIBridgeProxy of this stack, {own.node.id!r}: templates share no values, and each "
                f"workspace has a certificate of its own. Make one in {own.node.id!r}. Got {proxy.node.path!r} of the "
                f"stack {other.node.id!r}.",
            )
        return route

    @property
    def auth_url(self) -> str:
        """The proxy's URL with credentials, as a Terraform string. Sensitive."""
        if isinstance(self.proxy_url, Expression):
            return as_template(self._auth_url)
        scheme, rest = self.proxy_url.removesuffix("/").split("://", 1)
        return f"{scheme}://coder:{_TOKEN}@{rest}"

    @property
    def credentials(self) -> str:
        """What of :attr:`auth_url` Terraform computes, as an expression. Sensitive."""
        return self._auth_url.text if isinstance(self.proxy_url, Expression) else _CREDENTIALS

    @property
    def bundle(self) -> str | Expression:
        """Path of the bundle: system roots, the proxy's CA, extra certificates. To ask is to have it made."""
        if not self.bundle_wanted:
            self.bundle_wanted = True
            self._on_bundle()
        if isinstance(self.certificate, Expression):
            return Expression(f'"${{{self.certificate.text}}}.bundle"')
        return f"{self.certificate}.bundle"

    def variables(
        self, chosen: Sequence[Runtime], no_proxy: Sequence[str] | None = None
    ) -> dict[str, str | Expression]:
        """The variables that a process needs which takes nothing over from its workspace.

        Args:
            chosen: what it is made with.
            no_proxy: hosts to reach directly, beside loopback and the host of the Coder deployment.

        Raises:
            InvalidValueError: ``no_proxy`` is no list of host names.
        """
        direct = direct_hosts(no_proxy, access_url=self.access_url.text)
        return {
            **self._proxies,
            "NO_PROXY": direct,
            "no_proxy": direct,
            **certificate_variables(
                chosen, certificate=self.certificate, bundle=self.bundle if needs_bundle(chosen) else ""
            ),
        }

    def environment(self, chosen: Sequence[Runtime], no_proxy: Sequence[str] | None = None) -> str:
        """Shell text that defines ``aibridge_environment``, which a process calls before it becomes its command.

        It sets the same variables, and adds ours to what the workspace has set in them at that moment. It reads the
        shell variables ``aibridge_cert_path`` and ``aibridge_bundle_path`` ("" where no bundle is needed), and needs
        :meth:`library` before it.

        Args:
            chosen: what the command is made with.
            no_proxy: hosts to reach directly, beside loopback and the host of the Coder deployment.

        Raises:
            InvalidValueError: ``no_proxy`` is no list of host names.
        """
        values: dict[str, str | Expression] = {
            "aibridge_access_url": self.access_url,
            "aibridge_direct": direct_hosts(no_proxy, access_url=self.access_url.text),
            "aibridge_named": " ".join(NAMED_CERTIFICATES),
            "aibridge_standing": " ".join(standing_variables(chosen)),
            "aibridge_set": " ".join(certificate_variables(chosen, certificate="", bundle="")),
            "aibridge_providers": " ".join(PROVIDER_HOSTS),
        }
        merged = {
            "NO_PROXY": "$aibridge_direct",
            "no_proxy": "$aibridge_direct",
            **certificate_variables(chosen, certificate="$aibridge_cert_path", bundle="$aibridge_bundle_path"),
        }
        lines = [f"{name}={quote(value)}\n" for name, value in values.items()]
        lines.append("aibridge_inherit\n")
        lines += [f"{name}={value}\n" for name, value in merged.items()]
        lines += [f"export {' '.join(merged)}\n", assignments(self._proxies)]
        if programs := configured_programs(chosen):
            lines.append(f"aibridge_write_files {' '.join(programs)}\n")
        return function("aibridge_environment", "".join(lines))

    def launcher(self, setup_unit: str | Expression) -> Rendered:
        """The text of ``aibridge-run`` behind what the setup script puts at its head, its first line.

        Args:
            setup_unit: the startup unit of the setup script.
        """
        values: dict[str, str | Expression] = {
            "aibridge_before_claim": self.before_claim,
            "aibridge_cert_path": self.certificate,
            "aibridge_bundle_path": self.bundle,
            "aibridge_setup_unit": setup_unit,
            "aibridge_check_named": " ".join((*PROXY_VARIABLES, *NAMED_CERTIFICATES)),
            "aibridge_java": JAVA_GOES_PAST,
        }
        files = map(shell_file, ("command.sh", "check.sh", "launcher.sh"))
        return program(values, self.library(), self.environment(runtimes(())), *files)

    @staticmethod
    @cache
    def library() -> Body:
        """Shell text that defines ``aibridge_lib``, which loads the library (for a subshell), and what else
        :meth:`environment` calls.
        """
        files = ("lib.sh", "trust.sh", "fold.sh", "configure.sh", "node.sh")
        library = function("aibridge_lib", Body.of(*map(shell_file, files)))
        return body("library", library, *map(shell_file, ("address.sh", "environment.sh", "configured.sh")))

    @property
    def _proxies(self) -> dict[str, str | Expression]:
        # Programs disagree on the case; git and curl read the lower one, Node and Go both.
        return {"HTTPS_PROXY": self._auth_url, "https_proxy": self._auth_url}

    @property
    def _auth_url(self) -> Expression:
        if isinstance(self.proxy_url, Expression):
            return Expression(f'replace(trimsuffix({self.proxy_url.text}, "/"), "://", "://coder:{_TOKEN}@")')
        return Expression(f'"{self.auth_url}"')


_routes: WeakKeyDictionary[Construct, Route] = WeakKeyDictionary()
