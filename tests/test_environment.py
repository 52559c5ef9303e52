"""The variables of a process behind the proxy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack, TerraformVariable

from aibridge_construct import (
    STARTUP_COORDINATION_ENV,
    AIBridgeProxy,
    InvalidValueError,
    ProxiedTool,
    Runtime,
    RuntimeName,
)
from aibridge_construct._engine import ENGINE
from aibridge_construct.environment import NAMED_CERTIFICATES, runtimes, standing_variables
from aibridge_construct.testing.workspace import workspace_environment
from tests.conftest import MakeTerraform

URL = "https://aiproxy.example.com"
CERT = "/tmp/aibridge-proxy/ca-cert.pem"
PROXY = {"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"}


@pytest.mark.parametrize(
    ("runtimes", "expected"),
    [
        (["node"], {"NODE_EXTRA_CA_CERTS": CERT, "NODE_USE_ENV_PROXY": "1"}),
        (["python"], {"SSL_CERT_FILE": f"{CERT}.bundle", "REQUESTS_CA_BUNDLE": f"{CERT}.bundle"}),
        (["openssl"], {"SSL_CERT_FILE": f"{CERT}.bundle"}),
        (["go"], {"SSL_CERT_FILE": f"{CERT}.bundle"}),
        (["curl"], {"CURL_CA_BUNDLE": f"{CERT}.bundle"}),
        ([Runtime.GIT], {"GIT_SSL_CAINFO": f"{CERT}.bundle", "GIT_PROXY_SSL_CAINFO": f"{CERT}.bundle"}),
        (["rust"], {"SSL_CERT_FILE": f"{CERT}.bundle", "CARGO_HTTP_PROXY_CAINFO": f"{CERT}.bundle"}),
        (["bun"], {"NODE_EXTRA_CA_CERTS": CERT}),
        (["deno"], {"SSL_CERT_FILE": f"{CERT}.bundle", "DENO_CERT": CERT}),
        (["wget"], {"SSL_CERT_FILE": f"{CERT}.bundle"}),
        (["java"], {}),
        (
            ["curl", "node"],
            {"NODE_EXTRA_CA_CERTS": CERT, "NODE_USE_ENV_PROXY": "1", "CURL_CA_BUNDLE": f"{CERT}.bundle"},
        ),
    ],
)
def test_each_runtime_gets_the_variables_that_it_reads(
    stack: TerraformStack, runtimes: list[RuntimeName], expected: dict[str, str]
) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    environment = proxy.environment(*runtimes)
    assert {name: value for name, value in environment.items() if name not in PROXY} == expected
    assert environment.keys() >= PROXY


def test_by_default_every_runtime_is_served(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert proxy.environment() == proxy.environment("all") == proxy.environment(*list(Runtime))


def test_http_traffic_is_left_alone(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert not {"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} & proxy.environment().keys()


def test_an_unknown_runtime_is_refused(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    with pytest.raises(InvalidValueError, match="runtimes must be any of node, python, openssl, .*, java, wget, all"):
        proxy.environment("ruby")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("access_url", "host"),
    [
        ("https://coder.example.com", ",coder.example.com"),
        ("http://coder.example.com:3000/path", ",coder.example.com"),
        ("http://[2001:db8::1]:3000", ",2001:db8::1"),
        ("http://127.0.0.1:3000", ""),
        ("nonsense", ""),
    ],
)
def test_loopback_and_the_deployment_are_reached_directly(
    stack: TerraformStack, terraform: MakeTerraform, access_url: str, host: str
) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    TerraformOutput(stack, "no_proxy", value=proxy.environment("node")["NO_PROXY"])
    plan = terraform(stack, env=workspace_environment(access_url=access_url)).plan()
    assert plan.outputs["no_proxy"] == f"localhost,127.0.0.1,::1{host}"


def test_other_hosts_come_on_top(stack: TerraformStack, terraform: MakeTerraform) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    hosts = ["localhost", ".internal", "10.0.0.0/8"]
    TerraformOutput(stack, "no_proxy", value=proxy.environment("node", no_proxy=hosts)["NO_PROXY"])
    assert terraform(stack).plan().outputs["no_proxy"] == (
        "localhost,127.0.0.1,::1,coder.example.com,.internal,10.0.0.0/8"
    )


@pytest.mark.parametrize("item", ["*", ".", "*.", "*.*", "**", ".*", "*:443", ":443", ""])
def test_an_item_that_stands_for_every_host_is_refused(stack: TerraformStack, item: str) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    with pytest.raises(InvalidValueError, match="^no_proxy must "):
        proxy.environment("node", no_proxy=[".internal", item])


def test_variables_that_the_workspace_has_set_by_itself_are_known_by_runtime() -> None:
    assert standing_variables([Runtime.NODE]) == [
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
        "npm_config_cafile",
        "NPM_CONFIG_CAFILE",
        "DENO_CERT",
    ]
    assert "PIP_CERT" in standing_variables([Runtime.PYTHON])
    assert set(standing_variables(runtimes(()))) < set(NAMED_CERTIFICATES)


def test_sensitive_stays_sensitive(stack: TerraformStack, terraform: MakeTerraform) -> None:
    path = TerraformVariable(stack, "path", type="string", default="/tmp/ca.pem")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, cert_path=path.string_value)
    for name, value in proxy.environment().items():
        TerraformOutput(stack, f"out_{name}", value=value, sensitive=name.lower() == "https_proxy")
    plan = terraform(stack).plan()
    changes: dict[str, Any] = plan.json["output_changes"]
    sensitive = {name for name, change in changes.items() if change["after_sensitive"] is True}
    assert sensitive == {"out_HTTPS_PROXY", "out_https_proxy"}
    assert plan.outputs["out_SSL_CERT_FILE"] == "/tmp/ca.pem.bundle"
    assert "owner-session-token" not in str([plan.outputs[name] for name in plan.outputs if name not in sensitive])


def test_the_environment_of_an_agent_that_coordinates_its_scripts_is_a_constant() -> None:
    assert STARTUP_COORDINATION_ENV == {"CODER_AGENT_SOCKET_SERVER_ENABLED": "true"}


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("[::1]", True),
        ("[fd00::1]:8080", True),
        ("fd00::/8", True),
        ("fd00::1", False),
        ("10.0.0.0/8", False),
        ("a.corp:8080", False),
    ],
)
def test_a_host_on_which_httpx_fails_draws_a_warning(stack: TerraformStack, host: str, warned: bool) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com:8888")
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["true"], no_proxy=[host])
    proxy.environment("python", no_proxy=[host])
    said = [entry.data for each in (proxy, tool) for entry in each.node.metadata if "httpx cannot read" in entry.data]
    assert len(said) == (2 if warned else 0)


@pytest.mark.parametrize("host", [".openai.com", "api.openai.com:443", "*.OpenAI.com", "com"])
def test_a_host_of_a_provider_that_is_reached_directly_draws_a_warning(stack: TerraformStack, host: str) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com:8888")
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["true"], no_proxy=[host, "ai.com", "notopenai.com"])
    (said,) = [entry.data for entry in tool.node.metadata]
    assert said.startswith(f"no_proxy holds {host}, so requests to api.")
    assert "api.openai.com" in said


@pytest.mark.parametrize("by_the_command_line", [False, True])
def test_a_warning_is_on_stderr_where_the_cdktf_command_line_does_not_show_it(
    tmp_path: Path, by_the_command_line: bool
) -> None:
    program = f"""
from {ENGINE} import App
from aibridge_construct import AIBridgeProxy, CoderTemplate
app = App()
AIBridgeProxy(CoderTemplate(app, "t"), "aibridge", agent_id="a1", proxy_url="http://localhost:8888")
app.synth()
"""
    more = {"CDKTF_OUTDIR": str(tmp_path / "cdktf.out")} if by_the_command_line else {}
    env = {name: value for name, value in os.environ.items() if name != "CDKTF_OUTDIR"} | more
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("WARNING: t/aibridge: proxy_url is http://localhost:8888" in ended.stderr) != by_the_command_line


@pytest.mark.parametrize("given", ["localhost", [5], [None]])
def test_what_is_no_list_of_hosts_is_refused_before_it_is_looked_at(stack: TerraformStack, given: Any) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com:8888")
    with pytest.raises(InvalidValueError, match="no_proxy must be a list of host names"):
        proxy.environment("python", no_proxy=given)
