"""`aibridge-run`: what a person types into a terminal of the workspace, behind the proxy."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from aibridge_construct.testing import AgentScripts
from aibridge_construct.testing.mirror import Mirror

from .bridge_proxy import Connect
from .http_clients import CLIENTS, CURL, Client
from .template import Template
from .world import PROVIDER_HOST, PROVIDER_URL, World

RUN = "aibridge-run"
TOKEN = f"only-of-the-launcher-{os.getpid()}"


@pytest.fixture(scope="module")
def template(running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A template without a tool: the proxy and its launcher."""
    return Template(tmp_path_factory.mktemp("launcher"), running_world, mirror, token=TOKEN, launcher=True)


@pytest.fixture
def workspace(world: World, template: Template, coder_scripts: AgentScripts) -> AgentScripts:
    """A workspace that has started."""
    world.tokens.add(TOKEN)
    runner = coder_scripts.another(path=os.environ["PATH"], system=world.on_system)
    setup = runner.run(template.setup)
    assert (setup.status, setup.stderr) == (0, "")
    assert "aibridge-run is ready" in setup.stdout
    return runner


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_one_command_goes_through_the_proxy(world: World, workspace: AgentScripts, client: Client) -> None:
    if client.program is None:
        pytest.skip(f"{client.name} is not installed")
    result = workspace.terminal(RUN, *client.command(PROVIDER_URL))
    assert (result.status, "provider" in result.stdout, result.stderr) == (0, True, "")
    assert world.proxy.connects[-1] == Connect("plain", PROVIDER_HOST, 443, "coder", TOKEN, accepted=True)


def test_the_next_command_does_not(world: World, workspace: AgentScripts) -> None:
    curl = CURL.command(PROVIDER_URL)
    result = workspace.terminal("sh", "-c", f"{RUN} true && env && exec {shlex.join(curl)}")
    assert result.status == 6
    assert "Could not resolve host" in result.stderr
    assert "_proxy=" not in result.stdout.lower()
    assert world.proxy.connects == []


def test_arguments_input_output_and_the_exit_status_are_the_command_s(workspace: AgentScripts) -> None:
    words = ["it's", "$(id)", "a  b", "", "-n", "--help", "*", "a\nb"]
    result = workspace.terminal(
        RUN, "sh", "-c", 'cat; printf "<%s>" "$@"; echo bad >&2; exit 7', "sh", *words, stdin="in"
    )
    assert result.status == 7
    assert result.stdout == "in" + "".join(f"<{word}>" for word in words)
    assert result.stderr == "bad\n"


def test_it_is_for_its_owner_only(workspace: AgentScripts) -> None:
    launcher = workspace.bin / RUN
    assert oct(launcher.stat().st_mode & 0o7777) == "0o700"
    assert launcher.stat().st_uid == os.getuid()
    assert TOKEN in launcher.read_text()
    assert [path.name for path in workspace.bin.iterdir()] == [RUN]


def test_the_token_is_in_no_argument_list_and_in_the_environment_of_the_command_only(
    workspace: AgentScripts, tmp_path: Path
) -> None:
    ready, gate = tmp_path / "ready", tmp_path / "gate"
    os.mkfifo(gate)
    terminal = workspace.open("sh", "-c", f"{RUN} sh -c 'echo $$ >{ready}; read x <{gate}'; true")
    terminal.wait_for(lambda: ready.exists() and ready.read_text().endswith("\n"))
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    holders = [process.name for process in processes if TOKEN in _read(process / "environ")]
    shown = [process.name for process in processes if TOKEN in _read(process / "cmdline")]
    gate.write_text("go\n")
    assert terminal.finish(10).status == 0
    assert (holders, shown) == ([ready.read_text().strip()], [])


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["-a", "x"]])
def test_without_a_command_it_says_how_to_use_it(workspace: AgentScripts, arguments: list[str]) -> None:
    result = workspace.terminal(RUN, *arguments)
    usage = (
        "usage: aibridge-run COMMAND [ARGUMENT...]: runs one command behind the AI Bridge Proxy\n"
        "       aibridge-run --check [AI_HOST [OTHER_HOST]]: says what works and what does not, and what to do\n"
    )
    asked = arguments in (["--help"], ["-h"])
    assert (result.status, result.stdout, result.stderr) == ((0, usage, "") if asked else (2, "", usage))


