"""Apps of two engines, each tried in turn: `python -m tests.mixed OUR_ENGINE` prints what refused which, as JSON.

Both engines must be installed. What is of the other engine is made afresh for each case.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

OURS = sys.argv[1]
os.environ["AIBRIDGE_ENGINE"] = OURS

from constructs import Construct  # noqa: E402

import aibridge_construct as library  # noqa: E402
from aibridge_construct._engine import ENGINE  # noqa: E402

ours: Any = import_module(OURS)
theirs: Any = import_module({"cdktf": "cdktn", "cdktn": "cdktf"}[OURS])


class Case:
    """One try: an app of each engine, a template of ours, an agent in it."""

    def __init__(self) -> None:
        self.app = ours.App(outdir=tempfile.mkdtemp())
        self.template = library.CoderTemplate(self.app, "demo")
        self.agent = library.CoderAgent(self.template, "main", os="linux", arch="amd64")
        self.their_app = theirs.App(outdir=tempfile.mkdtemp())
        self.their_stack = theirs.TerraformStack(self.their_app, "theirs")
        self.their_group = Construct(self.their_stack, "group")
        self.their_variable = theirs.TerraformVariable(self.their_stack, "variable", type="string")
        self.their_provider = theirs.TerraformProvider(
            self.their_stack, "provider", terraform_resource_type="coder", terraform_provider_source="coder/coder"
        )
        self.their_resource = self.their_resource_in(self.their_stack)

    def their_resource_in(self, scope: Any, id: str = "resource") -> Any:
        return theirs.TerraformResource(scope, id, terraform_resource_type="terraform_data")

    def env(self, **given: Any) -> Any:
        given = {"agent_id": self.agent.id, "name": "A", "value": "x", **given}
        return library.CoderEnv(self.template, "env", **given)

    def proxy(self, scope: Any = None, **given: Any) -> Any:
        given = {"agent_id": self.agent.id, "proxy_url": "https://a.example.com:1", **given}
        return library.AIBridgeProxy(scope or self.template, "proxy", **given)

    def generic(self, **given: Any) -> Any:
        return library.GenericResource(self.template, "data", "terraform_data", **given)


class Late:
    """What an element of the program's own says only when it is synthesized."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def element(self, stack: Any) -> None:
        value = self._value

        class Element(ours.TerraformElement):  # type: ignore[misc]
            def to_terraform(self) -> Any:
                return {"locals": {"late": value}}

        Element(stack, "late")


