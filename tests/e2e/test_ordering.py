"""The order of a workspace's start with a real startup coordination, and without one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aibridge_construct import Copilot, declare_unit
from aibridge_construct.testing import SHELLS, AgentScripts, CoderCli, Ended, wait_until
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.modules import COPILOT as COPILOT_MODULE

from .sites import Response
from .template import Template
from .world import World

OK = Ended(0, "ran\n", "")
PROXY = "aibridge-proxy-setup"
TOOL = "aibridge-tool-tool"

# What the registry's copilot module runs for the order of its start; the rest of its script needs GitHub.
COPILOT = """#!/bin/sh
coder exp sync want copilot-aibridge aibridge-proxy-setup
coder exp sync start copilot-aibridge
echo copilot
coder exp sync complete copilot-aibridge
"""


@pytest.fixture
def coder() -> Iterator[CoderCli]:
    with CoderCli() as running:
        yield running


@pytest.fixture(params=["dash", "bash", "busybox"])
def shell(request: pytest.FixtureRequest) -> Path:
    """The shell under test."""
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    return Path(found)


@pytest.fixture
def runner(coder: CoderCli, coder_scripts: AgentScripts) -> AgentScripts:
    return coder_scripts.another(path=coder.path())


@pytest.fixture
def template(world: World, mirror: Mirror, tmp_path: Path) -> Template:
    return Template(tmp_path / "template", world, mirror, setup_timeout=20)


def waits(coder: CoderCli, unit: str) -> Callable[[], bool]:
    """Whether ``coder exp sync start`` of the unit has found its dependencies open."""
    return lambda: ("ready", unit) in coder.calls


def test_a_tool_that_starts_first_waits_for_the_proxy(
    coder: CoderCli, template: Template, shell: Path, coder_scripts: AgentScripts
) -> None:
    runner = coder_scripts.another(path=coder.path("/usr/bin", "/bin"), sh=shell)
    text = template.script(template.tool("tool", ["echo", "ran"]))
    tool = runner.start(text)
    tool.wait_for(waits(coder, TOOL))
    setup = runner.run(template.setup)
    assert (setup.status, setup.stderr) == (0, "")
    assert tool.finish() == OK
    assert coder.history == [
        f"want {TOOL} {PROXY}",
        f"start {PROXY}",
        f"complete {PROXY}",
        f"start {TOOL}",
        f"complete {TOOL}",
    ]


def test_when_the_proxy_s_setup_fails_a_tool_fails_at_once(
    world: World, coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    world.deployment.licensed = False
    text = template.script(template.tool("tool", ["echo", "ran"], wait_seconds=3600))
    tool = runner.start(text)
    tool.wait_for(waits(coder, TOOL))
    assert runner.run(template.setup).status == 1
    assert tool.finish(10) == Ended(
        1,
        "",
        f"ERROR: the AI Bridge Proxy CA certificate is not at {template.proxy.cert_path}, so tool was not started: "
        "look at the output of the script 'AI Bridge Proxy Setup' in the startup logs of the workspace.\n",
    )
    assert coder.history[-1] == f"complete {TOOL}"


def test_when_the_proxy_s_setup_fails_a_tool_may_go_directly(
    world: World, coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    world.deployment.proxy_on = False
    text = template.script(template.tool("tool", "env; echo ran", on_unavailable="direct"))
    tool = runner.start(text)
    tool.wait_for(waits(coder, TOOL))
    assert runner.run(template.setup).status == 1
    result = tool.finish(10)
    assert result.status == 0
    assert result.stdout.endswith("ran\n")
    assert "_proxy=" not in result.stdout.lower()
    assert "tool runs WITHOUT the AI Bridge Proxy, its traffic is not governed" in result.stderr
    assert coder.history[-2:] == [f"start {TOOL}", f"complete {TOOL}"]


def test_a_tool_waits_for_a_proxy_that_takes_ten_seconds(
    world: World, coder: CoderCli, mirror: Mirror, runner: AgentScripts, tmp_path: Path
) -> None:
    world.deployment.delay_seconds = 10
    template = Template(tmp_path / "template", world, mirror)
    # Not for the certificate: the coordination says when it is there.
    text = template.script(template.tool("tool", ["echo", "ran"], wait_seconds=1))
    tool = runner.start(text)
    begun = time.monotonic()
    assert runner.run(template.setup).status == 0
    assert time.monotonic() - begun >= 10
    assert tool.finish() == OK


def test_a_tool_waits_while_the_proxy_s_setup_asks_again(
    world: World, coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    world.deployment.override = Response(503, b"starting")
    text = template.script(template.tool("tool", ["echo", "ran"]))
    tool, setup = runner.start(text), runner.start(template.setup)
    # Two: the first has had its answer.
    setup.wait_for(lambda: len(world.deployment.requests) > 1)
    assert tool.poll() is None
    world.deployment.override = None
    said = setup.finish()
    assert (said.status, "HTTP 503" in said.stdout) == (0, True)
    assert tool.finish() == OK


def test_a_tool_waits_for_the_tools_and_the_units_that_it_names(
    coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    declare_unit(template.stack, "clone", agent_id=template.proxy.agent_id)
    log = runner.home / "log"
    first = template.tool("first", f"sleep 0.3; echo first >>{log}; exit 3")
    second = template.tool("second", f"echo second >>{log}", after=[first, "clone"])
    waiting = runner.start(template.script(second))
    waiting.wait_for(waits(coder, second.sync_unit))
    assert runner.run(template.setup).status == 0
    assert runner.run(template.script(first)).status == 3
    assert waiting.poll() is None
    assert runner.run("coder exp sync start clone && coder exp sync complete clone").status == 0
    assert waiting.finish().status == 0
    assert log.read_text() == "first\nsecond\n"


def test_a_tool_in_the_background_lets_others_go_on_when_it_has_started(
    coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    server = template.tool("server", "read x <gate; echo ended", background=True)
    client = template.tool("client", ["echo", "ran"], after=[server])
    subprocess.run(["mkfifo", str(runner.home / "gate")], check=True)
    assert runner.run(template.setup).status == 0
    assert runner.run(template.script(server), seconds=5).status == 0
    assert runner.run(template.script(client)) == OK
    log = runner.data(template.script(server)) / f"{server.sync_unit}.log"
    assert log.read_text() == ""
    (runner.home / "gate").write_text("go\n")
    wait_until(lambda: log.read_text() == "ended\n", seconds=10)


def test_copilot_waits_for_the_proxy_and_a_tool_may_wait_for_copilot(
    world: World, coder: CoderCli, mirror: Mirror, runner: AgentScripts, tmp_path: Path
) -> None:
    template = Template(tmp_path / "template", world, replace(mirror, modules=(COPILOT_MODULE,)))
    copilot = Copilot(template.stack, "copilot", agent_id=template.proxy.agent_id, workdir="/w", proxy=template.proxy)
    tool = template.tool("tool", ["echo", "ran"], after=[copilot])
    last, module = runner.start(template.script(tool)), runner.start(COPILOT)
    last.wait_for(waits(coder, TOOL))
    module.wait_for(waits(coder, copilot.sync_unit))
    assert runner.run(template.setup).status == 0
    assert module.finish().status == 0
    assert last.finish() == OK
    order = [word for word in coder.history if word.startswith("start")]
    assert order == [f"start {PROXY}", "start copilot-aibridge", f"start {TOOL}"]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_tool_that_is_stopped_completes_its_unit(
    coder: CoderCli, template: Template, runner: AgentScripts, signum: signal.Signals
) -> None:
    ready = runner.home / "ready"
    tool = template.tool("tool", f"echo x >{ready}; exec sleep 60")
    after = template.tool("after", ["echo", "ran"], after=[tool])
    assert runner.run(template.setup).status == 0
    running, waiting = runner.start(template.script(tool)), runner.start(template.script(after))
    running.wait_for(ready.exists)
    running.send_signal(signum)
    assert running.finish(10).status == 128 + (15 if signum == signal.SIGTERM else signum)
    assert waiting.finish() == OK
    assert f"complete {TOOL}" in coder.history


def test_a_setup_that_is_stopped_lets_the_tools_go_on_at_once(
    world: World, coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    world.deployment.delay_seconds = 3
    text = template.script(template.tool("tool", ["echo", "ran"], wait_seconds=3600))
    tool, setup = runner.start(text), runner.start(template.setup)
    setup.wait_for(lambda: len(world.deployment.requests) > 0)
    setup.wait_for(lambda: f"start {PROXY}" in coder.history)
    setup.send_signal(signal.SIGINT)
    assert setup.finish().status == 130
    assert tool.finish(10).status == 1


def test_a_tool_that_is_stopped_while_it_waits_starts_nothing(
    coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    text = template.script(template.tool("tool", ["echo", "ran"]))
    tool = runner.start(text)
    tool.wait_for(waits(coder, TOOL))
    tool.send_signal(signal.SIGINT)
    result = tool.finish(10)
    assert (result.status, result.stdout) == (130, "")
    assert result.stderr.startswith("ERROR: stopped by SIGTERM before it was done")
    assert runner.run(template.setup).status == 0
    # Nobody is left who would start the unit.
    time.sleep(10 * coder.poll_seconds)
    assert coder.units.status(TOOL) == "pending"


@pytest.mark.parametrize("missing", ["socket", "coder"])
def test_without_coordination_a_tool_waits_for_the_certificate(
    template: Template, coder_scripts: AgentScripts, missing: str
) -> None:
    with CoderCli(socket_enabled=False) as coder:
        path = coder.path() if missing == "socket" else "/usr/local/bin:/usr/bin:/bin"
        runner = coder_scripts.another(path=path)
        tool = runner.start(template.script(template.tool("tool", ["echo", "ran"], wait_seconds=20)))
        with pytest.raises(subprocess.TimeoutExpired):
            tool.wait(1)
        assert runner.run(template.setup).status == 0
        assert tool.finish() == OK


def test_without_coordination_and_certificate_a_tool_gives_up_after_wait_seconds(
    template: Template, coder_scripts: AgentScripts
) -> None:
    with CoderCli(socket_enabled=False) as coder:
        runner = coder_scripts.another(path=coder.path())
        text = template.script(template.tool("tool", ["echo", "ran"], wait_seconds=1))
        result = runner.run(text, seconds=10)
        assert (result.status, result.stdout) == (1, "")
        assert "ERROR: the AI Bridge Proxy CA certificate is not at" in result.stderr


def test_a_coder_command_that_hangs_does_not_keep_a_tool_from_running(
    coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    text = template.script(template.tool("tool", ["echo", "ran"]))
    assert runner.run(template.setup).status == 0
    coder.freeze()
    assert runner.run(text, seconds=20) == OK


# ---- a script that runs again ------------------------------------------------------------------------------

GATED = "echo x >>runs; [ -e go ] || read x <gate; exit 3"


def gated(template: Template, runner: AgentScripts, **arguments: Any) -> str:
    """A tool that works until something is written to its gate."""
    os.mkfifo(runner.home / "gate")
    return template.script(template.tool("tool", GATED, **arguments))


def runs(runner: AgentScripts) -> int:
    log = runner.home / "runs"
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture(params=SHELLS)
def workspace(request: pytest.FixtureRequest, coder: CoderCli, coder_scripts: AgentScripts) -> AgentScripts:
    """A workspace whose ``sh`` is the shell under test."""
    try:
        return coder_scripts.another(path=coder.path("/usr/bin", "/bin"), sh=request.param)
    except LookupError as missing:
        pytest.skip(str(missing))


def test_a_second_run_of_a_tool_runs_it_and_releases_nobody_while_the_first_works(
    coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    text = gated(template, workspace)
    assert workspace.run(template.setup).status == 0
    first = workspace.start(text)
    first.wait_for(lambda: runs(workspace) == 1)
    (workspace.home / "go").touch()
    assert workspace.run(text).status == 3
    assert runs(workspace) == 2
    assert coder.units.status(TOOL) == "started"
    (workspace.home / "gate").write_text("go\n")
    assert first.finish().status == 3
    assert coder.units.status(TOOL) == "completed"
    assert [event for event in coder.history if event.startswith(("start", "complete")) and TOOL in event] == [
        f"start {TOOL}",
        f"complete {TOOL}",
    ]


def test_a_run_of_a_tool_after_its_unit_is_complete_leaves_it_so(
    coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    text = template.script(template.tool("tool", ["echo", "ran"]))
    assert workspace.run(template.setup).status == 0
    assert workspace.run(text) == OK
    before = [event for event in coder.history if not event.startswith("want")]
    assert workspace.run(text) == OK
    assert [event for event in coder.history if not event.startswith("want")] == before
    assert coder.units.status(TOOL) == "completed"


def test_a_unit_that_was_completed_by_hand_is_left_so(
    coder: CoderCli, template: Template, runner: AgentScripts
) -> None:
    text = template.script(template.tool("tool", ["echo", "ran"]))
    assert runner.run(template.setup).status == 0
    coder.units.start(TOOL)
    coder.units.complete(TOOL)
    assert runner.run(text) == OK
    assert coder.history.count(f"start {TOOL}") == coder.history.count(f"complete {TOOL}") == 1


def test_a_run_of_a_tool_after_one_that_was_killed_works_and_completes_the_unit(
    coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    text = gated(template, workspace)
    assert workspace.run(template.setup).status == 0
    first = workspace.start(text)
    first.wait_for(lambda: runs(workspace) == 1)
    first.kill()
    assert coder.units.status(TOOL) == "started"
    (workspace.home / "go").touch()
    assert workspace.run(text).status == 3
    assert runs(workspace) == 2
    assert coder.units.status(TOOL) == "completed"
    assert coder.history.count(f"start {TOOL}") == 1


def test_a_second_run_of_the_setup_releases_nobody_while_the_first_works(
    world: World, coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    world.deployment.override = Response(503, b"starting")
    first = workspace.start(template.setup)
    first.wait_for(lambda: f"start {PROXY}" in coder.history)
    second = workspace.start(template.setup)
    second.wait_for("next attempt")
    second.send_signal(signal.SIGTERM)
    assert second.finish().status == 143
    assert coder.units.status(PROXY) == "started"
    world.deployment.override = None
    assert first.finish().status == 0
    assert coder.history == [f"start {PROXY}", f"complete {PROXY}"]


def test_a_run_of_the_setup_after_its_unit_is_complete_leaves_it_so(
    coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    assert workspace.run(template.setup).status == 0
    assert workspace.run(template.setup).status == 0
    assert coder.history == [f"start {PROXY}", f"complete {PROXY}"]


def test_a_run_of_the_setup_after_one_that_was_killed_completes_the_unit(
    world: World, coder: CoderCli, template: Template, workspace: AgentScripts
) -> None:
    world.deployment.override = Response(503, b"starting")
    first = workspace.start(template.setup)
    first.wait_for(lambda: f"start {PROXY}" in coder.history)
    first.kill()
    world.deployment.override = None
    assert workspace.run(template.setup).status == 0
    assert coder.history == [f"start {PROXY}", f"complete {PROXY}"]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM], ids=lambda number: number.name)
def test_a_setup_whose_group_gets_a_signal_completes_its_unit(
    world: World, coder: CoderCli, template: Template, workspace: AgentScripts, number: signal.Signals
) -> None:
    world.deployment.delay_seconds = 20
    setup = workspace.start(template.setup)
    setup.wait_for(lambda: len(world.deployment.requests) > 0)
    setup.send_signal(number, group=True)
    assert setup.finish(10).status == 128 + number
    assert coder.units.status(PROXY) == "completed"
    assert setup.orphans() == []
