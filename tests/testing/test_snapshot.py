"""Snapshots show what a reviewer wants to see, and nothing that changes by itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from cdktf import App, TerraformStack
from hypothesis import given

from aibridge_construct import AIBridgeProxy, TemplateError
from aibridge_construct.testing import TerraformSnapshotExtension, readable
from aibridge_construct.testing.document.lines import Lines, parsed, stored
from tests.template_stack import Template, synthesize

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
    assert len(script["script"]) < 30


def test_other_text_of_several_lines_is_a_list_of_lines() -> None:
    assert readable({"a": "one\ntwo\n", "b": "one"}) == {"a": ["one", "two"], "b": "one"}


def output(value: Any) -> dict[str, Any]:
    return {"output": {"x": {"value": value}}}


# Texts and lists that were shown alike, or may be taken for each other.
LIKE_EACH_OTHER = [
    "a\nb\n",
    "a\nb",
    "a\nb\n\n",
    "a\r\nb\r\n",
    "a\rb\n",
    "a\u2028b\n",
    "a\u2029b\n",
    "a\u0085b\n",
    "a\x0cb\n",
    "a\x0bb\n",
    "a\x1cb\n",
    "\na\nb\n",
    "a\nb \n",
    "a\nb\u00a0\n",
    "a\nb\u200b\n",
    "a\nb\x7f\n",
    "a\nb\n\\ no newline at the end",
    "a\nb\n\\ no newline at the end\n",
    "a\nb\n\\\\ no newline at the end\n",
    "\n",
    "",
    ["a", "b"],
    ["a", "b", "\\ no newline at the end"],
    ["|", "a", "b"],
    ["||", "a", "b"],
    ["|a", "b"],
    "|\na\nb\n",
    [["a", "b"]],
    ["a\nb\n"],
    {"a": "b"},
    {"a": "b", "//": "a key of the user's own"},
    {"a": "b", "//": {"metadata": {"path": "x", "uniqueId": "y"}}},
    {"a": "b", "//": None},
    [],
    {},
    None,
    "null",
    0,
    False,
    "0",
]


def test_no_two_values_that_differ_have_one_snapshot() -> None:
    snapshots = [stored(readable(output(value))) for value in LIKE_EACH_OTHER]
    assert len(set(snapshots)) == len(LIKE_EACH_OTHER)
    assert all(line.isprintable() for snapshot in snapshots for line in snapshot.split("\n"))
    assert [parsed(snapshot) for snapshot in snapshots] == [readable(output(value)) for value in LIKE_EACH_OTHER]


@given(
    st.recursive(st.text("ab|\\ \n\r\x0c\u2028") | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=6)
)
def test_a_snapshot_gives_back_each_text_and_list(value: Any) -> None:
    def texts(shown: Any) -> Any:
        if isinstance(shown, Lines):
            return shown.text
        return list(map(texts, shown)) if isinstance(shown, list) else shown

    assert texts(parsed(stored(readable({"x": value})))["x"]) == value


def test_the_engines_comments_go_and_those_of_people_stay() -> None:
    body = {"os": "linux", "//": {"metadata": {"path": "s/main", "uniqueId": "main"}, "why": "it is ours"}}
    content = {
        "//": {"metadata": {"stackName": "s", "version": "0.21.0"}, "outputs": {"s": {}}, "see": "the wiki"},
        "resource": {"coder_agent": {"main": body}},
    }
    assert readable(content) == {
        "//": {"see": "the wiki"},
        "resource": {"coder_agent": {"main": {"os": "linux", "//": {"why": "it is ours"}}}},
    }


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param({"local": {"path": "/srv/state/mine.tfstate"}}, id="a path of one's own"),
        pytest.param({"local": {"path": "/srv/terraform.s.tfstate", "workspace_dir": "x"}}, id="more than a path"),
        pytest.param({"local": {"path": "/srv/terraform.other.tfstate"}}, id="the path of another stack"),
    ],
)
def test_a_backend_that_somebody_chose_stays(backend: dict[str, Any]) -> None:
    content = {"//": {"metadata": {"stackName": "s"}}, "terraform": {"backend": backend}}
    assert readable(content) == {"terraform": {"backend": backend}}


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {"scripts/run.sh": "#!/bin/sh\nexit 0\n", "logo.png": b"\x89PNG\0", "note": "one line"}
    return synthesize(tmp_path_factory.mktemp("synth"), files=files)


def append(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(data)

    return change


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


CHANGES = {
    "an option of a parameter": replace("parameters.tf", '"us"', '"usa"'),
    "a comment in native syntax": append("parameters.tf", b"# why\n"),
    "a file of configuration": lambda folder: (folder / "tags.tf").write_text("# none"),
    "the readme": append("README.md", b"\n"),
    "a script beside": replace("scripts/run.sh", "exit 0", "exit 1"),
    "that it may be run": lambda folder: (folder / "scripts/run.sh").chmod(0o755),
    "a byte of a picture": append("logo.png", b"\0"),
    "line ends": replace("scripts/run.sh", "\n", "\r\n"),
    "the end of a last line": append("note", b"\n"),
    "a file that is gone": lambda folder: (folder / "note").unlink(),
    "a lock file": lambda folder: (folder / ".terraform.lock.hcl").write_text(""),
    "an empty folder": lambda folder: (folder / "empty").mkdir(),
    "a link": lambda folder: (folder / "link").symlink_to("note"),
    "an attribute": replace("cdk.tf.json", '"linux"', '"darwin"'),
}


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in CHANGES.items()])
def test_a_directory_shows_each_change_of_what_is_pushed(
    pushed: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = Path(shutil.copytree(pushed, tmp_path / "copy"))
    before = readable(folder)
    assert before == readable(str(pushed))
    change(folder)
    assert stored(readable(folder)) != stored(before)


def test_native_syntax_shows_nothing_of_this_machine_either(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"), hcl_output=True)
    stack = TerraformStack(app, "stack")
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://proxy")
    app.synth()
    assert "tfstate" in (tmp_path / "out/stacks/stack/cdk.tf").read_text()
    shown = json.dumps(readable(tmp_path / "out/stacks/stack"))
    assert "tfstate" not in shown
    assert "0.21" not in shown
    assert shown.count("sha256") == 4


def test_a_directory_shows_nothing_that_is_not_pushed(pushed: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(pushed, tmp_path / "copy"))
    (folder / ".terraform").mkdir()
    (folder / ".terraform/x").write_text("x")
    (folder / "terraform.tfstate").write_text("{}")
    assert readable(folder) == readable(pushed)
    assert set(readable(folder)) == {
        *("README.md", "cdk.tf.json", "parameters.tf"),
        *("logo.png", "note", "scripts/run.sh"),
    }


def test_a_stack_shows_what_its_directory_shows_and_leaves_nothing_behind(app: App, tmp_path: Path) -> None:
    stack = Template(app)
    shown = readable(stack)
    assert shown == readable(synthesize(tmp_path / "out"))
    assert "parameters.tf" in shown
    assert list(Path(app.outdir, "stacks").iterdir()) == []


@pytest.mark.parametrize(
    "made, words",
    [
        pytest.param([], "is no directory. Synthesize it first", id="nothing"),
        pytest.param(["out/x"], "holds no configuration of Terraform. Synthesize it first", id="nothing of Terraform"),
        pytest.param(["out/stacks/one/cdk.tf.json"], "Name that of a stack: .*out/stacks/one", id="all stacks"),
    ],
)
def test_a_directory_that_is_none_of_a_stack_is_refused(tmp_path: Path, made: list[str], words: str) -> None:
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(TemplateError, match=words):
        readable(tmp_path / "out")


def test_a_text_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="the text is no JSON"):
        readable("{ resource")
    (tmp_path / "cdk.tf.json").write_text("{ resource")
    with pytest.raises(TemplateError, match=r"cdk\.tf\.json is no JSON"):
        readable(tmp_path)


def test_a_snapshot_leaves_nothing_out() -> None:
    with pytest.raises(ValueError, match="leave out exclude"):
        TerraformSnapshotExtension().serialize({}, exclude=lambda **_: True)


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
