"""Assignments after construction: what works, and what would do nothing is refused."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cdktf import App, TerraformCount, TerraformStack, Testing
from constructs import Construct

from aibridge_construct import (
    AIBridgeProxy,
    AIBridgeProxyModule,
    AppHealthcheck,
    CoderAgent,
    CoderApp,
    CoderEnv,
    CoderProvider,
    CoderTemplate,
    Copilot,
    GenericProvider,
    GenericResource,
    InvalidValueError,
    ProxiedTool,
    UnknownArgumentError,
)

URL = "https://aiproxy.example.com"


def agent(scope: Construct, id: str = "main", **more: Any) -> CoderAgent:
    return CoderAgent(scope, id, os="linux", arch="amd64", **more)


def proxy(scope: Construct, id: str = "aibridge", **more: Any) -> AIBridgeProxy:
    return AIBridgeProxy(scope, id, agent_id="${var.agent_id}", proxy_url=URL, **more)


def tool(scope: Construct) -> ProxiedTool:
    return ProxiedTool(scope, "tool", proxy=proxy(scope), command=["true"])


def copilot(scope: Construct) -> Copilot:
    return Copilot(scope, "copilot", agent_id="${var.agent_id}", workdir="/w")


MAKERS: dict[str, Callable[[TerraformStack], Any]] = {
    "AIBridgeProxy": proxy,
    "ProxiedTool": tool,
    "Copilot": copilot,
    "CoderProvider": lambda stack: CoderProvider(stack, "provider"),
    "GenericProvider": lambda stack: GenericProvider(stack, "generic", source="hashicorp/null"),
    "CoderTemplate": lambda stack: CoderTemplate(App.of(stack), "template"),
    "AIBridgeProxyModule": lambda stack: AIBridgeProxyModule(App.of(stack), "module"),
}


@pytest.mark.parametrize(
    ("made", "name", "value"),
    [
        ("AIBridgeProxy", "launcher", True),
        ("AIBridgeProxy", "cert_path", "/x"),
        ("AIBridgeProxy", "proxy_url", URL),
        ("AIBridgeProxy", "sync_unit", "x"),
        ("AIBridgeProxy", "script", None),
        ("AIBridgeProxy", "bundle_path", "/x"),
        ("AIBridgeProxy", "count", 1),
        ("ProxiedTool", "command", ["x"]),
        ("ProxiedTool", "on_unavailable", "fail"),
        ("ProxiedTool", "depends_on", []),
        ("ProxiedTool", "script", None),
        ("Copilot", "mcp_config", {}),
        ("Copilot", "module", None),
        ("Copilot", "task_app_id", "x"),
        ("CoderProvider", "version", ">= 2.12"),
        ("CoderProvider", "alias", "x"),
        ("GenericProvider", "arguments", {}),
        ("CoderTemplate", "readme", "words"),
        ("CoderTemplate", "coder", None),
        ("AIBridgeProxyModule", "proxy", None),
    ],
)
def test_what_would_do_nothing_cannot_be_assigned(stack: TerraformStack, made: str, name: str, value: object) -> None:
    with pytest.raises(InvalidValueError, match=f"{name} of {made} cannot be assigned") as caught:
        setattr(MAKERS[made](stack), name, value)
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("made", "name", "nearest"),
    [
        ("AIBridgeProxy", "certpath", "cert_path"),
        ("ProxiedTool", "comand", "command"),
        ("Copilot", "workdirr", "workdir"),
        ("CoderProvider", "versoin", "version"),
        ("GenericProvider", "argumens", "arguments"),
        ("CoderTemplate", "read_me", "readme"),
        ("AIBridgeProxyModule", "proxi", "proxy"),
    ],
)
def test_a_misspelt_attribute_names_the_nearest(stack: TerraformStack, made: str, name: str, nearest: str) -> None:
    with pytest.raises(UnknownArgumentError, match=rf"{made} has no attribute {name}. Did you mean {nearest}\?"):
        setattr(MAKERS[made](stack), name, "x")


def test_subclasses_of_users_have_attributes_of_their_own(stack: TerraformStack) -> None:
    class Mine(AIBridgeProxy):
        def __init__(self, scope: Construct, id: str, *, launcher: bool) -> None:
            self.before = 1
            super().__init__(scope, id, agent_id="${var.agent_id}", proxy_url=URL, launcher=launcher)
            self.launcher = launcher
            self.proxy_url = URL
            self.team = "a"

    mine = Mine(stack, "mine", launcher=True)
    mine.team = "b"
    assert (mine.before, mine.launcher, mine.team) == (1, True, "b")
    with pytest.raises(InvalidValueError, match="launcher of AIBridgeProxy cannot be assigned"):
        mine.launcher = False


def test_what_a_subclass_of_a_user_declares_is_its_own(stack: TerraformStack) -> None:
    class Mine(ProxiedTool):
        command = "shown"

    mine = Mine(stack, "mine", proxy=proxy(stack), command=["true"])
    mine.command = "other"
    assert mine.command == "other"


def test_a_template_keeps_what_the_engine_lets_be_assigned(app: App) -> None:
    class Mine(CoderTemplate):
        def __init__(self) -> None:
            super().__init__(app, "mine", readme="# Mine\n")
            self.agent = agent(self)
            self.synthesizer = self.synthesizer

    Mine().add_override("terraform.required_version", ">= 1.9")
    provider = CoderProvider(TerraformStack(app, "plain"), "coder")
    provider.url = URL
    provider.add_override("url", "https://other.example.com")


def content(stack: TerraformStack, type: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Testing.synth(stack))["resource"][type][name]
    return found


def test_a_count_that_is_assigned_is_followed(stack: TerraformStack) -> None:
    main = agent(stack, count=2)
    app = CoderApp(stack, "app", agent_id=main.id, slug="app", url="http://localhost:1", count=1)
    app.count = 2
    assert content(stack, "coder_app", "app")["count"] == 2
    for wrong in (3, TerraformCount.of(4)):
        with pytest.raises(InvalidValueError, match="must not be greater than the count of its agent"):
            app.count = wrong
    with pytest.raises(InvalidValueError, match="is the id of an agent with count"):
        app.count = None
    with pytest.raises(InvalidValueError, match="others were given its id"):
        main.count = 1
    assert content(stack, "coder_app", "app")["count"] == 2


@pytest.mark.parametrize("count", [-1, 1.5, True, TerraformCount.of(-1)], ids=["-1", "1.5", "True", "of -1"])
def test_a_count_that_is_no_number_of_instances_is_refused(stack: TerraformStack, count: Any) -> None:
    words = r"must be a whole number, at least 0\. Got"
    with pytest.raises(InvalidValueError, match=f"count of coder_agent 'main' {words}"):
        agent(stack, count=count)
    with pytest.raises(InvalidValueError, match=f"count of null_resource 'n' {words}"):
        GenericResource(stack, "n", "null_resource", count=count)
    main = agent(stack, "other")
    with pytest.raises(InvalidValueError, match=f"count of coder_agent 'other' {words}"):
        main.count = count


def test_an_agent_that_gets_a_count_is_a_counted_one(stack: TerraformStack) -> None:
    main = agent(stack)
    main.count = 2
    CoderEnv(stack, "env", agent_id=main.id, name="A", value="b", count=2)
    assert content(stack, "coder_env", "env")["agent_id"] == "${coder_agent.main[count.index].id}"
    with pytest.raises(InvalidValueError, match="is the id of an agent with count"):
        CoderEnv(stack, "one", agent_id=main.id, name="A", value="b")


def test_depends_on_that_is_assigned_takes_what_the_constructor_takes(stack: TerraformStack) -> None:
    app = CoderApp(stack, "app", agent_id=agent(stack).id, slug="app", url="http://localhost:1")
    other, both = agent(stack, "other"), Construct(stack, "both")
    agent(both, "inner")
    app.depends_on = [other, both, "coder_agent.main"]  # type: ignore[list-item]
    assert content(stack, "coder_app", "app")["depends_on"] == [
        "coder_agent.main",
        "coder_agent.other",
        "coder_agent.both-inner",
    ]
    app.depends_on = ["coder_agent.main"]
    assert content(stack, "coder_app", "app")["depends_on"] == ["coder_agent.main"]
    for wrong in (other, "coder_agent.main", [1]):
        with pytest.raises(InvalidValueError, match=r"depends_on of coder_app 'app' must be a list"):
            app.depends_on = wrong  # type: ignore[assignment]
    app.depends_on = None
    assert "depends_on" not in content(stack, "coder_app", "app")


def test_a_block_is_replaced_and_not_changed(stack: TerraformStack) -> None:
    check = AppHealthcheck(url="http://localhost:1", interval=5, threshold=6)
    app = CoderApp(stack, "app", agent_id=agent(stack).id, slug="app", url="http://localhost:1", healthcheck=check)
    for block in (check, app.healthcheck):
        with pytest.raises(InvalidValueError, match="url of AppHealthcheck cannot be assigned: give the"):
            block.url = "http://localhost:2"  # type: ignore[misc]
        with pytest.raises(UnknownArgumentError, match="AppHealthcheck has no argument ulr. Did you mean url"):
            block.ulr = "x"  # type: ignore[attr-defined]
    app.healthcheck = replace(check, url="http://localhost:2")
    assert content(stack, "coder_app", "app")["healthcheck"]["url"] == "http://localhost:2"
    assert copy.deepcopy(check) == check == pickle.loads(pickle.dumps(check))


def test_what_the_engine_lets_be_assigned_stays_so(stack: TerraformStack) -> None:
    app = CoderApp(stack, "app", agent_id=agent(stack).id, slug="app", url="http://localhost:1")
    app.lifecycle = {"prevent_destroy": True}  # type: ignore[assignment]
    app.add_override("tooltip", "x")
    app.node.add_metadata("a", "b")
    found = content(stack, "coder_app", "app")
    assert (found["lifecycle"], found["tooltip"]) == ({"prevent_destroy": True}, "x")
