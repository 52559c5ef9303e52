"""What `cdktf synth --hcl` writes plans what the JSON plans, for real, or is refused with the address."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cdktf import (
    App,
    DataTerraformRemoteStateLocal,
    Postcondition,
    Precondition,
    TerraformHclModule,
    TerraformLocal,
    TerraformOutput,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
    Testing,
)
from constructs import Construct

from aibridge_construct import AIBridgeProxyModule, CoderAgent, CoderProvider, CoderTemplate, DataCoderWorkspace
from aibridge_construct.errors import TemplateError
from aibridge_construct.hcl import document
from aibridge_construct.native import write_natively
from aibridge_construct.testing import docker
from aibridge_construct.testing.mirror import Mirror, coder_mirror
from aibridge_construct.testing.modules import COPILOT
from aibridge_construct.testing.terraform import Terraform, TerraformError
from tests.conftest import MakeTerraform

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(file.parent for file in ROOT.glob("examples/*/cdktf.json"))
VARIABLES = {"proxy_url": "https://aiproxy.example.com:8888", "namespace": "coder-workspaces", "agent_id": "a1"}


def synthesized(folder: Path, out: Path, *, hcl: bool) -> Path:
    """The one stack that a main.py writes. The engine reads the variable when it starts."""
    env = (
        os.environ | {"CDKTF_OUTDIR": str(out), "PYTHONPATH": str(ROOT)} | ({"SYNTH_HCL_OUTPUT": "true"} if hcl else {})
    )
    subprocess.run([sys.executable, "main.py"], cwd=folder, env=env, check=True)
    (stack,) = (out / "stacks").iterdir()
    return stack


def planned(directory: Path, mirror: Mirror, variables: Mapping[str, str]) -> Any:
    terraform = Terraform(directory, mirror=mirror)
    terraform.init()
    assert terraform.validate() == []
    return comparable(terraform.plan(variables=variables).json)


def comparable(plan: Mapping[str, Any]) -> Any:
    names = ("planned_values", "resource_changes", "output_changes", "prior_state", "checks", "variables")
    return without_ids({name: plan.get(name) for name in names})


def without_ids(value: Any) -> Any:
    """Data sources make up a new id whenever they are read."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def stand_ins(example: Path) -> ModuleType | None:
    file = example / "conftest.py"
    if not file.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"stand_ins_of_{example.name}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("example", [*EXAMPLES, pytest.param(ROOT, id="module")], ids=lambda folder: folder.name)
def test_every_example_and_the_module_plan_the_same_as_hcl(example: Path, tmp_path: Path) -> None:
    there = stand_ins(example) if example != ROOT else None
    providers = [getattr(there, "KUBERNETES", getattr(there, "DOCKER", docker()))] if there else []
    modules = [COPILOT, *([there.CODE_SERVER] if there else [])]
    mirror = coder_mirror(tmp_path / "mirror", *providers, modules=modules)

    as_json = synthesized(example, tmp_path / "json", hcl=False)
    as_hcl = synthesized(example, tmp_path / "hcl", hcl=True)
    declared = json.loads((as_json / "cdk.tf.json").read_text()).get("variable", {})
    variables = {name: value for name, value in VARIABLES.items() if name in declared}
    assert planned(as_json, mirror, variables) == planned(as_hcl, mirror, variables)
    assert 'required_version = ">= 1.9"' in (as_hcl / "versions.tf").read_text()
    assert not (as_json / "versions.tf").exists()


# ---- elements of every kind -------------------------------------------------------------------------------

AWKWARD = 'a "quote", a \\ and ${var.word == "x" ? "\\"yes\\"" : "no"}, $${HOME} and %%{http_code}\tü\r\n'


class Data(TerraformResource):
    """Terraform's own resource, as a class that says nothing of HCL."""

    def __init__(self, scope: Construct, id: str, more: dict[str, Any] | None = None, **meta: Any) -> None:
        self._more = more or {}
        super().__init__(scope, id, terraform_resource_type="terraform_data", **meta)

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._more


