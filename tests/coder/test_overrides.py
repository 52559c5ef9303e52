"""What the engine does with an element, it does with ours: its arguments stand in the stack only where it says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktf import App, Aspects, IAspect, TerraformDataSource, TerraformResource, TerraformStack, Testing
from constructs import Construct

from aibridge_construct import (
    AIBridgeProxy,
    CoderAgent,
    CoderEnv,
    CoderProvider,
    CoderScript,
    DataCoderParameter,
    GenericResource,
    InvalidValueError,
    ProxiedTool,
)

URL = "https://aiproxy.example.com:8888"
ITEMS = [{"key": "cpu", "script": "top", "interval": 5, "timeout": 1}, {"key": "ram", "script": "free", "interval": 9}]


class Resource(TerraformResource):
    """A resource as generated bindings make it."""

    def __init__(self, scope: Construct, id: str, attributes: dict[str, Any]) -> None:
        super().__init__(scope, id, terraform_resource_type="coder_agent")
        self._attributes = attributes

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._attributes


class DataSource(TerraformDataSource):
    """A data source as generated bindings make it."""

    def __init__(self, scope: Construct, id: str, attributes: dict[str, Any]) -> None:
        super().__init__(scope, id, terraform_resource_type="coder_parameter")
        self._attributes = attributes

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._attributes


def an_agent(scope: Construct) -> CoderAgent:
    return CoderAgent(scope, "main", os="linux", arch="amd64", env={"A": "1", "B": "2"}, order=3, metadata=ITEMS)


def a_parameter(scope: Construct) -> DataCoderParameter:
    return DataCoderParameter(
        scope,
        "main",
        name="region",
        default="eu",
        option=[{"name": "EU", "value": "eu"}, {"name": "US", "value": "us"}],
    )


def synthesized(stack: TerraformStack, block: str, type: str) -> Any:
    return json.loads(Testing.synth(stack)).get(block, {}).get(type, {})


OVERRIDES = {
    "a value": [("order", 7)],
    "a new argument": [("startup_script_behavior", "blocking")],
    "none": [("order", None)],
    "none and then a value": [("order", None), ("order", 8)],
    "a value and then none": [("order", 8), ("order", None)],
    "an entry of a map": [("env.A", "one"), ("env.C", "3")],
    "no entry of a map": [("env.A", None)],
    "a map": [("env", {"B": "two", "C": "3"})],
    "a map without an entry": [("env", {"A": None, "B": "two"})],
    "no map": [("env", None)],
    "a text in the place of a map": [("env", "${local.env}")],
    "a field of a block": [("metadata.1.script", "free -m"), ("metadata.1.timeout", 2)],
    "no field of a block": [("metadata.0.timeout", None)],
    "a field of no block": [("metadata.7.script", "free -m")],
    "more blocks": [("metadata", [{"key": "disk", "script": "df", "interval": 60}])],
    "no blocks": [("metadata", None)],
    "a meta-argument": [("lifecycle.ignore_changes", ["env"]), ("count", 2)],
    "a path through a text": [("os.name", "linux")],
    "a path of nothing": [("resources_monitoring.memory.enabled", True)],
}


@pytest.mark.parametrize("place", ["main", "5"], ids=["in line", "before all others"])
@pytest.mark.parametrize("overrides", OVERRIDES.values(), ids=OVERRIDES.keys())
def test_an_override_makes_of_an_argument_what_it_makes_of_it_in_the_engines_own_elements(
    overrides: Sequence[tuple[str, object]], place: str
) -> None:
    ours, engines = (TerraformStack(Testing.app(), "stack") for _ in range(2))
    agent = an_agent(Construct(ours, place))
    resource = Resource(Construct(engines, place), "main", agent.to_json())
    for path, value in overrides:
        agent.add_override(path, value)
        resource.add_override(path, value)

    (found,), (expected,) = (synthesized(stack, "resource", "coder_agent").values() for stack in (ours, engines))
    if place == "5" and isinstance(
        expected.get("metadata"), list
    ):  # blocks that were added stand before the others then
        for body in (found, expected):
            body["metadata"].sort(key=lambda block: str(block and block.get("key")))
    assert found == expected


@pytest.mark.parametrize("path", ["order", "lifecycle.x"])
def test_an_override_is_no_number_that_json_cannot_hold(path: str) -> None:
    agent = an_agent(TerraformStack(Testing.app(), "stack"))
    with pytest.raises(InvalidValueError, match=f"the override of {path} in coder_agent holds nan"):
        agent.add_override(path, float("nan"))


def test_an_override_takes_an_argument_of_a_data_source_away() -> None:
    ours, engines = (TerraformStack(Testing.app(), "stack") for _ in range(2))
    parameter = a_parameter(ours)
    source = DataSource(engines, "main", parameter.to_json())
    for element in (parameter, source):
        element.add_override("default", None)
        element.add_override("option.1.name", "USA")

    found = synthesized(ours, "data", "coder_parameter")
    assert found == synthesized(engines, "data", "coder_parameter")
    assert found["main"]["option"][1]["name"] == "USA"


def test_an_element_that_was_removed_from_the_tree_leaves_nothing() -> None:
    stack = TerraformStack(Testing.app(), "stack")
    an_agent(stack)
    CoderAgent(stack, "other", os="linux", arch="amd64")
    stack.node.try_remove_child("main")
    assert list(synthesized(stack, "resource", "coder_agent")) == ["other"]


@pytest.mark.parametrize(
    "move", [lambda agent: agent.move_to("new"), lambda agent: agent.move_to_id("coder_agent.new")]
)
def test_a_resource_that_moved_away_leaves_its_new_address_only(move: Callable[[CoderAgent], None]) -> None:
    stack = TerraformStack(Testing.app(), "stack")
    old = an_agent(stack)
    new = CoderAgent(stack, "new", os="linux", arch="arm64")
    new.add_move_target("new")
    move(old)
    content = json.loads(Testing.synth(stack))
    assert list(content["resource"]["coder_agent"]) == ["new"]
    assert content["moved"] == [{"from": "coder_agent.main", "to": "coder_agent.new"}]


def test_an_aspect_that_adds_and_changes_elements_is_heard() -> None:
    @jsii.implements(IAspect)
    class Slow:
        def visit(self, node: Any) -> None:
            if isinstance(node, CoderScript):
                node.replace_attribute("timeout", 90)
            if isinstance(node, AIBridgeProxy) and node.node.try_find_child("more") is None:
                CoderScript(
                    node, "more", agent_id="${coder_agent.x.id}", display_name="more", script="true", run_on_start=True
                )

    app = Testing.app()
    stack = TerraformStack(app, "stack")
    AIBridgeProxy(stack, "aibridge", agent_id="${coder_agent.x.id}", proxy_url=URL)
    Aspects.of(stack).add(Slow())
    app.synth()
    scripts = json.loads((Path(app.outdir) / "stacks/stack/cdk.tf.json").read_text())["resource"]["coder_script"]
    assert sorted(script["display_name"] for script in scripts.values()) == ["AI Bridge Proxy Setup", "more"]
    assert [script["timeout"] for script in scripts.values()] == [90, 90]


def test_a_value_of_another_stack_becomes_an_output_there(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    first, second = TerraformStack(app, "first"), TerraformStack(app, "second")
    script = an_agent(first).init_script
    CoderAgent(second, "main", os="linux", arch="amd64", startup_script=f"echo {script}")
    app.synth()
    there, here = (json.loads((tmp_path / f"stacks/{name}/cdk.tf.json").read_text()) for name in ("first", "second"))
    ((name, output),) = there["output"].items()
    assert output["value"] == "${coder_agent.main.init_script}"
    assert f".outputs.{name}" in here["resource"]["coder_agent"]["main"]["startup_script"]


def test_an_element_by_itself_is_what_the_engines_own_would_be() -> None:
    ours, engines = (TerraformStack(Testing.app(), "stack") for _ in range(2))
    agent = an_agent(ours)
    resource = Resource(engines, "main", agent.to_json())
    for element in (agent, resource):
        element.import_from("0c5a36c3")
        element.add_override("order", 9)
    found, expected = agent.to_terraform(), resource.to_terraform()
    assert found["resource"]["coder_agent"]["main"]["env"] == {"A": "1", "B": "2"}
    assert found == expected
    for element in (agent, resource):
        element.move_to_id("coder_agent.new")
    assert agent.to_terraform() == resource.to_terraform()


class Shouting(CoderEnv):
    """Says more than it was given."""

    def to_terraform(self) -> Any:
        fragment = super().to_terraform()
        for body in fragment["resource"]["coder_env"].values():
            body["value"] = body["value"].upper()
        return fragment


class ShoutingNetwork(GenericResource):
    """The same of another provider."""

    def to_terraform(self) -> Any:
        fragment = super().to_terraform()
        for body in fragment["resource"]["docker_network"].values():
            body["name"] = body["name"].upper()
        return fragment


def test_a_subclass_has_the_last_word_on_its_json() -> None:
    stack = TerraformStack(Testing.app(), "stack")
    Shouting(stack, "env", agent_id="${coder_agent.x.id}", name="NAME", value="v")
    ShoutingNetwork(stack, "network", "docker_network", {"name": "dev"})
    assert synthesized(stack, "resource", "coder_env")["env"] == {
        "agent_id": "${coder_agent.x.id}",
        "name": "NAME",
        "value": "V",
    }
    assert synthesized(stack, "resource", "docker_network")["network"]["name"] == "DEV"


def test_an_override_of_a_part_leaves_the_rest_to_a_subclass_too() -> None:
    class Same(CoderAgent):
        def to_terraform(self) -> Any:
            return super().to_terraform()

    stack = TerraformStack(Testing.app(), "stack")
    Same(stack, "main", os="linux", arch="amd64", env={"A": "1", "B": "2"}).add_override("env.A", "one")
    assert synthesized(stack, "resource", "coder_agent")["main"]["env"] == {"A": "one", "B": "2"}


def test_an_override_and_a_dependency_count_where_a_subclass_writes_its_arguments_alone() -> None:
    class Alone(CoderEnv):
        def _synthesize_attributes(self) -> dict[str, Any]:
            return {"agent_id": "${coder_agent.x.id}", "name": "NAME", "value": "mine"}

    stack = TerraformStack(Testing.app(), "stack")
    group = Construct(stack, "group")
    env = Alone(stack, "env", agent_id="a", name="NAME", value="v", depends_on=[group])
    GenericResource(group, "network", "docker_network", {"name": "dev"}).override_logical_id("network")
    env.add_override("value", "override")
    body = synthesized(stack, "resource", "coder_env")["env"]
    assert (body["value"], body["depends_on"]) == ("override", ["docker_network.network"])


def test_an_aspect_may_fill_a_construct_that_others_depend_on(tmp_path: Path) -> None:
    @jsii.implements(IAspect)
    class Fill:
        def visit(self, node: Any) -> None:
            if node.node.id == "group" and not node.node.children:
                GenericResource(node, "network", "docker_network", {"name": "dev"}).override_logical_id("network")

    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "stack")
    group = Construct(stack, "group")
    CoderEnv(stack, "env", agent_id="${coder_agent.x.id}", name="NAME", value="v", depends_on=[group])
    Aspects.of(stack).add(Fill())
    app.synth()
    content = json.loads((tmp_path / "stacks/stack/cdk.tf.json").read_text())
    assert content["resource"]["coder_env"]["env"]["depends_on"] == ["docker_network.network"]


def test_the_provider_of_a_stack_within_is_none_of_the_stack_around_it() -> None:
    outer = TerraformStack(Testing.app(), "outer")
    CoderEnv(outer, "env", agent_id="${coder_agent.x.id}", name="NAME", value="v")
    CoderProvider(TerraformStack(outer, "inner"), "coder")
    assert "coder" in json.loads(Testing.synth(outer))["terraform"]["required_providers"]


@pytest.mark.parametrize("path", [["1"], ["0", "env"], ["\u00fc"]], ids="/".join)
def test_a_name_that_terraform_does_not_take_is_refused(path: Sequence[str]) -> None:
    stack = TerraformStack(Testing.app(), "stack")
    scope: Construct = stack
    for id in path[:-1]:
        scope = Construct(scope, id)
    CoderEnv(scope, path[-1], agent_id="${coder_agent.x.id}", name="NAME", value="v")
    with pytest.raises(Exception, match=f"stack/{'/'.join(path)} would be the coder_env .* another id"):
        Testing.synth(stack)


def test_an_agent_in_the_place_of_one_that_was_removed_is_the_one_that_counts() -> None:
    stack = TerraformStack(Testing.app(), "stack")
    CoderAgent(stack, "main", os="windows", arch="amd64")
    stack.node.try_remove_child("main")
    CoderAgent(stack, "main", os="linux", arch="amd64")
    AIBridgeProxy(stack, "aibridge", agent_id="${coder_agent.main.id}", proxy_url=URL)
    assert synthesized(stack, "resource", "coder_agent")["main"]["os"] == "linux"


def test_what_waits_for_a_proxy_that_was_removed_is_refused_and_another_proxy_may_take_its_place() -> None:
    stack = TerraformStack(Testing.app(), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="${coder_agent.x.id}", proxy_url=URL, launcher=True)
    ProxiedTool(stack, "tool", proxy=proxy, command=["true"])
    stack.node.try_remove_child("aibridge")
    with pytest.raises(Exception, match="waits for the startup unit 'aibridge-proxy-setup', which nobody declares"):
        Testing.synth(stack, True)
    AIBridgeProxy(stack, "aibridge", agent_id="${coder_agent.x.id}", proxy_url=URL, launcher=True)
    Testing.synth(stack, True)


def test_a_subclass_that_writes_an_argument_more_has_them_all() -> None:
    class Urgent(CoderAgent):
        def _synthesize_attributes(self) -> dict[str, Any]:
            return {**super()._synthesize_attributes(), "order": 1}

    stack = TerraformStack(Testing.app(), "stack")
    Urgent(stack, "main", os="linux", arch="amd64", order=3)
    agent = synthesized(stack, "resource", "coder_agent")["main"]
    assert (agent["os"], agent["order"]) == ("linux", 1)
