"""The folder holds what `make synth` writes, and works as a source by Git."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from cdktf import App

from aibridge_construct import AIBridgeProxyModule
from aibridge_construct.testing import Mirror
from aibridge_construct.testing.terraform.program import command
from tests.conftest import MakeTerraform

from .conftest import FOLDER
from .preview import TARGET, draw, run


def test_it_is_what_make_synth_writes(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"))
    AIBridgeProxyModule(app, "aibridge-proxy")
    app.synth()
    written = (tmp_path / "out/stacks/aibridge-proxy/cdk.tf.json").read_text()
    assert (FOLDER / "cdk.tf.json").read_text() == written, "run `make module` and review the diff"


def test_it_holds_nothing_else_that_terraform_would_read() -> None:
    names = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if ".terraform" not in str(file)}
    assert names == {
        "README.md",
        "cdk.tf.json",
        "main.test.ts",
        "main.tf",
        "main.tftest.hcl",
        "preview.svg",
    }
    assert all(line.startswith("#") for line in (FOLDER / "main.tf").read_text().splitlines())


def test_its_native_files_are_formatted(terraform: MakeTerraform) -> None:
    files = {name: (FOLDER / name).read_text() for name in ("main.tf", "main.tftest.hcl")}
    assert terraform(files).run("fmt", "-check", "-diff") == ""


def test_its_own_tests_of_the_script_pass_where_people_run_them(mirror: Mirror, tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    mirrored = {"TF_CLI_CONFIG_FILE": str(mirror.cli_config), "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [os.environ.get("JSII_NODE", "node"), "--test", "--test-reporter=tap", "main.test.ts"],
        cwd=FOLDER,
        env={"PATH": path, "HOME": str(tmp_path)} | mirrored,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass 7$", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^# skipped 0$", done.stdout, re.MULTILINE), done.stdout


def test_the_picture_shows_what_the_script_writes(mirror: Mirror, tmp_path: Path) -> None:
    assert TARGET.read_text() == draw(run(tmp_path, mirror)), "run `make module` and look at the picture"
