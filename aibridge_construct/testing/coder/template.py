"""A template repository under test: its program run, what that wrote packed, imported and built from."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from aibridge_construct.testing.terraform.mirror import Mirror
from aibridge_construct.testing.terraform.plan import Plan

from .archive import pack
from .build import Workspace, WorkspaceSettings, import_template

__all__ = ["SynthesisError", "TemplateUnderTest", "program_of", "stack_in", "synthesize"]


class SynthesisError(AssertionError):
    """The program of a template has failed, or has not written what it was to write."""


@dataclass(frozen=True)
class TemplateUnderTest(os.PathLike[str]):
    """A synthesized template. It stands for its directory wherever a path is wanted: `wiring(coder_template)`.

    Args:
        directory: what is pushed, `cdktf.out/stacks/NAME`.
        variables: values of its variables.
        mirror: where its providers come from. Default: one with the coder stand-in.
    """

    directory: Path
    _: KW_ONLY
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mirror: Mirror | None = field(default=None, repr=False)

    def __fspath__(self) -> str:
        return str(self.directory)

    @cached_property
    def archive(self) -> bytes:
        """What `coder templates push` sends.

        Raises:
            TemplateError: Coder would not take it, or workspaces built from it would not work.
        """
        return pack(self.directory)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """What Coder does when it is pushed: the plans for `"start"` and `"stop"`, made when they are first asked for.

        Raises:
            TerraformError: the template cannot be imported.
        """
        return self.imported(self.variables)

    def imported(self, variables: Mapping[str, Any]) -> dict[str, Plan]:
        """The same with other variables."""
        return import_template(self.archive, variables=variables, mirror=self.mirror)

    def workspace(self, **settings: Unpack[WorkspaceSettings]) -> Workspace:
        """A new workspace; `settings` are those of `Workspace`: `owner`, `parameters`, `environment` …"""
        return Workspace(self.archive, **(self._settings | settings))

    def prebuilt(self, **settings: Unpack[WorkspaceSettings]) -> Workspace:
        """A workspace that waits for an owner, see `Workspace.prebuilt`."""
        return Workspace.prebuilt(self.archive, **(self._settings | settings))

    @property
    def _settings(self) -> WorkspaceSettings:
        return {"variables": self.variables, "mirror": self.mirror}


def program_of(folder: Path) -> Path:
    """The nearest `cdktf.json` in `folder` or above it.

    Raises:
        SynthesisError: there is none.
    """
    for place in (folder, *folder.parents):
        if (place / "cdktf.json").is_file():
            return place / "cdktf.json"
    raise SynthesisError(
        f"There is no cdktf.json in {folder} or above it. Its 'app' is the command that writes the template, "
        'for example {"language": "python", "app": "python main.py"}.'
    )


def synthesize(settings: Path, out: Path) -> None:
    """Run the `app` of a `cdktf.json`, in its folder and with this Python, so that it writes to `out`.

    Raises:
        SynthesisError: it has failed; the message is what it said.
    """
    app = json.loads(settings.read_text(encoding="utf-8")).get("app")
    if not isinstance(app, str) or not app.strip():
        raise SynthesisError(f"{settings} has no 'app', the command that writes the template: \"python main.py\".")
    program, *arguments = shlex.split(app)
    if program in ("python", "python3"):
        program = sys.executable
    done = subprocess.run(
        [program, *arguments],
        cwd=settings.parent,
        env={**os.environ, "CDKTF_OUTDIR": str(out)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    if done.returncode:
        raise SynthesisError(f"{app} in {settings.parent} has ended with status {done.returncode}:\n{done.stderr}")


def stack_in(out: Path, name: str = "") -> Path:
    """The directory of a stack, of the only one if there is no `name`.

    Raises:
        SynthesisError: it is not there, or there are several.
    """
    stacks = {folder.name: folder for folder in sorted(out.glob("stacks/*/"))}
    if name in stacks:
        return stacks[name]
    if len(stacks) == 1 and not name:
        return next(iter(stacks.values()))
    wanted = f"no stack {name!r}" if name else "several stacks, and the fixture coder_stack names none"
    raise SynthesisError(f"There is {wanted if stacks else 'no stack'}. Stacks: {', '.join(stacks) or 'none'}.")
