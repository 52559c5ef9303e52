"""What Python says of the public names: ``help()`` and ``inspect.signature`` show what one may write, and no more."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pydoc
import re
import textwrap
from enum import Enum
from itertools import pairwise
from typing import Any

import pytest
from cdktf import App, TerraformStack

import aibridge_construct
from aibridge_construct import AIBridgeProxy, ClaudeCode, CoderAgent, DataCoderWorkspace

PACKAGES = (
    "aibridge_construct",
    "aibridge_construct.testing",
    "aibridge_construct.testing.providers",
    "aibridge_construct.testing.checks",
)
PUBLIC = {
    f"{package.removeprefix('aibridge_construct').removeprefix('.')}.{name}".removeprefix("."): getattr(module, name)
    for package in PACKAGES
    for module in [importlib.import_module(package)]
    for name in module.__all__
}
CLASSES = {name: each for name, each in PUBLIC.items() if inspect.isclass(each)}
FUNCTIONS = {name: each for name, each in PUBLIC.items() if inspect.isfunction(each)}
#: Of the library itself, not of its kit for tests.
OURS = {name: each for name, each in CLASSES.items() if name in aibridge_construct.__all__}

#: What the library says for itself: constructors of protocols, enumerations and plain exceptions are Python's.
MADE = {
    name: each
    for name, each in CLASSES.items()
    if inspect.isfunction(vars(each).get("__init__", each.__init__))
    and not issubclass(each, Enum)
    and not getattr(each, "_is_protocol", False)
}

#: A private room or name, or what a type variable looks like.
INTERNAL = re.compile(r"aibridge_construct(?:\.\w+)*\._\w+|(?<![\w.])~[A-Z]\w*|(?<![\w'.\"=`-])_[A-Za-z]\w+\b")


def shown(of: object) -> str:
    return pydoc.plain(pydoc.render_doc(of))


def test_every_class_has_the_signature_of_its_constructor() -> None:
    assert len(MADE) > 60
    for name, each in MADE.items():
        signature = inspect.signature(each)
        assert [*signature.parameters.values()] == [*inspect.signature(each.__init__).parameters.values()][1:], name
        assert not {"args", "kwargs"} & signature.parameters.keys(), name
        assert "(*args" not in re.split(r"\n \|\s*\n", shown(each))[0], name


def test_help_shows_no_name_of_the_inside() -> None:
    found = {}
    for name in {**MADE, **FUNCTIONS}:
        lines = [line for line in shown(PUBLIC[name]).splitlines() if not re.match(r" \|  __\w+__\b", line)]
        found[name] = [line for line in lines if INTERNAL.search(line) and "_final_" not in line]  # syrupy's
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_help_says_each_argument_once() -> None:
    told = {name: arguments_of(inspect.getdoc(each) or "") for name, each in OURS.items() if name in MADE}
    assert sum(map(len, told.values())) > 200
    for name, arguments in told.items():
        assert arguments_of(inspect.getdoc(OURS[name].__init__) or "") == {}, name
        for argument, text in arguments.items():
            if len(text) > 40 and argument != "agent_id":  # which from_variables has too
                assert shown(OURS[name]).count(f"{argument}: {text[:40]}") == 1, (name, argument)


def test_what_a_signature_names_can_be_imported() -> None:
    """Every name in an annotation is Python's, the engine's or a public one."""
    public = {each.rpartition(".")[2] for each in PUBLIC}
    for name in {**OURS, **{each: of for each, of in FUNCTIONS.items() if each in aibridge_construct.__all__}}:
        module = inspect.getmodule(PUBLIC[name])
        methods = [each for each in vars(PUBLIC[name]).items() if inspect.isfunction(each[1]) and each[0][0] != "_"]
        written = " ".join(hint for of in (PUBLIC[name], *dict(methods).values()) for hint in hints(of))
        named = set(re.findall(r"\b[A-Z]\w+", written)) - public
        origins = {each: getattr(getattr(module, each, None), "__module__", "") for each in named}
        assert {each for each, origin in origins.items() if str(origin).startswith("aibridge_construct")} == set(), name


def hints(of: Any) -> list[str]:
    try:
        signature = inspect.signature(of)
    except (TypeError, ValueError):
        return []
    found = [each.annotation for each in signature.parameters.values()]
    return [each for each in (*found, signature.return_annotation) if isinstance(each, str)]


def test_a_default_that_has_a_name_in_the_source_is_told() -> None:
    """Editors show the source; ``sync_unit: str = DEFAULT_SYNC_UNIT`` alone says nothing."""
    silent = []
    for name in [each for each in OURS if each in MADE and not dataclasses.is_dataclass(OURS[each])]:
        arguments = arguments_of(inspect.getdoc(OURS[name]) or "")
        (constructor,) = ast.parse(textwrap.dedent(inspect.getsource(OURS[name].__init__))).body
        assert isinstance(constructor, ast.FunctionDef)
        for argument, default in zip(constructor.args.kwonlyargs, constructor.args.kw_defaults, strict=True):
            if isinstance(default, ast.Name | ast.JoinedStr):
                value = inspect.signature(OURS[name]).parameters[argument.arg].default
                words = value if isinstance(value, tuple) else [value]
                silent += [(name, argument.arg) for word in words if str(word) not in arguments[argument.arg]]
    assert silent == []


# ---- attributes


def attributes(of: type) -> dict[str, str]:
    """The public attributes that the classes of the library declare, and what is said behind them."""
    found: dict[str, str] = {}
    for base in reversed(of.__mro__):
        if not base.__module__.startswith("aibridge_construct"):
            continue
        declared = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(declared, ast.ClassDef)
        for line, behind in pairwise([*declared.body, ast.Pass()]):
            target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
            said = behind.value if isinstance(behind, ast.Expr) else None
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                found[target.id] = str(said.value) if isinstance(said, ast.Constant) else ""
    return {name: text for name, text in found.items() if not name.isupper()} | {
        name: inspect.getdoc(each) or ""
        for base in of.__mro__
        if base.__module__.startswith("aibridge_construct")
        for name, each in vars(base).items()
        if isinstance(each, property) and not name.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_attribute_is_described(name: str) -> None:
    found = attributes(OURS[name])
    assert {attribute for attribute, text in found.items() if not text.endswith(".") and "\n" not in text} == set()


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_attribute_and_its_argument_are_described_in_the_same_words(name: str) -> None:
    """The argument may say more: its default, and what goes with it."""
    arguments = arguments_of(inspect.getdoc(OURS[name]) or "")
    for attribute, text in attributes(OURS[name]).items():
        if attribute in arguments and not isinstance(inspect.getattr_static(OURS[name], attribute, None), property):
            said = " ".join(text.split()).rstrip(".")
            if attribute != "id":
                assert arguments[attribute].lower().startswith(said.lower()), attribute


def arguments_of(documentation: str) -> dict[str, str]:
    section = documentation.partition("\nArgs:\n")[2].partition("\n\n")[0]
    found = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


@pytest.mark.parametrize(
    ("of", "attribute", "words"),
    [
        pytest.param(AIBridgeProxy, "cert_path", "Absolute path of the proxy's CA certificate", id="of a construct"),
        pytest.param(ClaudeCode, "scripts", "Names of the startup units", id="of a base"),
        pytest.param(CoderAgent, "os", "Operating system of the workspace", id="an argument"),
        pytest.param(CoderAgent, "init_script", "Script that downloads and starts the agent", id="computed"),
        pytest.param(CoderAgent, "id", "The id that the provider gives it", id="computed, of a kind of its own"),
        pytest.param(DataCoderWorkspace, "start_count", "1 in a build that starts", id="of a data source"),
    ],
)
def test_help_describes_attributes(of: type, attribute: str, words: str) -> None:
    assert re.search(rf"^ \|  {attribute}\n \|      {re.escape(words)}", shown(of), re.MULTILINE)


def test_a_subclass_of_a_user_has_its_own_signature(app: App) -> None:
    class Mine(AIBridgeProxy):
        """Ours."""

        def __init__(self, scope: TerraformStack, team: str) -> None:
            super().__init__(scope, team, agent_id="${var.agent_id}", proxy_url="https://a.example.com")

    assert [*inspect.signature(Mine).parameters] == ["scope", "team"]
    assert shown(Mine).splitlines()[2].startswith("class Mine(aibridge_construct.proxy.AIBridgeProxy)")
    assert Mine(TerraformStack(app, "stack"), "ai").cert_path == "/tmp/aibridge-proxy/ca-cert.pem"
