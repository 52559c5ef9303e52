"""The module written by hand in HCL, which the drop-in module is measured against, is itself what it claims to be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aibridge_construct.testing import Mirror, Terraform, TerraformError, workspace_environment

HCL_MODULE = Path(__file__).parent / "hcl_module"
INPUTS = {"agent_id": "a1", "proxy_url": "https://aiproxy.example.com:8888"}


@pytest.fixture
def module(mirror: Mirror, tmp_path: Path) -> Terraform:
    """Terraform on a copy of the module."""
    directory = tmp_path / "hcl_module"
    shutil.copytree(HCL_MODULE, directory)
    terraform = Terraform(directory, mirror=mirror, env=workspace_environment(token="t0ken"))
    terraform.init()
    return terraform


def test_it_plans_one_script_and_hides_the_token(module: Terraform) -> None:
    plan = module.plan(variables=INPUTS)

    assert plan.actions == {"coder_script.aibridge_proxy_setup": ["create"]}
    assert plan.outputs == {
        "proxy_auth_url": "https://coder:t0ken@aiproxy.example.com:8888",
        "cert_path": "/tmp/aibridge-proxy/ca-cert.pem",
    }
    assert "t0ken" not in plan.text


@pytest.mark.parametrize(("name", "value"), [("proxy_url", "aiproxy.example.com"), ("cert_path", "ca-cert.pem")])
def test_it_refuses_what_cannot_work(module: Terraform, name: str, value: str) -> None:
    with pytest.raises(TerraformError, match=name):
        module.plan(variables=INPUTS | {name: value})
