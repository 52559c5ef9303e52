"""What the provider refuses is refused in Python; what only Terraform knows is left to the provider."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable, Testing

from aibridge_construct import InvalidValueError, MissingArgumentError
from aibridge_construct.coder.agent import AgentMetadata, AgentResourcesMonitoring, CoderAgent, VolumeMonitor
from aibridge_construct.coder.app import AppHealthcheck, CoderApp
from aibridge_construct.coder.element import DataSource
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.metadata import CoderMetadata
from aibridge_construct.coder.parameter import DataCoderParameter, ParameterOption, ParameterValidation
from aibridge_construct.coder.rendering import json_value
from aibridge_construct.coder.workspace_preset import DataCoderWorkspacePreset
from aibridge_construct.testing.terraform import TerraformError
from tests.coder.refused import APART, REFUSED, Refused, schedules
from tests.conftest import MakeTerraform


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: f"{refused.element.TYPE} {refused.words[-30:]}")
def test_a_mistake_is_refused_where_it_is_made(stack: TerraformStack, refused: Refused) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(refused.words)):
        refused.element(stack, "x", **refused.arguments)
    assert not {"resource", "data"} & json.loads(Testing.synth(stack)).keys()


@pytest.mark.parametrize("crons", APART, ids=" and ".join)
def test_schedules_that_never_meet_pass(stack: TerraformStack, crons: tuple[str, ...]) -> None:
    DataCoderWorkspacePreset(stack, "x", name="p", prebuilds=schedules(*crons))


def as_text(value: Any) -> Any:
    """The default and the options of a parameter, as they reach Terraform."""
    if isinstance(value, list):
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value)


def configuration(number: int, refused: Refused) -> dict[str, Any]:
    arguments = {name: json_value(value) for name, value in refused.arguments.items()}
    if refused.element is DataCoderParameter and "default" in arguments:
        arguments["default"] = as_text(arguments["default"])
    kind = "data" if issubclass(refused.element, DataSource) else "resource"
    return {kind: {refused.element.TYPE: {f"x{number}": arguments}}}


@pytest.mark.parametrize(
    "kind",
    [
        "coder_agent",
        "coder_app",
        "coder_devcontainer",
        "coder_env",
        "coder_external_auth",
        "coder_metadata",
        "coder_parameter",
        "coder_secret",
        "coder_workspace_preset",
    ],
)
def test_the_provider_refuses_the_same(terraform: MakeTerraform, kind: str) -> None:
    # The real provider's numbers are integers; the stand-in takes fractions too.
    integers = re.compile(r"whole number.*Got 0\.5|whole number.*Got 1\.5\Z|healthcheck\.interval|metadata\.interval")
    rows = [
        (n, refused)
        for n, refused in enumerate(REFUSED)
        if kind == refused.element.TYPE and not integers.search(refused.words)
    ]
    files = {f"{number}.tf.json": json.dumps(configuration(number, refused)) for number, refused in rows}
    needs = 'terraform {\n  required_providers {\n    coder = { source = "coder/coder" }\n  }\n}\n'
    # Terraform stops at the first stage that finds mistakes, so what one stage refused is left out of the next.
    while files:
        made = terraform({"main.tf": needs, **files})
        with pytest.raises(TerraformError) as caught:
            pytest.fail(f"planned: {made.plan().actions}")
        where = [f"{item.address} {item.place}" for item in caught.value.diagnostics if item.severity == "error"]
        named = {f"{number}.tf.json" for number in re.findall(r"(?:\.x|^ )(\d+)\b", "\n".join(where), re.MULTILINE)}
        assert named
        files = {name: text for name, text in files.items() if name not in named}


def test_what_only_terraform_knows_is_left_to_it(stack: TerraformStack) -> None:
    text = TerraformVariable(stack, "text", type="string").string_value
    number = TerraformVariable(stack, "number", type="number").number_value
    flag = TerraformVariable(stack, "flag", type="bool").boolean_value
    CoderAgent(
        stack,
        "agent",
        os=text,  # type: ignore[arg-type]
        arch=text,  # type: ignore[arg-type]
        connection_timeout=number,
        metadata=[AgentMetadata(key=text, script="true", interval=number)],
    )
    CoderApp(
        stack,
        "app",
        agent_id=text,
        slug=text,
        share=text,  # type: ignore[arg-type]
        command=text,
        url=text,
        subdomain=flag,
        display_name=text,
        icon=text,
        healthcheck=AppHealthcheck(url=text, interval=number, threshold=number),
    )
    CoderEnv(stack, "env", agent_id=text, name=text)
    DataCoderParameter(
        stack,
        "parameter",
        name="p",
        type="number",
        default=number,
        option=[ParameterOption(name=text, value=text)],
        validation=ParameterValidation(min=number, max=1),
        mutable=flag,
    )
    content = json.loads(Testing.synth(stack))
    assert content["resource"]["coder_app"]["app"]["subdomain"] == "${var.flag}"
    assert content["resource"]["coder_agent"]["agent"]["connection_timeout"] == "${var.number}"
    assert content["data"]["coder_parameter"]["parameter"]["default"] == "${var.number}"


@pytest.mark.parametrize(
    ("element", "arguments", "cure"),
    [
        (CoderAgent, {}, r'CoderAgent needs os and arch\. Write CoderAgent\(…, os="linux", arch="amd64"\)'),
        (CoderApp, {"slug": "a"}, r"CoderApp needs agent_id\. Write CoderApp\(…, agent_id=agent\.id\)"),
        (CoderEnv, {"agent_id": "a"}, r'CoderEnv needs name\. Write CoderEnv\(…, name="EDITOR"\)'),
        (CoderMetadata, {}, r"CoderMetadata needs resource_id"),
        (DataCoderParameter, {}, r'DataCoderParameter needs name\. Write .*name="Region"'),
    ],
)
def test_a_forgotten_argument_says_what_to_write(
    stack: TerraformStack, element: Any, arguments: dict[str, str], cure: str
) -> None:
    with pytest.raises(MissingArgumentError, match=cure):
        element(stack, "x", **arguments)


def test_an_agent_instead_of_its_id_says_what_to_write(stack: TerraformStack) -> None:
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    with pytest.raises(InvalidValueError, match=r"agent_id must be a string, for example .*agent\.id"):
        CoderApp(stack, "x", agent_id=agent, slug="a")  # type: ignore[arg-type]


def test_an_older_provider_takes_an_env_without_a_merge_strategy(stack: TerraformStack) -> None:
    CoderEnv(stack, "x", agent_id="a1", name="EDITOR", value="vi")
    content = json.loads(Testing.synth(stack))
    assert content["resource"]["coder_env"]["x"] == {"agent_id": "a1", "name": "EDITOR", "value": "vi"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("4", "4"),
        (4, "4"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (True, "true"),
        (False, "false"),
        (["a", 'b"'], '["a", "b\\""]'),
        ([], "[]"),
    ],
)
def test_a_default_is_written_as_text(stack: TerraformStack, value: Any, text: str) -> None:
    DataCoderParameter(stack, "x", name="p", default=value)
    assert json.loads(Testing.synth(stack))["data"]["coder_parameter"]["x"]["default"] == text


@pytest.mark.parametrize("path", ["", "home"])
def test_a_volume_needs_an_absolute_path(stack: TerraformStack, path: str) -> None:
    with pytest.raises(InvalidValueError, match="must be absolute"):
        CoderAgent(
            stack,
            "x",
            os="linux",
            arch="amd64",
            resources_monitoring=AgentResourcesMonitoring(volume=[VolumeMonitor(path=path, threshold=1)]),
        )


@pytest.mark.parametrize("icon", ["/icon/a\nb.svg", "https://example.com/%zz", ":icon"])
def test_an_icon_that_is_no_url_is_refused(stack: TerraformStack, icon: str) -> None:
    with pytest.raises(InvalidValueError, match="icon of coder_metadata 'x' must be a URL or a path"):
        CoderMetadata(stack, "x", resource_id="r1", icon=icon)


def test_empty_lists_of_blocks_are_no_blocks(stack: TerraformStack) -> None:
    CoderAgent(stack, "x", os="linux", arch="amd64", metadata=[])
    assert "metadata" not in json.loads(Testing.synth(stack))["resource"]["coder_agent"]["x"]
