"""Fixtures of the shell room: the setup script as real Terraform renders it, and certificates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from cdktf import App, Testing

from aibridge_construct import AIBridgeProxyModule
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment

from .workspace import TOKEN, assigned

Render = Callable[..., str]


@pytest.fixture(scope="session")
def rendered(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of the drop-in module, planned by real Terraform."""
    directory: Path = tmp_path_factory.mktemp("rendered")
    stack = AIBridgeProxyModule(App(outdir=str(directory / "out")), "aibridge-proxy")
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    plan = terraform.plan(variables={"agent_id": "a1", "proxy_url": "https://aiproxy.example.com:8888"})
    script: str = plan.resource("coder_script.aibridge_proxy_setup")["script"]
    return script


@pytest.fixture(scope="session")
def render(rendered: str) -> Render:
    """The same with other values, without one Terraform run for each: ``render(CERT_PATH="/x", DEADLINE=3)``."""

    def render(**values: object) -> str:
        return assigned(rendered, {name: str(value) for name, value in values.items()})

    return render


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A throw-away CA."""
    return trustme.CA()


@pytest.fixture(scope="session")
def pem(authority: trustme.CA) -> bytes:
    """Its certificate: what a well-behaved deployment serves."""
    return authority.cert_pem.bytes()
