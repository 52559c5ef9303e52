"""A prebuilt workspace: its scripts run before the claim, and again after it, as Coder does it."""

from __future__ import annotations

import shutil

import pytest
from cdktf import App

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate, ProxiedTool
from aibridge_construct.testing import AgentScripts, CoderCli, wait_until
from aibridge_construct.testing.build import Build, Workspace, pack
from aibridge_construct.testing.mirror import Mirror

from .bridge_proxy import Connect
from .world import PROVIDER_HOST, PROVIDER_URL, TOKEN, World

TOOLS = {
    "failing": {},
    "direct": {"on_unavailable": "direct"},
    "serving": {"background": True},
    "serving-direct": {"background": True, "on_unavailable": "direct"},
}


@pytest.fixture(scope="module")
def archive(running_world: World, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A template with every kind of tool."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    directory = tmp_path_factory.mktemp("prebuild")
    app = App(outdir=str(directory / "cdktf.out"))
    template = CoderTemplate(app, "prebuild", readme="# Prebuild\n")
    agent = CoderAgent(template, "main", os="linux", arch="amd64")
    proxy = AIBridgeProxy(
        template,
        "aibridge",
        agent_id=agent.id,
        proxy_url=running_world.proxy.url("plain"),
        cert_path=str(directory / "certificates" / "ca.pem"),
        launcher=True,
    )
    for name, arguments in TOOLS.items():
        command = ["curl", "-sS", PROVIDER_URL]
        ProxiedTool(template, name, proxy=proxy, command=command, runtimes=["curl"], wait_seconds=1, **arguments)  # type: ignore[arg-type]
    app.synth()
    return pack(directory / "cdktf.out/stacks/prebuild")


def scripts_of(build: Build) -> dict[str, str]:
    """Display name to text."""
    states = [values for address, values in build.resources.items() if address.startswith("coder_script.")]
    return {values["display_name"]: values["script"] for values in states}


def test_before_the_claim_every_script_does_well_and_after_it_the_tools_are_governed(
    archive: bytes, world: World, mirror: Mirror, coder_scripts: AgentScripts
) -> None:
    environment = {"CODER_AGENT_URL": world.deployment.access_url}
    workspace = Workspace.prebuilt(archive, mirror=mirror, environment=environment)
    waiting = scripts_of(workspace.start())
    with CoderCli() as coder:
        agent = coder_scripts.another(path=coder.path())
        # Tools first, so that none finds a setup that has ended.
        names = [*TOOLS, "AI Bridge Proxy Setup"]
        running = {name: agent.start(waiting[name], name=name) for name in names}
        for name, script in running.items():
            ended = script.finish(20)
            assert (ended.status, ended.stderr, ended.outcome) == (0, "", "ok"), name
            assert "This is a prebuilt workspace without an owner: " in ended.stdout
        assert {coder.units.status(unit) for unit in coder.units.names()} == {"completed"}
        assert len(coder.units.names()) == len(names)
        run = agent.terminal("aibridge-run", "curl", "-sS", PROVIDER_URL)
        assert (run.status, run.stdout) == (1, "")
        assert "this is a prebuilt workspace without an owner" in run.stderr
    assert world.proxy.connects == []
    assert world.deployment.requests == []

    claimed = scripts_of(workspace.claim(token=TOKEN))
    assert not set(claimed.values()) & set(waiting.values())
    with CoderCli() as coder:
        agent = coder_scripts.another(path=coder.path(), system=world.on_system)
        for name in reversed(names):
            assert agent.run(claimed[name], name=name).status == 0, name
        wait_until(lambda: len(world.proxy.connects) == len(TOOLS))
        assert set(world.proxy.connects) == {Connect("plain", PROVIDER_HOST, 443, "coder", TOKEN, accepted=True)}
        assert {coder.units.status(unit) for unit in coder.units.names()} == {"completed"}
        assert "provider" in agent.terminal("aibridge-run", "curl", "-sS", PROVIDER_URL).stdout


def test_a_workspace_that_has_a_token_runs_its_tools_though_it_is_called_prebuilt(
    archive: bytes, world: World, mirror: Mirror
) -> None:
    """The same question as the setup's: what keeps a tool from running is that there is no token."""
    workspace = Workspace.prebuilt(archive, mirror=mirror, token=TOKEN)
    assert "aibridge_before_claim='false'" in scripts_of(workspace.start())["failing"]
