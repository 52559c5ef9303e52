"""What users write, as type checkers see it. A line with ``type: ignore`` has a mistake that a checker must find.

``make types`` holds mypy to it: an ignore that is not needed is an error. ``test_user_code`` holds pyright.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type, cast, get_args

from cdktf import TerraformStack, TerraformVariable, Token

from aibridge_construct import (
    AgentAuth,
    AIBridgeProxy,
    AppShare,
    Arch,
    ClientName,
    CoderAgent,
    CoderApp,
    CoderEnv,
    Codex,
    CountArgument,
    DataCoderParameter,
    DataCoderProvisioner,
    EditorName,
    EditorSettings,
    GatewayProvider,
    HasSyncUnit,
    OperatingSystem,
    ParameterOption,
    ParameterValidation,
    ProxiedTool,
    Runtime,
    RuntimeName,
)

# ---- helpers of users


def review(
    stack: TerraformStack, proxy: AIBridgeProxy, runtimes: Sequence[RuntimeName], client: ClientName
) -> ProxiedTool:
    return ProxiedTool(stack, "review", proxy=proxy, command=["x"], runtimes=runtimes, client=client)


def machine(
    stack: TerraformStack, arch: Arch, auth: AgentAuth = "token", count: CountArgument | None = None
) -> CoderAgent:
    return CoderAgent(stack, "machine", os="linux", arch=arch, auth=auth)


def waiting(stack: TerraformStack, proxy: AIBridgeProxy, after: Sequence[HasSyncUnit | str]) -> ProxiedTool:
    return ProxiedTool(stack, "waiting", proxy=proxy, command="true", after=after)


# ---- a str of the program: from a file, the command line, the environment


def chosen(text: str) -> Arch:
    if text not in get_args(Arch):
        raise SystemExit(f"{text} is no architecture")
    return cast("Arch", text)


def from_texts(stack: TerraformStack, text: str, texts: Sequence[str]) -> None:
    CoderAgent(stack, "checked", os="linux", arch=chosen(text))
    CoderAgent(stack, "text", os="linux", arch=text)  # type: ignore[arg-type]
    EditorSettings(stack, "editors", proxy=proxy(stack), editors=texts)  # type: ignore[arg-type]
    Runtime(text)
    proxy(stack).environment(*map(Runtime, texts))
    proxy(stack).environment(*texts)  # type: ignore[arg-type]


# ---- what only Terraform knows


def from_terraform(stack: TerraformStack) -> None:
    host = DataCoderProvisioner.shared(stack)
    variable = TerraformVariable(stack, "share", type="string")
    parameter = DataCoderParameter(stack, "parameter", name="arch", default="amd64")
    assert_type(host.arch, Arch)
    assert_type(host.os, OperatingSystem)
    agent = CoderAgent(stack, "same", os=host.os, arch=host.arch)
    CoderAgent(stack, "other", os=agent.os, arch=Token.as_any(parameter.value))
    CoderApp(stack, "app", agent_id=agent.id, slug="app", share=Token.as_any(variable.string_value))
    CoderApp(stack, "again", agent_id=agent.id, slug="again", share=variable.value)
    CoderApp(stack, "text", agent_id=agent.id, slug="text", share=variable.string_value)  # type: ignore[arg-type]
    CoderEnv(stack, "env", agent_id=agent.id, name="SHARE", value=variable.string_value)
    Codex(stack, "codex", agent_id=Token.as_string(agent.id), model_reasoning_effort=Token.as_any("${var.effort}"))
    agent.arch = Token.as_any("${var.arch}")
    agent.auth = "token"


# ---- words


def proxy(stack: TerraformStack) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id="${var.agent_id}", proxy_url="https://aiproxy.example.com")


def right(stack: TerraformStack, share: AppShare, editors: list[EditorName], providers: list[GatewayProvider]) -> None:
    agent = CoderAgent(stack, "main", os="linux", arch="amd64", startup_script_behavior="blocking", api_key_scope="all")
    CoderApp(stack, "app", agent_id=agent.id, slug="app", share=share, open_in="tab")
    ProxiedTool(stack, "a", proxy=proxy(stack), command="x", runtimes=["node", Runtime.GIT], on_unavailable="direct")
    ProxiedTool(stack, "b", agent_id=agent.id, command="x", gateway=providers)
    EditorSettings(stack, "editors", proxy=proxy(stack), editors=editors)
    proxy(stack).environment("node", Runtime.PYTHON)
    runtimes = ["node", "git"]
    review(stack, proxy(stack), runtimes, "codex")  # type: ignore[arg-type]


def wrong(stack: TerraformStack) -> None:
    agent = CoderAgent(stack, "os", os="linx", arch="amd64")  # type: ignore[arg-type]
    CoderAgent(stack, "arch", os="linux", arch="x86_64")  # type: ignore[arg-type]
    CoderAgent(stack, "auth", os="linux", arch="amd64", auth="tokens")  # type: ignore[arg-type]
    CoderAgent(stack, "start", os="linux", arch="amd64", startup_script_behavior="block")  # type: ignore[arg-type]
    CoderAgent(stack, "scope", os="linux", arch="amd64", api_key_scope="none")  # type: ignore[arg-type]
    agent.os = "linx"  # type: ignore[assignment]
    app = CoderApp(stack, "share", agent_id=agent.id, slug="a", share="publik")  # type: ignore[arg-type]
    CoderApp(stack, "in", agent_id=agent.id, slug="a", open_in="tabs")  # type: ignore[arg-type]
    app.share = "nobody"  # type: ignore[assignment]
    CoderEnv(stack, "env", agent_id=agent.id, name="A", merge_strategy="join")  # type: ignore[arg-type]
    DataCoderParameter(stack, "type", name="p", type="strng")  # type: ignore[arg-type]
    DataCoderParameter(stack, "form", name="p", form_type="drop-down")  # type: ignore[arg-type]
    ParameterValidation(monotonic="up")  # type: ignore[arg-type]
    ParameterOption(name="a", valeu="a")  # type: ignore[call-arg]
    ProxiedTool(stack, "a", proxy=proxy(stack), command="x", runtimes=["nod"])  # type: ignore[list-item]
    ProxiedTool(stack, "b", proxy=proxy(stack), command="x", client="claude")  # type: ignore[arg-type]
    ProxiedTool(stack, "c", proxy=proxy(stack), command="x", on_unavailable="ignore")  # type: ignore[arg-type]
    ProxiedTool(stack, "d", agent_id=agent.id, command="x", gateway=["antropic"])  # type: ignore[list-item]
    ProxiedTool(stack, "e", agent_id=agent.id, command="x", gateway="anthropic")  # type: ignore[arg-type]
    EditorSettings(stack, "editors", proxy=proxy(stack), editors=["vs-code"])  # type: ignore[list-item]
    Codex(stack, "codex", agent_id=agent.id, model_reasoning_effort="max")  # type: ignore[arg-type]
    proxy(stack).environment("nod")  # type: ignore[arg-type]
    proxy(stack).cert_path = "/x"  # type: ignore[misc]
    AIBridgeProxy(stack, "x", agent_id=agent.id, proxy_ulr="https://a.example.com")  # type: ignore[call-arg]
