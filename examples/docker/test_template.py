"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import TemplateUnderTest, Workspace
from aibridge_construct.testing.wiring import wiring

HOME = "docker_volume.home"
CONTAINER = "docker_container.workspace"


def test_the_template(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert coder_template == terraform_snapshot


def test_what_refers_to_what(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(coder_template) == terraform_snapshot


def test_coder_can_import_it(coder_template: TemplateUnderTest) -> None:
    assert coder_template.plans.keys() == {"start", "stop"}


def test_the_home_outlives_the_container(coder_workspace: Workspace) -> None:
    first = coder_workspace.start()
    assert first.actions[HOME] == ["create"]
    assert f"CODER_AGENT_TOKEN={first.resources['coder_agent.main']['token']}" in first.resources[CONTAINER]["env"]
    assert "CODER_AGENT_SOCKET_SERVER_ENABLED=true" in first.resources[CONTAINER]["env"]

    assert coder_workspace.stop().actions == {f"{CONTAINER}[0]": ["delete"]}

    second = coder_workspace.start()
    assert second.actions[f"{CONTAINER}[0]"] == ["create"]
    assert second.resources[HOME] == first.resources[HOME]


def test_a_claimed_workspace_keeps_its_machine_and_gets_the_owners_token(coder_template: TemplateUnderTest) -> None:
    workspace = coder_template.prebuilt()
    workspace.start()
    claimed = workspace.claim(owner="grace", token="token-of-grace")
    assert {address.split(".")[-2] for address in claimed.actions} == {"coder_script"}
    assert "token-of-grace" not in claimed.plan_text
