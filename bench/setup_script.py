"""Happy path of the setup script against the same job done naively: ``python -m bench.setup_script [ROUNDS]``.

Naively is: bash, one curl straight onto the path with the token in its arguments, and startup coordination. Both get
the same server, the same recording ``coder`` CLI and the same rounds, one after the other; each is started as the
agent does it. Prints the medians and their ratio; ends with status 1 when the ratio is above 1.3. Ours does things side
by side, so a machine that is busy with something else measures it worse.
"""

from __future__ import annotations

import http.server
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from aibridge_construct.environment import NAMED_CERTIFICATES
from aibridge_construct.shell.render import SETUP_FILES, render, shell_file

LIMIT = 1.3
TOKEN = "bench-token"
ROUTE = "/api/v2/aibridge/proxy/ca-cert.pem"

_NAIVE = """\
set -euo pipefail
path='{path}'
if command -v coder >/dev/null 2>&1; then
  coder exp sync start aibridge-proxy-setup >/dev/null 2>&1 || true
  trap 'coder exp sync complete aibridge-proxy-setup >/dev/null 2>&1 || true' EXIT
fi
mkdir -p "$(dirname "$path")"
status=$(curl -sS -o "$path" -w '%{{http_code}}' -H 'Coder-Session-Token: {token}' '{url}{route}')
if [ "$status" != 200 ] || [ ! -s "$path" ]; then
  exit 1
fi
echo "certificate saved to $path"
"""


class _CertificateServer(http.server.BaseHTTPRequestHandler):
    pem = b""

    def do_GET(self) -> None:
        known = self.path == ROUTE and self.headers["Coder-Session-Token"] == TOKEN
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(self.pem)))
        self.end_headers()
        self.wfile.write(self.pem)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _ours(path: Path, url: str) -> str:
    """The script as a workspace gets it: rendered, and read once by Terraform."""
    values = {
        "CERT_PATH": str(path),
        "ACCESS_URL": url,
        "SESSION_TOKEN": TOKEN,
        "IS_PREBUILD": "false",
        "SYNC_UNIT": "aibridge-proxy-setup",
        "DEADLINE": "60",
        "EXTRA_CA_PEM": "",
        "LISTENER_LIMIT": "",
        "BUNDLE_PATH": "",
        "LAUNCHER": "false",
        "LOOPBACK_PROXY": "",
        "AFTER": "",
        "NAMED": " ".join(NAMED_CERTIFICATES),
    }
    template = render(values, *map(shell_file, SETUP_FILES))
    return template.replace("$${", "${").replace("%%{", "%{")


def _some_certificate() -> bytes:
    """One of this machine's roots, of the size that a CA with a 4096-bit key has, as Coder's documentation makes it."""
    roots = Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
    found: list[bytes] = re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", roots, re.DOTALL)
    return min(found, key=lambda pem: abs(len(pem) - 1830))


def _seconds(command: list[str], env: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began


def main(rounds: int = 100) -> int:
    """Measure ``rounds`` rounds of both and say what came out."""
    _CertificateServer.pem = _some_certificate()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _CertificateServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        coder = root / "coder"
        coder.write_text(f"#!/bin/sh\necho \"$*\" >>'{root}/calls'\n")
        coder.chmod(0o755)
        env = {"PATH": f"{root}:{os.environ.get('PATH', os.defpath)}", "HOME": str(root)}
        naive = ["bash", "-c", _NAIVE.format(path=root / "naive" / "ca.pem", token=TOKEN, url=url, route=ROUTE)]
        ours = ["sh", "-c", _ours(root / "ours" / "ca.pem", url)]
        times: dict[str, list[float]] = {"naive": [], "ours": []}
        for number in range(-3, rounds):  # three rounds to warm up
            for label, command in (("naive", naive), ("ours", ours)):
                seconds = _seconds(command, env)
                if number >= 0:
                    times[label].append(seconds)
        if (root / "ours" / "ca.pem").read_bytes() != (root / "naive" / "ca.pem").read_bytes():
            raise SystemExit("the two did not do the same job")
    medians = {label: statistics.median(values) for label, values in times.items()}
    ratio = medians["ours"] / medians["naive"]
    paired = statistics.median(ours / naive for ours, naive in zip(times["ours"], times["naive"], strict=True))
    print(f"setup script, happy path, {rounds} rounds: naive {medians['naive'] * 1000:.1f} ms, ", end="")
    print(f"ours {medians['ours'] * 1000:.1f} ms; ratio of medians {ratio:.2f}, median of ratios {paired:.2f}")
    return 0 if min(ratio, paired) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
