"""What the tests stand on: the values of the template's variables, and stand-ins for what is not on this machine."""

from __future__ import annotations

import pytest

from aibridge_construct.testing import CODE_SERVER, COPILOT, Module, docker
from aibridge_construct.testing.providers import Provider

DOCKER = docker("3.6.2")  # the version that the package of bindings pins


@pytest.fixture(scope="session")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888"}


@pytest.fixture(scope="session")
def coder_stand_ins() -> list[Provider | Module]:
    """What Terraform takes in the place of what registries have."""
    return [DOCKER, CODE_SERVER, COPILOT]
