"""What the tests stand on: the values of the template's variables, and stand-ins for what is not on this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aibridge_construct.testing import CODE_SERVER, COPILOT, Module
from aibridge_construct.testing.providers import (
    BOOL,
    NUMBER,
    STRING,
    Provider,
    Resource,
    block,
    list_of,
    optional,
    required,
    serve,
    set_of,
)

# Of kreuzwerker/docker, what this template uses; as there, most changes need a new container.
DOCKER = Provider(
    "kreuzwerker/docker",
    version="3.6.2",
    file=__file__,
    config=[optional("host")],
    resources=[
        Resource("docker_network", [required("name")], force_new=True),
        Resource(
            "docker_volume",
            [required("name")],
            [block("labels", [required("label"), required("value")], nesting="set")],
            force_new=True,
        ),
        Resource(
            "docker_container",
            [
                required("image"),
                required("name"),
                optional("hostname"),
                optional("memory", NUMBER),
                optional("privileged", BOOL),
                optional("entrypoint", list_of(STRING)),
                optional("env", set_of(STRING)),
            ],
            [
                block("host", [required("host"), required("ip")], nesting="set"),
                block("networks_advanced", [required("name"), optional("aliases", set_of(STRING))], nesting="set"),
                block("volumes", [optional("container_path"), optional("volume_name")], nesting="set"),
            ],
            force_new=True,
        ),
    ],
)


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
    return [DOCKER, CODE_SERVER, TASKS]


if __name__ == "__main__":
    serve(DOCKER)
