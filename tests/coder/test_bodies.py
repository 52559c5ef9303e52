"""Texts that several scripts have in common stand once in a stack, and each script is still the same to the byte."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, ProxiedTool
from tests.conftest import MakeTerraform

LIBRARY, TOOL, SETUP = (f"aibridge_construct_{name}" for name in ("library", "tool", "setup"))


def declare(stack: TerraformStack, tools: int, proxies: int = 1) -> list[ProxiedTool]:
    made = []
    for number in range(proxies):
        proxy = AIBridgeProxy(
            stack,
            f"proxy-{number}",
            agent_id=f"agent-{number}",
            proxy_url="https://ai.example.com:8888",
            cert_path=f"/tmp/{number}/ca.pem",
        )
        made += [
            ProxiedTool(stack, f"tool-{number}-{each}", proxy=proxy, command=["echo", "$HOME", "it's"])
            for each in range(tools)
        ]
    return made


def content(stack: TerraformStack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Testing.synth(stack))
    return found


@pytest.mark.parametrize(
    ("tools", "proxies", "shared"),
    [
        pytest.param(1, 1, set(), id="a text that stands once stays in its script"),
        pytest.param(2, 1, {LIBRARY, TOOL}, id="what two tools have in common"),
        pytest.param(0, 2, {SETUP}, id="what two proxies have in common"),
        pytest.param(1, 2, {LIBRARY, TOOL, SETUP}, id="all of it"),
    ],
)
def test_what_several_scripts_have_in_common_stands_once(
    stack: TerraformStack, tools: int, proxies: int, shared: set[str]
) -> None:
    declare(stack, tools, proxies)
    synthesized = content(stack)
    assert set(synthesized.get("locals", {})) == shared
    for script in synthesized["resource"]["coder_script"].values():
        assert len(script["script"]) > 1500
    assert all(json.dumps(synthesized).count(f"${{local.{name}}}") > 1 for name in shared)


def test_a_stack_with_ten_tools_is_a_few_kilobytes_longer_than_with_two(stack: TerraformStack) -> None:
    declare(stack, 2)
    ten = TerraformStack(App(), "ten")
    declare(ten, 10)
    assert len(json.dumps(content(ten))) - len(json.dumps(content(stack))) < 8 * 5000


@pytest.mark.parametrize("hcl", [False, True], ids=["json", "hcl"])
def test_terraform_makes_the_same_script_of_it(terraform: MakeTerraform, tmp_path: Path, hcl: bool) -> None:
    def scripts(tools: int) -> dict[str, str]:
        app = App(outdir=str(tmp_path / f"{tools}"), hcl_output=hcl)
        declare(TerraformStack(app, "stack"), tools)
        app.synth()
        written = tmp_path / f"{tools}" / "stacks" / "stack"
        plan = terraform({each.name: each.read_text() for each in written.iterdir() if each.is_file()}).plan()
        return {
            each["name"]: each["values"]["script"]
            for each in plan.json["planned_values"]["root_module"]["resources"]
            if each["type"] == "coder_script"
        }

    alone, together = scripts(1), scripts(2)
    (name,) = (name for name in alone if name.startswith("tool"))
    assert together[name] == alone[name]
    assert "aibridge_main" in alone[name]
    assert "${local" not in together[name]


def test_a_script_that_gets_another_text_has_no_part_in_it(stack: TerraformStack) -> None:
    first, second = declare(stack, 2)
    second.script.script = "echo mine"
    synthesized = content(stack)
    assert "locals" not in synthesized
    texts = synthesized["resource"]["coder_script"]
    assert texts[second.script.friendly_unique_id]["script"] == "echo mine"
    assert "aibridge_main" in texts[first.script.friendly_unique_id]["script"]


def test_the_stacks_of_one_app_do_not_share() -> None:
    app = App()
    stacks = [TerraformStack(app, name) for name in ("one", "two")]
    for stack in stacks:
        declare(stack, 1)
    assert not any("locals" in content(stack) for stack in stacks)


def test_no_text_between_two_interpolations_is_long_for_terraform_joins_it_line_by_line(stack: TerraformStack) -> None:
    declare(stack, 2)
    synthesized = content(stack)
    texts = [each["script"] for each in synthesized["resource"]["coder_script"].values()]
    for text in [*texts, *synthesized["locals"].values()]:
        assert max(each.count("\n") for each in re.split(r"(?<!\$)\$\{", text)) < 160
