"""What Coder refuses although Terraform plans it: each rule through all four doors, and its near miss."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, Fn, LocalBackend, TerraformHclModule, TerraformOutput, TerraformStack
from constructs import Construct

from aibridge_construct import (
    AIBridgeProxy,
    CoderProvider,
    Copilot,
    InvalidValueError,
    ProxiedTool,
    TemplateError,
)
from aibridge_construct.coder.agent import CoderAgent
from aibridge_construct.coder.app import CoderApp
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
from aibridge_construct.coder.parameter import DataCoderParameter
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.coder.workspace_owner import DataCoderWorkspaceOwner
from aibridge_construct.push import check_directory
from aibridge_construct.template import CoderTemplate, check_template
from aibridge_construct.testing.build import import_template, pack
from aibridge_construct.testing.mirror import Mirror

Mistake = Callable[[TerraformStack], object]

START = "${data.coder_workspace.me.start_count}"
PROXY_URL = "https://aiproxy.example.com:8888"


def agent(stack: Construct, id: str = "main", **more: Any) -> CoderAgent:
    return CoderAgent(stack, id, os="linux", arch="amd64", **more)


def renamed(stack: TerraformStack, id: str, name: str, scope: Construct | None = None) -> None:
    agent(scope or stack, id).override_logical_id(name)


def two_agents_of_one_name(stack: TerraformStack) -> None:
    agent(stack, "main")
    agent(stack, "Main")


def apps(stack: TerraformStack, *slugs: str, **more: Any) -> None:
    for number, slug in enumerate(slugs):
        owner = agent(stack, f"agent-{number}")
        CoderApp(stack, f"app-{number}", agent_id=owner.id, slug=slug, url="http://localhost:1", **more)


def computed_slugs(stack: TerraformStack, *slugs: str) -> None:
    DataCoderWorkspace.shared(stack)
    apps(stack, *slugs)


def beside_copilot(stack: TerraformStack, slug: str, **more: Any) -> None:
    owner = agent(stack)
    Copilot(stack, "copilot", agent_id=owner.id, workdir="/home/coder", **more)
    CoderApp(stack, "app", agent_id=owner.id, slug=slug, url="http://localhost:1")


def beside_code_server(stack: TerraformStack, **given: str) -> None:
    owner = agent(stack)
    source = "registry.coder.com/coder/code-server/coder"
    TerraformHclModule(stack, "editor", source=source, version="1.4.0", variables={"agent_id": owner.id, **given})
    CoderApp(stack, "app", agent_id=owner.id, slug="code-server", url="http://localhost:1")


def counted_apps(stack: TerraformStack, slug: str, *counts: object) -> None:
    DataCoderWorkspace.shared(stack)
    owner = agent(stack)
    for number, count in enumerate(counts):
        app = CoderApp(stack, f"app-{number}", agent_id=owner.id, slug="x", url="http://localhost:1")
        app.add_override("slug", slug)
        app.add_override("count", count)


def each_app(stack: TerraformStack, slug: str, for_each: object) -> None:
    app = CoderApp(stack, "app", agent_id=agent(stack).id, slug="x", url="http://localhost:1")
    app.add_override("slug", slug)
    app.add_override("for_each", for_each)


def parameters(stack: TerraformStack, *names: str) -> None:
    for number, name in enumerate(names):
        DataCoderParameter(Construct(stack, f"p{number}"), "x", name=name, default="1")


def presets(stack: TerraformStack, *bodies: dict[str, Any]) -> None:
    for number, body in enumerate(bodies):
        stack.add_override(f"data.coder_workspace_preset.p{number}", body)


def region(stack: TerraformStack, name: str) -> None:
    parameters(stack, "region")
    presets(stack, {"name": "eu", "parameters": {name: "1"}})


def tags(stack: TerraformStack, value: Any) -> None:
    DataCoderParameter(stack, "zone", name="zone", default="eu")
    DataCoderWorkspace.shared(stack)
    stack.add_override("data.coder_workspace_tags.all.tags", value)


def metadata(stack: TerraformStack, *targets: str) -> object:
    stack.add_override("resource.terraform_data", {"home": {}, "machine": {}})
    return [
        CoderMetadata(
            stack,
            f"m{number}",
            resource_id=f"${{terraform_data.{target}.id}}",
            item=[MetadataItem(key="a", value="b")],
        )
        for number, target in enumerate(targets)
    ]


def agents_metadata(stack: TerraformStack) -> object:
    id = agent(stack).id
    return [CoderMetadata(stack, name, resource_id=id, item=[MetadataItem(key="a", value="b")]) for name in ("x", "y")]


def env(stack: TerraformStack, value: str, name: str = "HERE") -> None:
    CoderEnv(stack, "here", agent_id=agent(stack).id, name=name, value=value)


def beside(stack: TerraformStack) -> TerraformStack:
    return TerraformStack(App.of(stack), "other")


def proxy(stack: TerraformStack, url: str = PROXY_URL) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "aibridge", agent_id=agent(stack, "proxied").id, proxy_url=url)


def dynamic(stack: TerraformStack) -> None:
    env(stack, "${[for x in [1] : x][0]}")
    stack.add_override(
        "resource.coder_metadata.x",
        {
            "resource_id": "${coder_agent.main.id}",
            "dynamic": {"item": {"for_each": {"a": "b"}, "content": {"key": "${item.key}", "value": "${item.value}"}}},
        },
    )


def script(stack: TerraformStack, text: str) -> None:
    CoderScript(stack, "s", agent_id=agent(stack).id, display_name="s", script=text, run_on_start=True)


VENV, PROJECT = sys.prefix, str(Path.cwd())
PRESET = {"name": "small", "parameters": {}}
REPEATED = "but slugs are unique in a template, over all its agents"

# A mistake, what is said of it, and what is nearly the same and right.
RULES: dict[str, tuple[Mistake, tuple[str, ...], Mistake]] = {
    "an underscore in the name of an agent": (
        lambda stack: agent(stack, "my_agent"),
        ("coder_agent.my_agent is an agent named 'my_agent'", 'Give it the id "my-agent"'),
        lambda stack: agent(stack, "My-agent-2"),
    ),
    "a space in the name of an agent": (
        lambda stack: renamed(stack, "main", "a--b"),
        ("coder_agent.a--b is an agent named 'a--b'", 'agent.override_logical_id("a-b")'),
        lambda stack: agent(Construct(stack, "my_workspace"), "Main Agent"),
    ),
    "two agents of one name": (
        two_agents_of_one_name,
        ("coder_agent.Main and coder_agent.main are both an agent named 'main'", "Give one of them another id"),
        lambda stack: [agent(scope) for scope in (stack, Construct(stack, "deeper"), Construct(stack, "Deeper"))],
    ),
    "an agent with instances": (
        lambda stack: agent(stack, count=2),
        ("coder_agent.main has 2 instances, which all are an agent named 'main'",),
        lambda stack: (DataCoderWorkspace.shared(stack), agent(stack).add_override("count", START)),
    ),
    "a slug of two agents' apps": (
        lambda stack: apps(stack, "code", "code"),
        ("coder_app.app-0 and coder_app.app-1 have the slug 'code'", REPEATED, "another slug"),
        lambda stack: apps(stack, "code", "code-2"),
    ),
    "the slug of Copilot's own app": (
        lambda stack: beside_copilot(stack, "copilot"),
        ("coder_app.app and module.copilot_module", "have the slug 'copilot'", REPEATED, "another slug"),
        lambda stack: beside_copilot(stack, "copilot-cli"),
    ),
    "the slug of Copilot's app for terminals": (
        lambda stack: beside_copilot(stack, "copilot-cli", cli_app=True),
        ("coder_app.app and module.copilot_module", "have the slug 'copilot-cli'"),
        lambda stack: beside_copilot(stack, "copilot-2", cli_app=True),
    ),
    "the slug of code-server's own app": (
        beside_code_server,
        ("coder_app.app and module.editor have the slug 'code-server'",),
        lambda stack: beside_code_server(stack, slug="editor"),
    ),
    "a slug of apps with the same count": (
        lambda stack: counted_apps(stack, "code", START, START),
        ("coder_app.app-0 and coder_app.app-1 have the slug 'code'",),
        lambda stack: counted_apps(stack, "code", START, "${1 - data.coder_workspace.me.start_count}"),
    ),
    "a slug without the index": (
        lambda stack: counted_apps(stack, "code", 2),
        ("coder_app.app-0 has 2 instances with the slug 'code'", 'slug="code-${count.index}"'),
        lambda stack: counted_apps(stack, "code-${count.index}", 2),
    ),
    "a slug without the key": (
        lambda stack: each_app(stack, "code", '${toset(["a", "b"])}'),
        ("coder_app.app has 2 instances with the slug 'code'", REPEATED, 'slug="code-${each.key}"'),
        lambda stack: each_app(stack, "code-${each.key}", '${toset(["a", "b"])}'),
    ),
    "a computed slug twice": (
        lambda stack: computed_slugs(stack, "${data.coder_workspace.me.name}", "${data.coder_workspace.me.name}"),
        ("have the slug '${data.coder_workspace.me.name}'", REPEATED),
        lambda stack: computed_slugs(stack, "${data.coder_workspace.me.name}", "${data.coder_workspace.me.id}"),
    ),
    "a parameter twice": (
        lambda stack: parameters(stack, "region", "region"),
        ("data.coder_parameter.p0_x_", "have the name 'region', but the names of parameters are unique"),
        lambda stack: parameters(stack, "region", "Region"),
    ),
    "a preset twice": (
        lambda stack: presets(stack, PRESET, PRESET),
        ("data.coder_workspace_preset.p0 and data.coder_workspace_preset.p1 have the name 'small'", "another name"),
        lambda stack: presets(stack, PRESET, {"name": "large"}),
    ),
    "a preset's value for no parameter": (
        lambda stack: region(stack, "regoin"),
        ("data.coder_workspace_preset.p0 has a value for the parameter 'regoin'", "Did you mean region?"),
        lambda stack: region(stack, "region"),
    ),
    "two default presets": (
        lambda stack: presets(stack, {**PRESET, "default": True}, {"name": "large", "default": True}),
        ("data.coder_workspace_preset.p0 and data.coder_workspace_preset.p1 both have default=True",),
        lambda stack: presets(stack, {**PRESET, "default": True}, {"name": "large", "default": False}),
    ),
    "metadata of one resource from two places": (
        lambda stack: metadata(stack, "home", "home"),
        ("coder_metadata.m0 and coder_metadata.m1 are both about terraform_data.home", "Put all items into one"),
        lambda stack: (metadata(stack, "home", "machine"), agents_metadata(stack)),
    ),
    "tags that are computed": (
        lambda stack: tags(stack, '${merge({"zone" = "eu"}, {})}'),
        ("data.coder_workspace_tags.all has the tags", "Coder reads a map that is written out"),
        lambda stack: tags(stack, {"zone": "eu"}) if isinstance(stack, CoderTemplate) else None,
    ),
    "tags that are known too late": (
        lambda stack: tags(stack, {"zone": "${data.coder_workspace.me.name}"}),
        ("data.coder_workspace_tags.all.tags['zone'] refers to data.coder_workspace.me", "parameters and variables"),
        lambda stack: (
            tags(stack, {"zone": "${data.coder_parameter.zone.value}"}) if isinstance(stack, CoderTemplate) else None
        ),
    ),
    "a value of another stack": (
        lambda stack: env(stack, agent(beside(stack), "theirs").init_script),
        ("data.terraform_remote_state.cross-stack-reference-input-other", "of the stack 'other'", "the stack 'demo'"),
        lambda stack: stack.add_override(
            "data.terraform_remote_state.network", {"backend": "http", "config": {"address": "https://example.com"}}
        ),
    ),
    "the proxy of another stack, written as text": (
        lambda stack: env(stack, proxy(beside(stack)).proxy_auth_url),
        ("coder_env.here.value refers to data.coder_workspace_owner.me", "make an AIBridgeProxy in this stack"),
        lambda stack: env(stack, proxy(stack).proxy_auth_url),
    ),
    "a reference to nothing": (
        lambda stack: env(stack, '${upper("${local.nothing}")}'),
        ("coder_env.here.value refers to local.nothing",),
        dynamic,
    ),
    "a file at an escaped path": (
        lambda stack: env(stack, Fn.file("${path.module}/x.sh")),
        (
            "coder_env.here.value reads a file at a path with $${path.module} in it",
            'templatefile("${path.module}/a.sh"',
        ),
        lambda stack: env(stack, '${fileexists("${path.module}/x.sh") ? "a" : "$${path.module}"}'),
    ),
    "a template at an escaped path": (
        lambda stack: env(stack, f"a {Fn.templatefile(Fn.join('/', ['${path.root}', 'x.sh']), {'n': 'x'})}"),
        ("coder_env.here.value reads a file at a path with $${path.root} in it",),
        lambda stack: env(stack, '${join("", ["$${path.module}/x", basename("/x")])} $${HOME}'),
    ),
    "a file of the home": (
        lambda stack: env(stack, '${file("/home/ada/templates/x.sh")}'),
        ("coder_env.here.value holds the path '/home/ada/templates/x.sh', the home of this machine", "allow_paths"),
        lambda stack: env(stack, '/home/adam/x /mnt/home/ada ${fileexists("/var/run/secrets/token") ? "/usr" : ""}'),
    ),
    "the home in a script": (
        lambda stack: script(stack, "#!/bin/sh\n# made in file:///home/ada\ncd '/home/ada'\n"),
        ("coder_script.s.script holds the path '/home/ada'",),
        lambda stack: script(stack, "#!/bin/sh\ncd /home/coder/project; . /root/.profile; . ~/x; cat /tmp/a\n"),
    ),
    "a file of the project": (
        lambda stack: env(stack, f"{PROJECT}/setup.sh"),
        (f"coder_env.here.value holds the path '{PROJECT}/setup.sh', the project of this machine",),
        lambda stack: env(stack, f"{PROJECT}-2/setup.sh https://example.com{PROJECT}"),
    ),
    "the virtual environment": (
        lambda stack: env(stack, f"exec {VENV}/bin/python"),
        (f"holds the path '{VENV}/bin/python', the virtual environment of this machine",),
        lambda stack: env(stack, "exec /opt/venv/bin/python"),
    ),
    "the output directory": (
        lambda stack: env(stack, "/srv/build/cdktf.out/stacks/demo/x"),
        ("holds the path '/srv/build/cdktf.out/stacks/demo/x', an output directory",),
        lambda stack: env(stack, "cdktf.out/stacks/demo/x"),
    ),
    "a path in a module call": (
        lambda stack: stack.add_override(
            "module.m", {"source": "registry.coder.com/x/y/coder", "list": ["a", {"k": "/home/ada/x"}]}
        ),
        ("module.m.list[1].k holds the path '/home/ada/x'",),
        lambda stack: None,
    ),
    "a module of this machine": (
        lambda stack: stack.add_override("module.m.source", "/opt/modules/x"),
        ("module.m has the source '/opt/modules/x', a path of this machine", "TerraformAsset(stack"),
        lambda stack: None,
    ),
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")


def make(app: App, kind: str) -> TerraformStack:
    if kind == "template":
        return CoderTemplate(app, "demo")
    stack = TerraformStack(app, "demo")
    LocalBackend(stack, path="terraform.tfstate")
    CoderProvider(stack, "coder")
    check_template(stack)
    return stack


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["template", "plain stack"])
def test_every_door_refuses_with_the_address_and_the_cure(tmp_path: Path, mirror: Mirror, rule: str, kind: str) -> None:
    mistake, words, _ = RULES[rule]
    app = App(outdir=str(tmp_path / "cdktf.out"))
    mistake(make(app, kind))
    said = {}
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    said["synth"] = str(caught.value)

    unchecked = App(outdir=str(tmp_path / "unchecked"), skip_validation=True)
    mistake(make(unchecked, kind))
    unchecked.synth()
    directory = tmp_path / "unchecked/stacks/demo"
    archive = pack(directory, check=False)
    doors: dict[str, Callable[[], object]] = {
        "check_directory": lambda: check_directory(directory),
        "pack": lambda: pack(directory),
        "import_template": lambda: import_template(archive, mirror=mirror),
    }
    for door, check in doors.items():
        with pytest.raises(TemplateError) as refused:
            check()
        said[door] = str(refused.value)
    for door, message in said.items():
        for word in words:
            assert word in message, f"{door}: {message}"
        # One mistake, one line (and that a plain stack writes no native files is one of its own).
        lines = [line for line in message.splitlines() if line.startswith("- ") and "native files only" not in line]
        assert len(lines) == 1, f"{door}: {message}"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", ["template", "plain stack"])
def test_what_is_nearly_a_mistake_passes(tmp_path: Path, rule: str, kind: str) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    RULES[rule][2](make(app, kind))
    app.synth()
    check_directory(tmp_path / "cdktf.out/stacks/demo")


@pytest.mark.parametrize(
    "text",
    [
        '${file("$${path.module}/a.sh")}',
        '${templatefile(join("/", ["$${path.module}", "a.sh"]), {n = "x"})}',
        '${filebase64sha256("$${path.module}/a.sh")}',
        '${fileset("$${path.cwd}", "*")}',
        '${[for f in ["a"] : upper(file("$${path.module}/${f}"))][0]}',
    ],
)
def test_an_escaped_path_in_a_text_is_refused_at_construction(stack: TerraformStack, text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"value of coder_env 'here' reads a file at a path with \$\$\{path\."):
        env(stack, text)


@pytest.mark.parametrize(
    "text",
    [
        '${templatefile("a.sh", {n = "$${HOME}"})}',
        "file('$${path.module}')",
        '${upper("$${path.module}")}',
        'file("$${x}"',
    ],
)
def test_an_escape_beside_a_path_is_left_alone(stack: TerraformStack, text: str) -> None:
    env(stack, text)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    template = CoderTemplate(app, "demo")
    agent(template, "my_agent")
    apps(template, "code", "code")
    parameters(template, "region", "region")
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    assert str(caught.value).count("\n- ") == 3


# ---- agents in constructs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ["path", "id", "name"],
    [
        pytest.param(["workspace"], "main", "workspace-main", id="the path"),
        pytest.param(["Work Space", "inner_one"], "Main_X", "work-space-inner-one-main-x", id="what Coder refuses"),
        pytest.param(["1st"], "main", "agent-1st-main", id="a digit first"),
        pytest.param(["é"], "ü", "agent", id="no letter of a name"),
    ],
)
def test_an_agent_in_a_construct_has_a_name_that_coder_takes(app: App, path: list[str], id: str, name: str) -> None:
    scope: Construct = CoderTemplate(app, "demo")
    for step in path:
        scope = Construct(scope, step)
    made = agent(scope, id)
    assert made.address == f"coder_agent.{name}"
    app.synth()


def test_a_name_that_another_agent_has_gets_a_number(app: App) -> None:
    template = CoderTemplate(app, "demo")
    agent(template, "Team-main")
    names = [agent(Construct(template, folder), "main").address for folder in ("team", "TEAM", "tEam")]
    assert names == ["coder_agent.team-main-2", "coder_agent.team-main-3", "coder_agent.team-main-4"]
    app.synth()


def test_an_agent_in_a_construct_can_be_named_otherwise(app: App) -> None:
    template = CoderTemplate(app, "demo")
    made = agent(Construct(template, "workspace"), "main")
    made.override_logical_id("dev")
    assert made.address == "coder_agent.dev"
    app.synth()


def test_an_agent_on_a_stack_keeps_its_id(stack: TerraformStack) -> None:
    assert agent(stack, "My_Agent").address == "coder_agent.My_Agent"


# ---- modules that are pushed along --------------------------------------------------------------------------

MODULE = """
variable "agents" { default = 1 } # one line
resource "coder_agent" "inner_agent" {
  os   = "linux"
  arch = "amd64"
  env  = { HOME = "/home/ada/x" }
}
resource "coder_app" "code" {
  agent_id = coder_agent.inner_agent.id
  slug     = "code"
  url      = <<-EOT
    http://localhost:${var.port}
  EOT
}
"""


def test_local_modules_are_looked_into(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    template = CoderTemplate(app, "demo", files={"modules/m/main.tf": MODULE})
    for id in ("one", "two"):
        TerraformHclModule(template, id, source="./modules/m", skip_asset_creation_from_local_modules=True)
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    lines = [line for line in str(caught.value).splitlines() if line.startswith("- ")]
    for words in (
        "module.one.coder_agent.inner_agent is an agent named 'inner_agent'",
        'In the module write resource "coder_agent" "inner-agent"',
        "module.one.coder_agent.inner_agent and module.two.coder_agent.inner_agent are both an agent named",
        "module.one.coder_app.code and module.two.coder_app.code have the slug 'code'",
        "module.two.coder_agent.inner_agent.env.HOME holds the path '/home/ada/x'",
        "module.two.coder_app.code.url refers to var.port, which module.two does not declare",
    ):
        assert any(words in line for line in lines), "\n".join(lines)


def test_a_module_that_calls_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "main.tf").write_text('module "a" {\n  source = "./m"\n}\n')
    (tmp_path / "m/main.tf").write_text('module "b" {\n  source = "../m"\n}\n')
    check_directory(tmp_path)


@pytest.mark.parametrize("name", ["main.tf", "modules/m/main.tf"])
def test_what_cannot_be_read_as_configuration_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "modules/m").mkdir(parents=True)
    (tmp_path / "call.tf").write_text('module "m" {\n  source = "./modules/m"\n}\n')
    (tmp_path / name).write_text('resource "coder_agent" "main" {\n  os = "linux\n}\n')
    with pytest.raises(TemplateError, match=rf"- {name} cannot be read as configuration: .* in line 2"):
        check_directory(tmp_path)


# ---- whose path it is ---------------------------------------------------------------------------------------


def paths(directory: Path, value: str, **more: Any) -> str:
    """What is said of a value."""
    directory.mkdir(exist_ok=True)
    content = {"resource": {"terraform_data": {"x": {"input": value}}}}
    (directory / "main.tf.json").write_text(json.dumps(content))
    try:
        check_directory(directory, **more)
    except TemplateError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("/home/coder/project", id="a folder of the workspace"),
        pytest.param("/home/coder", id="the bare home"),
        pytest.param("/home/coder/.bashrc", id="a file of every home"),
        pytest.param("/home/coder/not-here", id="what is not here"),
    ],
)
def test_a_home_that_workspaces_have_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HOME", "/home/coder")
    assert paths(tmp_path / "x", value) == ""


def test_what_terraform_reads_in_such_a_home_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/coder")
    assert "holds the path '/home/coder/x.sh', the home" in paths(tmp_path / "x", '${file("/home/coder/x.sh")}')
    assert "'/home/coder/x'" in paths(tmp_path / "x", '${templatefile("/home/coder/x", { a = "b" })}')


@pytest.mark.parametrize(
    ["type", "body"],
    [
        ("terraform_data", {"provisioner": {"local-exec": {"command": "cat /home/coder/x"}}}),
        ("docker_image", {"name": "x", "build": [{"context": "/home/coder/x"}]}),
    ],
)
def test_what_runs_where_coder_builds_reads_such_a_home_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type: str, body: dict[str, Any]
) -> None:
    monkeypatch.setenv("HOME", "/home/coder")
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {type: {"x": body}}}))
    with pytest.raises(TemplateError, match=rf"{type}\.x\..* holds the path '/home/coder/x', the home of this machine"):
        check_directory(tmp_path)


def test_a_file_that_is_there_in_such_a_home_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aibridge_construct.push._places._IMAGE_HOMES", (str(tmp_path / "root"),))
    monkeypatch.setenv("HOME", str(tmp_path / "root"))
    (tmp_path / "root/templates").mkdir(parents=True)
    (tmp_path / "root/templates/x.sh").write_text("")
    (tmp_path / "root/.profile").write_text("")
    assert "x.sh', the home of this machine" in paths(tmp_path / "x", f"{tmp_path}/root/templates/x.sh")
    assert paths(tmp_path / "x", f"{tmp_path}/root/templates") == ""
    assert paths(tmp_path / "x", f"{tmp_path}/root/.profile") == ""


@pytest.mark.parametrize("home", ["/", "/tmp", "/usr"])
def test_a_home_that_every_machine_has_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    assert paths(tmp_path / "x", "/tmp/a /usr/bin/env /home/coder") == ""


def test_a_path_that_is_meant_can_be_allowed(tmp_path: Path) -> None:
    value = "/home/ada/x /home/ada/y"
    assert paths(tmp_path / "x", value, allow_paths=["/home/ada/x", Path("/home/ada/y")]) == ""
    assert paths(tmp_path / "x", value, allow_paths=["/home/ada"]) == ""
    assert "'/home/ada/y'" in paths(tmp_path / "x", value, allow_paths=["/home/ada/x"])


@pytest.mark.parametrize("kind", ["template", "plain stack"])
def test_a_path_can_be_allowed_at_every_door(tmp_path: Path, mirror: Mirror, kind: str) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    allow = ["/home/ada/x"]
    stack: TerraformStack
    if kind == "template":
        stack = CoderTemplate(app, "demo", allow_paths=allow)
    else:
        stack = TerraformStack(app, "demo")
        LocalBackend(stack, path="terraform.tfstate")
        check_template(stack, allow_paths=allow)
    env(stack, "/home/ada/x/y")
    app.synth()
    archive = pack(tmp_path / "cdktf.out/stacks/demo", allow_paths=allow)
    import_template(archive, mirror=mirror, allow_paths=allow)
    import_template(archive, mirror=mirror, check=False)


@pytest.mark.parametrize("given", ["/home/ada", ["x"], 3, [""]])
def test_allow_paths_lists_absolute_paths(app: App, given: Any) -> None:
    with pytest.raises(InvalidValueError, match="allow_paths must be a list of absolute paths, for example"):
        CoderTemplate(app, "demo", allow_paths=given)


# ---- one address, one element -------------------------------------------------------------------------------


def outputs_twice(stack: TerraformStack) -> None:
    proxy(stack).add_outputs()
    other = agent(stack, "other")
    AIBridgeProxy(stack, "second", agent_id=other.id, proxy_url=PROXY_URL).add_outputs()


def an_output_of_that_name(stack: TerraformStack) -> None:
    proxy(stack).add_outputs()
    TerraformOutput(stack, "cert_path", value="x")


def one_name(stack: TerraformStack) -> None:
    renamed(stack, "one", "main")
    renamed(stack, "two", "main", Construct(stack, "deeper"))


@pytest.mark.parametrize(
    ["mistake", "words"],
    [
        pytest.param(
            outputs_twice,
            [
                "demo/aibridge/output_cert_path and demo/second/output_cert_path are both output.cert_path",
                "are both output.proxy_auth_url",
                "call add_outputs of one proxy only",
            ],
            id="outputs twice",
        ),
        pytest.param(
            an_output_of_that_name,
            ["demo/aibridge/output_cert_path and demo/cert_path are both output.cert_path"],
            id="an output of one's own",
        ),
        pytest.param(
            one_name,
            ["demo/one and demo/deeper/two are both coder_agent.main", "leave override_logical_id out"],
            id="one logical id",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["template", "plain stack"])
def test_two_elements_with_one_address_are_not_merged(app: App, mistake: Mistake, words: list[str], kind: str) -> None:
    mistake(make(app, kind))
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    for word in words:
        assert word in str(caught.value)


def test_one_name_of_two_types_is_no_clash(app: App) -> None:
    template = CoderTemplate(app, "demo")
    proxy(template).add_outputs()
    env(template, "x")
    inner = Construct(template, "inner")
    CoderEnv(inner, "x", agent_id="a1", name="A", value="x").override_logical_id("main")
    DataCoderWorkspaceOwner(inner, "y").override_logical_id("main")
    app.synth()


# ---- another stack's proxy ----------------------------------------------------------------------------------


def test_the_proxy_of_another_stack_is_refused_where_it_is_used(app: App) -> None:
    theirs = proxy(CoderTemplate(app, "theirs"))
    mine = CoderTemplate(app, "mine")
    owner = agent(mine)
    words = r"proxy must be an AIBridgeProxy of this stack, 'mine': .* Got 'theirs/aibridge' of the stack 'theirs'"
    with pytest.raises(InvalidValueError, match=words):
        ProxiedTool(mine, "tool", proxy=theirs, command=["x"])
    with pytest.raises(InvalidValueError, match=words):
        Copilot(mine, "copilot", agent_id=owner.id, workdir="/home/coder", proxy=theirs)
