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
    map_of,
    optional,
    required,
    serve,
    set_of,
)

_METADATA = [optional("name"), optional("namespace"), optional("labels", map_of(STRING))]
_QUANTITIES = [optional("requests", map_of(STRING)), optional("limits", map_of(STRING))]
_CONTAINER = block(
    "container",
    [required("name"), required("image"), optional("image_pull_policy"), optional("command", list_of(STRING))],
    [
        block("env", [required("name"), optional("value")]),
        block("resources", _QUANTITIES, max_items=1),
        block("volume_mount", [required("name"), required("mount_path")]),
    ],
)
_POD = block(
    "spec",
    [],
    [
        block(
            "security_context",
            [optional("run_as_user"), optional("fs_group"), optional("run_as_non_root", BOOL)],
            max_items=1,
        ),
        _CONTAINER,
        block("volume", [required("name")], [block("persistent_volume_claim", [required("claim_name")], max_items=1)]),
    ],
    min_items=1,
    max_items=1,
)

# Of hashicorp/kubernetes, what this template uses.
KUBERNETES = Provider(
    "hashicorp/kubernetes",
    version="2.38.0",
    file=__file__,
    config=[optional("config_path")],
    resources=[
        Resource(
            "kubernetes_persistent_volume_claim_v1",
            [optional("wait_until_bound", BOOL, default=True)],
            [
                block("metadata", _METADATA, min_items=1, max_items=1, force_new=True),
                block(
                    "spec",
                    [required("access_modes", set_of(STRING)), optional("storage_class_name")],
                    [block("resources", _QUANTITIES, min_items=1, max_items=1)],
                    min_items=1,
                    max_items=1,
                    force_new=True,
                ),
            ],
        ),
        Resource(
            "kubernetes_deployment_v1",
            [optional("wait_for_rollout", BOOL, default=True)],
            [
                block("metadata", _METADATA, min_items=1, max_items=1),
                block(
                    "spec",
                    [optional("replicas")],
                    [
                        block("strategy", [optional("type")], max_items=1),
                        block("selector", [optional("match_labels", map_of(STRING))], max_items=1),
                        block(
                            "template",
                            [],
                            [block("metadata", _METADATA, min_items=1, max_items=1), _POD],
                            min_items=1,
                            max_items=1,
                        ),
                    ],
                    min_items=1,
                    max_items=1,
                ),
            ],
        ),
    ],
)


@pytest.fixture(scope="session")
def coder_variables() -> dict[str, object]:
    """What the template is pushed with."""
    return {"proxy_url": "https://aiproxy.example.com:8888", "namespace": "coder-workspaces"}


@pytest.fixture(scope="session")
def coder_stand_ins() -> list[Provider | Module]:
    """What Terraform takes in the place of what registries have."""
    return [KUBERNETES, CODE_SERVER, COPILOT]


if __name__ == "__main__":
    serve(KUBERNETES)
