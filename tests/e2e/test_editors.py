"""VS Code's extension host in a workspace, and Copilot in it: how it reaches the provider through the proxy.

``@vscode/proxy-agent``, which VS Code asks the network with, set up as VS Code sets it up in a workspace.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, EditorSettings
from aibridge_construct.testing import AgentScripts, Mirror, Terraform, workspace_environment

from .http_clients import FETCH, SCRIPTS
from .namespace import SYSTEM_ROOTS, in_namespace, why_not
from .world import ORDINARY_URL, PROVIDER_URL, TOKEN, World, clean_environment, run

SETTINGS = ".vscode-server/data/Machine/settings.json"

Ask = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def scripts(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The script that adds the settings, with the proxy among them or without."""
    directory = tmp_path_factory.mktemp("editors")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="http://127.0.0.1:1")
    made = {
        "without": EditorSettings(stack, "without", proxy=proxy, editors=["vscode"], sync_unit="one"),
        "with": EditorSettings(
            stack, "with", proxy=proxy, editors=["code-server"], sync_unit="two", proxy_settings=True
        ),
    }
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    plan = terraform.plan()
    return {name: plan.resource(one.script.address)["script"] for name, one in made.items()}


@pytest.fixture
def ask(world: World, coder_scripts: AgentScripts, scripts: dict[str, str]) -> Ask:
    """Ask for a URL as VS Code's extension host does, after the script ran or not."""

    def ask(url: str = PROVIDER_URL, *, script: str | None = None, trusted: bool = False, **variables: str) -> object:
        if reason := why_not():
            pytest.skip(reason)
        if script is not None:
            text = scripts[script].replace("http://127.0.0.1:1", world.proxy.url("plain"))
            ended = coder_scripts.run(text)
            assert (ended.status, ended.stderr) == (0, "")
        (file,) = [*coder_scripts.home.rglob("settings.json")] or [coder_scripts.home / SETTINGS]
        environment = clean_environment(coder_scripts.home, EDITOR_SETTINGS=str(file), **variables)
        roots = world.bundle if trusted else world.system_roots
        command = in_namespace([FETCH.program or "node", str(SCRIPTS / "editor.cjs"), url], {SYSTEM_ROOTS: roots})
        result = run(command, environment)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return ask  # type: ignore[return-value]


def as_a_tool(world: World) -> dict[str, str]:
    """What a tool's process has, code-server started by one too."""
    return {
        "HTTPS_PROXY": world.proxy_url("plain"),
        "https_proxy": world.proxy_url("plain"),
        "SSL_CERT_FILE": str(world.bundle),
        "NODE_EXTRA_CA_CERTS": str(world.certificate),
    }


def test_without_the_settings_an_editor_s_own_fetch_refuses_the_proxy(world: World, ask: Ask) -> None:
    answer = ask(**as_a_tool(world))
    assert answer["https"] == "yes"
    assert "UNABLE_TO" in answer["fetch"] or "SELF_SIGNED" in answer["fetch"]


def test_with_them_an_editor_that_has_the_variables_reaches_the_provider_both_ways(world: World, ask: Ask) -> None:
    assert ask(script="without", **as_a_tool(world)) == {"https": "yes", "fetch": "yes"}
    assert {connect.password for connect in world.proxy.connects} == {TOKEN}
    assert len(world.proxy.intercepted) == 2


def test_other_sites_are_reached_through_the_tunnel(world: World, ask: Ask) -> None:
    assert ask(ORDINARY_URL, script="without", **as_a_tool(world)) == {"https": "yes", "fetch": "yes"}
    assert len(world.proxy.tunnelled) == 2


def test_a_proxy_of_the_user_s_own_machine_does_not_win_over_the_workspace(world: World, ask: Ask) -> None:
    own = {"LOCAL_HTTP_PROXY": "http://127.0.0.1:9"}
    assert "PROXY 127.0.0.1:9" in ask(**as_a_tool(world), **own)["https"]
    assert ask(script="without", **as_a_tool(world), **own) == {"https": "yes", "fetch": "yes"}


def test_an_editor_without_the_variables_goes_by_its_settings_and_asks_for_the_token(world: World, ask: Ask) -> None:
    answer = ask(script="with", trusted=True, ANSWER=f"coder:{TOKEN}")
    assert answer == {"https": "yes", "fetch": "yes"}
    assert [connect.password for connect in world.proxy.connects if connect.accepted] == [TOKEN, TOKEN]
