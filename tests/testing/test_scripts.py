"""Scripts and terminals run as Coder's agent runs them."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aibridge_construct.testing import SHELLS, AgentScripts, Ended, LogLine, in_every_shell, wait_until
from aibridge_construct.testing.coder.agent import processes
from aibridge_construct.testing.scripts import DEFAULT_PATH

PYTHON = shlex.quote(sys.executable)
ARGUMENTS = r"tr '\0' '\n' </proc/$$/cmdline"
# A child that ignores what would stop it: what a shell ignores stays ignored in the program that takes its place.
STUBBORN = "(trap '' HUP INT TERM; echo ready; exec sleep 600)"


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


# ---- how it is started


@in_every_shell
def test_nothing_runs_before_the_script_whatever_bash_takes_over(coder_scripts: AgentScripts) -> None:
    taken = {"BASH_FUNC_exec%%": "() { echo hijacked; }", "SHELLOPTS": "xtrace"}
    inner = "echo inner"
    ended = coder_scripts.run(f"#!/bin/sh\necho token\nsh -c '{inner}'", env=taken)
    assert ended.stdout == "token\ninner\n"
    traced = [line for line in ended.stderr.splitlines() if "exec" in line]
    assert (ended.status, traced) == (0, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(f"#!/bin/sh\n{ARGUMENTS}", ["sh", "-c"], id="a shebang"),
        pytest.param(f"#!/bin/sh -eu\n{ARGUMENTS}", ["sh", "-eu", "-c"], id="a shebang with options"),
        pytest.param(f"#! /bin/bash\n{ARGUMENTS}", ["/bin/bash", "-c"], id="a shebang with a space"),
        pytest.param(f"#!/usr/bin/env -S bash -e\n{ARGUMENTS}", ["bash", "-e", "-c"], id="a shebang with env"),
        pytest.param(f"#!/bin/sh -o 'errexit'\n{ARGUMENTS}", ["sh", "-o", "errexit", "-c"], id="a quoted word"),
        pytest.param(f"\n  #!/bin/bash\n{ARGUMENTS}", ["/bin/bash", "-c"], id="a shebang behind white space"),
        pytest.param(ARGUMENTS, ["sh", "-c"], id="no shebang"),
    ],
)
def test_a_script_runs_as_the_words_of_its_shebang_and_the_whole_text_as_one_argument(
    coder_scripts: AgentScripts, text: str, words: list[str]
) -> None:
    ended = coder_scripts.run(text)
    assert (ended.status, ended.stderr) == (0, "")
    assert ended.stdout == "".join(f"{word}\n" for word in [*words, text])


def test_without_a_shebang_it_is_the_login_shell_of_the_user(coder_scripts: AgentScripts) -> None:
    workspace = coder_scripts.another(login_shell="bash")
    assert workspace.run(ARGUMENTS).stdout == f"bash\n-c\n{ARGUMENTS}\n"
    assert workspace.run(f"#!/bin/sh\n{ARGUMENTS}").stdout.startswith("sh\n-c\n")


def test_any_interpreter_that_takes_c_can_be_named(coder_scripts: AgentScripts) -> None:
    assert coder_scripts.run(f"#!{PYTHON}\nprint(6 * 7)").stdout == "42\n"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("#!/no/such/shell\necho", errno.ENOENT, id="a program that is not there"),
        pytest.param("#!\necho", errno.ENOEXEC, id="no program"),
    ],
)
def test_a_script_that_cannot_be_started_is_refused(coder_scripts: AgentScripts, text: str, number: int) -> None:
    with pytest.raises(OSError, match=r"No such file|names no program") as caught:
        coder_scripts.start(text)
    assert caught.value.errno == number


def test_a_text_is_as_long_as_one_argument_of_linux_may_be(coder_scripts: AgentScripts) -> None:
    head = "#!/bin/sh\necho ran\n#"
    longest = head + "x" * (128 * 1024 - 1 - len(head))
    assert coder_scripts.run(longest).stdout == "ran\n"
    with pytest.raises(OSError, match="131072 bytes") as caught:
        coder_scripts.start(longest + "x")
    with pytest.raises(OSError, match="Argument list too long") as linux:
        subprocess.run(["sh", "-c", longest + "x"], check=False)
    assert caught.value.errno == linux.value.errno == errno.E2BIG


def test_a_script_leads_a_session_and_a_process_group_and_reads_nothing(coder_scripts: AgentScripts) -> None:
    running = coder_scripts.start("#!/bin/sh\ncat; echo $$; sleep 60")
    assert int(running.wait_for("")) == running.pid == os.getsid(running.pid) == os.getpgid(running.pid)
    assert running.pid != os.getsid(0)


def test_the_environment_is_the_agent_s_and_nothing_of_this_machine_s(
    coder_scripts: AgentScripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    workspace = coder_scripts.another(env={"CODER_AGENT_URL": "https://coder.example.com"})
    running = workspace.start(f"#!{PYTHON}\nimport os\nfor name in os.environ: print(name, os.environ[name])")
    seen = dict(line.split(" ", 1) for line in running.finish().stdout.splitlines())
    seen.pop("LC_CTYPE", None)  # Python's own
    assert seen == {
        "PATH": f"{workspace.bin}:{workspace.image}:{DEFAULT_PATH}",
        "HOME": str(workspace.home),
        "LANG": "C.UTF-8",
        "USER": seen["USER"],
        "CODER": "true",
        "CODER_AGENT_URL": "https://coder.example.com",
        "CODER_SCRIPT_BIN_DIR": str(workspace.bin),
        "CODER_SCRIPT_DATA_DIR": str(running.data),
    }
    assert workspace.run("#!/bin/sh\npwd", env={"MORE": "x"}).stdout == f"{workspace.home}\n"
    assert workspace.run("#!/bin/sh\necho $MORE", env={"MORE": "x"}).stdout == "x\n"


def test_each_script_has_a_directory_of_its_own_and_finds_it_again(coder_scripts: AgentScripts) -> None:
    counts = "#!/bin/sh\necho x >>$CODER_SCRIPT_DATA_DIR/runs; wc -l <$CODER_SCRIPT_DATA_DIR/runs"
    assert [coder_scripts.run(counts).stdout.strip() for _ in range(3)] == ["1", "2", "3"]
    assert coder_scripts.run(f"{counts} # another").stdout.strip() == "1"
    assert coder_scripts.run(counts, name="by name").stdout.strip() == "1"
    assert coder_scripts.run(f"{counts} # a new version", name="by name").stdout.strip() == "2"
    assert {oct(path.stat().st_mode & 0o777) for path in (coder_scripts.data(counts), coder_scripts.bin)} == {"0o700"}


def test_scripts_and_terminals_find_the_programs_of_the_image_and_of_scripts(coder_scripts: AgentScripts) -> None:
    coder_scripts.command("coder", "#!/bin/sh\necho of the image: $*\n")
    install = "tool=$CODER_SCRIPT_BIN_DIR/tool; printf '#!/bin/sh\\necho of a script\\n' >$tool; chmod +x $tool"
    ended = coder_scripts.run(f"#!/bin/sh\n{install}\ncoder exp sync ping; tool")
    assert ended == Ended(0, "of the image: exp sync ping\nof a script\n", "")
    assert coder_scripts.terminal("tool").stdout == "of a script\n"
    coder_scripts.command("coder", "#!/bin/sh\necho another\n")
    assert coder_scripts.terminal("coder").stdout == "another\n"


SAYS = {
    "dash": "dash ",
    "bash": "bash bash",
    "bash --posix": "bash bash posix",
    "busybox sh": "busybox ",
}
WHO_AM_I = (
    "#!/bin/sh\nname=$(readlink /proc/$$/exe)\n"
    'case ":${SHELLOPTS:-}:" in *:posix:*) posix=" posix" ;; esac\n'
    'echo "${name##*/} ${BASH_VERSION:+bash}${posix:-}"'
)


@in_every_shell
def test_the_workspace_s_sh_is_chosen_by_name(coder_scripts: AgentScripts, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["coder_scripts"]
    assert name in SHELLS
    assert coder_scripts.run(WHO_AM_I).stdout == f"{SAYS[name]}\n"
    assert coder_scripts.run(WHO_AM_I.removeprefix("#!/bin/sh\n")).stdout == f"{SAYS[name]}\n"
    assert coder_scripts.login(WHO_AM_I).stdout == f"{SAYS[name]}\n"


def test_the_workspace_s_sh_is_chosen_by_path(coder_scripts: AgentScripts, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    (tmp_path / "sh").symlink_to(bash)
    for settings in ({"path": f"{tmp_path}:{DEFAULT_PATH}"}, {"sh": Path(bash)}):
        assert coder_scripts.another(**settings).run(WHO_AM_I).stdout == "bash bash posix\n"


def test_a_shell_that_is_not_installed_is_named(coder_scripts: AgentScripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(LookupError, match="busybox is not installed"):
        coder_scripts.another(sh="busybox sh")


def test_it_can_run_on_another_system(coder_scripts: AgentScripts) -> None:
    elsewhere = coder_scripts.another(system=lambda command: ["env", "WHERE=elsewhere", *command])
    assert elsewhere.run("#!/bin/sh\necho $WHERE").stdout == "elsewhere\n"
    assert elsewhere.terminal("sh", "-c", "echo $WHERE").stdout == "elsewhere\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_it_can_run_as_another_user_with_another_umask() -> None:
    # Not below pytest's directory, which is for its owner only.
    with tempfile.TemporaryDirectory() as place, AgentScripts(Path(place) / "workspace") as workspace:
        Path(place).chmod(0o755)
        text = "#!/bin/sh\nid -u; umask; touch $CODER_SCRIPT_DATA_DIR/x $CODER_SCRIPT_BIN_DIR/x && echo written"
        assert workspace.run(text, user=65534, umask=0o077) == Ended(0, "65534\n0077\nwritten\n", "")


# ---- signals


@pytest.mark.parametrize("ignored", [False, True], ids=["default", "ignored"])
@in_every_shell
def test_signals_are_ignored_where_the_agent_ignores_them_and_nowhere_else(
    coder_scripts: AgentScripts, ignored: bool
) -> None:
    text = "#!/bin/sh\ntrap 'echo heard; exit 9' INT; kill -INT $$; echo unheard"
    numbers = [signal.SIGINT] if ignored else []
    # As it is where the tests themselves were started in the background.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL if ignored else signal.SIG_IGN)
    try:
        ended = coder_scripts.another(ignored=numbers).run(text)
        mask = coder_scripts.another(ignored=numbers).run("#!/bin/sh\ngrep SigIgn /proc/self/status").stdout
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.stdout == ("unheard\n" if ignored else "heard\n")
    quit_of_busybox = 1 << signal.SIGQUIT - 1  # which it ignores wherever it reads a script
    standard = (1 << 31) - 1  # real-time signals are what the machine's own tools ignore
    assert int(mask.split()[1], 16) & standard & ~quit_of_busybox == (1 << signal.SIGINT - 1 if ignored else 0)


@in_every_shell
def test_a_signal_goes_to_the_shell_alone_or_to_the_group(coder_scripts: AgentScripts) -> None:
    child = "(trap 'echo child; exit' TERM; echo ready; while :; do sleep 0.1; done) &"
    text = f"#!/bin/sh\n{child}\ntrap 'echo shell' TERM\nwait"
    for group in (False, True):
        running = coder_scripts.start(text)
        running.wait_for("ready")
        wait_until(lambda pid=running.pid: ends_on_term(pid))  # type: ignore[misc]
        running.send_signal(signal.SIGTERM, group=group)
        running.wait_for("shell")
        if group:
            assert set(running.finish().stdout.split()) == {"ready", "shell", "child"}
        else:
            assert "child" not in [line.text for line in running.log]
            running.kill()


def ends_on_term(pid: int) -> bool:
    """Whether the process handles SIGTERM by now."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & 1 << signal.SIGTERM - 1)


