"""What the repository of a template pays for its tests, beside what Terraform itself takes."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from cdktf import App

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderTemplate, ProxiedTool
from aibridge_construct.testing import Mirror, Workspace, coder_mirror, import_template, pack, readable

from .rows import Row, in_turn

TITLE = "Tests of a template"


class _Template(CoderTemplate):
    def __init__(self, scope: App, id: str) -> None:
        super().__init__(scope, id)
        agent = CoderAgent(self, "main", os="linux", arch="amd64")
        proxy = AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url="https://aiproxy.example.com:8888")
        ProxiedTool(self, "review", proxy=proxy, command=["true"])


def rows(rounds: int) -> Iterator[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (synthesis,) = in_turn(rounds, lambda: _timed(lambda: _snapshot(place)))
        yield Row("synthesis and snapshot of a template, with the engine up", synthesis * 1000, None, 50, unit="ms ")
        template = place / "out" / "stacks" / "bench"
        mirror = coder_mirror(place / "mirror")
        spent: list[float] = []

        def build() -> float:
            commands: list[float] = []
            run = subprocess.run

            def timed(*arguments: Any, **options: Any) -> Any:
                began = time.perf_counter()
                try:
                    return run(*arguments, **options)
                finally:
                    commands.append(time.perf_counter() - began)

            with mock.patch.object(subprocess, "run", timed):
                took = _timed(lambda: _build(template, mirror))
            spent.append(sum(commands))
            return took

        (took,) = in_turn(rounds, build)
        (terraform,) = (sorted(spent[1:])[len(spent[1:]) // 2],)
        yield Row("import_template and Workspace.start()", took, ("the Terraform commands in it", terraform), 1.3)


def _snapshot(place: Path) -> None:
    app = App(outdir=str(place / "out"))
    _Template(app, "bench")
    app.synth()
    readable((place / "out" / "stacks" / "bench" / "cdk.tf.json").read_text())


def _build(template: Path, mirror: Mirror) -> None:
    archive = pack(template)
    import_template(archive, mirror=mirror)
    Workspace(archive, mirror=mirror).start()


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
