"""What only Terraform knows is known as such, alone and inside text, and is checked at plan."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import Fn, TerraformOutput, TerraformStack, TerraformVariable, Token

from aibridge_construct import AgentMetadata, AIBridgeProxy, CoderAgent, CoderApp, CoderScript, ProxiedTool
from aibridge_construct._engine import resolve
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import parts
from aibridge_construct.known import is_expression, is_known, lost_token
from aibridge_construct.rules import CERT_PATH, PROXY_URL
from aibridge_construct.testing.terraform import TerraformError
from aibridge_construct.validation import masked
from tests.conftest import MakeTerraform

#: The first token of a number, and of an item of a list of numbers, as any engine process makes them.
NUMBER, ITEM = -8.109562212591379e298, -1.8881545897087505e289


@pytest.mark.parametrize(
    "value",
    [
        NUMBER,
        int(NUMBER),
        [ITEM],
        "${TfToken[TOKEN.1]}",
        "a${TfToken[TOKEN.1]}b",
        "${var.a}",
        "%{ if true }x%{ endif }",
        f"http://proxy.internal:{NUMBER}",
        f"/tmp/{NUMBER}/x.pem",
        f"{NUMBER:.17g}",
        f"{NUMBER},{NUMBER}",
        f"$${{{NUMBER}}}",
        ["#{TfToken[TOKEN.2]}"],
        {"&{TfToken[TOKEN.3]}": "String Map Token Value"},
        ["a", {"b": (1, NUMBER)}],
        {"a": ["${var.x}"]},
    ],
)
def test_what_only_terraform_knows(value: object) -> None:
    assert not is_known(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "$${HOME} %%{http_code} $$ %",
        "#{x} &{y}",
        "--max=1e300",
        "-1.5e+210",
        "1" * 199,
        "17" * 150,
        "9" * 500,
        0,
        -1.5,
        True,
        None,
        b"x",
        [],
        {},
        ["a", {"b": 1}],
        object(),
    ],
)
def test_what_python_knows(value: object) -> None:
    assert is_known(value)
    assert lost_token(value) is None


def test_tokens_of_the_engine_are_unknown(stack: TerraformStack) -> None:
    flag = TerraformVariable(stack, "flag", type="bool")
    count = TerraformVariable(stack, "count", type="number")
    names = TerraformVariable(stack, "names", type="list(string)")
    labels = TerraformVariable(stack, "labels", type="map(string)")
    tokens: list[Any] = [
        flag.boolean_value,
        count.number_value,
        names.list_value,
        names.string_value,
        Token.as_string_map(labels.value),
        Token.as_number_list(names.value),
        Token.as_any(names.value),
        Fn.conditional(flag.boolean_value, 1, 2),
        Fn.jsonencode({"a": 1}),
        CoderAgent(stack, "main", os="linux", arch="amd64").id,
    ]
    assert [token for token in tokens if is_known(token)] == []
    assert masked(flag.boolean_value) == masked(count.number_value) == "what only Terraform knows"
    assert not is_known(TerraformIteratorLike())


class TerraformIteratorLike:
    """What the engine takes for an ``IResolvable``."""

    creation_stack: tuple[str, ...] = ()

    def resolve(self, context: object) -> object:
        return context


@pytest.mark.parametrize("form", ["{}", "x{}y", "{}/", "ex{}", "{},{}", "{}:{}", "{:.17g}", "{:.16e}", "{:>40}"])
def test_a_number_in_a_text_is_unknown_exactly_if_the_engine_finds_it(stack: TerraformStack, form: str) -> None:
    number = TerraformVariable(stack, "n", type="number").number_value
    text = form.format(number, number)
    assert is_expression(text)
    assert lost_token(text) is None
    assert resolve(stack, text).strip() == form.replace(":.17g", "").replace(":.16e", "").replace(":>40", "").replace(
        "{}", "${var.n}"
    )


@pytest.mark.parametrize(
    "form",
    [
        *("{:g}", "{:e}", "{:.3e}", "{:.1e}", "{:E}", "{:.17E}", "{:.0f}"),
        *("1{}", "{}1", "a-{}", "a.{}", "{}.5", "{}e", "{}-x", "{}{}"),
    ],
)
def test_a_number_that_the_engine_would_not_find_again_is_refused(stack: TerraformStack, form: str) -> None:
    number = TerraformVariable(stack, "n", type="number").number_value
    text = "/tmp/" + form.format(number, number)
    assert _resolved(stack, text) != "/tmp/" + form.replace("{}", "${var.n}"), "it is found after all"
    with pytest.raises(InvalidValueError, match=r"cert_path holds .*, which was a number that only Terraform knows.*"):
        CERT_PATH.require(text)


def _resolved(stack: TerraformStack, text: str) -> str:
    try:
        return resolve(stack, text)
    except RuntimeError as error:  # the engine looks for a token with a number that it never gave
        return str(error)


def test_what_was_computed_from_a_number_token_is_refused(stack: TerraformStack) -> None:
    number = TerraformVariable(stack, "n", type="number").number_value
    for text in (f"{-number}", f"{number * 2}", f"{number / 3}", f"{int(number)}"):
        with pytest.raises(InvalidValueError, match=r"Write Token\.as_string"):
            CERT_PATH.require(f"/tmp/x{text}")


def test_lists_maps_and_objects_in_the_place_of_text_are_refused_with_the_cure(stack: TerraformStack) -> None:
    names = TerraformVariable(stack, "names", type="list(string)")
    flag = TerraformVariable(stack, "flag", type="bool").boolean_value
    for text, cure in (
        (f"/tmp/{names.list_value}", "Fn.join"),
        ("/tmp/" + ",".join(names.list_value), "Fn.join"),
        (f"/tmp/{Token.as_string_map(names.value)}", "Fn.jsonencode"),
        (f"/tmp/{flag}", "Token.as_string"),
    ):
        with pytest.raises(InvalidValueError, match=cure):
            CERT_PATH.require(text)
        with pytest.raises(InvalidValueError, match=f"display_name of coder_app 'app' holds .*{cure}"):
            CoderApp(stack, "app", agent_id="a", slug="app", display_name=text)
    assert lost_token(names.list_value) is None
    assert lost_token(["x", *names.list_value]) is not None
    with pytest.raises(InvalidValueError, match=r"metadata.script of coder_agent 'm' holds .*Token\.as_string"):
        CoderAgent(
            stack,
            "m",
            os="linux",
            arch="amd64",
            metadata=[AgentMetadata(key="k", script=f"echo {flag}", interval=10)],
        )


@pytest.mark.parametrize(
    ("template", "lost"),
    [
        pytest.param("{}", None, id="alone"),
        pytest.param("a {} b {} }}", None, id="in a text"),
        pytest.param("$${{HOME}} {}", None, id="behind a literal"),
        pytest.param("${{upper({})}} {}", None, id="in an expression"),
        pytest.param('${{upper("x")}} {}', None, id="behind an expression"),
        pytest.param('${{upper("x{}")}}', "in quotes inside", id="in quotes of an expression"),
        pytest.param("$${{HOME:-{}}}", "in quotes inside", id="inside of what the shell reads"),
        pytest.param("${{[for k in [{{}}] : {}]}}", "in quotes inside", id="behind a brace of an expression"),
        pytest.param("costs ${}", "right behind a \\$", id="behind a dollar"),
    ],
)
def test_a_token_stands_where_the_engine_writes_it_right(
    stack: TerraformStack, template: str, lost: str | None
) -> None:
    token = TerraformVariable(stack, "text", type="string").string_value
    text = template.format(token, token)
    if lost is None:
        assert lost_token(text) is None
        CoderApp(stack, "app", agent_id="a", slug="app", display_name=text)
        assert parts(resolve(stack, text)) == parts(
            text.replace(token, "${var.text}").replace("(${var.text})", "(var.text)")
        )
    else:
        with pytest.raises(InvalidValueError, match=lost):
            CoderApp(stack, "app", agent_id="a", slug="app", display_name=text)


def test_numbers_in_texts_reach_the_plan(stack: TerraformStack, terraform: MakeTerraform) -> None:
    port = TerraformVariable(stack, "port", type="number", default=8888).number_value
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    proxy = AIBridgeProxy(
        stack,
        "proxy",
        agent_id=agent.id,
        proxy_url=f"http://proxy.internal:{port}",
        cert_path=f"/tmp/{port}/x.pem",
    )
    tool = ProxiedTool(
        stack,
        "tool",
        proxy=proxy,
        command=["serve", f"--port={port}", f"{port}"],
        working_directory=f"/srv/{port}",
        background=True,
        log_path=f"/tmp/{port}/log",
        display_name=f"Serve at {port}",
        sync_unit=f"serve_{port}",
    )
    CoderApp(stack, "app", agent_id=agent.id, slug="app", url=f"http://localhost:{port}/", display_name=f"App {port}")
    proxy.add_outputs()
    TerraformOutput(stack, "setup", value=proxy.script.script, sensitive=True)
    TerraformOutput(stack, "tool_script", value=tool.script.script, sensitive=True)
    made = terraform(stack)
    made.apply()
    values = made.output()
    token = values["proxy_auth_url"].removeprefix("http://coder:").removesuffix("@proxy.internal:8888")
    assert values["proxy_auth_url"] == f"http://coder:{token}@proxy.internal:8888"
    assert values["cert_path"] == "/tmp/8888/x.pem"
    assert "CERT_PATH='/tmp/8888/x.pem'" in values["setup"]
    for line in (
        "\"$@\" 'serve' '--port=8888' '8888'",
        "aibridge_working_directory='/srv/8888'",
        "aibridge_log_path='/tmp/8888/log'",
        "aibridge_name='Serve at 8888'",
        "aibridge_unit='serve_8888'",
        "aibridge_cert_path='/tmp/8888/x.pem'",
        f"HTTPS_PROXY='http://coder:{token}@proxy.internal:8888'",
    ):
        assert line in values["tool_script"]


def test_bad_values_behind_tokens_are_refused_at_plan_in_the_words_of_the_rule(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    number = TerraformVariable(stack, "n", type="number", default=99999).number_value
    proxy = AIBridgeProxy(
        stack, "proxy", agent_id="a1", proxy_url=f"http://proxy.internal:{number}", cert_path=f"{number}/x.pem"
    )
    ProxiedTool(stack, "tool", proxy=proxy, command="x", working_directory=f"{number}", sync_unit=f" {number}")
    with pytest.raises(TerraformError) as caught:
        terraform(stack).plan()
    for words in (
        PROXY_URL.message(PROXY_URL.checks[-1]),
        CERT_PATH.message(CERT_PATH.checks[0]),
        "working_directory must be an absolute path",
        "sync_unit must be 1 to 128 letters",
    ):
        assert words in " ".join(caught.value.text.split())


def test_two_texts_of_the_same_number_are_one_claim(stack: TerraformStack) -> None:
    number = TerraformVariable(stack, "n", type="number")
    for name in ("one", "two"):
        AIBridgeProxy(
            stack,
            name,
            agent_id="a1",
            proxy_url="http://proxy",
            cert_path=f"/tmp/{number.number_value}/x.pem",
            sync_unit=name,
        )
    problems = [text for child in [stack] for text in child.node.validate()]
    assert any("certificate file" in text for text in problems)


def test_a_script_of_a_timeout_that_only_terraform_knows(stack: TerraformStack) -> None:
    number = TerraformVariable(stack, "n", type="number").number_value
    CoderScript(stack, "s", agent_id="a", display_name="s", script="x", run_on_start=True, timeout=number)
