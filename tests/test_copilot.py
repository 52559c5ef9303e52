"""The registry's copilot module, typed and wired."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformOutput, TerraformStack, Testing

from aibridge_construct import (
    AIBridgeProxy,
    CoderAgent,
    CoderMetadata,
    CoderTemplate,
    Copilot,
    InvalidValueError,
    MetadataItem,
    MissingArgumentError,
)
from aibridge_construct._engine import resolve
from aibridge_construct.testing.build import Workspace, import_template, pack
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.modules import COPILOT
from tests.conftest import MakeTerraform

URL = "https://aiproxy.example.com"


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
    assert module["aibridge_proxy_auth_url"] == resolve(stack, proxy.proxy_auth_url)
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
    made = terraform({"cdk.tf.json": Testing.synth(stack, True), "copilot/main.tf": COPILOT.hcl})
    plan = made.plan()
    assert uuid.UUID(plan.outputs["task_app_id"]).version == 5
    (script,) = (
        resource["values"]["script"]
        for module in plan.json["planned_values"]["root_module"]["child_modules"]
        for resource in module["resources"]
    )
    assert script == f"# https://coder:owner-session-token@aiproxy.example.com {proxy.cert_path}"
    assert "owner-session-token" not in plan.text


class Assistant(CoderTemplate):
    """Copilot behind the proxy, and its app for a task."""

    def __init__(self, app: App, *, count: int | None = None) -> None:
        super().__init__(app, "assistant")
        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        proxy = AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url=URL)
        copilot = Copilot(self, "copilot", agent_id=agent.id, workdir="/w", proxy=proxy, count=count)
        TerraformOutput(self, "task_app_id", value=copilot.task_app_id)
        CoderMetadata(self, "note", resource_id=agent.id, item=[MetadataItem(key="a", value="b")], count=copilot.count)


@pytest.mark.parametrize("count", [None, 1])
def test_behind_a_proxy_it_comes_with_the_claim_of_a_prebuilt_workspace(
    app: App, tmp_path: Path, mirror: Mirror, count: int | None
) -> None:
    Assistant(app, count=count)
    app.synth()
    template = pack(tmp_path / "cdktf.out/stacks/assistant")
    offline = replace(mirror, modules=(COPILOT,))
    import_template(template, mirror=offline)
    workspace = Workspace.prebuilt(template, mirror=offline)
    before = workspace.start()
    assert not [address for address in before.actions if "copilot" in address or "note" in address]
    assert before.outputs.get("task_app_id") is None
    claimed = workspace.claim()
    assert [actions for address, actions in claimed.actions.items() if "copilot" in address] == [["create"]]
    assert "coder_metadata.note[0]" in claimed.actions
    assert uuid.UUID(claimed.outputs["task_app_id"]).version == 5


def test_without_a_proxy_it_has_the_count_that_was_given(stack: TerraformStack) -> None:
    plain = Copilot(stack, "copilot", agent_id="a1", workdir="/w", count=1)
    assert call(stack)["count"] == 1
    assert plain.task_app_id == "${one(module.copilot_module_BAE1C4F1[*].task_app_id)}"


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


@pytest.mark.parametrize("field", ["mcp_config", "copilot_config"])
@pytest.mark.parametrize("text", ["mcp.json", "{", "[]", '{"a": 1} x', ""])
def test_a_text_that_is_no_json_object_is_refused(stack: TerraformStack, field: str, text: str) -> None:
    given: dict[str, Any] = {field: text}
    with pytest.raises(InvalidValueError, match=f"{field} must be a mapping, or the JSON text of an object"):
        Copilot(stack, "copilot", agent_id="${var.agent_id}", workdir="/w", **given)