def variables(stack: TerraformStack) -> None:
    TerraformVariable(stack, "word", type="string", default='x "$${y}" \\ %{z}', description='A "word", ${like} this')
    for name, type, default in [
        ("no", "bool", False),
        ("zero", "number", 0),
        ("empty", "string", ""),
        ("items", "list(string)", []),
        ("pairs", "map(string)", {}),
        ("keys", "any", {"for": 1, "null": 2, "a b": 3, "${k}": 4, "if": 5, "1": 6}),
        ("deep", "any", [{"a": [1, "two", False, {"b": "3"}]}]),
        ("number_text", "string", "0042"),
        ("bracket", "string", "[1"),
        ("lines", "string", "one\ntwo\n"),
    ]:
        TerraformVariable(stack, name, type=type, default=default, nullable=False)
        TerraformOutput(stack, f"var_{name}", value=f"${{var.{name}}}", static_id=True)
    TerraformVariable(
        stack,
        "checked",
        default="7",
        sensitive=True,
        validation=[
            TerraformVariableValidationConfig(
                condition='${var.checked != "\\"" && !can(regex("\\\\s", var.checked))}',
                error_message='Not "${var.checked}" \\ but "7".',
            )
        ],
    )


def values(stack: TerraformStack) -> None:
    TerraformVariable(stack, "word", default="x")
    for number, value in enumerate(
        [AWKWARD, "", 0, False, [], {}, "7", "[x", "{", '"', "true", "a\nEOF\nb\n", "${var.word}\n x\n", [0, ""]]
    ):
        TerraformLocal(stack, f"local-{number}", value)
        TerraformOutput(stack, f"output-{number}", value=value, sensitive=False, description='of "${it}"')
    TerraformLocal(stack, "nested", {"a": {"b ${var.word}": [AWKWARD, {"c": False}]}, "for": "each"})
    TerraformOutput(stack, "trimmed", value="${var.word ~}\n  x\n%{ if true ~}\n  y\n%{~ endif }\n  z")
    TerraformOutput(stack, "trimmed_lines", value="${var.word ~}\n  x\n%{ if true ~}\n  y\n%{~ endif }\n  z\n")


def lifecycles(stack: TerraformStack) -> None:
    first = Data(stack, "first", {"input": "1"})
    Data(
        stack,
        "second",
        {"input": AWKWARD.replace("var.word", "terraform_data.first.output")},
        count=2,
        depends_on=[first],
        lifecycle=TerraformResourceLifecycle(
            create_before_destroy=False,
            prevent_destroy=False,
            ignore_changes="all",
            replace_triggered_by=["terraform_data.first", "terraform_data.first.output"],
            precondition=[Precondition(condition='${path.module != "\\""}', error_message='Never "${path.module}".')],
            postcondition=[Postcondition(condition='${self.input != "\\""}', error_message='Not "here" \\')],
        ),
        provisioners=[
            {"type": "local-exec", "command": 'echo "$${HOME}"', "when": "destroy", "environment": {"A": "b"}}
        ],
    )
    Data(stack, "third", {"input": "a"}, lifecycle=TerraformResourceLifecycle(ignore_changes=["input"]))
    DataCoderWorkspace(
        stack,
        "me",
        lifecycle=TerraformResourceLifecycle(
            precondition=[Precondition(condition='${path.module != "\\""}', error_message='Says "no".')],
            postcondition=[Postcondition(condition='${self.name != "\\""}', error_message='Says "${self.name}".')],
        ),
    )


def addresses(stack: TerraformStack) -> None:
    coder = CoderProvider(stack, "other", alias="other", url="https://other.example.com")
    CoderProvider(stack, "one")
    agent = CoderAgent(stack, "main", os="linux", arch="amd64", env={"for": "1", "A": AWKWARD}, provider=coder)
    stack.add_override("variable.word", {"default": "x"})
    Data(stack, "new", {"input": "1"}).add_move_target("new")
    Data(stack, "old", {"input": "1"}).move_to("new")
    stack.add_override("removed", [{"from": "terraform_data.gone", "lifecycle": {"destroy": False}}])
    stack.add_override("check.fine", {"assert": {"condition": '${var.word != "\\""}', "error_message": 'Not "fine".'}})
    stack.add_override("terraform.required_version", ">= 1.9")
    module = TerraformHclModule(stack, "copilot", source=COPILOT.source, version="~> 0.4", providers=[coder])
    module.set("agent_id", agent.id)
    module.set("workdir", '/a "b"')
    module.add_override("count", "${1 + 1}")
    module.add_override("depends_on", ["coder_agent.main"])
    DataTerraformRemoteStateLocal(stack, "remote", path="none.tfstate", defaults={"a": {"b": False}}).add_override(
        "count", 0
    )


