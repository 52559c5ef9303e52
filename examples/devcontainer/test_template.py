"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import TemplateUnderTest, TerraformError, Workspace, readable
from aibridge_construct.testing.wiring import wiring

HOME = "docker_volume.home"
MACHINE = ["docker_container.daemon[0]", "docker_container.workspace[0]", "docker_network.network[0]"]
TASK = "coder_ai_task.task[0]"


def test_the_template(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert coder_template == terraform_snapshot


def test_what_refers_to_what(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(coder_template) == terraform_snapshot


def test_the_form_and_the_presets(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert readable(coder_template)["parameters.tf"] == terraform_snapshot


def test_coder_can_import_it(coder_template: TemplateUnderTest) -> None:
    assert coder_template.plans.keys() == {"start", "stop"}


def test_the_home_outlives_the_machine(coder_template: TemplateUnderTest) -> None:
    workspace = coder_template.workspace(parameters={"memory": "8"})

    first = workspace.start()
    assert first.resources["docker_container.workspace"]["memory"] == 8192
    agent = first.resources["coder_agent.main"]
    assert f"CODER_AGENT_TOKEN={agent['token']}" in first.resources["docker_container.workspace"]["env"]

    stopped = workspace.stop()
    assert sorted(address for address in stopped.actions if "docker" in address) == MACHINE
    assert {tuple(stopped.actions[address]) for address in MACHINE} == {("delete",)}

    second = workspace.start()
    assert {tuple(second.actions[address]) for address in MACHINE} == {("create",)}
    assert second.resources[HOME] == first.resources[HOME]


def test_the_dev_container_has_an_agent_of_its_own_and_the_editor_is_on_it(
    coder_template: TemplateUnderTest, coder_workspace: Workspace
) -> None:
    built = coder_workspace.start()
    project = built.resources["coder_devcontainer.project"]
    assert project["agent_id"] == built.resources["coder_agent.main"]["id"] != project["subagent_id"]
    module = json.loads((coder_template.directory / "cdk.tf.json").read_text())["module"]["code-server"]
    assert module["agent_id"] == "${coder_devcontainer.project.subagent_id}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        pytest.param("repository", "ext::sh -c id", "Give a URL that begins with https://", id="a repository"),
        pytest.param("memory", "64", "32", id="memory"),
        pytest.param("editor", "emacs", "editor", id="an editor"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(
    coder_template: TemplateUnderTest, name: str, value: str, words: str
) -> None:
    workspace = coder_template.workspace(parameters={name: value})
    with pytest.raises(TerraformError, match=words):
        workspace.start()


def test_a_prebuild_is_claimed_without_a_new_machine_and_its_tools_run_after_that(
    coder_template: TemplateUnderTest,
) -> None:
    workspace = coder_template.prebuilt()
    built = workspace.start()
    assert TASK not in built.actions
    assert not [address for address in built.actions if "copilot" in address]

    claimed = workspace.claim(owner="grace", token="token-of-grace")
    changed = {address: done for address, done in claimed.actions.items() if done != ["create"]}
    # What holds the token is made anew, and so runs again.
    assert {address.split(".")[0] for address in changed} == {"coder_script"}
    assert {tuple(done) for done in changed.values()} == {("delete", "create")}
    assert "coder_script.prepare" not in changed
    assert claimed.actions[TASK] == ["create"]
    assert claimed.resources["coder_devcontainer.project"] == built.resources["coder_devcontainer.project"]
    assert "token-of-grace" not in claimed.plan_text
