"""The world that the other end-to-end tests run in does what it says, and each client reads the variables we think.

The second half is the evidence for what the documentation states about curl, Python, Node and git.
"""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from aibridge_construct.testing.coder.deployment import NEWER_ROUTE, ROUTE

from .bridge_proxy import Connect, Mode, Tunnelled
from .http_clients import CLIENTS, CURL, FETCH, GIT, NODE_HTTPS, REQUESTS, URLLIB, Client
from .namespace import SYSTEM_ROOTS
from .sites import Response
from .world import ORDINARY_HOST, ORDINARY_URL, PROVIDER_HOST, PROVIDER_URL, TOKEN, World, clean_environment, run

Get = Callable[..., subprocess.CompletedProcess[str]]

LISTENERS: tuple[Mode, ...] = ("plain", "tls")
each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
each_way = pytest.mark.parametrize(
    "client, listener",
    [
        pytest.param(client, listener, id=f"{client.name}-{listener}")
        for client in CLIENTS
        for listener in LISTENERS
        if listener == "plain" or client.tls_proxy
    ],
)


@pytest.fixture
def get(world: World, tmp_path: Path) -> Get:
    """Run a client with what it needs to trust, on the test's system, with the given proxy variables."""

    def get(client: Client, url: str, *, arguments: tuple[str, ...] = (), **variables: str) -> object:
        if client.program is None:
            pytest.skip(f"{client.name} is not installed")
        trust = client.trust(world.certificate, world.bundle)
        environment = clean_environment(tmp_path, **trust) | variables
        command = client.command(url)
        return run(world.on_system([*command[:1], *arguments, *command[1:]]), environment)

    return get  # type: ignore[return-value]


def fetch_certificate(world: World, route: str, token: str | None = TOKEN) -> tuple[int, bytes]:
    headers = {} if token is None else {"Coder-Session-Token": token}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(world.deployment.access_url + route, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.mark.parametrize("route", [ROUTE, NEWER_ROUTE])
def test_the_deployment_serves_the_proxy_s_ca_for_a_session_token(world: World, route: str) -> None:
    status, body = fetch_certificate(world, route)
    assert (status, body) == (200, world.proxy.ca_certificate.read_bytes())
    assert b"PRIVATE KEY" not in body
    assert [(request.path, request.headers["coder-session-token"]) for request in world.deployment.requests] == [
        (route, TOKEN)
    ]


@pytest.mark.parametrize("token", [None, "", "expired"])
def test_the_deployment_says_401_without_a_valid_token(world: World, token: str | None) -> None:
    assert fetch_certificate(world, ROUTE, token)[0] == 401


def test_the_deployment_can_be_unlicensed_off_old_or_out_of_order(world: World) -> None:
    world.deployment.licensed = False
    assert fetch_certificate(world, ROUTE)[0] == 403
    world.deployment.licensed, world.deployment.proxy_on = True, False
    assert fetch_certificate(world, ROUTE)[0] == 404
    world.deployment.proxy_on, world.deployment.newer = True, False
    assert (fetch_certificate(world, NEWER_ROUTE)[0], fetch_certificate(world, ROUTE)[0]) == (404, 200)
    world.deployment.override = Response(503, b"starting")
    assert fetch_certificate(world, ROUTE) == (503, b"starting")
    world.reset()
    assert fetch_certificate(world, NEWER_ROUTE)[0] == 200


@each_way
def test_a_client_reaches_the_provider_decrypted_by_the_proxy(
    world: World, get: Get, client: Client, listener: Mode
) -> None:
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url(listener))
    assert (result.returncode, "provider" in result.stdout) == (0, True), result.stderr
    connect = world.proxy.connects[-1]
    assert connect == Connect(listener, PROVIDER_HOST, 443, "coder", TOKEN, accepted=True)
    assert world.proxy.intercepted[-1].url.startswith(PROVIDER_URL)
    assert world.proxy.tunnelled == []
    assert world.provider.requests[-1].path.startswith("/v1/models")
    assert all("proxy-authorization" not in request.headers for request in world.provider.requests)


@each_way
def test_a_client_reaches_an_ordinary_site_through_a_tunnel(
    world: World, get: Get, client: Client, listener: Mode
) -> None:
    result = get(client, ORDINARY_URL, HTTPS_PROXY=world.proxy_url(listener))
    assert (result.returncode, "ordinary" in result.stdout) == (0, True), result.stderr
    assert world.proxy.tunnelled == [Tunnelled(listener, ORDINARY_HOST)]
    assert world.proxy.intercepted == []
    assert world.ordinary.requests[0].path.startswith("/left-pad")


@each_way
def test_a_wrong_token_shows_the_proxy_s_407_in_the_client_s_error(
    world: World, get: Get, client: Client, listener: Mode
) -> None:
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url(listener, "expired"))
    assert result.returncode != 0
    assert "407" in result.stderr
    assert "expired" not in result.stdout + result.stderr
    assert world.proxy.connects[-1] == Connect(listener, PROVIDER_HOST, 443, "coder", "expired", accepted=False)
    assert world.provider.requests == []


@each_client
def test_without_the_proxy_neither_site_can_be_reached(world: World, get: Get, client: Client) -> None:
    assert get(client, PROVIDER_URL).returncode != 0
    assert get(client, ORDINARY_URL).returncode != 0
    assert (world.proxy.connects, world.provider.requests, world.ordinary.requests) == ([], [], [])


