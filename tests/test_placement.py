"""On which agent a construct stands, how many times, and after what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest
from cdktf import (
    App,
    Fn,
    TerraformCount,
    TerraformIterator,
    TerraformOutput,
    TerraformStack,
    TerraformVariable,
    Testing,
)
from cdktf_cdktf_provider_docker.container import Container
from cdktf_cdktf_provider_docker.provider import DockerProvider

from aibridge_construct import (
    AIBridgeProxy,
    CoderAgent,
    CoderApp,
    CoderEnv,
    CoderProvider,
    Copilot,
    DataCoderWorkspace,
    InvalidValueError,
    ProxiedTool,
    declare_unit,
)
from aibridge_construct.testing.modules import COPILOT
from aibridge_construct.testing.terraform import Plan, TerraformError
from aibridge_construct.testing.workspace import workspace_environment
from tests.conftest import MakeTerraform

URL = "https://aiproxy.example.com"
START_COUNT = "${data.coder_workspace.me.start_count}"

Declare = Callable[..., object]


def _proxy(stack: TerraformStack, agent_id: str, count: Any = None, **more: Any) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id=agent_id, proxy_url=URL, count=count, **more)


def _tool(stack: TerraformStack, agent_id: str, count: Any = None, **more: Any) -> ProxiedTool:
    proxy = _proxy(stack, agent_id)
    return ProxiedTool(stack, "tool", proxy=proxy, command=["true"], count=count, **more)


def _copilot(stack: TerraformStack, agent_id: str, count: Any = None, **more: Any) -> Copilot:
    return Copilot(stack, "copilot", agent_id=agent_id, workdir="/w", source="./copilot", count=count, **more)


EVERY = pytest.mark.parametrize(
    "declare", [pytest.param(_proxy, id="proxy"), pytest.param(_tool, id="tool"), pytest.param(_copilot, id="copilot")]
)


def agent(stack: TerraformStack, **more: Any) -> CoderAgent:
    CoderProvider(stack, "coder")
    return CoderAgent(stack, "main", **{"os": "linux", "arch": "amd64", **more})


def workspace(stack: TerraformStack) -> DataCoderWorkspace:
    return DataCoderWorkspace.shared(stack)


def plan(
    terraform: MakeTerraform, stack: TerraformStack, transition: Literal["start", "stop"] = "start", **variables: Any
) -> Plan:
    files = {"cdk.tf.json": Testing.synth(stack, True), "copilot/main.tf": COPILOT.hcl}
    made = terraform(files, env=workspace_environment(transition=transition))
    return made.plan(variables=variables)


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(lambda stack: 1, id="a whole number"),
        pytest.param(lambda stack: TerraformCount.of(1), id="TerraformCount of a number"),
        pytest.param(lambda stack: workspace(stack).start_count, id="a number token"),
        pytest.param(lambda stack: TerraformCount.of(workspace(stack).start_count), id="TerraformCount of a token"),
        pytest.param(lambda stack: START_COUNT, id="an expression"),
        pytest.param(lambda stack: '${data.coder_workspace.me.transition == "start" ? 1 : 0}', id="a condition"),
    ],
)
def test_all_three_are_counted_with_their_agent_and_its_id_means_the_same_instance(
    stack: TerraformStack, terraform: MakeTerraform, count: Callable[[TerraformStack], Any]
) -> None:
    workspace(stack)
    main = agent(stack, count=count(stack) if not isinstance(count(stack), str) else TerraformCount.of(1))
    proxy = _proxy(stack, main.id, count(stack))
    ProxiedTool(stack, "tool", proxy=proxy, command=["true"])
    _copilot(stack, main.id, count(stack), proxy=proxy)
    assert sorted(plan(terraform, stack).actions) == [
        "coder_agent.main[0]",
        "coder_script.aibridge_setup_1533919B[0]",
        "coder_script.tool_run_99855F0A[0]",
        "module.copilot_module_BAE1C4F1[0].coder_script.copilot",
    ]


def test_a_stopped_workspace_plans_to_remove_all_of_it_and_complains_of_nothing(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    main = agent(stack, count=workspace(stack).start_count)
    proxy = _proxy(stack, main.id, START_COUNT)
    ProxiedTool(stack, "tool", proxy=proxy, command=["true"])
    copilot = _copilot(stack, main.id, START_COUNT, proxy=proxy)
    TerraformOutput(stack, "task", value=copilot.task_app_id)
    assert plan(terraform, stack, "stop").actions == {}


def test_two_agents_have_a_proxy_and_a_tool_each(stack: TerraformStack, terraform: MakeTerraform) -> None:
    main = agent(stack, count=2)
    count = TerraformCount.of(2)
    proxy = _proxy(stack, main.id, count, cert_path=f"/tmp/proxy-{Fn.tostring(count.index)}/ca.pem")
    ProxiedTool(stack, "tool", proxy=proxy, command=["echo", "agent ${count.index}"], runtimes=["node"])
    found = plan(terraform, stack)
    for index in ("0", "1"):
        script = found.resource(f"coder_script.tool_run_99855F0A[{index}]")["script"]
        assert f"aibridge_cert_path='/tmp/proxy-{index}/ca.pem'" in script
        assert f"\"$@\" 'echo' 'agent {index}'" in script


@EVERY
@pytest.mark.parametrize(
    ("count", "words"),
    [
        ("data.coder_workspace.me.start_count", 'write count="${data.coder_workspace.me.start_count}"'),
        ("var.agents", 'write count="${var.agents}"'),
        ("var.agents ? 1 : 0", 'write count="${var.agents ? 1 : 0}"'),
        ("1", "must be a whole number, a TerraformCount, or an expression"),
        ("${", "must be a whole number, a TerraformCount, or an expression"),
        ("", "must be a whole number, a TerraformCount, or an expression"),
        ("${var.a}${var.b}", "must be a whole number, a TerraformCount, or an expression"),
        (True, "must be a whole number, a TerraformCount, or an expression"),
        (-1, "must be a whole number, at least 0"),
        (1.5, "must be a whole number, at least 0"),
        ([1], "must be a whole number, a TerraformCount, or an expression"),
    ],
)
def test_what_is_no_count_is_refused_with_the_cure(
    stack: TerraformStack, declare: Declare, count: Any, words: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        declare(stack, "a1", count)
    assert words in str(caught.value)
    assert caught.value.field == "count"


@EVERY
@pytest.mark.parametrize("count", [2, 2.0, TerraformCount.of(3)])
def test_one_agent_cannot_have_it_twice(stack: TerraformStack, declare: Declare, count: Any) -> None:
    with pytest.raises(InvalidValueError, match="must be 0 or 1, because all its instances would belong to one agent"):
        declare(stack, agent(stack).id, count)


@pytest.mark.parametrize("declare", [_proxy, _tool])
def test_one_agent_cannot_have_it_twice_at_plan_either(
    stack: TerraformStack, terraform: MakeTerraform, declare: Declare
) -> None:
    number = TerraformVariable(stack, "number", type="number")
    declare(stack, agent(stack).id, number.number_value)
    assert len(plan(terraform, stack, number=1).actions) >= 2
    with pytest.raises(TerraformError, match="must be 0 or 1, because all its instances would belong to one agent"):
        plan(terraform, stack, number=2)


@EVERY
def test_the_id_of_a_counted_agent_without_a_count_is_refused_with_both_cures(
    stack: TerraformStack, declare: Declare
) -> None:
    main = agent(stack, count=1)
    with pytest.raises(InvalidValueError) as caught:
        declare(stack, main.id, None)
    assert "write the same count=… here, where it is taken, or name one agent" in str(caught.value)
    assert 'agent_id="${coder_agent.main[0].id}"' in str(caught.value)


@EVERY
@pytest.mark.parametrize(
    "count",
    [
        pytest.param(lambda stack: workspace(stack).start_count, id="start_count"),
        pytest.param(lambda stack: TerraformCount.of(workspace(stack).start_count), id="TerraformCount"),
        pytest.param(lambda stack: TerraformVariable(stack, "n", type="number").number_value, id="a variable"),
        pytest.param(lambda stack: 0, id="none"),
    ],
)
def test_an_agent_that_may_not_be_there_is_not_offered_by_its_number(
    stack: TerraformStack, declare: Declare, count: Callable[[TerraformStack], Any]
) -> None:
    main = agent(stack, count=count(stack))
    with pytest.raises(InvalidValueError, match=r"write the same count=… here, where it is taken\.$"):
        declare(stack, main.id, None)


@EVERY
@pytest.mark.parametrize("written", [0, 1])
def test_the_id_of_an_agent_that_a_stopped_workspace_has_not_is_refused(
    stack: TerraformStack, declare: Declare, written: int
) -> None:
    agent(stack, count=workspace(stack).start_count)
    with pytest.raises(InvalidValueError, match="a stopped workspace has no agent, so that it could not be stopped"):
        declare(stack, f"${{coder_agent.main[{written}].id}}", None)


@EVERY
def test_a_number_that_no_agent_has_is_refused(stack: TerraformStack, declare: Declare) -> None:
    agent(stack, count=2)
    with pytest.raises(InvalidValueError, match=r"names the agent coder_agent.main\[2\], and the agent has count=2"):
        declare(stack, "${coder_agent.main[2].id}", None)


def test_the_cure_holds_at_start_and_at_stop(stack: TerraformStack, terraform: MakeTerraform) -> None:
    main = agent(stack, count=workspace(stack).start_count)
    _proxy(stack, main.id, workspace(stack).start_count)
    CoderEnv(stack, "env", agent_id=main.id, name="A", value="b", count=workspace(stack).start_count)
    content = Testing.synth(stack, True)
    assert "length(coder_agent.main)" not in content  # nothing to check: both say the same
    assert "coder_script.aibridge_setup_1533919B[0]" in plan(terraform, stack).actions
    assert plan(terraform, stack, "stop").actions == {}


@EVERY
@pytest.mark.parametrize(("of_agent", "count"), [(1, 2), (0, 1), (TerraformCount.of(2), TerraformCount.of(3))])
def test_more_instances_than_agents_are_refused(
    stack: TerraformStack, declare: Declare, of_agent: Any, count: Any
) -> None:
    main = agent(stack, count=of_agent)
    with pytest.raises(InvalidValueError, match="must not be greater than the count of its agent coder_agent.main"):
        _proxy(stack, main.id, count) if declare is _tool else declare(stack, main.id, count)


def test_instances_of_an_agent_that_a_stop_takes_away_are_refused(stack: TerraformStack) -> None:
    main = agent(stack, count=workspace(stack).start_count)
    with pytest.raises(InvalidValueError, match=r"Got 1, and a stopped workspace has no agent\."):
        CoderApp(stack, "app", agent_id=main.id, slug="app", url="http://localhost:1", count=1)


def test_more_instances_than_agents_are_refused_at_plan(stack: TerraformStack, terraform: MakeTerraform) -> None:
    agents = TerraformVariable(stack, "agents", type="number").number_value
    number = TerraformVariable(stack, "number", type="number").number_value
    main = agent(stack, count=agents)
    _proxy(stack, main.id, number, cert_path="/tmp/${count.index}.pem")
    _copilot(stack, main.id, number)
    CoderApp(stack, "app", agent_id=main.id, slug="app", url="http://localhost:1", count=number)
    assert "coder_app.app[0]" in plan(terraform, stack, agents=2, number=1).actions
    with pytest.raises(TerraformError) as caught:
        plan(terraform, stack, agents=1, number=2)
    for what in ("coder_app 'app'", "AIBridgeProxy 'aibridge'", "Copilot 'copilot'"):
        assert f"count of {what} must not be greater than the count of its agent" in " ".join(str(caught.value).split())


def test_an_instance_without_an_agent_of_its_key_is_refused_at_plan(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    main = agent(stack, for_each=TerraformIterator.from_list(["a"]))
    CoderEnv(stack, "env", agent_id=main.id, name="A", value="b", for_each=TerraformIterator.from_list(["b"]))
    with pytest.raises(TerraformError, match="has a key that the for_each of its agent coder_agent.main has not"):
        plan(terraform, stack)


def test_an_element_that_changes_its_agent_is_held_to_the_new_one(stack: TerraformStack) -> None:
    one, two = agent(stack, count=2), CoderAgent(stack, "other", os="linux", arch="amd64", count=1)
    app = CoderApp(stack, "app", agent_id=one.id, slug="app", url="http://localhost:1", count=2)
    with pytest.raises(InvalidValueError, match="must not be greater than the count of its agent coder_agent.other"):
        app.agent_id = two.id


def test_the_cure_works(stack: TerraformStack, terraform: MakeTerraform) -> None:
    agent(stack, count=1)
    _proxy(stack, "${coder_agent.main[0].id}")
    assert "coder_script.aibridge_setup_1533919B" in plan(terraform, stack).actions


@pytest.mark.parametrize("written", ["${coder_agent.main.id}", "token"])
def test_other_elements_of_a_counted_agent_follow_it_too(
    stack: TerraformStack, terraform: MakeTerraform, written: str
) -> None:
    main = agent(stack, count=1)
    agent_id = main.id if written == "token" else written
    CoderApp(stack, "app", agent_id=agent_id, slug="app", url="http://localhost:1", count=1)
    with pytest.raises(InvalidValueError, match="agent_id of coder_env 'env' is the id of an agent with count"):
        CoderEnv(stack, "env", agent_id=agent_id, name="A", value="b")
    assert "coder_app.app[0]" in plan(terraform, stack).actions


def test_elements_for_each_agent_are_matched_by_key(stack: TerraformStack, terraform: MakeTerraform) -> None:
    main = agent(stack, for_each=TerraformIterator.from_list(["a", "b"]))
    CoderEnv(stack, "env", agent_id=main.id, name="A", value="b", for_each=TerraformIterator.from_list(["a", "b"]))
    assert 'coder_env.env["b"]' in plan(terraform, stack).actions
    with pytest.raises(InvalidValueError, match=r'agent_id="\$\{coder_agent.main\["KEY"\].id\}"'):
        _proxy(stack, main.id)


def test_units_of_a_counted_agent_are_units_of_one_agent(app: App, stack: TerraformStack) -> None:
    main = agent(stack, count=1)
    proxy = _proxy(stack, main.id, 1)
    declare_unit(stack, "clone", agent_id=main.id)
    ProxiedTool(stack, "tool", proxy=proxy, command=["true"], after=["clone"])
    app.synth()


@EVERY
def test_a_windows_agent_is_refused(stack: TerraformStack, declare: Declare) -> None:
    main = agent(stack, os="windows")
    with pytest.raises(InvalidValueError, match="needs a Linux or macOS agent: its scripts are POSIX shell"):
        declare(stack, main.id, None)


def test_a_windows_agent_by_its_address_is_refused_too(stack: TerraformStack) -> None:
    agent(stack, os="windows")
    with pytest.raises(InvalidValueError, match="needs a Linux or macOS agent"):
        _proxy(stack, "${coder_agent.main.id}")


@pytest.mark.parametrize("declare", [_proxy, _tool])
def test_an_agent_that_turns_out_to_be_windows_is_refused_at_plan(
    stack: TerraformStack, terraform: MakeTerraform, declare: Declare
) -> None:
    system = TerraformVariable(stack, "system", type="string")
    declare(stack, agent(stack, os=system.string_value).id, None)
    assert plan(terraform, stack, system="darwin").actions
    with pytest.raises(TerraformError, match="needs a Linux or macOS agent"):
        plan(terraform, stack, system="windows")


def depends_on(stack: TerraformStack, kind: str, type: str | None = None) -> list[list[str]]:
    content = json.loads(Testing.synth(stack, True))
    blocks = content["module"] if kind == "module" else content["resource"][type]
    return [body["depends_on"] for body in blocks.values() if "depends_on" in body]


def test_all_three_wait_for_what_they_depend_on(stack: TerraformStack) -> None:
    main = agent(stack)
    first = CoderEnv(stack, "first", agent_id=main.id, name="A", value="b")
    proxy = _proxy(stack, main.id, depends_on=[first])
    ProxiedTool(stack, "tool", proxy=proxy, command=["true"], depends_on=[first])
    _copilot(stack, main.id, depends_on=[first])
    assert depends_on(stack, "resource", "coder_script") == [["coder_env.first"], ["coder_env.first"]]
    assert depends_on(stack, "module") == [["coder_env.first"]]


@EVERY
def test_depends_on_without_a_list_says_what_to_write(stack: TerraformStack, declare: Declare) -> None:
    main = agent(stack)
    with pytest.raises(InvalidValueError, match=r"must be a list of elements, modules or constructs") as caught:
        declare(stack, main.id, None, depends_on=main)
    assert caught.value.field == "depends_on"


def test_other_elements_can_depend_on_all_three(stack: TerraformStack) -> None:
    main = agent(stack)
    proxy = _proxy(stack, main.id)
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["true"], depends_on=[proxy])
    copilot = _copilot(stack, main.id, proxy=proxy, depends_on=[tool])
    DockerProvider(stack, "docker")
    Container(stack, "container", image="debian", name="dev", depends_on=[proxy, tool, copilot])
    assert depends_on(stack, "resource", "docker_container") == [
        [proxy.script_address, tool.script.address, "module.copilot_module_BAE1C4F1"]
    ]
    assert depends_on(stack, "module") == [[tool.script.address]]
