"""A tool that asks the AI Gateway in the place of the provider: what is declared, refused, found and set."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import (
    AIBridgeProxy,
    CoderAgent,
    GatewayProvider,
    InvalidValueError,
    MissingArgumentError,
    ProxiedTool,
)
from aibridge_construct.testing import AgentScripts, Ended
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment
from tests.shell.deployment import Deployment, Request, answer, by_path, hang_up, in_turn
from tests.shell.workspace import assigned
from tests.values import PEM

TOKEN = "owner-session-token"
PROBES = ("/api/v2/ai-gateway/aibridge-construct", "/api/v2/aibridge/aibridge-construct")
THERE = answer(404, b"route not supported: GET /aibridge-construct\n")
ELSEWHERE = answer(404, b'{"message":"Route not found."}\n')
NEW = by_path({PROBES[0]: THERE})
OLD = by_path({PROBES[0]: ELSEWHERE, PROBES[1]: THERE})
URL = "https://aiproxy.example.com:8888"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"gateway": "anthropic"}, 'gateway must be a list of any of "anthropic", "openai"', id="a text"),
        pytest.param({"gateway": []}, "gateway must be a list", id="an empty list"),
        pytest.param({"gateway": ["gemini"]}, 'must hold any of "anthropic", "openai", and nothing else', id="unknown"),
        pytest.param({"runtimes": ["node"]}, "runtimes has no effect without proxy", id="runtimes without a proxy"),
        pytest.param({"no_proxy": [".x"]}, "no_proxy has no effect without proxy", id="no_proxy without a proxy"),
        pytest.param({"agent_id": ""}, "agent_id must not be empty", id="no agent"),
        pytest.param(
            {"gateway": ["openai"], "command": ["/usr/bin/codex", "exec"]}, "send the session token", id="codex"
        ),
        pytest.param({"gateway": ["openai"], "command": "codex exec hi"}, "model_provider=coder", id="codex as text"),
    ],
)
def test_a_mistake_is_refused(stack: TerraformStack, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ProxiedTool(stack, "tool", **({"agent_id": "a1", "gateway": ["anthropic"], "command": ["x"]} | arguments))
    assert words in str(caught.value)


def test_a_tool_with_neither_a_proxy_nor_a_gateway_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(
        MissingArgumentError, match="needs proxy or gateway, or nothing of what it does would be governed"
    ):
        ProxiedTool(stack, "tool", agent_id="a1", command=["x"])


def test_without_a_proxy_it_must_be_said_where_the_tool_runs(stack: TerraformStack) -> None:
    with pytest.raises(MissingArgumentError, match=r"Write ProxiedTool\(…, agent_id=agent\.id\)"):
        ProxiedTool(stack, "tool", gateway=["anthropic"], command=["x"])


def test_with_a_proxy_the_agent_is_the_proxys(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    with pytest.raises(InvalidValueError, match="agent_id is for a tool without proxy"):
        ProxiedTool(stack, "tool", proxy=proxy, agent_id="a1", command=["x"])


def test_codex_with_a_provider_of_its_own_is_taken(stack: TerraformStack) -> None:
    command = 'codex exec -c model_provider=coder -c model_providers.coder.base_url="$OPENAI_BASE_URL" hi'
    ProxiedTool(stack, "tool", agent_id="a1", gateway=["openai"], command=command)


def test_without_a_proxy_it_waits_for_no_setup_and_has_no_count(app: App, stack: TerraformStack) -> None:
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    tool = ProxiedTool(stack, "first", agent_id=agent.id, gateway=["anthropic"], command=["x"])
    ProxiedTool(stack, "second", agent_id=agent.id, gateway=["openai"], command=["x"], after=[tool])
    app.synth()
    content = json.loads(Testing.synth(stack))
    scripts = content["resource"]["coder_script"].values()
    assert all("count" not in script and "aibridge-proxy-setup" not in script["script"] for script in scripts)


# ---- the shell: rendered once by Terraform, run as the agent runs it ---------------------------------------


@pytest.fixture(scope="module")
def rendered(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The scripts of a tool with a gateway, and of one with a proxy too."""
    directory = tmp_path_factory.mktemp("gateway")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    both: list[GatewayProvider] = ["anthropic", "openai"]
    tools = {
        "alone": ProxiedTool(stack, "alone", agent_id="a1", gateway=both, command=["env"], wait_seconds=5),
        "beside": ProxiedTool(stack, "beside", proxy=proxy, gateway=["openai"], command=["env"], wait_seconds=5),
    }
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    plan = terraform.plan()
    return {name: plan.resource(tool.script.address)["script"] for name, tool in tools.items()}


