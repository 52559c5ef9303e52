"""What a template is made of and what it refers to: by hand, and as the real Terraform has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from aibridge_construct.hcl import (
    InvalidTemplateError,
    Part,
    Reference,
    expression_references,
    literal,
    parts,
    references,
)
from aibridge_construct.testing.terraform import TerraformError
from tests.conftest import MakeTerraform
from tests.templates import CONFIGURATION, ELSEWHERE, LITERALS, REFUSED, ROWS, WRONG, Row, Wrong

_KINDS = {"literal": "=", "interpolation": "$", "directive": "%"}


def _ids(rows: Sequence[Row | Wrong]) -> list[Any]:
    return [pytest.param(row, id=ascii(row.template)[1:-1].replace("::", "--")) for row in rows]


@pytest.mark.parametrize("row", _ids([*ROWS, *WRONG]))
def test_a_template_falls_into_its_parts(row: Row | Wrong) -> None:
    if row.parts is None:
        with pytest.raises(InvalidTemplateError):
            parts(row.template)
        return
    found = parts(row.template)
    assert [_KINDS[part.kind] + part.inner for part in found] == row.parts
    assert "".join(part.text for part in found) == row.template
    assert all(row.template[part.start : part.end] == part.text for part in found)


@pytest.mark.parametrize("row", _ids(ROWS))
def test_names_that_refer_to_something_outside_are_found_and_no_others(row: Row) -> None:
    expected = row.references.split() if isinstance(row.references, str) else list(row.references)
    found = references(row.template)
    assert [reference.text for reference in found] == expected
    for reference in found:
        assert row.template[reference.start :].startswith(reference.root) or reference.is_engine_token
        assert reference.start < reference.end <= len(row.template)


@pytest.mark.parametrize("row", _ids(WRONG))
def test_what_cannot_be_read_is_said_with_its_place(row: Wrong) -> None:
    with pytest.raises(InvalidTemplateError) as caught:
        references(row.template)
    error = caught.value
    assert (error.reason, (error.line, error.column)) == (row.reason, row.place)
    assert str(error) == f"{row.reason}, in line {row.place[0]}, column {row.place[1]}"
    assert row.template.startswith(("${", "%{"), error.start)


def test_the_table_is_as_terraform_has_it(terraform: MakeTerraform) -> None:
    told = [row for row in ROWS if row.value is not ELSEWHERE]
    good = {f"o{number}": {"value": row.template} for number, row in enumerate(told) if row.value is not REFUSED}
    made = terraform({"main.tf.json": json.dumps({**CONFIGURATION, "output": good})})
    made.apply()
    values = made.output()
    for number, row in enumerate(told):
        if row.value is not REFUSED and row.value is not None:
            assert values[f"o{number}"] == row.value, row.template

    bad = [row.template for row in told if row.value is REFUSED] + [row.template for row in WRONG]
    files = {f"o{n}.tf.json": json.dumps({"output": {f"o{n}": {"value": text}}}) for n, text in enumerate(bad)}
    made = terraform({"main.tf.json": json.dumps(CONFIGURATION), **files})
    with pytest.raises(TerraformError) as caught:
        made.run("validate", "-json", "-no-color")
    report = json.loads(caught.value.output)
    refused = {Path(item["range"]["filename"]).name for item in report["diagnostics"]}
    accepted = [bad[int(name[1:].partition(".")[0])] for name in files.keys() - refused]
    assert not accepted


@pytest.mark.parametrize("row", _ids([*ROWS, *WRONG]))
def test_what_terraform_refuses_is_unreadable_or_incomplete(row: Row | Wrong) -> None:
    try:
        complete = all(reference.is_complete for reference in references(row.template))
    except InvalidTemplateError:
        complete = False
    if isinstance(row, Wrong):
        assert not complete
    elif row.template != "${upper(lower(var.a)).x}":  # the kinds of values are not looked at
        assert complete is (row.value is not REFUSED)


@pytest.mark.parametrize("row", _ids(LITERALS))
def test_a_literal_stands_for_its_characters(row: Row) -> None:
    assert literal(row.template) == row.value


def test_what_terraform_computes_is_no_literal() -> None:
    assert literal("x ${var.a}") is None
    assert literal("%{ if true }x%{ endif }") is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("data.coder_parameter.cpu[0].value", "data.coder_parameter.cpu"),
        ("coder_agent.main[0].id", "coder_agent.main"),
        ("resource.coder_agent.main.id", "coder_agent.main"),
        ("var.m.x", "var.m"),
        ('local.x["a"]', "local.x"),
        ("module.m.out.x", "module.m"),
        ("each.key", None),
        ("count.index", None),
        ("self.id", None),
        ("path.module", None),
        ("terraform.workspace", None),
        ("HOME", None),
        ("data.coder_workspace", None),
        ("TfToken[TOKEN.1]", None),
    ],
)
def test_a_reference_knows_the_address_of_what_it_refers_to(text: str, address: str | None) -> None:
    (reference,) = expression_references(text)
    assert reference.text == text
    assert reference.address == address
    assert (reference.start, reference.end) == (0, len(text))


def test_an_expression_alone_is_read_as_one_in_a_template() -> None:
    assert [found.text for found in expression_references("var.a + local.x # var.b")] == ["var.a", "local.x"]
    with pytest.raises(InvalidTemplateError, match="the end is missing, in line 1, column 7"):
        expression_references("var.a }")


def test_values_are_what_they_say() -> None:
    assert parts("a${ var.x }") == (
        Part("literal", "a", "a", 0),
        Part("interpolation", "${ var.x }", "var.x", 1),
    )
    assert references("${var.x[0].y}") == (Reference("var", (".x", "[0]", ".y"), 2, 12),)
    assert references("${var.x[0].y}")[0].attributes == ("x",)


@pytest.mark.parametrize("text", ["${" + "(" * 3000 + "1" + ")" * 3000 + "}", "${" + '"${' * 3000])
def test_what_is_nested_too_deep_is_said(text: str) -> None:
    with pytest.raises(InvalidTemplateError, match="nested too deep"):
        references(text)


def test_a_long_template_takes_time_in_proportion() -> None:
    text = "x" * 50 + '$${HOME} ${upper("${var.a}")} \\ # \n'
    assert len(references(text * 2000)) == 2000
