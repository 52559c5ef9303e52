"""The text of the setup script of one proxy: its values, its parts, and what is to be said of them at synthesis."""

from __future__ import annotations

from functools import cache

from aibridge_construct.coder.size import MOST_NAMES
from aibridge_construct.environment import NAMED_CERTIFICATES, loopback_url
from aibridge_construct.listener import authority_as_listener
from aibridge_construct.route import Route
from aibridge_construct.rules import MOST_CERTIFICATES
from aibridge_construct.shell.render import (
    SETUP_FILES,
    Body,
    Expression,
    body,
    function,
    here_document,
    render,
    shell_file,
)

__all__ = ["SetupText"]


class SetupText:
    """What the agent runs to set the certificate up.

    Args:
        route: the way through the proxy.
        sync_unit: the script's startup unit.
        deadline: seconds that the download may take.
        certificates: what is to be trusted beside the proxy's CA.
        after: the startup units that come first.
        launcher: whether it makes ``aibridge-run``.
        system_trust: whether the system is to trust the proxy, too.

    Attributes:
        warnings: what the author of the template is to know now.
    """

    def __init__(
        self,
        route: Route,
        *,
        sync_unit: str | Expression,
        deadline: str | Expression,
        certificates: str | Expression,
        after: str | Expression,
        launcher: bool,
        system_trust: bool,
    ) -> None:
        self._route = route
        self._launcher = launcher
        self._system_trust = system_trust
        self.warnings: list[str] = []
        lost = loopback_url(route.proxy_url)
        if lost and not isinstance(lost, Expression):
            self.warnings.append(
                f"proxy_url is {lost}, which inside a container is the container itself: if the AI Bridge Proxy "
                "does not run there, name an address that workspaces can reach."
            )
        limit = authority_as_listener(route.proxy_url, certificates)
        if limit and not isinstance(limit, Expression):
            self.warnings.append(limit)
        self._values: dict[str, str | Expression] = {
            "CERT_PATH": route.certificate,
            "ACCESS_URL": route.access_url,
            "SESSION_TOKEN": route.session_token,
            "IS_PREBUILD": route.is_prebuild,
            "SYNC_UNIT": sync_unit,
            "DEADLINE": deadline,
            "EXTRA_CA_PEM": certificates,
            "LISTENER_LIMIT": limit if isinstance(limit, Expression) else "",
            "LOOPBACK_PROXY": lost if isinstance(lost, Expression) else "",
            "NAMED": " ".join(NAMED_CERTIFICATES),
            "AFTER": after,
        }

    def render(self) -> str:
        """The text, with the bundle if anybody has asked for it by now."""
        parts: list[str] = [_setup()]
        if self._launcher:
            launcher = function("launcher_text", here_document(self._route.launcher(self._values["SYNC_UNIT"])))
            parts = [shell_file("mend.sh"), shell_file("login.sh"), launcher, *parts]
        if self._system_trust:
            parts = [shell_file("system.sh"), *parts]
        bundle = self._route.bundle if self._route.bundle_wanted else ""
        values = {**self._values, "BUNDLE_PATH": bundle, "LAUNCHER": "true" if self._launcher else "false"}
        certificates = MOST_CERTIFICATES if isinstance(values["EXTRA_CA_PEM"], Expression) else 0
        return render(values, *parts, adds=MOST_NAMES + certificates)


@cache
def _setup() -> Body:
    return body("setup", *map(shell_file, SETUP_FILES))
