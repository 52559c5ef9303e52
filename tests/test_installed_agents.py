"""The registry's claude-code and codex modules, typed, and pointed at AI Gateway."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformLocal, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token

from aibridge_construct import (
    ClaudeCode,
    CoderAgent,
    CoderTemplate,
    Codex,
    InvalidValueError,
    MissingArgumentError,
    ProxiedTool,
)
from aibridge_construct.testing import TerraformError
from aibridge_construct.testing.build import Workspace, import_template, pack
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.modules import CLAUDE_CODE, CODEX
from tests.conftest import MakeTerraform

CLAUDE_INPUTS: dict[str, Any] = {
    "workdir": "/home/coder/project",
    "enable_ai_gateway": False,
    "install_claude_code": False,
    "claude_code_version": "2.1.0",
    "claude_binary_path": "/opt/claude/bin",
    "disable_autoupdater": True,
    "model": "sonnet",
    "mcp": {"mcpServers": {}},
    "mcp_config_remote_path": ["https://example.com/mcp.json"],
    "managed_settings": {"permissions": {"deny": ["WebFetch"]}},
    "telemetry": {"enabled": True},
    "anthropic_api_key": '${sensitive("k")}',
    "claude_code_oauth_token": '${sensitive("t")}',
    "api_key_helper": {"script": "echo key"},
    "anthropic_base_url": "https://llm.example.com",
    "use_bedrock": True,
    "use_vertex": False,
    "icon": "/icon/claude.svg",
    "pre_install_script": "echo before",
    "post_install_script": "echo after",
}
CODEX_INPUTS: dict[str, Any] = {
    "workdir": "/home/coder/project",
    "enable_ai_gateway": False,
    "install_codex": True,
    "codex_version": "0.169.0",
    "base_config_toml": 'model = "gpt-5"',
    "mcp": "[mcp_servers.x]",
    "mcp_config_remote_path": ["https://example.com/mcp.toml"],
    "openai_api_key": '${sensitive("k")}',
    "icon": "/icon/openai.svg",
    "pre_install_script": "echo before",
    "post_install_script": "echo after",
}
BOTH = pytest.mark.parametrize(
    ("construct", "stand_in", "inputs"),
    [
        pytest.param(ClaudeCode, CLAUDE_CODE, CLAUDE_INPUTS, id="claude-code"),
        pytest.param(Codex, CODEX, CODEX_INPUTS, id="codex"),
    ],
)


def call(stack: TerraformStack) -> dict[str, Any]:
    (module,) = json.loads(Testing.synth(stack, True))["module"].values()
    assert isinstance(module, dict)
    return module


@BOTH
def test_unless_told_otherwise_it_asks_the_gateway(
    stack: TerraformStack, construct: Any, stand_in: Any, inputs: Any
) -> None:
    construct(stack, "agent", agent_id="a1")
    made = call(stack)
    assert made.pop("version").removeprefix("~> ") == re.sub(r"\.\d+$", "", stand_in.version)
    assert made == {"source": stand_in.source, "agent_id": "a1", "enable_ai_gateway": True}


@BOTH
def test_every_input_plans_and_its_units_are_those_of_the_module(
    stack: TerraformStack, terraform: MakeTerraform, construct: Any, stand_in: Any, inputs: dict[str, Any]
) -> None:
    made = construct(stack, "agent", agent_id="a1", source="./module", **inputs)
    left_out = {"model_reasoning_effort"}  # has no effect with base_config_toml
    assert {*inputs, *left_out} >= {*stand_in.optional}
    TerraformOutput(stack, "scripts", value=made.module.get("scripts"))
    files = {"cdk.tf.json": Testing.synth(stack, True), "module/main.tf": stand_in.hcl}
    assert tuple(terraform(files).plan().outputs["scripts"]) == made.scripts
    assert made.sync_unit.endswith("-post_install_script")


class Assistants(CoderTemplate):
    """Both, and a tool that waits for one of them."""

    def __init__(self, app: App) -> None:
        super().__init__(app, "assistants")
        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        claude = ClaudeCode(self, "claude", agent_id=agent.id)
        codex = Codex(self, "codex", agent_id=agent.id, pre_install_script="true")
        ProxiedTool(self, "hi", agent_id=agent.id, gateway=["anthropic"], command=["claude"], after=[claude, codex])


def test_in_a_prebuilt_workspace_they_are_installed_and_get_their_token_with_the_claim(
    app: App, tmp_path: Path, mirror: Mirror
) -> None:
    Assistants(app)
    app.synth()
    template = pack(tmp_path / "cdktf.out/stacks/assistants")
    offline = replace(mirror, modules=(CLAUDE_CODE, CODEX))
    import_template(template, mirror=offline)
    workspace = Workspace.prebuilt(template, mirror=offline)
    before = workspace.start()
    installed = [address for address in before.actions if address.endswith(".coder_script.install_script")]
    assert len(installed) == 2
    claimed = workspace.claim()
    assert not [address for address in installed if claimed.actions.get(address, ["no-op"]) != ["no-op"]]
    assert {address.partition(".coder_env.")[2] for address in claimed.actions if ".coder_env." in address} >= {
        "anthropic_auth_token[0]",
        "openai_coder_aigateway_session_token[0]",
    }


def test_a_tool_waits_for_what_is_installed_last(app: App, stack: TerraformStack) -> None:
    claude = ClaudeCode(stack, "claude", agent_id="a1", pre_install_script="true", post_install_script="true")
    ProxiedTool(stack, "hi", agent_id="a1", gateway=["anthropic"], command=["claude"], after=[claude])
    assert claude.scripts == tuple(
        f"coder-claude-code-{step}_install_script".replace("-_", "-") for step in ("pre", "", "post")
    )
    (tool,) = json.loads(Testing.synth(stack))["resource"]["coder_script"].values()
    assert "aibridge_wants='coder-claude-code-post_install_script'" in tool["script"]
    app.synth()


def test_two_of_them_on_one_agent_are_refused_at_synth(app: App, stack: TerraformStack) -> None:
    ClaudeCode(stack, "one", agent_id="a1")
    ClaudeCode(stack, "two", agent_id="a1")
    with pytest.raises(RuntimeError, match="have the same startup unit on the same agent"):
        app.synth()


def test_a_script_that_turns_out_to_be_null_is_refused_at_plan(stack: TerraformStack, terraform: MakeTerraform) -> None:
    text = TerraformLocal(stack, "text", "${tostring(null)}")
    Codex(stack, "codex", agent_id="a1", source="./codex", post_install_script=text.as_string)
    made = terraform({"cdk.tf.json": Testing.synth(stack, True), "codex/main.tf": CODEX.hcl})
    with pytest.raises(TerraformError, match="post_install_script must not be null: leave it out"):
        made.plan()


@pytest.mark.parametrize(
    ("construct", "arguments", "words"),
    [
        *(
            pytest.param(ClaudeCode, {name: value}, f"{name} has no effect with AI Gateway", id=name)
            for name, value in {
                "anthropic_api_key": "${var.key}",
                "claude_code_oauth_token": "${var.token}",
                "api_key_helper": {"script": "x"},
                "anthropic_base_url": "https://x.example.com",
                "use_bedrock": True,
                "use_vertex": True,
            }.items()
        ),
        pytest.param(ClaudeCode, {"workdir": "project"}, "workdir must be an absolute path", id="workdir"),
        pytest.param(ClaudeCode, {"agent_id": ""}, "agent_id must not be empty", id="agent"),
        pytest.param(ClaudeCode, {"claude_binary_path": "/opt"}, "add install_claude_code=False", id="place"),
        pytest.param(ClaudeCode, {"mcp_config_remote_path": "https://x"}, "must be a list", id="list"),
        pytest.param(ClaudeCode, {"post_install_script": "echo ${HOME}"}, "write $${HOME}", id="shell form"),
        pytest.param(Codex, {"openai_api_key": "${var.key}"}, "openai_api_key has no effect with AI Gateway", id="key"),
        pytest.param(Codex, {"model_reasoning_effort": "huge"}, "must be one of none, minimal", id="effort"),
        pytest.param(
            Codex, {"base_config_toml": 'model = "x"'}, 'add the line model_provider = "aigateway"', id="toml"
        ),
        pytest.param(
            Codex,
            {"base_config_toml": 'model_provider = "aigateway"', "model_reasoning_effort": "low"},
            "model_reasoning_effort has no effect with base_config_toml",
            id="effort in a configuration",
        ),
    ],
)
def test_contradictions_and_mistakes_are_refused(
    stack: TerraformStack, construct: Any, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        construct(stack, "agent", **({"agent_id": "a1"} | arguments))
    assert words in str(caught.value)


@pytest.mark.parametrize("construct", [ClaudeCode, Codex])
def test_a_forgotten_agent_says_what_to_write(stack: TerraformStack, construct: Any) -> None:
    with pytest.raises(MissingArgumentError, match=r"Write \w+\(…, agent_id=agent\.id\)"):
        construct(stack, "agent")


@pytest.mark.parametrize("kind", [ClaudeCode, Codex])
def test_an_agent_that_turns_out_to_be_windows_is_refused_at_plan(
    stack: TerraformStack, kind: type[ClaudeCode | Codex]
) -> None:
    system = TerraformVariable(stack, "system", type="string")
    main = CoderAgent(stack, "main", os=Token.as_any(system.string_value), arch="amd64")
    kind(stack, "ai", agent_id=main.id)
    (checked,) = json.loads(Testing.synth(stack))["data"]["coder_workspace"].values()
    (condition,) = checked["lifecycle"]["precondition"]
    assert condition["condition"] == '${coder_agent.main.os != "windows"}'
    assert condition["error_message"].startswith(f"{kind.__name__} 'ai' needs a Linux or macOS agent")
