"""What an import brings with it: the engine, and with it a Node process, only where something is declared."""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import aibridge_construct
from aibridge_construct import testing
from aibridge_construct.testing import providers, terraform

# Each room of the package, imported alone. A new one is not in the table: say here what it costs.
STARTS_NODE = {
    "_engine",
    "_stack",
    "addresses",
    "claims",
    "claude_code",
    "coder._agent_name",
    "coder._agents",
    "coder._dependencies",
    "coder._instances",
    "coder._parameter_rules",
    "coder.agent",
    "coder.agent_blocks",
    "coder.agent_instance",
    "coder.ai_task",
    "coder.app",
    "coder.bodies",
    "coder.devcontainer",
    "coder.element",
    "coder.env",
    "coder.external_agent",
    "coder.external_auth",
    "coder.given",
    "coder.meta",
    "coder.metadata",
    "coder.parameter",
    "coder.provider",
    "coder.provisioner",
    "coder.reading",
    "coder.rendering",
    "coder.requirement",
    "coder.script",
    "coder.secret",
    "coder.shared",
    "coder.stated",
    "coder.taking",
    "coder.task",
    "coder.workspace",
    "coder.workspace_owner",
    "coder.workspace_preset",
    "coder.workspace_tags",
    "codex",
    "copilot",
    "editors",
    "encoding",
    "gateway",
    "generic",
    "inputs",
    "module",
    "native",
    "ordering",
    "placement",
    "proxy",
    "registry",
    "route",
    "setup",
    "synthesis",
    "template",
    "tool",
    "variables",
}
WITHOUT_NODE = {
    "",
    "__main__",
    "_channel",
    "_choice",
    "_lazy",
    "_mixing",
    "_node",
    "_refusals",
    "_version",
    "arguments",
    "choices",
    "clients",
    "coder",
    "coder._preset_rules",
    "coder._said",
    "coder.blocks",
    "coder.checks",
    "coder.size",
    "detours",
    "environment",
    "errors",
    "generic_body",
    "hcl",
    "hcl._cursor",
    "hcl._lexer",
    "hcl._parser",
    "hcl._reference",
    "hcl.body",
    "hcl.configuration",
    "hcl.native",
    "hcl.template",
    "known",
    "listener",
    "making",
    "new",
    "pem",
    "push",
    "push._archive",
    "push._configuration",
    "push._files",
    "push._names",
    "push._native",
    "push._places",
    "push._provider",
    "push._references",
    "push._state",
    "push._strings",
    "rules",
    "schedules",
    "shell",
    "shell.render",
    "validation",
    "words",
}
WITHOUT_NODE_AS_A_WHOLE = "testing"

USES = [
    "from aibridge_construct import InvalidValueError, check_directory, Runtime, STARTUP_COORDINATION_ENV",
    "import aibridge_construct; aibridge_construct.push.check_directory; dir(aibridge_construct)",
    "from aibridge_construct.testing import *",
    "import aibridge_construct.testing as kit; kit.build.Workspace; kit.wiring.wiring",
]
USES_OF_THE_ENGINE = [
    "from aibridge_construct import AIBridgeProxy",
    "import aibridge_construct; aibridge_construct.CoderTemplate",
    "from aibridge_construct import *",
]


# Each statement in a process of its own, forked from an interpreter that has of the package nothing, and of what others
# wrote and the package uses what takes time to import and starts nothing.
FORKS = """
import os, sys, traceback
import cryptography.x509, grpc, jsii, pytest, syrupy, tf.gen.tfplugin_pb2_grpc

assert not {"aibridge_construct", "cdktf", "cdktn", "constructs"} & sys.modules.keys()
running = {}

def wait():
    child, status = os.wait()
    statement, started = running.pop(child)
    if status and not os.path.exists(started):
        sys.exit(f"{statement} failed")

for number, statement in enumerate(sys.argv[1:]):
    if len(running) >= os.cpu_count():
        wait()
    os.environ["STARTED"] = started = os.path.join(os.environ["FOLDER"], str(number))
    child = os.fork()
    if child == 0:
        try:
            exec(statement, {})
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    running[child] = statement, started
while running:
    wait()
"""


