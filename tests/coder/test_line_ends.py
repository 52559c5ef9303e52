"""Files from Windows end their lines in CRLF, which Terraform keeps and no shell of a workspace can read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformStack, Testing

import aibridge_construct
from aibridge_construct import (
    AgentMetadata,
    AIBridgeProxy,
    CoderAgent,
    CoderApp,
    CoderScript,
    Copilot,
    InvalidValueError,
    ProxiedTool,
)

TEXT = "#!/bin/sh\r\nif true; then\r\n  echo '$${x}'\r\nfi\r\n"


def _proxy(stack: TerraformStack) -> AIBridgeProxy:
    return AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="https://aiproxy.example.com")


def _agent(stack: TerraformStack, **more: Any) -> None:
    CoderAgent(stack, "main", os="linux", arch="amd64", **more)


def _copilot(stack: TerraformStack, **more: Any) -> None:
    Copilot(stack, "copilot", agent_id="a1", workdir="/home/coder", **more)


SHELL_TEXTS: dict[str, Callable[[TerraformStack, str], object]] = {
    "script": lambda stack, text: CoderScript(
        stack, "x", agent_id="a1", display_name="X", script=text, run_on_start=True
    ),
    "startup_script": lambda stack, text: _agent(stack, startup_script=text),
    "shutdown_script": lambda stack, text: _agent(stack, shutdown_script=text),
    "metadata.script": lambda stack, text: _agent(stack, metadata=[AgentMetadata(key="cpu", script=text, interval=1)]),
    "command of an app": lambda stack, text: CoderApp(stack, "app", agent_id="a1", slug="app", command=text),
    "command": lambda stack, text: ProxiedTool(stack, "tool", proxy=_proxy(stack), command=text),
    "pre_install_script": lambda stack, text: _copilot(stack, pre_install_script=text),
    "post_install_script": lambda stack, text: _copilot(stack, post_install_script=text),
}


def _texts(content: Any) -> Iterator[str]:
    """Every string of a JSON value."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for item in content.values() if isinstance(content, dict) else content:
            yield from _texts(item)


@pytest.mark.parametrize("field", SHELL_TEXTS)
def test_line_ends_of_windows_become_those_of_unix(stack: TerraformStack, field: str) -> None:
    SHELL_TEXTS[field](stack, TEXT)
    synthesized = Testing.synth(stack)
    assert not any("\r" in text for text in _texts(json.loads(synthesized)))
    assert json.dumps("if true; then\n  echo ")[1:-1] in synthesized


@pytest.mark.parametrize("field", SHELL_TEXTS)
def test_a_carriage_return_alone_is_refused(stack: TerraformStack, field: str) -> None:
    with pytest.raises(InvalidValueError, match="must end its lines with line feeds") as caught:
        SHELL_TEXTS[field](stack, "echo one\recho two\n")
    assert caught.value.field == field.partition(" ")[0]


@pytest.mark.parametrize("word", ["a\r\nb", "a\rb"])
def test_words_of_a_command_are_data(stack: TerraformStack, word: str) -> None:
    tool = ProxiedTool(stack, "tool", proxy=_proxy(stack), command=["printf", "%s", word])
    assert f"'{word}'" in tool.script._attributes["script"]  # type: ignore[operator]


def test_our_own_shell_files_may_lie_in_a_checkout_of_windows(tmp_path: Path) -> None:
    package = Path(aibridge_construct.__file__).parent
    shutil.copytree(package, tmp_path / "aibridge_construct", ignore=shutil.ignore_patterns("__pycache__"))
    scripts = sorted((tmp_path / "aibridge_construct/shell").glob("*.sh"))
    for script in scripts:
        script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    show = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import aibridge_construct.shell.render as render; assert render.__file__.startswith(sys.argv[1])\n"
        "for name in sys.argv[2:]: print(ascii(render.shell_file(name)))"
    )
    command = [sys.executable, "-c", show, str(tmp_path), *(script.name for script in scripts)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ), cwd=tmp_path)
    assert "\\r" not in shown.stdout.replace("\\\\r", "")
    assert shown.stdout.count("\n") == len(scripts)
