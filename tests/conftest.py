"""Fixtures of every room."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct.testing.mirror import Mirror, coder_mirror
from aibridge_construct.testing.terraform import Terraform

Testing.__test__ = False  # not a test class, whatever its name says


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app whose output nobody needs."""
    return App(outdir=str(tmp_path / "cdktf.out"))


@pytest.fixture
def stack(app: App) -> TerraformStack:
    """An empty stack."""
    return TerraformStack(app, "stack")


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """The provider stand-in, one folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    return coder_mirror(shared / "mirror")


class MakeTerraform(Protocol):
    """Write a configuration and initialize Terraform on it."""

    def __call__(
        self, configuration: TerraformStack | Mapping[str, str], *, env: Mapping[str, str] | None = None
    ) -> Terraform: ...


@pytest.fixture
def terraform(mirror: Mirror, tmp_path: Path) -> MakeTerraform:
    """Terraform on a stack, or on files (name to text), in a directory of its own."""
    count = 0

    def make(configuration: TerraformStack | Mapping[str, str], *, env: Mapping[str, str] | None = None) -> Terraform:
        nonlocal count
        count += 1
        directory = tmp_path / f"terraform-{count}"
        directory.mkdir()
        files = (
            {"cdk.tf.json": Testing.synth(configuration, True)}
            if isinstance(configuration, TerraformStack)
            else configuration
        )
        for name, text in files.items():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        made = Terraform(directory, env=env, mirror=mirror)
        made.init()
        return made

    return make
