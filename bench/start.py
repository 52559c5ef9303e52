"""What a workspace waits for: the setup script and tools, against the least that a shell could do in their place.

The scripts are planned by real Terraform and started as the agent does it, by each shell that `/bin/sh` may be. The
`coder` command is one that answers at once.
"""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, ProxiedTool
from aibridge_construct.testing import Terraform, coder_mirror, workspace_environment

from .rows import Row, in_turn

TITLE = "Start of a workspace"
TOKEN = "bench-token"
ROUTE = "/api/v2/aibridge/proxy/ca-cert.pem"
TOOLS = 200
#: How often a script runs for one measurement, each of which takes milliseconds.
REPEATED = 10
SHELLS = {"dash": ["dash"], "busybox sh": ["busybox", "sh"], "bash": ["bash"]}

# Waits for `GO` to exist, when told to start something.
_CODER = """\
#!/bin/sh
case $3 in
  status) echo 'Status: pending' ;;
  start) until [ -e "$GO" ]; do sleep 0.1; done ;;
esac
"""
_CURL = "curl -sS -o '{path}' -H 'Coder-Session-Token: {token}' '{url}{route}'\n"
_NAIVE = """\
coder exp sync start aibridge-proxy-setup
trap 'coder exp sync complete aibridge-proxy-setup' EXIT
mkdir -p '{directory}'
status=$(curl -sS -o '{path}' -w '%{{http_code}}' -H 'Coder-Session-Token: {token}' '{url}{route}')
[ "$status" = 200 ] && [ -s '{path}' ] || exit 1
echo 'certificate saved'
"""
_BARE_TOOL = """\
coder exp sync want tool aibridge-proxy-setup
coder exp sync start tool
true
coder exp sync complete tool
"""


