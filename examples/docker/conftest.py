"""What the tests stand on: the values of the template's variables, and stand-ins for what is not on this machine."""

from __future__ import annotations

import pytest

from aibridge_construct.testing import CODE_SERVER, COPILOT, Module
from aibridge_construct.testing.providers import (
    BOOL,
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
                optional("entrypoint", list_of(STRING)),
                optional("env", set_of(STRING)),
            ],
            [
                block("host", [required("host"), required("ip")], nesting="set"),
                block(
                    "volumes",
                    [optional("container_path"), optional("volume_name"), optional("read_only", BOOL)],
                    nesting="set",
                ),
            ],
            force_new=True,
        ),
    ],
)


@pytest.fixture(scope="session")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888"}


@pytest.fixture(scope="session")
def coder_stand_ins() -> list[Provider | Module]:
    """What Terraform takes in the place of what registries have."""
    return [DOCKER, CODE_SERVER, COPILOT]


if __name__ == "__main__":
    serve(DOCKER)
