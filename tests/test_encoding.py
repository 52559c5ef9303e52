"""Values on their way through Python, the engine and Terraform: what arrives is what was meant."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from cdktf import App, Fn, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aibridge_construct import (
    AIBridgeProxy,
    CoderEnv,
    CoderScript,
    Copilot,
    DataCoderParameter,
    InvalidValueError,
    ParameterOption,
    terraform_json,
)
from aibridge_construct.native import NativeStack
from aibridge_construct.testing.modules import COPILOT
from aibridge_construct.testing.terraform import TerraformError
from aibridge_construct.testing.workspace import workspace_environment
from aibridge_construct.validation import template_text
from tests.conftest import MakeTerraform

TEXT = 'it\'s a "text" \\ ${x} %{y}\n} é 🚀'
GIVEN: dict[str, Any] = {
    "text": TEXT,
    "number": 8888,
    "flag": True,
    "list": ["a", 'b"c'],
    "numbers": [1, 2.5],
    "map": {"k}": "v", "for": '"'},
}
TYPES = {
    "text": "string",
    "number": "number",
    "flag": "bool",
    "list": "list(string)",
    "numbers": "list(number)",
    "map": "map(string)",
}
#: A file that gives them.
TFVARS = {"given.auto.tfvars.json": json.dumps(GIVEN)}


class Variables:
    """Terraform variables of every type, and the engine's tokens of them."""

    def __init__(self, stack: TerraformStack) -> None:
        self._made = {name: TerraformVariable(stack, name, type=kind, nullable=False) for name, kind in TYPES.items()}
        self._tokens = {name: make(self._made) for name, make in TOKENS.items()}

    def token(self, name: str) -> Any:
        """The token, made once."""
        return self._tokens[name]


class Meant(NamedTuple):
    """A value that needs tokens, and what it stands for."""

    make: Callable[[Variables], Any]
    value: Any


Made = Mapping[str, TerraformVariable]

#: Engine tokens of every kind.
TOKENS: dict[str, Callable[[Made], Any]] = {
    "text": lambda made: made["text"].string_value,
    "resolvable": lambda made: made["text"].value,
    "number": lambda made: made["number"].number_value,
    "flag": lambda made: made["flag"].boolean_value,
    "list": lambda made: made["list"].list_value,
    "numbers": lambda made: Token.as_number_list(made["numbers"].value),
    "map": lambda made: Token.as_string_map(made["map"].value),
    "any_map": lambda made: Token.as_any_map(made["map"].value),
    "function": lambda made: Fn.upper(made["text"].string_value),
    "list_function": lambda made: Fn.concat([made["list"].list_value, ["}"]]),
    "decoded": lambda made: Fn.jsondecode(
        Fn.jsonencode({"a": [made["number"].number_value, made["text"].string_value]})
    ),
}
STANDS_FOR = {
    **GIVEN,
    "resolvable": TEXT,
    "any_map": GIVEN["map"],
    "function": TEXT.upper(),
    "list_function": ["a", 'b"c', "}"],
    "decoded": {"a": [8888, TEXT]},
}
#: Raw Terraform expressions.
EXPRESSIONS = {
    "${var.text}": TEXT,
    "${var.number + 1}": 8889,
    '${join("}", var.list)}': 'a}b"c',
    '${{ for k, v in var.map : upper(k) => "${v}}" }}': {"K}": "v}", "FOR": '"}'},
    "${upper(\n  var.text\n)}": TEXT.upper(),
    '%{ if var.flag }yes "}"%{ else }no%{ endif }': 'yes "}"',
    "%{ for x in var.list ~}\n<${x}>%{ endfor }": '<a><b"c>',
}


def literal(text: str) -> Meant:
    return Meant(lambda _: template_text(text), text)


def token(name: str) -> Meant:
    return Meant(lambda variables: variables.token(name), STANDS_FOR[name])


