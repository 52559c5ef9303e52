"""Programs that read certificates from files only, behind the real proxy: files of ours, the user's own first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aibridge_construct.testing import AgentScripts, Mirror, in_every_shell

from .bridge_proxy import Listener
from .template import Template
from .world import PROVIDER_URL, World

TOKEN = f"only-of-the-files-{os.getpid()}"
WGET = ("aibridge-run", "wget", "-q", "-T", "10", "-t", "1", "-O", "-", PROVIDER_URL)
CURL = ("aibridge-run", "curl", "-sS", "-m", "20", PROVIDER_URL)

Start = Callable[[Listener], AgentScripts]


@pytest.fixture(scope="module")
def made(running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[Listener, Template]:
    kinds: tuple[Listener, ...] = ("plain", "tls")
    directory = tmp_path_factory.mktemp("configured")
    return {
        kind: Template(directory / kind, running_world, mirror, listener=kind, token=TOKEN, launcher=True)
        for kind in kinds
    }


@pytest.fixture
def start(world: World, made: dict[Listener, Template], coder_scripts: AgentScripts) -> Start:
    def start(listener: Listener) -> AgentScripts:
        world.tokens.add(TOKEN)
        runner = coder_scripts.another(path=os.environ["PATH"], system=world.on_system)
        shutil.rmtree(f"{made[listener].proxy.cert_path}.trust", ignore_errors=True)
        setup = runner.run(made[listener].setup)
        assert (setup.status, setup.stderr) == (0, "")
        return runner

    return start


@in_every_shell
def test_wget_trusts_the_proxy_and_keeps_the_user_s_settings(
    world: World, start: Start, made: dict[Listener, Template]
) -> None:
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    runner = start("plain")
    (runner.home / ".wgetrc").write_text("user_agent = of-the-user")  # without a newline
    result = runner.terminal(*WGET)
    assert (result.status, result.stderr) == (0, "")
    assert "provider" in result.stdout
    assert world.provider.requests[-1].headers["user-agent"] == "of-the-user"
    (file,) = Path(f"{made['plain'].proxy.cert_path}.trust").glob("wget-*")
    assert (file.stat().st_mode & 0o777, TOKEN in file.read_text()) == (0o600, False)
    assert (runner.home / ".wgetrc").read_text() == "user_agent = of-the-user"


@in_every_shell
def test_curl_trusts_a_listener_with_tls_and_keeps_the_user_s_settings(
    world: World, start: Start, made: dict[Listener, Template]
) -> None:
    runner = start("tls")
    (runner.home / ".curlrc").write_text('user-agent = "of-the-user"\n')
    result = runner.terminal(*CURL)
    assert (result.status, result.stderr) == (0, "")
    assert world.provider.requests[-1].headers["user-agent"] == "of-the-user"
    (file,) = Path(f"{made['tls'].proxy.cert_path}.trust").glob("curl-*/.curlrc")
    assert (file.stat().st_mode & 0o777, TOKEN in file.read_text()) == (0o600, False)
    # One in another: the outer one's file goes on to count, and nothing is written twice.
    nested = runner.terminal("aibridge-run", *CURL)
    assert (nested.status, nested.stderr) == (0, "")
    assert file.read_text().count("proxy-cacert") == 1


def test_a_plain_listener_needs_no_file_for_curl(start: Start) -> None:
    result = start("plain").terminal("aibridge-run", "env")
    assert "CURL_HOME=" not in result.stdout