@in_every_shell
def test_a_stop_hangs_up_the_group_and_lets_it_finish(coder_scripts: AgentScripts) -> None:
    running = coder_scripts.start("#!/bin/sh\ntrap 'echo bye; exit 5' HUP\nsleep 60 & echo ready; wait")
    running.wait_for("ready")
    # Before it is another program, the child may still hear the signal as its parent does, and lose it.
    wait_until(lambda: [child.command for child in running.orphans()] == ["sleep 60"])
    ended = running.stop()
    assert (ended, ended.outcome) == (Ended(5, "ready\nbye\n", ""), "timed_out")
    assert running.orphans() == []


@in_every_shell
def test_what_ignores_the_stop_is_killed_if_it_is_the_shell_and_lives_on_if_it_is_not(
    coder_scripts: AgentScripts,
) -> None:
    running = coder_scripts.start(f"#!/bin/sh\ntrap '' HUP\n{STUBBORN} &\nwait; while :; do sleep 1; done", grace=0.3)
    running.wait_for("ready")
    began = time.monotonic()
    ended = running.stop()
    assert time.monotonic() - began >= 0.3
    assert (ended.status, ended.outcome) == (-signal.SIGKILL, "timed_out")
    (pid,) = {orphan.pid for orphan in running.orphans() if orphan.command == "sleep 600"}
    assert os.getsid(pid) == running.pid
    coder_scripts.close()
    assert not lives(pid)


