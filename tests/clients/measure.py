"""One client after the other, in every situation: what arrives, and what goes past the proxy."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import trustme

from aibridge_construct.testing import AgentScripts, Deployment, coder_mirror
from tests.e2e.bridge_proxy import BridgeProxy, Listener
from tests.e2e.namespace import SYSTEM_ROOTS
from tests.e2e.sites import named, secure
from tests.e2e.template import Template
from tests.e2e.world import TOKEN, World

from .catalogue import ORDINARY, PROVIDERS, Client
from .network import Ears, replace_file, resolver_configuration

__all__ = ["LISTENERS", "Result", "World", "measured", "network"]

LISTENERS: Mapping[str, Listener] = MappingProxyType({"plain": "plain", "CA:FALSE": "leaf", "CA:TRUE": "tls"})


_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# The deployment takes it, so that setup works, and the proxy does not: as after a logout.
WRONG_TOKEN = "Zk3mQ9xT1a-aTokenThatTheProxyRefuses"


@dataclass(frozen=True)
class Result:
    """What one client did.

    Attributes:
        version: as the client says it.
        arrived: by listener, whether its request came through the proxy, with the token.
        direct: by situation, the names that it connected to past the proxy.
        names_refusal: whether it says that the proxy refused its token; most just cannot connect.
        unlawful: what must not be: a request that arrived with a wrong token, or without the proxy.
        output: by situation, its status, what the proxy was asked for, and what it printed.
    """

    version: str
    arrived: Mapping[str, bool]
    direct: Mapping[str, frozenset[str]]
    names_refusal: bool
    unlawful: Sequence[str]
    output: Mapping[str, str]


class Network:
    """The proxy, the deployment and the sites in a network of their own."""

    def __init__(self, directory: Path, world: World, ears: Ears) -> None:
        self.directory, self.world, self.ears = directory, world, ears
        self._mirror = coder_mirror(directory / "mirror")
        self._workspaces: dict[str, AgentScripts] = {}

    def workspace(self, listener: Listener, token: str = TOKEN) -> AgentScripts:
        """A workspace that has started, with `aibridge-run` in it."""
        key = f"{listener}-{'right' if token == TOKEN else 'wrong'}"
        if key not in self._workspaces:
            directory = self.directory / key
            template = Template(directory, self.world, self._mirror, listener=listener, token=token, launcher=True)
            runner = AgentScripts(directory / "workspace", path="/usr/local/bin:/usr/bin:/bin")
            ended = runner.run(template.setup)
            if ended.status:
                raise RuntimeError(f"setup failed: {ended.stderr}")
            self._workspaces[key] = runner
        return self._workspaces[key]

    def ask(self, client: Client, *, through: AgentScripts | None) -> tuple[str, str]:
        """Run the client in a home of its own, behind the proxy or without it; its status and its output."""
        # A client that was ended at its limit may leave a process that still writes there.
        with tempfile.TemporaryDirectory(dir=self.directory, ignore_cleanup_errors=True) as home:
            for name, text in client.files.items():
                target = Path(home, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "TERM": "dumb", **client.env}
            command = list(client.command)
            if through is not None:
                command = [str(through.bin / "aibridge-run"), *command]
            self.world.proxy.reset()
            self.world.ordinary.requests.clear()
            self.ears.reset()
            return _run(command, environment, home, client.seconds)

    def arrived(self, client: Client) -> bool:
        """Whether the client's request came through the proxy, with the token."""
        proxy = self.world.proxy
        let_in = any(each.accepted and each.host == client.host for each in proxy.connects)
        if client.host == ORDINARY:
            return let_in and bool(self.world.ordinary.requests)
        return let_in and any(f"//{client.host}/" in each.url for each in proxy.intercepted)

    def past(self) -> frozenset[str]:
        """Who was reached past the proxy."""
        return frozenset(name or f"port {port}" for port, name in self.ears.reached)


@contextmanager
def network(directory: Path) -> Iterator[Network]:
    """Bring it up. For a process in namespaces of its own: it replaces system files there."""
    tokens = {TOKEN}
    provider_ca, public_ca = trustme.CA(), trustme.CA()
    upstream_ca, roots = directory / "provider-ca.pem", directory / "roots.pem"
    provider_ca.cert_pem.write_to_path(str(upstream_ca))
    roots.write_bytes(SYSTEM_ROOTS.read_bytes() + b"\n" + public_ca.cert_pem.bytes())
    replace_file(SYSTEM_ROOTS, roots)
    for target, source in resolver_configuration(directory).items():
        replace_file(target, source)
    with (
        Ears() as ears,
        secure(named("provider"), provider_ca.issue_cert(*PROVIDERS)) as provider,
        secure(named("ordinary"), public_ca.issue_cert(ORDINARY)) as ordinary,
    ):
        hosts = {**dict.fromkeys(PROVIDERS, provider.address), ORDINARY: ordinary.address}
        with (
            BridgeProxy(directory, tokens=tokens, hosts=hosts, intercept=PROVIDERS, upstream_ca=upstream_ca) as proxy,
            Deployment(proxy.ca_certificate, {TOKEN, WRONG_TOKEN}) as deployment,
        ):
            world = World(directory, deployment, proxy, provider, ordinary, ordinary, upstream_ca, roots, tokens)
            yield Network(directory, world, ears)


def measured(network: Network, client: Client) -> Result:
    """What the client does in every situation."""
    arrived: dict[str, bool] = {}
    output: dict[str, str] = {}
    direct: dict[str, frozenset[str]] = {}
    situations: dict[str, AgentScripts | None] = {
        **{label: network.workspace(listener) for label, listener in LISTENERS.items()},
        "a wrong token": network.workspace("plain", WRONG_TOKEN),
        "no proxy": None,
    }
    for situation, workspace in situations.items():
        status, said = network.ask(client, through=workspace)
        asked = sorted({f"{each.host}{'' if each.accepted else ' (407)'}" for each in network.world.proxy.connects})
        output[situation] = f"status {status}; the proxy was asked for {', '.join(asked) or 'nothing'}\n{said}"
        arrived[situation] = network.arrived(client)
        direct[situation] = network.past()
    return Result(
        version=_version(client),
        arrived={label: arrived[label] for label in LISTENERS},
        direct=direct,
        names_refusal="407" in output["a wrong token"].partition("\n")[2]
        or "proxy auth" in output["a wrong token"].lower(),
        unlawful=[situation for situation in ("a wrong token", "no proxy") if arrived[situation]],
        output=output,
    )


def _run(command: Sequence[str], environment: Mapping[str, str], home: str, seconds: float) -> tuple[str, str]:
    """Run to the end, or for so many seconds: a client that hides its failure tries again for minutes."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = str(process.wait(seconds))
        except subprocess.TimeoutExpired:
            status = "timeout"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return status, _ESCAPES.sub("", output.read().decode(errors="replace"))


def _version(client: Client) -> str:
    environment = {"PATH": "/usr/bin:/bin", "HOME": tempfile.gettempdir(), **client.env}
    program = shutil.which(client.version[0], path=environment["PATH"]) or client.version[0]
    ended = subprocess.run(
        [program, *client.version[1:]], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    found = re.search(r"\d+(\.\d+)+", ended.stdout or ended.stderr)
    return found[0] if found else ""
