"""A filesystem mirror: the folder from which `terraform init` installs providers when there is no registry.

See "Provider Installation" in Terraform's documentation of the CLI configuration file.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ._extra import need
from .plugin import Provider

__all__ = ["Binary", "Mirror", "build_mirror", "coder_mirror"]

_HOSTS = ("registry.terraform.io", "registry.opentofu.org")
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

    @property
    def cli_config(self) -> Path:
        return self.directory / "terraform.tfrc"


def build_mirror(directory: Path | str, providers: Sequence[Provider | Binary]) -> Mirror:
    """Offer `providers` from `directory`, which is made, and is left alone if it is there already.

    The folder appears complete or not at all, so that several test processes may ask for the same one at the same time.

    Raises:
        MissingExtraError: the packages of the `testing` extra are not installed.
    """
    final = Path(directory).absolute()
    if final.exists():
        return Mirror(final)
    draft = final.with_name(f"{final.name}.{os.getpid()}.draft")
    draft.mkdir(parents=True)
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
    return Mirror(final)


def coder_mirror(directory: Path | str, *others: Provider | Binary) -> Mirror:
    """A mirror with coder/coder and `others`.

    coder/coder is the stand-in, or, where the environment variable AIBRIDGE_CODER_PROVIDER names one, a real provider
    binary. Its version is read from a file name that ends in `_vX.Y.Z`, and is the stand-in's otherwise.
    """
    from .coder_provider import CODER

    real = os.environ.get("AIBRIDGE_CODER_PROVIDER")
    if not real:
        return build_mirror(directory, [CODER, *others])
    file = Path(real).resolve(strict=True)
    version = re.search(r"_v(\d+\.\d+\.\d+)", file.name)
    return build_mirror(directory, [Binary(CODER.source, version[1] if version else CODER.version, file), *others])


def _write_certificate(file: Path) -> None:
    need("tf", "A stand-in provider")
    from ._handshake import make_certificate

    file.touch(mode=0o600)
    file.write_bytes(make_certificate())


def _install(draft: Path, final: Path, provider: Provider | Binary) -> None:
    name = provider.source.partition("/")[2]
    for host in _HOSTS:
        folder = draft / host / provider.source / provider.version / _platform()
        folder.mkdir(parents=True)
        program = folder / f"terraform-provider-{name}_v{provider.version}"
        if isinstance(provider, Binary):
            program.symlink_to(provider.file)
        else:
            program.write_text(_wrapper(final, provider))
            program.chmod(0o755)


def _wrapper(final: Path, provider: Provider) -> str:
    launcher = Path(__file__).with_name("_launch.py")
    command = shlex.join([sys.executable, "-I", str(launcher), str(provider.file)])
    certificate = shlex.quote(str(final / "plugin.pem"))
    return f"#!/bin/sh\nAIBRIDGE_PLUGIN_CERTIFICATE={certificate} exec {command}\n"


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{sys.platform}_{_ARCHITECTURES.get(machine, machine)}"


def _cli_config(directory: Path) -> str:
    path = json.dumps(str(directory), ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    return f"disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
