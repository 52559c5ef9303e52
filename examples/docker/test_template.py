"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import Mirror, TerraformSnapshotExtension, Workspace, import_template, pack, readable
from aibridge_construct.testing.wiring import wiring

VARIABLES = {"proxy_url": "https://aiproxy.example.com:8888"}
HOME = "docker_volume.home"
CONTAINER = "docker_container.workspace"


def test_the_template(template: Path, snapshot: SnapshotAssertion) -> None:
    content = (template / "cdk.tf.json").read_text()
    assert readable(content) == snapshot(extension_class=TerraformSnapshotExtension)


def test_what_refers_to_what(template: Path, snapshot: SnapshotAssertion) -> None:
    content = (template / "cdk.tf.json").read_text()
    assert wiring(content) == snapshot(extension_class=TerraformSnapshotExtension)


def test_coder_can_import_it(template: Path, mirror: Mirror) -> None:
    import_template(pack(template), variables=VARIABLES, mirror=mirror)


def test_the_home_outlives_the_container(template: Path, mirror: Mirror) -> None:
    workspace = Workspace(pack(template), variables=VARIABLES, mirror=mirror)

    first = workspace.start()
    assert first.actions[HOME] == ["create"]
    assert f"CODER_AGENT_TOKEN={first.resources['coder_agent.main']['token']}" in first.resources[CONTAINER]["env"]
    assert "CODER_AGENT_SOCKET_SERVER_ENABLED=true" in first.resources[CONTAINER]["env"]

    assert workspace.stop().actions == {f"{CONTAINER}[0]": ["delete"]}

    second = workspace.start()
    assert second.actions[f"{CONTAINER}[0]"] == ["create"]
    assert second.resources[HOME] == first.resources[HOME]


def test_a_claimed_workspace_keeps_its_machine_and_gets_the_owners_token(template: Path, mirror: Mirror) -> None:
    workspace = Workspace.prebuilt(pack(template), variables=VARIABLES, mirror=mirror)
    workspace.start()
    claimed = workspace.claim(owner="grace", token="token-of-grace")
    assert {address.split(".")[-2] for address in claimed.actions} == {"coder_script"}
    assert "token-of-grace" not in claimed.plan_text
