"""Nothing is taken silently that does nothing, or something else than was meant."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdktf import (
    TerraformIterator,
    TerraformLocal,
    TerraformOutput,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    Testing,
    Token,
)
from constructs import Construct

from aibridge_construct import (
    AgentMetadata,
    AgentResourcesMonitoring,
    AIBridgeProxy,
    AppHealthcheck,
    CoderAgent,
    CoderAiTask,
    CoderApp,
    CoderEnv,
    CoderMetadata,
    CoderProvider,
    CoderScript,
    CoderTemplate,
    ConflictError,
    Copilot,
    DataCoderExternalAuth,
    DataCoderParameter,
    DataCoderWorkspace,
    DataCoderWorkspaceOwner,
    DataCoderWorkspacePreset,
    InvalidValueError,
    MetadataItem,
    ParameterOption,
    PresetPrebuilds,
    ProxiedTool,
    UnknownArgumentError,
    VolumeMonitor,
)
from aibridge_construct.testing.terraform import TerraformError
from tests.conftest import MakeTerraform


def synthesized(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Testing.synth(stack))
    return content


@pytest.fixture
def agent(stack: TerraformStack) -> CoderAgent:
    return CoderAgent(stack, "main", os="linux", arch="amd64")


def make_app(stack: TerraformStack, **more: Any) -> CoderApp:
    return CoderApp(stack, "web", **{"agent_id": "a1", "slug": "web"} | more)


# ---- objects where texts and numbers belong ----------------------------------------------------------------


def variable(stack: TerraformStack) -> TerraformVariable:
    return TerraformVariable(stack, "v", type="string")


def local(stack: TerraformStack) -> TerraformLocal:
    return TerraformLocal(stack, "l", "x")


def parameter(stack: TerraformStack) -> DataCoderParameter:
    return DataCoderParameter(stack, "p", name="p", default="x")


def an_agent(stack: TerraformStack) -> CoderAgent:
    return CoderAgent(stack, "a", os="linux", arch="amd64")


OBJECTS = [
    pytest.param(
        CoderEnv, {"agent_id": "a1", "name": "A"}, ("value", variable), "variable.string_value", id="variable"
    ),
    pytest.param(CoderEnv, {"agent_id": "a1", "name": "A"}, ("value", local), "local.as_string", id="local"),
    pytest.param(CoderEnv, {"agent_id": "a1", "name": "A"}, ("value", parameter), "parameter.value", id="parameter"),
    pytest.param(CoderEnv, {"agent_id": "a1", "name": "A"}, ("value", an_agent), "agent.id", id="agent"),
    pytest.param(CoderEnv, {"agent_id": "a1", "name": "A"}, ("value", lambda _: Path("/x")), "str(…)", id="path"),
    pytest.param(CoderEnv, {"agent_id": "a1"}, ("name", variable), "variable.string_value", id="checked text"),
    pytest.param(CoderApp, {"slug": "a"}, ("agent_id", variable), "variable.string_value", id="text with a rule"),
    pytest.param(CoderApp, {"agent_id": "a1", "slug": "a"}, ("order", variable), "variable.number_value", id="number"),
    pytest.param(
        CoderApp, {"agent_id": "a1", "slug": "a"}, ("hidden", variable), "variable.boolean_value", id="boolean"
    ),
    pytest.param(CoderAgent, {"os": "linux", "arch": "arm64"}, ("env", variable), "variable.value", id="map"),
    pytest.param(DataCoderParameter, {"name": "p"}, ("default", variable), "variable.string_value", id="converted"),
    pytest.param(CoderMetadata, {"resource_id": "r"}, ("item", variable), "must be a list", id="blocks"),
    pytest.param(CoderApp, {"agent_id": "a", "slug": "a"}, ("healthcheck", variable), "AppHealthcheck(…)", id="block"),
]


@pytest.mark.parametrize(("element", "arguments", "wrong", "cure"), OBJECTS)
def test_an_object_instead_of_its_value_says_what_to_write(
    stack: TerraformStack, element: Any, arguments: dict[str, Any], wrong: tuple[str, Any], cure: str
) -> None:
    name, make = wrong
    with pytest.raises(InvalidValueError, match=re.escape(cure)) as caught:
        element(stack, "x", **arguments, **{name: make(stack)})
    assert caught.value.field == name


def test_objects_are_found_inside_of_maps_and_blocks(stack: TerraformStack) -> None:
    given = variable(stack)
    with pytest.raises(InvalidValueError, match=r'env\["A"\] of coder_agent .*variable\.string_value'):
        CoderAgent(stack, "a", os="linux", arch="amd64", env={"A": given})  # type: ignore[dict-item]
    with pytest.raises(InvalidValueError, match=r"item\.value of coder_metadata .*variable\.string_value"):
        CoderMetadata(stack, "m", resource_id="r", item=[MetadataItem(key="k", value=given)])  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"resources_monitoring\.volume\.path of .*variable\.string_value"):
        CoderAgent(
            stack,
            "b",
            os="linux",
            arch="amd64",
            resources_monitoring={"volume": [{"path": given, "threshold": 1}]},
        )


@pytest.mark.parametrize("make", [variable, local, an_agent, lambda stack: variable(stack).value, lambda _: make_app])
def test_an_object_in_an_f_string_is_found_wherever_text_goes(stack: TerraformStack, make: Any) -> None:
    text = f"echo {make(stack)}"
    for case in (
        lambda: CoderScript(stack, "s", agent_id="a1", display_name="x", script=text, run_on_start=True),
        lambda: CoderAgent(stack, "q", os="linux", arch="amd64", env={"A": text}),
        lambda: CoderMetadata(stack, "m", resource_id="r", item=[MetadataItem(key="k", value=text)]),
        lambda: DataCoderParameter(stack, "d", name="d", type="list(string)", default=[text]),
        lambda: AIBridgeProxy(stack, "y", agent_id="a1", proxy_url=f"http://{text}"),
        lambda: make_app(stack, agent_id=text),
    ):
        with pytest.raises(InvalidValueError, match=r"holds <.* at 0x.*Put .* there instead"):
            case()


def test_the_cure_for_a_variable_in_an_f_string_is_its_value(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match=r"Put variable\.string_value there instead"):
        CoderEnv(stack, "x", agent_id="a1", name="A", value=f"{variable(stack)}")


def test_tokens_of_every_kind_reach_terraform(stack: TerraformStack) -> None:
    given = TerraformVariable(stack, "v", type="any")
    CoderEnv(stack, "e", agent_id=given.string_value, name="A", value=given.value)
    make_app(stack, order=given.number_value, hidden=given.value, external=given.string_value)
    CoderAgent(stack, "main", os="linux", arch="amd64", env=given.value)
    content = synthesized(stack)["resource"]
    assert content["coder_env"]["e"]["value"] == "${var.v}"
    assert content["coder_app"]["web"].items() >= {("order", "${var.v}"), ("hidden", "${var.v}")}
    assert content["coder_agent"]["main"]["env"] == "${var.v}"


# ---- blocks ------------------------------------------------------------------------------------------------


def test_a_mapping_is_a_block(stack: TerraformStack) -> None:
    make_app(stack, healthcheck={"url": "http://localhost", "interval": 5, "threshold": 6})
    DataCoderWorkspacePreset(stack, "p", name="P", prebuilds={"instances": 1, "expiration_policy": {"ttl": 0}})
    content = synthesized(stack)
    assert content["resource"]["coder_app"]["web"]["healthcheck"] == {
        "url": "http://localhost",
        "interval": 5,
        "threshold": 6,
    }
    assert content["data"]["coder_workspace_preset"]["p"]["prebuilds"] == {
        "instances": 1,
        "expiration_policy": {"ttl": 0},
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"ulr": "x"}, "AppHealthcheck has no argument ulr. Did you mean url?", id="misspelt"),
        pytest.param({"url": "x", "interval": 1}, "healthcheck.threshold of coder_app 'web' is missing", id="missing"),
        pytest.param("http://localhost", "must be AppHealthcheck(…) or a mapping", id="text"),
        pytest.param(MetadataItem(key="a"), "must be AppHealthcheck(…) or a mapping", id="another block"),
        pytest.param([], "must be AppHealthcheck(…) or a mapping", id="list"),
    ],
)
def test_what_is_no_block_is_refused(stack: TerraformStack, given: Any, words: str) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(words)):
        make_app(stack, healthcheck=given)


def test_a_misspelt_field_of_a_block_names_the_nearest() -> None:
    with pytest.raises(UnknownArgumentError, match=r"AppHealthcheck has no argument treshold\. Did you mean threshold"):
        AppHealthcheck(url="x", interval=1, treshold=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="threshold"):
        AppHealthcheck(url="x", interval=1)  # type: ignore[call-arg]


def test_blocks_can_be_copied() -> None:
    block = PresetPrebuilds(instances=1)
    assert copy.deepcopy(block) == block == pickle.loads(pickle.dumps(block))


def test_a_list_that_changes_later_changes_nothing(stack: TerraformStack) -> None:
    items: list[Any] = [MetadataItem(key="a")]
    CoderMetadata(stack, "m", resource_id="r", item=items)
    items.append("nonsense")
    assert synthesized(stack)["resource"]["coder_metadata"]["m"]["item"] == [{"key": "a"}]


def test_an_iterator_makes_blocks(stack: TerraformStack, terraform: MakeTerraform, agent: CoderAgent) -> None:
    choices = TerraformVariable(stack, "choices", type="map(string)", default={"eu": "Europe", "us": "U: {S}"})
    each = TerraformIterator.from_map(Token.as_string_map(choices.string_value))
    DataCoderParameter(
        stack, "region", name="region", default="eu", option=each.dynamic({"name": each.value, "value": each.key})
    )
    script = f"echo ': {{ {Token.as_string(each.value)}"
    agent.metadata = each.dynamic({"key": each.key, "script": script, "interval": 10})
    plan = terraform(stack).plan()
    assert [item["key"] for item in plan.resource("coder_agent.main")["metadata"]] == ["eu", "us"]
    made = synthesized(stack)["data"]["coder_parameter"]["region"]
    assert made["dynamic"]["option"]["content"] == {
        "name": "${option.value.name}",
        "value": "${option.value.value}",
    }


def test_an_iterator_reaches_nested_blocks(stack: TerraformStack, terraform: MakeTerraform) -> None:
    each = TerraformIterator.from_list(["/home", "/tmp"])
    CoderAgent(
        stack,
        "main",
        os="linux",
        arch="amd64",
        resources_monitoring=AgentResourcesMonitoring(
            volume=each.dynamic({"path": each.value, "threshold": 90, "enabled": True})
        ),
    )
    plan = terraform(stack).plan()
    volumes = plan.resource("coder_agent.main")["resources_monitoring"][0]["volume"]
    assert sorted(volume["path"] for volume in volumes) == ["/home", "/tmp"]


def test_an_iterators_misspelt_or_missing_attribute_is_refused(stack: TerraformStack) -> None:
    each = TerraformIterator.from_list(["a"])
    with pytest.raises(UnknownArgumentError, match=r"MetadataItem has no argument vaule\. Did you mean value"):
        CoderMetadata(stack, "m", resource_id="r", item=each.dynamic({"key": each.value, "vaule": "x"}))
    with pytest.raises(InvalidValueError, match=r"item\.key of coder_metadata 'm' is missing"):
        CoderMetadata(stack, "m", resource_id="r", item=each.dynamic({"value": each.value}))
    for text in ('echo "x"', "a \\"):
        with pytest.raises(InvalidValueError, match=r"quote or a backslash .* give local\.as_string"):
            CoderMetadata(stack, "m", resource_id="r", item=each.dynamic({"key": each.value, "value": text}))
    with pytest.raises(InvalidValueError, match="or the dynamic"):
        CoderMetadata(stack, "m", resource_id="r", item=variable(stack).value)


# ---- misspelt keywords -------------------------------------------------------------------------------------

MISSPELT = [
    pytest.param(
        CoderApp, {"agent_id": "a", "slug": "a", "dispaly_name": "A"}, "dispaly_name", "display_name", id="app"
    ),
    pytest.param(CoderEnv, {"agent_id": "a", "nmae": "A"}, "nmae", "name", id="before what is missing"),
    pytest.param(CoderApp, {"agent_id": "a", "slug": "a", "depend_on": []}, "depend_on", "depends_on", id="meta"),
    pytest.param(CoderAiTask, {"app": "a"}, "app", "app_id", id="task"),
    pytest.param(DataCoderWorkspace, {"for_eacj": 1}, "for_eacj", "for_each", id="data without arguments"),
    pytest.param(CoderProvider, {"ulr": "x"}, "ulr", "url", id="provider"),
    pytest.param(AIBridgeProxy, {"agent_id": "a", "proxy_ulr": "x"}, "proxy_ulr", "proxy_url", id="proxy"),
    pytest.param(AIBridgeProxy.from_variables, {"agent": "a"}, "agent", "agent_id", id="proxy from variables"),
    pytest.param(ProxiedTool, {"comand": "x"}, "comand", "command", id="tool"),
    pytest.param(Copilot, {"agent_id": "a", "work_dir": "/x"}, "work_dir", "workdir", id="copilot"),
]


@pytest.mark.parametrize(("element", "arguments", "wrong", "right"), MISSPELT)
def test_a_misspelt_keyword_names_the_nearest(
    stack: TerraformStack, element: Any, arguments: dict[str, Any], wrong: str, right: str
) -> None:
    owner = element.__qualname__
    with pytest.raises(
        UnknownArgumentError, match=rf"^{re.escape(owner)} has no argument {wrong}\. Did you mean {right}\?"
    ) as caught:
        element(stack, "x", **arguments)
    assert isinstance(caught.value, TypeError)


def test_a_misspelt_keyword_of_a_template_names_the_nearest(app: Any) -> None:
    with pytest.raises(UnknownArgumentError, match=r"CoderTemplate has no argument redme\. Did you mean readme"):
        CoderTemplate(app, "t", redme="x")  # type: ignore[call-arg]


def test_provisioners_are_keywords_of_resources_only(stack: TerraformStack) -> None:
    CoderEnv(stack, "e", agent_id="a", name="A", provisioners=[{"type": "local-exec", "command": "true"}])
    assert synthesized(stack)["resource"]["coder_env"]["e"]["provisioner"] == [{"local-exec": {"command": "true"}}]
    with pytest.raises(UnknownArgumentError, match="DataCoderWorkspaceOwner has no argument provisioners"):
        DataCoderWorkspaceOwner(stack, "me", provisioners=[])  # type: ignore[call-arg]


# ---- reading and setting -----------------------------------------------------------------------------------


def test_arguments_are_read_as_references(stack: TerraformStack, agent: CoderAgent) -> None:
    agent.metadata = [AgentMetadata(key="cpu", script="true", interval=1)]
    app = make_app(stack, healthcheck={"url": "http://localhost", "interval": 5, "threshold": 6})
    auth = DataCoderExternalAuth(stack, "github", id="git-hub")
    read = {
        "os": agent.os,
        "order": app.order,
        "hidden": app.hidden,
        "env": agent.env,
        "url": app.healthcheck.url,
        "interval": app.healthcheck.interval,
        "key": agent.metadata[0].key,
        "memory": agent.resources_monitoring.memory.threshold,  # type: ignore[union-attr]
        "token": auth.access_token,
        "id": auth.id,
    }
    for name, value in read.items():
        TerraformOutput(stack, f"o_{name}", value=value, sensitive=True)
    outputs = {name: value["value"] for name, value in synthesized(stack)["output"].items()}
    assert outputs == {
        "o_os": "${coder_agent.main.os}",
        "o_order": "${coder_app.web.order}",
        "o_hidden": "${coder_app.web.hidden}",
        "o_env": "${coder_agent.main.env}",
        "o_url": "${one(coder_app.web.healthcheck).url}",
        "o_interval": "${one(coder_app.web.healthcheck).interval}",
        "o_key": "${coder_agent.main.metadata[0].key}",
        "o_memory": "${one(one(coder_agent.main.resources_monitoring).memory).threshold}",
        "o_token": "${data.coder_external_auth.github.access_token}",
        "o_id": "${data.coder_external_auth.github.id}",
    }


def test_what_was_read_can_be_used_and_planned(
    stack: TerraformStack, terraform: MakeTerraform, agent: CoderAgent
) -> None:
    app = make_app(stack, healthcheck=AppHealthcheck(url="http://localhost", interval=5, threshold=6))
    CoderApp(stack, "copy", agent_id=agent.id, slug="copy", healthcheck=app.healthcheck, order=app.order)
    metadata = CoderMetadata(stack, "m", resource_id=agent.id, item=[MetadataItem(key="a"), MetadataItem(key="b")])
    TerraformOutput(stack, "null", value=metadata.item[1].is_null)
    monitored = CoderAgent(
        stack,
        "watched",
        os="linux",
        arch="amd64",
        resources_monitoring={"volume": [VolumeMonitor(path="/home", threshold=1)], "memory": {"threshold": 2}},
    )
    TerraformOutput(stack, "memory", value=monitored.resources_monitoring.memory.threshold)  # type: ignore[union-attr]
    made = terraform(stack)
    plan = made.plan()
    assert plan.resource("coder_app.copy")["healthcheck"] == plan.resource("coder_app.web")["healthcheck"]
    made.apply(plan)
    assert made.output() == {"null": True, "memory": 2}


def test_a_computed_field_belongs_to_the_element() -> None:
    with pytest.raises(InvalidValueError, match="is_null of MetadataItem is known to the element"):
        MetadataItem(key="a").is_null  # noqa: B018


def test_an_assignment_is_checked_and_synthesized(stack: TerraformStack) -> None:
    app = make_app(stack)
    app.url = "http://localhost:8080"
    app.healthcheck = {"url": "http://localhost", "interval": 5, "threshold": 6}
    app.hidden = True
    with pytest.raises(InvalidValueError, match="command of coder_app 'web' cannot be given together with url"):
        app.command = "sh"
    with pytest.raises(InvalidValueError, match="slug of coder_app 'web' must be lower-case"):
        app.slug = "Not A Slug"
    with pytest.raises(InvalidValueError, match="slug of coder_app 'web' cannot be taken away"):
        app.slug = None
    app.url = app.healthcheck = None
    app.command = "sh"
    assert synthesized(stack)["resource"]["coder_app"]["web"] == {
        "agent_id": "a1",
        "slug": "web",
        "hidden": True,
        "command": "sh",
    }


def test_a_parameters_values_are_assigned_as_they_are_given(stack: TerraformStack) -> None:
    made = DataCoderParameter(stack, "p", name="p", type="number", default=4)
    made.default = 5
    made.option = [ParameterOption(name="Five", value=5)]
    with pytest.raises(InvalidValueError, match="must be one of the options' values"):
        made.default = 6
    content = synthesized(stack)["data"]["coder_parameter"]["p"]
    assert content == {"name": "p", "type": "number", "default": "5", "option": [{"name": "Five", "value": "5"}]}


def test_what_cannot_be_assigned_says_so(stack: TerraformStack, agent: CoderAgent) -> None:
    with pytest.raises(InvalidValueError, match="token is computed by the provider and cannot be set"):
        agent.token = "secret"  # type: ignore[assignment]
    with pytest.raises(
        UnknownArgumentError, match=r"CoderAgent has no attribute startup_scirpt\. Did you mean startup_"
    ):
        agent.startup_scirpt = "true"  # type: ignore[attr-defined]


def test_a_class_of_ones_own_has_attributes_of_its_own(stack: TerraformStack) -> None:
    class Mine(CoderAgent):
        def __init__(self, scope: Construct, id: str) -> None:
            super().__init__(scope, id, os="linux", arch="amd64")
            self.note = "mine"

    assert Mine(stack, "main").note == "mine"
    assert Mine.TF_RESOURCE_TYPE == "coder_agent"


def test_a_providers_url_can_be_assigned(stack: TerraformStack) -> None:
    provider = CoderProvider(stack, "coder")
    provider.url = "https://coder.example.com"
    assert synthesized(stack)["provider"]["coder"] == [{"url": "https://coder.example.com"}]
    with pytest.raises(InvalidValueError, match=r"variable\.string_value"):
        provider.url = variable(stack)  # type: ignore[assignment]


def test_a_name_comes_before_its_use(stack: TerraformStack) -> None:
    app = make_app(stack)
    app.override_logical_id("other")
    assert app.address == "coder_app.other"
    env = CoderEnv(stack, "env", agent_id="a", name=app.display_name)
    assert synthesized(stack)["resource"]["coder_env"]["env"]["name"] == "${coder_app.other.display_name}"
    assert env.id
    with pytest.raises(ConflictError, match="is in use as coder_env.env already: call override_logical_id"):
        env.override_logical_id("late")


# ---- meta-arguments ----------------------------------------------------------------------------------------


def test_a_construct_stands_for_what_is_in_it(
    stack: TerraformStack, terraform: MakeTerraform, agent: CoderAgent
) -> None:
    group = Construct(stack, "group")
    app = make_app(stack, agent_id=agent.id, depends_on=[agent, group])
    CoderEnv(group, "editor", agent_id=agent.id, name="EDITOR")
    CoderEnv(Construct(group, "deeper"), "pager", agent_id=agent.id, name="PAGER")
    TerraformOutput(group, "x", value="x")
    waits = synthesized(stack)["resource"]["coder_app"]["web"]["depends_on"]
    assert waits[0] == "coder_agent.main"
    assert [re.sub(r"_[0-9A-F]{8}$", "", each) for each in waits[1:]] == [
        "coder_env.group_editor",
        "coder_env.group_deeper_pager",
    ]
    assert terraform(stack).validate() == []
    assert app.address == "coder_app.web"


def test_a_proxy_is_waited_for(stack: TerraformStack, agent: CoderAgent) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id=agent.id, proxy_url="https://aiproxy.example.com")
    make_app(stack, depends_on=[proxy])
    assert synthesized(stack)["resource"]["coder_app"]["web"]["depends_on"] == [proxy.script_address]


@pytest.mark.parametrize("given", [["coder_agent.main"], "coder_agent.main", [None], [object()]])
def test_what_cannot_be_waited_for_is_refused(stack: TerraformStack, given: Any) -> None:
    with pytest.raises(InvalidValueError, match="depends_on of coder_app 'web' must be a list of elements"):
        make_app(stack, depends_on=given)


def test_an_empty_construct_and_an_own_one_are_refused(stack: TerraformStack) -> None:
    app = make_app(stack, depends_on=[Construct(stack, "empty")])
    with pytest.raises(Exception, match="names stack/empty, in which there is no resource"):
        Testing.synth(stack)
    app.node.scope.node.try_remove_child("web")  # type: ignore[union-attr]
    CoderEnv(stack, "env", agent_id="a", name="A", depends_on=[stack])
    with pytest.raises(Exception, match="names stack, which it is part of"):
        Testing.synth(stack)


def test_another_lifecycle_keeps_the_preconditions(
    stack: TerraformStack, terraform: MakeTerraform, agent: CoderAgent
) -> None:
    url = TerraformVariable(stack, "url", type="string", default="not a url")
    proxy = AIBridgeProxy(stack, "proxy", agent_id=agent.id, proxy_url=f"{url.string_value}")
    before = synthesized(stack)["resource"]["coder_script"]
    proxy.script.lifecycle = TerraformResourceLifecycle(create_before_destroy=True)
    (script,) = synthesized(stack)["resource"]["coder_script"].values()
    assert script["lifecycle"]["create_before_destroy"] is True
    (old,) = before.values()
    assert script["lifecycle"]["precondition"] == old["lifecycle"]["precondition"]
    with pytest.raises(TerraformError, match="proxy_url must start with http"):
        terraform(stack).plan()
    proxy.script.lifecycle = None
    (script,) = synthesized(stack)["resource"]["coder_script"].values()
    assert script["lifecycle"] == {"precondition": old["lifecycle"]["precondition"]}


def test_a_lifecycle_that_was_read_is_not_doubled(stack: TerraformStack) -> None:
    script = CoderScript(stack, "s", agent_id="a", display_name="x", script="true", run_on_start=True)
    script.add_preconditions([("${true}", "never")])
    script.lifecycle = script.lifecycle
    assert len(synthesized(stack)["resource"]["coder_script"]["s"]["lifecycle"]["precondition"]) == 1


def test_an_element_that_triggers_a_replacement_is_an_address(
    stack: TerraformStack, terraform: MakeTerraform, agent: CoderAgent
) -> None:
    make_app(
        stack,
        agent_id=agent.id,
        lifecycle=TerraformResourceLifecycle(replace_triggered_by=[agent, "coder_agent.main.os"]),
    )
    lifecycle = synthesized(stack)["resource"]["coder_app"]["web"]["lifecycle"]
    assert lifecycle == {"replace_triggered_by": ["coder_agent.main", "coder_agent.main.os"]}
    assert terraform(stack).plan().actions.keys() == {"coder_agent.main", "coder_app.web"}


def test_a_lifecycle_may_be_a_mapping(stack: TerraformStack) -> None:
    app = make_app(stack, lifecycle={"prevent_destroy": True})
    assert synthesized(stack)["resource"]["coder_app"]["web"]["lifecycle"] == {"prevent_destroy": True}
    with pytest.raises(UnknownArgumentError, match=r"no argument prevent_destory\. Did you mean prevent_destroy"):
        app.lifecycle = {"prevent_destory": True}  # type: ignore[assignment]
    with pytest.raises(InvalidValueError, match="lifecycle of coder_app 'web' must be TerraformResourceLifecycle"):
        app.lifecycle = "keep"  # type: ignore[assignment]


HCL = """
import sys
from cdktf import App, Precondition, TerraformIterator, TerraformStack
from constructs import Construct
from aibridge_construct import CoderAgent, CoderEnv, CoderMetadata, DataCoderWorkspace
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "stack")
agent = CoderAgent(stack, "main", os="linux", arch="amd64")
group = Construct(stack, "group")
CoderEnv(group, "editor", agent_id=agent.id, name="EDITOR")
each = TerraformIterator.from_list(["a", "b"])
CoderMetadata(
    stack, "m", resource_id=agent.id, item=each.dynamic({"key": each.value, "value": "x y"}), depends_on=[agent, group],
    lifecycle={
        "ignore_changes": ["icon"],
        "replace_triggered_by": [agent],
        "precondition": [Precondition(condition='${coder_agent.main.os == "linux"}', error_message='Say "no".')],
    },
)
post = {"condition": '${self.transition == "start"}', "error_message": "stop"}
DataCoderWorkspace(stack, "w", lifecycle={"postcondition": [post]})
if len(sys.argv) > 2:
    path = each.dynamic({"path": each.value, "threshold": 1, "enabled": True})
    CoderAgent(stack, "nested", os="linux", arch="amd64", resources_monitoring={"volume": path})
app.synth()
"""


def synth_hcl(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The engine reads the variable when it starts."""
    environ = os.environ | {"SYNTH_HCL_OUTPUT": "true", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", HCL, str(out), *arguments]
    return subprocess.run(command, env=environ, cwd=out, capture_output=True, text=True, check=False)


def test_meta_arguments_and_iterators_are_hcl_too(terraform: MakeTerraform, tmp_path: Path) -> None:
    assert synth_hcl(tmp_path).returncode == 0
    plan = terraform({"cdk.tf": (tmp_path / "stacks/stack/cdk.tf").read_text()}).plan()
    assert [item["key"] for item in plan.resource("coder_metadata.m")["item"]] == ["a", "b"]
    assert len(plan.actions) == 3


def test_an_iterator_in_a_nested_block_is_json_only(tmp_path: Path) -> None:
    failed = synth_hcl(tmp_path, "nested")
    assert failed.returncode != 0
    assert "coder_agent.nested: resources_monitoring.volume comes from an iterator" in failed.stderr
