"""coder_script: what the provider would refuse at apply is refused in Python; the rest reaches Terraform unchanged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable, Testing

from aibridge_construct import CoderProvider, CoderScript, InvalidValueError, MissingArgumentError
from aibridge_construct.testing import TerraformError
from tests.conftest import MakeTerraform


def synthesized(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Testing.synth(stack))
    return content


def test_every_argument_reaches_terraform_under_its_name(stack: TerraformStack) -> None:
    arguments: dict[str, Any] = {
        "agent_id": "a1",
        "display_name": "Greet",
        "script": "echo $${HOME}",
        "icon": "/icon/coder.svg",
        "log_path": "/tmp/greet.log",
        "cron": "0 0 9 * * 1-5",
        "run_on_start": True,
        "run_on_stop": False,
        "start_blocks_login": True,
        "timeout": 30,
    }
    CoderScript(stack, "greet", **arguments)
    assert synthesized(stack)["resource"]["coder_script"]["greet"] == arguments


def test_what_is_left_out_is_left_to_the_provider(stack: TerraformStack) -> None:
    CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_stop=True)
    assert set(synthesized(stack)["resource"]["coder_script"]["greet"]) == {
        "agent_id",
        "display_name",
        "script",
        "run_on_stop",
    }


def test_a_script_that_would_never_run_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match=r"'greet' would never run: set run_on_start=True"):
        CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true")


def test_logins_cannot_wait_for_a_script_that_does_not_run_on_start(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="start_blocks_login .* needs run_on_start=True"):
        CoderScript(
            stack, "x", agent_id="a1", display_name="Greet", script="true", run_on_stop=True, start_blocks_login=True
        )


@pytest.mark.parametrize("timeout", [0, -1, 0.5])
def test_a_timeout_under_a_second_is_refused(stack: TerraformStack, timeout: float) -> None:
    with pytest.raises(InvalidValueError, match="must be at least 1 second"):
        CoderScript(
            stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_start=True, timeout=timeout
        )


def test_tokens_are_left_to_terraform(stack: TerraformStack) -> None:
    seconds = TerraformVariable(stack, "seconds", type="number")
    when = TerraformVariable(stack, "when", type="bool")
    CoderScript(
        stack,
        "greet",
        agent_id="a1",
        display_name="Greet",
        script="true",
        run_on_start=when.boolean_value,
        timeout=seconds.number_value,
    )
    script = synthesized(stack)["resource"]["coder_script"]["greet"]
    assert script["run_on_start"] == "${var.when}"
    assert script["timeout"] == "${var.seconds}"


def test_a_forgotten_argument_says_what_to_write(stack: TerraformStack) -> None:
    words = r"CoderScript needs agent_id\. Write CoderScript\(…, agent_id=agent\.id\)"
    with pytest.raises(MissingArgumentError, match=words):
        CoderScript(stack, "greet", display_name="Greet", script="true")  # type: ignore[call-arg]


def test_its_attributes_can_be_referred_to(stack: TerraformStack) -> None:
    script = CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_start=True)
    CoderScript(stack, "other", agent_id="a1", display_name=script.id, script="true", run_on_start=True)
    assert synthesized(stack)["resource"]["coder_script"]["other"]["display_name"] == "${coder_script.greet.id}"
    assert script.address == "coder_script.greet"


def test_the_provider_is_required_but_not_configured(stack: TerraformStack) -> None:
    CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_start=True)
    content = synthesized(stack)
    assert content["terraform"]["required_providers"] == {"coder": {"source": "coder/coder", "version": ">= 2.12"}}
    assert "provider" not in content


def test_the_users_own_provider_is_the_only_one(stack: TerraformStack) -> None:
    CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_start=True)
    CoderProvider(stack, "coder", url="https://coder.example.com", version="~> 2.15")
    content = synthesized(stack)
    assert content["terraform"]["required_providers"] == {"coder": {"source": "coder/coder", "version": "~> 2.15"}}
    assert content["provider"] == {"coder": [{"url": "https://coder.example.com"}]}


def test_a_provider_with_an_alias_can_be_chosen(stack: TerraformStack) -> None:
    CoderProvider(stack, "coder")
    other = CoderProvider(stack, "other", alias="other")
    CoderScript(stack, "greet", agent_id="a1", display_name="Greet", script="true", run_on_start=True, provider=other)
    content = synthesized(stack)
    assert content["provider"]["coder"] == [{}, {"alias": "other"}]
    assert content["resource"]["coder_script"]["greet"]["provider"] == "coder.other"


def test_a_script_that_no_shell_could_be_given_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="has 131072 bytes.*Linux limits to 131072 bytes"):
        CoderScript(stack, "x", agent_id="a1", display_name="X", script="é" * 65536, run_on_start=True)


def test_the_length_counts_what_the_workspace_gets_not_how_terraform_writes_it(stack: TerraformStack) -> None:
    text = "$${HOME}" * (131071 // 7)
    assert len(text) > 131072
    CoderScript(stack, "x", agent_id="a1", display_name="X", script=text, run_on_start=True)
    with pytest.raises(InvalidValueError, match="has 131075 bytes"):
        CoderScript(stack, "y", agent_id="a1", display_name="Y", script=text + "1234567", run_on_start=True)


@pytest.mark.parametrize(
    ("script", "checked"),
    [
        pytest.param("echo $${HOME}", False, id="nothing to fill in"),
        pytest.param("echo ${data.coder_workspace.me.name}", False, id="what Coder bounds"),
        pytest.param("echo ${coder_agent.main.id}", False, id="an agent's id"),
        pytest.param("echo ${var.text}", True, id="a variable"),
        pytest.param("echo ${local.text}", True, id="a local"),
        pytest.param("echo ${random_password.x.result}", True, id="another resource"),
        pytest.param("%{ for each in var.list }${each}%{ endfor }", True, id="a directive"),
    ],
)
def test_terraform_checks_the_length_where_only_it_knows_it(stack: TerraformStack, script: str, checked: bool) -> None:
    made = CoderScript(stack, "x", agent_id="a1", display_name="X", script=script, run_on_start=True)

    def lifecycle() -> Any:
        return synthesized(stack)["resource"]["coder_script"]["x"].get("lifecycle", {})

    assert ("postcondition" in lifecycle()) == checked
    made.script = "echo ${var.other}"
    assert "postcondition" in lifecycle()


def test_a_variable_that_makes_a_script_too_long_fails_the_plan(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    TerraformVariable(stack, "times", type="number")
    text = '${join("", [for _ in range(64) : join("", [for _ in range(var.times) : "é"])])}'
    CoderScript(stack, "x", agent_id="a1", display_name="X", script=f"echo {text}", run_on_start=True)
    made = terraform(stack)
    assert made.plan(variables={"times": 1023}).resource("coder_script.x")["script"].endswith("éé")
    with pytest.raises(TerraformError, match="has too many bytes.*Linux limits to 131072 bytes"):
        made.plan(variables={"times": 1024})
