"""Dependency wiring tells what refers to what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderScript, Copilot, ProxiedTool, TemplateError, declare_unit
from aibridge_construct.hcl import InvalidTemplateError
from aibridge_construct.testing.wiring import assert_acyclic, assert_depends, wiring
from tests.template_stack import Template, synthesize


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


# Where an expression may stand, and what it refers to of a, b, c (resources of the type t), v (a variable), m and n
# (modules), l (a local) and d (a data source).
EXPRESSIONS = [
    ("${t.a.id}", "t.a"),
    ("x-${t.a.id}-${t.b.id}", "t.a t.b"),
    ("$${t.a.id}", ""),
    ("$$${t.a.id}", ""),
    ("%%{ if t.a.id }", ""),
    ("%{ if var.v }x%{ endif }", "var.v"),
    ("%{ if var.v }${t.a.id}%{ else }${t.b.id}%{ endif }", "t.a t.b var.v"),
    ("%{~ for x in t.a.list ~}${x.id}%{~ endfor ~}", "t.a"),
    ("%{ for t in var.v }${t.a}%{ endfor }", "var.v"),
    ("%{ for k, v in data.t.d.map }${k}${v}${var.v}%{ endfor }", "data.t.d var.v"),
    ('${"}"}${t.a.id}', "t.a"),
    ('${"${t.a.id}}"}', "t.a"),
    ('${"t.a.id"}', ""),
    ('${"\\"t.a.id\\""}', ""),
    ("${1 /* t.a.id */}", ""),
    ("${ # t.a.id\n1}", ""),
    ("${ // t.a.id\nt.b.id}", "t.b"),
    ("t.a.id", ""),
    ("see t.a.id and ${var.v}", "var.v"),
    ("${t.a[0].id}", "t.a"),
    ("${t.a[var.v].id}", "t.a var.v"),
    ('${t.a["b.c"].id}', "t.a"),
    ("${t.a[*].id}", "t.a"),
    ("${t.a.*.id}", "t.a"),
    ("${t.a}", "t.a"),
    ("${resource.t.a.id}", "t.a"),
    ("${data.t.d.id}", "data.t.d"),
    ("${data.t.d}", "data.t.d"),
    ("${local.l}", "local.l"),
    ("${local.l.t.a}", "local.l"),
    ("${module.m.out}", "module.m"),
    ("${module.m[0].out}", "module.m"),
    ("${module.m}", "module.m"),
    ("${merge({ t = t.a.id }, { (t.b.id) = 1 })}", "t.a t.b"),
    ('${{ t.a = 1, "${t.b.id}" = 2 }}', "t.a t.b"),
    ("${{ t = 1, v : var.v }}", "var.v"),
    ("${[for t in var.v : t.a]}", "var.v"),
    ("${[for x in t.a.list : x.id if x.b == t.b.id]}", "t.a t.b"),
    ("${{ for t, a in t.b.map : t => t.a... }}", "t.b"),
    ("${[for x in var.v : [for t in x : t.c]]}", "var.v"),
    ("${var.v ? t.a.id : t.b.id}", "t.a t.b var.v"),
    ("${!var.v && -t.a.n > t.b.n}", "t.a t.b var.v"),
    ("${upper(t.a.id)}", "t.a"),
    ("${t.a.id.upper(t.b)}", "error"),
    ("${provider::t::f(t.a.id)}", "t.a"),
    ("${try(t.a.id, t.b.id)}", "t.a t.b"),
    ("${max(t.a.list...)}", "t.a"),
    ("${<<EOT\nt.a.id ${t.b.id}\nEOT\n}", "t.b"),
    ("${<<-T\n  %{ if var.v }${t.a.id}%{ endif }\n  T\n}", "t.a var.v"),
    ("${t\n.a.id}", "t.a"),
    ("${ t . a . id }", "t.a"),
    ("${self.t.a}", ""),
    ("${each.value.t.a}${count.index}${path.module}${terraform.workspace}", ""),
    ("${t.unknown.id}${var.unknown}", ""),
    ("${t_a.b-c}", ""),
    ("${var.v", "error"),
    ("%{ if var.v }x", "error"),
]
DECLARED: dict[str, Any] = {
    "variable": {"v": {}},
    "locals": {"l": 1},
    "data": {"t": {"d": {}}},
    "module": {"m": {"source": "./m"}, "n": {"source": "./n"}},
    "resource": {"t": {"a": {}, "b": {}, "c": {}}},
}


def referred(kind: str, body: Any) -> list[str]:
    """What an element with this body refers to, whose address is the last one of its kind."""
    content = json.loads(json.dumps(DECLARED))
    if kind == "resource":
        content["resource"]["u"] = {"x": body}
        return wiring(content)["u.x"]
    content.setdefault(kind, {})["x"] = body
    prefix = {"variable": "var", "locals": "local"}.get(kind, kind)
    return wiring(content)[f"{prefix}.x"]


@pytest.mark.parametrize("expression, wanted", [pytest.param(*row, id=row[0]) for row in EXPRESSIONS])
def test_each_expression_refers_to_what_terraform_says(expression: str, wanted: str) -> None:
    places: list[tuple[str, Any]] = [
        ("output", {"value": expression}),
        ("output", {"value": {"key": [{"deep": expression}]}}),
        ("output", {"value": {expression: 1}}),
        ("locals", expression),
        ("module", {"source": "./x", "argument": expression}),
        ("resource", {"block": [{"inner": [{"attribute": expression}]}]}),
        ("resource", {"lifecycle": {"precondition": [{"condition": expression}]}}),
        ("resource", {"provisioner": [{"local-exec": {"command": expression}}]}),
        ("variable", {"validation": [{"condition": expression, "error_message": "no"}]}),
    ]
    for kind, body in places:
        if wanted == "error":
            with pytest.raises(InvalidTemplateError):
                referred(kind, body)
        else:
            assert referred(kind, body) == wanted.split(), kind


PLACES = [
    pytest.param("resource", {"depends_on": ["t.a", "module.m", "data.t.d"]}, "data.t.d module.m t.a", id="depends_on"),
    pytest.param("resource", {"depends_on": ["t.a[0]", 't.b["k.c"]', "${t.c}"]}, "t.a t.b t.c", id="instances"),
    pytest.param("output", {"value": 1, "depends_on": ["t.a"]}, "t.a", id="an output's depends_on"),
    pytest.param("module", {"source": "./x", "depends_on": ["t.a"]}, "t.a", id="a module's depends_on"),
    pytest.param(
        "resource", {"lifecycle": {"replace_triggered_by": ["t.a.id", "t.b[each.key].n"]}}, "t.a t.b", id="triggers"
    ),
    pytest.param("resource", {"lifecycle": [{"replace_triggered_by": ["${t.a}"]}]}, "t.a", id="triggers in a list"),
    pytest.param("resource", {"lifecycle": {"ignore_changes": ["t.a", "all"]}}, "", id="ignored changes"),
    pytest.param("resource", {"count": "${var.v ? 1 : 0}"}, "var.v", id="count"),
    pytest.param("resource", {"for_each": "${toset(t.a.list)}"}, "t.a", id="for_each"),
    pytest.param("resource", {"env": {"depends_on": ["t.a"], "provider": "t.b"}}, "", id="keys of a map"),
    pytest.param("resource", {"//": "${t.a.id}", "x": {"//": "${t.b.id}"}}, "t.b", id="comments"),
    pytest.param(
        "resource",
        {"dynamic": {"t": {"for_each": "${var.v}", "content": {"x": "${t.a}${t.value}", "y": "${data.t.d.x}"}}}},
        "data.t.d var.v",
        id="the variable of a dynamic block",
    ),
    pytest.param(
        "resource",
        {
            "dynamic": [
                {
                    "x": [
                        {
                            "for_each": "${t.a.list}",
                            "iterator": "it",
                            "content": {"dynamic": {"y": {"for_each": "${it.value}", "content": {"z": "${t.b.id}"}}}},
                        }
                    ]
                }
            ]
        },
        "t.a t.b",
        id="dynamic blocks in each other",
    ),
    pytest.param("variable", {"default": "${t.a.id}", "description": "${t.b.id}", "type": "t.c"}, "", id="a variable"),
    pytest.param("output", {"value": 1, "description": "${t.a.id}"}, "", id="a description"),
    pytest.param("module", {"source": "t.a", "version": "${t.b.id}"}, "", id="a source"),
    pytest.param("module", {"source": "./x", "for_each": "${t.a.map}"}, "t.a", id="a repeated module"),
]


@pytest.mark.parametrize("kind, body, wanted", PLACES)
def test_each_place_is_read_as_terraform_reads_it(kind: str, body: Any, wanted: str) -> None:
    assert referred(kind, body) == wanted.split()


def test_the_message_of_an_unreadable_expression_names_its_element() -> None:
    with pytest.raises(InvalidTemplateError) as caught:
        wiring({"output": {"x": {"value": "${var.a"}}})
    assert caught.value.__notes__ == ["in output.x"]


def test_providers_are_elements_and_a_resource_depends_on_the_one_that_it_names() -> None:
    content = {
        "variable": {"url": {}},
        "provider": {"docker": [{"host": "${var.url}"}, {"alias": "far", "host": "x"}]},
        "resource": {"docker_volume": {"a": {"provider": "docker.far"}, "b": {"provider": "docker"}, "c": {}}},
        "module": {"m": {"source": "./m", "providers": {"docker": "docker.far"}}},
    }
    assert wiring(content) == {
        "docker_volume.a": ["provider.docker.far"],
        "docker_volume.b": ["provider.docker"],
        "docker_volume.c": [],
        "module.m": ["provider.docker.far"],
        "provider.docker": ["var.url"],
        "provider.docker.far": [],
        "var.url": [],
    }


# ---- directories and stacks


def test_a_directory_has_the_elements_of_all_its_files(tmp_path: Path) -> None:
    found = wiring(synthesize(tmp_path / "out"))
    assert found["data.coder_parameter.region"] == []
    assert "data.coder_parameter.region" in found["coder_agent.main"]
    assert found == wiring(str(tmp_path / "out/stacks/demo"))


def test_native_syntax_is_wired_as_json_is(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"), hcl_output=True)
    json_syntax = wiring(Template(app))
    app.synth()
    assert wiring(tmp_path / "out/stacks/demo") == json_syntax


def test_a_stack_has_what_its_directory_has(app: App, tmp_path: Path) -> None:
    assert wiring(Template(app)) == wiring(synthesize(tmp_path / "out"))


MODULE = """
variable "url" {}
variable "unused" { default = 1 }
resource "coder_script" "run" {
  script   = "echo ${var.url}"
  agent_id = "x"
}
output "id" { value = coder_script.run.id }
output "one" { value = 1 }
"""


@pytest.fixture
def with_a_module(tmp_path: Path) -> Path:
    (tmp_path / "modules/m").mkdir(parents=True)
    (tmp_path / "modules/m/main.tf").write_text(MODULE)
    (tmp_path / "main.tf").write_text("""
        variable "proxy" {}
        resource "t" "before" {}
        module "m" {
          source     = "./modules/m"
          url        = var.proxy
          depends_on = [t.before]
        }
        resource "t" "uses" { x = module.m.id }
        resource "t" "uses_little" { x = module.m.one }
        resource "t" "waits" { depends_on = [module.m] }
    """)
    return tmp_path


def test_a_module_that_is_pushed_along_has_its_insides_and_their_edges(with_a_module: Path) -> None:
    assert wiring(with_a_module) == {
        "module.m": ["t.before", "var.proxy"],
        "module.m.coder_script.run": ["module.m.var.url", "t.before"],
        "module.m.output.id": ["module.m.coder_script.run"],
        "module.m.output.one": [],
        "module.m.var.unused": [],
        "module.m.var.url": ["var.proxy"],
        "t.before": [],
        "t.uses": ["module.m.output.id"],
        "t.uses_little": ["module.m.output.one"],
        "t.waits": ["module.m"],
        "var.proxy": [],
    }
    assert_depends(with_a_module, "t.uses", "module.m", "var.proxy", "t.before")
    assert_depends(with_a_module, "t.waits", "module.m.coder_script.run")
    assert_acyclic(with_a_module)
    with pytest.raises(AssertionError, match=r"t\.uses_little does not depend on var\.proxy"):
        assert_depends(with_a_module, "t.uses_little", "var.proxy")


def test_a_file_that_terraform_could_not_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "t" {')
    with pytest.raises(TemplateError, match=r"main\.tf cannot be read"):
        wiring(tmp_path)


# ---- startup units


def script(text: str, agent: str = "${coder_agent.main.id}", **more: Any) -> dict[str, Any]:
    return {"script": text, "agent_id": agent, "run_on_start": True, **more}


def scripts(**named: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {"coder_agent": {"main": {}, "gpu": {}}, "coder_script": named}}


SYNC = "#!/bin/sh\n{}\n"


def test_the_proxy_its_tools_and_copilot_wait_for_each_others_units(stack: TerraformStack) -> None:
    agent = CoderAgent(stack, "main", os="linux", arch="amd64")
    prepare = CoderScript(
        stack,
        "prepare",
        agent_id=agent.id,
        display_name="Prepare",
        run_on_start=True,
        script="coder exp sync start company-ca && install && coder exp sync complete company-ca",
    )
    proxy = AIBridgeProxy(
        stack, "proxy", agent_id=agent.id, proxy_url="https://proxy.example.com", after=["company-ca"]
    )
    first = ProxiedTool(stack, "first", proxy=proxy, command=["true"], runtimes=["curl"])
    ProxiedTool(stack, "second", proxy=proxy, command=["true"], runtimes=["curl"], after=[first])
    Copilot(stack, "copilot", agent_id=agent.id, workdir="/x", proxy=proxy)
    declare_unit(prepare, "company-ca", agent_id=agent.id)
    found = wiring(stack)
    (setup,) = (address for address in found if address.startswith("coder_script.proxy_setup"))
    (one,) = (address for address in found if address.startswith("coder_script.first_run"))
    (two,) = (address for address in found if address.startswith("coder_script.second_run"))
    (copilot,) = (address for address in found if address.startswith("module."))
    assert found["unit.company-ca"] == ["coder_script.prepare"]
    assert found["unit.aibridge-proxy-setup"] == [setup]
    assert "unit.company-ca" in found[setup]
    assert "unit.aibridge-proxy-setup" in found[one]
    assert "unit.aibridge-proxy-setup" in found[copilot]
    assert_depends(found, two, one, setup, "coder_script.prepare", "unit.company-ca")
    assert_depends(found, copilot, "coder_script.prepare")
    assert_acyclic(found)


CALLS = [
    pytest.param("coder exp sync start a\ncoder exp sync complete a", {"unit.a": ["coder_script.x"]}, [], id="start"),
    pytest.param("coder exp sync complete 'a b'", {"unit.a b": ["coder_script.x"]}, [], id="quotes"),
    pytest.param(
        "coder exp sync want a b && coder exp sync start a --timeout 10m || exit",
        {"unit.a": ["coder_script.x"], "unit.b": []},
        ["unit.b"],
        id="a dependency",
    ),
    pytest.param("if ! coder exp sync want a b c; then :; fi", {"unit.a": ["unit.b", "unit.c"]}, [], id="of another"),
    pytest.param("# coder exp sync start a", {}, [], id="a comment"),
    pytest.param('coder exp sync start "$unit"', {}, [], id="a variable of the shell"),
    pytest.param("coder exp sync start ${var.v}", {}, [], id="a value of Terraform"),
    pytest.param("echo 'coder exp sync start", {}, [], id="an open quote"),
    pytest.param("coder exp sync ping; coder exp sync status a", {}, [], id="other calls"),
]


@pytest.mark.parametrize("text, units, wants", CALLS)
def test_calls_of_the_cli_are_read(text: str, units: dict[str, list[str]], wants: list[str]) -> None:
    content = {**scripts(x=script(SYNC.format(text))), "variable": {"v": {}}}
    found = wiring(content)
    assert {node: found[node] for node in units} == units
    assert [each for each in found["coder_script.x"] if each.startswith("unit.")] == wants
    if not units:
        assert not any(node.startswith("unit.") for node in found)


def test_units_of_two_agents_are_two() -> None:
    begin, wait = "coder exp sync start a", "coder exp sync want b a; coder exp sync start b"
    gpu = "${coder_agent.gpu.id}"
    found = wiring(scripts(x=script(begin), y=script(wait), z=script(begin, gpu), w=script(wait, gpu)))
    assert found["unit.a@coder_agent.main"] == ["coder_script.x"]
    assert found["unit.a@coder_agent.gpu"] == ["coder_script.z"]
    assert "unit.a@coder_agent.gpu" in found["coder_script.w"]


# ---- assertions


CHAIN = {"a.a": ["b.b"], "b.b": ["c.c"], "c.c": [], "var.v": ["var.v"], "d.setup_1533919B": []}


def test_a_dependency_through_others_is_one() -> None:
    assert_depends(CHAIN, "a.a", "b.b", "c.c")
    assert_depends(CHAIN, "a.a[0]", 'c.c["x.y"]')
    assert_depends({"output": {"o": {"value": "${var.v}"}}, "variable": {"v": {}}}, "output.o", "var.v")


@pytest.mark.parametrize(
    "address, on, words",
    [
        ("a.a", "d.setup_1533919B", "a.a does not depend on d.setup_1533919B. It depends on b.b, c.c."),
        ("b.b", "c.d", "there is no c.d in what is pushed. Did you mean c.c?"),
        ("c.c", "a.a", "c.c does not depend on a.a. It is the other way round: a.a depends on c.c."),
        ("c.c", "var.v", "c.c does not depend on var.v. It depends on nothing."),
        ("a.a", "d.setup", "there is no d.setup in what is pushed. Did you mean d.setup_1533919B?"),
        ("x.yyyyyyyyy", "a.a", "there is no x.yyyyyyyyy in what is pushed. There are: a.a, b.b,"),
    ],
)
def test_a_dependency_that_is_not_there_is_told_with_the_nearest(address: str, on: str, words: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_depends(CHAIN, address, on)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "content, words",
    [
        pytest.param({"a.a": ["b.b"], "b.b": ["c.c"], "c.c": ["b.b"]}, "Elements .*: b.b -> c.c -> b.b", id="three"),
        pytest.param({"a.a": ["a.a"]}, "Elements depend on each other: a.a -> a.a", id="itself"),
        pytest.param(
            scripts(
                x=script("coder exp sync want a b; coder exp sync start a"),
                y=script("coder exp sync want b a; coder exp sync start b"),
            ),
            "Scripts wait for each other, so none of them starts: coder_script.x -> unit.b -> coder_script.y -> unit.a",
            id="scripts",
        ),
    ],
)
def test_a_circle_is_told_with_its_way_round(content: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        assert_acyclic(content)


def test_what_terraform_takes_is_no_circle() -> None:
    assert_acyclic(CHAIN)
    # Terraform looks into the module: one of its inputs may need what another of its outputs gives.
    assert_acyclic({"module.m": ["t.a"], "t.a": ["module.m"]})
    assert_acyclic({f"t.a{number}": [f"t.a{number + 1}"] for number in range(2000)} | {"t.a2000": []})


# ---- drawings


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("drawn")
    content = scripts(
        third=script("coder exp sync want c b; coder exp sync start c", display_name='Say "hi" <b>'),
        second=script("coder exp sync want b a; coder exp sync start b"),
        first=script("coder exp sync start a"),
        nightly=script("coder exp sync want n a; coder exp sync start n", run_on_start=False),
    )
    (folder / "cdk.tf.json").write_text(json.dumps(content))
    (folder / "circle").mkdir()
    (folder / "circle/main.tf").write_text('resource "t" "a" { x = t.b.id }\nresource "t" "b" { x = t.a.id }\n')

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "aibridge_construct.testing.wiring", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    return run


def test_a_command_draws_what_depends_on_what_and_the_order_of_a_start(
    drawn: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = drawn(".")
    assert (done.returncode, done.stderr) == (0, "")
    lines = list(map(str.strip, done.stdout.splitlines()))
    assert lines[0] == "flowchart LR"
    assert 's1["1 · coder_script.first"]' in lines
    assert 's2["2 · coder_script.second"]' in lines
    assert 's3["3 · Say #quot;hi#quot; #lt;b#gt;<br>coder_script.third"]' in lines
    assert 's1 -- "a" --> s2' in lines
    assert 's2 -- "b" --> s3' in lines
    nodes = {line.partition("[")[2][1:-2]: line.partition("[")[0] for line in lines if line.startswith("n")}
    assert f"{nodes['coder_script.second']} --> {nodes['unit.a']}" in lines
    assert f"{nodes['unit.a']} --> {nodes['coder_script.first']}" in lines
    assert not any("nightly" in line for line in lines if line.startswith("s"))


def test_the_command_speaks_graphviz_too(drawn: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    lines = list(map(str.strip, drawn(".", "--format", "dot").stdout.splitlines()))
    assert lines[0] == "digraph wiring {"
    assert 's3 [label="3 · Say \\"hi\\" <b>\\ncoder_script.third"]' in lines
    assert 's1 -> s2 [label="a"]' in lines


@pytest.mark.parametrize(
    "arguments, words",
    [
        pytest.param(["nowhere"], "nowhere is no directory. Synthesize it first.", id="no directory"),
        pytest.param(["circle"], "Elements depend on each other: t.a -> t.b -> t.a.", id="a circle"),
    ],
)
def test_the_command_says_what_is_wrong(
    drawn: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], words: str
) -> None:
    done = drawn(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert "Traceback" not in done.stderr
