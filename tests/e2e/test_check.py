"""`aibridge-run --check`: what tools hide, in words, each with its cure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aibridge_construct import __version__
from aibridge_construct.testing import AgentScripts, Mirror, in_every_shell

from .bridge_proxy import Listener
from .template import Template
from .world import ORDINARY_HOST, PROVIDER_HOST, World

TOKEN = f"only-of-the-check-{os.getpid()}"
GOVERNED = f"ok       {PROVIDER_HOST} is intercepted with this certificate: its traffic is governed."
TUNNELLED = f"ok       another host, {ORDINARY_HOST}, is tunnelled as it is."
CHECK = ("aibridge-run", "--check", PROVIDER_HOST, ORDINARY_HOST)

Templates = Callable[[Listener], Template]


@pytest.fixture(scope="module")
def templates(running_world: World, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A template with a launcher, for each listener."""
    made: dict[Listener, Template] = {}

    def make(listener: Listener) -> Template:
        if listener not in made:
            directory = tmp_path_factory.mktemp(f"check-{listener}")
            made[listener] = Template(directory, running_world, mirror, listener=listener, token=TOKEN, launcher=True)
        return made[listener]

    return make


def started(world: World, template: Template, scripts: AgentScripts, **settings: object) -> AgentScripts:
    """A workspace of it that has started."""
    world.tokens.add(TOKEN)
    runner = scripts.another(path=os.environ["PATH"], system=world.on_system, **settings)  # type: ignore[arg-type]
    setup = runner.run(template.setup)
    assert (setup.status, setup.stderr) == (0, "")
    return runner


@in_every_shell
def test_when_all_is_well_every_line_says_so(world: World, templates: Templates, coder_scripts: AgentScripts) -> None:
    result = started(world, templates("plain"), coder_scripts).terminal(*CHECK)
    assert (result.status, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("PROBLEM")] == []
    assert lines[0].startswith("ok       the certificate is at ")
    assert "valid until 20" in lines[0]
    assert "mitmproxy" in lines[0]
    assert lines[1].startswith("ok       the bundle of trusted certificates is at ")
    assert lines[2] == f"ok       the proxy at {world.proxy.url('plain')} takes the session token."
    assert lines[3:5] == [GOVERNED, TUNNELLED]
    assert lines[-1] == f"note     this command was written by aibridge-construct {__version__}."
    assert TOKEN not in result.stdout


def test_a_script_of_the_dashboard_says_the_same(
    world: World, templates: Templates, coder_scripts: AgentScripts
) -> None:
    runner = started(world, templates("plain"), coder_scripts)
    shown, told = runner.run(" ".join(CHECK)), runner.terminal(*CHECK)
    assert (shown.status, shown.stdout, shown.stderr) == (told.status, told.stdout, told.stderr)
    assert GOVERNED in shown.stdout


@pytest.mark.parametrize(
    ("listener", "said"),
    [
        pytest.param("tls", "says CA:TRUE: Rust tools (Codex", id="as Coder's page makes it"),
        pytest.param("leaf", "is none of a CA, as all tools want it.", id="as all tools take it"),
    ],
)
def test_the_certificate_of_a_listener_is_looked_at(
    world: World, templates: Templates, coder_scripts: AgentScripts, listener: Listener, said: str
) -> None:
    result = started(world, templates(listener), coder_scripts).terminal(*CHECK)
    assert (result.status, result.stderr) == (0, "")
    assert said in result.stdout
    assert GOVERNED in result.stdout
    assert TUNNELLED in result.stdout


@in_every_shell
def test_a_ca_that_has_changed_is_a_problem_inside_the_tls_of_a_listener_too(
    world: World, templates: Templates, coder_scripts: AgentScripts
) -> None:
    template = templates("tls")
    runner = started(world, template, coder_scripts)
    _other_ca(world, runner, template)
    result = runner.terminal(*CHECK)
    assert (result.status, result.stderr) == (1, "")
    assert f"PROBLEM  {PROVIDER_HOST} is not intercepted with this certificate" in result.stdout
    assert TUNNELLED in result.stdout


@dataclass(frozen=True)
class Fault:
    """What is broken after the start, and what the check says of it."""

    id: str
    breaks: Callable[[World, AgentScripts, Template], object]
    says: str
    status: int = 1


