"""Native syntax: what it is read as is what the JSON syntax would have been read as."""

from __future__ import annotations

import json

import pytest

from aibridge_construct.hcl import block, expression, quoted, writable
from tests.conftest import MakeTerraform

TEXTS = [
    "",
    "plain",
    'a "quoted" word',
    "back\\slash and \\n no newline",
    "two\nlines",
    "ends in a newline\n",
    "many\nlines\nin a text\n",
    "\n\n",
    "EOF\nEOF\n",
    "tab\tand return\r\nand bell \x07 and delete \x7f",
    "$${HOME} %%{http_code} $HOME %d $$ %% $",
    "ümläut ✓ 🚀",
    "${var.name}",
    "pre ${var.name} post",
    '"${var.name}"',
    '${upper("x")} "y" \\ ${lower("Z")}',
    '${replace(var.name, "\\"", "\\\\")}',
    '${join(",", [for k, v in { a = "}", b = "{" } : "${k}=${v} \\" $${x}"])}',
    '%{ if var.name == "ada" }yes "really"%{ else }no%{ endif }\n',
    "${var.name ~}\n  x\n\\n\n%{ if true ~}\n  y\n \n%{~ endif }\n  z",
    'lines\n${join("\\n", ["a", "b"])}\n"c"\\\n',
]


def test_every_text_reads_the_same_in_native_syntax(terraform: MakeTerraform) -> None:
    variable = {"name": {"type": "string", "default": "ada"}}
    locals_ = {f"t{number}": text for number, text in enumerate(TEXTS)}
    native = ["locals {", *(f"  n{number} = {quoted(text)}" for number, text in enumerate(TEXTS)), "}\n"]
    native += ["locals {", *(f"  e{number} = {expression(text)}" for number, text in enumerate(TEXTS)), "}\n"]
    outputs = {
        f"{kind}{number}": {"value": f"${{local.{kind}{number}}}"} for kind in "tne" for number in range(len(TEXTS))
    }
    made = terraform(
        {
            "main.tf.json": json.dumps({"variable": variable, "locals": locals_, "output": outputs}),
            "native.tf": "\n".join(native),
        }
    )
    made.apply()
    values = made.output()
    for number, text in enumerate(TEXTS):
        assert values[f"n{number}"] == values[f"e{number}"] == values[f"t{number}"], text
    assert values["t17"] == 'a=} " ${x},b={ " ${x}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (4, "4"),
        (0.5, "0.5"),
        ([1, "a"], '[1, "a"]'),
        ({"a": "b", "c d": [True]}, '{ a = "b", "c d" = [true] }'),
        ("${var.a}", "var.a"),
        ("${var.a}${var.b}", '"${var.a}${var.b}"'),
        ("${~ var.a ~}", '"${~ var.a ~}"'),
    ],
)
def test_values(value: object, text: str) -> None:
    assert expression(value) == text


def test_a_block_looks_as_terraform_fmt_has_it() -> None:
    body = {
        "//": {"metadata": {}},
        "name": "CPU",
        "count": "${var.n}",
        "depends_on": ["coder_agent.main"],
        "provider": "coder.other",
        "validation": {"min": 0, "error": "no"},
        "option": [{"name": "a", "value": "1"}],
        "lifecycle": {"precondition": [{"condition": "${true}", "error_message": "x"}]},
        "dynamic": {"option": {"for_each": "${var.list}", "iterator": "it", "content": {"name": "${it.value}"}}},
    }
    assert block('data "coder_parameter" "cpu"', body, {"option": {}, "validation": {}}) == (
        'data "coder_parameter" "cpu" {\n'
        "  count      = var.n\n"
        "  depends_on = [coder_agent.main]\n"
        '  name       = "CPU"\n'
        "  provider   = coder.other\n"
        "\n"
        "  lifecycle {\n"
        "    precondition {\n"
        "      condition     = true\n"
        '      error_message = "x"\n'
        "    }\n"
        "  }\n"
        "\n"
        "  option {\n"
        '    name  = "a"\n'
        '    value = "1"\n'
        "  }\n"
        "\n"
        "  validation {\n"
        '    error = "no"\n'
        "    min   = 0\n"
        "  }\n"
        "\n"
        '  dynamic "option" {\n'
        "    for_each = var.list\n"
        "    iterator = it\n"
        "\n"
        "    content {\n"
        "      name = it.value\n"
        "    }\n"
        "  }\n"
        "}\n"
    )


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_engine_writes_is_one_line_or_an_exact_here_document(text: str) -> None:
    shown = writable(text)
    if "\n" in shown:
        assert shown + "\n" == text
        assert "EOF" not in shown.split("\n")
    else:
        assert f'"{shown}"' == quoted(text)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('a"b ${x:-y} c"d', r'"a\"b ${x:-y} c\"d"'),
        ('a"b ${"c', r'"a\"b ${"c"'),
        ('a"${var.a}" ${#x}', r'"a\"${var.a}\" ${#x}"'),
    ],
)
def test_what_terraform_cannot_read_is_written_as_it_stands(template: str, text: str) -> None:
    assert quoted(template) == text
