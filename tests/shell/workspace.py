"""A workspace on this machine: a shell, a few tools on PATH, a home, and a recording ``coder`` CLI."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from aibridge_construct.testing import AgentScripts, Running
from aibridge_construct.testing import Ended as Result

__all__ = [
    "INSTALLED",
    "OLD",
    "SHELLS",
    "TOKEN",
    "TOOLS",
    "Coder",
    "Downloader",
    "Result",
    "Shell",
    "Workspace",
    "assigned",
    "downloader_is_here",
]

TOKEN = "Tok3n-S3cr3t-abcdef0123456789"
OLD = b"-----BEGIN CERTIFICATE-----\nthe certificate of an earlier start\n-----END CERTIFICATE-----\n"

Downloader = Literal["curl", "wget", "busybox wget", "none"]
Coder = Literal["works", "fails", "hangs", "missing"]

#: What the scripts call besides curl or wget.
TOOLS = ("mkdir", "mv", "rm", "cat", "sleep", "date", "wc", "ls", "id")

_BUSYBOX = shutil.which("busybox")
_BASH = shutil.which("bash")
_DASH = shutil.which("dash")


@dataclass(frozen=True)
class Shell:
    """A shell under test. ``program`` starts it, or is None where it is not installed."""

    name: str
    program: str | None
    busybox: bool = False
    """With the tools of busybox, as in an image that has nothing else."""
    link: bool = False
    """Called `sh` through a link, which puts bash into its POSIX mode."""


SHELLS = (
    Shell("dash", _DASH),
    Shell("bash", _BASH),
    Shell("bash --posix", _BASH),
    Shell("busybox sh", _BUSYBOX, busybox=True),
)
INSTALLED = tuple(shell for shell in SHELLS if shell.program)

_RECORD = 'printf "%s\\n" "$*" >>"{log}"'
_CODERS = {
    "works": "#!/bin/sh\n" + _RECORD + "\n",
    "fails": "#!/bin/sh\n" + _RECORD + "\necho 'unknown command \"sync\"' >&2\nexit 1\n",
    "hangs": "#!/bin/sh\n" + _RECORD + "\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n",
}


class Workspace:
    """Everything below :attr:`root`, which any user may enter; a context manager."""

    def __init__(self, shell: Shell, downloader: Downloader = "curl", coder: Coder = "works") -> None:
        self.shell = shell
        self._directory = tempfile.TemporaryDirectory(prefix="aibridge-test-", ignore_cleanup_errors=True)
        self.root = Path(self._directory.name)
        self.root.chmod(0o755)
        if shell.program is None:
            pytest.skip(f"{shell.name} is not installed")
        self.scripts = AgentScripts(self.root, path="", sh=Path(shell.program) if shell.link else shell.name)
        self.home, self.bin, self.command = self.scripts.home, self.scripts.image, self.scripts.command
        self.home.chmod(0o777)
        self.place = self.root / "place"
        self.place.mkdir()
        self.place.chmod(0o777)
        self._log = self.root / "coder.log"
        self._log.touch()
        self._log.chmod(0o666)
        self.cert_path = str(self.place / "aibridge" / "ca-cert.pem")
        self._install_tools(downloader)
        if coder != "missing":
            self.command("coder", _CODERS[coder].format(log=self._log))

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.scripts.close()
        self._directory.cleanup()

    @property
    def coder_calls(self) -> list[str]:
        return self._log.read_text().splitlines()

    def put_old_certificate(self) -> None:
        target = Path(self.cert_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(OLD)

    def certificate(self) -> bytes | None:
        """The bytes at cert_path, None if there is no regular file."""
        target = Path(self.cert_path)
        return target.read_bytes() if target.is_file() and not target.is_symlink() else None

    def leftovers(self) -> list[str]:
        """Everything in place and home but the certificate and what a test put there as ``kept-*``."""
        return [
            str(path.relative_to(self.root))
            for top in (self.place, self.home)
            for path in top.rglob("*")
            if str(path) != self.cert_path
            and not Path(self.cert_path).is_relative_to(path)
            and not any(part.startswith("kept-") for part in path.relative_to(self.root).parts)
        ]

    def start(
        self, text: str, env: Mapping[str, str] | None = None, *, umask: int = 0o022, user: int | None = None
    ) -> Running:
        """Start the script."""
        return self.scripts.start(text, env=env or {}, umask=umask, user=user)

    def run(
        self, text: str, env: Mapping[str, str] | None = None, *, umask: int = 0o022, user: int | None = None
    ) -> Result:
        """Run the script to its end, which must come within half a minute."""
        return self.start(text, env, umask=umask, user=user).finish(30)

    def _install_tools(self, downloader: Downloader) -> None:
        for tool in TOOLS:
            self._link(tool, busybox=self.shell.busybox)
        if downloader == "busybox wget":
            self._link("wget", busybox=True)
        elif downloader != "none":
            self._link(downloader)

    def _link(self, tool: str, *, busybox: bool = False) -> None:
        program = _BUSYBOX if busybox else shutil.which(tool)
        if program is None:
            pytest.skip(f"{'busybox' if busybox else tool} is not installed")
        (self.bin / tool).symlink_to(program)


def downloader_is_here(downloader: Downloader) -> bool:
    """Whether this machine has the downloader."""
    if downloader == "none":
        return True
    return (_BUSYBOX if downloader.startswith("busybox") else shutil.which(downloader)) is not None


def assigned(text: str, values: Mapping[str, str]) -> str:
    """``text`` with other values in the assignments at its top."""
    for name, value in values.items():
        start = text.index(f"\n{name}='") + 1
        end = _end_of_assignment(text, start + len(name) + 2)
        quoted = "'" + value.replace("'", "'\\''") + "'"
        text = f"{text[:start]}{name}={quoted}{text[end:]}"
    return text


def _end_of_assignment(text: str, position: int) -> int:
    """Where the single-quoted word that begins before ``position`` ends."""
    end = text.index("'", position)
    while text.startswith("'\\''", end):
        end = text.index("'", end + 4)
    return end + 1