class Tool:
    """Runs one of the scripts against a deployment."""

    def __init__(self, rendered: dict[str, str], scripts: AgentScripts, deployment: Deployment) -> None:
        self.rendered, self.scripts, self.deployment = rendered, scripts, deployment

    def run(self, which: str = "alone", *, env: Mapping[str, str] = MappingProxyType({}), **values: Any) -> Ended:
        given = {
            "aibridge_access_url": self.deployment.url,
            **{f"aibridge_{name}": str(v) for name, v in values.items()},
        }
        return self.scripts.run(assigned(self.rendered[which], given), env=env, seconds=60)


@pytest.fixture
def tool(rendered: dict[str, str], coder_scripts: AgentScripts) -> Iterator[Tool]:
    with Deployment(NEW) as deployment:
        yield Tool(rendered, coder_scripts.another(path="/usr/bin:/bin"), deployment)


def variables(ended: Ended) -> dict[str, str]:
    assert (ended.status, ended.stderr) == (0, "")
    return dict(line.split("=", 1) for line in ended.stdout.splitlines())


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_the_process_alone_asks_the_gateway_with_the_owners_token(tool: Tool, shell: str) -> None:
    tool.scripts = tool.scripts.another(path="/usr/bin:/bin", sh=Path(shutil.which(shell) or shell))
    seen = variables(tool.run(env={"ANTHROPIC_API_KEY": "personal", "MINE": "kept"}))
    base = f"{tool.deployment.url}/api/v2/ai-gateway"
    assert {name: value for name, value in seen.items() if name.startswith(("ANTHROPIC_", "OPENAI_", "MINE"))} == {
        "ANTHROPIC_BASE_URL": f"{base}/anthropic",
        "ANTHROPIC_API_BASE": f"{base}/anthropic",
        "ANTHROPIC_AUTH_TOKEN": TOKEN,
        "ANTHROPIC_API_KEY": TOKEN,
        "OPENAI_BASE_URL": f"{base}/openai/v1",
        "OPENAI_API_BASE": f"{base}/openai/v1",
        "OPENAI_API_KEY": TOKEN,
        "MINE": "kept",
    }
    assert not [name for name in seen if "aibridge" in name.lower() or "PROXY" in name.upper()]
    assert [request.headers["authorization"] for request in tool.deployment.requests] == [f"Bearer {TOKEN}"]


def test_an_older_server_is_asked_by_its_own_route(tool: Tool) -> None:
    tool.deployment.behaviour = OLD
    assert variables(tool.run())["OPENAI_BASE_URL"] == f"{tool.deployment.url}/api/v2/aibridge/openai/v1"
    assert tuple(tool.deployment.paths) == PROBES


def test_gnu_wget_will_do(tool: Tool, tmp_path: Path) -> None:
    tool.scripts = tool.scripts.another(path=str(only(tmp_path, "wget")))
    tool.deployment.behaviour = OLD
    assert variables(tool.run())["ANTHROPIC_BASE_URL"].endswith("/api/v2/aibridge/anthropic")


def test_without_a_downloader_it_says_what_to_install(tool: Tool, tmp_path: Path) -> None:
    tool.scripts = tool.scripts.another(path=str(only(tmp_path)))
    assert "neither curl nor GNU wget was found" in refusal(tool.run())


def only(directory: Path, *more: str) -> Path:
    """A PATH with little on it."""
    folder = directory / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "env", "mkfifo", "rm", "rmdir", "mkdir", "sleep", "tail", "ls", "id", "date", *more):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def refusal(ended: Ended) -> str:
    """The one line of a tool that was not started."""
    assert ended.status == 1
    assert TOKEN not in ended.stdout + ended.stderr
    assert "ANTHROPIC" not in ended.stdout
    (line,) = ended.stderr.splitlines()
    assert line.startswith("ERROR: ")
    assert line.endswith("so alone was not started.")
    return line


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        pytest.param(answer(403, b"unauthorized\n"), "does not accept the session token", id="token refused"),
        pytest.param(answer(401, b"who?"), "does not accept the session token", id="a gate before it"),
        pytest.param(answer(403, b'{"message":"Contact sales!"}'), "not licensed or not allowed", id="not licensed"),
        pytest.param(ELSEWHERE, "not enabled on this Coder deployment", id="switched off"),
        pytest.param(answer(404, b"<html>nothing</html>"), "not enabled", id="a page that is not found"),
        pytest.param(answer(200, b"<html>log in</html>"), "not what a Coder server sends", id="a login page"),
        pytest.param(answer(302, headers={"Location": "/x"}), "HTTP 302", id="a redirect"),
        pytest.param(answer(503, b"busy"), "not ready or busy", id="busy for too long"),
        pytest.param(hang_up, "could not connect to the AI Gateway", id="no answer"),
    ],
)
def test_what_is_no_gateway_keeps_the_tool_from_starting(tool: Tool, behaviour: Any, words: str) -> None:
    tool.deployment.behaviour = behaviour
    line = refusal(tool.run(wait_seconds=1))
    assert words in line
    assert tool.deployment.url in line


