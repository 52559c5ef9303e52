"""The small `coder exp sync` of these tests keeps the rules of the agent's."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest

from aibridge_construct.testing import CoderCli


@pytest.fixture
def agent() -> Iterator[CoderCli]:
    with CoderCli() as running:
        yield running


def coder(agent: CoderCli, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["coder", "exp", "sync", *arguments],
        env={"PATH": agent.path()},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def waiting(agent: CoderCli, *arguments: str) -> subprocess.Popen[str]:
    command = ["coder", "exp", "sync", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env={"PATH": agent.path()}, stdout=pipe, stderr=pipe, text=True)


def wait_for_call(agent: CoderCli, *call: str) -> None:
    deadline = time.monotonic() + 10
    while call not in agent.calls:
        assert time.monotonic() < deadline, f"no call {call} in {agent.calls}"
        time.sleep(0.005)


def test_a_unit_without_dependencies_starts_at_once_and_completes(agent: CoderCli) -> None:
    assert coder(agent, "start", "proxy").returncode == 0
    assert agent.units.status("proxy") == "started"
    assert coder(agent, "complete", "proxy").returncode == 0
    assert agent.history == ["start proxy", "complete proxy"]


def test_start_blocks_until_every_dependency_is_complete(agent: CoderCli) -> None:
    assert coder(agent, "want", "tool", "proxy", "clone").returncode == 0
    tool = waiting(agent, "start", "tool")
    wait_for_call(agent, "ready", "tool")
    coder(agent, "start", "proxy")
    coder(agent, "complete", "proxy")
    coder(agent, "start", "clone")
    assert tool.poll() is None
    coder(agent, "complete", "clone")
    output, errors = tool.communicate(timeout=10)
    assert (tool.returncode, errors) == (0, "")
    assert "Waiting for dependencies of unit 'tool'" in output
    assert agent.history[-1] == "start tool"


def test_a_unit_may_be_wanted_before_anyone_declares_it(agent: CoderCli) -> None:
    assert coder(agent, "want", "tool", "later").returncode == 0
    assert not agent.units.ready("tool")
    assert coder(agent, "status", "tool").stdout == (
        "Unit: tool\nStatus: pending\nReady: false\n\n"
        "DEPENDS ON  REQUIRED STATUS  CURRENT STATUS  SATISFIED  \n"
        "later       completed        not registered  false      \n"
    )


def test_the_status_of_a_unit_tells_what_became_of_it(agent: CoderCli) -> None:
    told = []
    for verb in ("ping", "start", "complete"):
        coder(agent, verb, *([] if verb == "ping" else ["proxy"]))
        told.append(coder(agent, "status", "proxy").stdout.splitlines()[1])
    assert told == ["Status: not registered", "Status: started", "Status: completed"]


def test_a_wait_that_is_too_long_fails_and_says_so(agent: CoderCli) -> None:
    coder(agent, "want", "tool", "proxy")
    begun = time.monotonic()
    result = coder(agent, "start", "tool", "--timeout", "300ms")
    assert result.returncode == 1
    assert "timeout waiting for dependencies of unit 'tool'" in result.stderr
    assert 0.3 <= time.monotonic() - begun < 5
    assert agent.units.status("tool") == "pending"


@pytest.mark.parametrize("timeout", [["--timeout", "soon"], ["--timeout=5"], ["--timeout", "-1s"]])
def test_a_timeout_that_is_no_duration_is_refused(agent: CoderCli, timeout: list[str]) -> None:
    result = coder(agent, "start", "tool", *timeout)
    assert result.returncode == 1
    assert "invalid argument" in result.stderr


def test_a_unit_completes_only_after_it_has_started(agent: CoderCli) -> None:
    unknown = coder(agent, "complete", "proxy")
    coder(agent, "want", "tool", "proxy")
    pending = coder(agent, "complete", "tool")
    assert (unknown.returncode, pending.returncode) == (1, 1)
    assert "unit not found" in unknown.stderr
    assert "unit not started" in pending.stderr


def test_a_unit_starts_once_and_may_run_again_when_it_is_complete(agent: CoderCli) -> None:
    coder(agent, "start", "proxy")
    again = coder(agent, "start", "proxy")
    assert again.returncode == 1
    assert "same status already set" in again.stderr
    coder(agent, "complete", "proxy")
    assert coder(agent, "complete", "proxy").returncode == 1
    assert coder(agent, "start", "proxy").returncode == 0


@pytest.mark.parametrize("cycle", [["a", "a"], ["c", "a"]])
def test_a_cycle_is_refused_and_leaves_the_graph_as_it_was(agent: CoderCli, cycle: list[str]) -> None:
    coder(agent, "want", "a", "b")
    coder(agent, "want", "b", "c")
    result = coder(agent, "want", *cycle)
    assert result.returncode == 1
    assert "cycle detected" in result.stderr
    assert agent.history[-1] == f"want {' '.join(cycle)} refused"
    assert cycle[1] not in agent.units.dependencies(cycle[0])


def test_list_and_ping_answer(agent: CoderCli) -> None:
    assert coder(agent, "ping").stdout == "Success\n"
    assert coder(agent, "list").stdout == "No units registered\n"
    coder(agent, "start", "proxy")
    assert coder(agent, "list").stdout == "proxy started\n"


@pytest.mark.parametrize("arguments", [["want", "alone"], ["start"], ["complete"], ["dance"], []])
def test_a_call_with_wrong_arguments_fails_with_a_message(agent: CoderCli, arguments: list[str]) -> None:
    result = coder(agent, *arguments)
    assert result.returncode == 1
    assert "unrecognized" in result.stderr


@pytest.mark.parametrize("call", [["ping"], ["start", "u"], ["want", "u", "v"], ["complete", "u"], ["status", "u"]])
def test_without_the_socket_every_call_fails_and_says_why(call: list[str]) -> None:
    with CoderCli(socket_enabled=False) as agent:
        result = coder(agent, *call)
    assert result.returncode == 1
    assert f"connect to agent socket: dial unix {agent.socket_path}" in result.stderr
    assert result.stdout == ""


def test_an_agent_that_goes_away_leaves_no_socket(agent: CoderCli) -> None:
    assert coder(agent, "ping").returncode == 0
    agent.stop()
    assert coder(agent, "ping").returncode == 1
    agent.start()
    assert coder(agent, "ping").returncode == 0


def test_a_frozen_agent_hangs_its_callers_until_it_thaws(agent: CoderCli) -> None:
    agent.freeze()
    call = waiting(agent, "ping")
    wait_for_call(agent, "ping")
    with pytest.raises(subprocess.TimeoutExpired):
        call.wait(timeout=0.2)
    agent.thaw()
    assert call.wait(timeout=10) == 0
    call.communicate()


def test_agents_do_not_share_their_units(agent: CoderCli) -> None:
    with CoderCli() as other:
        coder(agent, "start", "proxy")
        assert other.units.status("proxy") == "not registered"


def test_twenty_units_at_once_start_in_the_order_of_their_chain(agent: CoderCli) -> None:
    names = [f"u{number}" for number in range(20)]
    for unit, dependency in zip(names[1:], names, strict=False):
        agent.units.want(unit, dependency)
    script = "coder exp sync start $1 && coder exp sync complete $1"
    chain = [
        subprocess.Popen(["sh", "-c", script, "sh", name], env={"PATH": agent.path()}, stdout=subprocess.DEVNULL)
        for name in reversed(names)
    ]
    assert [process.wait(timeout=30) for process in chain] == [0] * 20
    wanted = [f"{verb} {name}" for name in names for verb in ("start", "complete")]
    assert agent.history[19:] == wanted