def test_a_script_that_takes_longer_than_its_timeout_is_stopped(coder_scripts: AgentScripts) -> None:
    ended = coder_scripts.run("#!/bin/sh\ntrap 'echo stopped; exit 0' HUP\nwhile :; do sleep 0.05; done", timeout=0.5)
    assert (ended.status, ended.stdout, ended.outcome) == (0, "stopped\n", "timed_out")
    assert coder_scripts.run("#!/bin/sh\necho quick", timeout=30).outcome == "ok"


# ---- what a script leaves behind


@pytest.mark.parametrize(
    ("status", "outcome", "warned"),
    [pytest.param(0, "pipes_left_open", True, id="success"), pytest.param(3, "exit_failure", False, id="failure")],
)
def test_a_child_that_keeps_the_output_open_holds_up_the_end_for_the_grace_only(
    coder_scripts: AgentScripts, status: int, outcome: str, warned: bool
) -> None:
    running = coder_scripts.start(f"#!/bin/sh\nsleep 60 &\nprintf unfinished; exit {status}", grace=0.4)
    wait_until(lambda: running.poll() == status)
    assert not running.over
    ended = running.finish()
    assert (ended, ended.outcome) == (Ended(status, "unfinished", ""), outcome)
    assert ended.log[0] == LogLine("info", "unfinished")
    assert [line.level for line in ended.log[1:]] == ["error"] * warned
    assert [orphan.command for orphan in running.orphans()] == ["sleep 60"]


