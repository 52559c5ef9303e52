"""Tools behind a real intercepting proxy: what they reach, with which credentials, and who else is told nothing."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aibridge_construct import ProxiedTool
from aibridge_construct.testing import AgentScripts, Ended
from aibridge_construct.testing.mirror import Mirror

from .bridge_proxy import Connect, Listener, Tunnelled, mode
from .http_clients import CLIENTS, CURL, FETCH, GIT, NODE_HTTPS, REQUESTS, URLLIB, Client
from .template import Template
from .world import ORDINARY_HOST, ORDINARY_URL, PROVIDER_HOST, PROVIDER_URL, TOKEN, World

LISTENERS: tuple[Listener, ...] = ("plain", "tls", "leaf")
RUNTIMES = {CURL: "curl", REQUESTS: "python", URLLIB: "python", FETCH: "node", NODE_HTTPS: "node", GIT: "git"}

# The ordinary site of these tests has a certificate that only this system's roots know; Node has roots of its own.
SYSTEM_CA = "NODE_OPTIONS=--use-system-ca"

Run = Callable[..., Ended]


def get(client: Client, *urls: str) -> str:
    """Shell text that GETs the URLs one after the other."""
    prefix = f"export {SYSTEM_CA}; " if RUNTIMES[client] == "node" else ""
    commands = [shlex.join(client.command(url)) for url in urls]
    return prefix + " && ".join(commands)


each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
each_way = pytest.mark.parametrize(
    "client, listener",
    [
        pytest.param(client, listener, id=f"{client.name}-{listener}")
        for client in CLIENTS
        for listener in LISTENERS
        if listener == "plain" or client not in (URLLIB, GIT)
    ],
)


class Tools:
    """One tool for each client, in one template for each listener, planned once."""

    def __init__(self, directory: Path, world: World, mirror: Mirror, listener: Listener) -> None:
        self._template = Template(directory, world, mirror, listener=listener)
        self._tools = {
            client: self._tool(client.name, get(client, PROVIDER_URL, ORDINARY_URL), RUNTIMES[client])
            for client in CLIENTS
            if client.program is not None
        }
        self.git_to_the_provider = self._tool("git-to-the-provider", get(GIT, PROVIDER_URL), "git")
        self.curl_without_option = self._tool("curl-without-option", get(CURL, PROVIDER_URL), "curl")
        self.everything = self._tool(
            "everything",
            "\n".join(get(client, PROVIDER_URL) for client in (REQUESTS, URLLIB, FETCH, NODE_HTTPS, GIT, CURL)),
            "all",
        )

    def _tool(self, id: str, command: str, runtime: str) -> ProxiedTool:
        return self._template.tool(id, command, runtimes=[runtime], wait_seconds=1)

    def start(self, runner: AgentScripts, which: Client | ProxiedTool) -> Ended:
        """Run the setup, which must do well, and then the tool."""
        assert self.set_up(runner).status == 0
        return self.run(runner, which)

    def set_up(self, runner: AgentScripts) -> Ended:
        shutil.rmtree(Path(self._template.proxy.cert_path).parent, ignore_errors=True)
        return runner.run(self._template.setup)

    def run(self, runner: AgentScripts, which: Client | ProxiedTool) -> Ended:
        if isinstance(which, Client) and which.program is None:
            pytest.skip(f"{which.name} is not installed")
        tool = self._tools[which] if isinstance(which, Client) else which
        return runner.run(self._template.script(tool))


@pytest.fixture(scope="module")
def tools_of(
    running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Listener], Tools]:
    made: dict[Listener, Tools] = {}

    def make(listener: Listener) -> Tools:
        if listener not in made:
            made[listener] = Tools(tmp_path_factory.mktemp(listener), running_world, mirror, listener)
        return made[listener]

    return make


@pytest.fixture
def runner(world: World, coder_scripts: AgentScripts) -> AgentScripts:
    """A workspace whose system trusts the ordinary site."""
    return coder_scripts.another(path=os.environ["PATH"], env={"GIT_TERMINAL_PROMPT": "0"}, system=world.on_system)


Make = Callable[[Listener], Tools]


@each_way
def test_a_tool_reaches_the_provider_through_the_proxy_and_an_ordinary_site_through_a_tunnel(
    world: World, runner: AgentScripts, tools_of: Make, client: Client, listener: Listener
) -> None:
    result = tools_of(listener).start(runner, client)
    assert result.status == 0, result.stderr
    assert "provider" in result.stdout
    assert "ordinary" in result.stdout
    # git asks more than once.
    accepted = dict.fromkeys(connect for connect in world.proxy.connects if connect.accepted)
    assert list(accepted) == [
        Connect(mode(listener), host, 443, "coder", TOKEN, accepted=True) for host in (PROVIDER_HOST, ORDINARY_HOST)
    ]
    assert {seen.listener for seen in world.proxy.intercepted} == {mode(listener)}
    assert all(seen.url.startswith(PROVIDER_URL) for seen in world.proxy.intercepted)
    assert world.proxy.tunnelled == [Tunnelled(mode(listener), ORDINARY_HOST)]
    assert len(world.provider.requests) == len(world.proxy.intercepted)
    assert not any("proxy-authorization" in request.headers for request in world.provider.requests)
    assert world.ordinary.requests
    assert TOKEN not in result.stdout + result.stderr


def test_one_tool_may_use_every_runtime(world: World, runner: AgentScripts, tools_of: Make) -> None:
    tools = tools_of("plain")
    result = tools.start(runner, tools.everything)
    assert (result.status, result.stderr) == (0, "")
    assert result.stdout.count('"site": "provider"') == len(CLIENTS) - 1
    assert "refs/heads/provider" in result.stdout


@each_client
def test_a_token_that_the_proxy_refuses_shows_its_407_in_the_tool_s_output(
    world: World, runner: AgentScripts, tools_of: Make, client: Client
) -> None:
    tools = tools_of("plain")
    assert tools.set_up(runner).status == 0
    world.tokens.clear()
    result = tools.run(runner, client)
    assert result.status != 0
    assert "407" in result.stderr
    assert TOKEN not in result.stdout + result.stderr
    assert not any(connect.accepted for connect in world.proxy.connects)
    assert world.provider.requests == []


# Not an ordinary site: git of Debian 12, with its libcurl-gnutls 7.88, misses data that comes through a TLS proxy from
# a tunnel, and waits for it for ever, two times in three. The curl of the same version, with OpenSSL, never did.
def test_git_reaches_the_provider_through_a_tls_listener(world: World, runner: AgentScripts, tools_of: Make) -> None:
    tools = tools_of("tls")
    result = tools.start(runner, tools.git_to_the_provider)
    assert (result.status, "refs/heads/provider" in result.stdout) == (0, True), result.stderr
    assert world.proxy.connects[-1] == Connect("tls", PROVIDER_HOST, 443, "coder", TOKEN, accepted=True)


def test_curl_trusts_a_tls_listener_by_the_file_made_for_it(world: World, runner: AgentScripts, tools_of: Make) -> None:
    tools = tools_of("tls")
    result = tools.start(runner, tools.curl_without_option)
    assert (result.status, "provider" in result.stdout) == (0, True), result.stderr
    assert world.proxy.connects[-1] == Connect("tls", PROVIDER_HOST, 443, "coder", TOKEN, accepted=True)


def test_python_s_urllib_cannot_use_a_tls_listener(world: World, runner: AgentScripts, tools_of: Make) -> None:
    result = tools_of("tls").start(runner, URLLIB)
    assert result.status == 1
    assert "Tunnel connection failed: 400 Bad Request" in result.stderr
    assert world.proxy.connects == []


def test_a_sibling_of_the_tool_sees_no_variable_and_no_process_shows_the_token(
    world: World, runner: AgentScripts, mirror: Mirror, tmp_path: Path
) -> None:
    token = f"only-in-this-test-{os.getpid()}-{time.monotonic_ns()}"
    world.tokens.add(token)
    template = Template(tmp_path / "template", world, mirror, token=token)
    ready, gate = tmp_path / "ready", tmp_path / "gate"
    os.mkfifo(gate)
    command = f"{get(CURL, PROVIDER_URL)}; sleep 60 & echo $$ >{ready}; read x <{gate}; kill $!"
    tool = template.tool("tool", command, runtimes=["curl"])
    assert runner.run(template.setup).status == 0
    before = runner.run("env")
    process = runner.start(template.script(tool))
    process.wait_for(lambda: ready.exists() and ready.read_text().endswith("\n"))
    sibling = runner.run("env")
    holders = {pid for pid in every_process() if token in told(pid, "environ")}
    arguments = [told(pid, "cmdline") for pid in every_process()]
    gate.write_text("go\n")
    result = process.finish()
    assert result.status == 0, result.stderr
    assert world.proxy.connects == [Connect("plain", PROVIDER_HOST, 443, "coder", token, accepted=True)]
    assert sibling == before
    assert "_proxy=" not in sibling.stdout.lower()
    # The command's shell and its child; not the shells that wait for them.
    assert int(ready.read_text()) in holders
    assert len(holders) == 2
    assert not any(token in line for line in arguments)


def every_process() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def told(pid: int, file: str) -> str:
    """A file of /proc; empty for a process that has gone or is somebody else's."""
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes().decode(errors="replace")
    except OSError:
        return ""
