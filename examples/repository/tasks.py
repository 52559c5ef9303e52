"""The commands of this repository: `python tasks.py COMMAND`, with more arguments for the program behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent


def synth(*arguments: str) -> int:
    """Write the template to cdktf.out/stacks."""
    return python("main.py", *arguments)


def test(*arguments: str) -> int:
    """Run the tests: snapshots, and builds with real Terraform, without a network."""
    return python("-m", "pytest", *arguments)


def accept(*arguments: str) -> int:
    """Accept what the template says now as its snapshots; read their diff before you commit it."""
    return python("-m", "pytest", "--snapshot-update", *arguments)


def draw(*arguments: str) -> int:
    """Print what depends on what, and in which order a workspace starts, for Mermaid."""
    return synth() or python("-m", "aibridge_construct.testing.wiring", str(stack()), *arguments)


def push(*arguments: str) -> int:
    """Push the template with the command `coder`: python tasks.py push --variable proxy_url=https://…"""
    return synth() or run("coder", "templates", "push", stack().name, "--directory", str(stack()), *arguments)


COMMANDS: dict[str, Callable[..., int]] = {each.__name__: each for each in (synth, test, accept, draw, push)}


def stack() -> Path:
    """The directory that is pushed."""
    (found,) = (HERE / "cdktf.out" / "stacks").iterdir()
    return found.relative_to(HERE)


def python(*arguments: str) -> int:
    """Run this Python."""
    return run(sys.executable, *arguments)


def run(*command: str) -> int:
    """Run a program in this folder, with those of this Python's environment on the PATH; returns its exit status."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    if shutil.which(command[0], path=path) is None:
        print(f"{command[0]} is not on the PATH: install it first", file=sys.stderr)
        return 127
    return subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}, check=False).returncode


def main(name: str = "", *arguments: str) -> int:
    """Run one command, or list them."""
    if name in COMMANDS:
        return COMMANDS[name](*arguments)
    for each, command in COMMANDS.items():
        print(f"  python tasks.py {each:8}{(command.__doc__ or '').splitlines()[0]}")
    if name:
        print(f"There is no command {name!r}.", file=sys.stderr)
    return int(bool(name))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
