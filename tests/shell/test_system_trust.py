"""The proxy's certificates in the system's store: Debian's real one, and where other distributions keep theirs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, InvalidValueError
from aibridge_construct.testing import AgentScripts, Ended, Mirror, Terraform, workspace_environment
from tests.e2e.namespace import in_namespace, why_not

from .certificates import certificate
from .deployment import Deployment, answer
from .workspace import TOKEN, assigned

CA, LISTENER, LATER = (certificate(name) for name in ("proxy", "listener", "later"))
STORE = Path("/usr/local/share/ca-certificates")
SYSTEM = Path("/etc/ssl/certs")
NOBODY = 65534


@pytest.fixture(scope="module")
def rendered(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The setup script of a proxy with ``system_trust``."""
    directory = tmp_path_factory.mktemp("system")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    listener = LISTENER.decode()
    proxy = AIBridgeProxy(
        stack, "aibridge", agent_id="a1", proxy_url="https://x", extra_ca_certificates=listener, system_trust=True
    )
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    script: str = terraform.plan().resource(proxy.script_address)["script"]
    return script


class System:
    """A workspace whose system has the folders of a distribution."""

    def __init__(self, rendered: str, scripts: AgentScripts, root: Path) -> None:
        if reason := why_not():
            pytest.skip(reason)
        self._rendered, self._scripts, self.root = rendered, scripts, root
        self.mounts: dict[Path, Path] = {}
        self.deployment: Deployment

    def folder(self, target: Path | str) -> Path:
        """An empty folder of the test in the place of the system's."""
        made = self.root / Path(target).name.replace(" ", "-")
        made.mkdir()
        made.chmod(0o777)
        self.mounts[Path(target)] = made
        return made

    def start(self, *, sh: str = "dash", path: str = "/usr/bin:/bin", user: int | None = None, **more: str) -> Ended:
        scripts = self._scripts.another(
            path="/usr/bin:/bin", sh=Path(shutil.which(sh) or sh), system=lambda command: self._on(command, path, user)
        )
        place = self.root / "certificates"
        place.mkdir(exist_ok=True)
        place.chmod(0o777)
        values = {"CERT_PATH": str(place / "ca.pem"), "ACCESS_URL": self.deployment.url} | more
        return scripts.run(assigned(self._rendered, values))

    def _on(self, command: Sequence[str], path: str, user: int | None) -> list[str]:
        become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        return in_namespace([*become, "/usr/bin/env", f"PATH={path}", *command], self.mounts)


@pytest.fixture
def system(rendered: str) -> Iterator[System]:
    # Not in pytest's own directory, which no other user may enter.
    with (
        Deployment(answer(200, CA)) as deployment,
        tempfile.TemporaryDirectory(prefix="aibridge-test-") as directory,
        AgentScripts(Path(directory)) as scripts,
    ):
        Path(directory).chmod(0o755)
        made = System(rendered, scripts, Path(directory))
        made.deployment = deployment
        yield made


def blocks(folder: Path) -> list[str]:
    return [path.read_text().split("\n")[1] for path in sorted(folder.glob("*.crt"))]


def first_lines(*certificates: bytes) -> list[str]:
    return [text.decode().split("-----BEGIN CERTIFICATE-----\n")[1].split("\n")[0] for text in certificates]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the system's store")


