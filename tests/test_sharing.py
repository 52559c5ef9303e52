"""What tests share of Terraform's work is what each would have by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, CoderProvider, ProxiedTool
from aibridge_construct.testing import Mirror, Terraform, TerraformError, workspace_environment
from tests.sharing import Inits, planned

ENV = workspace_environment()


def test_a_plan_that_is_shared_is_that_of_ones_own_configuration(
    stack: TerraformStack, mirror: Mirror, tmp_path: Path
) -> None:
    CoderProvider(stack, "coder")
    place = tmp_path / "own"
    proxy = AIBridgeProxy(
        stack, "aibridge", agent_id="a1", proxy_url="https://a.example.com:1", cert_path=f"{place}/it's/ca.pem"
    )
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["cat", str(place)], working_directory=str(place))
    text = Testing.synth(stack, True)
    (tmp_path / "cdk.tf.json").write_text(text)
    terraform = Terraform(tmp_path, env=ENV, mirror=mirror)
    terraform.init()
    own = terraform.plan()

    elsewhere = text.replace(str(place), "/another/place")
    assert "/another/place" in planned(elsewhere, Path("/another/place"), env=ENV, mirror=mirror).json.__repr__()
    shared = planned(text, place, env=ENV, mirror=mirror)
    assert shared.resource(tool.script.address) == own.resource(tool.script.address)
    assert _in_order(shared.json) == _in_order(own.json)


def _in_order(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan without its moment, and with what Terraform puts in any order in one."""
    relevant = sorted(plan["relevant_attributes"], key=json.dumps)
    return {**plan, "timestamp": "", "relevant_attributes": relevant}


@pytest.mark.parametrize("wanted", ["coder", "absent"])
def test_an_init_that_is_shared_has_what_one_of_its_own_has(mirror: Mirror, tmp_path: Path, wanted: str) -> None:
    header = f'terraform {{\n  required_providers {{\n    it = {{ source = "coder/{wanted}" }}\n  }}\n}}\n'
    inits = Inits(tmp_path)

    def made(name: str, body: str) -> Terraform:
        directory = tmp_path / name
        directory.mkdir()
        (directory / "main.tf").write_text(header + body)
        terraform = Terraform(directory, env=ENV, mirror=mirror, isolated=True)
        inits.initialize(terraform, header + body)
        return terraform

    if wanted == "absent":
        with pytest.raises(TerraformError, match="coder/absent"):
            made("first", "")
        return
    first, second = made("first", ""), made("second", 'data "it_workspace" "me" {\n  provider = it\n}\n')
    lock = ".terraform.lock.hcl"
    assert (first.directory / lock).read_text() == (second.directory / lock).read_text()
    with pytest.raises(TerraformError, match="it_workspace"):  # the provider is asked, and has no such thing
        second.plan()
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/main.tf").write_text("")
    assert made("third", 'module "inner" {\n  source = "../inner"\n}\n').plan().actions == {}
