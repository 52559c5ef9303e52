"""What the template synthesizes to, and what Coder builds from it with the real Terraform."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from aibridge_construct.testing import Build, TemplateUnderTest
from aibridge_construct.testing.wiring import wiring


@pytest.fixture(scope="module")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888"}


TOKEN = "token-of-ada"
AUTH_URL = f"https://coder:{TOKEN}@aiproxy.example.com:8888"
TOOLS = ("AI provider check", "Morning summary", "Reviewer")


@pytest.fixture(scope="module")
def build(coder_template: TemplateUnderTest) -> Build:
    """The first start of a workspace."""
    return coder_template.workspace(token=TOKEN).start()


def scripts(build: Build) -> dict[str, dict[str, str]]:
    """The scripts of the agent by what the dashboard calls them."""
    return {
        values["display_name"]: values
        for address, values in build.resources.items()
        if address.startswith("coder_script.")
    }


def test_the_template(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert coder_template == terraform_snapshot


def test_what_refers_to_what(coder_template: TemplateUnderTest, terraform_snapshot: SnapshotAssertion) -> None:
    assert wiring(coder_template) == terraform_snapshot


def test_coder_can_import_it(coder_template: TemplateUnderTest) -> None:
    assert coder_template.plans.keys() == {"start", "stop"}


def test_the_agent_runs_the_setup_each_tool_and_copilot(build: Build) -> None:
    assert sorted(scripts(build)) == sorted(["AI Bridge Proxy Setup", "Copilot", *TOOLS])
    assert {script["agent_id"] for script in scripts(build).values()} == {build.resources["coder_agent.main"]["id"]}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_goes_through_the_proxy_as_the_workspaces_owner(build: Build, tool: str) -> None:
    assert f"HTTPS_PROXY='{AUTH_URL}'" in scripts(build)[tool]["script"]


def test_copilot_goes_through_the_proxy_too(build: Build) -> None:
    assert f"{AUTH_URL} /tmp/aibridge-proxy/ca-cert.pem" in scripts(build)["Copilot"]["script"]


def test_the_reviewer_starts_after_the_check(build: Build) -> None:
    assert "aibridge_unit='aibridge-tool-check'" in scripts(build)["AI provider check"]["script"]
    assert "aibridge_wants='aibridge-proxy-setup aibridge-tool-check'" in scripts(build)["Reviewer"]["script"]


def test_the_token_is_in_no_plan_that_people_see(build: Build) -> None:
    assert TOKEN not in build.plan_text


def test_nothing_is_set_for_the_workspace_as_a_whole(build: Build) -> None:
    assert not any(address.startswith("coder_env.") for address in build.resources)
    assert build.resources["coder_agent.main"]["env"] is None
