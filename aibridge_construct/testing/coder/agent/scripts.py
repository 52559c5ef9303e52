"""Scripts and terminals of a workspace, run on this machine as Coder's agent runs them.

In a template repository's `conftest.py`::

    from aibridge_construct.testing import coder_scripts

and in a test::

    from aibridge_construct.testing import AgentScripts, Workspace, pack

    def test_the_start_script_greets(coder_scripts: AgentScripts) -> None:
        built = Workspace(pack("cdktf.out/stacks/docker")).start()
        ended = coder_scripts.run(built.resources["coder_script.greet"]["script"])
        assert (ended.status, ended.stdout, ended.stderr) == (0, "hello\\n", "")

What the agent does is in its source (coder/coder: `agent/agentscripts/agentscripts.go`, `CreateCommand` in
`agent/agentssh/agentssh.go`, `updateCommandEnv` in `agent/agent.go`). Linux and macOS; Windows is not supported.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self, Unpack

from . import processes
from .ended import Ended, LogLine, wait_until
from .places import refuse_to_wait, within
from .processes import Orphan
from .running import Running
from .settings import How, Settings
from .shells import SHELLS, command_line, ignores, shell_program, with_ignored_signals

__all__ = [
    "DEFAULT_PATH",
    "SHELLS",
    "AgentScripts",
    "Ended",
    "LogLine",
    "Orphan",
    "Running",
    "shell_program",
    "wait_until",
]

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The PATH of a container that sets none of its own."""


