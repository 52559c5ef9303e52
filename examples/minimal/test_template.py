"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import TemplateUnderTest, TerraformError, Workspace
from aibridge_construct.testing.wiring import wiring


@pytest.fixture(scope="module")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888"}


def test_the_template(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert coder_template == terraform_snapshot


def test_what_refers_to_what(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(coder_template) == terraform_snapshot


def test_coder_can_import_it(coder_template: TemplateUnderTest) -> None:
    assert coder_template.plans.keys() == {"start", "stop"}


def test_a_workspace_prepares_its_agent_on_start(coder_workspace: Workspace) -> None:
    built = coder_workspace.start()
    (setup,) = (resource for address, resource in built.resources.items() if address.startswith("coder_script."))
    assert setup["run_on_start"] is True
    assert setup["agent_id"] == built.resources["coder_agent.main"]["id"]
    assert "@aiproxy.example.com:8888" in setup["script"]


def test_a_proxy_url_that_is_none_is_refused_at_import(coder_template: TemplateUnderTest) -> None:
    with pytest.raises(TerraformError, match="proxy_url must start with http:// or https://"):
        coder_template.imported({"proxy_url": "aiproxy.example.com"})
