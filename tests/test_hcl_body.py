"""Native files read as Terraform's JSON syntax."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibridge_construct.hcl import InvalidTemplateError, block, constant, native_body

PIECES = ["$${x}", "%%{", '"', "\\", "\n", "\t", "ü", "a b", "#", "//"]
TEMPLATES = st.lists(st.sampled_from(["${var.x}", '${f("a${b.c}", { k = "v}" })}', *PIECES])).map("".join)
VALUES = st.recursive(
    TEMPLATES | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "b c", "é", "null"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["one", "two", "three"]), VALUES))
def test_what_is_written_natively_reads_as_it_was(body: dict[str, Any]) -> None:
    assert native_body(block('data "x" "y"', body, {})) == {"data": {"x": {"y": [body]}}}


@pytest.mark.parametrize(
    ["text", "content"],
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("# a\n// b\n/* c\n */ a = 1 # d", {"a": 1}, id="comments"),
        pytest.param('a "b" c {\n}\na "b" c { x = 1 }', {"a": {"b": {"c": [{}, {"x": 1}]}}}, id="blocks and labels"),
        pytest.param("a = <<EOT\n x ${y}\n\\n\nEOT\nb = 1", {"a": " x ${y}\n\\n\n", "b": 1}, id="a here-document"),
        pytest.param("a = [\n  1,\n  -2.5, # c\n  [],\n]\n", {"a": [1, -2.5, []]}, id="a list over lines"),
        pytest.param('a = { b = 1, "c d" : 2\n e = { } }', {"a": {"b": 1, "c d": 2, "e": {}}}, id="an object"),
        pytest.param("a = { (x) = 1 }", {"a": "${{ (x) = 1 }}"}, id="a computed key"),
        pytest.param("a = [for x in y : x]", {"a": "${[for x in y : x]}"}, id="a loop"),
        pytest.param("a = f(\n  1,\n)", {"a": "${f(\n  1,\n)}"}, id="a call over lines"),
        pytest.param("a = x ? [1] : [2]", {"a": "${x ? [1] : [2]}"}, id="a choice"),
        pytest.param('a = "x" == "y"\nb = [1][0]', {"a": '${"x" == "y"}', "b": "${[1][0]}"}, id="more than a literal"),
        pytest.param('a = "\\u00fc\\U0001F600\\"\\\\"', {"a": 'ü😀"\\'}, id="escapes"),
        pytest.param("a = !true\nb = null\nc = x.y", {"a": "${!true}", "b": None, "c": "${x.y}"}, id="words"),
    ],
)
def test_native_syntax_reads_as_json_syntax(text: str, content: dict[str, Any]) -> None:
    assert native_body(text) == content


@pytest.mark.parametrize(
    "text",
    ["a", "a {", "a = ", "a = [1", "a = f(", "}", 'a "b', "a = <<EOT\nx", "= 1", "a = 1 }", 'a = "${', '{"a": 1}'],
)
def test_what_terraform_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidTemplateError):
        native_body(text)


@pytest.mark.parametrize(
    ["value", "known"],
    [
        ('${toset(["a", "b"])}', ["a", "b"]),
        ('${{"a" = {"b" = 1}}}', {"a": {"b": 1}}),
        ("${2}", 2),
        ("${var.x}", "${var.x}"),
        ("${f(1)}", "${f(1)}"),
        ("${1}${2}", "${1}${2}"),
        ("x", "x"),
        (3, 3),
        (None, None),
    ],
)
def test_a_constant_is_known_without_evaluating_anything(value: object, known: object) -> None:
    assert constant(value) == known
