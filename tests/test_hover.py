"""What an editor shows where the mouse rests: real signatures, what an attribute is, no name of the inside."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

import aibridge_construct
from aibridge_construct import testing
from tests.language_server import LanguageServer

ROOT = Path(__file__).parent.parent

#: How a user comes by an object, and what is read from it.
PROGRAM = """\
import aibridge_construct as api
import aibridge_construct.testing as kit

scope = api.CoderTemplate.__new__(api.CoderTemplate)
workspace = api.DataCoderWorkspace.shared(scope)
owner = api.DataCoderWorkspaceOwner.shared(scope)
provisioner = api.DataCoderProvisioner.shared(scope)
agent = api.CoderAgent(scope, "main", os="linux", arch=provisioner.arch)
app = api.CoderApp(scope, "app", agent_id=agent.id, slug="app")
parameter = api.DataCoderParameter(scope, "parameter", name="p")
proxy = api.AIBridgeProxy(scope, "proxy", agent_id=agent.id, proxy_url="https://a.example.com")
tool = api.ProxiedTool(scope, "tool", proxy=proxy, command=["true"])
claude = api.ClaudeCode(scope, "claude", agent_id=agent.id)
copilot = api.Copilot(scope, "copilot", agent_id=agent.id, workdir="/w")
editors = api.EditorSettings(scope, "editors", proxy=proxy)
metadata = api.AgentMetadata(key="cpu", script="x", interval=1)
module = api.AIBridgeProxyModule(scope)
error = api.InvalidValueError("field", "words")
"""

ATTRIBUTES = {
    "proxy.cert_path": ("cert_path: str", "Absolute path of the proxy's CA certificate in the workspace, as given."),
    "proxy.script": ("script: CoderScript", "that sets the certificate up."),
    "proxy.agent_id": ("agent_id: str", "of the agent that runs the script"),
    "proxy.sync_unit": ("sync_unit: str", "startup unit"),
    "proxy.proxy_auth_url": ("proxy_auth_url: str", "The proxy's URL with the session token"),
    "proxy.environment": (
        "*runtimes: RuntimeName | Runtime",
        "-> dict[str, str]",
        "The variables that make one process",
    ),
    "api.AIBridgeProxy.from_variables": ("agent_id: str", "-> AIBridgeProxy", "whose inputs are Terraform variables"),
    "tool.sync_unit": ("sync_unit: str", "complete when the command ended"),
    "claude.module": ("module: TerraformHclModule", "The module call."),
    "claude.scripts": ("scripts: tuple[str, ...]", "Names of the startup units of the module's scripts"),
    "copilot.task_app_id": ("task_app_id: str", "the app that Coder Tasks shows"),
    "editors.undo": ("undo: CoderScript", "takes them out"),
    "module.proxy": ("proxy: AIBridgeProxy", "The proxy, whose script"),
    "scope.coder": ("coder: CoderProvider", "The coder provider of the template."),
    "agent.os": ("os: OperatingSystem", "Operating system of the workspace"),
    "agent.id": ("id: str", "The id that the provider gives it"),
    "agent.init_script": ("init_script: str", "Script that downloads and starts the agent."),
    "app.share": ("share: AppShare", "Who may open it"),
    "parameter.value": ("value: str", "The choice, as text."),
    "workspace.start_count": ("start_count: float", "1 in a build that starts the workspace"),
    "owner.session_token": ("session_token: str", "Token of the user for the Coder deployment, sensitive"),
    "provisioner.arch": ("arch: Arch", "Its architecture"),
    "metadata.interval": ("interval: float", "Seconds between two runs"),
    "error.field": ("field: str", "Name of the argument"),
    "api.Runtime.NODE": ("NODE", "Node.js, and what npm installs."),
}
NAMES = {f"api.{name}" for name in aibridge_construct.__all__} | {f"kit.{name}" for name in testing.__all__}

#: Of the engine's metaclass, of decorators, of rooms that are not for users.
INTERNAL = re.compile(r"\*args|\*\*kwargs|~[A-Z]\b|\bSealed\b|\b_[A-Za-z]\w*|\b(?:Decorated|Class|ParamSpec|TypeVar)\b")


@pytest.fixture(scope="module")
def hover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """What an editor shows of the last name in a text of the program."""
    folder = tmp_path_factory.mktemp("editor")
    constants = {"defineConstant": {"CDKTN": True}} if App.__module__ == "cdktn" else {}
    settings = {"include": ["main.py"], "extraPaths": [str(ROOT)], **constants}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    program = PROGRAM + "".join(f"{each}\n" for each in (*sorted(NAMES), *ATTRIBUTES))
    file = folder / "main.py"
    file.write_text(program)

    def shown(of: str) -> str:
        before, _, _ = program.partition(of if of.endswith("(") else f"\n{of}\n")
        line, column = (
            (before.count("\n"), len(before.rpartition("\n")[2])) if of.endswith("(") else (before.count("\n") + 1, 0)
        )
        return server.hover(file, line, column + len(of.rstrip("(")) - 1)

    with LanguageServer(folder, {"python": {"pythonPath": sys.executable}}) as server:
        server.open(file)
        yield shown


def words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("of", ATTRIBUTES)
def test_hover_says_what_it_is(hover: Callable[[str], str], of: str) -> None:
    shown = words(hover(of))
    assert [each for each in ATTRIBUTES[of] if each.replace("`", "") not in shown] == [], shown
    assert INTERNAL.findall(shown) == []


@pytest.mark.parametrize("of", re.findall(r"api\.\w+\(", PROGRAM))
def test_hover_over_a_call_shows_what_is_called(hover: Callable[[str], str], of: str) -> None:
    meant = getattr(aibridge_construct, of[4:-1])
    shown = words(hover(of))
    assert [each for each in inspect.signature(meant).parameters if each not in shown] == []
    told = str(inspect.getdoc(meant.__init__)).partition("\n\n")[2]
    assert words(told)[:200] in shown


def test_hover_shows_every_public_name_as_one_writes_it(hover: Callable[[str], str]) -> None:
    wrong = {}
    for of in sorted(NAMES):
        shown, meant = hover(of), getattr(testing if of.startswith("kit") else aibridge_construct, of[4:])
        is_ours = inspect.isfunction(meant) or inspect.isclass(meant)
        head = shown.partition("\n\n")[0]
        missing = [each for each in parameters(meant) if not re.search(rf"\b{each}\b", head)]
        said = (inspect.getdoc(meant) or "").partition("\n")[0] if is_ours else ""
        inside = [] if is_error(meant) else INTERNAL.findall(head)
        if missing or inside or words(said)[:40] not in words(shown):
            wrong[of] = (missing, inside, shown[:300])
    assert wrong == {}


def parameters(of: Any) -> list[str]:
    """What is ours to say: what an enumeration, a protocol or an exception takes is Python's."""
    is_class = inspect.isclass(of) and not is_error(of) and not issubclass(of, Enum | dict)
    if inspect.isfunction(of) or (is_class and not getattr(of, "_is_protocol", False)):
        return [*inspect.signature(of).parameters]
    return []


def is_error(of: object) -> bool:
    return inspect.isclass(of) and issubclass(of, Exception)
