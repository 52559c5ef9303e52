"""Clients by name: what each is made with, and what is known of it behind the proxy.

Facts: ``make clients`` runs each of them behind a real proxy; docs/clients.md has what came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from aibridge_construct.choices import meant, refused
from aibridge_construct.environment import Runtime
from aibridge_construct.errors import InvalidValueError

__all__ = ["CLIENTS", "JAVA_GOES_PAST", "Client", "Listener", "OldNode", "client"]

#: Why a program of Java is not governed, and what to do.
JAVA_GOES_PAST = (
    "Java reads no proxy variables, so it goes past the AI Bridge Proxy unless the program itself takes the proxy and "
    "the password from HTTPS_PROXY, with a ProxySelector and an Authenticator"
)

_OLD_NODE = "Node.js before 22.21 reads no proxy variables, so its own fetch goes past the AI Bridge Proxy"


class Listener(Enum):
    """What a client makes of a proxy that is itself reached by TLS."""

    #: It takes every certificate that is trusted.
    TAKEN = "taken"
    #: It refuses a certificate that says CA:TRUE, as ``openssl req -x509`` makes it.
    NO_AUTHORITY = "no authority"
    #: It cannot speak TLS to a proxy.
    NEVER = "never"


class OldNode(Enum):
    """What a client makes of Node.js before 22.21, which has no ``NODE_USE_ENV_PROXY``."""

    #: It does not ask Node for the way: it is no JavaScript, or brings a Node or a proxy agent of its own.
    NO_MATTER = ""
    #: It may go past the proxy: nobody knows what the program is made of.
    MAY_GO_PAST = "warn"
    #: It goes past the proxy: its requests are Node's own ``fetch``.
    GOES_PAST = "refuse"


class Client(NamedTuple):
    """A client that is known by name.

    Args:
        title: what people call it.
        runtime: what it is made with, however it is installed.
        listener: what it makes of a proxy that is reached by TLS.
        old_node: what it makes of an old Node.js.
        goes_past: why it goes past the proxy in any case, and what to do. Default: it does not.
    """

    title: str
    runtime: Runtime
    listener: Listener = Listener.TAKEN
    old_node: OldNode = OldNode.NO_MATTER
    goes_past: str = ""

    @property
    def listener_limit(self) -> str:
        """What is to be known where the proxy is reached by TLS, as a sentence; empty where nothing is."""
        if self.listener is Listener.NO_AUTHORITY:
            return (
                f"{self.title} refuses an https:// proxy whose certificate says CA:TRUE: make the listener's "
                "certificate with basicConstraints=CA:FALSE."
            )
        if self.listener is Listener.NEVER:
            return f"{self.title} cannot use an https:// proxy: it needs a listener without TLS."
        return ""


_FETCH = OldNode.GOES_PAST
_STRICT = Listener.NO_AUTHORITY

#: Every client that is known, by the name that ``make clients`` measures it by.
CLIENTS: Mapping[str, Client] = MappingProxyType(
    {
        "claude-code": Client("Claude Code", Runtime.BUN),
        "codex": Client("Codex", Runtime.RUST, _STRICT),
        "copilot": Client("GitHub Copilot CLI", Runtime.NODE, _STRICT),
        "opencode": Client("OpenCode", Runtime.BUN),
        "gemini-cli": Client("Gemini CLI", Runtime.NODE),
        "qwen-code": Client("Qwen Code", Runtime.NODE),
        "cline": Client("Cline CLI", Runtime.NODE, old_node=OldNode.MAY_GO_PAST),
        "aider": Client("aider", Runtime.PYTHON),
        "mistral-vibe": Client("Mistral Vibe", Runtime.PYTHON),
        "llm": Client("llm", Runtime.PYTHON),
        "litellm": Client("LiteLLM", Runtime.PYTHON),
        "openai-python": Client("OpenAI SDK, Python", Runtime.PYTHON),
        "anthropic-python": Client("Anthropic SDK, Python", Runtime.PYTHON),
        "google-genai": Client("Google Gen AI SDK, Python", Runtime.PYTHON),
        "openai-node": Client("OpenAI SDK, Node", Runtime.NODE, old_node=_FETCH),
        "anthropic-node": Client("Anthropic SDK, Node", Runtime.NODE, old_node=_FETCH),
        "node": Client("Node.js, its own fetch", Runtime.NODE, old_node=_FETCH),
        "node-22.20": Client(
            "Node.js 22.20, its own fetch",
            Runtime.NODE,
            goes_past=f'{_OLD_NODE}: install Node.js 24, or 22.21 and newer, and write client="node"',
        ),
        "node-20": Client(
            "Node.js 20, its own fetch",
            Runtime.NODE,
            goes_past=f'{_OLD_NODE}: install Node.js 24, or 22.21 and newer, and write client="node"',
        ),
        "undici": Client("undici", Runtime.NODE),
        "bun": Client("Bun, its own fetch", Runtime.BUN),
        "deno": Client("Deno, its own fetch", Runtime.DENO, _STRICT),
        "requests": Client("requests", Runtime.PYTHON),
        "httpx": Client("httpx", Runtime.PYTHON),
        "aiohttp": Client(
            "aiohttp",
            Runtime.PYTHON,
            goes_past="aiohttp goes past the AI Bridge Proxy unless the program makes its session with trust_env=True: "
            'do that, and write runtimes=["python"]',
        ),
        "java": Client(
            "Java, HttpClient",
            Runtime.JAVA,
            goes_past=f'{JAVA_GOES_PAST}: where it does, write runtimes=["java"]',
        ),
        "git": Client("git", Runtime.GIT),
        "curl": Client("curl", Runtime.CURL),
        "wget": Client("wget with GnuTLS", Runtime.WGET, Listener.NEVER),
        "pip": Client("pip", Runtime.PYTHON),
        "uv": Client("uv", Runtime.RUST, _STRICT),
        "npm": Client("npm", Runtime.NODE),
        "cargo": Client("cargo", Runtime.RUST),
        "go": Client("Go", Runtime.GO),
    }
)


def client(name: object) -> Client:
    """The client that is called ``name``.

    Raises:
        InvalidValueError: none is; the message names the nearest.
    """
    if isinstance(name, str) and name in CLIENTS:
        return CLIENTS[name]
    must = 'must be the name of a client that is known, for example "claude-code"'
    every = "" if meant(name, CLIENTS) else f" There are: {', '.join(sorted(CLIENTS))}."
    raise InvalidValueError(
        "client",
        f"{refused('client', name, must, words=CLIENTS)}{every} For another program write what it is made with, "
        "runtimes=[…].",
    )
