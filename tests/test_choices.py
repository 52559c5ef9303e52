"""What Python decides: lists, words to choose from, True or False, ids; each is refused in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, TerraformVariable

from aibridge_construct import (
    AIBridgeError,
    AIBridgeProxy,
    AIBridgeProxyModule,
    ClaudeCode,
    CoderAgent,
    CoderApp,
    CoderEnv,
    CoderMetadata,
    CoderScript,
    CoderTemplate,
    Codex,
    ConflictError,
    Copilot,
    DataCoderParameter,
    DataCoderWorkspacePreset,
    EditorSettings,
    GenericProvider,
    GenericResource,
    InvalidValueError,
    MissingArgumentError,
    ProxiedTool,
    declare_unit,
)
from aibridge_construct.testing import Deployment, Module, build_mirror, coder_mirror, workspace_environment

URL = "https://aiproxy.example.com:8888"
LINUX: dict[str, Any] = {"os": "linux", "arch": "amd64"}


class World:
    """A stack with an agent, a proxy and a variable."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.stack = TerraformStack(app, "stack")
        self.agent = CoderAgent(self.stack, "main", **LINUX)
        self.proxy = AIBridgeProxy(self.stack, "aibridge", agent_id=self.agent.id, proxy_url=URL)
        self.variable = TerraformVariable(self.stack, "given", type="string")

    def tool(self, **arguments: Any) -> ProxiedTool:
        return ProxiedTool(self.stack, "tool", **{"proxy": self.proxy, "command": ["true"], **arguments})

    def editors(self, **arguments: Any) -> EditorSettings:
        return EditorSettings(self.stack, "editors", proxy=self.proxy, **arguments)

    def second(self, **arguments: Any) -> AIBridgeProxy:
        return AIBridgeProxy(self.stack, "second", **{"agent_id": self.agent.id, "proxy_url": URL, **arguments})

    def env(self, id: Any = "env", scope: Any = None, **arguments: Any) -> CoderEnv:
        return CoderEnv(scope or self.stack, id, agent_id=self.agent.id, name="A", value="b", **arguments)


@pytest.fixture
def world(app: App) -> World:
    return World(app)


Make = Callable[[World, Any], object]


def _preset(w: World, schedule: Any) -> DataCoderWorkspacePreset:
    prebuilds = {"instances": 1, "scheduling": {"timezone": "UTC", "schedule": schedule}}
    return DataCoderWorkspacePreset(w.stack, "x", name="x", prebuilds=prebuilds)


LISTS: list[tuple[str, Make]] = [
    ("runtimes", lambda w, text: w.tool(runtimes=text)),
    ("after", lambda w, text: w.tool(after=text)),
    ("after", lambda w, text: w.second(after=text)),
    ("gateway", lambda w, text: w.tool(gateway=text)),
    ("no_proxy", lambda w, text: w.tool(no_proxy=text)),
    ("no_proxy", lambda w, text: w.proxy.environment(no_proxy=text)),
    ("no_proxy", lambda w, text: w.editors(proxy_settings=True, no_proxy=text)),
    ("editors", lambda w, text: w.editors(editors=text)),
    ("depends_on", lambda w, text: w.tool(depends_on=text)),
    ("depends_on", lambda w, text: w.env(depends_on=text)),
    ("replace_triggered_by", lambda w, text: w.env(lifecycle={"replace_triggered_by": text})),
    ("ignore_changes", lambda w, text: w.env(lifecycle={"ignore_changes": text})),
    ("wants", lambda w, text: declare_unit(w.stack, "unit", agent_id=w.agent.id, wants=text)),
    ("trusted_directories", lambda w, text: _copilot(w, trusted_directories=text)),
    ("allow_tools", lambda w, text: _copilot(w, allow_tools=text)),
    ("deny_tools", lambda w, text: _copilot(w, deny_tools=text)),
    ("mcp_config_remote_path", lambda w, text: Codex(w.stack, "x", agent_id="a", mcp_config_remote_path=text)),
    ("allow_paths", lambda w, text: CoderTemplate(w.app, "x", allow_paths=text)),
    ("maps", lambda w, text: GenericResource(w.stack, "x", "a_b", maps=text)),
    ("maps", lambda w, text: GenericProvider(w.stack, "x", source="a/b", maps=text)),
    ("metadata", lambda w, text: CoderAgent(w.stack, "x", metadata=text, **LINUX)),
    ("item", lambda w, text: CoderMetadata(w.stack, "x", resource_id="r", item=text)),
    ("option", lambda w, text: DataCoderParameter(w.stack, "x", name="x", option=text)),
    ("prebuilds.scheduling.schedule", _preset),
    ("groups", lambda w, text: workspace_environment(groups=text)),
    ("required", lambda w, text: Module(SOURCE, version="1.0.0", required=text)),
    ("optional", lambda w, text: Module(SOURCE, version="1.0.0", optional=text)),
    ("sensitive", lambda w, text: Module(SOURCE, version="1.0.0", sensitive=text)),
    ("tokens", lambda w, text: Deployment(Path("ca.pem"), tokens=text)),
    ("modules", lambda w, text: coder_mirror("/nowhere", modules=text)),
    ("providers", lambda w, text: build_mirror("/nowhere", providers=text)),
]
SOURCE = "registry.example.com/a/b/c"


