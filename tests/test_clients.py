"""Clients by name: what they are made with, and that none goes past the proxy without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, TerraformVariable, Testing

from aibridge_construct import AIBridgeProxy, InvalidValueError, MissingArgumentError, ProxiedTool
from aibridge_construct.clients import CLIENTS, Listener, OldNode, client
from aibridge_construct.detours import EVERY_RUNTIME, Detours
from aibridge_construct.environment import Runtime
from aibridge_construct.shell.render import Expression
from aibridge_construct.testing import AgentScripts, Ended, in_every_shell
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment
from tests.clients.catalogue import clients as measured
from tests.shell.workspace import assigned
from tests.values import PEM

URL = "http://aiproxy.example.com:8888"
GOES_PAST = ("node-22.20", "node-20", "aiohttp", "java")
OWN_FETCH = ("node", "openai-node", "anthropic-node")


def detours(
    name: str | None = None,
    runtimes: Any = EVERY_RUNTIME,
    command: Any = ("some-ai-cli",),
    has_gateway: bool = False,
) -> Detours:
    return Detours(runtimes, name, command=command, has_gateway=has_gateway)


# ---- the table -----------------------------------------------------------------------------------------


def test_the_names_are_those_that_make_clients_measures() -> None:
    assert list(CLIENTS) == [each.name for each in measured(Path("/installed"), "/usr/bin/node") if each.is_tool]


@pytest.mark.parametrize(
    ("name", "runtime"),
    [
        pytest.param("claude-code", Runtime.BUN, id="a binary of Bun, installed by npm"),
        pytest.param("codex", Runtime.RUST, id="Rust, installed by npm"),
        pytest.param("uv", Runtime.RUST, id="Rust, installed by pip"),
        pytest.param("gemini-cli", Runtime.NODE, id="Node"),
        pytest.param("aider", Runtime.PYTHON, id="Python"),
        pytest.param("deno", Runtime.DENO, id="Deno"),
        pytest.param("wget", Runtime.WGET, id="wget"),
    ],
)
def test_a_client_has_the_runtime_that_it_is_made_with_and_not_that_of_its_package(name: str, runtime: Runtime) -> None:
    assert detours(name).runtimes == [runtime]


def test_runtimes_beside_a_client_are_added() -> None:
    assert detours("codex", ["git", "node"]).runtimes == [Runtime.NODE, Runtime.GIT, Runtime.RUST]
    assert detours("codex", ["all"]).runtimes == detours().runtimes == [r for r in Runtime if r is not Runtime.ALL]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("claude", "Did you mean claude-code?", id="near"),
        pytest.param("Codex", "Did you mean codex?", id="another case"),
        pytest.param("gemini", "Did you mean gemini-cli?", id="short"),
        pytest.param("zzz", "There are: aider, ", id="far"),
        pytest.param("", "There are: aider, ", id="empty"),
        pytest.param(["codex"], "There are: aider, ", id="a list"),
        pytest.param("${var.client}", "There are: aider, ", id="what only Terraform knows"),
    ],
)
def test_a_name_that_nobody_knows_draws_the_nearest(name: Any, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        client(name)
    assert words in str(caught.value)
    assert "runtimes=[…]" in str(caught.value)
    assert caught.value.field == "client"


# ---- past the proxy, as far as Python knows ------------------------------------------------------------


@pytest.mark.parametrize("name", GOES_PAST)
def test_a_client_that_goes_past_the_proxy_wherever_it_runs_is_refused_with_its_cure(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^client must not be {name}: .* past the AI Bridge Proxy") as caught:
        detours(name)
    assert "write " in str(caught.value)


@pytest.mark.parametrize("name", GOES_PAST)
def test_beside_the_gateway_it_draws_a_warning(name: str) -> None:
    made = detours(name, has_gateway=True)
    (said,) = made.limits(URL)
    assert "past the AI Bridge Proxy" in said
    assert made.values(URL)["aibridge_goes_past"]


@pytest.mark.parametrize("name", [name for name in CLIENTS if name not in GOES_PAST])
def test_every_other_client_is_taken_and_says_nothing_on_a_plain_listener(name: str) -> None:
    made = detours(name)
    assert not list(made.limits(URL))
    assert made.values(URL)["aibridge_goes_past"] == ""
    assert made.values(URL)["aibridge_listener_limit"] == ""


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        *(pytest.param({"name": name}, "refuse", id=name) for name in OWN_FETCH),
        *(pytest.param({"name": name}, "", id=name) for name in ("npm", "gemini-cli", "qwen-code", "copilot", "curl")),
        pytest.param({"name": "cline"}, "warn", id="not measured on an old Node"),
        pytest.param({"runtimes": ["curl", "node"]}, "warn", id="the runtime alone"),
        pytest.param({"runtimes": ["all"]}, "", id="every runtime"),
        pytest.param({"runtimes": []}, "", id="no runtime, which is every"),
        pytest.param({}, "", id="nothing said"),
        pytest.param({"command": ["/opt/node/bin/node", "x.js"]}, "warn", id="a command that is Node"),
        pytest.param({"command": "npx tool | tee log"}, "warn", id="a shell text that begins with npx"),
        pytest.param({"command": ["npm", "ci"]}, "", id="npm has an agent of its own"),
        pytest.param({"command": ["node"], "runtimes": ["curl"]}, "", id="the user says that it is something else"),
    ],
)
def test_the_age_of_node_matters_to_those_who_use_its_own_fetch(given: Any, rule: str) -> None:
    assert detours(**given).values(URL)["aibridge_old_node"] == rule


def test_java_as_a_runtime_draws_a_warning_and_gets_the_proxy() -> None:
    made = detours(runtimes=["java"])
    assert made.runtimes == [Runtime.JAVA]
    assert "Authenticator" in "".join(made.limits(URL))
    assert "Authenticator" in str(made.values(URL)["aibridge_goes_past"])
    assert not list(detours(runtimes=["all"]).limits(URL))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(pytest.param(name, "basicConstraints=CA:FALSE", id=name) for name in ("codex", "copilot", "uv", "deno")),
        pytest.param("wget", "needs a listener without TLS", id="wget"),
        *(pytest.param(name, "", id=name) for name in ("claude-code", "opencode", "gemini-cli", "go", "cargo")),
    ],
)
def test_what_a_client_makes_of_a_listener_with_tls_is_said(name: str, words: str) -> None:
    made = detours(name)
    for url in ("https://aiproxy.example.com", "HTTPS://aiproxy.example.com"):
        said = list(made.limits(url))
        assert bool(said) is bool(words)
        assert words in "".join(said)
    known_at_plan = made.values(Expression("var.url"))["aibridge_listener_limit"]
    assert isinstance(known_at_plan, Expression) is bool(words)
    assert not list(made.limits(Expression("var.url")))


def test_each_limit_of_the_table_is_one_that_somebody_has() -> None:
    assert {each.listener for each in CLIENTS.values()} == set(Listener)
    assert {each.old_node for each in CLIENTS.values()} == set(OldNode)
    assert {name for name, each in CLIENTS.items() if each.goes_past} == set(GOES_PAST)


def test_a_client_without_a_proxy_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(MissingArgumentError, match="ProxiedTool needs proxy or gateway"):
        ProxiedTool(stack, "tool", agent_id="a1", command="x", client="codex")
    with pytest.raises(InvalidValueError, match=r"client has no effect without proxy=…"):
        ProxiedTool(stack, "tool", agent_id="a1", command="x", client="codex", gateway=["openai"])


def test_the_page_names_every_client_that_is_refused_or_limited() -> None:
    page = (Path(__file__).parents[1] / "docs/clients.md").read_text("utf-8")
    table = page.partition("<!-- end of what is measured -->")[2]
    for name in CLIENTS:
        assert f"`{name}`" in table


# ---- and as far as the workspace knows: rendered by Terraform, run as the agent runs it ----------------


@pytest.fixture(scope="session")
def texts(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    directory = tmp_path_factory.mktemp("clients")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    url = TerraformVariable(stack, "url", type="string", default="https://aiproxy.example.com")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=url.string_value, launcher=True)
    every: dict[str, dict[str, Any]] = {
        "sdk": {"client": "openai-node"},
        "bold": {"client": "openai-node", "on_unavailable": "direct"},
        "runtime": {"runtimes": ["node"]},
        "npm": {"client": "npm"},
        "codex": {"client": "codex"},
        "java": {"runtimes": ["java"]},
        "native": {"runtimes": ["node"], "command": ["env"]},
    }
    command = 'echo "ran $${HTTPS_PROXY%%:*}"'
    tools = {
        name: ProxiedTool(stack, name, proxy=proxy, wait_seconds=1, **{"command": command} | each)
        for name, each in every.items()
    }
    tools["path"] = ProxiedTool(
        stack, "path", proxy=proxy, command=["/NODE/bin/node", "x.js"], client="node", wait_seconds=1
    )
    (directory / "cdk.tf.json").write_text(Testing.synth(stack, True))
    terraform = Terraform(directory, env=workspace_environment(), mirror=mirror)
    terraform.init()
    planned = terraform.plan()
    return {name: planned.resource(tool.script.address)["script"] for name, tool in tools.items()} | {
        "setup": planned.resource(proxy.script.address)["script"]
    }


Run = Callable[..., Ended]


@pytest.fixture
def run(coder_scripts: AgentScripts, texts: dict[str, str]) -> Run:
    """Runs a tool where `node` is a program that prints a version, or does what it is told."""
    root = coder_scripts.root / "clients"
    root.mkdir()
    (root / "ca.pem").write_text(PEM)
    (root / "ca.pem.bundle").write_text(PEM)

    def run(name: str, node: str = "", path: str = "/usr/bin:/bin") -> Ended:
        if node:
            program = root / "bin" / "node"
            program.parent.mkdir(exist_ok=True)
            program.write_text(f'#!/bin/sh\n[ "$1" = --version ] || exec echo node "$@"\n{node}\n')
            program.chmod(0o755)
            path = f"{program.parent}:{path}"
        text = texts[name].replace("/NODE/", f"{root}/").replace("NODE_SECONDS=5\n", "NODE_SECONDS=1\n")
        values = {"aibridge_cert_path": str(root / "ca.pem")}
        if "\naibridge_bundle_path=''" not in text:
            values["aibridge_bundle_path"] = str(root / "ca.pem.bundle")
        return coder_scripts.run(assigned(text, values), env={"PATH": path})

    return run


OLD = pytest.mark.parametrize("version", ["v20.19.4", "v22.20.0", "v18.0.0", "v23.11.1", "v22.3.0"])


@in_every_shell
@OLD
def test_a_client_made_of_nodes_fetch_does_not_start_on_a_node_that_is_too_old(run: Run, version: str) -> None:
    ended = run("sdk", f"echo {version}")
    assert (ended.status, ended.stdout) == (1, "")
    assert ended.stderr.startswith("ERROR: ")
    assert f"/bin/node is Node.js {version}, which reads no proxy variables" in ended.stderr
    assert "so it was not started: install Node.js 24, or 22.21 and newer of 22." in ended.stderr


@in_every_shell
@pytest.mark.parametrize("version", ["v22.21.0", "v24.0.0", "v26.1.0-nightly", "v22.100.0"])
def test_it_starts_on_a_node_that_reads_the_variables(run: Run, version: str) -> None:
    ended = run("sdk", f"echo {version}")
    assert (ended.status, ended.stdout, ended.stderr) == (0, "ran https\n", "")


@in_every_shell
def test_where_the_template_lets_it_go_directly_it_starts_and_the_warning_names_it(run: Run) -> None:
    ended = run("bold", "echo v20.19.4")
    assert (ended.status, ended.stdout) == (0, "ran https\n")
    assert ended.stderr.startswith("WARNING: ")
    assert "the requests of bold go past the AI Bridge Proxy, its traffic is not governed" in ended.stderr


@in_every_shell
def test_a_runtime_alone_draws_a_warning_and_runs(run: Run) -> None:
    ended = run("runtime", "echo v20.19.4")
    assert (ended.status, ended.stdout) == (0, "ran https\n")
    assert "WARNING: " in ended.stderr
    assert "what runtime asks by Node's own fetch goes past the AI Bridge Proxy" in ended.stderr
    assert run("runtime", "echo v24.1.0").stderr == ""


@in_every_shell
@pytest.mark.parametrize(
    "node",
    [
        pytest.param("sleep 30", id="hangs, and leaves a process behind"),
        pytest.param("exit 1", id="fails"),
        pytest.param("echo nonsense", id="another program"),
        pytest.param("echo v20.x", id="no version"),
    ],
)
def test_a_node_that_does_not_tell_its_version_is_no_permission(run: Run, node: str) -> None:
    ended = run("sdk", node)
    assert (ended.status, ended.stdout) == (1, "")
    assert "does not tell its version in 1 s" in ended.stderr


@in_every_shell
def test_a_client_with_an_agent_of_its_own_is_not_asked_for_its_node(run: Run) -> None:
    ended = run("npm", "echo asked >&2; echo v12.0.0")
    assert (ended.status, ended.stdout, ended.stderr) == (0, "ran https\n", "")


@in_every_shell
def test_the_node_that_the_command_names_counts_and_not_that_on_the_path(run: Run) -> None:
    assert run("path", "echo v24.0.0", path="/nowhere:/usr/bin:/bin").stdout == "node x.js\n"
    refused = run("path", "echo v20.0.0")
    assert (refused.status, refused.stdout) == (1, "")


@in_every_shell
def test_a_program_that_is_no_script_is_not_run_by_the_node_of_the_workspace(run: Run) -> None:
    ended = run("native", "echo v20.19.4")
    assert (ended.status, ended.stderr) == (0, "")


@in_every_shell
def test_java_and_a_listener_with_tls_that_only_the_plan_knows_draw_a_warning(run: Run) -> None:
    java, codex = run("java"), run("codex")
    assert (java.status, java.stdout, codex.status, codex.stdout) == (0, "ran https\n", 0, "ran https\n")
    assert "WARNING: java: Java reads no proxy variables" in java.stderr
    assert "WARNING: codex: Codex refuses an https:// proxy whose certificate says CA:TRUE" in codex.stderr
