"""Coder's builds replayed: what a pushed template does to workspaces, with the real Terraform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cdktf import App, LocalBackend, TerraformStack

from aibridge_construct import TemplateError
from aibridge_construct.coder.agent import CoderAgent
from aibridge_construct.testing.build import Workspace, import_template, pack, unpack
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import TerraformError
from tests.template_stack import synthesize

SCRIPT = "coder_script.aibridge_setup_"
CONTAINER = "terraform_data.container[0]"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive that ``coder templates push`` sends."""
    return pack(synthesize(tmp_path_factory.mktemp("synth") / "cdktf.out"))


def script_of(workspace: Workspace) -> str:
    assert workspace.state is not None
    (script,) = [item for item in json.loads(workspace.state)["resources"] if item["type"] == "coder_script"]
    text = script["instances"][0]["attributes"]["script"]
    assert isinstance(text, str)
    return text


def test_what_is_pushed_is_what_a_build_needs_and_nothing_of_this_machine(template: bytes, tmp_path: Path) -> None:
    unpack(template, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "cdk.tf.json", "parameters.tf"}
    assert b"/cdktf.out" not in template
    assert len(template) < 64 * 1024


def test_the_template_is_imported_with_an_empty_session_token(template: bytes, mirror: Mirror) -> None:
    plans = import_template(template, mirror=mirror)
    assert CONTAINER in plans["start"].actions
    assert CONTAINER not in plans["stop"].actions
    assert plans["start"].outputs["proxy_auth_url"] == "https://coder:@aiproxy.example.com:8888"
    assert plans["start"].json["output_changes"]["proxy_auth_url"]["after_sensitive"] is True


def test_two_owners_have_workspaces_of_their_own(template: bytes, mirror: Mirror) -> None:
    ada = Workspace(template, owner="ada", token="token-of-ada", mirror=mirror)
    bob = Workspace(template, owner="bob", token="token-of-bob", parameters={"region": "us"}, mirror=mirror)
    first, second = ada.start(), bob.start()
    assert first.actions == second.actions
    assert all(actions == ["create"] for actions in first.actions.values())
    homes = [build.resources["terraform_data.home"] for build in (first, second)]
    assert homes[0]["input"] != homes[1]["input"]
    assert homes[0]["id"] != homes[1]["id"]
    assert first.resources["coder_agent.main"]["env"] == {"REGION": "eu"}
    assert second.resources["coder_agent.main"]["env"] == {"REGION": "us"}
    assert ada.state is not None
    assert bob.state is not None
    assert b"token-of-bob" not in ada.state
    assert b"token-of-ada" not in bob.state
    assert first.state["lineage"] != second.state["lineage"]


def test_home_survives_stop_and_start_and_the_container_does_not(template: bytes, mirror: Mirror) -> None:
    dev = Workspace(template, mirror=mirror)
    created = dev.start()
    stopped = dev.stop()
    assert stopped.actions == {CONTAINER: ["delete"]}
    assert "terraform_data.container" not in stopped.resources
    started = dev.start()
    assert started.actions == {CONTAINER: ["create"]}
    for address in ("terraform_data.home", "coder_agent.main"):
        assert started.resources[address]["id"] == created.resources[address]["id"]


def test_another_session_token_replaces_what_carries_it_and_nothing_else(template: bytes, mirror: Mirror) -> None:
    dev = Workspace(template, token="first-token", mirror=mirror)
    dev.start()
    dev.stop()
    dev._token = "second-token"  # Coder makes a new one for each build
    (script,) = [address for address in dev.start().actions if address != CONTAINER]
    assert script.startswith(SCRIPT)
    assert "second-token" in script_of(dev)


def test_a_claim_replaces_what_carries_the_token_and_only_that(template: bytes, mirror: Mirror) -> None:
    workspace = Workspace.prebuilt(template, mirror=mirror)
    waiting = workspace.start()
    assert "SESSION_TOKEN=''" in script_of(workspace)
    assert "IS_PREBUILD='true'" in script_of(workspace)
    claimed = workspace.claim(owner="eve", token="token-of-eve")
    (script,) = claimed.actions
    assert script.startswith(SCRIPT)
    assert claimed.actions[script] == ["delete", "create"]
    assert "SESSION_TOKEN='token-of-eve'" in script_of(workspace)
    assert "IS_PREBUILD='false'" in script_of(workspace)
    for address in ("terraform_data.home", "terraform_data.container", "coder_agent.main"):
        assert claimed.resources[address] == waiting.resources[address]
    assert claimed.outputs["proxy_auth_url"] == "https://coder:token-of-eve@aiproxy.example.com:8888"


def test_the_token_is_in_no_plan_that_people_see(template: bytes, mirror: Mirror) -> None:
    build = Workspace(template, token="token-of-ada", mirror=mirror).start()
    assert "token-of-ada" not in build.plan_text
    assert "token-of-ada" not in repr(build)
    assert build.state["outputs"]["proxy_auth_url"]["sensitive"] is True
    assert build.state["outputs"]["cores"] == {"value": "4", "type": "string"}


def test_a_parameter_changes_what_it_feeds(template: bytes, mirror: Mirror) -> None:
    dev = Workspace(template, mirror=mirror)
    dev.start()
    dev.parameters["CPU cores"] = "8"
    assert dev.start().outputs["cores"] == "8"
    dev.parameters["CPU cores"] = "9"
    with pytest.raises(TerraformError, match="9 is not 0 to 8"):
        dev.start()


def test_deleting_leaves_nothing(template: bytes, mirror: Mirror) -> None:
    dev = Workspace(template, mirror=mirror)
    created = dev.start().actions
    assert dev.delete().actions == {address: ["delete"] for address in created}


def test_without_a_template_workspaces_share_one_state_on_the_machine(tmp_path: Path, mirror: Mirror) -> None:
    """What the engine writes by default, and why there is a CoderTemplate."""
    app = App(outdir=str(tmp_path / "cdktf.out"))
    stack = TerraformStack(app, "plain")
    # The engine's default, but for the directory: a file beside the one that synthesized.
    LocalBackend(stack, path=str(tmp_path / "terraform.plain.tfstate"))
    CoderAgent(stack, "main", os="linux", arch="amd64")
    app.synth()
    archive = pack(tmp_path / "cdktf.out/stacks/plain", check=False)
    with pytest.raises(AssertionError, match=r"no terraform\.tfstate in the build's directory"):
        Workspace(archive, owner="ada", mirror=mirror).start()
    assert Workspace(archive, owner="bob", mirror=mirror).plan() == {}
    with pytest.raises(TemplateError, match="every workspace would share one state or lose it"):
        pack(tmp_path / "cdktf.out/stacks/plain")