def _certificate(template: Template) -> Path:
    return Path(template.proxy.cert_path)


def _other_ca(_world: World, _runner: AgentScripts, template: Template) -> None:
    roots = Path("/etc/ssl/certs/ca-certificates.crt").read_text()
    first = roots[: roots.index("-----END CERTIFICATE-----") + 26]
    _certificate(template).write_text(first[first.index("-----BEGIN") :])


FAULTS = [
    Fault(
        "the token was revoked",
        lambda world, _runner, _template: world.tokens.discard(TOKEN),
        "refuses the session token (407): start the workspace again for a fresh one",
    ),
    Fault(
        "the certificate has gone",
        lambda _world, _runner, template: _certificate(template).unlink(),
        "PROBLEM  the certificate is not at ",
    ),
    Fault(
        "the certificate was cut",
        lambda _world, _runner, template: _certificate(template).write_text(
            _certificate(template).read_text()[:600] + "\n-----END CERTIFICATE-----\n"
        ),
        "is cut short or damaged",
    ),
    Fault(
        "the bundle has gone",
        lambda _world, _runner, template: Path(f"{template.proxy.cert_path}.bundle").unlink(),
        "PROBLEM  the bundle of trusted certificates is not at ",
    ),
    Fault(
        "the CA of the proxy has changed",
        _other_ca,
        f"{PROVIDER_HOST} is not intercepted with this certificate, so its traffic is NOT governed",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_what_is_wrong_is_said_with_its_cure(
    world: World, templates: Templates, coder_scripts: AgentScripts, fault: Fault
) -> None:
    template = templates("plain")
    runner = started(world, template, coder_scripts)
    fault.breaks(world, runner, template)
    result = runner.terminal(*CHECK)
    assert (result.status, result.stderr) == (fault.status, "")
    assert fault.says in result.stdout
    assert TOKEN not in result.stdout


@pytest.mark.parametrize(
    ("where", "said"),
    [
        pytest.param(("http", None), "the connection was refused, or there is no route", id="nobody listens"),
        pytest.param(("http", "tls"), "check whether proxy_url must begin with https://", id="TLS is spoken there"),
        pytest.param(("https", "plain"), "proxy_url must begin with http://", id="no TLS is spoken there"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(
    world: World, templates: Templates, coder_scripts: AgentScripts, where: tuple[str, Listener | None], said: str
) -> None:
    scheme, listener = where
    runner = started(world, templates("plain"), coder_scripts)
    port = world.proxy.ports[listener] if listener else 9
    launcher = runner.bin / "aibridge-run"
    before = world.proxy.url("plain").removeprefix("http://")
    text = launcher.read_text()
    assert f"@{before}" in text
    text = text.replace("'http://coder:", f"'{scheme}://coder:").replace(f"@{before}", f"@127.0.0.1:{port}")
    launcher.write_text(text)
    result = runner.terminal(*CHECK)
    assert result.status == 1
    assert f"PROBLEM  the proxy at {scheme}://127.0.0.1:{port} cannot be used: " in result.stdout
    assert said in result.stdout
    assert TOKEN not in result.stdout + result.stderr


def test_it_says_what_it_could_not_look_at(world: World, templates: Templates, coder_scripts: AgentScripts) -> None:
    runner = started(world, templates("tls"), coder_scripts)
    for name in ("sh", "date", "cat", "wc", "rm", "mkdir", "sleep"):
        target = shutil.which(name)
        assert target
        (runner.image / name).symlink_to(target)
    result = runner.terminal("sh", "-c", f"PATH={runner.image}; exec {runner.bin}/aibridge-run --check")
    assert result.status == 0
    assert "(whose it is cannot be read without openssl)" in result.stdout
    assert "note     curl is not installed, so the proxy at https://localhost:" in result.stdout
    assert "note     there is no coder command here" in result.stdout


def test_what_the_workspace_has_of_its_own_is_named_without_its_value(
    world: World, templates: Templates, coder_scripts: AgentScripts
) -> None:
    env = {"https_proxy": "http://ada:hush@proxy.corp.test:3128", "NO_PROXY": ".corp.test"}
    runner = started(world, templates("plain"), coder_scripts)
    result = runner.terminal(*CHECK, env=env)
    assert result.status == 0
    assert "note     of this workspace: https_proxy NO_PROXY;" in result.stdout
    assert "hush" not in result.stdout
