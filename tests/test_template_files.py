"""What lies beside the configuration of a template, and what a refused synthesis leaves of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, AssetType, LocalBackend, TerraformAsset, TerraformHclModule, TerraformOutput, TerraformStack

from aibridge_construct import AIBridgeProxyModule, CoderTemplate, InvalidValueError, TemplateError, check_template
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.push import SIZE_LIMIT, archive_size, check_directory, pushed_files
from aibridge_construct.template import native_parameters
from aibridge_construct.testing.build import Workspace, import_template, pack
from aibridge_construct.testing.mirror import Mirror
from tests.conftest import MakeTerraform
from tests.template_stack import Template, synthesize

MODULE = 'output "greeting" {\n  value = file("${path.module}/hello.txt")\n}\n'


def template(out: Path, **more: Any) -> Path:
    return synthesize(out, lambda app: CoderTemplate(app, "demo", **more))


def pushed(directory: Path) -> list[str]:
    return [name.as_posix() for name in pushed_files(directory) if (directory / name).is_file()]


# ---- files of one's own -------------------------------------------------------------------------------------


def test_files_go_to_their_own_paths_byte_for_byte(tmp_path: Path) -> None:
    script = tmp_path / "setup.sh"
    script.write_bytes(b"#!/bin/sh\r\necho \xff\n")
    script.chmod(0o755)
    folder = tmp_path / "m"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/config").write_text("x")
    (folder / "main.tf").write_text(MODULE)
    files = {"cloud-init.yaml": "#cloud-config\r\nü", "a/b.bin": b"\0\1", "setup.sh": script, "modules/m": folder}
    directory = template(tmp_path / "cdktf.out", files=files)
    assert pushed(directory) == ["a/b.bin", "cdk.tf.json", "cloud-init.yaml", "modules/m/main.tf", "setup.sh"]
    assert (directory / "cloud-init.yaml").read_bytes() == "#cloud-config\r\nü".encode()
    assert (directory / "a/b.bin").read_bytes() == b"\0\1"
    assert (directory / "setup.sh").read_bytes() == script.read_bytes()
    assert os.access(directory / "setup.sh", os.X_OK)
    assert not (directory / "cloud-init.yaml").stat().st_mode & 0o111


def test_terraform_finds_them_in_a_build(tmp_path: Path, mirror: Mirror) -> None:
    def make(app: App) -> TerraformStack:
        made = CoderTemplate(app, "demo", files={"scripts/hello.tftpl": "hello, ${name}"})
        TerraformOutput(made, "said", value='${templatefile("${path.module}/scripts/hello.tftpl", { name = "ada" })}')
        return made

    archive = pack(synthesize(tmp_path / "cdktf.out", make))
    import_template(archive, mirror=mirror)
    assert Workspace(archive, mirror=mirror).start().outputs == {"said": "hello, ada"}


def test_files_count_in_the_size(tmp_path: Path) -> None:
    small = template(tmp_path / "cdktf.out", files={"data": b""})
    room = SIZE_LIMIT - archive_size(small) - 512
    template(tmp_path / "cdktf.out", files={"data": b"x" * room})
    with pytest.raises(RuntimeError, match=r"It is too large: .* The largest files: data \("):
        template(tmp_path / "cdktf.out", files={"data": b"x" * (room + 1)})


def test_what_is_no_longer_given_goes_and_what_others_put_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"
    directory = template(out, files={"a/b/c": "1", "a/d": "2", "e": "3"})
    (directory / "a/mine").write_text("4")
    assert pushed(template(out, files={"e": "5"})) == ["a/mine", "cdk.tf.json", "e"]
    assert pushed(template(out)) == ["a/mine", "cdk.tf.json"]
    with pytest.raises(RuntimeError, match=r"files has the path 'a/mine', but .* is there already"):
        template(out, files={"a/mine": "6"})
    assert (directory / "a/mine").read_text() == "4"


@pytest.mark.parametrize(
    ["name", "words"],
    [
        *((name, "would be read as configuration of the template") for name in ("x.tf", "x.tf.json", "X.TF", "x.tofu")),
        *((name, "would be read as configuration") for name in ("cdk.tf.json", "cdk.tf", "parameters.tf", "a.tfvars")),
        *((name, "override file") for name in ("override.tf", "m/x_override.tf.json")),
        *((name, "but hidden files are not pushed") for name in (".env", "a/.git/config", ".terraform/x")),
        *((name, "but files with values of variables are") for name in ("x/a.auto.tfvars", "x/a.auto.tfvars.json")),
        *((name, "but files of Terraform's state are") for name in ("terraform.tfstate", "a/x.tfstate.backup")),
        *((name, "pass readme=") for name in ("README.md", "readme.md")),
        (".terraform.lock.hcl", "pass lock_file="),
        ("metadata.json", "written by the engine"),
        ("assets/x", "the folder of the engine's assets"),
        *((name, "A path is relative to") for name in ("/etc/x", "~/x", "C:/x", "a\\b")),
        *((name, "A path has no '.', '..', empty") for name in ("../x", "a/../b", "./x", "a//b", "a/", "a\nb")),
        ("", "A path is text"),
    ],
)
def test_a_path_that_would_do_something_else_is_refused(app: App, name: str, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CoderTemplate(app, "demo", files={name: "x"})
    assert words in str(caught.value)
    assert repr(name) in str(caught.value)
    assert caught.value.field == "files"


@pytest.mark.parametrize(
    ["files", "words"],
    [
        ({"a.txt": "", "A.txt": ""}, "'a.txt' and 'A.txt', which are one file where case does not count"),
        ({"a": "", "a/b": ""}, "'a' and 'a/b', and one cannot be a file and a folder"),
        ({"a/b": "", "A": ""}, "one cannot be a file and a folder"),
        ({"a": 3}, "takes text, bytes or a Path for 'a'. Got 3 (int)"),
        (["a"], "must be a mapping of paths to contents"),
    ],
)
def test_files_that_cannot_be_are_refused(app: App, files: Any, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CoderTemplate(app, "demo", files=files)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_named(app: App, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"files\['x'\] names '.*missing', which cannot be read \(No such file"):
        CoderTemplate(app, "demo", files={"x": tmp_path / "missing"})


@pytest.mark.parametrize("how", ["files", "asset"])
def test_the_cure_for_a_local_module_works(tmp_path: Path, mirror: Mirror, how: str) -> None:
    folder = tmp_path / "greeting"
    folder.mkdir()
    (folder / "main.tf").write_text(MODULE)
    (folder / "hello.txt").write_text("hello")

    def make(app: App) -> TerraformStack:
        if how == "files":
            made = CoderTemplate(app, "demo", files={"modules/greeting": folder})
            source = "./modules/greeting"
        else:
            made = CoderTemplate(app, "demo")
            asset = TerraformAsset(made, "greeting", path=str(folder), type=AssetType.DIRECTORY)
            source = f"./{asset.path}"
        module = TerraformHclModule(made, "m", source=source, skip_asset_creation_from_local_modules=True)
        TerraformOutput(made, "said", value=module.get_string("greeting"))
        return made

    archive = pack(synthesize(tmp_path / "cdktf.out", make))
    assert Workspace(archive, mirror=mirror).start().outputs == {"said": "hello"}


# ---- documentation and version ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/template.markdown", "pyproject.toml", "missing.txt"])
def test_the_name_of_a_file_is_no_documentation(app: App, name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CoderTemplate(app, "demo", readme=name)
    assert f'is the name of a file. Write readme=Path("{name}")' in str(caught.value)


@pytest.mark.parametrize("text", ["# Title", "A template", "Read README.md", "README.md\n"])
def test_a_line_of_text_is_documentation(tmp_path: Path, text: str) -> None:
    assert (template(tmp_path / "cdktf.out", readme=text) / "README.md").read_text().startswith(text)


@pytest.mark.parametrize(
    ["given", "cure"],
    [
        ("~> 2.0", "~> 2.12"),
        ("~> 2.0.1", "~> 2.12"),
        (">= 2.0, < 3", ">= 2.12, < 3"),
        (">= 2, != 2.15, < 3.0.0", ">= 2.12, != 2.15, < 3.0.0"),
        ("2.11.0", ">= 2.12"),
        ("~> 1.0", ">= 2.12"),
        ("< 2.5", ">= 2.12"),
    ],
)
def test_an_old_version_is_refused_with_its_argument_and_its_upper_bound(app: App, given: str, cure: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CoderTemplate(app, "demo", coder_version=given)
    assert f'Write coder_version="{cure}". Got {given!r}' in str(caught.value)
    CoderTemplate(app, "cured", coder_version=cure)


@pytest.mark.parametrize("given", ["latest", "", ">> 2", "2.12; 3", None, 2.12])
def test_what_is_no_version_is_refused(app: App, given: Any) -> None:
    words = r'coder_version must be a version constraint, for example coder_version="~> 2\.12"'
    with pytest.raises(InvalidValueError, match=words):
        CoderTemplate(app, "demo", coder_version=given)


def test_a_merge_strategy_keeps_the_upper_bound(app: App) -> None:
    made = CoderTemplate(app, "demo", coder_version="~> 2.12")
    CoderEnv(made, "e", agent_id="a1", name="PATH", value="x", merge_strategy="append")
    with pytest.raises(RuntimeError, match=r'Write version="~> 2\.14", or coder_version="~> 2\.14" of a CoderTemplate'):
        app.synth()


# ---- native files -------------------------------------------------------------------------------------------

PRESET = {
    "name": "small",
    "default": True,
    "parameters": {"CPU cores": "4"},
    "prebuilds": [
        {
            "instances": 1,
            "expiration_policy": {"ttl": 86400},
            "scheduling": {"timezone": "UTC", "schedule": [{"cron": "* 8-18 * * 1-5", "instances": 2}]},
        }
    ],
}


class Native(Template):
    def __init__(self, scope: App) -> None:
        super().__init__(scope)
        self.add_override("data.coder_workspace_preset.small", PRESET)
        tags = {"zone": "${data.coder_parameter.region.value}", "a b": "c"}
        self.add_override("data.coder_workspace_tags.all.tags", tags)


def test_presets_and_tags_are_native_too(tmp_path: Path, terraform: MakeTerraform) -> None:
    directory = synthesize(tmp_path / "cdktf.out", Native)
    data = json.loads((directory / "cdk.tf.json").read_text())["data"]
    assert set(data) == {"coder_workspace", "coder_workspace_owner"}
    text = (directory / "parameters.tf").read_text()
    assert 'data "coder_workspace_preset" "small" {' in text
    for head in ("  prebuilds {", "    expiration_policy {", "    scheduling {", "      schedule {"):
        assert f"\n{head}\n" in text
    assert '  tags = { "a b" = "c", zone = data.coder_parameter.region.value }' in text
    made = terraform({name: (directory / name).read_text() for name in pushed(directory)})
    assert made.run("fmt", "-check", "-diff", "parameters.tf") == ""


def test_a_plain_directory_is_told_what_coder_reads_from_native_files_only(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    stack = TerraformStack(app, "demo")
    LocalBackend(stack, path="terraform.tfstate")
    stack.add_override("data.coder_workspace_tags.all.tags", {"zone": "eu"})
    stack.add_override("data.coder_parameter.x", {"name": "x", "option": [{"name": "a", "value": "a"}]})
    app.synth()
    directory = tmp_path / "cdktf.out/stacks/demo"
    with pytest.raises(TemplateError) as caught:
        check_directory(directory)
    for words in (
        "data.coder_workspace_tags.all stands in a .tf.json file, but Coder reads tags from native files only",
        "data.coder_parameter.x stands in a .tf.json file and has option blocks",
        "call native_parameters(directory)",
    ):
        assert words in str(caught.value)
    assert native_parameters(directory) == ["data.coder_parameter.x", "data.coder_workspace_tags.all"]
    check_directory(directory)


# ---- what a refused synthesis leaves ------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(stack: TerraformStack) -> None:
    stack.add_override("terraform.backend.local.path", "/var/lib/state")


def twice(stack: TerraformStack) -> None:
    TerraformOutput(stack, "one", value="1").override_logical_id("x")
    TerraformOutput(stack, "two", value="2").override_logical_id("x")


@pytest.mark.parametrize("mistake", [refused, twice])
def test_a_refused_synthesis_leaves_nothing_to_push(tmp_path: Path, mistake: Any) -> None:
    lock = tmp_path / "lock"
    lock.write_text("# locked\n")
    asset = tmp_path / "logo.svg"
    asset.write_text("<svg/>")
    out = tmp_path / "cdktf.out"

    def program(*mistakes: Any) -> None:
        app = App(outdir=str(out))
        CoderTemplate(app, "before")
        made = Template(app, readme="# Hello", lock_file=lock, files={"scripts/a.sh": "echo a", "b": "b"})
        TerraformAsset(made, "logo", path=str(asset), type=AssetType.FILE)
        for each in mistakes:
            each(made)
        app.synth()

    program()
    directory = out / "stacks/demo"
    written = {path.name for path in directory.iterdir()}
    assert {"README.md", "assets", "b", "cdk.tf.json", "parameters.tf", "scripts"} <= written
    for name in ("notes.txt", "scripts/mine.sh", "terraform.tfstate", ".terraform/providers/x"):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("mine")
    before = tree(out)
    (directory / "cdk.tf").write_text("# of cdktf synth --hcl")
    with pytest.raises(RuntimeError):
        program(mistake)
    mine = {name: data for name, data in before.items() if not name.startswith("stacks/demo/") or data == b"mine"}
    assert tree(out) == mine
    with pytest.raises(TemplateError, match=r"It has no \.tf or \.tf\.json file"):
        pack(directory)
    program()
    assert tree(out) == before


def test_a_refused_plain_stack_leaves_nothing_either(tmp_path: Path) -> None:
    out = tmp_path / "cdktf.out"

    def program(path: str) -> None:
        app = App(outdir=str(out))
        stack = TerraformStack(app, "demo")
        check_template(stack)
        LocalBackend(stack, path=path)
        app.synth()

    program("terraform.tfstate")
    (out / "stacks/demo/README.md").write_text("mine")
    with pytest.raises(RuntimeError):
        program("/var/lib/state")
    assert set(tree(out)) == {"manifest.json", "stacks/demo/README.md"}


def test_the_module_refuses_two_outputs_of_one_name(app: App) -> None:
    TerraformOutput(AIBridgeProxyModule(app), "own", value="x").override_logical_id("cert_path")
    with pytest.raises(RuntimeError, match=r"are both output\.cert_path: the engine would merge them"):
        app.synth()
