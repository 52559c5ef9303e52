"""What tests share of Terraform's work where it would be the same work: an init of the same providers, a plan of the
same configuration. Each worker of a run has its own.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aibridge_construct.testing import Mirror, Terraform
from aibridge_construct.testing.terraform.plan import resource_in

__all__ = ["Inits", "Planned", "planned"]

#: What stands for a test's own folder where a plan is shared.
_PLACE = "/stands-for/the/folder-of-a-test"


class Inits:
    """What `terraform init` made of the same needs before.

    Args:
        folder: where to keep it, an empty directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[Path, str], Path] = {}

    def initialize(self, terraform: Terraform, configuration: str) -> None:
        """As `terraform.init()`, the only file of whose directory holds `configuration`."""
        needs = _needs(configuration)
        if needs is None:
            terraform.init()
            return
        kept = self._kept.get((terraform.mirror.directory, needs))
        if kept is None:
            terraform.init()
            kept = self._folder / str(len(self._kept))
            _copy(terraform.directory, kept)
            self._kept[terraform.mirror.directory, needs] = kept
        else:
            _copy(kept, terraform.directory)


def _needs(configuration: str) -> str | None:
    """What decides what init does, or nothing where that is more than which providers there are.

    A provider that is needed and not named is missed by the next command.
    """
    if not configuration.startswith("{"):
        if re.search(r"^\s*(module|provider|backend|cloud)\b", configuration, re.MULTILINE):
            return None
        blocks = re.findall(r"^terraform \{\n.*?^\}$", configuration, re.MULTILINE | re.DOTALL)
        return "\n".join(blocks) if len(blocks) == configuration.count("terraform {") else None
    content = json.loads(configuration)
    settings = content.get("terraform", {})
    if "module" in content or not settings.keys() <= {"required_providers", "required_version"}:
        return None
    return json.dumps(settings)


def _copy(here: Path, there: Path) -> None:
    there.mkdir(exist_ok=True)
    if (here / ".terraform").exists():
        shutil.copytree(here / ".terraform", there / ".terraform", symlinks=True)
    if (here / ".terraform.lock.hcl").exists():
        shutil.copy(here / ".terraform.lock.hcl", there)


class Planned:
    """A plan that several tests have."""

    def __init__(self, shown: Mapping[str, Any]) -> None:
        self.json = shown

    def resource(self, address: str) -> dict[str, Any]:
        """The planned values of one resource."""
        return resource_in(self.json["planned_values"]["root_module"], address)


_SHOWN: dict[tuple[object, ...], str] = {}


def planned(configuration: str, place: Path, *, env: Mapping[str, str], mirror: Mirror) -> Planned:
    """The plan of Terraform JSON in which `place`, where it stands, is a folder of this test alone."""
    text = configuration.replace(str(place), _PLACE)
    key = (text, frozenset(env.items()), mirror.directory, repr(mirror.modules))
    if key not in _SHOWN:
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "cdk.tf.json").write_text(text)
            terraform = Terraform(directory, env=env, mirror=mirror)
            terraform.init()
            _SHOWN[key] = json.dumps(terraform.plan().json, ensure_ascii=False)
    return Planned(json.loads(_SHOWN[key].replace(_PLACE, str(place))))