def test_a_server_that_is_busy_is_asked_again(tool: Tool) -> None:
    tool.deployment.behaviour = in_turn(answer(503), answer(429), THERE)
    ended = tool.run(wait_seconds=30)
    assert (ended.status, ended.stderr) == (0, "")
    assert "next attempt in 1 s" in ended.stdout
    assert "OPENAI_API_KEY" in ended.stdout


def test_without_a_token_nothing_is_asked(tool: Tool) -> None:
    assert "no session token of the workspace owner" in refusal(tool.run(session_token=""))
    assert "characters that no token has" in refusal(tool.run(session_token='"\n-v'))
    assert tool.deployment.requests == []


def test_a_deployment_on_localhost_is_asked_where_the_agent_found_it(tool: Tool) -> None:
    tool.deployment.behaviour = THERE
    env = {"CODER_AGENT_URL": "http://coder.internal:3000/", "http_proxy": tool.deployment.url}
    seen = variables(tool.run(access_url="http://localhost:3000", env=env))
    assert seen["OPENAI_BASE_URL"] == "http://coder.internal:3000/api/v2/ai-gateway/openai/v1"
    assert tool.deployment.paths == [f"http://coder.internal:3000{PROBES[0]}"]


def test_a_deployment_on_localhost_that_is_not_here_says_why(tool: Tool) -> None:
    tool.deployment.behaviour = hang_up
    line = refusal(tool.run(wait_seconds=1))
    assert "localhost inside a container is the container" in line


def test_a_tool_may_go_directly_and_says_so(tool: Tool) -> None:
    tool.deployment.behaviour = ELSEWHERE
    ended = tool.run(on_unavailable="direct")
    assert ended.status == 0
    assert "_API_KEY" not in ended.stdout
    assert "alone runs WITHOUT the AI Gateway, its traffic is not governed." in ended.stderr


def test_before_the_claim_nothing_is_asked(tool: Tool) -> None:
    ended = tool.run(before_claim="true", session_token="")
    assert (ended.status, ended.stderr) == (0, "")
    assert "will run after the claim" in ended.stdout
    assert tool.deployment.requests == []


def test_the_token_stands_in_no_argument_of_a_process(tool: Tool) -> None:
    seen = []

    def look(connection: socket.socket, request: Request) -> None:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                seen.append(file.read_bytes())
        THERE(connection, request)

    tool.deployment.behaviour = look
    variables(tool.run())
    assert any(b"curl" in line for line in seen)
    assert not [line for line in seen if TOKEN.encode() in line]


def test_a_setting_that_leads_past_the_gateway_is_said(tool: Tool) -> None:
    ended = tool.run(env={"CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_USE_VERTEX": "0"})
    assert ended.status == 0
    assert ended.stderr == (
        "WARNING: CLAUDE_CODE_USE_BEDROCK is set in this workspace: programs that heed it go past the AI Gateway, and "
        "are not governed.\n"
    )


# ---- beside a proxy


def certified(directory: Path) -> str:
    """A certificate as setup leaves it behind."""
    path = directory / "ca.pem"
    path.write_text(PEM)
    path.with_suffix(".pem.bundle").write_text(PEM)
    return str(path)


def test_beside_a_proxy_the_gateway_is_reached_directly_and_the_rest_through_the_proxy(
    tool: Tool, tmp_path: Path
) -> None:
    certificate = certified(tmp_path)
    seen = variables(tool.run("beside", cert_path=certificate, bundle_path=f"{certificate}.bundle"))
    assert seen["OPENAI_BASE_URL"] == f"{tool.deployment.url}/api/v2/ai-gateway/openai/v1"
    assert seen["HTTPS_PROXY"] == f"https://coder:{TOKEN}@aiproxy.example.com:8888"
    assert "127.0.0.1" in seen["NO_PROXY"].split(",")
    assert seen["NODE_EXTRA_CA_CERTS"] == certificate
    assert "ANTHROPIC_BASE_URL" not in seen


def test_beside_a_proxy_a_missing_gateway_is_a_matter_of_its_own(tool: Tool, tmp_path: Path) -> None:
    certificate = certified(tmp_path)
    tool.deployment.behaviour = ELSEWHERE
    values: dict[str, Any] = {"cert_path": certificate, "bundle_path": f"{certificate}.bundle"}
    assert "so beside was not started." in tool.run("beside", **values).stderr
    ended = tool.run("beside", on_unavailable="direct", **values)
    assert ended.status == 0
    assert "HTTPS_PROXY" in ended.stdout
    assert "runs WITHOUT the AI Gateway, what it asks an AI provider goes through the AI Bridge Proxy." in ended.stderr


def test_without_its_proxy_a_tool_with_a_gateway_is_not_started(tool: Tool, tmp_path: Path) -> None:
    ended = tool.run("beside", cert_path=str(tmp_path / "no.pem"), wait_seconds=1)
    assert ended.status == 1
    assert "CA certificate is not at" in ended.stderr
    assert tool.deployment.requests == []
