"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

from typing import Any

from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import Build, TemplateUnderTest, readable
from aibridge_construct.testing.wiring import wiring

HOME = "kubernetes_persistent_volume_claim_v1.home"
DEPLOYMENT = "kubernetes_deployment_v1.workspace"


def test_the_template(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert coder_template == terraform_snapshot


def test_what_refers_to_what(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(coder_template) == terraform_snapshot


def test_the_form_for_users(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert readable(coder_template)["parameters.tf"] == terraform_snapshot


def test_coder_can_import_it(coder_template: TemplateUnderTest) -> None:
    assert coder_template.plans.keys() == {"start", "stop"}


def test_the_home_outlives_the_pod(coder_template: TemplateUnderTest) -> None:
    choices = {"cpu": "4", "home_size": "20"}
    workspace = coder_template.workspace(parameters=choices)

    first = workspace.start()
    assert first.actions[HOME] == ["create"]
    assert first.resources[HOME]["spec"][0]["resources"][0]["requests"] == {"storage": "20Gi"}
    container = pod(first)["container"][0]
    assert container["resources"][0]["limits"] == {"cpu": "4", "memory": "4Gi"}
    assert container["env"] == [
        {"name": "CODER_AGENT_TOKEN", "value": first.resources["coder_agent.main"]["token"]},
        {"name": "CODER_AGENT_SOCKET_SERVER_ENABLED", "value": "true"},
    ]
    claim = pod(first)["volume"][0]["persistent_volume_claim"][0]["claim_name"]
    assert claim == first.resources[HOME]["metadata"][0]["name"]

    assert workspace.stop().actions == {f"{DEPLOYMENT}[0]": ["delete"]}

    second = workspace.start()
    assert second.actions[f"{DEPLOYMENT}[0]"] == ["create"]
    assert second.resources[HOME] == first.resources[HOME]


def test_a_claimed_workspace_keeps_its_pod_and_gets_the_owners_token(coder_template: TemplateUnderTest) -> None:
    workspace = coder_template.prebuilt()
    workspace.start()
    claimed = workspace.claim(owner="grace", token="token-of-grace")
    assert {address.split(".")[-2] for address in claimed.actions} == {"coder_script"}
    assert "token-of-grace" not in claimed.plan_text


def pod(build: Build) -> dict[str, Any]:
    spec: dict[str, Any] = build.resources[DEPLOYMENT]["spec"][0]["template"][0]["spec"][0]
    return spec
