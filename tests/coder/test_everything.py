"""All types under real Terraform: as JSON and as HCL, which plan the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack

from aibridge_construct.testing.terraform import Plan
from tests.coder.everything import RESOURCES, SECRETS, declare_everything
from tests.conftest import MakeTerraform

ROOT = Path(__file__).parents[2]

SYNTH = """
import sys
from cdktf import App, TerraformStack
from tests.coder.everything import declare_everything
app = App(outdir=sys.argv[1])
declare_everything(TerraformStack(app, "stack"))
app.synth()
"""


@pytest.fixture
def hcl(tmp_path: Path) -> str:
    """Everything as ``cdktf synth --hcl`` writes it. The engine reads the variable when it starts."""
    env = os.environ | {"SYNTH_HCL_OUTPUT": "true", "PYTHONPATH": str(ROOT)}
    out = tmp_path / "hcl"
    subprocess.run([sys.executable, "-c", SYNTH, str(out)], env=env, check=True, cwd=tmp_path)
    return (out / "stacks/stack/cdk.tf").read_text()


def comparable(plan: Plan) -> dict[str, Any]:
    return {name: plan.json[name] for name in ("planned_values", "resource_changes", "prior_state")}


def without_ids(value: Any) -> Any:
    """Data sources make up a new id whenever they are read."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def test_everything_plans_and_applies_and_then_nothing_is_left_to_do(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    declare_everything(stack)
    made = terraform(stack, env=SECRETS)
    plan = made.plan()
    assert plan.actions == {address: ["create"] for address in RESOURCES}
    agent = plan.resource("coder_agent.main")
    assert agent["startup_script"] == '#!/bin/sh\nprintf "%s\\n" "${HOME}" \\\n  done\n'
    assert agent["env"] == {"REGION": "eu", "QUOTED": 'a "b" \\c'}
    assert plan.resource("coder_env.path")["value"] == "/opt/4"
    made.apply(plan)
    assert made.plan().actions == {}


def test_hcl_plans_the_same_to_the_last_character(stack: TerraformStack, terraform: MakeTerraform, hcl: str) -> None:
    declare_everything(stack)
    native = terraform({"cdk.tf": hcl}, env=SECRETS)
    assert native.validate() == []
    ours, theirs = (without_ids(comparable(made.plan())) for made in (terraform(stack, env=SECRETS), native))
    assert json.dumps(ours, sort_keys=True, indent=1) == json.dumps(theirs, sort_keys=True, indent=1)


def test_scripts_stay_readable_in_hcl(hcl: str) -> None:
    assert 'startup_script = <<EOF\n#!/bin/sh\nprintf "%s\\n" "$${HOME}" \\\n  done\nEOF\n' in hcl