def rows(rounds: int) -> Iterator[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, _Server() as deployment:
        place = Path(name)
        scripts = _planned(place, deployment.url)
        for shell, words in SHELLS.items():
            if shutil.which(words[0]):
                yield from _rows_of(shell, _Start(place / words[0], words), scripts, deployment, rounds)


def _rows_of(
    shell: str, start: _Start, scripts: Mapping[str, str], deployment: _Deployment, rounds: int
) -> Iterator[Row]:
    names = {"url": deployment.url, "route": ROUTE, "token": TOKEN, "directory": start.place / "naive"}
    path = start.place / "naive" / "ca.pem"
    path.parent.mkdir()
    texts = [scripts["setup"], _CURL.format(path=path, **names), _NAIVE.format(path=path, **names)]
    setup, curl, naive = in_turn(rounds, *(start.repeated(text) for text in texts))
    yield Row(f"setup, {shell}", setup, ("one bare curl", curl), 1.15, digits=1)
    yield Row(f"setup, {shell}", setup, ("curl, a check of it and startup coordination", naive), 1.15, digits=1)
    (first,) = in_turn(rounds, lambda: deployment.first_byte(start, scripts["setup"]))
    yield Row(f"setup, {shell}: until the request arrives", first * 1000, None, 30, unit="ms ", digits=1)
    ours, least = start.processes(texts[0]), start.processes(texts[2])
    yield Row(
        f"setup, {shell}: processes", ours, ("curl, a check of it and startup coordination", least), None, unit=""
    )
    start.run(scripts["setup of the tool"])
    tools, bare = in_turn(rounds, lambda: start.at_once(scripts["tool"]), lambda: start.at_once(_BARE_TOOL))
    yield Row(f"{TOOLS} tools at once, {shell}", tools, (f"{TOOLS} shells that wait for the same unit", bare), 1.3)
    yield Row(
        f"a tool, {shell}: processes",
        start.processes(scripts["tool"]),
        ("a shell that waits", start.processes(_BARE_TOOL)),
        None,
        unit="",
    )


class _Start:
    """A workspace whose `sh` is one shell."""

    def __init__(self, place: Path, words: list[str]) -> None:
        self.place = place
        commands, data = place / "commands", place / "data"
        for directory in (commands, data):
            directory.mkdir(parents=True)
        program = shutil.which(words[0]) or words[0]
        (commands / "sh").symlink_to(program)
        self.go = place / "go"
        self.go.touch()
        coder = commands / "coder"
        coder.write_text(_CODER.replace("/bin/sh", str(commands / "sh")))
        coder.chmod(0o755)
        self._sh, self._data = str(commands / "sh"), data
        self._env = {
            "PATH": f"{commands}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(place),
            "GO": str(self.go),
            "CODER_SCRIPT_DATA_DIR": str(data),
        }

    def begin(self, text: str) -> subprocess.Popen[bytes]:
        """Start a script, as the agent does."""
        return subprocess.Popen(
            [self._sh, "-c", text],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, text: str) -> None:
        """Run it to its end, which must be a good one, in a workspace where nothing has run before."""
        self._forget()
        _ended(self.begin(text))

    def _forget(self) -> None:
        for note in self._data.iterdir():
            note.unlink()

    def repeated(self, text: str) -> Callable[[], float]:
        """Run it often; the time of one run."""

        def run() -> float:
            began = time.perf_counter()
            for _ in range(REPEATED):
                self.run(text)
            return (time.perf_counter() - began) / REPEATED

        return run

    def at_once(self, text: str) -> float:
        """Start as many as there are tools; what they wait for is there when all have started."""
        self._forget()
        self.go.unlink()
        began = time.perf_counter()
        running = [self.begin(text) for _ in range(TOOLS)]
        self.go.touch()
        for each in running:
            _ended(each)
        return time.perf_counter() - began

    def processes(self, text: str) -> int:
        """How many processes a run makes: in a namespace of its own they are counted from one."""
        self._forget()
        count = 'sh -c "$1" >/dev/null 2>&1; sh -c "echo \\$\\$"'
        counted = subprocess.run(
            [
                "unshare",
                "--user",
                "--map-root-user",
                "--pid",
                "--mount-proc",
                "--fork",
                self._sh,
                "-c",
                f"{count}; :",
                "-",
                text,
            ],
            env=self._env,
            capture_output=True,
            text=True,
            check=True,
        )
        return int(counted.stdout) - 2  # the shell that counts, and the one that tells


def _ended(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate()
    if process.returncode or said:
        raise RuntimeError(f"it ended with {process.returncode}: {said.decode()}")


@dataclass
class _Deployment:
    """A Coder deployment that has the certificate."""

    url: str
    arrived: list[float]

    def first_byte(self, start: _Start, text: str) -> float:
        """How long after its start a script asks."""
        del self.arrived[:]
        began = time.perf_counter()
        start.run(text)
        return self.arrived[0] - began


class _Server:
    def __enter__(self) -> _Deployment:
        pem = _some_certificate()
        arrived: list[float] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                arrived.append(time.perf_counter())
                known = self.path == ROUTE and self.headers["Coder-Session-Token"] == TOKEN
                self.send_response(200 if known else 404)
                self.send_header("Content-Length", str(len(pem)))
                self.end_headers()
                self.wfile.write(pem)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return _Deployment(f"http://127.0.0.1:{self._server.server_port}", arrived)

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _planned(place: Path, url: str) -> dict[str, str]:
    """The scripts as a workspace gets them."""
    directory = place / "template"
    directory.mkdir()
    stack = TerraformStack(App(outdir=str(place / "out")), "bench")
    alone, proxy = (
        AIBridgeProxy(
            stack,
            name,
            agent_id=name,
            proxy_url="https://aiproxy.example.com:8888",
            cert_path=str(place / name / "ca.pem"),
        )
        for name in ("alone", "with-tools")
    )
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["true"], runtimes=["curl"])
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(
        directory, env=workspace_environment(token=TOKEN, access_url=url), mirror=coder_mirror(place / "mirror")
    )
    terraform.init()
    plan = terraform.plan()
    return {
        name: plan.resource(script.address)["script"]
        for name, script in (("setup", alone.script), ("setup of the tool", proxy.script), ("tool", tool.script))
    }


def _some_certificate() -> bytes:
    """One of this machine's roots, of the size that a CA with a 4096-bit key has, as Coder's documentation makes it."""
    roots = Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
    found: list[bytes] = re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", roots, re.DOTALL)
    return min(found, key=lambda pem: abs(len(pem) - 1830))
