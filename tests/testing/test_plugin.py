"""A provider declared in a few lines does what Terraform expects, in its own process and inside the test process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import get_context
from pathlib import Path

import pytest

from aibridge_construct.testing import Mirror, Provider, Terraform, TerraformError, build_mirror, coder_mirror
from aibridge_construct.testing.providers import optional

STAND_IN = """
from aibridge_construct.testing.checks import at_least
from aibridge_construct.testing.providers import (
    BOOL, NUMBER, STRING, DataSource, Provider, Refusal, Resource, block, computed, map_of, optional, required, serve,
)


def create(values, build):
    if values["name"] == "cursed":
        raise Refusal("that name is cursed", "choose another one", attribute="name")
    return {"digest": f"{values['name']} on {build.config['host']}"}


DEPOT = Provider(
    "acme/depot",
    version="1.2.3",
    file=__file__,
    config=[optional("host", default="local"), optional("password", sensitive=True)],
    resources=[
        Resource(
            "depot_box",
            [
                required("name", force_new=True),
                optional("color"),
                optional("size", NUMBER, default=3, check=at_least(1)),
                optional("labels", map_of(STRING)),
                optional("zone", computed=True),
                optional("old", deprecated=True),
                optional("secret", sensitive=True),
                computed("digest"),
            ],
            [
                block("item", [required("key"), optional("pin", sensitive=True), optional("count", NUMBER, default=1)]),
                block("tag", [required("key"), optional("note")], nesting="set"),
                block("lid", [required("kind")], min_items=1, max_items=2, force_new=True),
            ],
            create=create,
        ),
    ],
    data_sources=[
        DataSource(
            "depot_process",
            [computed("modules"), computed("environment"), computed("pid", NUMBER)],
            read=lambda values, build: {
                "modules": " ".join(sorted(__import__("sys").modules)),
                "environment": " ".join(sorted(build.environ)),
                "pid": __import__("os").getpid(),
            },
        ),
    ],
)

if __name__ == "__main__":
    serve(DEPOT)