def _copilot(w: World, **arguments: Any) -> Copilot:
    return Copilot(w.stack, "copilot", agent_id=w.agent.id, workdir="/home/coder", **arguments)


@pytest.mark.parametrize(
    ("name", "make"), [pytest.param(name, make, id=f"{name}-{n}") for n, (name, make) in enumerate(LISTS)]
)
def test_a_text_in_the_place_of_a_list_is_refused_and_not_taken_letter_by_letter(
    world: World, name: str, make: Make
) -> None:
    with pytest.raises(
        InvalidValueError, match=rf"^{name}(?: of .*)? must be a list of .*, for example .*\[.*\]"
    ) as caught:
        make(world, "node")
    assert "Got 'node'" in str(caught.value)
    assert caught.value.field == name


WORDS: list[tuple[str, str, Make]] = [
    ("nod", "node", lambda w, word: w.tool(runtimes=[word])),
    ("JavaScript", "node", lambda w, word: w.proxy.environment(word)),
    ("Codx", "codex", lambda w, word: w.tool(client=word)),
    ("fial", "fail", lambda w, word: w.tool(on_unavailable=word)),
    ("opnai", "openai", lambda w, word: w.tool(gateway=[word])),
    ("VSCode", "vscode", lambda w, word: w.editors(editors=[word])),
    ("Linux", "linux", lambda w, word: CoderAgent(w.stack, "x", os=word, arch="amd64")),
    ("macos", "darwin", lambda w, word: CoderAgent(w.stack, "x", os=word, arch="amd64")),
    ("x86_64", "amd64", lambda w, word: CoderAgent(w.stack, "x", os="linux", arch=word)),
    ("aarch64", "arm64", lambda w, word: CoderAgent(w.stack, "x", os="linux", arch=word)),
    ("hihg", "high", lambda w, word: Codex(w.stack, "x", agent_id="a", model_reasoning_effort=word)),
    ("strat", "start", lambda w, word: workspace_environment(transition=word)),
    ("sting", "string", lambda w, word: DataCoderParameter(w.stack, "x", name="x", type=word)),
]


@pytest.mark.parametrize(("wrong", "right", "make"), [pytest.param(*case, id=case[0]) for case in WORDS])
def test_a_word_that_is_none_to_choose_from_draws_the_nearest(world: World, wrong: str, right: str, make: Make) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make(world, wrong)
    assert f"Got '{wrong}'. Did you mean {right}?" in str(caught.value)


def test_a_word_near_to_none_draws_no_hint(world: World) -> None:
    with pytest.raises(InvalidValueError, match=r'on_unavailable must be "fail" or "direct"\. Got \'panic\'\.$'):
        world.tool(on_unavailable="panic")