KINDS: dict[str, Callable[[TerraformStack], None]] = {
    each.__name__: each for each in (variables, values, lifecycles, addresses)
}


@pytest.fixture(scope="module")
def with_copilot(tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    return coder_mirror(tmp_path_factory.mktemp("copilot") / "mirror", modules=[COPILOT])


@pytest.mark.parametrize("kind", KINDS)
def test_elements_of_every_kind_plan_the_same_as_hcl(kind: str, tmp_path: Path, with_copilot: Mirror) -> None:
    for out, hcl in (("json", False), ("hcl", True)):
        app = App(outdir=str(tmp_path / out), hcl_output=hcl, skip_validation=True)
        stack = TerraformStack(app, "s")
        KINDS[kind](stack)
        write_natively(stack)
        app.synth()
    as_json, as_hcl = (tmp_path / out / "stacks/s" for out in ("json", "hcl"))
    assert not (as_json / "cdk.tf").exists()
    assert not (as_hcl / "cdk.tf.json").exists()
    ours, theirs = (planned(directory, with_copilot, {}) for directory in (as_json, as_hcl))
    assert json.dumps(ours, indent=1, sort_keys=True) == json.dumps(theirs, indent=1, sort_keys=True)


# ---- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"name": "x"}, id="a mapping"),
        pytest.param([{"name": "x"}], id="a list of mappings"),
        pytest.param([], id="an empty list"),
    ],
)
def test_a_class_that_does_not_say_what_is_a_block_is_refused_by_address(app: App, value: object) -> None:
    class Thin(TerraformResource):
        def _synthesize_attributes(self) -> dict[str, Any]:
            return {"metadata": value}

    stack = CoderTemplate(app, "demo")
    Thin(stack, "thin", terraform_resource_type="kubernetes_pod")
    with pytest.raises(
        RuntimeError, match=r"kubernetes_pod\.thin cannot be written in HCL: .*'metadata' is an attribute"
    ):
        Testing.synth_hcl(stack)


def test_what_a_thin_class_says_in_plain_values_is_written(app: App) -> None:
    class Thin(TerraformResource):
        def _synthesize_attributes(self) -> dict[str, Any]:
            return {"name": "x", "ports": [1, 2], "on": False}

    stack = AIBridgeProxyModule(app)
    Thin(stack, "thin", terraform_resource_type="some_thing")
    text = Testing.synth_hcl(stack)
    assert 'resource "some_thing" "thin" {\n  name  = "x"\n  on    = false\n  ports = [1, 2]\n}' in text


def test_kinds_of_blocks_that_nobody_knows_are_refused() -> None:
    with pytest.raises(TemplateError, match="action cannot be written in HCL"):
        document({"action": {"x": {"y": {}}}}, {})


def test_what_an_app_writes_to_a_native_file_is_native(tmp_path: Path, terraform: MakeTerraform) -> None:
    app = App(outdir=str(tmp_path / "out"), hcl_output=True)
    CoderTemplate(app, "demo")
    app.synth()
    directory = tmp_path / "out/stacks/demo"
    assert (directory / "cdk.tf").read_text().startswith("terraform {")
    terraform({name: (directory / name).read_text() for name in ("cdk.tf", "versions.tf")})


def test_the_versions_go_with_the_next_json_and_an_authors_own_stay(tmp_path: Path) -> None:
    def synthesize(*, hcl: bool) -> set[str]:
        app = App(outdir=str(tmp_path / "out"), hcl_output=hcl)
        CoderTemplate(app, "demo")
        app.synth()
        return {file.name for file in (tmp_path / "out/stacks/demo").iterdir()}

    assert synthesize(hcl=True) >= {"cdk.tf", "versions.tf"}
    assert synthesize(hcl=False) & {"cdk.tf", "cdk.tf.json", "versions.tf"} == {"cdk.tf.json"}
    (tmp_path / "out/stacks/demo/versions.tf").write_text("# mine\n")
    assert "versions.tf" in synthesize(hcl=False)


def test_the_bound_on_terraform_holds_in_hcl(tmp_path: Path, mirror: Mirror) -> None:
    app = App(outdir=str(tmp_path / "out"), hcl_output=True)
    CoderTemplate(app, "demo").add_override("terraform.required_version", ">= 99.0")
    app.synth()
    with pytest.raises(TerraformError, match="Unsupported Terraform Core version"):
        Terraform(tmp_path / "out/stacks/demo", mirror=mirror).init()