@pytest.fixture(scope="module")
def starts_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Whether Node was started by each statement, in a process that has imported nothing else of the package.

    Node is a program here that notes its start and ends; whatever needs it fails at once, and saves the time.
    """
    folder = tmp_path_factory.mktemp("node")
    node = folder / "node"
    node.write_text('#!/bin/sh\n: >"$STARTED"\nexit 1\n')
    node.chmod(0o755)
    statements = [f"import {room}" for room in rooms()] + USES + USES_OF_THE_ENGINE
    env = os.environ | {"JSII_NODE": str(node), "FOLDER": str(folder)}
    command = [sys.executable, "-c", FORKS, *statements]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {statement: (folder / str(number)).exists() for number, statement in enumerate(statements)}


def rooms() -> list[str]:
    found = pkgutil.walk_packages(aibridge_construct.__path__, "aibridge_construct.")
    return ["aibridge_construct", *(room.name for room in found)]


def test_a_table_says_which_rooms_start_node_and_which_do_not(starts_node: dict[str, bool]) -> None:
    seen = {
        room.removeprefix("aibridge_construct").removeprefix("."): starts_node[f"import {room}"] for room in rooms()
    }
    kit = {room for room in seen if room.partition(".")[0] == WITHOUT_NODE_AS_A_WHOLE}
    assert len(kit) > 10
    assert {room for room, started in seen.items() if started} == STARTS_NODE
    assert {room for room, started in seen.items() if not started} == WITHOUT_NODE | kit


@pytest.mark.parametrize("statement", USES)
def test_what_needs_no_engine_starts_none(starts_node: dict[str, bool], statement: str) -> None:
    assert not starts_node[statement]


@pytest.mark.parametrize("statement", USES_OF_THE_ENGINE)
def test_what_declares_something_starts_it(starts_node: dict[str, bool], statement: str) -> None:
    assert starts_node[statement]


@pytest.mark.parametrize("package", [aibridge_construct, testing, terraform], ids=lambda package: package.__name__)
def test_type_checkers_and_the_interpreter_find_the_same_names_in_the_same_places(package: ModuleType) -> None:
    told: dict[str, list[str]] = {}
    for node in ast.walk(ast.parse(Path(str(package.__file__)).read_text())):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for line in node.body:
                assert isinstance(line, ast.ImportFrom)
                module = "." * (line.level - 1) + str(line.module).removeprefix(f"{package.__name__}.")
                told[module] = [alias.name for alias in line.names if alias.asname is None]
    assert told == package._HOMES
    assert sorted(name for names in told.values() for name in names) == sorted(package.__all__)
    for home, names in told.items():
        room = importlib.import_module(f".{home}", package.__name__)
        assert all(getattr(package, name) is getattr(room, name) for name in names)


@pytest.mark.parametrize(
    "package", [aibridge_construct, testing, providers, terraform], ids=lambda package: package.__name__
)
def test_the_names_are_listed_had_by_a_star_and_survive_a_reload(package: ModuleType) -> None:
    assert set(package.__all__) <= set(dir(package))
    namespace: dict[str, object] = {}
    exec(f"from {package.__name__} import *", namespace)
    had = {name: getattr(package, name) for name in package.__all__}
    assert {name: value for name, value in namespace.items() if name != "__builtins__"} == had
    importlib.reload(package)
    assert {name: getattr(package, name) for name in package.__all__} == had


def test_public_classes_and_functions_can_be_pickled() -> None:
    for name in ("InvalidValueError", "Runtime", "check_directory", "ProxiedTool"):
        assert pickle.loads(pickle.dumps(getattr(aibridge_construct, name))) is getattr(aibridge_construct, name)


def test_a_name_that_is_not_there_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(
        AttributeError, match=r"'aibridge_construct' has no attribute 'AIBridgeProxi'\. Did you mean 'AIBridgeProxy'\?"
    ):
        aibridge_construct.AIBridgeProxi  # type: ignore[attr-defined] # noqa: B018
    for name in ("nonsense", "__nonsense__", "_nonsense", "no.nonsense", ""):
        with pytest.raises(AttributeError, match=rf"has no attribute '{name}'$"):
            getattr(aibridge_construct, name)
    with pytest.raises(ImportError, match="cannot import name 'nonsense'"):
        exec("from aibridge_construct import nonsense")
