"""What is known of a tool's ways past the proxy: before it is declared, and what its script still has to ask.

A client by name that goes past the proxy is refused. Of a runtime alone nobody knows what the program does: its users
are warned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aibridge_construct.clients import JAVA_GOES_PAST, Client, OldNode, client
from aibridge_construct.environment import Runtime
from aibridge_construct.environment import runtimes as known_runtimes
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.shell.render import Expression
from aibridge_construct.validation import hcl_string
from aibridge_construct.words import RuntimeName

__all__ = ["EVERY_RUNTIME", "Detours"]

#: The default of a tool's ``runtimes``: told from a wish by being this very object.
EVERY_RUNTIME: Sequence[RuntimeName] = ("all",)

# Programs that are Node.js, or start it at once.
_NODE_COMMANDS = ("node", "npx", "tsx", "ts-node")


class Detours:
    """The ways past the proxy of one tool.

    Args:
        runtimes: what the tool is made with, as given or :data:`EVERY_RUNTIME`.
        name: the client that it is, if it has one.
        command: what it runs.
        has_gateway: whether it asks the AI Gateway, so that what goes past the proxy need not be lost.

    Raises:
        InvalidValueError: a name is unknown, or the client goes past the proxy wherever it runs.
    """

    #: What the tool is made with.
    runtimes: list[Runtime]

    def __init__(
        self, runtimes: Sequence[str], name: str | None, *, command: str | Sequence[str], has_gateway: bool
    ) -> None:
        self.client: Client | None = None if name is None else client(name)
        is_default = runtimes is EVERY_RUNTIME
        given = known_runtimes(runtimes)
        self.runtimes = given
        if self.client is not None:
            self.runtimes = known_runtimes([self.client.runtime, *([] if is_default else given)])
        named = [] if is_default or not runtimes or Runtime.ALL in runtimes else given
        self._old_node = OldNode.NO_MATTER
        if self.client is not None:
            self._old_node = self.client.old_node
        elif Runtime.NODE in named or (is_default and _runs_node(command)):
            self._old_node = OldNode.MAY_GO_PAST
        self._goes_past = JAVA_GOES_PAST if Runtime.JAVA in named else ""
        if self.client is not None and self.client.goes_past:
            if not has_gateway:
                raise InvalidValueError("client", f"client must not be {name}: {self.client.goes_past}.")
            self._goes_past = self.client.goes_past

    def values(self, proxy_url: str | Expression) -> dict[str, str | Expression]:
        """What the script of the tool has to know.

        Args:
            proxy_url: URL of the proxy; empty without one.
        """
        limit = self.client.listener_limit if self.client else ""
        listener: str | Expression = ""
        if limit and isinstance(proxy_url, Expression):
            listener = Expression(f'can(regex("(?i)^https:", {proxy_url.text})) ? {hcl_string(limit)} : ""')
        return {
            "aibridge_old_node": self._old_node.value,
            "aibridge_goes_past": self._goes_past,
            "aibridge_listener_limit": listener,
        }

    def limits(self, proxy_url: str | Expression) -> Iterator[str]:
        """What to say when the template is synthesized.

        Args:
            proxy_url: URL of the proxy; empty without one.
        """
        is_tls = isinstance(proxy_url, str) and proxy_url.lower().startswith("https:")
        if is_tls and self.client and self.client.listener_limit:
            yield self.client.listener_limit
        if self._goes_past:
            yield f"{self._goes_past}."


def _runs_node(command: object) -> bool:
    words = command.split(maxsplit=1) if isinstance(command, str) else command
    if not isinstance(words, Sequence):  # refused when it is rendered
        return False
    return len(words) > 0 and str(words[0]).rpartition("/")[2] in _NODE_COMMANDS
