"""The way through a proxy, which a proxy makes and everything behind it takes."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from aibridge_construct import AIBridgeProxy, InvalidValueError
from aibridge_construct._engine import resolve
from aibridge_construct.environment import Runtime
from aibridge_construct.route import Route
from aibridge_construct.shell.render import Expression

URL = "https://aiproxy.example.com"


def test_a_proxy_makes_one_and_everything_behind_it_finds_it(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, sync_unit="mine", display_name="Setup")
    route = Route.of(proxy)
    assert (route.agent_id, route.sync_unit, route.setup_name) == ("a1", "mine", "Setup")
    assert route.auth_url == resolve(stack, proxy.proxy_auth_url)
    assert route.is_prebuild == Expression("data.coder_workspace.me.is_prebuild")


@pytest.mark.parametrize("given", [URL, None, object()])
def test_what_makes_none_is_refused(given: object) -> None:
    with pytest.raises(InvalidValueError, match="proxy must be an AIBridgeProxy of this stack"):
        Route.of(given)


def test_another_construct_makes_none(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="proxy must be an AIBridgeProxy of this stack"):
        Route.of(stack)


def test_the_bundle_is_made_when_the_first_process_wants_it(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    route = Route.of(proxy)
    assert "NODE_EXTRA_CA_CERTS" in route.variables([Runtime.NODE])
    assert not route.bundle_wanted
    assert route.variables([Runtime.CURL])["CURL_CA_BUNDLE"] == f"{proxy.cert_path}.bundle"
    assert route.bundle_wanted


def test_every_public_name_of_a_proxy_is_for_users() -> None:
    own = {name for name in vars(AIBridgeProxy) if not name.startswith("_")}
    assert own == {
        "add_outputs",
        "agent_id",
        "bundle_path",
        "cert_path",
        "environment",
        "fqn",
        "from_variables",
        "proxy_auth_url",
        "script",
        "script_address",
        "sync_unit",
    }
