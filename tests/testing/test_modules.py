"""Stand-ins for modules of a registry: Terraform takes them for what they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, Copilot
from aibridge_construct.testing import Terraform, TerraformError
from aibridge_construct.testing.build import pack
from aibridge_construct.testing.mirror import Mirror, coder_mirror
from aibridge_construct.testing.modules import COPILOT, Module, install_modules

SHELF = Module(
    "registry.example.com/acme/shelf/coder",
    version="1.4.2",
    required=["agent_id"],
    optional=["label", "key"],
    sensitive=["key"],
    body='output "seen" { value = [var.agent_id, var.label] }\noutput "key" {\n value = var.key\n sensitive = true\n}',
)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    return coder_mirror(tmp_path_factory.mktemp("modules") / "mirror", modules=[SHELF, COPILOT])


def terraform(directory: Path, mirror: Mirror, call: dict[str, Any], **outputs: str) -> Terraform:
    content: dict[str, Any] = {"module": {"shelf": {"source": SHELF.source, **call}}}
    if outputs:
        content["output"] = {name: {"value": value} for name, value in outputs.items()}
    (directory / "cdk.tf.json").write_text(json.dumps(content))
    return Terraform(directory, mirror=mirror)


def test_a_call_gets_the_stand_in_whose_source_and_version_it_names(tmp_path: Path, mirror: Mirror) -> None:
    made = terraform(tmp_path, mirror, {"version": "~> 1.0", "agent_id": "a1"}, seen="${module.shelf.seen}")
    made.init()
    made.init()  # as often as one likes
    assert made.plan().outputs == {"seen": ["a1", None]}
    installed = json.loads((tmp_path / ".terraform/modules/modules.json").read_text())["Modules"]
    assert {item["Key"]: item["Version"] for item in installed if item["Key"]} == {"shelf": "1.4.2"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"agent_id": "a1", "labl": "x"}, 'No argument or block type is named "labl"'),
        ({"label": "x"}, 'The argument "agent_id" is required'),
    ],
)
def test_inputs_that_the_module_does_not_have_or_needs_are_refused(
    tmp_path: Path, mirror: Mirror, call: dict[str, Any], words: str
) -> None:
    made = terraform(tmp_path, mirror, call)
    with pytest.raises(TerraformError, match=words):
        _init_and_validate(made)


def _init_and_validate(terraform: Terraform) -> None:
    terraform.init()
    terraform.validate()  # where OpenTofu says it


def test_a_sensitive_input_stays_sensitive(tmp_path: Path, mirror: Mirror) -> None:
    made = terraform(tmp_path, mirror, {"agent_id": "a1", "key": "k"}, key="${module.shelf.key}")
    made.init()
    with pytest.raises(TerraformError, match="Output refers to sensitive values"):
        made.plan()


def test_what_is_pushed_stays_what_was_synthesized(tmp_path: Path, mirror: Mirror) -> None:
    terraform(tmp_path, mirror, {"agent_id": "a1"})
    before = pack(tmp_path)
    install_modules(tmp_path, mirror.modules)
    assert (tmp_path / ".terraform/modules/shelf/main.tf").exists()
    assert pack(tmp_path) == before


def test_a_directory_without_such_calls_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text('{"module": {"own": {"source": "./own"}}}')
    install_modules(tmp_path, [SHELF])
    assert [path.name for path in tmp_path.iterdir()] == ["cdk.tf.json"]


def test_a_source_without_a_host_is_terraforms_registry(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text('{"module": {"net": {"source": "acme/net/aws", "version": "2.0.0"}}}')
    mirror = coder_mirror(tmp_path / "mirror", modules=[Module("registry.terraform.io/acme/net/aws", version="2.0.0")])
    made = Terraform(tmp_path, mirror=mirror)
    made.init()
    assert made.validate() == []


def test_the_stand_in_for_copilot_takes_what_the_construct_gives(
    stack: TerraformStack, tmp_path: Path, mirror: Mirror
) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com")
    inputs = [name for name in COPILOT.optional if not name.startswith(("aibridge_", "enable_", "allow_all", "github"))]
    lists = {name: ["x"] for name in ("trusted_directories", "allow_tools")} | {"deny_tools": ["y"]}
    flags = dict.fromkeys(("install_agentapi", "report_tasks", "subdomain", "cli_app", "resume_session"), True)
    objects = dict.fromkeys(("copilot_config", "mcp_config"), "{}")
    given = dict.fromkeys(inputs, "1") | lists | flags | objects | {"order": 1}
    Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", proxy=proxy, **given)  # type: ignore[arg-type]
    (tmp_path / "cdk.tf.json").write_text(Testing.synth(stack, True))
    made = Terraform(tmp_path, mirror=mirror)
    made.init()
    (script,) = (address for address in made.plan().actions if address.startswith("module.copilot"))
    assert script.endswith(".coder_script.copilot")


@pytest.mark.parametrize(("source", "version"), [("./shelf", "1.0.0"), ("git::x/y", "1.0.0"), ("a/b/c", "1.0")])
def test_what_is_no_module_of_a_registry_is_refused(source: str, version: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        Module(source, version=version)