DECIDED: list[tuple[str, Make]] = [
    ("runtimes", lambda w, given: w.tool(runtimes=[given])),
    ("runtimes", lambda w, given: w.tool(runtimes=given)),
    ("runtimes", lambda w, given: w.proxy.environment(given)),
    ("client", lambda w, given: w.tool(client=given)),
    ("on_unavailable", lambda w, given: w.tool(on_unavailable=given)),
    ("gateway", lambda w, given: w.tool(gateway=[given])),
    ("no_proxy", lambda w, given: w.tool(no_proxy=[given])),
    ("editors", lambda w, given: w.editors(editors=[given])),
    ("wait_seconds", lambda w, given: w.tool(wait_seconds=given)),
    ("background", lambda w, given: w.tool(background=given)),
    ("proxy_settings", lambda w, given: w.editors(proxy_settings=given)),
    ("launcher", lambda w, given: w.second(launcher=given)),
    ("system_trust", lambda w, given: w.second(system_trust=given)),
    ("id", lambda w, given: ProxiedTool(w.stack, given, proxy=w.proxy, command=["true"])),
    ("id", lambda w, given: AIBridgeProxy(w.stack, given, agent_id="a", proxy_url=URL)),
    ("id", lambda w, given: w.env(given)),
    ("id", lambda w, given: CoderTemplate(w.app, id=given)),
    ("coder_version", lambda w, given: CoderTemplate(w.app, "x", coder_version=given)),
    ("source", lambda w, given: _copilot(w, source=given)),
    ("version", lambda w, given: ClaudeCode(w.stack, "x", agent_id="a", version=given)),
    ("source", lambda w, given: GenericProvider(w.stack, "x", source=f"{given}/b")),
    ("alias", lambda w, given: GenericProvider(w.stack, "x", source="a/b", alias=given)),
    ("type", lambda w, given: GenericResource(w.stack, "x", given)),
]


