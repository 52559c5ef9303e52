"""What the tests stand on: the values of the template's variables, and stand-ins for what is not on this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aibridge_construct.testing import CODE_SERVER, COPILOT, Module, docker
from aibridge_construct.testing.providers import Provider

# A task needs the id of an app, which the stand-in of the kit does not make up.
TASKS = replace(
    COPILOT,
    body=COPILOT.body.replace('"${var.agent_id}-task"', "coder_app.copilot.id")
    + 'resource "coder_app" "copilot" {\n  agent_id = var.agent_id\n  slug     = "copilot"\n  url      = "http://localhost:3284"\n}\n',
)


@pytest.fixture(scope="session")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888"}


@pytest.fixture(scope="session")
def coder_stand_ins() -> list[Provider | Module]:
    """What Terraform takes in the place of what registries have."""
    return [docker(), CODE_SERVER, TASKS]