def test_a_command_that_is_not_there_is_named(workspace: AgentScripts) -> None:
    result = workspace.terminal(RUN, "no-such-command")
    assert result.status == 127
    assert "no-such-command" in result.stderr


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        pytest.param("no-such-command", 127, "there is no command no-such-command in PATH: check its name", id="name"),
        pytest.param("./not-there", 127, "./not-there is not there.", id="path"),
        pytest.param("./file", 126, "./file is no program that may be run.", id="file"),
        pytest.param("/tmp", 126, "/tmp is no program that may be run.", id="directory"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line_of_ours(
    workspace: AgentScripts, command: str, status: int, says: str
) -> None:
    (workspace.home / "file").write_text("no program")
    result = workspace.terminal(RUN, command)
    assert (result.status, result.stdout) == (status, "")
    assert result.stderr.startswith(f"aibridge-run: {says}")
    assert result.stderr.count("\n") == 1


def test_a_command_in_any_directory_of_the_path_is_run(workspace: AgentScripts) -> None:
    (workspace.home / "of mine").write_text("#!/bin/sh\necho mine")
    (workspace.home / "of mine").chmod(0o755)
    assert workspace.terminal("sh", "-c", f"PATH=:$PATH exec {RUN} 'of mine'").stdout == "mine\n"


@pytest.mark.parametrize(("program", "words"), [("node", "reads no proxy variables"), ("java", "Java reads no proxy")])
def test_a_program_that_may_go_past_is_warned_of(workspace: AgentScripts, program: str, words: str) -> None:
    workspace.command(program, "#!/bin/sh\necho v20.1.0")
    result = workspace.terminal(RUN, program)
    assert (result.status, result.stdout) == (0, "v20.1.0\n")
    assert result.stderr.startswith("WARNING: ")
    assert words in result.stderr


def test_a_new_node_is_not_warned_of(workspace: AgentScripts) -> None:
    workspace.command("node", "#!/bin/sh\necho v24.1.0")
    assert workspace.terminal(RUN, "node").stderr == ""


def test_without_the_certificate_it_says_where_to_look_and_runs_nothing(
    workspace: AgentScripts, template: Template
) -> None:
    Path(template.proxy.cert_path).unlink()
    result = workspace.terminal(RUN, "echo", "ran")
    assert (result.status, result.stdout) == (1, "")
    assert f"the certificate is not at {template.proxy.cert_path}" in result.stderr
    assert "startup logs" in result.stderr


@pytest.mark.parametrize("which", ["certificate", "bundle of trusted certificates"])
@pytest.mark.parametrize("state", ["missing", "directory", "fifo", "empty", "garbage"])
def test_what_is_no_certificate_is_said_and_nothing_runs(
    workspace: AgentScripts, template: Template, which: str, state: str
) -> None:
    path = Path(template.proxy.cert_path if which == "certificate" else template.proxy.bundle_path)
    words = {
        "missing": f"the {which} is not at {path}",
        "directory": f"the {which} at {path} is a directory",
        "fifo": f"the {which} at {path} is not a regular file",
        "empty": f"the {which} at {path} is empty",
        "garbage": f"the {which} at {path} holds no PEM certificate",
    }
    path.unlink()
    match state:
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "empty":
            path.touch()
        case "garbage":
            path.write_text("no certificate\n")
    try:
        result = workspace.terminal(RUN, "echo", "ran")
    finally:
        path.rmdir() if state == "directory" else path.unlink(missing_ok=True)
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"aibridge-run: {words[state]}")
    assert "startup logs" in result.stderr


def test_what_bash_takes_from_its_environment_reaches_the_command_and_nothing_of_ours(
    workspace: AgentScripts, template: Template
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    names = ("echo", "printf", "exec", "export", "set", "unset", "[", "read", "command", "return", "exit")
    shadows = {f"BASH_FUNC_{name}%%": "() { /bin/echo shadowed >&2; }" for name in names}
    env = {**shadows, "BASH_FUNC_mine%%": "() { /bin/echo mine; }", "SHELLOPTS": "errexit:nounset:xtrace:verbose"}
    another = workspace.another(sh=Path(bash), env=env, system=list)
    assert workspace.run(template.setup).status == 0
    (another.bin / RUN).write_text((workspace.bin / RUN).read_text().replace("#!/bin/sh", f"#!{bash}", 1))
    (another.bin / RUN).chmod(0o700)
    result = another.terminal(RUN, bash, "-c", "mine")
    assert (result.status, result.stdout) == (0, "mine\n")
    assert "shadowed" not in result.stderr
    assert TOKEN not in result.stderr
    seen = another.terminal(RUN, "env").stdout
    assert "errexit" in seen.partition("SHELLOPTS=")[2].partition("\n")[0]


def test_it_is_there_though_the_download_failed(world: World, template: Template, coder_scripts: AgentScripts) -> None:
    world.deployment.licensed = False
    world.tokens.add(TOKEN)
    Path(template.proxy.cert_path).unlink(missing_ok=True)
    runner = coder_scripts.another(path=os.environ["PATH"])
    setup = runner.run(template.setup)
    assert setup.status == 1
    assert "aibridge-run is ready" not in setup.stdout
    assert runner.terminal(RUN, "echo", "ran").status == 1


def test_a_start_replaces_the_launcher_of_the_start_before(workspace: AgentScripts, template: Template) -> None:
    launcher = workspace.bin / RUN
    launcher.write_text("#!/bin/sh\necho old\n")
    assert workspace.run(template.setup).status == 0
    assert workspace.terminal(RUN, "echo", "ran").stdout == "ran\n"
    assert oct(launcher.stat().st_mode & 0o7777) == "0o700"


def test_an_agent_without_a_directory_for_scripts_gets_a_warning_and_a_certificate(
    world: World, template: Template, coder_scripts: AgentScripts
) -> None:
    world.tokens.add(TOKEN)
    runner = coder_scripts.another(path=os.environ["PATH"])
    result = runner.run(template.setup.replace("\nunset ", "\nunset CODER_SCRIPT_BIN_DIR ", 1))
    assert result.status == 0
    assert (
        result.stderr == "WARNING: aibridge-run was not made: this Coder agent gives scripts no CODER_SCRIPT_BIN_DIR.\n"
    )
    assert list(runner.bin.iterdir()) == []


def _read(path: Path) -> str:
    """A file of /proc; empty for a process that has gone or is somebody else's."""
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""
