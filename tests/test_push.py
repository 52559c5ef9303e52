"""What Coder refuses although Terraform plans it: each rule through all four doors, and its near miss."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, LocalBackend, TerraformHclModule, TerraformOutput, TerraformStack
from constructs import Construct

from aibridge_construct import AIBridgeProxy, CoderProvider, InvalidValueError, TemplateError
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


def tags(stack: TerraformStack, value: Any) -> None:
    DataCoderParameter(stack, "zone", name="zone", default="eu")
    DataCoderWorkspace.shared(stack)
    stack.add_override("data.coder_workspace_tags.all.tags", value)


def metadata(stack: TerraformStack, *targets: str) -> None:
    stack.add_override("resource.terraform_data", {"home": {}, "machine": {}})
    for number, target in enumerate(targets):
        CoderMetadata(
            stack,
            f"m{number}",
            resource_id=f"${{terraform_data.{target}.id}}",
            item=[MetadataItem(key="a", value="b")],
        )


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
        lambda stack: [agent(stack), agent(Construct(stack, "deeper"), "main"), agent(Construct(stack, "Deeper"), "main")],
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
        ("coder_app.app has 2 instances with the slug 'code'", REPEATED),
        lambda stack: each_app(stack, "code-${each.key}", '${toset(["a", "b"])}'),
    ),
    "a computed slug twice": (
        lambda stack: (
            DataCoderWorkspace.shared(stack),
            apps(stack, "${data.coder_workspace.me.name}", "${data.coder_workspace.me.name}"),
        ),
        ("have the slug '${data.coder_workspace.me.name}'", REPEATED),
        lambda stack: (
            DataCoderWorkspace.shared(stack),
            apps(stack, "${data.coder_workspace.me.name}", "${lower(data.coder_workspace.me.id)}"),
        ),
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
    "two default presets": (
        lambda stack: presets(stack, {**PRESET, "default": True}, {"name": "large", "default": True}),
        ("data.coder_workspace_preset.p0 and data.coder_workspace_preset.p1 both have default=True",),
        lambda stack: presets(stack, {**PRESET, "default": True}, {"name": "large", "default": False}),
    ),
    "metadata of one resource from two places": (
        lambda stack: metadata(stack, "home", "home"),
        ("coder_metadata.m0 and coder_metadata.m1 are both about terraform_data.home", "Put all items into one"),
        lambda stack: metadata(stack, "home", "machine"),
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


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdktf.out"))
    template = CoderTemplate(app, "demo")
    agent(template, "my_agent")
    apps(template, "code", "code")
    parameters(template, "region", "region")
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    assert str(caught.value).count("\n- ") == 3
