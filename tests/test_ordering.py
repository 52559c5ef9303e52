"""Startup units form a graph that is checked when the stack is synthesized."""

from __future__ import annotations

import pytest
from cdktf import App, TerraformStack, TerraformVariable
from constructs import Construct

from aibridge_construct import AIBridgeProxy, InvalidValueError, ProxiedTool, declare_unit

URL = "https://aiproxy.example.com"


@pytest.fixture
def proxy(stack: TerraformStack) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)


def test_tools_wait_for_the_proxy_and_for_what_they_name(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    first = ProxiedTool(stack, "first", proxy=proxy, command="true")
    declare_unit(stack, "from-elsewhere", agent_id="a1")
    second = ProxiedTool(stack, "second", proxy=proxy, command="true", after=[first, proxy, "from-elsewhere"])
    assert (
        "aibridge_wants='aibridge-proxy-setup aibridge-tool-first from-elsewhere'"
        in second.script._attributes["script"]  # type: ignore[operator]
    )
    app.synth()


def test_a_unit_that_nobody_declares_is_refused(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    ProxiedTool(stack, "tool", proxy=proxy, command="true", after=["aibridge-tool-frist"])
    with pytest.raises(
        RuntimeError,
        match=r"stack/tool \(aibridge-tool-tool\) waits for the startup unit 'aibridge-tool-frist', which nobody "
        r"declares.*Units of this agent: aibridge-proxy-setup, aibridge-tool-tool",
    ):
        app.synth()


def test_a_unit_whose_name_terraform_computes_is_one_unit_however_often_it_is_read(
    app: App, stack: TerraformStack
) -> None:
    name = TerraformVariable(stack, "unit", type="string")
    assert name.string_value != name.string_value  # another token each time
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, sync_unit=name.string_value)
    ProxiedTool(stack, "tool", proxy=proxy, command="true", after=[name.string_value])
    app.synth()


def test_a_cycle_is_refused_with_its_path(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    ProxiedTool(stack, "a", proxy=proxy, command="true", after=["aibridge-tool-c"])
    ProxiedTool(stack, "b", proxy=proxy, command="true", after=["aibridge-tool-a"])
    ProxiedTool(stack, "c", proxy=proxy, command="true", after=["aibridge-tool-b"])
    with pytest.raises(
        RuntimeError, match="aibridge-tool-a -> aibridge-tool-c -> aibridge-tool-b -> aibridge-tool-a"
    ) as caught:
        app.synth()
    assert str(caught.value).count("in a circle") == 1


def test_a_tool_that_waits_for_itself_is_refused(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    ProxiedTool(stack, "a", proxy=proxy, command="true", after=["aibridge-tool-a"])
    with pytest.raises(RuntimeError, match="aibridge-tool-a -> aibridge-tool-a"):
        app.synth()


def test_a_diamond_is_no_cycle(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    left = ProxiedTool(stack, "left", proxy=proxy, command="true")
    right = ProxiedTool(stack, "right", proxy=proxy, command="true")
    ProxiedTool(stack, "end", proxy=proxy, command="true", after=[left, right])
    app.synth()


def test_a_unit_of_another_agent_cannot_be_waited_for(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    other = AIBridgeProxy(stack, "other", agent_id="a2", proxy_url=URL, sync_unit="other-proxy")
    ProxiedTool(stack, "tool", proxy=proxy, command="true", after=[other])
    with pytest.raises(RuntimeError, match="'other-proxy', which belongs to another agent, and units are per agent"):
        app.synth()


def test_one_unit_twice_on_an_agent_is_refused(app: App, stack: TerraformStack, proxy: AIBridgeProxy) -> None:
    ProxiedTool(stack, "tool", proxy=proxy, command="true")
    ProxiedTool(Construct(stack, "deeper"), "tool", proxy=proxy, command="true")
    with pytest.raises(RuntimeError, match="stack/tool and stack/deeper/tool have the same startup unit"):
        app.synth()


def test_a_declared_unit_needs_a_name(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="sync_unit must be 1 to 128 letters"):
        declare_unit(stack, "two words", agent_id="a1")
