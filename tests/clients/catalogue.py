"""The clients: what each is called, how it is asked for one thing, and where that must arrive."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

SCRIPTS = Path(__file__).with_name("scripts")
#: What VS Code asks the network with, set up as VS Code does.
EDITOR = Path(__file__).parents[1] / "e2e" / "clients" / "editor.cjs"
#: What `EditorSettings` writes.
EDITOR_SETTINGS = {"http.systemCertificatesNode": True, "http.useLocalProxyConfiguration": False}
#: A host of no provider, behind whose name a site of the public internet stands here.
ORDINARY = "registry.example.test"

ANTHROPIC, OPENAI, GOOGLE, MISTRAL = (
    "api.anthropic.com",
    "api.openai.com",
    "generativelanguage.googleapis.com",
    "api.mistral.ai",
)
COPILOT = "api.github.com"
#: The hosts that the proxy decrypts here.
PROVIDERS = (ANTHROPIC, OPENAI, GOOGLE, MISTRAL, COPILOT, "api.githubcopilot.com")


@dataclass(frozen=True)
class Client:
    """One client.

    Attributes:
        name: as the table has it, and `client=` of a tool where that knows it.
        command: asks the host for one thing and ends.
        host: where the request must arrive.
        version: prints the version.
        env: variables of its own: keys that no provider knows, switches against updates and telemetry.
        files: files in its home directory.
        title: what people call it.
        seconds: how long it may take.
        is_tool: whether a tool may be called so; an editor is one with settings of its own.
    """

    name: str
    title: str
    command: Sequence[str]
    host: str
    version: Sequence[str]
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    seconds: float = 30
    is_tool: bool = True

    @property
    def pinned(self) -> bool:
        """Whether its version is this repository's choice, and not the machine's."""
        return Path(self.command[0]).is_absolute()


def clients(installed: Path, node: str) -> list[Client]:
    """Every client, as installed in a directory by `make clients`.

    Args:
        installed: has `node_modules` and the virtual environments `sdk`, `aider` and `vibe`.
        node: the Node.js that runs those which are JavaScript.
    """
    modules = installed / "node_modules"
    python = str(installed / "sdk/bin/python")

    def package(*parts: str) -> str:
        return str(modules.joinpath(*parts))

    def script(names: tuple[str, str], program: str, file: str, host: str, version: Sequence[str]) -> Client:
        name, title = names
        return Client(name, title, [program, str(SCRIPTS / file)], host, version, {"NODE_PATH": str(modules)})

    def version_of(name: str) -> list[str]:
        return [python, "-c", f"import importlib.metadata as m; print(m.version({name!r}))"]

    def module_version(*parts: str) -> list[str]:
        file = modules.joinpath(*parts, "package.json")
        return [node, "-p", f"require({str(file)!r}).version"]

    url = f"https://{ORDINARY}"
    return [
        Client(
            "claude-code",
            "Claude Code",
            [package("@anthropic-ai/claude-code-linux-x64", "claude"), "--print", "hello"],
            ANTHROPIC,
            [package("@anthropic-ai/claude-code-linux-x64", "claude"), "--version"],
            {"ANTHROPIC_API_KEY": "none", "DISABLE_AUTOUPDATER": "1"},
        ),
        Client(
            "codex",
            "Codex",
            [node, package("@openai/codex/bin/codex.js"), "exec", "--skip-git-repo-check", "hello"],
            OPENAI,
            [node, package("@openai/codex/bin/codex.js"), "--version"],
            {"CODEX_API_KEY": "none", "OPENAI_API_KEY": "none"},
        ),
        Client(
            "copilot",
            "GitHub Copilot CLI",
            [
                package("@github/copilot-linux-x64/copilot"),
                "--prompt",
                "hello",
                "--allow-all-tools",
                "--no-auto-update",
            ],
            COPILOT,
            [package("@github/copilot-linux-x64/copilot"), "--version"],
            {"COPILOT_GITHUB_TOKEN": "github_pat_none", "GH_TOKEN": "github_pat_none"},
        ),
        Client(
            "opencode",
            "OpenCode",
            [package("opencode-linux-x64/bin/opencode"), "run", "--model", "anthropic/claude-sonnet-4-5", "hello"],
            ANTHROPIC,
            [package("opencode-linux-x64/bin/opencode"), "--version"],
            {"ANTHROPIC_API_KEY": "none", "OPENCODE_DISABLE_AUTOUPDATE": "1"},
        ),
        Client(
            "gemini-cli",
            "Gemini CLI",
            [node, package("@google/gemini-cli/bundle/gemini.js"), "--skip-trust", "--prompt", "hello"],
            GOOGLE,
            [node, package("@google/gemini-cli/bundle/gemini.js"), "--version"],
            {"GEMINI_API_KEY": "none"},
        ),
        Client(
            "qwen-code",
            "Qwen Code",
            [
                *(
                    node,
                    package("@qwen-code/qwen-code/cli-entry.js"),
                    "--auth-type",
                    "openai",
                    "--openai-api-key",
                    "none",
                ),
                *("--openai-base-url", f"https://{OPENAI}/v1", "--model", "gpt-4o", "--prompt", "hello"),
            ],
            OPENAI,
            [node, package("@qwen-code/qwen-code/cli-entry.js"), "--version"],
        ),
        Client(
            "cline",
            "Cline CLI",
            [node, package("cline/bin/cline"), "-P", "anthropic", "-k", "none", "say hello"],
            ANTHROPIC,
            [node, package("cline/bin/cline"), "--version"],
            {"ANTHROPIC_API_KEY": "none"},
        ),
        Client(
            "aider",
            "aider",
            [
                *(str(installed / "aider/bin/aider"), "--message", "hello", "--yes-always", "--no-git", "--no-pretty"),
                *("--no-check-update", "--no-show-model-warnings", "--no-analytics", "--model", "openai/gpt-4o"),
            ],
            OPENAI,
            [str(installed / "aider/bin/aider"), "--version"],
            {"OPENAI_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            seconds=90,
        ),
        Client(
            "mistral-vibe",
            "Mistral Vibe",
            [str(installed / "vibe/bin/vibe"), "--prompt", "hello"],
            MISTRAL,
            [str(installed / "vibe/bin/vibe"), "--version"],
            {"MISTRAL_API_KEY": "none"},
        ),
        Client(
            "llm",
            "llm",
            [str(installed / "sdk/bin/llm"), "-m", "gpt-4o-mini", "hello"],
            OPENAI,
            [str(installed / "sdk/bin/llm"), "--version"],
            {"OPENAI_API_KEY": "none"},
        ),
        script(("litellm", "LiteLLM"), python, "litellm_ask.py", OPENAI, version_of("litellm")),
        script(("openai-python", "OpenAI SDK, Python"), python, "openai_ask.py", OPENAI, version_of("openai")),
        script(
            ("anthropic-python", "Anthropic SDK, Python"),
            python,
            "anthropic_ask.py",
            ANTHROPIC,
            version_of("anthropic"),
        ),
        script(
            ("google-genai", "Google Gen AI SDK, Python"), python, "google_ask.py", GOOGLE, version_of("google-genai")
        ),
        script(("openai-node", "OpenAI SDK, Node 24"), node, "openai_ask.cjs", OPENAI, module_version("openai")),
        script(
            ("anthropic-node", "Anthropic SDK, Node 24"),
            node,
            "anthropic_ask.cjs",
            ANTHROPIC,
            module_version("@anthropic-ai/sdk"),
        ),
        script(("node", "Node 24, its own fetch"), node, "fetch_ask.cjs", OPENAI, [node, "--version"]),
        script(
            ("node-22.20", "Node 22.20, its own fetch"),
            package("node-22-20/bin/node"),
            "fetch_ask.cjs",
            OPENAI,
            [package("node-22-20/bin/node"), "--version"],
        ),
        script(
            ("node-20", "Node 20, its own fetch"),
            package("node-20/bin/node"),
            "fetch_ask.cjs",
            OPENAI,
            [package("node-20/bin/node"), "--version"],
        ),
        script(("undici", "undici"), node, "undici_ask.cjs", OPENAI, module_version("undici")),
        script(
            ("bun", "Bun, its own fetch"),
            package("@oven/bun-linux-x64/bin/bun"),
            "fetch_ask.cjs",
            OPENAI,
            [package("@oven/bun-linux-x64/bin/bun"), "--version"],
        ),
        Client(
            "deno",
            "Deno, its own fetch",
            [package("@deno/linux-x64-glibc/deno"), "run", "--allow-all", str(SCRIPTS / "fetch_ask.mjs")],
            OPENAI,
            [package("@deno/linux-x64-glibc/deno"), "--version"],
            {"DENO_NO_UPDATE_CHECK": "1"},
        ),
        script(("requests", "requests"), python, "requests_ask.py", OPENAI, version_of("requests")),
        script(("httpx", "httpx"), python, "httpx_ask.py", OPENAI, version_of("httpx")),
        script(("aiohttp", "aiohttp, trust_env=False"), python, "aiohttp_ask.py", OPENAI, version_of("aiohttp")),
        Client(
            "java",
            "Java 17, HttpClient",
            ["java", "-XX:+UseSerialGC", str(SCRIPTS / "Ask.java")],
            OPENAI,
            ["java", "--version"],
        ),
        *(
            Client(
                f"vscode-{way}",
                f"VS Code's agent with `EditorSettings`, {way}",
                [node, str(EDITOR), f"https://{OPENAI}/v1/models", way],
                OPENAI,
                module_version("@vscode", "proxy-agent"),
                {"NODE_PATH": str(modules), "EDITOR_SETTINGS": "settings.json"},
                {"settings.json": json.dumps(EDITOR_SETTINGS)},
                is_tool=False,
            )
            for way in ("https", "fetch")
        ),
        Client("git", "git", ["git", "ls-remote", f"{url}/left-pad"], ORDINARY, ["git", "--version"]),
        Client("curl", "curl", ["curl", "-sS", "-m", "20", f"{url}/left-pad"], ORDINARY, ["curl", "--version"]),
        Client(
            "wget",
            "wget (GnuTLS, Debian)",
            ["wget", "-T", "20", "-t", "1", "-O-", f"{url}/left-pad"],
            ORDINARY,
            ["wget", "--version"],
        ),
        Client(
            "pip",
            "pip",
            [
                *(python, "-m", "pip", "download", "--no-deps", "--retries", "0", "--index-url", f"{url}/simple"),
                *("--disable-pip-version-check", "left-pad"),
            ],
            ORDINARY,
            version_of("pip"),
        ),
        Client(
            "uv",
            "uv",
            [
                *(str(installed / "sdk/bin/uv"), "pip", "install", "--dry-run", "--python", python),
                *("--index-url", f"{url}/simple", "left-pad"),
            ],
            ORDINARY,
            [str(installed / "sdk/bin/uv"), "--version"],
            {"UV_HTTP_RETRIES": "0"},
        ),
        Client(
            "npm",
            "npm",
            [
                *(node, str(Path(node).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"), "view", "left-pad"),
                *("--registry", url, "--fetch-retries", "0"),
            ],
            ORDINARY,
            [node, str(Path(node).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"), "--version"],
            # The roots of this network, which Node.js does not bring along, are the system's.
            {"NODE_USE_SYSTEM_CA": "1"},
        ),
        Client(
            "cargo",
            "cargo",
            ["cargo", "search", "--registry", "example", "left-pad"],
            ORDINARY,
            ["cargo", "--version"],
            {
                "CARGO_HOME": ".cargo-of-the-test",
                "CARGO_REGISTRIES_EXAMPLE_INDEX": f"sparse+{url}/index/",
                "CARGO_NET_RETRY": "0",
                "PATH": _path_of("cargo"),
                "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
            },
        ),
        Client(
            "go",
            "Go (go mod download)",
            ["go", "list", "-m", "-json", "example.test/left-pad@latest"],
            ORDINARY,
            ["go", "version"],
            {
                "GOPROXY": url,
                "GOFLAGS": "-mod=mod",
                "GONOSUMDB": "*",
                "GOPATH": "/tmp/aibridge-clients-go",
                "PATH": _path_of("go"),
            },
        ),
    ]


def _path_of(program: str) -> str:
    """A PATH with the directory where the machine has it."""
    return f"{Path(shutil.which(program) or '/').parent}:/usr/bin:/bin"
