"""CoderTemplate: the directory that is pushed, and what is refused before it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import (
    App,
    AssetType,
    HttpBackend,
    LocalBackend,
    TerraformAsset,
    TerraformStack,
    Testing,
)
from constructs import Construct

from aibridge_construct import CoderProvider, TemplateError
from aibridge_construct.coder.agent import CoderAgent
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.push import SIZE_LIMIT, archive_size, check_directory, pushed_files
from aibridge_construct.template import CoderTemplate, check_template, native_parameters
from aibridge_construct.testing.build import pack
from tests.coder.everything import declare_parameters
from tests.conftest import MakeTerraform
from tests.template_stack import README, Template, synthesize

ROOT = Path(__file__).parents[1]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return synthesize(tmp_path / "cdktf.out")


def configuration(directory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((directory / "cdk.tf.json").read_text())
    return content


def test_state_is_kept_where_coder_looks_for_it(directory: Path) -> None:
    terraform = configuration(directory)["terraform"]
    assert terraform["backend"] == {"local": {"path": "terraform.tfstate"}}
    assert terraform["required_version"] == ">= 1.9"
    assert terraform["required_providers"] == {"coder": {"source": "coder/coder", "version": ">= 2.12"}}
    assert configuration(directory)["provider"] == {"coder": [{}]}


def test_the_providers_address_and_version_can_be_set(tmp_path: Path) -> None:
    directory = synthesize(tmp_path / "cdktf.out", coder_url="https://coder.example.com", coder_version="~> 2.15")
    content = configuration(directory)
    assert content["provider"] == {"coder": [{"url": "https://coder.example.com"}]}
    assert content["terraform"]["required_providers"]["coder"]["version"] == "~> 2.15"


def test_the_readme_is_passed_through_with_its_front_matter(directory: Path, tmp_path: Path) -> None:
    assert (directory / "README.md").read_text(encoding="utf-8") == README
    file = tmp_path / "other.md"
    file.write_text("# From a file", encoding="utf-8")
    other = synthesize(tmp_path / "other.out", readme=file)
    assert (other / "README.md").read_text() == "# From a file\n"


def test_the_lock_file_is_pushed_along(tmp_path: Path) -> None:
    lock = tmp_path / "locked.hcl"
    lock.write_text('provider "registry.terraform.io/coder/coder" {\n  version = "2.17.0"\n}\n')
    directory = synthesize(tmp_path / "cdktf.out", lock_file=lock)
    assert (directory / ".terraform.lock.hcl").read_text() == lock.read_text()
    assert Path(".terraform.lock.hcl") in pushed_files(directory)


@pytest.mark.parametrize("argument", ["readme", "lock_file"])
def test_a_missing_file_is_named(tmp_path: Path, argument: str) -> None:
    with pytest.raises(TemplateError, match=rf"{argument} names '.*missing', which cannot be read \(No such file"):
        synthesize(tmp_path / "cdktf.out", **{argument: tmp_path / "missing"})


def test_two_synths_anywhere_write_the_same_bytes(tmp_path: Path) -> None:
    def bytes_of(directory: Path) -> dict[str, bytes]:
        return {str(name): (directory / name).read_bytes() for name in pushed_files(directory)}

    first = bytes_of(synthesize(tmp_path / "one"))
    assert bytes_of(synthesize(tmp_path / "two")) == first
    assert bytes_of(synthesize(tmp_path / "one")) == first
    program = "from pathlib import Path; from tests.template_stack import synthesize; synthesize(Path('cdktf.out'))"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(
        [sys.executable, "-c", program], cwd=elsewhere, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True
    )
    assert bytes_of(elsewhere / "cdktf.out/stacks/demo") == first
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_what_an_earlier_synthesis_wrote_does_not_stay(tmp_path: Path) -> None:
    source = tmp_path / "logo.svg"
    source.write_text("<svg/>")

    def with_asset(app: App) -> TerraformStack:
        template = Template(app)
        TerraformAsset(template, "logo", path=str(source), type=AssetType.FILE)
        return template

    directory = synthesize(tmp_path / "cdktf.out", with_asset)
    assert any(name.name == "logo.svg" for name in pushed_files(directory))
    (directory / "cdk.tf").write_text("# from cdktf synth --hcl")
    assert synthesize(tmp_path / "cdktf.out", lambda app: CoderTemplate(app, "demo")) == directory
    assert {str(name) for name in pushed_files(directory)} == {"README.md", "cdk.tf.json"}


# ---- parameters -------------------------------------------------------------------------------------------


class Parameters(CoderTemplate):
    def __init__(self, scope: Construct, id: str = "parameters") -> None:
        super().__init__(scope, id)
        parameters = declare_parameters(self)
        parameters["region"].add_override("count", "${data.coder_parameter.reset.value ? 0 : 1}")
        parameters["email"].add_override("depends_on", ["data.coder_parameter.reset"])
        self.add_override("data.coder_parameter.size.name", "size")
        self.add_override("data.coder_parameter.size.default", "b")
        self.add_override(
            "data.coder_parameter.size.dynamic.option",
            {
                "for_each": '${toset(["a", "b"])}',
                "iterator": "it",
                "content": {"name": '${"name \\"${it.value}\\""}', "value": "${it.key}"},
            },
        )
        agent = CoderAgent(self, "main", os="linux", arch="amd64", env={"CPU": parameters["cpu"].value})
        CoderEnv(self, "mail", agent_id=agent.id, name="EMAIL", value=parameters["email"].value)
        CoderEnv(self, "size", agent_id=agent.id, name="SIZE", value="${data.coder_parameter.size.value}")


def test_parameters_in_native_syntax_plan_the_same_as_in_json(tmp_path: Path, terraform: MakeTerraform) -> None:
    directory = synthesize(tmp_path / "cdktf.out", Parameters)
    files = {name.name: (directory / name).read_text() for name in pushed_files(directory)}
    assert set(files) == {"cdk.tf.json", "parameters.tf"}
    assert "coder_parameter" not in json.loads(files["cdk.tf.json"]).get("data", {})
    native = terraform(files)
    json_only = terraform(Parameters(App(outdir=str(tmp_path / "other.out"))))
    plans = []
    for made in (native, json_only):
        assert made.validate() == []
        plan = made.plan()
        assert set(plan.actions) == {"coder_agent.main", "coder_env.mail", "coder_env.size"}
        shown = {name: plan.json[name] for name in ("planned_values", "resource_changes", "prior_state")}
        plans.append(_without_ids(shown))
    assert plans[0] == plans[1]
    assert plans[0]["prior_state"]["values"]["root_module"]["resources"]


def test_options_and_validations_are_blocks_in_native_syntax(directory: Path) -> None:
    text = (directory / "parameters.tf").read_text(encoding="utf-8")
    assert text.count("  option {\n") == 4
    assert text.count("  validation {\n") == 2
    assert text.count('data "coder_parameter" ') == 5


def test_parameters_of_any_stack_can_be_moved(app: App, stack: TerraformStack, tmp_path: Path) -> None:
    declare_parameters(stack)
    app.synth()
    directory = tmp_path / "cdktf.out/stacks/stack"
    moved = native_parameters(directory)
    assert moved[0] == "data.coder_parameter.cpu"
    assert len(moved) == 5
    assert "data" not in configuration(directory)
    assert native_parameters(directory) == []


def test_a_plain_stack_is_warned_that_coder_loses_options(app: App, stack: TerraformStack, tmp_path: Path) -> None:
    LocalBackend(stack, path="terraform.tfstate")
    declare_parameters(stack)
    check_template(stack)
    app.synth()
    manifest = json.loads((tmp_path / "cdktf.out/manifest.json").read_text())
    (warning,) = manifest["stacks"]["stack"]["annotations"]
    assert "no options and validations of parameters in JSON: cpu, email, region, tools" in warning["message"]


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(inner) for key, inner in value.items() if key != "id"}
    return [_without_ids(inner) for inner in value] if isinstance(value, list) else value


# ---- what is refused --------------------------------------------------------------------------------------


def _module(source: str) -> Callable[[TerraformStack, Path], None]:
    return lambda stack, tmp: stack.add_override("module.m.source", source)


def _asset(size: int) -> Callable[[TerraformStack, Path], None]:
    def add(stack: TerraformStack, tmp: Path) -> None:
        (tmp / "image.bin").write_bytes(b"x" * size)
        TerraformAsset(stack, "image", path=str(tmp / "image.bin"), type=AssetType.FILE)

    return add


def _here(stack: TerraformStack, tmp: Path) -> None:
    out = tmp / "cdktf.out/stacks" / stack.node.id
    CoderEnv(stack, "here", agent_id="a1", name="HERE", value=f"{out}/x")


REFUSED: dict[str, tuple[Callable[[TerraformStack, Path], Any], str]] = {
    "another backend": (
        lambda stack, tmp: stack.add_override("terraform.backend", {"http": {"address": "https://example.com"}}),
        "It has a backend 'http', but Coder keeps each workspace's state in a local file",
    ),
    "hcp terraform": (
        lambda stack, tmp: stack.add_override("terraform.cloud", {"organization": "o"}),
        "It keeps state in HCP Terraform",
    ),
    "a state elsewhere": (
        lambda stack, tmp: stack.add_override("terraform.backend.local.path", "/var/lib/state"),
        "Its local backend writes to '/var/lib/state', where Coder does not look",
    ),
    "a second provider": (
        lambda stack, tmp: CoderProvider(stack, "second"),
        "It configures the coder provider twice. Keep one: a CoderTemplate brings its own, template.coder",
    ),
    "an old provider": (
        lambda stack, tmp: stack.add_override("terraform.required_providers.coder.version", ">= 2.0"),
        "It takes the coder provider '>= 2.0', but older ones show the owner's session token in logs. "
        'Write version=">= 2.12"',
    ),
    "an exact old provider": (
        lambda stack, tmp: stack.add_override("terraform.required_providers.coder.version", "2.11.0"),
        "It takes the coder provider '2.11.0'",
    ),
    "any provider": (
        lambda stack, tmp: stack.add_override("terraform.required_providers.coder.version", ""),
        "It takes the coder provider 'in any version'",
    ),
    "a merge strategy": (
        lambda stack, tmp: CoderEnv(stack, "e", agent_id="a1", name="PATH", value="x", merge_strategy="append"),
        "It takes the coder provider '>= 2.12', but merge_strategy of coder_env needs it. Write version=\">= 2.14\"",
    ),
    "a module of this machine": (
        _module("/opt/modules/x"),
        "module.m has the source '/opt/modules/x', a path of this machine",
    ),
    "a module outside": (
        _module("../x"),
        "module.m has the source '../x', which is not in the directory that is pushed",
    ),
    "a module that is not there": (_module("./x"), "module.m has the source './x', which is not in the directory"),
    "the path of the output": (_here, "holds the path"),
    "too much": (_asset(SIZE_LIMIT), "It is too large: its archive has"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", ["template", "plain stack"])
def test_what_would_not_work_fails_at_synth_with_the_cure(tmp_path: Path, app: App, name: str, kind: str) -> None:
    mistake, words = REFUSED[name]
    stack: TerraformStack
    if kind == "template":
        stack = CoderTemplate(app, "demo")
    else:
        stack = TerraformStack(app, "demo")
        LocalBackend(stack, path="terraform.tfstate")
        CoderProvider(stack, "coder")
        check_template(stack)
    mistake(stack, tmp_path)
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    assert "The stack 'demo' is no template that Coder can build:\n- " in str(caught.value)
    assert words in str(caught.value)
    with pytest.raises(TemplateError):
        pack(tmp_path / "cdktf.out/stacks/demo")


def test_the_engines_default_backend_is_refused_in_a_plain_stack(app: App, stack: TerraformStack) -> None:
    check_template(stack)
    with pytest.raises(
        RuntimeError, match=r'Use CoderTemplate, or declare LocalBackend\(stack, path="terraform.tfstate"\)'
    ):
        app.synth()


def test_another_backend_beside_the_templates_own_is_refused(app: App) -> None:
    HttpBackend(Construct(CoderTemplate(app, "demo"), "deeper"), address="https://example.com")
    with pytest.raises(RuntimeError, match="It has a backend 'http'"):
        app.synth()


@pytest.mark.parametrize(
    "version", [">= 2.12", "~> 2.12", "2.17.0", "= 2.13", ">= 2.0, >= 2.12, < 3", "~> 3.0", "v2.20"]
)
def test_a_version_that_is_new_enough_is_taken(app: App, version: str) -> None:
    CoderTemplate(app, "demo", coder_version=version)
    app.synth()


def test_a_provider_with_an_alias_is_no_second_one(app: App) -> None:
    CoderProvider(CoderTemplate(app, "demo"), "other", alias="other", url="https://other.example.com")
    app.synth()


def test_skipping_validation_skips_the_checks(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"), skip_validation=True)
    CoderTemplate(app, "demo").add_override("terraform.backend.local.path", "/var/lib/state")
    app.synth()


def test_hcl_is_checked_too(tmp_path: Path) -> None:
    program = (
        "from cdktf import App; from tests.template_stack import Template; app = App(outdir='out'); t = Template(app)\n"
        "import sys; len(sys.argv) > 1 and t.add_override('terraform.backend.local.path', '/x'); app.synth()"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT), "SYNTH_HCL_OUTPUT": "true"}
    run = [sys.executable, "-c", program]
    subprocess.run(run, cwd=tmp_path, env=env, check=True)
    expected = {"README.md", "cdk.tf", "metadata.json", "versions.tf"}
    assert {name.name for name in (tmp_path / "out/stacks/demo").iterdir()} == expected
    wrong = subprocess.run([*run, "wrong"], cwd=tmp_path, env=env, check=False, capture_output=True, text=True)
    assert wrong.returncode != 0
    assert "Its local backend writes to '/x'" in wrong.stderr


# ---- what a push takes ------------------------------------------------------------------------------------


def test_a_push_leaves_out_hidden_files_state_and_values_of_variables(directory: Path) -> None:
    for name in (
        ".terraform/providers/x",
        ".hidden",
        ".terraform.lock.hcl",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "terraform.tfvars",
        "x.auto.tfvars.json",
        "modules/m/main.tf",
        "modules/m/terraform.tfvars",
        "modules/m/.git/config",
    ):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("")
    assert [str(name) for name in pushed_files(directory)] == [
        ".terraform.lock.hcl",
        "README.md",
        "cdk.tf.json",
        "modules",
        "modules/m",
        "modules/m/main.tf",
        "modules/m/terraform.tfvars",
        "parameters.tf",
    ]


def test_the_size_is_that_of_the_archive(directory: Path) -> None:
    # Python's tar fills up to records of 10 KiB, Coder's does not.
    assert 0 <= len(pack(directory)) - archive_size(directory) < 10240


def test_the_limit_is_exact(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    frame = archive_size(tmp_path) + 512
    (tmp_path / "big").write_bytes(b"x" * (SIZE_LIMIT - frame - 512))
    check_directory(tmp_path)
    with (tmp_path / "big").open("ab") as file:
        file.write(b"x")
    with pytest.raises(TemplateError, match=r"must stay under 1048576\. The largest files: big \(10\d+ bytes\)"):
        check_directory(tmp_path)


@pytest.mark.parametrize("name", ["override.tf", "a_override.tf.json", "modules/m/x_override.tf"])
def test_override_files_are_refused(directory: Path, name: str) -> None:
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text("{}")
    with pytest.raises(TemplateError, match="which Coder's parameter form does not merge"):
        check_directory(directory)


def test_a_directory_without_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"It has no \.tf or \.tf\.json file\. Synthesize it first"):
        check_directory(tmp_path)


def test_testing_synth_shows_parameters_as_json(app: App) -> None:
    content = json.loads(Testing.synth(Template(app)))
    assert set(content["data"]["coder_parameter"]) == {"cpu", "email", "region", "reset", "tools"}


def test_parameters_are_formatted_as_terraform_fmt_has_it(directory: Path, terraform: MakeTerraform) -> None:
    made = terraform({name.name: (directory / name).read_text(encoding="utf-8") for name in pushed_files(directory)})
    assert made.run("fmt", "-check", "-diff", "parameters.tf") == ""


CDKTN = App.__module__ == "cdktn"  # which alone asks


def test_a_template_tells_the_engine_which_terraform_it_is_for(app: App) -> None:
    stack = CoderTemplate(app, "demo")
    assert stack.node.try_get_context("targetVersions") == ({"terraform": ">=1.9"} if CDKTN else None)


def test_a_program_may_be_for_a_newer_terraform(tmp_path: Path) -> None:
    newer = {"terraform": ">=1.12"}
    stack = CoderTemplate(App(outdir=str(tmp_path / "out"), context={"targetVersions": newer}), "demo")
    assert stack.node.try_get_context("targetVersions") == newer
