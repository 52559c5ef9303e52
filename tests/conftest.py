"""Fixtures of every room."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct.testing.mirror import Mirror, coder_mirror
from aibridge_construct.testing.terraform import Terraform
from tests.built import Built, build, found
from tests.sharing import Inits

ROOT = Path(__file__).parent.parent

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
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def built(run_folder: Path) -> Built:
    """The distributions of this checkout, built once a run."""
    folder = run_folder / "dist"
    with (run_folder / "dist.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return found(folder) if folder.exists() else build(ROOT, folder)


@pytest.fixture(scope="session")
def mirror(run_folder: Path) -> Mirror:
    """The provider stand-in, one folder for all workers of a run."""
    return coder_mirror(run_folder / "mirror")


@pytest.fixture(scope="session")
def inits(tmp_path_factory: pytest.TempPathFactory) -> Inits:
    """What Terraform has installed for one test and others want, too."""
    return Inits(tmp_path_factory.mktemp("inits"))


class MakeTerraform(Protocol):
    """Write a configuration and initialize Terraform on it."""

    def __call__(
        self, configuration: TerraformStack | Mapping[str, str], *, env: Mapping[str, str] | None = None
    ) -> Terraform: ...


@pytest.fixture
def terraform(mirror: Mirror, inits: Inits, tmp_path: Path) -> MakeTerraform:
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
        if len(files) == 1:
            inits.initialize(made, *files.values())
        else:
            made.init()
        return made

    return make
