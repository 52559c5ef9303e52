"""A workspace on this machine: a shell, a few tools on PATH, a home, and a recording ``coder`` CLI."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

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
    options: str = ""
    busybox: bool = False
    """With the tools of busybox, as in an image that has nothing else."""
    link: bool = False
    """Called `sh` through a link, which puts bash into its POSIX mode."""


SHELLS = (
    Shell("dash", _DASH),
    Shell("bash", _BASH),
    Shell("bash --posix", _BASH, "--posix"),
    Shell("busybox sh", _BUSYBOX, busybox=True),
)
INSTALLED = tuple(shell for shell in SHELLS if shell.program)

_RECORD = 'printf "%s\\n" "$*" >>"{log}"'
_CODERS = {
    "works": "#!/bin/sh\n" + _RECORD + "\n",
    "fails": "#!/bin/sh\n" + _RECORD + "\necho 'unknown command \"sync\"' >&2\nexit 1\n",
    "hangs": "#!/bin/sh\n" + _RECORD + "\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n",
}


@dataclass(frozen=True)
class Result:
    """What a start of the script left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        """The last line on stderr, '' if there is none."""
        return self.stderr.splitlines()[-1] if self.stderr else ""


class Workspace:
    """Everything below :attr:`root`, which any user may enter; a context manager."""

    def __init__(self, shell: Shell, downloader: Downloader = "curl", coder: Coder = "works") -> None:
        self.shell = shell
        self._directory = tempfile.TemporaryDirectory(prefix="aibridge-test-", ignore_cleanup_errors=True)
        self.root = Path(self._directory.name)
        self.root.chmod(0o755)
        self.home = self._folder("home", 0o777)
        self.place = self._folder("place", 0o777)
        self.bin = self._folder("bin", 0o755)
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
        self._directory.cleanup()

    def command(self, name: str, text: str) -> Path:
        """Put a script on PATH."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        # By another process: a program that this one has open for writing, in a thread that is just being forked
        # elsewhere, cannot be executed ("text file busy").
        subprocess.run(["sh", "-c", 'cat >"$0" && chmod 755 "$0"', path], input=text.encode(), check=True)
        return path

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

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"PATH": str(self.bin), "HOME": str(self.home), "LANG": "C.UTF-8", **(more or {})}

    def start(
        self, text: str, env: Mapping[str, str] | None = None, *, umask: int = 0o022, user: int | None = None
    ) -> subprocess.Popen[str]:
        """Start the script as the agent does: the shebang's shell, -c, the whole text."""
        return subprocess.Popen(
            ["sh", "-c", text],
            executable=self.bin / "sh",
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
            cwd=self.root,
            umask=umask,
            user=user,
            extra_groups=[] if user is not None else None,
            start_new_session=True,
        )

    def run(
        self, text: str, env: Mapping[str, str] | None = None, *, umask: int = 0o022, user: int | None = None
    ) -> Result:
        """Run the script to its end, which must come within half a minute."""
        process = self.start(text, env, umask=umask, user=user)
        return self.finish(process)

    def finish(self, process: subprocess.Popen[str], seconds: float = 30) -> Result:
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            raise AssertionError(f"{self.shell.name}: no end within {seconds} s: {stdout}{stderr}") from None
        return Result(process.returncode, stdout, stderr)

    def _folder(self, name: str, mode: int) -> Path:
        path = self.root / name
        path.mkdir()
        path.chmod(mode)
        return path

    def _install_tools(self, downloader: Downloader) -> None:
        shell = self.shell
        if shell.program is None:
            pytest.skip(f"{shell.name} is not installed")
        if shell.options:
            self.command("sh", f'#!{shell.program}\nexec {shell.program} {shell.options} "$@"\n')
        elif shell.program == _BASH and not shell.link:
            self.command("sh", f'#!{shell.program}\nexec {shell.program} "$@"\n')
        else:
            (self.bin / "sh").symlink_to(shell.program)
        for tool in TOOLS:
            self._link(tool, busybox=shell.busybox)
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