class AgentScripts:
    """One workspace: a home, the directories that the agent gives to scripts, and the agent's way to run them.

    Use it as a context manager, or take the fixture `coder_scripts`: what still runs at the end is killed.

    Args:
        root: an empty directory for all of it.
        path: the PATH of the workspace's image. Its first `sh` is the workspace's `/bin/sh`.
        sh: which shell that is instead: one of `SHELLS`, or a program, which is called `sh` then.
        login_shell: the shell of the workspace's user, for scripts without a shebang and for terminals; a program
            and its options.
        env: more variables of the agent's environment, as a container or `coder_agent.env` sets them.
        grace: seconds from the stop of a script to its kill, and from its end to the end of its output. The agent's
            own value is 10.
        ignored: signals that the agent was started with ignored, as by a shell that puts it into the background.
            What it starts inherits that.
        system: turns a command line into one that runs it on another system, e.g. in a mount namespace.

    Attributes:
        home: the home of the user, where scripts and terminals start.
        image: a directory at the front of PATH, for programs of the image: see `command`.
        bin: `CODER_SCRIPT_BIN_DIR`, one for all scripts, at the very front of PATH.

    Raises:
        LookupError: the shell that `sh` names is not installed on this machine.
    """

    def __init__(
        self,
        root: Path,
        *,
        path: str = DEFAULT_PATH,
        sh: str | Path = "",
        login_shell: str = "/bin/sh",
        env: Mapping[str, str] = MappingProxyType({}),
        grace: float = 10,
        ignored: Collection[signal.Signals] = (),
        system: Callable[[Sequence[str]], Sequence[str]] = list,
    ) -> None:
        self.root: Path = root
        self.home: Path = root / "home"
        self.image: Path = root / "image"
        self._data = root / "coder-script-data"
        self.bin: Path = self._data / "bin"
        for directory in (self.home, self.image, self.bin):
            directory.mkdir(parents=True)
        self._data.chmod(0o700)
        self.bin.chmod(0o700)
        self._path, self._login_shell, self._env, self._grace = path, login_shell, dict(env), grace
        self._ignored, self._system = frozenset(ignored), system
        self._settings = Settings(
            path=path, sh=sh, login_shell=login_shell, env=self._env, grace=grace, ignored=ignored, system=system
        )
        self._running: list[Running] = []
        self._others: list[AgentScripts] = []
        self._sh = ["sh"]
        if sh:
            self._install_shell(sh)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"AgentScripts({str(self.root)!r})"

    # ---- what the workspace is like

    @property
    def environment(self) -> dict[str, str]:
        """The agent's own environment: no variable of the machine that runs the tests."""
        path = os.pathsep.join(part for part in (str(self.image), self._path) if part)
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"} | self._env

    @property
    def session(self) -> dict[str, str]:
        """The environment of a terminal, before a login shell has read its files; scripts have two variables more."""
        path = f"{self.bin}{os.pathsep}{self.environment['PATH']}"
        return self.environment | {"PATH": path, "CODER": "true", "USER": processes.user_name()}

    def data(self, script: str) -> Path:
        """`CODER_SCRIPT_DATA_DIR` of a script, told by its name or else by its text. The first run makes it."""
        return self._data / str(uuid.uuid5(uuid.NAMESPACE_OID, script))

    def command(self, name: str, text: str) -> Path:
        """Put an executable on the PATH of the workspace, in the place of one of the same name."""
        target = self.image / name
        processes.write_program(target, text.encode())
        return target

    def another(self, **settings: Unpack[Settings]) -> AgentScripts:
        """Another workspace with the same settings but these, which are the constructor's. It ends with this one."""
        root = self.root / f"another-{len(self._others) + 1}"
        self._others.append(AgentScripts(root, **(self._settings | settings)))
        return self._others[-1]

    # ---- scripts

    def start(
        self,
        text: str,
        *,
        name: str = "",
        timeout: float | None = None,
        grace: float | None = None,
        env: Mapping[str, str] = MappingProxyType({}),
        umask: int = 0o022,
        user: int | None = None,
    ) -> Running:
        """Start a script as the agent does, and go on at once.

        Text that begins with `#!` runs as the words of that line, `-c` and the whole text; other text as the login
        shell, `-c` and the text. `/bin/sh` is the workspace's `sh`, and `/tmp/aibridge-proxy/`, where the certificate
        is unless the template says otherwise, a directory below `root`: this machine may be a workspace itself. Other
        absolute paths are those of this machine.

        Args:
            text: the attribute `script` of a `coder_script`, as Terraform planned it.
            name: tells scripts apart: the same name, or without one the same text, gets the same data directory, as
                a script on a schedule does.
            timeout: the attribute `timeout`, in seconds: then the agent stops it.
            grace: another `grace` than the workspace's.
            env: more variables, for this run only.
            umask: of the agent.
            user: another user (an id) than the one who runs the tests, which takes root.

        Raises:
            RuntimeError: the script would fetch the certificate from a server that is not there.
            OSError: the text is longer than one argument may be (errno E2BIG, 128 KiB, as on Linux), or its shebang
                names a program that is not there. The agent says so in its own log only.
        """
        own = text
        if self._system is list:  # another system has a /tmp and servers of its own
            refuse_to_wait(text, self.image)
            own = within(self.root, text)
        command = command_line(own, self._login_shell)
        data = self.data(name or text)
        data.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            for directory in (self._data, self.bin, data):
                os.chown(directory, user, -1)
        directories = {"CODER_SCRIPT_DATA_DIR": str(data), "CODER_SCRIPT_BIN_DIR": str(self.bin)}
        return self._start(
            command,
            name=name or "the script",
            env=self.session | directories | dict(env),
            data=data,
            timeout=timeout,
            grace=self._grace if grace is None else grace,
            stdin=subprocess.DEVNULL,
            umask=umask,
            user=user,
            extra_groups=None if user is None else [],
        )

    def run(self, text: str, *, seconds: float = 60, **how: Unpack[How]) -> Ended:
        """Run a script to its end: `start` with its arguments, and `Running.finish`.

        Raises:
            AssertionError: it has not ended within `seconds`.
        """
        return self.start(text, **how).finish(seconds)

    # ---- people

    def open(self, *command: str, stdin: str = "", env: Mapping[str, str] = MappingProxyType({})) -> Running:
        """Start a command as a person does in a terminal of the workspace, and go on at once."""
        with tempfile.TemporaryFile() as typed:
            typed.write(stdin.encode())
            typed.seek(0)
            return self._start(
                command,
                name=shlex.join(command),
                env=self.session | dict(env),
                data=None,
                timeout=None,
                grace=self._grace,
                stdin=typed if stdin else subprocess.DEVNULL,
            )

    def terminal(self, *command: str, stdin: str = "", env: Mapping[str, str] = MappingProxyType({})) -> Ended:
        """What a person sees who runs the command in a terminal of the workspace whose shell has read no file."""
        return self.open(*command, stdin=stdin, env=env).finish()

    def login(
        self, text: str, *, shell: str = "", stdin: str = "", env: Mapping[str, str] = MappingProxyType({})
    ) -> Ended:
        """What a person sees who types the text into a login shell, which is what a terminal opens (`shell -l`).

        It has read `/etc/profile` of this machine, which may have set PATH anew, and the files in `home`.

        Args:
            text: one or more lines of shell.
            shell: another than the workspace's login shell, e.g. "bash".
            stdin: what the commands read.
            env: more variables.
        """
        words = shlex.split(shell or self._login_shell)
        return self.terminal(*words, "-l", "-c", text, stdin=stdin, env=env)

    # ---- the end

    def orphans(self) -> list[Orphan]:
        """What lives at this moment of all that was started here and has outlived its script or terminal."""
        sessions = {one.pid for one in self._running}
        alive = {one.pid for one in self._running if not one.over}
        return [one for one in processes.members(sessions - alive, str(self.bin)) if one.pid not in alive]

    def close(self) -> None:
        """Kill what still runs, and the orphans."""
        for other in self._others:
            other.close()
        for one in self._running:
            if not one.over:
                one.kill()
        if orphans := self.orphans():
            for orphan in orphans:
                processes.end(orphan.pid)
            wait_until(lambda: not self.orphans())

    def _program(self, command: Sequence[str]) -> list[str]:
        """The command with the workspace's `sh` in the place of this machine's."""
        return [*(self._sh if command[0] == "/bin/sh" else command[:1]), *command[1:]]

    def _start(self, command: Sequence[str], **how: Any) -> Running:
        whole = self._system(self._program(command))
        if not ignores(self._ignored):
            whole = with_ignored_signals(whole, self._ignored, how.pop("user", None))
            how.pop("extra_groups", None)
        self._running.append(Running(whole, cwd=self.home, **how))
        return self._running[-1]

    def _install_shell(self, sh: str | Path) -> None:
        if isinstance(sh, Path) or sh not in SHELLS:
            (self.image / "sh").symlink_to(sh)
            return
        program = shlex.split(shell_program(sh))[0]
        if sh == "bash":  # called sh, it would be in its POSIX mode
            self._sh = [program]
            # What a script calls by that name. With -p it takes over nothing: neither functions nor options.
            self.command("sh", f'#!{program} -p\nexec {shlex.quote(program)} +p "$@"\n')
        else:
            (self.image / "sh").symlink_to(program)
