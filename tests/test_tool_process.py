"""The process of a tool: what it inherits, what it survives, and that it never runs ungoverned. In every shell."""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, ProxiedTool
from aibridge_construct.testing import SHELLS, AgentScripts, Ended, wait_until
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment
from tests.shell.workspace import assigned
from tests.values import PEM

TOKEN = "owner-session-token"
PROXY = f"https://coder:{TOKEN}@aiproxy.example.com:8888"
UNIT = "aibridge-tool-tool"

#: Writes down how it was called, and knows no unit.
CODER = '#!/bin/sh\nprintf "%s\\n" "$*" >>"$PLACE/coder.log"\n'

Make = Callable[..., str]


@pytest.fixture(scope="session")
def planned(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of a tool, with marks in the places of its values, planned by real Terraform."""
    directory = tmp_path_factory.mktemp("tool")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com:8888")
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["COMMAND"], runtimes=["curl"], wait_seconds=1)
    (directory / "cdk.tf.json").write_text(Testing.synth(stack, True))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    text: str = terraform.plan().resource(tool.script.address)["script"]
    return text


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that any user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="aibridge-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def make(planned: str, place: Path) -> Make:
    """The same with another command and other values: ``make("echo ran", background="true")``."""

    def make(command: str | list[str], **values: str) -> str:
        certificate = place / "ca.pem"
        paths = {"cert_path": str(certificate), "bundle_path": f"{certificate}.bundle"}
        words = ["sh", "-c", command] if isinstance(command, str) else command
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        text = planned.replace("\"$@\" 'COMMAND'", f'"$@" {quoted}')
        return assigned(text, {f"aibridge_{name}": value for name, value in (paths | values).items()})

    return make


@pytest.fixture
def certificates(place: Path) -> Path:
    """What the setup script leaves behind."""
    (place / "ca.pem").write_text(PEM)
    (place / "ca.pem.bundle").write_text(PEM)
    return place / "ca.pem"


@pytest.fixture(params=SHELLS)
def scripts(request: pytest.FixtureRequest, place: Path) -> Iterator[AgentScripts]:
    """A workspace whose ``sh`` is the shell under test, with a ``coder`` that writes down how it was called."""
    try:
        workspace = AgentScripts(place / "workspace", sh=request.param, env={"PLACE": str(place)})
    except LookupError as missing:
        pytest.skip(str(missing))
    with workspace:
        workspace.command("coder", CODER)
        yield workspace


def calls(place: Path) -> list[str]:
    log = place / "coder.log"
    return log.read_text().splitlines() if log.exists() else []


def completed(place: Path) -> bool:
    return f"exp sync complete {UNIT}" in calls(place)


# ---- what the command inherits -----------------------------------------------------------------------------

SIGNALS = [
    pytest.param((), id="none"),
    pytest.param((signal.SIGINT, signal.SIGQUIT), id="int-and-quit"),
    pytest.param((signal.SIGHUP,), id="hup"),
    pytest.param((signal.SIGTERM,), id="term"),
]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize("background", ["false", "true"])
@pytest.mark.parametrize("ignored", SIGNALS)
def test_the_command_gets_the_signals_as_the_script_got_them(
    make: Make, scripts: AgentScripts, certificates: Path, ignored: Collection[signal.Signals], background: str
) -> None:
    log = certificates.with_name("log")
    workspace = scripts.another(ignored=ignored)
    workspace.command("coder", CODER)
    text = make(["grep", "SigIgn", "/proc/self/status"], background=background, log_path=str(log))
    ended = workspace.run(text)
    assert (ended.status, ended.stderr) == (0, "")
    if background == "true":
        wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    told = log.read_text() if background == "true" else ended.stdout
    standard = (1 << 31) - 1  # real-time signals are what the machine's own tools ignore
    assert int(told.split()[1], 16) & standard == sum(1 << (number - 1) for number in ignored)


def test_the_command_gets_no_descriptor_of_ours(make: Make, scripts: AgentScripts, certificates: Path) -> None:
    ended = scripts.run(make("for f in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$f ] || readlink /proc/$$/fd/$f; done"))
    assert (ended.status, ended.stdout, ended.stderr) == (0, "", "")


OPTIONS = ["errexit", "nounset", "pipefail", "noglob", "noclobber", "allexport", "onecmd", "xtrace", "verbose"]


@pytest.mark.parametrize("options", [*OPTIONS, ":".join(OPTIONS)])
def test_options_that_bash_takes_from_its_environment_change_nothing_but_the_command_has_them(
    make: Make, coder_scripts: AgentScripts, certificates: Path, options: str
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    env = {"SHELLOPTS": options, "BASHOPTS": "nullglob", "PLACE": str(certificates.parent)}
    scripts = coder_scripts.another(sh=Path(bash), env=env)
    plain = scripts.terminal("sh", "-c", "env").stdout
    as_without = {line.partition("=")[0] for line in plain.splitlines()}
    ended = scripts.run(make(["env"]))
    assert ended.status == 0
    seen = dict(line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line)
    assert seen["HTTPS_PROXY"] == PROXY
    assert set(options.split(":")) <= set(seen["SHELLOPTS"].split(":"))
    assert "privileged" not in seen["SHELLOPTS"]
    assert "nullglob" in seen["BASHOPTS"].split(":")
    assert {name for name in seen if name.lower().startswith(("aibridge_", "posix"))} <= as_without
    assert TOKEN not in ended.stderr
    failed = scripts.run(make("exit 7"))
    assert failed.status == 7


#: Whatever our scripts call, and more.
SHADOWED = """[ : alias awk bg break builtin cat cd chmod coder command continue curl date declare echo env eval exec
exit export false fg getopts grep hash id jobs kill local ls mkdir mkfifo mv printf ps pwd read readonly return rm set
shift sh sleep tail test times trap true type ulimit umask unalias unset wait wc wget"""
SPECIAL = {*":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times"}
SPECIAL |= {"trap", "unset", "["}


@pytest.mark.parametrize("shebang", ["#!/bin/sh", "#!/bin/bash", "#!/bin/bash --posix"])
def test_functions_that_bash_exports_take_the_place_of_no_command_of_ours_and_reach_the_command(
    make: Make, coder_scripts: AgentScripts, certificates: Path, shebang: str
) -> None:
    bash = Path("/bin/bash")
    if not bash.exists():
        pytest.skip("bash is not installed")
    # With one of these in its environment, bash --posix ends before it has read a word, or complains.
    names = set(SHADOWED.split()) - (SPECIAL if "posix" in shebang else set())
    shadows = {f"BASH_FUNC_{name}%%": "() { /bin/echo shadowed $0 >&2; }" for name in names}
    env = {**shadows, "BASH_FUNC_mine%%": "() { /bin/echo mine; }", "PLACE": str(certificates.parent)}
    scripts = coder_scripts.another(sh=bash, env=env)
    scripts.command("coder", CODER.replace("/bin/sh", "/bin/dash"))
    ended = scripts.run(make([str(bash), "-c", "mine"]).replace("#!/bin/sh", shebang, 1))
    assert (ended.status, ended.stdout, ended.stderr) == (0, "mine\n", "")
    told = scripts.run(make(["env"]).replace("#!/bin/sh", shebang, 1)).stdout
    assert told.count("BASH_FUNC_") == len(shadows) + 1
    assert completed(certificates.parent)


#: Processes that are allowed to a user.
ENOUGH = 100

# ---- never ungoverned --------------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("prlimit"), reason="takes root and prlimit")
def test_with_too_few_processes_allowed_it_fails_or_runs_governed(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    governed = f"<{PROXY}>\n"
    cases = [(mode, processes) for mode in ("fail", "direct") for processes in (*range(1, 13), ENOUGH)]
    # The limit is one of a user's.
    users = itertools.count(61000 + os.getpid() % 100000 * len(cases))
    workspaces, texts = [], []
    for mode, processes in cases:
        workspaces.append(scripts.another(system=functools.partial(limited, processes)))
        workspaces[-1].command("coder", CODER)
        # Beside the certificate a tool makes files for its user only.
        own = certificates.parent / f"{mode}-{processes}"
        own.mkdir()
        own.chmod(0o777)
        for name in ("ca.pem", "ca.pem.bundle"):
            shutil.copy(certificates.parent / name, own)
        paths = {"cert_path": str(own / "ca.pem"), "bundle_path": str(own / "ca.pem.bundle")}
        texts.append(make('echo "<$HTTPS_PROXY>"', on_unavailable=mode, **paths))

    # All at once: bash waits for up to 48 seconds whether there will be room for another process.
    def run(text: str, workspace: AgentScripts, user: int) -> Ended:
        return workspace.run(text, user=user)

    with ThreadPoolExecutor(len(cases)) as pool:
        for (mode, processes), ended in zip(cases, pool.map(run, texts, workspaces, users), strict=True):
            assert ended.stdout in ("", governed), (mode, processes)
            assert ended.stdout == governed or ended.status != 0, (mode, processes)
            if processes == ENOUGH:
                assert (ended.status, ended.stdout, ended.stderr) == (0, governed, ""), mode


def limited(processes: int, command: Sequence[str]) -> list[str]:
    return ["prlimit", f"--nproc={processes}", *command]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="takes root and unshare")
@pytest.mark.parametrize("background", ["false", "true"])
def test_a_sandbox_that_shows_the_processes_of_another_namespace_confuses_nobody(
    make: Make, scripts: AgentScripts, certificates: Path, background: str
) -> None:
    """Their numbers are other processes in the sandbox: one of ours, at worst."""
    sandbox = scripts.another(system=lambda command: ["unshare", "--pid", "--fork", "--kill-child", *command])
    sandbox.command("coder", CODER)
    log = certificates.parent / "log"
    ended = sandbox.run(make(f"echo ran >>{log}", background=background))
    assert (ended.status, ended.stderr) == (0, "")
    wait_until(lambda: log.exists() and log.read_text() == "ran\n")
    running = sandbox.start(make("echo begun; exec sleep 30"))
    running.wait_for("begun")
    running.send_signal(signal.SIGTERM, group=True)
    assert running.finish(10).status in (143, 128 + signal.SIGTERM, -signal.SIGTERM)


@pytest.mark.parametrize("on_unavailable", ["fail", "direct"])
def test_a_keeper_that_is_killed_leaves_no_tool(
    make: Make, scripts: AgentScripts, place: Path, on_unavailable: str
) -> None:
    """In the gate: what would then run would run without a word of ours."""
    scripts.command("coder", f"{CODER}exit 1\n")
    script = scripts.start(make("echo ran", wait_seconds="30", on_unavailable=on_unavailable))
    script.wait_for(lambda: len(calls(place)) == 2)
    os.kill(children(script.pid)[-1], signal.SIGKILL)
    ended = script.finish(20)
    assert (ended.status, ended.stdout) == (1, "")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


CERTIFICATE, BUNDLE = "the AI Bridge Proxy CA certificate", "the bundle of trusted certificates"
STATES = {
    "missing": "is not at {}",
    "directory": "at {} is a directory (a bind mount whose source is missing makes one)",
    "fifo": "at {} is not a regular file",
    "link": "at {} is a link to a file that is not there",
    "empty": "at {} is empty",
    "garbage": "at {} holds no PEM certificate",
    "cut": "at {} holds no PEM certificate",
    "key": "at {} holds no PEM certificate",
    "unreadable": "at {} cannot be read by the user of the workspace",
}


def put(path: Path, state: str) -> None:
    path.unlink(missing_ok=True)
    match state:
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "link":
            path.symlink_to("nowhere")
        case "empty":
            path.touch()
        case "garbage":
            path.write_bytes(bytes(range(256)) * 40)
        case "cut":
            path.write_text(PEM.partition("-----END")[0])
        case "key":
            path.write_text(PEM.replace("CERTIFICATE", "PRIVATE KEY"))
        case "unreadable":
            path.write_text(PEM)
            path.chmod(0)


@pytest.mark.parametrize("which", [CERTIFICATE, BUNDLE], ids=["certificate", "bundle"])
@pytest.mark.parametrize("state", STATES)
def test_what_is_no_certificate_is_said_and_nothing_runs(
    make: Make, scripts: AgentScripts, certificates: Path, which: str, state: str
) -> None:
    user = None
    if state == "unreadable":
        if os.geteuid() != 0:
            pytest.skip("takes another user than the files'")
        user = 61000
    path = certificates if which is CERTIFICATE else Path(f"{certificates}.bundle")
    put(path, state)
    ended = scripts.run(make("echo ran"), seconds=20, user=user)
    assert (ended.status, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"ERROR: {which} {STATES[state].format(path)}")
    assert ", so tool was not started: look at the output of the script 'AI Bridge Proxy Setup'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


# ---- the end by a signal -----------------------------------------------------------------------------------

STUBBORN = """trap '' HUP INT TERM
(while :; do sleep 1; done) &
(exec sleep 300) &
echo x >"$PLACE/ready"
while :; do sleep 0.2; done"""


@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_tool_that_ignores_signals_is_gone_with_all_it_started_before_the_agent_gives_up(
    make: Make, scripts: AgentScripts, certificates: Path, number: signal.Signals, group: bool
) -> None:
    script = scripts.start(make(STUBBORN))
    script.wait_for((certificates.parent / "ready").exists)
    began = time.monotonic()
    script.send_signal(number, group=group)
    ended = script.finish(20)
    assert ended.status == 128 + number
    assert time.monotonic() - began < 10
    assert script.orphans() == []
    assert completed(certificates.parent)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_to_the_script_alone_is_passed_on_to_the_tool(
    make: Make, scripts: AgentScripts, certificates: Path, number: signal.Signals
) -> None:
    name, place = number.name.removeprefix("SIG"), certificates.parent
    text = f'trap "echo x >$PLACE/got; exit 0" {name}; echo x >"$PLACE/ready"; while :; do sleep 0.1; done'
    script = scripts.start(make(text))
    script.wait_for((place / "ready").exists)
    script.send_signal(number)
    assert script.finish(20).status == 128 + number
    assert (place / "got").exists()


def test_the_agent_s_stop_ends_a_tool_with_its_grandchildren(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    script = scripts.start(make(STUBBORN))
    script.wait_for((certificates.parent / "ready").exists)
    assert script.stop().status == 129
    assert script.orphans() == []
    assert completed(certificates.parent)


def test_a_script_that_does_not_lead_its_group_signals_nobody_else(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    """As by hand, and in tests: the group is that of whoever started it."""
    place = certificates.parent
    (place / "script").write_text(make("echo x >$PLACE/ready; trap '' TERM; while :; do sleep 0.1; done"))
    by_hand = """sleep 300 &
bystander=$!
sh -c "$(cat "$PLACE/script")" &
echo $! >"$PLACE/pid"
wait $!
echo "status $?"
kill $bystander && echo there"""
    script = scripts.start(f"#!/bin/sh\n{by_hand}\n")
    script.wait_for((place / "ready").exists)
    os.kill(int((place / "pid").read_text()), signal.SIGTERM)
    ended = script.finish(20)
    assert (ended.status, ended.stdout) == (0, "status 143\nthere\n")


def test_a_signal_while_the_unit_completes_does_not_keep_it_from_completing(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    place = certificates.parent
    slow = '#!/bin/sh\ncase $3 in complete) echo x >"$PLACE/ready"; sleep 1 ;; esac\n'
    scripts.command("coder", slow + CODER.partition("\n")[2])
    script = scripts.start(make(["true"]))
    script.wait_for((place / "ready").exists)
    script.send_signal(signal.SIGHUP, group=True)
    script.finish(20)
    assert completed(place)


# ---- in the background -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """A command that cannot start, and what the script says of it."""

    command: str | list[str]
    words: str
    status: tuple[int, ...]
    values: Mapping[str, str] = field(default_factory=dict)


CANNOT_START = [
    pytest.param(Start(["no-such-command"], "its command no-such-command was not found", (127,)), id="missing"),
    pytest.param(Start(["./not-there"], "its command ./not-there was not found", (127,)), id="missing-path"),
    pytest.param(Start(["/etc/passwd"], "/etc/passwd is no file that may be executed", (126,)), id="not-executable"),
    pytest.param(Start(["/"], "its command / is no file that may be executed", (126,)), id="directory"),
    pytest.param(Start("no-such-command", "ended at once with status 127", (127,)), id="shell-text"),
    pytest.param(Start(["BAD"], "ended at once with status 12", (126, 127)), id="bad-interpreter"),
    pytest.param(
        Start(["true"], "working directory /no/such", (1,), {"working_directory": "/no/such"}), id="working-directory"
    ),
]


@pytest.mark.parametrize("background", ["true", "false"])
@pytest.mark.parametrize("start", CANNOT_START)
def test_a_tool_that_cannot_start_is_an_error_of_the_script(
    make: Make, scripts: AgentScripts, certificates: Path, start: Start, background: str
) -> None:
    place = certificates.parent
    (place / "bad").write_text("#!/no/such/interpreter\n")
    (place / "bad").chmod(0o755)
    command = [str(place / "bad")] if start.command == ["BAD"] else start.command
    ended = scripts.run(make(command, background=background, **{"log_path": str(place / "log"), **start.values}))
    assert ended.status in start.status
    assert "runs in the background" not in ended.stdout
    if background == "true" or "at once" not in start.words:
        assert start.words in ended.stderr
        assert ended.stderr.startswith("ERROR: ")
    assert completed(place)


def test_a_log_file_that_cannot_be_written_is_an_error(make: Make, scripts: AgentScripts, certificates: Path) -> None:
    ended = scripts.run(make(["true"], background="true", log_path="/no/such/log"))
    assert (ended.status, ended.stdout) == (1, "")
    assert ended.stderr.startswith("ERROR: could not write the log file /no/such/log")
    assert completed(certificates.parent)


def test_a_tool_in_the_background_that_ends_well_at_once_is_no_error(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    ended = scripts.run(make(["true"], background="true"))
    assert (ended.status, ended.stderr, ended.outcome) == (0, "", "ok")
    assert "runs in the background" in ended.stdout


def test_a_tool_in_the_background_holds_nothing_of_the_script_open(
    make: Make, scripts: AgentScripts, certificates: Path
) -> None:
    ended = scripts.run(make(["sleep", "60"], background="true"), grace=5)
    assert (ended.status, ended.stderr, ended.outcome) == (0, "", "ok")
    assert any("sleep 60" in orphan.command for orphan in scripts.orphans())


# ---- before the claim --------------------------------------------------------------------------------------


@pytest.mark.parametrize("background", ["true", "false"])
@pytest.mark.parametrize("on_unavailable", ["fail", "direct"])
def test_before_the_claim_a_tool_runs_nothing_and_is_no_error(
    make: Make, scripts: AgentScripts, place: Path, on_unavailable: str, background: str
) -> None:
    values = {"before_claim": "true", "on_unavailable": on_unavailable, "background": background, "wait_seconds": "60"}
    ended = scripts.run(make('echo x >"$PLACE/ran"', **values), seconds=20)
    words = "This is a prebuilt workspace without an owner: tool will run after the claim.\n"
    assert (ended.status, ended.stdout, ended.stderr) == (0, words, "")
    assert calls(place)[-2:] == [f"exp sync start {UNIT}", f"exp sync complete {UNIT}"]
    assert not (place / "ran").exists()