def test_a_child_that_writes_into_the_closed_output_dies(coder_scripts: AgentScripts) -> None:
    running = coder_scripts.start("#!/bin/sh\n(while :; do echo x; sleep 0.05; done) &\nexit 0", grace=0.2)
    assert running.finish().outcome == "pipes_left_open"
    wait_until(lambda: not running.orphans())


@pytest.mark.parametrize("away", ["", "setsid"], ids=["in its session", "in a session of its own"])
def test_a_child_that_has_let_go_of_the_output_is_left_alone_until_the_end_of_the_test(
    coder_scripts: AgentScripts, away: str
) -> None:
    running = coder_scripts.start(f"#!/bin/sh\n{away} sleep 60 >/dev/null 2>&1 &\necho done")
    assert (running.finish(), running.finish().outcome) == (Ended(0, "done\n", ""), "ok")
    wait_until(lambda: [one.command for one in running.orphans()] == ["sleep 60"])
    (orphan,) = running.orphans()
    assert coder_scripts.orphans() == [orphan]
    assert lives(orphan.pid)
    coder_scripts.close()
    assert not lives(orphan.pid)


def test_the_orphans_of_a_script_are_not_those_of_another(coder_scripts: AgentScripts) -> None:
    first, second = (
        coder_scripts.start(f"#!/bin/sh\nsleep {n} >/dev/null 2>&1 &\nsetsid sleep {n} >/dev/null 2>&1 &")
        for n in (60, 61)
    )
    first.finish()
    second.finish()
    wait_until(lambda: [one.command for one in first.orphans()] == ["sleep 60"] * 2)
    wait_until(lambda: [one.command for one in second.orphans()] == ["sleep 61"] * 2)


def test_a_script_that_does_not_end_in_time_fails_the_test_and_is_killed_with_all_it_started(
    coder_scripts: AgentScripts,
) -> None:
    running = coder_scripts.start(f"#!/bin/sh\n{STUBBORN} &\nsetsid sleep 60 >/dev/null 2>&1 &\nwait")
    running.wait_for("ready")
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.1)
    assert running.poll() is None
    with pytest.raises(AssertionError, match=r"no end within 0\.2 s.*ready"):
        running.finish(0.2)
    wait_until(lambda: not running.orphans())
    assert running.poll() == -signal.SIGKILL


# ---- what it says


