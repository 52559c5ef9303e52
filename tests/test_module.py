"""The drop-in module: the registry module's addresses, inputs and outputs, under real Terraform."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cdktf import App, Testing
from syrupy.assertion import SnapshotAssertion

from aibridge_construct import AIBridgeProxyModule
from aibridge_construct.testing import readable
from aibridge_construct.testing.terraform import Terraform, TerraformError
from aibridge_construct.testing.wiring import wiring
from aibridge_construct.testing.workspace import workspace_environment
from tests.conftest import MakeTerraform
from tests.values import ACCEPTED, REFUSED

HERE = Path(__file__).parent
FOLDER = HERE.parent / "modules/aibridge-proxy"
INPUTS = {"agent_id": "a1", "proxy_url": "https://aiproxy.example.com:8888"}
SCRIPT = "coder_script.aibridge_proxy_setup"


@pytest.fixture
def module(app: App) -> AIBridgeProxyModule:
    return AIBridgeProxyModule(app, "aibridge-proxy")


@pytest.fixture
def planned(module: AIBridgeProxyModule, terraform: MakeTerraform) -> Terraform:
    return terraform(module)


def test_the_module_as_terraform_json(module: AIBridgeProxyModule, terraform_snapshot: SnapshotAssertion) -> None:
    assert readable(Testing.synth(module)) == terraform_snapshot


def test_what_refers_to_what(module: AIBridgeProxyModule, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(Testing.synth(module)) == terraform_snapshot


def test_the_contract_of_the_registry_module_is_kept(module: AIBridgeProxyModule) -> None:
    content = json.loads(Testing.synth(module))
    assert content["terraform"] == {
        "required_version": ">= 1.9",
        "required_providers": {"coder": {"source": "coder/coder", "version": ">= 2.12"}},
    }
    required = {name for name, variable in content["variable"].items() if "default" not in variable}
    assert required == {"agent_id", "proxy_url"}
    assert content["variable"]["cert_path"]["default"] == "/tmp/aibridge-proxy/ca-cert.pem"
    assert set(content["output"]) == {"proxy_auth_url", "cert_path"}
    assert content["output"]["proxy_auth_url"]["sensitive"] is True
    assert content["data"].keys() == {"coder_workspace", "coder_workspace_owner"}
    assert content["resource"].keys() == {"coder_script"}
    assert content["resource"]["coder_script"].keys() == {"aibridge_proxy_setup"}
    assert "provider" not in content


def test_its_plan_differs_from_the_hcl_module_in_nothing_but_the_script(
    planned: Terraform, terraform: MakeTerraform
) -> None:
    hcl = terraform({"main.tf": (HERE / "terraform/hcl_module/main.tf").read_text()})
    inputs = INPUTS | {"cert_path": "/home/coder/ca.pem"}
    ours, theirs = (what.plan(variables=inputs).json for what in (planned, hcl))

    def comparable(plan: dict[str, Any]) -> dict[str, Any]:
        kept = {
            name: plan.get(name) for name in ("planned_values", "resource_changes", "output_changes", "prior_state")
        }
        text = json.dumps(kept, sort_keys=True)
        scripts = {script["values"]["script"] for script in plan["planned_values"]["root_module"]["resources"]}
        for script in scripts:
            text = text.replace(json.dumps(script)[1:-1], "SCRIPT")
        normal: dict[str, Any] = json.loads(text)
        return normal

    assert comparable(ours) == comparable(theirs)


@pytest.mark.parametrize(
    ("token", "inserted"),
    [
        ("owner-session-token", "owner-session-token"),
        ("a/b@c:d?e#f g+h%i&j'k\"l$m", quote("a/b@c:d?e#f g+h%i&j'k\"l$m", safe="")),
        (None, ""),
    ],
)
def test_the_session_token_is_percent_encoded_into_the_url_and_stays_sensitive(
    module: AIBridgeProxyModule, terraform: MakeTerraform, token: str | None, inserted: str
) -> None:
    made = terraform(module, env=workspace_environment(token=token))
    plan = made.plan(variables=INPUTS | {"proxy_url": "https://aiproxy.example.com:8888/"})
    assert plan.outputs == {
        "proxy_auth_url": f"https://coder:{inserted}@aiproxy.example.com:8888",
        "cert_path": "/tmp/aibridge-proxy/ca-cert.pem",
    }
    assert plan.json["output_changes"]["proxy_auth_url"]["after_sensitive"] is True
    assert re.search(r"\+ script +=\s+\(sensitive value\)", plan.text)
    assert re.search(r"\+ proxy_auth_url +=\s+\(sensitive value\)", plan.text)
    if token:
        assert token not in plan.text
    made.apply(plan)
    assert made.plan(variables=INPUTS).actions == {}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [row for row in REFUSED if row[0] in ("agent_id", "cert_path") and "\0" not in row[1]][::4]
    + [row for row in REFUSED if row[0] == "proxy_url"][::9]
    + [row for row in REFUSED if row[0] in ("extra_ca_pem", "setup_timeout")][::5],
)
def test_a_refused_variable_is_named_at_plan_in_the_words_of_python(
    planned: Terraform, field: str, value: str, words: str
) -> None:
    with pytest.raises(TerraformError) as caught:
        planned.plan(variables=INPUTS | {field: value})
    assert f"{field} must" in str(caught.value)
    assert words in " ".join(str(caught.value).split())


def test_every_accepted_input_plans(planned: Terraform) -> None:
    for field, value in ACCEPTED[::7]:
        if field != "sync_unit":
            plan = planned.plan(variables=INPUTS | {field: value})
            assert plan.actions == {SCRIPT: ["create"]}


def test_a_missing_variable_is_named(planned: Terraform) -> None:
    with pytest.raises(TerraformError, match="agent_id"):
        planned.plan(variables={"proxy_url": INPUTS["proxy_url"]})


CALLS: Mapping[str, str] = {
    "count": "count = 2",
    "for_each": 'for_each = toset(["a", "b"])',
    "depends_on": "depends_on = [terraform_data.first]",
}


@pytest.mark.parametrize("call", CALLS)
def test_it_works_as_a_child_module_with(call: str, module: AIBridgeProxyModule, terraform: MakeTerraform) -> None:
    urls = "[for p in module.proxy : p.proxy_auth_url]" if call == "for_each" else "module.proxy[*].proxy_auth_url"
    root = f"""
        terraform {{
          required_providers {{ coder = {{ source = "coder/coder" }} }}
        }}
        resource "terraform_data" "first" {{}}
        module "proxy" {{
          source    = "./aibridge-proxy"
          agent_id  = "a1"
          proxy_url = "https://aiproxy.example.com"
          {CALLS[call]}
        }}
        output "url" {{
          value     = {urls}
          sensitive = true
        }}
    """
    made = terraform({"main.tf": root, "aibridge-proxy/cdk.tf.json": Testing.synth(module, True)})
    state = made.apply()
    expected = 1 if call == "depends_on" else 2
    assert made.output()["url"] == ["https://coder:owner-session-token@aiproxy.example.com"] * expected
    assert "owner-session-token" not in json.dumps(state["values"]["outputs"]["url"].get("type"))


def test_hcl_users_can_run_their_own_terraform_test(module: AIBridgeProxyModule, terraform: MakeTerraform) -> None:
    name = "main.tftest.hcl"
    made = terraform(
        {"cdk.tf.json": Testing.synth(module, True), name: (FOLDER / name).read_text()},
    )
    report = made.test()
    assert len(report.runs) >= 6
    assert set(report.runs.values()) == {"pass"}


def test_two_synths_anywhere_write_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        app = App(outdir=str(tmp_path / place / "out"))
        AIBridgeProxyModule(app, "aibridge-proxy")
        app.synth()
        written.append((tmp_path / place / "out/stacks/aibridge-proxy/cdk.tf.json").read_bytes())
        shutil.rmtree(tmp_path / place)
    assert written[0] == written[1]
    assert str(tmp_path).encode() not in written[0]
    assert b'"backend":' not in written[0].replace(b'"backend": "local"', b"")


def test_synthesized_as_hcl_it_plans_the_same_resource(
    module: AIBridgeProxyModule, planned: Terraform, terraform: MakeTerraform
) -> None:
    hcl = terraform({"cdk.tf": module.to_hcl_terraform()["hcl"]})
    hcl.validate()
    as_hcl, as_json = (made.plan(variables=INPUTS).json["planned_values"] for made in (hcl, planned))
    assert as_hcl == as_json


def test_as_hcl_the_variables_check_themselves_too(module: AIBridgeProxyModule, terraform: MakeTerraform) -> None:
    hcl = terraform({"cdk.tf": module.to_hcl_terraform()["hcl"]})
    with pytest.raises(TerraformError, match="proxy_url must start with http"):
        hcl.plan(variables=INPUTS | {"proxy_url": "aiproxy.example.com"})


def test_as_hcl_the_lower_bound_on_terraform_is_lost_to_a_fault_of_the_engine(module: AIBridgeProxyModule) -> None:
    assert "required_version" not in module.to_hcl_terraform()["hcl"]
