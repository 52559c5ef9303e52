"""Dependency wiring tells what refers to what."""

from __future__ import annotations

import pytest

from aibridge_construct.hcl import InvalidTemplateError
from aibridge_construct.testing.wiring import wiring


def test_references_are_found_in_expressions_templates_and_depends_on() -> None:
    assert wiring(
        {
            "//": {"x": "${var.ignored}"},
            "variable": {"url": {}, "unused": {}},
            "locals": {"host": "${var.url}"},
            "data": {"coder_workspace": {"me": {}}},
            "module": {"copilot": {"source": "x", "agent_id": "${coder_agent.main.id}"}},
            "resource": {
                "coder_agent": {"main": {"env": {"A": "${local.host}-${data.coder_workspace.me.name}"}}},
                "coder_script": {"setup": {"depends_on": ["coder_agent.main"], "script": "echo $${var.url} ${1 + 1}"}},
            },
            "output": {"all": {"value": ["${module.copilot.x}", {"k": "${coder_script.setup.id}"}]}},
        }
    ) == {
        "coder_agent.main": ["data.coder_workspace.me", "local.host"],
        "coder_script.setup": ["coder_agent.main"],
        "data.coder_workspace.me": [],
        "local.host": ["var.url"],
        "module.copilot": ["coder_agent.main"],
        "output.all": ["coder_script.setup", "module.copilot"],
        "var.unused": [],
        "var.url": [],
    }


def test_an_escaped_expression_is_no_reference() -> None:
    content = {"variable": {"a": {}}, "output": {"x": {"value": "$${var.a}"}}}
    assert wiring(content)["output.x"] == []


def test_words_that_merely_look_like_addresses_are_no_references() -> None:
    content = {"variable": {"a": {}}, "output": {"x": {"value": 'see var.a: ${upper("x")} or https://x/var.a'}}}
    assert wiring(content)["output.x"] == []


def test_an_expression_is_read_as_terraform_reads_it() -> None:
    found = {
        '${join("}", [for a in var.list : "${a.id}"])}': ["var.list"],
        '${{ for coder_agent in var.list : coder_agent => "${coder_agent.main}" }}': ["var.list"],
        '%{ if var.list != [] }${coder_agent.main["a"].id}%{ endif }': ["coder_agent.main", "var.list"],
        '${"coder_agent.main.id" /* var.list */}': [],
        "${resource.coder_agent.main.id}": ["coder_agent.main"],
        "${var\n.list}": ["var.list"],
    }
    content = {
        "variable": {"list": {}},
        "resource": {"coder_agent": {"main": {}}},
        "output": {f"o{number}": {"value": {text: 1}} for number, text in enumerate(found)},
    }
    outputs = wiring(content)
    assert [outputs[f"output.o{number}"] for number in range(len(found))] == list(found.values())


def test_an_expression_that_terraform_could_not_read_is_said() -> None:
    with pytest.raises(InvalidTemplateError, match="not closed"):
        wiring({"output": {"x": {"value": "${var.a"}}})