@pytest.mark.parametrize("kind", ["token", "expression"])
@pytest.mark.parametrize(
    ("name", "make"), [pytest.param(name, make, id=f"{name}-{n}") for n, (name, make) in enumerate(DECIDED)]
)
def test_what_only_terraform_knows_is_refused_where_python_decides(
    world: World, name: str, make: Make, kind: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make(world, world.variable.string_value if kind == "token" else "${var.given}")
    words = str(caught.value)
    assert re.match(rf"{name}(?: of .*)? must (?:be|hold) ", words)
    assert "It is decided in Python, so it must be known when the template is synthesized. Got " in words
    assert "only Terraform knows" in words
    assert "TfToken" not in words


@pytest.mark.parametrize("argument", ["after", "no_proxy", "runtimes", "gateway"])
def test_a_list_that_only_terraform_knows_is_refused_too(world: World, argument: str) -> None:
    given = TerraformVariable(world.stack, "list", type="list(string)").list_value
    with pytest.raises(InvalidValueError, match=rf"^{argument} must be a list .* It is decided in Python"):
        world.tool(**{argument: given})


PARTS: list[tuple[str, Make]] = [
    ("timeout of ProxiedTool 'tool' must be at least", lambda w, _: w.tool(timeout=0.5)),
    ("icon of ProxiedTool 'tool' holds", lambda w, _: w.tool(icon="${HOME}/x")),
    ("run_on_start of ProxiedTool 'tool' must be True or False", lambda w, _: w.tool(run_on_start="yes")),
    ("script of ProxiedTool 'tool' has", lambda w, _: w.tool(command=["x" * 140_000])),
    (
        "start_blocks_login of ProxiedTool 'tool' needs",
        lambda w, _: w.tool(run_on_start=False, cron="0 0 9 * * 1-5", start_blocks_login=True),
    ),
    ("icon of AIBridgeProxy 'second' holds", lambda w, _: w.second(icon="${HOME}/x")),
    ("icon of EditorSettings 'editors' holds", lambda w, _: w.editors(icon="${HOME}/x")),
    ("start_blocks_login of EditorSettings 'editors' must", lambda w, _: w.editors(start_blocks_login="x")),
    ("icon of Mine 'mine' holds", lambda w, _: Mine(w.stack, "mine", proxy=w.proxy, command="x", icon="%{x}")),
    ("coder_url of CoderTemplate 'x' must be a URL", lambda w, _: CoderTemplate(w.app, "x", coder_url="a\nb")),
    # What a user puts into one has a name of the user's own.
    ("coder_script 'run' would never run", lambda w, _: _own(w.stack)),
    ("coder_script 'extra' would never run", lambda w, _: _own(w.tool(), "extra")),
]


class Mine(ProxiedTool):
    """A class of a user's own."""


def _own(scope: Any, id: str = "run") -> CoderScript:
    return CoderScript(scope, id, agent_id="a", display_name="x", script="true")


@pytest.mark.parametrize(("words", "make"), [pytest.param(*case, id=case[0]) for case in PARTS])
def test_an_error_names_what_the_user_wrote_and_not_what_it_is_made_of(world: World, words: str, make: Make) -> None:
    with pytest.raises(InvalidValueError, match=f"^{words}"):
        make(world, None)


NO_SWITCH: Any = {"prevent_destroy": "x"}

MADE: list[tuple[type[AIBridgeError], str, Make]] = [
    (ConflictError, "The stack 'stack' has an AIBridgeProxy 'aibridge' already", lambda w, _: w.env("aibridge")),
    (ConflictError, "has a CoderAgent 'main' already.*give GenericResource", lambda w, _: _generic(w, "main")),
    (ConflictError, "give ClaudeCode another id", lambda w, _: ClaudeCode(w.stack, "main", agent_id=w.agent.id)),
    (ConflictError, "ProxiedTool 'stack/tool' has a CoderScript 'run' already", lambda w, _: w.env("run", w.tool())),
    (ConflictError, "The app has a TerraformStack 'stack' already", lambda w, _: CoderTemplate(w.app, "stack")),
    (ConflictError, "give AIBridgeProxyModule another", lambda w, _: [AIBridgeProxyModule(w.app) for _ in "12"]),
    (InvalidValueError, "^id of CoderEnv must not be empty: write a name, for example", lambda w, _: w.env("")),
    (InvalidValueError, '^id of CoderEnv must be a text, for example "main". Got 5 ', lambda w, _: w.env(5)),
    (InvalidValueError, "^id of CoderTemplate must not be empty", lambda w, _: CoderTemplate(w.app, "")),
    (InvalidValueError, "must not contain white space.*Write 'a-b'. Got", lambda w, _: CoderTemplate(w.app, "a b")),
    (InvalidValueError, r"must not contain '\*'", lambda w, _: CoderTemplate(w.app, "a*")),
    (InvalidValueError, r"^scope of CoderEnv must be a stack or a construct in one", lambda w, _: w.env("x", w.app)),
    (InvalidValueError, "^scope of CoderEnv must be a construct to put it into", lambda w, _: w.env("x", "stack")),
    (InvalidValueError, "^for_each of CoderEnv 'env' must be an iterator", lambda w, _: w.env(for_each=["a"])),
    (InvalidValueError, "^prevent_destroy of CoderEnv 'env' must be", lambda w, _: w.env(lifecycle=NO_SWITCH)),
    (InvalidValueError, "^connection of CoderEnv 'env' must be a mapping", lambda w, _: w.env(connection="x")),
    (MissingArgumentError, r"^CoderApp needs id\. Write CoderApp\(self, \"main\"", lambda w, _: _without_id(w)),
    (InvalidValueError, "^provisioners of CoderEnv 'env' must be a list", lambda w, _: w.env(provisioners="x")),
]


def _without_id(w: World) -> object:
    make: Any = CoderApp
    return make(w.stack, agent_id="a", slug="a")


def _generic(w: World, id: str) -> GenericResource:
    return GenericResource(w.stack, id, "docker_network")


@pytest.mark.parametrize(("kind", "words", "make"), [pytest.param(*case, id=case[1]) for case in MADE])
def test_what_the_engine_refuses_of_a_call_is_said_in_words_of_the_call(
    world: World, kind: type[AIBridgeError], words: str, make: Make
) -> None:
    with pytest.raises(kind, match=words) as caught:
        make(world, None)
    assert caught.value.__cause__ is None


def test_a_refused_synthesis_is_said_in_words_of_python_whoever_catches_it(world: World) -> None:
    world.second()
    with pytest.raises(RuntimeError, match=r"\(App\(skip_validation=True\) would leave them out\):\n") as caught:
        world.app.synth()
    assert "skipValidation" not in str(caught.value)
    assert str(caught.value).endswith("Give one of them another cert_path.")


def test_a_file_of_the_template_takes_no_token_which_nobody_would_resolve(world: World) -> None:
    text = f"# Owner: {world.variable.string_value}\n"
    given: dict[str, dict[str, Any]] = {"readme": {"readme": text}, "files['a.md']": {"files": {"a.md": text}}}
    for name, arguments in given.items():
        with pytest.raises(InvalidValueError, match=rf"^{re.escape(name)} must be text.* It is decided in Python"):
            CoderTemplate(world.app, "x", **arguments)
    CoderTemplate(world.app, "x", readme="# Run `echo ${HOME}`\n", files={"a.sh": "echo ${HOME}\n"})


def number(world: World) -> float:
    return TerraformVariable(world.stack, "number", type="number").number_value


def script(world: World, text: Any) -> CoderScript:
    return CoderScript(world.stack, "s", agent_id=world.agent.id, display_name="s", script=text, run_on_start=True)


def claude(world: World, **arguments: Any) -> ClaudeCode:
    return ClaudeCode(world.stack, "c", agent_id=world.agent.id, **arguments)


def copilot(world: World, **arguments: Any) -> Copilot:
    return Copilot(world.stack, "c", agent_id=world.agent.id, workdir="/work", proxy=world.proxy, **arguments)


@pytest.mark.parametrize(
    ("words", "make"),
    [
        pytest.param("script of coder_script 's' must be a string", lambda w: script(w, ["a"]), id="list-as-script"),
        pytest.param("script of coder_script 's' must be a string", lambda w: script(w, b"a"), id="bytes-as-script"),
        pytest.param(
            "metadata.script of coder_agent 'b' must be a string",
            lambda w: CoderAgent(w.stack, "b", **LINUX, metadata=[{"key": "k", "script": ["top"], "interval": 1}]),
            id="list-in-a-block",
        ),
        pytest.param("command must be a list of strings", lambda w: w.tool(command=5), id="number-as-command"),
        pytest.param("command must be a list of strings", lambda w: w.tool(command=Path("x")), id="path-as-command"),
        pytest.param("command must be a list of strings", lambda w: w.tool(command={"a": 1}), id="map-as-command"),
        pytest.param("count must be a whole number", lambda w: w.tool(count=float("nan")), id="nan-as-count"),
        pytest.param(
            "timeout of ProxiedTool 'tool' holds 8.1", lambda w: w.tool(timeout=-number(w)), id="number-turned-round"
        ),
        pytest.param(
            "x of a_b 'g' holds nan", lambda w: GenericResource(w.stack, "g", "a_b", {"x": float("nan")}), id="nan"
        ),
        pytest.param("ai_prompt of Copilot 'c' must be a text", lambda w: copilot(w, ai_prompt=["a"]), id="prompt"),
        pytest.param("order of Copilot 'c' must be a number", lambda w: copilot(w, order="first"), id="order"),
        pytest.param(
            "allow_all_tools of Copilot 'c' must be True", lambda w: copilot(w, allow_all_tools="yes"), id="flag"
        ),
        pytest.param(
            "model of ClaudeCode 'c' must be a text",
            lambda w: claude(w, model=["opus"]),
            id="model",
        ),
    ],
)
def test_a_value_of_another_type_is_refused_where_it_is_given(
    world: World, words: str, make: Callable[[World], object]
) -> None:
    with pytest.raises(InvalidValueError, match=re.escape(words)):
        make(world)
