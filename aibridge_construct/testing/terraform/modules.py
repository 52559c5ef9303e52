"""Stand-ins for modules of a registry, so that `terraform init` needs none.

A stand-in has the inputs of the module and no other, so that a misspelt one fails as it would in earnest::

    CODE_SERVER = Module(
        "registry.coder.com/coder/code-server/coder",
        version="1.3.1",
        required=["agent_id"],
        optional=["folder", "order"],
    )
    mirror = coder_mirror("/tmp/mirror", modules=[CODE_SERVER])

The directory stays as it is pushed: stand-ins go to `.terraform/modules`, where `terraform init` keeps what it
downloaded, and takes it from there as long as the source is the same and the version fits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

from aibridge_construct.choices import a_list
from aibridge_construct.hcl import InvalidTemplateError, native_body

__all__ = ["REGISTRIES", "Module", "install_modules"]

REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
"""What a source without a host means to Terraform, and to OpenTofu."""

_NAMESPACE_NAME_PROVIDER = r"[\w-]+/[\w-]+/[\w-]+"


@dataclass(frozen=True)
class Module:
    """A stand-in for one module of a registry.

    Args:
        source: its address as templates write it, `HOST/NAMESPACE/NAME/PROVIDER`; without a host, Terraform's registry.
        version: three numbers; Terraform matches the version constraints of module calls against it.
        required: the inputs that must be given.
        optional: the inputs that may be left out, and are null then.
        sensitive: those inputs that the module marks as sensitive.
        body: what the module holds besides, in HCL: resources, outputs. Default: nothing.
    """

    source: str
    _: KW_ONLY
    version: str
    required: Sequence[str] = ()
    optional: Sequence[str] = ()
    sensitive: Sequence[str] = ()
    body: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"([\w.-]+(:\d+)?/)?{_NAMESPACE_NAME_PROVIDER}", self.source):
            raise ValueError(f"source must be HOST/NAMESPACE/NAME/PROVIDER; got {self.source!r}")
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise ValueError(f"version must be three numbers, e.g. '1.3.1'; got {self.version!r}")
        for name in ("required", "optional", "sensitive"):
            a_list(name, getattr(self, name), "names of inputs", example='"agent_id"')

    @property
    def hcl(self) -> str:
        """The module as the text of its one file."""
        return "\n".join([*self._variables(), self.body.strip(), ""])

    def _variables(self) -> Iterator[str]:
        for name in (*self.required, *self.optional):
            default = "  default = null\n" if name in self.optional else ""
            sensitive = "  sensitive = true\n" if name in self.sensitive else ""
            yield f'variable "{name}" {{\n{default}{sensitive}}}'


def install_modules(
    directory: Path | str, modules: Sequence[Module], *, registry: Callable[[], str] = lambda: REGISTRIES[0]
) -> None:
    """Put stand-ins where `terraform init` looks for the modules that the configuration in `directory` calls.

    `Terraform.init` does this with the modules of its mirror.

    Args:
        directory: holds the configuration.
        modules: the stand-ins.
        registry: what a source without a host means; asked for where one is written so.
    """
    folder = Path(directory)
    offered: dict[str, list[Module]] = {}
    for module in modules:
        offered.setdefault(_key(module.source), []).append(module)
    manifest = [{"Key": "", "Source": "", "Dir": "."}]
    for name, source, version in _calls(folder):
        fitting = offered.get(_key(source))
        if not fitting:
            continue
        # A template and its port may pin two versions of one module.
        module = next((one for one in fitting if one.version == version), fitting[-1])
        place = Path(".terraform", "modules", name)
        (folder / place).mkdir(parents=True, exist_ok=True)
        (folder / place / "main.tf").write_text(module.hcl, encoding="utf-8")
        manifest.append(
            {"Key": name, "Source": _full(source, registry), "Version": module.version, "Dir": place.as_posix()},
        )
    if len(manifest) > 1:
        (folder / ".terraform/modules/modules.json").write_text(json.dumps({"Modules": manifest}), encoding="utf-8")


def _calls(folder: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted(folder.glob("*.tf.json")):
        for name, body in json.loads(file.read_text(encoding="utf-8")).get("module", {}).items():
            yield name, str(body.get("source", "")), str(body.get("version", ""))
    for file in sorted(folder.glob("*.tf")):
        for name, bodies in _native(file).get("module", {}).items():
            for body in bodies:
                yield name, str(body.get("source", "")), str(body.get("version", ""))


def _native(file: Path) -> dict[str, Any]:
    """The file's blocks; none if Terraform, which says so better, cannot read it."""
    try:
        return native_body(file.read_text(encoding="utf-8"))
    except InvalidTemplateError:
        return {}


def _full(source: str, registry: Callable[[], str]) -> str:
    """A registry's address with its host, as Terraform's own list of modules has it."""
    return f"{registry()}/{source}" if re.fullmatch(_NAMESPACE_NAME_PROVIDER, source) else source


def _key(source: str) -> str:
    """The address without the host that Terraform or OpenTofu takes for granted."""
    host, _, rest = source.partition("/")
    return rest if host in REGISTRIES else source
