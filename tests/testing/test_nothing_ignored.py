"""What a test gives the kit is used, or refused in the words of the one who wrote it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aibridge_construct.errors import InvalidValueError, UnknownArgumentError
from aibridge_construct.testing import Mirror, Terraform, TerraformError, Workspace, import_template, pack

from .conftest import HEADER, Configured

TEMPLATE = (
    HEADER
    + """
variable "proxy_url" {
  default = "x"
}
data "coder_parameter" "size" {
  name         = "Disk size"
  type         = "number"
  form_type    = "slider"
  default      = 3
  mutable      = false
  validation {
    min = 1
    max = 9
  }
}
data "coder_workspace" "me" {}
data "coder_parameter" "running" {
  count   = data.coder_workspace.me.start_count
  name    = "Running only"
  default = "x"
  mutable = true
}
"""
)


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    (tmp_path / "template").mkdir()
    (tmp_path / "template/main.tf").write_text(TEMPLATE)
    return pack(tmp_path / "template", check=False)


def test_what_fits_is_used(archive: bytes, mirror: Mirror) -> None:
    fitting = {"Disk size": "5", "Running only": "y"}
    workspace = Workspace(archive, parameters=fitting, variables={"proxy_url": "y"}, mirror=mirror)
    workspace.start()
    workspace.stop()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(
            {"parameters": {"Disk siz": "5"}},
            "no coder_parameter called 'Disk siz'. Did you mean 'Disk size'",
            id="key",
        ),
        pytest.param({"parameters": {"size": "5"}}, "It has: Disk size, Running only", id="its name in Terraform"),
        pytest.param(
            {"variables": {"proxy_ur": "x"}}, "no variable called 'proxy_ur'. Did you mean 'proxy_url'", id="variable"
        ),
        pytest.param(
            {"variables": {"zone": "x"}}, "no variable called 'zone'. It has: proxy_url", id="no such variable"
        ),
    ],
)
def test_a_name_that_the_template_does_not_have_is_refused(
    archive: bytes, mirror: Mirror, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnknownArgumentError) as refused:
        Workspace(archive, mirror=mirror, **given).start()
    assert words in str(refused.value)


def test_an_import_refuses_a_variable_that_the_template_does_not_have(archive: bytes, mirror: Mirror) -> None:
    with pytest.raises(UnknownArgumentError, match="Did you mean 'proxy_url'"):
        import_template(archive, variables={"proxy_ulr": "x"}, mirror=mirror, check=False)


@pytest.mark.parametrize("value", [5, True, ["a"], None])
def test_a_value_of_a_parameter_is_text(archive: bytes, value: Any) -> None:
    with pytest.raises(InvalidValueError, match="the value of 'Disk size' must be text, as a form gives it"):
        Workspace(archive, parameters={"Disk size": value})


@pytest.mark.parametrize("value", ["0", "10", "many", ""])
def test_a_value_that_the_form_would_not_allow_is_refused(archive: bytes, mirror: Mirror, value: str) -> None:
    with pytest.raises(TerraformError, match="(?i)value"):
        Workspace(archive, parameters={"Disk size": value}, mirror=mirror).start()


def test_a_parameter_that_is_not_mutable_keeps_its_value(archive: bytes, mirror: Mirror) -> None:
    workspace = Workspace(archive, parameters={"Disk size": "5", "Running only": "a"}, mirror=mirror)
    workspace.start()
    workspace.parameters["Running only"] = "b"
    workspace.start()
    workspace.parameters["Disk size"] = "6"
    with pytest.raises(InvalidValueError, match="'Disk size' cannot change after the workspace was created"):
        workspace.start()


@pytest.mark.parametrize("use", [Workspace, import_template])
def test_a_path_in_the_place_of_an_archive_is_refused(use: Callable[[Any], object], tmp_path: Path) -> None:
    for given in (tmp_path, str(tmp_path)):
        with pytest.raises(TypeError, match=r"template must be an archive in bytes, as pack\(…\) returns it; got "):
            use(given)


def test_a_misspelt_variable_of_a_directory_is_refused_and_a_missing_one_tells_where_it_is_given(
    configured: Configured,
) -> None:
    terraform = configured('variable "proxy_url" {}\n')
    with pytest.raises(UnknownArgumentError, match="Did you mean 'proxy_url'"):
        terraform.plan(variables={"proxy_ulr": "x"})
    with pytest.raises(TerraformError, match=r"variables=\{…\}") as missing:
        terraform.plan()
    assert "-var" not in str(missing.value)


def test_a_module_of_a_registry_without_a_stand_in_names_the_way_to_one(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "main.tf").write_text('module "it" {\n  source = "registry.invalid/acme/shelf/coder"\n}\n')
    with pytest.raises(TerraformError, match=r"modules=\[Module\("):
        Terraform(tmp_path, mirror=mirror).init()
