"""A filesystem mirror: the folder from which `terraform init` installs providers when there is no registry.

Stand-ins for a registry's modules travel with it; see `modules`.

See "Provider Installation" in Terraform's documentation of the CLI configuration file.
"""

from __future__ import annotations

import json
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aibridge_construct.choices import a_list
from aibridge_construct.testing.extra import need
from aibridge_construct.testing.providers import launch
from aibridge_construct.testing.providers.declare import Provider

from .modules import REGISTRIES, Module

__all__ = ["HOSTS", "Binary", "Mirror", "build_mirror"]

HOSTS = REGISTRIES
"""Registries under whose names the mirror offers each provider: Terraform's and OpenTofu's."""

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Binary:
    """A real provider on this machine: an executable to offer under `source` (NAMESPACE/NAME) and `version`."""

    source: str
    version: str
    file: Path


@dataclass(frozen=True)
class Mirror:
    """A mirror on disk. `cli_config` is the file to name in TF_CLI_CONFIG_FILE."""

    directory: Path
    providers: tuple[Provider | Binary, ...] = ()
    modules: tuple[Module, ...] = ()

    @property
    def cli_config(self) -> Path:
        """Terraform's CLI configuration file; it names this mirror and nothing else."""
        return self.directory / "terraform.tfrc"


def build_mirror(
    directory: Path | str, providers: Sequence[Provider | Binary], *, modules: Sequence[Module] = ()
) -> Mirror:
    """Offer `providers` from `directory`, which is made, and is left alone if it is there already, and `modules`.

    The folder appears complete or not at all, so that several test processes may ask for the same one at the same time.

    Raises:
        MissingExtraError: the packages of the `testing` extra are not installed.
        FileExistsError: the folder is there, but does not offer these providers.
    """
    final = Path(directory).absolute()
    providers = a_list("providers", providers, "stand-ins for providers", example="CODER")
    modules = a_list("modules", modules, "stand-ins for modules", example="COPILOT")
    mirror = Mirror(final, tuple(providers), tuple(modules))
    if final.exists():
        _refuse_other_contents(mirror)
        return mirror
    final.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{final.name}-", dir=final.parent))
    if any(isinstance(provider, Provider) for provider in providers):
        _write_certificate(draft / "plugin.pem")
    for provider in providers:
        _install(draft, final, provider)
    (draft / "terraform.tfrc").write_text(_cli_config(final))
    try:
        draft.rename(final)
    except OSError:
        if not final.exists():
            raise
        shutil.rmtree(draft)
        _refuse_other_contents(mirror)
    return mirror


def _write_certificate(file: Path) -> None:
    need("tf", "A stand-in provider")
    from aibridge_construct.testing.providers.handshake import make_certificate

    file.touch(mode=0o600)
    file.write_bytes(make_certificate())


def _refuse_other_contents(mirror: Mirror) -> None:
    for provider in mirror.providers:
        program = _program(mirror.directory, HOSTS[0], provider)
        as_asked = (
            program.exists() and program.samefile(provider.file)
            if isinstance(provider, Binary)
            else program.is_file() and program.read_text() == _wrapper(mirror.directory, provider)
        )
        if not as_asked:
            raise FileExistsError(
                f"{mirror.directory} is there already and does not offer {provider.source} {provider.version} "
                f"from {provider.file}; give the mirror another folder, or remove this one"
            )


def _program(directory: Path, host: str, provider: Provider | Binary) -> Path:
    name = f"terraform-provider-{provider.source.partition('/')[2]}_v{provider.version}"
    return directory / host / provider.source / provider.version / _platform() / name


def _install(draft: Path, final: Path, provider: Provider | Binary) -> None:
    for host in HOSTS:
        program = _program(draft, host, provider)
        program.parent.mkdir(parents=True)
        if isinstance(provider, Binary):
            program.symlink_to(provider.file)
        else:
            program.write_text(_wrapper(final, provider))
            program.chmod(0o755)


def _wrapper(final: Path, provider: Provider) -> str:
    launcher = Path(launch.__file__)
    command = shlex.join([sys.executable, "-I", str(launcher), str(provider.file)])
    certificate = shlex.quote(str(final / "plugin.pem"))
    return f"#!/bin/sh\nAIBRIDGE_PLUGIN_CERTIFICATE={certificate} exec {command}\n"


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{sys.platform}_{_ARCHITECTURES.get(machine, machine)}"


def _cli_config(directory: Path) -> str:
    path = json.dumps(str(directory), ensure_ascii=False)  # this file is not expanded: ${…} in it is text
    return f"disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
