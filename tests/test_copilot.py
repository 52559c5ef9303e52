"""The registry's copilot module, typed and wired."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import App, TerraformOutput, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, Copilot, InvalidValueError, MissingArgumentError
from tests.conftest import MakeTerraform

URL = "https://aiproxy.example.com"

OPTIONAL = (
    "external_auth_id",
    "copilot_model",
    "copilot_config",
    "ai_prompt",
    "system_prompt",
    "trusted_directories",
    "allow_all_tools",
    "allow_tools",
    "deny_tools",
    "mcp_config",
    "install_agentapi",
    "agentapi_version",
    "copilot_version",
    "report_tasks",
    "subdomain",
    "order",
    "group",
    "icon",
    "web_app_display_name",
    "cli_app",
    "cli_app_display_name",
    "resume_session",
    "pre_install_script",
    "post_install_script",
)

# The inputs of the module, as its documentation lists them; it has no other.
STAND_IN = "\n".join(
    [
        'variable "agent_id" {}',
        'variable "workdir" {}',
        'variable "enable_aibridge_proxy" { default = false }',
        'variable "aibridge_proxy_auth_url" {\n  default = null\n  sensitive = true\n}',
        'variable "aibridge_proxy_cert_path" { default = null }',
        'variable "github_token" {\n  default = ""\n  sensitive = true\n}',
        *(f'variable "{name}" {{ default = null }}' for name in OPTIONAL),
        'output "task_app_id" { value = "${var.agent_id}-task" }',
        'output "proxy" {\n  value = [var.enable_aibridge_proxy, var.aibridge_proxy_auth_url, '
        "var.aibridge_proxy_cert_path]\n  sensitive = true\n}",
    ]
)


def call(stack: TerraformStack) -> dict[str, Any]:
    content = json.loads(Testing.synth(stack, True))
    (module,) = content["module"].values()
    assert isinstance(module, dict)
    return module


def test_without_a_proxy_it_is_plain_copilot(stack: TerraformStack) -> None:
    Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder")
    assert call(stack) == {
        "source": "registry.coder.com/coder-labs/copilot/coder",
        "version": "~> 0.4",
        "agent_id": "a1",
        "workdir": "/home/coder",
    }


def test_with_a_proxy_its_three_inputs_are_wired(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", proxy=proxy)
    module = call(stack)
    assert module["enable_aibridge_proxy"] is True
    assert module["aibridge_proxy_auth_url"] == proxy.proxy_auth_url
    assert module["aibridge_proxy_cert_path"] == "/tmp/aibridge-proxy/ca-cert.pem"


def test_every_input_of_the_module_plans_and_its_output_can_be_read(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    copilot = Copilot(
        stack,
        "copilot",
        agent_id="a1",
        workdir="/home/coder",
        source="./copilot",
        proxy=proxy,
        external_auth_id="github",
        github_token='${sensitive("t")}',
        copilot_model="claude-sonnet-4.5",
        copilot_config={"banner": "never"},
        ai_prompt="Say hello",
        system_prompt="Be kind",
        trusted_directories=["/home/coder"],
        allow_tools=["shell(git)"],
        deny_tools=["shell(rm)"],
        mcp_config={"mcpServers": {}},
        install_agentapi=True,
        agentapi_version="v0.10.0",
        copilot_version="latest",
        report_tasks=True,
        subdomain=False,
        order=1,
        group="AI",
        icon="/icon/github.svg",
        web_app_display_name="Copilot",
        cli_app=True,
        cli_app_display_name="Copilot CLI",
        resume_session=False,
        pre_install_script="echo before",
        post_install_script="echo after",
    )
    TerraformOutput(stack, "task_app_id", value=copilot.task_app_id)
    TerraformOutput(stack, "wired", value=copilot.module.get("proxy"), sensitive=True)
    made = terraform({"cdk.tf.json": Testing.synth(stack, True), "copilot/main.tf": STAND_IN})
    plan = made.plan()
    assert plan.outputs["task_app_id"] == "a1-task"
    assert plan.outputs["wired"] == [True, "https://coder:owner-session-token@aiproxy.example.com", proxy.cert_path]
    assert "owner-session-token" not in plan.text


def test_a_misspelt_input_is_refused_by_python(stack: TerraformStack) -> None:
    with pytest.raises(TypeError, match="copilot_modle"):
        Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", copilot_modle="x")  # type: ignore[call-arg]


def test_a_forgotten_workdir_says_what_to_write(stack: TerraformStack) -> None:
    with pytest.raises(MissingArgumentError, match=r'Write Copilot\(…, workdir="/home/coder/project"\)'):
        Copilot(stack, "copilot", agent_id="a1")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"workdir": "project"}, "workdir must be an absolute path"),
        ({"agent_id": ""}, "agent_id must not be empty"),
        ({"proxy": URL}, "proxy must be an AIBridgeProxy"),
        ({"allow_tools": "shell"}, "allow_tools must be a list"),
        ({"allow_tools": ["shell"], "deny_tools": ["shell"]}, "allow_tools and deny_tools both name shell"),
        ({"allow_tools": ["shell"], "allow_all_tools": True}, "allow_tools has no effect with allow_all_tools=True"),
        ({"cli_app": False, "cli_app_display_name": "x"}, "cli_app_display_name has no effect with cli_app=False"),
        (
            {"install_agentapi": False, "agentapi_version": "v1"},
            "agentapi_version has no effect with install_agentapi=False",
        ),
    ],
)
def test_contradictions_and_mistakes_are_refused(stack: TerraformStack, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        Copilot(stack, "copilot", **({"agent_id": "a1", "workdir": "/home/coder"} | arguments))
    assert words in str(caught.value)


def test_a_proxy_under_another_unit_is_refused_because_the_module_waits_for_the_default(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, sync_unit="mine")
    with pytest.raises(InvalidValueError, match="waits for the startup unit 'aibridge-proxy-setup' and no other"):
        Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", proxy=proxy)


def test_a_proxy_of_another_agent_is_refused_at_synth(app: App, stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a2", proxy_url=URL)
    Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", proxy=proxy)
    with pytest.raises(RuntimeError, match=r"stack/copilot \(copilot-aibridge\) waits for .* belongs to another agent"):
        app.synth()