def test_the_dashboard_gets_lines_of_stdout_as_information_and_lines_of_stderr_as_errors(
    coder_scripts: AgentScripts,
) -> None:
    steps = ["echo one", "echo two >&2", "printf 'three\\r\\n\\n'", "printf 'four\\nfi' >&2", "printf ve >&2", "exit 4"]
    ended = coder_scripts.run("#!/bin/sh\n" + "\nsleep 0.05\n".join(steps))
    assert (ended.status, ended.outcome) == (4, "exit_failure")
    assert (ended.stdout, ended.stderr, ended.last_line) == ("one\nthree\r\n\n", "two\nfour\nfive", "five")
    assert ended.log == (
        LogLine("info", "one"),
        LogLine("error", "two"),
        LogLine("info", "three"),
        LogLine("info", ""),
        LogLine("error", "four"),
        LogLine("error", "five"),
    )


def test_much_output_and_bytes_that_are_no_text_are_kept(coder_scripts: AgentScripts) -> None:
    ended = coder_scripts.run(r"#!/bin/sh" + "\nseq 100000; seq 100000 >&2; printf '\\377\\303'")
    numbers = "".join(f"{number}\n" for number in range(1, 100001))
    assert (ended.stdout.encode(errors="surrogateescape"), ended.stderr) == (numbers.encode() + b"\xff\xc3", numbers)


def test_a_test_waits_for_a_line_or_for_something_else(coder_scripts: AgentScripts) -> None:
    os.mkfifo(coder_scripts.home / "gate")
    running = coder_scripts.start("#!/bin/sh\necho first; echo second one >&2; : >flag; read x <gate; echo third")
    assert running.wait_for("second") == "second one"
    assert running.wait_for("") in ("first", "second one")
    running.wait_for((coder_scripts.home / "flag").exists)
    with pytest.raises(AssertionError, match=r"0\.1 s went by before 'third' came"):
        running.wait_for("third", seconds=0.1)
    (coder_scripts.home / "gate").write_text("go\n")
    assert running.wait_for("third") == "third"
    with pytest.raises(AssertionError, match=r"the process ended before 'fourth' came.*third"):
        running.wait_for("fourth")


# ---- people


def test_a_terminal_has_input_arguments_and_a_status(coder_scripts: AgentScripts) -> None:
    words = ["it's", "$(id)", "a  b", "", "*"]
    ended = coder_scripts.terminal("sh", "-c", 'cat; printf "<%s>" "$@"; exit 7', "sh", *words, stdin="typed\n")
    assert ended == Ended(7, "typed\n" + "".join(f"<{word}>" for word in words), "")
    assert coder_scripts.terminal("cat").stdout == ""


@pytest.mark.parametrize("shell", ["bash", "dash", "busybox sh"])
def test_a_login_shell_reads_the_files_of_the_system_and_of_the_user(coder_scripts: AgentScripts, shell: str) -> None:
    if shutil.which(shell.split(maxsplit=1)[0]) is None:
        pytest.skip(f"{shell} is not installed")
    (coder_scripts.home / ".profile").write_text("export OF_THE_USER=read\n")
    ended = coder_scripts.login("echo $OF_THE_USER; echo $PATH; cat", shell=shell, stdin="typed")
    user, path, rest = ended.stdout.split("\n")
    assert (user, rest) == ("read", "typed")
    # What /etc/profile of Debian and Alpine does; elsewhere PATH is still the session's.
    resets = "PATH=" in Path("/etc/profile").read_text()
    assert (str(coder_scripts.bin) not in path) or not resets


def test_a_command_can_be_called_at_once_while_others_are_written_and_called(coder_scripts: AgentScripts) -> None:
    def write_and_call(number: int) -> str:
        program = coder_scripts.command(f"say-{number}", f"#!/bin/sh\necho {number}\n")
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write_and_call, range(200))) == [f"{number}\n" for number in range(200)]
    assert stat.S_IMODE(coder_scripts.command("say-0", "").stat().st_mode) == 0o755


def test_a_command_that_somebody_has_open_for_writing_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "program"
    processes.write_program(file, b"#!/bin/sh\necho new\n")
    with file.open("ab"):
        assert not processes._is_closed_everywhere(file)
        with pytest.raises(OSError, match="Text file busy"):
            subprocess.run([file], check=True)
        processes.write_program(file, b"#!/bin/sh\necho newer\n")
        assert subprocess.run([file], capture_output=True, text=True, check=True).stdout == "newer\n"
    assert processes._is_closed_everywhere(file)