@each_client
def test_a_client_that_does_not_trust_the_proxy_s_ca_refuses_the_provider(
    world: World, get: Get, client: Client
) -> None:
    foreign = {name: str(world.system_roots) for name in client.trust(world.certificate, world.bundle)}
    keep = {name: value for name, value in foreign.items() if name not in ("NODE_USE_ENV_PROXY", "NODE_OPTIONS")}
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("plain"), **keep)
    assert result.returncode != 0
    assert "certificate" in result.stderr.lower()
    assert world.provider.requests == []


def test_the_proxy_resolves_the_two_sites_and_nothing_else(world: World, get: Get) -> None:
    result = get(CURL, "https://elsewhere.test/", HTTPS_PROXY=world.proxy_url("plain"))
    assert "502" in result.stderr
    assert world.proxy.connects[-1].accepted


def test_the_test_s_roots_replace_the_system_s_for_one_command_only(world: World) -> None:
    before = SYSTEM_ROOTS.read_bytes()
    inside = subprocess.check_output(world.on_system(["cat", str(SYSTEM_ROOTS)]))
    assert inside == world.system_roots.read_bytes()
    assert SYSTEM_ROOTS.read_bytes() == before != inside
    assert run(world.on_system(["sh", "-c", "exit 7"]), {}).returncode == 7


@each_client
def test_a_client_reads_the_lower_case_twin_of_the_proxy_variable(world: World, get: Get, client: Client) -> None:
    assert get(client, PROVIDER_URL, https_proxy=world.proxy_url("plain")).returncode == 0
    assert world.proxy.connects[-1].password == TOKEN


@each_client
def test_a_client_decodes_a_token_with_characters_of_a_url(world: World, get: Get, client: Client) -> None:
    token = "a b/@%?#+&=$\"'\\[]"
    world.tokens.add(token)
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("plain", token))
    assert result.returncode == 0, result.stderr
    assert world.proxy.connects[-1].password == token


@each_client
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("hosts", [PROVIDER_HOST, f"localhost,{PROVIDER_HOST}", f"localhost, .{PROVIDER_HOST[4:]}"])
def test_a_client_goes_past_the_proxy_to_the_hosts_of_no_proxy(
    world: World, get: Get, client: Client, name: str, hosts: str
) -> None:
    variables = {"HTTPS_PROXY": world.proxy_url("plain"), name: hosts}
    assert get(client, PROVIDER_URL, **variables).returncode != 0
    assert world.proxy.connects == []


@pytest.mark.parametrize("client", [FETCH, NODE_HTTPS], ids=lambda client: client.name)
@pytest.mark.parametrize("value", ["", "true"])
def test_node_reads_no_proxy_variable_unless_node_use_env_proxy_is_1(
    world: World, get: Get, client: Client, value: str
) -> None:
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("plain"), NODE_USE_ENV_PROXY=value)
    assert "ENOTFOUND" in result.stderr
    assert world.proxy.connects == []


@pytest.mark.parametrize("client", [REQUESTS, FETCH, NODE_HTTPS], ids=lambda client: client.name)
def test_with_a_self_signed_listener_the_ca_alone_is_not_enough(world: World, get: Get, client: Client) -> None:
    trust = client.trust(world.proxy.ca_certificate, world.proxy.ca_certificate)
    result = get(client, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("tls"), **trust)
    assert "self-signed" in result.stderr
    assert world.proxy.connects == []


def test_python_s_urllib_does_not_speak_tls_to_a_proxy(world: World, get: Get) -> None:
    result = get(URLLIB, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("tls"))
    assert "Tunnel connection failed: 400 Bad Request" in result.stderr
    assert world.proxy.connects == []


@pytest.mark.parametrize("url", [PROVIDER_URL, ORDINARY_URL])
def test_curl_trusts_a_tls_listener_by_proxy_cacert_on_its_command_line_or_in_a_curlrc(
    world: World, get: Get, tmp_path: Path, url: str
) -> None:
    proxy = world.proxy_url("tls")
    by_argument = get(CURL, url, arguments=("--proxy-cacert", str(world.certificate)), HTTPS_PROXY=proxy)
    assert by_argument.returncode == 0, by_argument.stderr
    (tmp_path / ".curlrc").write_text(f'proxy-cacert = "{world.certificate}"\n')
    by_file = get(CURL, url, HTTPS_PROXY=proxy, CURL_HOME=str(tmp_path))
    assert by_file.returncode == 0, by_file.stderr
    assert [connect.listener for connect in world.proxy.connects] == ["tls", "tls"]


def test_git_trusts_a_tls_listener_by_git_proxy_ssl_cainfo(world: World, get: Get) -> None:
    certificate = str(world.certificate)
    result = get(GIT, PROVIDER_URL, HTTPS_PROXY=world.proxy_url("tls"), GIT_PROXY_SSL_CAINFO=certificate)
    assert result.returncode == 0, result.stderr
    assert world.proxy.connects[-1].listener == "tls"


def test_the_plain_listener_does_not_speak_tls(world: World, get: Get) -> None:
    proxy = world.proxy_url("plain").replace("http://", "https://")
    result = get(CURL, PROVIDER_URL, arguments=("--proxy-insecure",), HTTPS_PROXY=proxy)
    assert "SSL" in result.stderr
    assert world.proxy.connects == []
