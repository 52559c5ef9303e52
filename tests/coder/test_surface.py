"""The library's types hold what the provider's schema holds: nothing is missing, nothing is invented."""

from __future__ import annotations

import inspect
import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

import aibridge_construct
from aibridge_construct.coder.blocks import Block, kinds
from aibridge_construct.coder.element import DataSource, Resource, arguments
from aibridge_construct.coder.provider import CoderProvider
from aibridge_construct.coder.reading import Computed, ComputedObjects

#: The schema of the coder provider 2.17 as Terraform shows it, without the descriptions.
SCHEMA = json.loads((Path(__file__).parent / "provider_schema.json").read_text())

PYTHON = {"string": str, "number": float, "bool": bool, '["map", "string"]': dict, '["list", "string"]': list}

ELEMENTS: dict[str, type[Resource | DataSource]] = {
    each.TYPE: each
    for each in (getattr(aibridge_construct, name) for name in aibridge_construct.__all__)
    if isinstance(each, type) and issubclass(each, Resource | DataSource)
}
TYPES = {**SCHEMA["resources"], **SCHEMA["data_sources"]}


def is_given(attribute: dict[str, Any], name: str) -> bool:
    """Whether it is an argument. The schema has an ``id`` that may be set; at plan it is an unknown key."""
    if name == "id" and attribute.get("computed"):
        return False
    return bool(attribute.get("required") or attribute.get("optional"))


def python_type(attribute: dict[str, Any]) -> type:
    kind = attribute["type"]
    return PYTHON[kind if isinstance(kind, str) else json.dumps(kind)]


def computed(owner: type) -> dict[str, Computed[Any]]:
    return {
        name: each
        for base in reversed(owner.__mro__)
        for name, each in vars(base).items()
        if isinstance(each, Computed)
    }


def test_there_is_a_class_for_every_type() -> None:
    assert ELEMENTS.keys() == TYPES.keys()
    assert {name for name, each in ELEMENTS.items() if issubclass(each, DataSource)} == SCHEMA["data_sources"].keys()
    assert all(name == each.TF_RESOURCE_TYPE for name, each in ELEMENTS.items())
    assert CoderProvider.TF_RESOURCE_TYPE == "coder"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_takes_what_the_provider_takes(name: str) -> None:
    schema, element = TYPES[name], ELEMENTS[name]
    wanted = {each for each, attribute in schema["attributes"].items() if is_given(attribute, each)}
    assert arguments(element).keys() == wanted | schema["blocks"].keys()
    signature = inspect.signature(element.__init__).parameters
    keywords = {each.name: each for each in signature.values() if each.kind is each.KEYWORD_ONLY}
    assert keywords.keys() == arguments(element).keys()
    for each in wanted:
        attribute = schema["attributes"][each]
        assert arguments(element)[each].kind.scalar is python_type(attribute), each
        assert (keywords[each].default is inspect.Parameter.empty) is attribute.get("required", False), each
    for each, nested in schema["blocks"].items():
        kind = arguments(element)[each].kind
        assert kind.block is not None
        assert (keywords[each].default is inspect.Parameter.empty) is (nested["min"] > 0), each
        check_block(kind.block, nested, many=kind.many)


def check_block(block: type[Block], schema: dict[str, Any], *, many: bool) -> None:
    assert many is (schema["max"] != 1), block
    assert block.UNORDERED is (many and schema["nesting"] == "set"), block
    given = {name: each for name, each in schema["attributes"].items() if is_given(each, name) or each.get("required")}
    own = {each.name: each for each in fields(block)}
    assert own.keys() == given.keys() | schema["blocks"].keys(), block
    for name, attribute in given.items():
        assert kinds(block)[name].scalar is python_type(attribute), (block, name)
        # A default that is written each time will do for what is required.
        assert (own[name].default is not None) is attribute.get("required", False), (block, name)
    for name, nested in schema["blocks"].items():
        kind = kinds(block)[name]
        assert kind.block is not None
        assert (own[name].default is MISSING) is (nested["min"] > 0), (block, name)
        check_block(kind.block, nested, many=kind.many)
    unset = {name: each for name, each in schema["attributes"].items() if name not in given}
    assert {name: each.kind for name, each in computed(block).items()} == {
        name: python_type(attribute) for name, attribute in unset.items()
    }


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_shows_what_the_provider_computes(name: str) -> None:
    attributes = TYPES[name]["attributes"]
    wanted = {each: attribute for each, attribute in attributes.items() if not is_given(attribute, each)}
    found = {each: value for each, value in computed(ELEMENTS[name]).items() if each not in arguments(ELEMENTS[name])}
    assert found.keys() == wanted.keys()
    for each, attribute in wanted.items():
        if isinstance(found[each], ComputedObjects):
            assert attribute["type"][1][0] == "object"
        else:
            assert found[each].kind is python_type(attribute), each
        assert found[each].sensitive is attribute.get("sensitive", False), each


def test_no_argument_is_sensitive_in_the_schema() -> None:
    sensitive = [
        each
        for schema in TYPES.values()
        for each, attribute in schema["attributes"].items()
        if attribute.get("sensitive") and is_given(attribute, each)
    ]
    assert sensitive == []


def test_the_provider_takes_what_the_schema_says() -> None:
    keywords = {
        each.name
        for each in inspect.signature(CoderProvider.__init__).parameters.values()
        if each.kind is each.KEYWORD_ONLY
    }
    assert keywords - {"version", "alias"} == SCHEMA["provider"].keys()