@needs_root
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_debian_s_own_command_puts_each_certificate_into_the_store(system: System, shell: str) -> None:
    store, bundle = system.folder(STORE), system.folder(SYSTEM) / "ca-certificates.crt"
    few = system.root / "few.conf"
    few.write_text("mozilla/ISRG_Root_X1.crt\n")
    system.mounts[Path("/etc/ca-certificates.conf")] = few
    ended = system.start(sh=shell)
    assert (ended.status, ended.stderr) == (0, "")
    assert f"was put into the system's store ({STORE})" in ended.stdout
    assert sorted(path.name for path in store.iterdir()) == ["aibridge-proxy-setup-1.crt", "aibridge-proxy-setup-2.crt"]
    assert all(line in bundle.read_text() for line in first_lines(CA, LISTENER))
    assert "is in the system's store already" in system.start(sh=shell).stdout
    system.deployment.behaviour = answer(200, LATER)
    assert "was put into" in system.start(sh=shell, EXTRA_CA_PEM="").stdout
    assert [path.name for path in store.iterdir()] == ["aibridge-proxy-setup-1.crt"]
    assert first_lines(CA)[0] not in bundle.read_text()
    assert first_lines(LATER)[0] in bundle.read_text()


def test_who_is_not_root_and_cannot_become_it_is_told_and_has_the_certificate_all_the_same(system: System) -> None:
    store = system.folder(STORE)
    ended = system.start(user=NOBODY if os.geteuid() == 0 else None, path=str(tools(system.root)))
    assert ended.status == 0
    assert "was not put into the system's store, because this user is not root" in ended.stderr
    assert "saved to" in ended.stdout
    assert list(store.iterdir()) == []


def tools(root: Path, commands: Mapping[str, str] | None = None) -> Path:
    """A PATH without sudo, and with these commands."""
    folder = root / "tools"
    folder.mkdir()
    names = ("curl", "mkdir", "mv", "rm", "cat", "sleep", "date", "wc", "ls", "id", "cmp", "cp", "rmdir", "awk", "sh")
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, text in (commands or {}).items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


@needs_root
def test_sudo_without_a_password_will_do(system: System) -> None:
    store = system.folder(STORE)
    log = system.root / "log"
    log.touch()
    log.chmod(0o666)
    # Stands in for sudo, which would ask who we are: the folder is everybody's here.
    commands = {"sudo": f'echo "$*" >>{log}; [ "$1" = -n ] && shift && exec "$@"', "update-ca-certificates": "exit 0"}
    ended = system.start(user=NOBODY, path=str(tools(system.root, {**commands, "true": "exit 0"})))
    assert (ended.status, ended.stderr) == (0, "")
    assert blocks(store) == first_lines(CA, LISTENER)
    assert log.read_text().splitlines()[-1] == "-n update-ca-certificates"


@needs_root
@pytest.mark.parametrize(
    ("command", "anchors"),
    [
        pytest.param("update-ca-certificates", "pki/trust/anchors", id="suse"),
        pytest.param("update-ca-trust", "pki/ca-trust/source/anchors", id="fedora"),
        pytest.param("update-ca-trust", "ca-certificates/trust-source/anchors", id="arch"),
    ],
)
def test_others_keep_theirs_elsewhere(system: System, command: str, anchors: str) -> None:
    etc = system.folder("/etc")
    (etc / anchors).mkdir(parents=True)
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    system.folder("/usr/sbin")
    ended = system.start(path=str(tools(system.root, {command: f"echo ran >{system.root}/ran"})))
    assert (ended.status, ended.stderr) == (0, "")
    assert blocks(etc / anchors) == first_lines(CA, LISTENER)
    assert (system.root / "ran").exists()


@needs_root
@pytest.mark.parametrize(
    ("commands", "words"),
    [
        pytest.param({}, "neither update-ca-certificates nor update-ca-trust was found", id="no command"),
        pytest.param({"update-ca-certificates": "exit 1"}, "update-ca-certificates failed", id="it fails"),
    ],
)
def test_what_goes_wrong_is_said_and_stops_nothing(system: System, commands: dict[str, str], words: str) -> None:
    system.folder(STORE)
    system.folder("/usr/sbin")
    ended = system.start(path=str(tools(system.root, commands)))
    assert ended.status == 0
    assert words in ended.stderr
    assert ended.stderr.count("WARNING") == 1


def test_it_is_decided_in_python(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match="system_trust must be True or False"):
        AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://x", system_trust="yes")  # type: ignore[arg-type]
