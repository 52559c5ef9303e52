"""What the tests stand on: the template as it is pushed, and stand-ins for what is not on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from aibridge_construct.testing.mirror import Mirror, coder_mirror
from aibridge_construct.testing.modules import COPILOT, Module
from aibridge_construct.testing.plugin import (
    BOOL,
    NUMBER,
    STRING,
    Provider,
    Resource,
    block,
    list_of,
    optional,
    required,
    set_of,
)

HERE = Path(__file__).parent

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

# The inputs of the registry's module, as its documentation lists them.
CODE_SERVER = Module(
    "registry.coder.com/coder/code-server/coder",
    version="1.4.0",
    required=["agent_id"],
    optional=[
        "additional_args",
        "auto_install_extensions",
        "display_name",
        "extensions",
        "extensions_dir",
        "folder",
        "group",
        "install_prefix",
        "install_version",
        "log_path",
        "machine-settings",
        "offline",
        "open_in",
        "order",
        "port",
        "settings",
        "share",
        "slug",
        "subdomain",
        "use_cached",
        "use_cached_extensions",
    ],
)

# A task needs the id of an app, which the stand-in of the kit does not make up.
TASKS = replace(
    COPILOT,
    body=COPILOT.body.replace('"${var.agent_id}-task"', "coder_app.copilot.id")
    + 'resource "coder_app" "copilot" {\n  agent_id = var.agent_id\n  slug     = "copilot"\n  url      = "http://localhost:3284"\n}\n',
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory to push, written by the command in cdktf.json."""
    out = tmp_path_factory.mktemp("cdktf.out")
    subprocess.run([sys.executable, "main.py"], cwd=HERE, env={**os.environ, "CDKTF_OUTDIR": str(out)}, check=True)
    return out / "stacks" / "devcontainer"


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """Where Terraform finds the stand-ins, instead of in registries."""
    return coder_mirror(tmp_path_factory.mktemp("devcontainer") / "mirror", DOCKER, modules=[CODE_SERVER, TASKS])


if __name__ == "__main__":
    DOCKER.serve()