CASES: dict[str, Callable[[Case], object]] = {
    # ours in their tree
    "our template in their app": lambda case: library.CoderTemplate(case.their_app, "ours"),
    "our module in their app": lambda case: library.AIBridgeProxyModule(case.their_app, "ours"),
    "our resource in their stack": lambda case: library.CoderAgent(case.their_stack, "a", os="linux", arch="amd64"),
    "our data source in their stack": lambda case: library.DataCoderWorkspace(case.their_stack, "me"),
    "our shared data source in their stack": lambda case: library.DataCoderWorkspace.shared(case.their_stack),
    "our provider in their stack": lambda case: library.CoderProvider(case.their_stack, "coder"),
    "our construct in their stack": lambda case: case.proxy(case.their_stack),
    "our resource in a group in their stack": lambda case: library.CoderAgent(
        case.their_group, "a", os="linux", arch="amd64"
    ),
    "our construct in a group in their stack": lambda case: case.proxy(case.their_group),
    "our generic resource in their stack": lambda case: library.GenericResource(
        case.their_stack, "g", "terraform_data"
    ),
    "our generic provider in their stack": lambda case: library.GenericProvider(
        case.their_stack, "g", source="hashicorp/null"
    ),
    "our check of their stack": lambda case: library.check_template(case.their_stack),
    # theirs in our tree
    "their stack in our app": lambda case: theirs.TerraformStack(case.app, "other"),
    "their resource in our stack": lambda case: case.their_resource_in(case.template),
    "their resource in a group in our stack": lambda case: case.their_resource_in(Construct(case.template, "group")),
    "their resource in our construct": lambda case: case.their_resource_in(case.proxy()),
    "their data source in our stack": lambda case: theirs.TerraformDataSource(
        case.template, "d", terraform_resource_type="coder_workspace"
    ),
    "their provider in our stack": lambda case: theirs.TerraformProvider(
        case.template, "p", terraform_resource_type="null", terraform_provider_source="hashicorp/null"
    ),
    "their variable in our stack": lambda case: theirs.TerraformVariable(case.template, "v", type="string"),
    "their output in our stack": lambda case: theirs.TerraformOutput(case.template, "o", value="x"),
    "their local in our stack": lambda case: theirs.TerraformLocal(case.template, "l", "x"),
    "their module call in our stack": lambda case: theirs.TerraformHclModule(case.template, "m", source="./m"),
    "their backend in our stack": lambda case: theirs.LocalBackend(case.template, path="x"),
    # theirs given to ours
    "their resource in depends_on": lambda case: case.env(depends_on=[case.their_resource]),
    "their group in depends_on": lambda case: case.env(depends_on=[case.their_group]),
    "their resource in depends_on of the proxy": lambda case: case.proxy(depends_on=[case.their_resource]),
    "their provider": lambda case: case.env(provider=case.their_provider),
    "their count": lambda case: case.env(count=theirs.TerraformCount.of(1)),
    "their iterator": lambda case: case.env(for_each=theirs.TerraformIterator.from_list(["a"])),
    "their lifecycle": lambda case: case.env(lifecycle=theirs.TerraformResourceLifecycle(prevent_destroy=True)),
    "their lifecycle, assigned": lambda case: setattr(
        case.env(), "lifecycle", theirs.TerraformResourceLifecycle(prevent_destroy=True)
    ),
    "their condition in a lifecycle": lambda case: case.env(
        lifecycle={"precondition": [theirs.Precondition(condition="${true}", error_message="x")]}
    ),
    "their resource as a trigger": lambda case: case.env(lifecycle={"replace_triggered_by": [case.their_resource]}),
    "their Fn as a text": lambda case: case.env(value=theirs.Fn.join(",", ["a"])),
    "their Fn within a text": lambda case: case.env(value=f"x{theirs.Fn.join(',', ['a'])}"),
    "their Fn as a number": lambda case: library.CoderApp(
        case.template, "app", agent_id=case.agent.id, slug="app", order=theirs.Fn.length_of(["a"])
    ),
    "their Fn as an object": lambda case: case.env(count=None, value=theirs.Fn.conditional(True, "a", "b")),
    "their Fn as a list": lambda case: case.generic(body={"input": theirs.Fn.tolist("x")}),
    "their Fn in a block": lambda case: library.CoderAgent(
        case.template,
        "b",
        os="linux",
        arch="amd64",
        metadata=[library.AgentMetadata(key="a", script=theirs.Fn.join(",", ["a"]), interval=1)],
    ),
    "their Fn in a generic body": lambda case: case.generic(body={"input": {"a": [theirs.Fn.join(",", ["a"])]}}),
    "their Fn, assigned": lambda case: setattr(case.env(), "value", theirs.Fn.join(",", ["a"])),
    "their Fn as an agent's id": lambda case: case.proxy(agent_id=theirs.Fn.join(",", ["a"])),
    "their Fn as the proxy's URL": lambda case: case.proxy(proxy_url=theirs.Fn.join(",", ["a"])),
    "their Fn in a command": lambda case: library.ProxiedTool(
        case.template, "tool", proxy=case.proxy(), command=["x", theirs.Fn.join(",", ["a"])], runtimes=["curl"]
    ),
    "their Fn in a module call": lambda case: library.Copilot(
        case.template, "c", agent_id=case.agent.id, workdir=theirs.Fn.join("", ["/a"]), proxy=case.proxy()
    ),
    "their Fn in terraform_json": lambda case: case.env(
        value=library.terraform_json({"a": theirs.Fn.join(",", ["a"])})
    ),
    "their variable's value": lambda case: case.env(value=case.their_variable.string_value),
    "their resource's attribute": lambda case: case.env(value=case.their_resource.get_string_attribute("id")),
    "their Token": lambda case: case.env(value=theirs.Token.as_string({"a": 1})),
    "their Fn in our Fn": lambda case: ours.Fn.upper(theirs.Fn.join(",", ["a"])),
    "our Fn in their Fn": lambda case: theirs.Fn.upper(ours.Fn.join(",", [case.agent.id])),
    "their Fn in an output of ours": lambda case: ours.TerraformOutput(
        case.template, "o", value=theirs.Fn.join(",", ["a"])
    ),
    "their Fn in an override": lambda case: case.template.add_override(
        "resource.terraform_data.a.input", theirs.Fn.join(",", ["a"])
    ),
    "their Fn that only synthesis sees": lambda case: Late(theirs.Fn.join(",", ["a"])).element(case.template),
    "their object that only synthesis sees": lambda case: Late(theirs.Token.as_any({"a": 1})).element(case.template),
    "their synthesizer": lambda case: setattr(case.template, "synthesizer", case.their_stack.synthesizer),
    # no mixture
    "each app by itself": lambda case: case.their_app.synth(),
    "the same in ours": lambda case: case.env(value=ours.Fn.join(",", [case.agent.id]), depends_on=[case.agent]),
}


def tried(make: Callable[[Case], object]) -> list[str]:
    """Where it ended (at construction, at synthesis, not at all), and with what words."""
    case = Case()
    where = "construction"
    try:
        make(case)
        where = "synthesis"
        case.app.synth()
    except Exception as error:  # noqa: BLE001 # whatever comes is what is looked at
        return [where, f"{type(error).__name__}: {error}"]
    return ["accepted", ""]


if __name__ == "__main__":
    assert ENGINE == OURS
    print(json.dumps({name: tried(make) for name, make in CASES.items()}))
