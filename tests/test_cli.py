"""The real `cdktf` command line, and plain Python, synthesize the drop-in module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MakeTerraform

ROOT = Path(__file__).parent.parent
CDKTF = ROOT / "node_modules/cdktf-cli/bundle/bin/cdktf"
CDKTN = ROOT / "node_modules/cdktn-cli/bundle/bin/cdktn.js"
MODULE = "cdktf.out/stacks/aibridge-proxy"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the checkout's own project, in a path with a space."""
    folder = tmp_path / "my project"
    folder.mkdir()
    for name in ("cdktf.json", "main.py"):
        shutil.copy(ROOT / name, folder)
    return folder


def synthesize(project: Path, *command: str) -> str:
    tools = project / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "python").unlink(missing_ok=True)
    (tools / "python").symlink_to(sys.executable)
    env = os.environ | {
        # A link to the interpreter of a virtual environment is not one itself.
        "PYTHONPATH": os.pathsep.join(path for path in [str(ROOT), *sys.path] if path),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "CHECKPOINT_DISABLE": "1",
        "CI": "1",
    }
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def cdktf(project: Path, *arguments: str, program: Path = CDKTF) -> str:
    if not program.exists():
        pytest.skip(f"the command line {program.name} is not installed: run `make synth` once")
    return synthesize(project, os.environ.get("JSII_NODE", "node"), str(program), "synth", *arguments)


def test_the_command_line_and_plain_python_write_the_same_bytes(project: Path) -> None:
    said = cdktf(project)
    assert "Generated Terraform code for the stacks: aibridge-proxy" in said
    by_cdktf = (project / MODULE / "cdk.tf.json").read_bytes()
    shutil.rmtree(project / "cdktf.out")
    synthesize(project, "python", "main.py")
    assert (project / MODULE / "cdk.tf.json").read_bytes() == by_cdktf
    assert str(project).encode() not in by_cdktf


def test_the_command_line_of_the_other_engine_writes_them_too(project: Path) -> None:
    written = []
    for program in (CDKTF, CDKTN):
        shutil.rmtree(project / "cdktf.out", ignore_errors=True)
        cdktf(project, program=program)
        written.append((project / MODULE / "cdk.tf.json").read_bytes())
    assert written[0] == written[1]


def test_as_hcl_the_module_is_valid(project: Path, terraform: MakeTerraform) -> None:
    cdktf(project, "--hcl")
    terraform({"cdk.tf": (project / MODULE / "cdk.tf").read_text()}).validate()
