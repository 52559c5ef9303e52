"""Snapshots show what a reviewer wants to see, and nothing that changes by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cdktf import App, TerraformStack

from aibridge_construct import AIBridgeProxy
from aibridge_construct.testing import readable

pytest_plugins = ["pytester"]


def test_metadata_versions_and_paths_of_the_machine_are_left_out(app: App, stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://proxy")
    app.synth()
    text = Path(app.outdir, "stacks/stack/cdk.tf.json").read_text()
    assert '"//"' in text
    assert "terraform.stack.tfstate" in text
    shown = json.dumps(readable(text))
    assert '"//"' not in shown
    assert "tfstate" not in shown
    assert "0.21" not in shown


def test_a_backend_that_was_chosen_stays(stack: TerraformStack) -> None:
    content = {"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}}}
    assert readable(content) == content


def test_a_script_of_this_library_shows_its_values_and_a_digest_of_its_files(stack: TerraformStack, app: App) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://proxy", cert_path="/tmp/ca.pem")
    app.synth()
    shown = readable(Path(app.outdir, "stacks/stack/cdk.tf.json").read_text())
    (script,) = shown["resource"]["coder_script"].values()
    assert "CERT_PATH='/tmp/ca.pem'" in script["script"]
    files = [line.split(" of ")[0] for line in script["script"] if "sha256" in line]
    assert files == ["# … lib.sh", "# … address.sh", "# … trust.sh", "# … setup.sh"]
    assert len(script["script"]) < 25


def test_other_text_of_several_lines_is_a_list_of_lines() -> None:
    assert readable({"a": "one\ntwo\n", "b": "one"}) == {"a": ["one", "two"], "b": "one"}


def test_a_template_repository_needs_one_import_for_readable_json_files(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from aibridge_construct.testing import terraform_snapshot")
    test = "def test_it(terraform_snapshot):\n    assert {} == terraform_snapshot\n"
    pytester.makepyfile(test_it=test.format('{"b": 1, "a": ["ü"]}'))
    pytester.runpytest_subprocess("--snapshot-update").assert_outcomes(passed=1)
    written = pytester.path / "__snapshots__/test_it/test_it.json"
    assert written.read_text() == '{\n  "a": [\n    "ü"\n  ],\n  "b": 1\n}\n'
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    pytester.makepyfile(test_it=test.format('{"b": 2}'))
    pytester.runpytest_subprocess().assert_outcomes(failed=1)
