"""Fixtures for the tests of the testing kit itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from aibridge_construct.testing import Mirror, Terraform
from tests.sharing import Inits

HEADER = """
terraform {
  required_providers {
    coder = { source = "coder/coder", version = ">= 2.12" }
  }
}
"""


class Configured(Protocol):
    """Initialize Terraform on a configuration that uses the coder provider."""

    def __call__(
        self, hcl: str, *, env: Mapping[str, str] | None = None, header: str = HEADER, isolated: bool = False
    ) -> Terraform: ...


@pytest.fixture
def configured(mirror: Mirror, inits: Inits, tmp_path: Path) -> Configured:
    """Each call gets a directory of its own."""
    count = 0

    def make(
        hcl: str, *, env: Mapping[str, str] | None = None, header: str = HEADER, isolated: bool = False
    ) -> Terraform:
        nonlocal count
        count += 1
        directory = tmp_path / f"configuration-{count}"
        directory.mkdir()
        (directory / "main.tf").write_text(header + hcl)
        terraform = Terraform(directory, env=env, mirror=mirror, isolated=isolated)
        inits.initialize(terraform, header + hcl)
        return terraform

    return make


@pytest.fixture(scope="session")
def schema(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the provider tells Terraform about itself."""
    directory = tmp_path_factory.mktemp("schema")
    (directory / "main.tf").write_text(HEADER)
    terraform = Terraform(directory, mirror=mirror)
    terraform.init()
    schemas = json.loads(terraform.run("providers", "schema", "-json"))["provider_schemas"]
    found: dict[str, Any]
    (found,) = schemas.values()  # under the host of the registry that the program knows
    return found
