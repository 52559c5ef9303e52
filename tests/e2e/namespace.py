"""Run a command with other system files, without touching this machine's: a private mount namespace."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# Where Debian, Ubuntu and Alpine keep the system's roots. It must exist: a file is mounted over it.
SYSTEM_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
MOUNTS = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 125; shift 2; done; shift; exec "$@"'


def in_namespace(command: Sequence[str], mounts: Mapping[Path, Path]) -> list[str]:
    """The command line that runs `command` where each path of `mounts` shows the content of its value.

    Only that command and its children see it. Status 125 means that a mount failed, not the command.
    """
    pairs = [str(part) for target, source in mounts.items() for part in (source, target)]
    return [*_unshare(), "sh", "-c", MOUNTS, "sh", *pairs, "--", *command]


@functools.cache
def why_not() -> str:
    """Why `in_namespace` cannot work here, or an empty string: for `pytest.skip`."""
    if shutil.which("unshare") is None:
        return "unshare (util-linux) is not installed"
    if not SYSTEM_ROOTS.exists():
        return f"{SYSTEM_ROOTS} does not exist: nothing to mount the test's roots over"
    probe = in_namespace(["true"], {SYSTEM_ROOTS: SYSTEM_ROOTS})
    result = subprocess.run(probe, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else f"no private mount namespace: {result.stderr.strip()}"


def _unshare() -> list[str]:
    # A user namespace lets others than root mount, where the kernel allows it. It maps the user to root inside.
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]
