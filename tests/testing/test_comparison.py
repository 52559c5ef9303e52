"""A template in HCL and its port to Python plan the same, or the difference is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from cdktf import TerraformHclModule, TerraformOutput, TerraformStack, Testing

from aibridge_construct import CoderAgent, CoderEnv, DataCoderWorkspace
from aibridge_construct.testing import Mirror, Module, coder_mirror, same_plan

EDITOR = "registry.coder.com/acme/editor/coder"
INPUTS = {"required": ["agent_id"], "optional": ["order"]}
BODY = """
terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}
resource "coder_env" "it" {
  agent_id = var.agent_id
  name     = "ORDER"
  value    = var.order
}
"""

ORIGINAL = """
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

data "coder_workspace" "me" {}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  dir  = "/home/coder"
  metadata {
    key      = "cpu"
    script   = "coder stat cpu"
    interval = 10
  }
}

resource "coder_env" "name" {
  agent_id = coder_agent.main.id
  name     = "NAME"
  value    = data.coder_workspace.me.name
}

module "editor" {
  source   = "registry.coder.com/acme/editor/coder"
  version  = "1.2.0"
  agent_id = coder_agent.main.id
  order    = 1
}

output "name" {
  value = data.coder_workspace.me.name
}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    modules = [Module(EDITOR, version=version, body=BODY, **INPUTS) for version in ("1.2.0", "1.4.0")]
    return coder_mirror(tmp_path_factory.mktemp("comparison") / "mirror", modules=modules)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    (tmp_path / "original").mkdir()
    (tmp_path / "original/main.tf").write_text(ORIGINAL)
    return tmp_path / "original"


def ported(
    stack: TerraformStack, place: Path, *, agent: str = "main", dir: str = "/home/coder", more: bool = False
) -> Path:
    """The original in Python; the editor in the newer version that the port moves to."""
    workspace = DataCoderWorkspace(stack, "me")
    workspace.override_logical_id("me")
    main = CoderAgent(
        stack,
        "main",
        os="linux",
        arch="amd64",
        dir=dir,
        metadata=[{"key": "cpu", "script": "coder stat cpu", "interval": 10}],
    )
    main.override_logical_id(agent)
    name = CoderEnv(stack, "name", agent_id=main.id, name="NAME", value=workspace.name)
    name.override_logical_id("name")
    editor = TerraformHclModule(
        stack, "editor", source=EDITOR, version="1.4.0", variables={"agent_id": main.id, "order": 2 if more else 1}
    )
    editor.override_logical_id("editor")
    TerraformOutput(stack, "output", value=workspace.name).override_logical_id("name")
    place.mkdir()
    (place / "cdk.tf.json").write_text(Testing.synth(stack))
    return place


def test_a_faithful_port_differs_in_nothing(
    stack: TerraformStack, original: Path, tmp_path: Path, served: Mirror
) -> None:
    before = {file: file.read_text() for file in original.iterdir()}
    assert same_plan(original, ported(stack, tmp_path / "port"), mirror=served) == []
    assert {file: file.read_text() for file in original.iterdir()} == before


def test_each_difference_has_its_address_its_attribute_and_both_values(
    stack: TerraformStack, original: Path, tmp_path: Path, served: Mirror
) -> None:
    port = ported(stack, tmp_path / "port", agent="agent", dir="/srv", more=True)
    main = original / "main.tf"
    main.write_text(main.read_text() + 'resource "coder_env" "lost" {\n  agent_id = "a"\n  name = "A"\n}\n')
    found = same_plan(original, port, mirror=served, renamed={"coder_agent.main": "coder_agent.agent"})
    assert [str(each) for each in found] == [
        "coder_agent.main: dir: '/home/coder' in the original, '/srv' in the port",
        "coder_env.lost: (planned) in the original, (absent) in the port",
        "module.editor.coder_env.it: value: '1' in the original, '2' in the port",
    ]


def test_a_sensitive_value_is_compared_and_not_shown(tmp_path: Path, served: Mirror) -> None:
    text = 'output "it" {{\n  value     = "{}"\n  sensitive = true\n}}\n'
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text.format(f"hush-{name}"))
    (found,) = same_plan(tmp_path / "one", tmp_path / "two", mirror=served)
    assert found.address == "output.it"
    assert "hush" not in f"{found} {found!r}"
