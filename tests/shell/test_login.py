"""`aibridge-run` in the terminals that people get: login shells, whose profiles set PATH anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy
from aibridge_construct.testing import in_every_shell
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.scripts import AgentScripts, Ended, shell_program
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment

from .deployment import Deployment, answer
from .workspace import TOKEN, TOOLS, assigned

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users and lock files")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture(scope="session")
def planned(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The setup script with a launcher, planned by real Terraform."""
    directory: Path = tmp_path_factory.mktemp("launcher")
    stack = TerraformStack(App(outdir=str(directory / "out")), "launcher")
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="http://proxy.example:8888", launcher=True)
    (directory / "cdk.tf.json").write_text(Testing.synth(stack, True))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    script: str = terraform.plan().resource(proxy.script_address)["script"]
    return script


@pytest.fixture
def setup(planned: str, pem: bytes, tmp_path: Path) -> Iterator[str]:
    """The same for a deployment that answers."""
    with Deployment(answer(200, pem)) as deployment:
        # The launcher names the certificate too.
        yield assigned(planned.replace("/tmp/aibridge-proxy", f"{tmp_path}/aibridge"), {"ACCESS_URL": deployment.url})


def started(scripts: AgentScripts, setup: str, **env: str) -> Ended:
    ended = scripts.run(setup, env=env)
    assert ended.status == 0, ended
    assert not list(scripts.home.rglob(".aibridge-*")), "nothing of the change is left"
    return ended


def found(scripts: AgentScripts, shell: str = "bash", **env: str) -> bool:
    """Whether a person's login shell finds the launcher, though PATH does not name its directory before."""
    env = {"PATH": SYSTEM_PATH} | env
    return scripts.login("aibridge-run echo it runs", shell=shell_program(shell), env=env).stdout.endswith("it runs\n")


@pytest.mark.parametrize("shell", ["bash", "dash", "busybox sh", "zsh", "fish"])
@in_every_shell
def test_a_login_shell_finds_it(coder_scripts: AgentScripts, setup: str, shell: str) -> None:
    if shutil.which(shell.split(maxsplit=1)[0]) is None:
        pytest.skip(f"{shell} is not installed")
    assert not found(coder_scripts, shell)
    assert str(coder_scripts.bin / "aibridge-run") in started(coder_scripts, setup).stdout
    assert found(coder_scripts, shell)
    path = coder_scripts.login("echo $PATH", shell=shell_program(shell)).stdout
    assert path.replace(" ", ":").count(str(coder_scripts.bin)) == 1


def texts(home: Path) -> dict[str, str]:
    return {str(path.relative_to(home)): path.read_text() for path in home.rglob("*") if path.is_file()}


@in_every_shell
def test_it_is_written_once_and_what_was_there_stays(coder_scripts: AgentScripts, setup: str) -> None:
    profile = coder_scripts.home / ".profile"
    profile.write_text("mine=1  # no newline")
    profile.chmod(0o640)
    started(coder_scripts, setup)
    before = texts(coder_scripts.home)
    assert before[".profile"].startswith("mine=1  # no newline\n# >>> aibridge-run: ")
    assert profile.stat().st_mode & 0o7777 == 0o640
    inode = profile.stat().st_ino
    started(coder_scripts, setup)
    assert texts(coder_scripts.home) == before
    assert profile.stat().st_ino == inode


@pytest.mark.parametrize(
    ("there", "changed"),
    [
        ((), (".profile",)),
        ((".bashrc",), (".profile",)),
        ((".profile",), (".profile",)),
        ((".bash_profile",), (".bash_profile", ".profile")),
        ((".bash_login",), (".bash_login", ".profile")),
        ((".bash_profile", ".bash_login", ".profile"), (".bash_profile", ".profile")),
    ],
    ids=str,
)
def test_it_goes_where_a_login_bash_reads_and_hides_no_file_behind_a_new_one(
    coder_scripts: AgentScripts, setup: str, there: tuple[str, ...], changed: tuple[str, ...]
) -> None:
    for name in there:
        (coder_scripts.home / name).write_text(f"echo {name}\n")
    said = coder_scripts.login("true", shell="bash").stdout
    started(coder_scripts, setup)
    new = {name for name, text in texts(coder_scripts.home).items() if "aibridge-run" in text}
    assert {name for name in new if name not in (".zprofile", ".config/fish/conf.d/aibridge-run.fish")} == set(changed)
    assert coder_scripts.login("true", shell="bash").stdout == said
    assert found(coder_scripts)
    assert found(coder_scripts, "dash")


