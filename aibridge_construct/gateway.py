"""``Gateway``: AI Gateway in the place of an AI provider, for one process: base URLs and the owner's token.

Facts: Coder's documentation of AI Gateway clients, which prefers a base URL to the proxy where a program takes one.
The deployment serves ``/api/v2/ai-gateway/PROVIDER/…``, older ones ``/api/v2/aibridge/PROVIDER/…``: which of the two,
a process finds out when it starts, because the plan cannot know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from aibridge_construct._engine import Construct
from aibridge_construct.choices import some_of
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.route import Route
from aibridge_construct.shell.render import Body, Expression, body, function, shell_file
from aibridge_construct.words import GatewayProvider

__all__ = ["Gateway"]


@dataclass(frozen=True)
class _Provider:
    """What programs read to reach one provider.

    Attributes:
        addresses: variable to what follows the route of the gateway.
        keys: variables that hold the token.
        detours: variables of a workspace by which a program asks somebody else.
    """

    addresses: Mapping[str, str]
    keys: Sequence[str]
    detours: Sequence[str] = ()


#: Programs disagree on the names: LiteLLM (and aider with it) lets ``…_API_BASE`` win; Claude Code sends both keys, and
#: one of the workspace would go along.
_PROVIDERS: Mapping[GatewayProvider, _Provider] = {
    "anthropic": _Provider(
        addresses={"ANTHROPIC_BASE_URL": "/anthropic", "ANTHROPIC_API_BASE": "/anthropic"},
        keys=("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"),
        detours=("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"),
    ),
    "openai": _Provider(
        addresses={"OPENAI_BASE_URL": "/openai/v1", "OPENAI_API_BASE": "/openai/v1"},
        keys=("OPENAI_API_KEY",),
    ),
}

#: Codex takes no base URL from its environment (measured, 0.169): it would send the token to OpenAI.
_CODEX_OPTIONS = (
    '-c model_provider=coder -c model_providers.coder.name=Coder -c model_providers.coder.base_url="$OPENAI_BASE_URL" '
    "-c model_providers.coder.env_key=OPENAI_API_KEY -c model_providers.coder.wire_api=responses"
)


class Gateway:
    """The AI Gateway of the deployment, for the processes of one construct.

    Args:
        scope: the construct; the data of workspace and owner are put into its stack.
        providers: whose place the gateway takes: ``anthropic``, ``openai``.
        command: what will run, to refuse what is known to take no base URL.

    Raises:
        InvalidValueError: ``providers`` is no list of these, or the command is known not to ask the gateway.
    """

    def __init__(self, scope: Construct, providers: Sequence[GatewayProvider], *, command: str | Sequence[str]) -> None:
        self._providers = _known(providers)
        if "openai" in self._providers:
            _refuse_codex(command)
        DataCoderWorkspace.shared(scope)
        DataCoderWorkspaceOwner.shared(scope)

    @property
    def values(self) -> dict[str, str | Expression]:
        """The values of the script that looks for the gateway. They hold the session token."""
        return {
            "aibridge_gateways": " ".join(self._providers),
            "aibridge_access_url": Route.access_url,
            "aibridge_session_token": Route.session_token,
        }

    def environment(self) -> str:
        """Shell text that defines ``aibridge_gateway_environment``, which the process calls before it becomes its
        command. It reads ``aibridge_gateway_url`` and ``aibridge_session_token``.
        """
        chosen = [_PROVIDERS[name] for name in self._providers]
        addresses = [(name, f"$aibridge_gateway_url{path}") for each in chosen for name, path in each.addresses.items()]
        keys = [(name, "$aibridge_session_token") for each in chosen for name in each.keys]
        detours = [name for each in chosen for name in each.detours]
        lines = [f"{name}={value}\n" for name, value in [*addresses, *keys]]
        lines.append(f"export {' '.join(name for name, _ in [*addresses, *keys])}\n")
        if detours:
            lines.append(f"aibridge_warn_of_detours {' '.join(detours)}\n")
        return function("aibridge_gateway_environment", "".join(lines))

    @staticmethod
    @cache
    def library() -> Body:
        """Shell text that looks for the gateway."""
        return body("gateway", shell_file("gateway.sh"))


def _known(providers: object) -> list[GatewayProvider]:
    chosen = some_of("gateway", providers, [*_PROVIDERS], example="anthropic", more=", and nothing else")
    return [name for name in _PROVIDERS if name in chosen]


def _refuse_codex(command: str | Sequence[str]) -> None:
    words = command.split() if isinstance(command, str) else list(command)
    if words and PurePosixPath(words[0]).name == "codex" and not any("model_provider" in word for word in words):
        raise InvalidValueError(
            "command",
            "command is codex, which takes no base URL from its environment and would send the session token to "
            f"OpenAI. Write shell text with these options, command='codex {_CODEX_OPTIONS} …', or use "
            "Codex(…), which writes them into its configuration.",
        )
