"""What Terraform finds null counts as left out where it may be, and is refused in true words where it may not."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from cdktf import TerraformOutput, TerraformStack, TerraformVariable, Testing

from aibridge_construct import AIBridgeProxy, AIBridgeProxyModule, CoderScript, Copilot, ProxiedTool
from aibridge_construct.testing.modules import COPILOT
from aibridge_construct.testing.terraform import TerraformError
from tests.conftest import MakeTerraform

URL = "https://aiproxy.example.com:8888"


def nulls(stack: TerraformStack, **types: str) -> dict[str, Any]:
    """Variables that are null, as users write references to them."""
    for name, kind in types.items():
        TerraformVariable(stack, f"null_{name}", type=kind, default=None)
    return {name: f"${{var.null_{name}}}" for name in types}


def given(**types: str) -> dict[str, Any]:
    return {f"null_{name}": None for name in types}


PROXY = dict.fromkeys(
    ("cert_path", "setup_timeout", "extra_ca_certificates", "sync_unit", "display_name", "icon", "refresh"), "string"
) | {"setup_timeout": "number"}
TOOL = dict.fromkeys(("display_name", "icon", "working_directory", "log_path", "sync_unit", "cron"), "string") | {
    "start_blocks_login": "bool",
    "timeout": "number",
}


def test_every_optional_input_of_a_proxy_may_be_null(stack: TerraformStack, terraform: MakeTerraform) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url=URL, **nulls(stack, **PROXY))
    TerraformOutput(stack, "certificate", value=proxy.environment("node")["NODE_EXTRA_CA_CERTS"])
    proxy.add_outputs()
    plan = terraform(stack).plan(variables=given(**PROXY))
    script = plan.resource(proxy.script_address)
    for line in (
        "CERT_PATH='/tmp/aibridge-proxy/ca-cert.pem'",
        "SYNC_UNIT='aibridge-proxy-setup'",
        "DEADLINE='60'",
        "EXTRA_CA_PEM=''",
    ):
        assert f"\n{line}\n" in script["script"]
    assert script["display_name"] == "AI Bridge Proxy Setup"
    assert script["icon"] is script["cron"] is None
    assert plan.outputs["certificate"] == plan.outputs["cert_path"] == "/tmp/aibridge-proxy/ca-cert.pem"


def test_every_optional_input_of_a_tool_may_be_null(stack: TerraformStack, terraform: MakeTerraform) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url=URL)
    tool = ProxiedTool(stack, "review", proxy=proxy, command="x", background=True, **nulls(stack, **TOOL))
    script = terraform(stack).plan(variables=given(**TOOL)).resource(tool.script.address)
    for line in (
        "aibridge_name='review'",
        "aibridge_unit='aibridge-tool-review'",
        "aibridge_log_path=''",
        "aibridge_working_directory=''",
    ):
        assert f"\n{line}\n" in script["script"]
    assert script["display_name"] == "review"
    assert {script[name] for name in ("icon", "cron", "start_blocks_login")} <= {None, False}


def test_the_schedule_of_a_script_may_be_null(stack: TerraformStack, terraform: MakeTerraform) -> None:
    cron = nulls(stack, cron="string")["cron"]
    script = CoderScript(stack, "s", agent_id="a1", display_name="s", script="x", run_on_start=True, cron=cron)
    assert terraform(stack).plan(variables={"null_cron": None}).resource(script.address)["cron"] is None


@pytest.mark.parametrize(
    ("field", "words"),
    [
        pytest.param("proxy_url", "proxy_url must not be null, for example https://", id="proxy_url"),
        pytest.param("agent_id", "agent_id must not be null, for example agent.id", id="agent_id"),
        pytest.param("command", "command must not be null", id="command"),
    ],
)
def test_what_is_needed_must_not_be_null(
    stack: TerraformStack, terraform: MakeTerraform, field: str, words: str
) -> None:
    value = nulls(stack, x="string")["x"]
    arguments = {"agent_id": "a1", "proxy_url": URL} | ({field: value} if field != "command" else {})
    proxy = AIBridgeProxy(stack, "proxy", **arguments)
    if field == "command":
        ProxiedTool(stack, "tool", proxy=proxy, command=["x", value])
    with pytest.raises(TerraformError) as caught:
        terraform(stack).plan(variables={"null_x": None})
    text = " ".join(caught.value.text.split())
    assert words in text
    assert "65536" not in text


def test_a_null_of_a_variable_of_the_module_is_its_default(terraform: MakeTerraform) -> None:
    stack = AIBridgeProxyModule(Testing.app())
    made = terraform(stack)
    optional: dict[str, Any] = dict.fromkeys(("cert_path", "setup_timeout", "extra_ca_pem", "refresh"))
    plan = made.plan(variables={"agent_id": "a1", "proxy_url": URL} | optional)
    assert plan.outputs["cert_path"] == "/tmp/aibridge-proxy/ca-cert.pem"
    for name in ("agent_id", "proxy_url"):
        with pytest.raises(TerraformError, match=name):
            made.plan(variables={"agent_id": "a1", "proxy_url": URL} | {name: None})


@pytest.mark.parametrize("with_count", [False, True])
def test_the_plan_checks_what_copilot_is_given(
    stack: TerraformStack, terraform: MakeTerraform, with_count: bool
) -> None:
    workdir = TerraformVariable(stack, "workdir", type="string").string_value
    agent_id = TerraformVariable(stack, "agent_id", type="string").string_value
    more: dict[str, Any] = {"count": "${var.workdir == null ? 0 : 1}"} if with_count else {}
    copilot = Copilot(stack, "copilot", agent_id=agent_id, workdir=workdir, source="./copilot", **more)
    TerraformOutput(stack, "id", value=copilot.task_app_id)
    made = terraform({"cdk.tf.json": Testing.synth(stack, True), "copilot/main.tf": COPILOT.hcl})
    good = {"workdir": "/home/coder", "agent_id": "a1"}
    assert UUID(made.plan(variables=good).outputs["id"]).version == 5
    for wrong, words in (
        ({"workdir": "project"}, "workdir must be an absolute path"),
        ({"agent_id": ""}, "agent_id must not be empty"),
        ({"agent_id": None}, "agent_id must not be null"),
    ):
        with pytest.raises(TerraformError, match=re.escape(words)):
            made.plan(variables=good | wrong)