def given_as(value: Any, meant: Any) -> Meant:
    return Meant(lambda _: value, meant)


def joined(parts: list[Meant]) -> Meant:
    """Texts in a row; Terraform reads ``$`` before an expression as an escape, so none stands there."""
    return Meant(
        lambda variables: " ".join(f"{part.make(variables)}" for part in parts),
        " ".join(f"{part.value}" for part in parts),
    )


def listed(items: list[Meant]) -> Meant:
    return Meant(lambda variables: [item.make(variables) for item in items], [item.value for item in items])


def mapped(items: list[tuple[Meant, Meant]]) -> Meant:
    """Keys that normalize to the same text, or overwrite each other at Terraform, are one key."""
    once = {normal(key.value): (key, item) for key, item in items}
    return Meant(
        lambda variables: {key.make(variables): item.make(variables) for key, item in once.values()},
        {key: item.value for key, (_, item) in once.items()},
    )


def normal(value: Any) -> Any:
    """As Terraform keeps texts: composed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {normal(key): normal(item) for key, item in value.items()}
    return value


_nasty = st.sampled_from(
    [*"\"'\\\n\r\t\x00\x07\x1b\x7f\x85\u2028\u2029{}$%~#&[]=:,", "${", "%{", "$${", "%%{", "${var.text}", "for", "null"]
)
_texts = st.lists(_nasty | st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=6).map("".join)
_literals = _texts.map(literal)
_spelled = st.sampled_from(
    [token("text"), token("function"), token("number")]
    + [given_as(text, value) for text, value in EXPRESSIONS.items() if isinstance(value, str)]
)
_mixed = st.lists(_literals | _spelled, min_size=2, max_size=4).map(joined)
_scalars = st.one_of(
    _literals,
    _mixed,
    st.sampled_from([token(name) for name in TOKENS]),
    st.sampled_from([given_as(text, value) for text, value in EXPRESSIONS.items()]),
    st.sampled_from([None, True, False, 0, -1, 10**20, 0.5, -1.25e-7, 1e21]).map(lambda value: given_as(value, value)),
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(listed)
        | st.lists(st.tuples(_literals | _mixed | st.sampled_from([token("text")]), inner), max_size=4).map(mapped)
    ),
    max_leaves=10,
)

COPILOT_THAT_SHOWS = replace(COPILOT, body=f'{COPILOT.body}\noutput "mcp" {{\n  value = var.mcp_config\n}}\n')


@pytest.mark.parametrize("syntax", ["json", "hcl"])
# No shrinking: the assertion names the value, and every step would be a Terraform run.
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(batch=st.lists(_values, min_size=40, max_size=40))
def test_what_arrives_is_what_was_meant(
    syntax: str, tmp_path_factory: pytest.TempPathFactory, terraform: MakeTerraform, batch: list[Meant]
) -> None:
    stack = NativeStack(App(outdir=str(tmp_path_factory.mktemp("out"))), "stack")
    variables = Variables(stack)
    for number, meant in enumerate(batch):
        text = terraform_json([meant.make(variables)])
        CoderEnv(stack, f"env{number}", agent_id="a1", name=f"V{number}", value=text)
        CoderScript(
            stack,
            f"script{number}",
            agent_id="a1",
            display_name=f"s{number}",
            script=f"#!/bin/sh\n# $${{HOME}} {variables.token('text')}\ncat <<'EOT'\n{text}\nEOT\n",
            run_on_start=True,
        )
        TerraformOutput(stack, f"out{number}", value=text)
    copilot = Copilot(
        stack,
        "copilot",
        agent_id="a1",
        workdir="/w",
        source="./copilot",
        mcp_config={f"v{number}": meant.make(variables) for number, meant in enumerate(batch)},
    )
    TerraformOutput(stack, "mcp", value=copilot.module.get_string("mcp"))
    name, content = (
        ("cdk.tf.json", Testing.synth(stack, True)) if syntax == "json" else ("cdk.tf", stack.to_hcl_terraform()["hcl"])
    )
    plan = terraform({name: content, "copilot/main.tf": COPILOT_THAT_SHOWS.hcl, **TFVARS}).plan()
    inputs = json.loads(plan.outputs["mcp"])
    for number, meant in enumerate(batch):
        wanted = normal([meant.value])
        env = plan.resource(f"coder_env.env{number}")["value"]
        script = plan.resource(f"coder_script.script{number}")["script"]
        assert json.loads(env) == wanted
        assert json.loads(script.partition("<<'EOT'\n")[2].removesuffix("\nEOT\n")) == wanted
        assert script.startswith(f"#!/bin/sh\n# ${{HOME}} {TEXT}\n")
        assert json.loads(plan.outputs[f"out{number}"]) == wanted
        assert inputs[f"v{number}"] == wanted[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": [1, "x", None, True]}, '{"a": [1, "x", null, true]}', id="nested"),
        pytest.param(
            {"b": "$${HOME}", "a": 'q"\\\n\u2028'}, '{"b": "$${HOME}", "a": "q\\"\\\\\\n\\u2028"}', id="texts"
        ),
        pytest.param(MappingProxyType({"a": ("b",)}), '{"a": ["b"]}', id="other mappings and tuples"),
        pytest.param({1: 0, None: 0}, '{"1": 0, "null": 0}', id="keys that are no texts"),
        pytest.param("x", '"x"', id="a text"),
    ],
)
def test_what_python_knows_is_plain_json(value: object, text: str) -> None:
    assert terraform_json(value) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({"a": "${HOME}"}, "holds ${HOME}, which Terraform would read", id="shell"),
        pytest.param({"${x:-y}": 1}, "holds ${x:-y}, which Terraform would read", id="shell in a key"),
        pytest.param([float("nan")], "must hold finite numbers", id="not a number"),
        pytest.param([{1, 2}], "must be made of mappings, lists", id="a set"),
        pytest.param({"a": b"x"}, "must be made of mappings, lists", id="bytes"),
        pytest.param({("a",): 1}, "must have texts as keys", id="a key that is a list"),
        pytest.param(["#{TfToken[TOKEN.1]}", "x"], "a list that only Terraform knows", id="lost"),
    ],
)
def test_what_json_does_not_have_is_refused(value: object, words: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        terraform_json(value)
    assert words in str(caught.value)


def test_a_refusal_names_the_argument(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match=r"mcp_config holds \$\{HOME\}"):
        Copilot(stack, "copilot", agent_id="a1", workdir="/w", mcp_config={"a": "${HOME}"})
    with pytest.raises(InvalidValueError, match=r"styling holds \$\{HOME\}"):
        DataCoderParameter(stack, "p", name="p", styling={"a": ["${HOME}"]})


def test_parameters_take_lists_and_mappings_with_expressions(stack: TerraformStack, terraform: MakeTerraform) -> None:
    variables = Variables(stack)
    text = variables.token("text")
    made = DataCoderParameter(
        stack,
        "p",
        name="p",
        type="list(string)",
        default=[text, f"x {text}", "${var.text}", "$${HOME}"],
        styling={"placeholder": text},
    )
    whole = DataCoderParameter(stack, "w", name="w", type="list(string)", default=variables.token("list"))
    chosen = DataCoderParameter(
        stack,
        "c",
        name="c",
        type="list(string)",
        default=[text],
        option=[ParameterOption(name="one", value=[text]), ParameterOption(name="two", value=["$${HOME}"])],
    )
    for name, parameter in (("p", made), ("w", whole), ("c", chosen)):
        TerraformOutput(stack, f"out_{name}", value=parameter.value)
    plan = terraform({"cdk.tf.json": Testing.synth(stack, True), **TFVARS}).plan()
    assert json.loads(plan.outputs["out_p"]) == [TEXT, f"x {TEXT}", TEXT, "${HOME}"]
    assert json.loads(plan.outputs["out_w"]) == GIVEN["list"]
    assert json.loads(plan.outputs["out_c"]) == [TEXT]


@pytest.mark.parametrize("known", ["in Python", "at apply"])
def test_what_a_proxy_gives_stands_in_json_however_it_is_made(
    known: str, stack: TerraformStack, terraform: MakeTerraform
) -> None:
    values: dict[str, Any] = {"proxy_url": "https://aiproxy.example.com:8888", "cert_path": "/tmp/it's here/é.pem"}
    given: dict[str, Any] = {}
    if known == "in Python":
        proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", **values)
    else:
        proxy = AIBridgeProxy.from_variables(stack, "proxy", agent_id="a1")
        given = values
    environment = proxy.environment()
    TerraformOutput(
        stack, "python", value=json.dumps({"env": environment, "bundle": proxy.bundle_path}), sensitive=True
    )
    TerraformOutput(
        stack, "engine", value=Fn.jsonencode({"env": environment, "bundle": proxy.bundle_path}), sensitive=True
    )
    TerraformOutput(
        stack, "ours", value=terraform_json({"env": environment, "bundle": proxy.bundle_path}), sensitive=True
    )
    TerraformOutput(stack, "text", value=f"--proxy={proxy.proxy_auth_url} {environment['NO_PROXY']}", sensitive=True)
    copilot = Copilot(
        stack,
        "copilot",
        agent_id="a1",
        workdir="/w",
        source="./copilot",
        mcp_config={"mcpServers": {"x": {"env": proxy.environment("node")}}},
    )
    TerraformOutput(stack, "mcp", value=copilot.module.get_string("mcp"), sensitive=True)
    files = {"cdk.tf.json": Testing.synth(stack, True), "copilot/main.tf": COPILOT_THAT_SHOWS.hcl}
    plan = terraform(files, env=workspace_environment(token='a/b+c d"é')).plan(variables=given)
    url = "https://coder:a%2Fb%2Bc%20d%22%C3%A9@aiproxy.example.com:8888"
    direct = "localhost,127.0.0.1,::1,coder.example.com"
    for name in ("python", "engine", "ours"):
        made = json.loads(plan.outputs[name])
        assert made["bundle"] == made["env"]["SSL_CERT_FILE"] == f"{values['cert_path']}.bundle"
        assert made["env"]["NODE_EXTRA_CA_CERTS"] == values["cert_path"]
        assert made["env"]["HTTPS_PROXY"] == made["env"]["https_proxy"] == url
        assert made["env"]["NO_PROXY"] == direct
        assert made["env"].keys() == environment.keys()
    assert plan.outputs["text"] == f"--proxy={url} {direct}"
    assert json.loads(plan.outputs["mcp"])["mcpServers"]["x"]["env"]["HTTPS_PROXY"] == url


def test_a_certificate_path_that_would_break_json_is_refused_at_plan(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    proxy = AIBridgeProxy.from_variables(stack, "proxy", agent_id="a1")
    TerraformOutput(stack, "env", value=json.dumps(proxy.environment()), sensitive=True)
    made = terraform(stack)
    for path in ('/tmp/a"b.pem', "/tmp/a\\b.pem"):
        with pytest.raises(TerraformError, match="cert_path must not contain") as caught:
            made.plan(variables={"proxy_url": "https://p", "cert_path": path})
        assert "write such a path in Python" in " ".join(caught.value.text.split())


def test_a_certificate_path_of_python_may_hold_anything(stack: TerraformStack, terraform: MakeTerraform) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="https://p", cert_path='/tmp/a"b\\c$${d}.pem')
    TerraformOutput(stack, "env", value=json.dumps(proxy.environment("node")), sensitive=True)
    assert json.loads(terraform(stack).plan().outputs["env"])["NODE_EXTRA_CA_CERTS"] == '/tmp/a"b\\c${d}.pem'
