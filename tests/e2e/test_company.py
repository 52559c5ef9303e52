"""A company's network behind the proxy: its certificates, which only the workspace names, and its direct hosts."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from aibridge_construct import ProxiedTool
from aibridge_construct.testing import AgentScripts, Ended
from aibridge_construct.testing.mirror import Mirror

from .bridge_proxy import Tunnelled
from .http_clients import CURL, FETCH, GIT, NODE_HTTPS, REQUESTS, URLLIB, Client
from .namespace import SYSTEM_ROOTS, in_namespace, why_not
from .template import Template
from .world import COMPANY_HOST, COMPANY_URL, PROVIDER_URL, TOKEN, World

# What each client reads when nothing of ours is there.
NAMES = [
    pytest.param(CURL, "SSL_CERT_FILE", id="curl by SSL_CERT_FILE"),
    pytest.param(CURL, "CURL_CA_BUNDLE", id="curl by CURL_CA_BUNDLE"),
    pytest.param(REQUESTS, "REQUESTS_CA_BUNDLE", id="requests by REQUESTS_CA_BUNDLE"),
    pytest.param(REQUESTS, "CURL_CA_BUNDLE", id="requests by CURL_CA_BUNDLE"),
    pytest.param(URLLIB, "SSL_CERT_FILE", id="urllib by SSL_CERT_FILE"),
    pytest.param(FETCH, "NODE_EXTRA_CA_CERTS", id="fetch by NODE_EXTRA_CA_CERTS"),
    pytest.param(NODE_HTTPS, "NODE_EXTRA_CA_CERTS", id="node https by NODE_EXTRA_CA_CERTS"),
    pytest.param(GIT, "GIT_SSL_CAINFO", id="git by GIT_SSL_CAINFO"),
]


def on_company_network(world: World, tmp_path: Path) -> Callable[..., list[str]]:
    """A system where the company's host has an address of this machine; the providers have none."""
    if reason := why_not():
        pytest.skip(reason)
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {COMPANY_HOST}\n")
    return lambda command: in_namespace(command, {SYSTEM_ROOTS: world.system_roots, Path("/etc/hosts"): hosts})


@pytest.fixture(scope="module")
def template(running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Template:
    made = Template(tmp_path_factory.mktemp("company"), running_world, mirror, launcher=True)
    made.tool("any", 'eval "$WHAT"', wait_seconds=1)
    return made


class Company:
    """A workspace in the company's network whose proxy is set up."""

    def __init__(self, world: World, template: Template, scripts: AgentScripts, tmp_path: Path) -> None:
        self.world, self._template = world, template
        self.scripts = scripts.another(path=os.environ["PATH"], system=on_company_network(world, tmp_path))
        self.set_up()
        self.direct_url = f"https://{COMPANY_HOST}:{world.company.port}/team"

    def set_up(self, **env: str) -> None:
        setup = self.scripts.run(self._template.setup, env=env)
        assert (setup.status, setup.stderr) == (0, "")

    def tool(self, command: str, **env: str) -> Ended:
        (tool,) = (child for child in self._template.stack.node.children if isinstance(child, ProxiedTool))
        return self.scripts.run(self._template.script(tool), env=env | {"WHAT": command})


@pytest.fixture
def company(world: World, template: Template, coder_scripts: AgentScripts, tmp_path: Path) -> Company:
    return Company(world, template, coder_scripts, tmp_path)


def get(client: Client, url: str) -> str:
    if client.program is None:
        pytest.skip(f"{client.name} is not installed")
    return shlex.join(client.command(url))


@pytest.mark.parametrize(("client", "variable"), NAMES)
def test_what_the_company_s_variable_opens_stays_open_behind_the_proxy(
    world: World, company: Company, client: Client, variable: str
) -> None:
    named = {variable: str(world.company_ca)}
    direct, past = get(client, company.direct_url), get(client, COMPANY_URL)
    # Without the variable nobody knows the certificate; with it, no proxy is needed.
    assert company.scripts.terminal("sh", "-c", direct).status != 0
    assert company.scripts.terminal("sh", "-c", direct, env=named).status == 0
    everything = f"{get(client, PROVIDER_URL)} && {past} && NO_PROXY={COMPANY_HOST} no_proxy={COMPANY_HOST} {direct}"
    result = company.tool(everything, **named)
    assert (result.status, result.stderr) == (0, "")
    assert "provider" in result.stdout
    assert result.stdout.count("company") == 2
    assert set(world.proxy.tunnelled) == {Tunnelled("plain", COMPANY_HOST)}
    # git asks without credentials first.
    assert {connect.password for connect in world.proxy.connects if connect.accepted} == {TOKEN}


@pytest.mark.parametrize("client", [CURL, REQUESTS, URLLIB, FETCH, NODE_HTTPS, GIT], ids=lambda client: client.name)
def test_a_host_that_the_company_reaches_directly_stays_direct(world: World, company: Company, client: Client) -> None:
    env = {"NODE_EXTRA_CA_CERTS": str(world.company_ca), "no_proxy": f".elsewhere.test,{COMPANY_HOST}"}
    result = company.tool(f"{get(client, PROVIDER_URL)} && {get(client, company.direct_url)}", **env)
    assert (result.status, result.stderr) == (0, "")
    assert world.company.requests
    assert world.proxy.tunnelled == []


def test_a_workspace_that_says_no_proxy_at_all_is_governed_all_the_same(world: World, company: Company) -> None:
    result = company.tool(
        " && ".join(get(client, PROVIDER_URL) for client in (CURL, REQUESTS, URLLIB, FETCH)), NO_PROXY="*"
    )
    assert (result.status, result.stdout.count("provider")) == (0, 4)
    assert "NO_PROXY of this workspace holds *, which would switch the AI Bridge Proxy off" in result.stderr


@pytest.mark.parametrize(("client", "variable"), NAMES)
def test_aibridge_run_keeps_it_too(world: World, company: Company, client: Client, variable: str) -> None:
    named = {variable: str(world.company_ca)}
    both = f"{get(client, PROVIDER_URL)} && {get(client, COMPANY_URL)}"
    result = company.scripts.terminal("aibridge-run", "aibridge-run", "sh", "-c", both, env=named)
    assert (result.status, result.stderr) == (0, "")
    assert "provider" in result.stdout
    assert "company" in result.stdout


def test_what_cannot_merge_at_its_start_finds_what_the_agent_named_in_our_files(
    world: World, company: Company, template: Template
) -> None:
    company.set_up(NODE_EXTRA_CA_CERTS=str(world.company_ca), SSL_CERT_FILE=str(world.company_ca))
    url = f"HTTPS_PROXY={world.proxy_url('plain')} https_proxy={world.proxy_url('plain')}"
    # As the copilot module does: the proxy and Node's variable, and no more.
    node = f"export {url} NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS={template.proxy.cert_path}; "
    result = company.scripts.terminal("sh", "-c", node + f"{get(FETCH, PROVIDER_URL)} && {get(FETCH, COMPANY_URL)}")
    assert (result.status, result.stderr) == (0, "")
    bundle = f"export {url} CURL_CA_BUNDLE={template.proxy.cert_path}.bundle; "
    result = company.scripts.terminal("sh", "-c", bundle + f"{get(CURL, PROVIDER_URL)} && {get(CURL, COMPANY_URL)}")
    assert (result.status, result.stderr) == (0, "")