def test_the_files_of_zsh_and_fish_are_where_their_variables_say(
    coder_scripts: AgentScripts, setup: str, tmp_path: Path
) -> None:
    places = {"ZDOTDIR": str(tmp_path / "zsh"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    (tmp_path / "config/fish").mkdir(parents=True)
    started(coder_scripts, setup, **places)
    assert set(texts(coder_scripts.home)) == {".profile"}
    for shell in ("zsh", "fish"):
        if shutil.which(shell):
            assert found(coder_scripts, shell, **places)
    assert "aibridge-run" in (tmp_path / "zsh/.zprofile").read_text()
    assert "aibridge-run" in (tmp_path / "config/fish/conf.d/aibridge-run.fish").read_text()


def test_nobody_gets_files_of_shells_that_are_not_there(coder_scripts: AgentScripts, setup: str) -> None:
    tools = [*TOOLS, "sh", "curl", "cp", "chmod", "rmdir", "readlink"]
    for tool in tools:
        (coder_scripts.image / tool).symlink_to(str(shutil.which(tool)))
    started(coder_scripts, setup, PATH=str(coder_scripts.image))
    assert set(texts(coder_scripts.home)) == {".profile"}


@in_every_shell
def test_a_changed_block_takes_the_place_of_the_one_before(coder_scripts: AgentScripts, setup: str) -> None:
    profile = coder_scripts.home / ".profile"
    profile.write_text("before=1\n")
    started(coder_scripts, setup)
    right = profile.read_text()
    lines = right.splitlines(keepends=True)
    profile.write_text("".join([*lines[:3], "of an earlier release\n", *lines[6:]]) + "after=1")
    started(coder_scripts, setup)
    assert profile.read_text() == right + "after=1"
    # A line that lost its other end takes nothing along.
    profile.write_text(lines[1] + "precious=1\n")
    started(coder_scripts, setup)
    assert "precious=1\n" in profile.read_text()
    started(coder_scripts, setup)
    assert "precious=1\n" in profile.read_text()
    assert found(coder_scripts)


@in_every_shell
def test_it_does_no_harm_when_its_target_is_gone(coder_scripts: AgentScripts, setup: str) -> None:
    started(coder_scripts, setup)
    shutil.rmtree(coder_scripts.bin)
    for shell in ("bash", "dash"):
        ended = coder_scripts.login('set -eu; . "$HOME/.profile"; echo "$PATH"', shell=shell, env={"PATH": SYSTEM_PATH})
        assert (ended.status, ended.stderr) == (0, "")
        assert str(coder_scripts.bin) not in ended.stdout


@in_every_shell
def test_a_link_stays_a_link_and_what_it_leads_to_is_changed(
    coder_scripts: AgentScripts, setup: str, tmp_path: Path
) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "profile").write_text("mine=1\n")
    (coder_scripts.home / "between").symlink_to(dotfiles / "profile")
    (coder_scripts.home / ".profile").symlink_to("between")
    started(coder_scripts, setup)
    assert (coder_scripts.home / ".profile").readlink() == Path("between")
    assert (coder_scripts.home / "between").is_symlink()
    assert (dotfiles / "profile").read_text().startswith("mine=1\n# >>>")
    assert not list(dotfiles.glob(".*"))
    assert found(coder_scripts)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _zero_bytes(path: Path) -> None:
    path.write_bytes(b"mine=1\n\0\n")


def _huge(path: Path) -> None:
    path.write_text("# x\n" * 200_000)


@pytest.mark.parametrize("make", [_dangling, _loop, Path.mkdir, os.mkfifo, _zero_bytes, _huge])
@in_every_shell
def test_what_is_no_file_of_a_person_is_left_alone_with_a_warning(
    coder_scripts: AgentScripts, setup: str, make: Callable[[Path], object]
) -> None:
    profile = coder_scripts.home / ".profile"
    make(profile)
    before = identity(profile)
    ended = started(coder_scripts, setup)
    assert ended.stderr.count("WARNING: ") == 1, ended.stderr
    assert f"could not add aibridge-run to the PATH of login shells in {profile}" in ended.stderr
    assert f"call it by its full path, {coder_scripts.bin}/aibridge-run." in ended.stderr
    assert identity(profile) == before


def identity(path: Path) -> tuple[int, int, int]:
    """What a change by rename would change."""
    return (status := os.lstat(path)).st_ino, status.st_mode, status.st_mtime_ns


def test_lines_that_end_in_crlf_are_kept(coder_scripts: AgentScripts, setup: str) -> None:
    profile = coder_scripts.home / ".profile"
    profile.write_bytes(b"# mine\r\n")
    started(coder_scripts, setup)
    assert profile.read_bytes().startswith(b"# mine\r\n# >>>")
    assert found(coder_scripts)


@needs_root
@in_every_shell
def test_a_home_that_cannot_be_written_draws_a_warning_and_the_rest_works(
    coder_scripts: AgentScripts, setup: str, tmp_path: Path
) -> None:
    coder_scripts.home.chmod(0o555)
    for part in [tmp_path, *tmp_path.parents][:4]:
        part.chmod(part.stat().st_mode | 0o755)
    tmp_path.chmod(0o777)
    ended = coder_scripts.run(setup, user=65534)
    assert ended.status == 0
    assert ended.stderr.count("WARNING: ") == 1, ended.stderr
    assert f"could not write in {coder_scripts.home}" in ended.stderr
    assert list(coder_scripts.home.iterdir()) == []


@needs_root
def test_a_link_into_a_place_that_cannot_be_written_draws_a_warning(
    coder_scripts: AgentScripts, setup: str, tmp_path: Path
) -> None:
    for part in [tmp_path, *tmp_path.parents][:4]:
        part.chmod(part.stat().st_mode | 0o755)
    tmp_path.chmod(0o777)
    coder_scripts.home.chmod(0o777)
    (tmp_path / "store").mkdir(mode=0o755)
    (tmp_path / "store/profile").write_text("mine=1\n")
    os.chown(tmp_path / "store/profile", 65534, 65534)
    profile = coder_scripts.home / ".profile"
    profile.symlink_to(tmp_path / "store/profile")
    ended = coder_scripts.run(setup, user=65534)
    assert ended.status == 0
    assert f"shells in {profile}, because it cannot be written" in ended.stderr
    assert profile.is_symlink()
    assert profile.read_text() == "mine=1\n"


@needs_root
def test_a_file_of_somebody_else_is_left_alone(coder_scripts: AgentScripts, setup: str, tmp_path: Path) -> None:
    for part in [tmp_path, *tmp_path.parents][:4]:
        part.chmod(part.stat().st_mode | 0o755)
    tmp_path.chmod(0o777)
    coder_scripts.home.chmod(0o777)
    profile = coder_scripts.home / ".profile"
    profile.write_text("of root\n")
    ended = coder_scripts.run(setup, user=65534)
    assert ended.status == 0
    assert f"shells in {profile}, because it belongs to somebody else" in ended.stderr
    assert profile.read_text() == "of root\n"


def test_a_file_that_its_owner_made_read_only_stays_so(coder_scripts: AgentScripts, setup: str) -> None:
    profile = coder_scripts.home / ".profile"
    profile.write_text("mine=1\n")
    profile.chmod(0o444)
    started(coder_scripts, setup)
    assert "aibridge-run" in profile.read_text()
    assert profile.stat().st_mode & 0o7777 == 0o444


@pytest.mark.parametrize("home", ["", "/nonexistent/home"])
@in_every_shell
def test_without_a_home_it_warns_and_names_the_full_path(coder_scripts: AgentScripts, setup: str, home: str) -> None:
    ended = started(coder_scripts, setup, HOME=home)
    assert "HOME is not a directory" in ended.stderr
    assert f"{coder_scripts.bin}/aibridge-run." in ended.stderr


@in_every_shell
def test_agents_that_share_a_home_each_find_their_own(coder_scripts: AgentScripts, setup: str) -> None:
    other = coder_scripts.another()
    for scripts, agent in ((coder_scripts, "main"), (other, "dev")):
        name = {"HOME": str(coder_scripts.home), "CODER_WORKSPACE_AGENT_NAME": agent}
        started(scripts, setup, **name)
        started(scripts, setup, **name)
    for shell in filter(shutil.which, ("bash", "dash", "zsh", "fish")):
        for scripts, agent in ((coder_scripts, "main"), (other, "dev")):
            env = {"PATH": SYSTEM_PATH, "CODER_WORKSPACE_AGENT_NAME": agent}
            which = coder_scripts.login("command -v aibridge-run", shell=shell, env=env)
            assert which.stdout == f"{scripts.bin}/aibridge-run\n"
    # One of them is gone, and who did not say its name finds what is there.
    shutil.rmtree(coder_scripts.bin)
    assert found(coder_scripts)


def test_a_prebuilt_workspace_has_it_and_is_promised_nothing(coder_scripts: AgentScripts, setup: str) -> None:
    before_claim = started(coder_scripts, assigned(setup, {"SESSION_TOKEN": "", "IS_PREBUILD": "true"}))
    assert (coder_scripts.bin / "aibridge-run").exists()
    assert "is ready" not in before_claim.stdout
    assert "aibridge-run is ready: " in started(coder_scripts, setup).stdout.splitlines()[-1]


@in_every_shell
def test_agents_that_share_a_directory_for_scripts_are_told(coder_scripts: AgentScripts, setup: str) -> None:
    first, again, other = (started(coder_scripts, setup, CODER_WORKSPACE_AGENT_NAME=name) for name in ("a", "a", "b"))
    assert first.stderr == again.stderr == ""
    assert other.stderr == (
        f"WARNING: {coder_scripts.bin}/aibridge-run was the agent a's, and is this agent's now: set "
        "CODER_AGENT_SCRIPT_DATA_DIR for one of them, or leave launcher=True out of one proxy.\n"
    )
    unknown = coder_scripts.terminal("aibridge-run", "not there")
    assert unknown.status == 127
    assert unknown.stderr == (
        "aibridge-run: there is no command not there in PATH: check its name, or write its full path.\n"
    )


def test_many_that_start_at_once_lose_nothing(coder_scripts: AgentScripts, setup: str) -> None:
    agents = [coder_scripts, *(coder_scripts.another() for _ in range(7))]
    profile = coder_scripts.home / ".profile"
    profile.write_text("mine=1\n")
    with ThreadPoolExecutor(len(agents)) as pool:
        ended = list(pool.map(lambda scripts: scripts.run(setup, env={"HOME": str(coder_scripts.home)}), agents))
    assert [(one.status, one.stderr) for one in ended] == [(0, "")] * len(agents)
    text = profile.read_text()
    assert text.startswith("mine=1\n")
    assert [text.count(f"# >>> aibridge-run: {scripts.bin} >>>") for scripts in agents] == [1] * len(agents)
    assert not list(coder_scripts.home.glob(".aibridge-*"))


@in_every_shell
def test_a_lock_that_a_killed_script_left_holds_nobody_up_for_long(coder_scripts: AgentScripts, setup: str) -> None:
    (coder_scripts.home / ".aibridge-run.lock").mkdir()
    ended = started(coder_scripts, setup.replace("LOGIN_LOCK_SECONDS=10", "LOGIN_LOCK_SECONDS=1"))
    assert ended.stderr == ""
    assert found(coder_scripts)


def test_a_directory_that_path_cannot_hold_draws_a_warning(
    coder_scripts: AgentScripts, setup: str, tmp_path: Path
) -> None:
    odd = tmp_path / "a:b"
    odd.mkdir()
    ended = started(coder_scripts, setup, CODER_SCRIPT_BIN_DIR=str(odd))
    assert "characters that PATH cannot hold" in ended.stderr
    assert texts(coder_scripts.home) == {}


def test_nothing_is_written_without_a_launcher(coder_scripts: AgentScripts, setup: str) -> None:
    started(coder_scripts, assigned(setup, {"LAUNCHER": "false"}))
    assert texts(coder_scripts.home) == {}
