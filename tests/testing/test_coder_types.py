"""Every type of the coder provider: its schema, what it takes, what it fills in, and what it refuses in which words.

With AIBRIDGE_CODER_PROVIDER set, all of this runs against a real provider binary instead. All inputs of one kind stand
in one configuration, so that the whole table costs a few runs of Terraform.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aibridge_construct.coder import _parameter_rules
from aibridge_construct.testing import (
    Mirror,
    Terraform,
    TerraformError,
    parameter_variable,
    workspace_environment,
)
from aibridge_construct.testing.coder.stand_in import parameter
from tests.testing.coder_inputs import ENVIRONMENTS, REFUSED, TAKEN, Refused, Taken

from .conftest import HEADER

SCHEMA = json.loads(Path(__file__).parents[1].joinpath("coder", "provider_schema.json").read_text())
FLAGS = ("required", "optional", "computed", "sensitive", "deprecated")


def _facts(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block of `terraform providers schema`, reduced to names, types and flags."""
    attributes = {
        name: {"type": item["type"], **{flag: True for flag in FLAGS if item.get(flag)}}
        for name, item in block.get("attributes", {}).items()
    }
    blocks = {
        name: {
            "nesting": item["nesting_mode"],
            "min": item.get("min_items", 0),
            "max": item.get("max_items", 0),
            **_facts(item["block"]),
        }
        for name, item in block.get("block_types", {}).items()
    }
    return {"attributes": attributes, "blocks": blocks}


@pytest.mark.parametrize(
    ("kind", "type"), [(kind, type) for kind in ("resources", "data_sources") for type in SCHEMA[kind]]
)
def test_a_type_has_the_attributes_and_blocks_of_the_real_one(schema: dict[str, Any], kind: str, type: str) -> None:
    assert _facts(schema[f"{kind[:-1]}_schemas"][type]["block"]) == SCHEMA[kind][type]


def test_there_is_no_other_type_and_no_other_argument_of_the_provider(schema: dict[str, Any]) -> None:
    assert set(schema["resource_schemas"]) == set(SCHEMA["resources"])
    assert set(schema["data_source_schemas"]) == set(SCHEMA["data_sources"])
    assert _facts(schema["provider"]["block"])["attributes"] == SCHEMA["provider"]


def test_the_sidebar_app_of_a_task_is_deprecated(schema: dict[str, Any]) -> None:
    assert schema["resource_schemas"]["coder_ai_task"]["block"]["block_types"]["sidebar_app"]["block"]["deprecated"]


def _environment(name: str, inputs: Sequence[Taken | Refused]) -> dict[str, str]:
    env = workspace_environment(parameters={item.id: item.chosen for item in inputs if item.chosen is not None})
    for item in inputs:
        if item.previous is not None:
            env[parameter_variable(item.id).replace("_PARAMETER_", "_PARAMETER_PREVIOUS_")] = item.previous
    env |= {variable: value for variable, value in ENVIRONMENTS[name].items() if value is not None}
    return {variable: value for variable, value in env.items() if ENVIRONMENTS[name].get(variable, "") is not None}


@pytest.fixture(scope="module")
def prepared(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Terraform]:
    """Terraform on a configuration that holds all `inputs`, in one of the environments."""

    def prepare(name: str, inputs: Sequence[Taken | Refused]) -> Terraform:
        directory = tmp_path_factory.mktemp("inputs")
        (directory / "main.tf").write_text(HEADER + "\n".join(item.hcl for item in inputs))
        terraform = Terraform(directory, env=_environment(name, inputs), mirror=mirror)
        terraform.init()
        return terraform

    return prepare


@pytest.fixture(scope="module")
def taken(prepared: Callable[..., Terraform]) -> Callable[[str], dict[str, dict[str, Any]]]:
    """What is in the state after apply in one of the environments, by address."""

    @cache
    def applied(name: str) -> dict[str, dict[str, Any]]:
        state = prepared(name, [item for item in TAKEN if item.env == name]).apply()
        return {item["address"]: item["values"] for item in state["values"]["root_module"]["resources"]}

    return applied


@pytest.fixture(scope="module")
def refusals(prepared: Callable[..., Terraform]) -> Callable[[str, str], dict[str, str]]:
    """What Terraform says at one stage in one of the environments, by address."""

    @cache
    def said(name: str, stage: str) -> dict[str, str]:
        terraform = prepared(name, [item for item in REFUSED if (item.env, item.stage) == (name, stage)])
        if stage != "validate":
            terraform.validate()
        if stage == "apply":
            terraform.plan()
        with pytest.raises(TerraformError) as caught:
            getattr(terraform, stage)()
        found: dict[str, str] = {}
        for item in caught.value.diagnostics:
            if item.severity == "error":
                found[item.address] = f"{found.get(item.address, '')}{item.summary}\n{item.detail}\n"
        return found

    return said


@pytest.mark.parametrize("item", [pytest.param(item, id=item.id) for item in TAKEN])
def test_an_input_is_taken_and_completed(item: Taken, taken: Callable[[str], dict[str, dict[str, Any]]]) -> None:
    values = taken(item.env)[item.address]

    assert {name: values[name] for name in item.values} == dict(item.values)
    for name, pattern in item.matching.items():
        assert re.fullmatch(pattern, values[name]), name


@pytest.mark.parametrize("item", [pytest.param(item, id=item.id) for item in REFUSED])
def test_an_input_is_refused_in_the_real_ones_words(
    item: Refused, refusals: Callable[[str, str], dict[str, str]]
) -> None:
    said = refusals(item.env, item.stage)

    assert item.address in said
    assert item.said in said[item.address]


def test_the_library_and_the_stand_in_know_the_same_forms() -> None:
    assert _parameter_rules._FORM_TYPES == parameter._FORM_TYPES