"""

HEADER = 'terraform {\n  required_providers {\n    depot = { source = "acme/depot", version = "~> 1.2" }\n  }\n}\n'
LID = 'lid {\n kind = "flat"\n }\n'
BOX = 'resource "depot_box" "it" {{\n  name = "b1"\n  {}\n' + LID.replace("{", "{{").replace("}", "}}") + "}}\n"


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    """A stand-in as a template repository would declare it, in a file whose path has a space and a quote."""
    file = tmp_path_factory.mktemp("it's a repository") / "depot.py"
    file.write_text(STAND_IN)
    spec = spec_from_file_location("depot", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    provider = module.DEPOT
    assert isinstance(provider, Provider)
    return provider


@pytest.fixture(scope="module")
def depot_mirror(depot: Provider, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """Two providers in one mirror, in a folder that wants quoting everywhere."""
    return coder_mirror(tmp_path_factory.mktemp("mirrors") / 'a mirror, $HOME ${x} "quoted" and it\'s', depot)


@pytest.fixture(params=[False, True], ids=["attached", "isolated"])
def box(request: pytest.FixtureRequest, depot_mirror: Mirror, tmp_path: Path) -> Terraform:
    """Terraform on a directory with the stand-in, once served from here and once as a process of its own."""
    (tmp_path / "main.tf").write_text(HEADER + BOX.format(""))
    terraform = Terraform(tmp_path, mirror=depot_mirror, isolated=request.param)
    terraform.init()
    return terraform


def _change(terraform: Terraform, old: str, new: str) -> None:
    main = terraform.directory / "main.tf"
    text = main.read_text()
    assert old in text
    main.write_text(text.replace(old, new))


def test_a_resource_is_created_updated_replaced_and_destroyed(box: Terraform) -> None:
    box.apply()
    created = box.resource("depot_box.it")
    assert created["digest"] == "b1 on local"
    assert created["size"] == 3
    assert created["zone"] is None

    _change(box, 'name = "b1"', 'name = "b1"\n  color = "red"')
    plan = box.plan()
    assert plan.actions == {"depot_box.it": ["update"]}
    box.apply(plan)
    assert box.resource("depot_box.it") == created | {"color": "red"}

    _change(box, '"b1"', '"b2"')
    plan = box.plan()
    assert plan.actions == {"depot_box.it": ["delete", "create"]}
    box.apply(plan)
    assert box.resource("depot_box.it")["id"] != created["id"]

    box.destroy()
    assert "root_module" not in box.show().get("values", {})


def test_values_not_known_at_plan_are_planned_as_unknown_and_settle_at_apply(box: Terraform) -> None:
    second = (
        'resource "depot_box" "second" {\n  name = depot_box.it.id\n  item {\n key = depot_box.it.digest\n }\n' + LID
    )
    dynamic = 'dynamic "tag" {\n for_each = toset([depot_box.it.id])\n content {\n key = tag.value\n }\n }\n}\n'
    main = box.directory / "main.tf"
    main.write_text(main.read_text() + second + "}\n")
    plan = box.plan()

    assert "name" not in plan.resource("depot_box.second")
    assert plan.resource("depot_box.second")["size"] == 3
    box.apply(plan)
    assert box.resource("depot_box.second")["name"] == box.resource("depot_box.it")["id"]
    assert box.resource("depot_box.second")["item"] == [{"key": "b1 on local", "count": 1, "pin": None}]

    box.destroy()
    main.write_text(HEADER + BOX.format("") + second + dynamic)
    box.apply()
    assert box.resource("depot_box.second")["tag"] == [{"key": box.resource("depot_box.it")["id"], "note": None}]


def test_a_number_of_blocks_that_is_not_known_at_plan_settles_at_apply(box: Terraform) -> None:
    dynamic = 'dynamic "item" {\n for_each = split("", depot_box.it.digest)\n content {\n key = item.value\n }\n }\n'
    main = box.directory / "main.tf"
    main.write_text(main.read_text() + 'resource "depot_box" "second" {\n  name = "x"\n' + dynamic + LID + "}\n")
    plan = box.plan()

    assert "item" not in plan.resource("depot_box.second")
    box.apply(plan)
    assert len(box.resource("depot_box.second")["item"]) == len("b1 on local")
    assert box.plan().actions == {}


def test_the_order_of_list_blocks_matters_and_that_of_set_blocks_does_not(box: Terraform) -> None:
    blocks = 'item {\n key = "a"\n }\n item {\n key = "b"\n }\n tag {\n key = "a"\n }\n tag {\n key = "b"\n }\n'
    _change(box, 'name = "b1"', f'name = "b1"\n  {blocks}')
    box.apply()

    _change(box, 'tag {\n key = "a"\n }\n tag {\n key = "b"\n }', 'tag {\n key = "b"\n }\n tag {\n key = "a"\n }')
    assert box.plan().actions == {}

    _change(box, 'item {\n key = "a"\n }\n item {\n key = "b"\n }', 'item {\n key = "b"\n }\n item {\n key = "a"\n }')
    assert box.plan().actions == {"depot_box.it": ["update"]}


@pytest.mark.parametrize("lids", ["", 3 * LID], ids=["none", "three"])
def test_a_block_appears_as_often_as_the_schema_allows(box: Terraform, lids: str) -> None:
    _change(box, LID, lids)

    with pytest.raises(TerraformError, match="lid"):
        box.validate()


def test_sensitive_values_are_hidden_and_deprecated_arguments_are_warned_about(box: Terraform) -> None:
    _change(box, 'name = "b1"', 'name = "b1"\n  secret = "hush"\n  old = "x"\n  item {\n key = "k"\n pin = "0000"\n }')
    plan = box.plan()

    assert "hush" not in plan.text
    assert "0000" not in plan.text
    assert {warning.summary for warning in plan.warnings} == {"Argument is deprecated"}


def test_a_resource_whose_creation_is_refused_is_tainted_and_tried_again(box: Terraform) -> None:
    _change(box, '"b1"', '"cursed"')
    with pytest.raises(TerraformError) as caught:
        box.apply()

    problem = caught.value.diagnostics[0]
    assert (problem.summary, problem.detail, problem.address) == (
        "that name is cursed",
        "choose another one",
        "depot_box.it",
    )
    assert box.plan().actions == {"depot_box.it": ["delete", "create"]}


def test_two_configurations_of_one_provider_need_processes_of_their_own(box: Terraform) -> None:
    far = 'provider "depot" {\n  alias = "far"\n  host = "far"\n}\n'
    second = BOX.format("provider = depot.far").replace('"it"', '"second"')
    main = box.directory / "main.tf"
    main.write_text(main.read_text() + far + second)

    if not box._isolated:
        with pytest.raises(TerraformError, match=r"isolated=True"):
            box.apply()
        return
    box.apply()
    assert box.resource("depot_box.it")["digest"] == "b1 on local"
    assert box.resource("depot_box.second")["digest"] == "b1 on far"


def test_a_configuration_that_is_not_known_at_plan_is_known_at_apply(box: Terraform) -> None:
    later = 'resource "terraform_data" "host" {\n  input = "far"\n}\n'
    main = box.directory / "main.tf"
    main.write_text(main.read_text() + later + 'provider "depot" {\n  host = terraform_data.host.output\n}\n')

    box.apply()

    assert box.resource("depot_box.it")["digest"] == "b1 on far"
    assert box.plan().actions == {}


def test_a_stand_in_does_not_import(box: Terraform) -> None:
    with pytest.raises(TerraformError, match="depot_box doesn't support import"):
        box.run("import", "-no-color", "depot_box.it", "b1")


def test_what_only_the_provider_sets_cannot_be_configured(box: Terraform) -> None:
    _change(box, 'name = "b1"', 'name = "b1"\n  digest = "x"')

    with pytest.raises(TerraformError, match="digest cannot be set"):
        box.validate()


def test_a_stand_in_of_its_own_loads_neither_the_engine_nor_the_rest_of_the_package(
    depot_mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_SECRET", "1")
    (tmp_path / "main.tf").write_text(HEADER + 'data "depot_process" "it" {}\n')
    terraform = Terraform(tmp_path, mirror=depot_mirror, isolated=True)
    terraform.init()
    terraform.apply()

    process = terraform.resource("data.depot_process.it")
    modules = process["modules"].split()
    assert process["pid"] != os.getpid()
    assert "aibridge_construct.testing.providers.declare" in modules
    assert not {"cdktf", "jsii", "constructs", "aibridge_construct.proxy"} & set(modules)
    assert "OWN_SECRET" not in process["environment"].split()


@pytest.mark.parametrize("isolated", [False, True], ids=["attached", "isolated"])
def test_stand_ins_see_the_environment_of_the_run_and_no_other(
    depot_mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: bool
) -> None:
    monkeypatch.setenv("OWN_SECRET", "1")
    (tmp_path / "main.tf").write_text(HEADER + 'data "depot_process" "it" {}\n')
    terraform = Terraform(tmp_path, mirror=depot_mirror, env={"GIVEN": "1"}, isolated=isolated)
    terraform.init()
    terraform.apply()
    first = terraform.resource("data.depot_process.it")["environment"].split()
    terraform.env["LATER"] = "1"
    terraform.apply()
    second = terraform.resource("data.depot_process.it")["environment"].split()

    assert "GIVEN" in first
    assert not {"OWN_SECRET", "LATER"} & set(first)
    assert "LATER" in second


def test_a_provider_started_by_hand_says_what_it_is(depot_mirror: Mirror) -> None:
    program = next(
        depot_mirror.directory.glob("registry.terraform.io/acme/depot/1.2.3/*/terraform-provider-depot_v1.2.3")
    )
    done = subprocess.run([program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Terraform provider" in done.stderr


def test_a_provider_whose_terraform_was_killed_ends_too(depot_mirror: Mirror) -> None:
    program = next(depot_mirror.directory.glob("registry.terraform.io/acme/depot/*/*/terraform-provider-depot_v1.2.3"))
    parent = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, env={'TF_PLUGIN_MAGIC_COOKIE': 'x'})\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", parent, str(program)], capture_output=True, text=True, check=True)
    pid = int(done.stdout)

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _is_running(pid):
        time.sleep(0.1)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _build(directory: str) -> str:
    return str(coder_mirror(directory).cli_config)


def test_many_processes_may_build_the_same_mirror_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        configs = set(pool.map(_build, [str(tmp_path / "mirror")] * 8))

    assert configs == {str(tmp_path / "mirror" / "terraform.tfrc")}
    assert [path.name for path in tmp_path.iterdir()] == ["mirror"]


def test_a_mirror_with_other_providers_is_not_taken_for_the_one_asked_for(depot: Provider, tmp_path: Path) -> None:
    coder_mirror(tmp_path / "mirror")

    with pytest.raises(FileExistsError, match=r"does not offer acme/depot 1\.2\.3"):
        coder_mirror(tmp_path / "mirror", depot)


def test_the_key_of_a_mirror_is_readable_by_its_owner_only(depot: Provider, tmp_path: Path) -> None:
    mirror = build_mirror(tmp_path / "mirror", [depot])

    assert (mirror.directory / "plugin.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("source", "version", "said"), [("docker", "1.0.0", "NAMESPACE/NAME"), ("a/b", "1.0", "three numbers")]
)
def test_a_provider_without_a_proper_address_is_refused(source: str, version: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Provider(source, version=version, file=__file__, config=[optional("url")])
