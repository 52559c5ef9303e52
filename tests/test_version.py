"""Which version wrote something: for those who are asked for help with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack

import aibridge_construct
from aibridge_construct import AIBridgeProxy, AIBridgeProxyModule, CoderTemplate, EditorSettings, ProxiedTool
from aibridge_construct.shell import render
from aibridge_construct.testing import readable

VERSION = aibridge_construct.__version__
LINE = f"aibridge_version={VERSION} # Written by aibridge-construct."


def declare(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://proxy", launcher=True)
    for name in ("one", "two"):
        ProxiedTool(stack, name, proxy=proxy, command=["true"])
    EditorSettings(stack, "editors", proxy=proxy)


class Template(CoderTemplate):
    def __init__(self, scope: App, id: str) -> None:
        super().__init__(scope, id)
        declare(self)


class Stack(TerraformStack):
    def __init__(self, scope: App, id: str) -> None:
        super().__init__(scope, id)
        declare(self)


def written(stack: type[TerraformStack], folder: Path, *, hcl: bool = False) -> Path:
    app = App(outdir=str(folder), hcl_output=hcl)
    stack(app, "stack")
    app.synth()
    return folder / "stacks/stack"


@pytest.mark.parametrize("stack", [Template, Stack, AIBridgeProxyModule])
def test_every_script_and_the_configuration_say_which_version_wrote_them(
    stack: type[TerraformStack], tmp_path: Path
) -> None:
    content = json.loads((written(stack, tmp_path) / "cdk.tf.json").read_text())
    assert content["//"]["metadata"]["aibridge-construct"] == {"version": VERSION}
    scripts = [each["script"] for each in content["resource"]["coder_script"].values()]
    assert [script for script in scripts if LINE not in script] == []
    if stack is not AIBridgeProxyModule:
        assert max(script.count(LINE) for script in scripts) == 2  # of the setup script, and of aibridge-run in it


def test_a_stack_in_native_syntax_says_so_too(tmp_path: Path) -> None:
    folder = written(Stack, tmp_path, hcl=True)
    assert json.loads((folder / "metadata.json").read_text())["//"]["metadata"]["aibridge-construct"] == {
        "version": VERSION
    }
    assert LINE in (folder / "cdk.tf").read_text()


@pytest.mark.parametrize("hcl", [False, True], ids=["json", "hcl"])
def test_a_new_version_alone_changes_no_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hcl: bool) -> None:
    def another(text: str) -> str:
        return text.replace(f"={VERSION} #", "=9.8.7 #").replace(f'{{"version": "{VERSION}"}}', '{"version": "9.8.7"}')

    ours = written(Stack, tmp_path, hcl=hcl)
    shown = readable(ours)
    assert VERSION not in json.dumps(shown)
    for file in ours.iterdir():
        file.write_text(another(file.read_text()))
    assert readable(ours) != shown  # it is not for this version to say that it is the same
    monkeypatch.setattr(render, "WRITTEN_BY", another(render.WRITTEN_BY))
    assert readable(ours) == shown


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "new"]])
def test_the_command_says_what_a_report_should(arguments: Sequence[str]) -> None:
    said = run(*arguments)
    assert re.fullmatch(
        rf"aibridge-construct {re.escape(VERSION)} \((cdktn [\d.]+, )?cdktf [\d.]+, constructs [\d.]+, jsii [\d.]+, "
        r"Python 3\.\d+\.\S+, \w+ \w+\)\n",
        said,
    )


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "aibridge_construct", *arguments]
    env: dict[str, Any] = {**os.environ, "JSII_NODE": "/nowhere"}  # no engine is started
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
