"""Clients that are made in other ways than those of the other tests. `make clients` measures all that are known."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aibridge_construct.testing import AgentScripts
from aibridge_construct.testing.mirror import Mirror

from .bridge_proxy import Listener
from .http_clients import SCRIPTS
from .template import Template
from .world import PROVIDER_HOST, PROVIDER_URL, TOKEN, World

BIN = Path(sys.executable).parent
#: What each asks with, and what it is made with. uv takes the provider for an index, and its answer for none.
CLIENTS: Mapping[str, tuple[str, list[str]]] = {
    "httpx": ("python", [sys.executable, str(SCRIPTS / "httpx_get.py"), PROVIDER_URL]),
    "OpenAI's SDK": ("python", [sys.executable, str(SCRIPTS / "openai_get.py"), PROVIDER_URL]),
    "Deno": ("deno", [str(BIN / "deno"), "run", "--allow-all", str(SCRIPTS / "fetch.mjs"), PROVIDER_URL]),
    "uv": ("rust", [str(BIN / "uv"), "pip", "install", "--dry-run", "--index-url", PROVIDER_URL, "left-pad"]),
}

Scripts = Callable[[Listener], tuple[str, dict[str, str]]]


@pytest.fixture(scope="module")
def scripts_of(running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Scripts:
    """The setup script and that of each client, for a listener, planned once."""
    made: dict[Listener, tuple[str, dict[str, str]]] = {}

    def make(listener: Listener) -> tuple[str, dict[str, str]]:
        if listener not in made:
            directory = tmp_path_factory.mktemp(listener)
            template = Template(directory, running_world, mirror, listener=listener)
            own = (f"HOME={directory}", "UV_HTTP_RETRIES=0", f"UV_PYTHON={sys.executable}", "DENO_NO_UPDATE_CHECK=1")
            tools = {
                name: template.tool(f"tool-{number}", ["env", *own, *command], runtimes=[runtime])
                for number, (name, (runtime, command)) in enumerate(CLIENTS.items())
            }
            made[listener] = template.setup, {name: template.script(tool) for name, tool in tools.items()}
        return made[listener]

    return make


@pytest.mark.parametrize("listener", ["plain", "leaf"])
@pytest.mark.parametrize("client", CLIENTS)
def test_what_it_asks_the_provider_goes_through_the_proxy_with_the_token(
    world: World, coder_scripts: AgentScripts, scripts_of: Scripts, client: str, listener: Listener
) -> None:
    if shutil.which(CLIENTS[client][1][0]) is None:
        pytest.skip(f"{client} is not installed")
    setup, tools = scripts_of(listener)
    runner = coder_scripts.another(path=os.environ["PATH"], system=world.on_system)
    assert runner.run(setup).status == 0
    ended = runner.run(tools[client])
    assert {connect.host for connect in world.proxy.connects} == {PROVIDER_HOST}, ended.stderr
    assert {connect.password for connect in world.proxy.connects} == {TOKEN}
    assert world.proxy.intercepted
    assert ended.status == 0 or client == "uv", ended.stderr
