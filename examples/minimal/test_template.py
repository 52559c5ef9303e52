"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import (
    TerraformError,
    TerraformSnapshotExtension,
    Workspace,
    import_template,
    pack,
    readable,
)
from aibridge_construct.testing.wiring import wiring

HERE = Path(__file__).parent
VARIABLES = {"proxy_url": "https://aiproxy.example.com:8888"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory to push, written by the command in cdktf.json."""
    out = tmp_path_factory.mktemp("cdktf.out")
    subprocess.run([sys.executable, "main.py"], cwd=HERE, env={**os.environ, "CDKTF_OUTDIR": str(out)}, check=True)
    return out / "stacks" / "minimal"


def test_the_template(template: Path, snapshot: SnapshotAssertion) -> None:
    content = (template / "cdk.tf.json").read_text()
    assert readable(content) == snapshot(extension_class=TerraformSnapshotExtension)


def test_what_refers_to_what(template: Path, snapshot: SnapshotAssertion) -> None:
    content = (template / "cdk.tf.json").read_text()
    assert wiring(content) == snapshot(extension_class=TerraformSnapshotExtension)


def test_coder_can_import_it(template: Path) -> None:
    import_template(pack(template), variables=VARIABLES)


def test_a_workspace_prepares_its_agent_on_start(template: Path) -> None:
    built = Workspace(pack(template), variables=VARIABLES).start()
    (setup,) = (resource for address, resource in built.resources.items() if address.startswith("coder_script."))
    assert setup["run_on_start"] is True
    assert setup["agent_id"] == built.resources["coder_agent.main"]["id"]
    assert "@aiproxy.example.com:8888" in setup["script"]


def test_a_proxy_url_that_is_none_is_refused_at_import(template: Path) -> None:
    with pytest.raises(TerraformError, match="proxy_url must start with http:// or https://"):
        import_template(pack(template), variables={"proxy_url": "aiproxy.example.com"})
