"""The files for the forge: each is what the forge takes, and says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
FORGE = ROOT / ".github"
WORKFLOWS = sorted(FORGE.glob("workflows/*.yml"))
FORMS = sorted(path for path in FORGE.glob("ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "github-workflows"),
    **dict.fromkeys(FORMS, "github-issue-forms"),
    FORGE / "ISSUE_TEMPLATE/config.yml": "github-issue-config",
    FORGE / "dependabot.yml": "dependabot",
}
TARGET = re.compile(r"^([a-z-]+):(?!=)", re.MULTILINE)


def read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text())


def commands() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text()))


def test_every_file_of_the_forge_has_a_schema_here() -> None:
    assert {path for path in FORGE.rglob("*") if path.is_file()} - SCHEMAS.keys() == {
        FORGE / "PULL_REQUEST_TEMPLATE.md"
    }
    assert len(WORKFLOWS) > 1
    assert len(FORMS) > 1


@pytest.mark.parametrize("schema", sorted(set(SCHEMAS.values())))
def test_the_forge_takes_it(schema: str) -> None:
    """The schemas come with the checker."""
    files = [str(path) for path, its in SCHEMAS.items() if its == schema]
    done = checked(schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_would_be_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "ci.yml"
    wrong.write_text((FORGE / "workflows/ci.yml").read_text().replace("runs-on:", "run-on:"))
    assert checked("github-workflows", str(wrong)).returncode == 1


def checked(schema: str, *files: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# ---- workflows --------------------------------------------------------------------------------------------


def steps(workflow: Any) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_one_commit_whose_version_is_said(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    for each in used:
        assert re.fullmatch(r"\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v[\d.]+", each), each
        assert not each.startswith("./") or (ROOT / each).is_file()


def test_an_action_has_one_version_in_all_workflows() -> None:
    used = {use for path in WORKFLOWS for use in re.findall(r"uses: ([^.].*)", path.read_text())}
    names = [use.partition("@")[0] for use in used]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_may_do_what_it_says_and_no_more(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"], name
        assert "uses" in job or job["timeout-minutes"] <= 60, name
    for step in steps(workflow):
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # What others choose, a branch's name for one, is no text of a script.
        assert "${{" not in step.get("run", ""), step


def test_a_change_passes_what_everybody_runs() -> None:
    workflow = read(FORGE / "workflows/ci.yml")
    assert {"pull_request", "push", "workflow_call"} == set(workflow["on"])
    (job,) = workflow["jobs"].values()
    (command,) = (step["run"] for step in job["steps"] if "run" in step)
    assert command.split()[-1] == ".ci/run"


def test_a_release_is_tested_and_published_without_a_secret() -> None:
    text = (FORGE / "workflows/release.yml").read_text()
    workflow = read(FORGE / "workflows/release.yml")
    assert workflow["on"] == {"push": {"tags": ["v*"]}}
    jobs = workflow["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs["build"]["needs"] == "test"
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"]["id-token"] == "write"
    assert jobs["publish"]["environment"] == "pypi"
    assert "secrets." not in text
    assert "password" not in text
    writers = [name for name, job in jobs.items() if "write" in job["permissions"].values()]
    assert writers == ["publish", "announce"]
    # Nothing of the checkout runs where something may be written.
    assert not [name for name in writers if "checkout" in str(jobs[name]["steps"])]


def test_the_tag_of_a_release_is_its_version(tmp_path: Path) -> None:
    (check,) = (
        step["run"] for step in steps(read(FORGE / "workflows/release.yml")) if "tag" in step.get("name", "").lower()
    )
    for tag, passes in (("v0.1.0", True), ("v0.1.1", False), ("0.1.0", False)):
        command = ["bash", "-eo", "pipefail", "-c", check]
        env = {"TAG": tag, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is passes, done.stderr


# ---- the rest ---------------------------------------------------------------------------------------------


def test_dependencies_of_every_kind_are_watched() -> None:
    watched = {(each["package-ecosystem"], each["directory"]) for each in read(FORGE / "dependabot.yml")["updates"]}
    locks = {
        path.parent.relative_to(ROOT) for path in (ROOT / "package-lock.json", *ROOT.glob("tests/*/package-lock.json"))
    }
    folders = {"/" if folder == Path() else f"/{folder.as_posix()}" for folder in locks}
    assert len(folders) == 2
    assert watched == {(kind, folder) for kind in ("pip", "npm") for folder in folders} | {("github-actions", "/")}


def test_the_hooks_of_git_are_commands_of_the_makefile() -> None:
    configuration = read(ROOT / ".pre-commit-config.yaml")
    (repository,) = configuration["repos"]
    assert repository["repo"] == "local"
    stages = set()
    for hook in repository["hooks"]:
        program, target, *_ = hook["entry"].split()
        assert program == "make"
        assert target in commands()
        assert hook["language"] == "system"
        stages |= set(hook["stages"])
    assert stages == set(configuration["default_install_hook_types"])


PAGES = ["SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md"]


@pytest.mark.parametrize("name", [*PAGES, *(path.relative_to(ROOT).as_posix() for path in SCHEMAS)])
def test_no_address_and_no_name_of_a_person_is_invented(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", text) == []
    assert set(re.findall(r"https?://[^\s)]+", text)) <= {
        "https://semver.org/spec/v2.0.0.html",
        "http://`",
        "https://`",
    }


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_these_pages_lead_somewhere(name: str) -> None:
    for link in re.findall(r"\]\((?!https://)([^)\s]+)\)", (ROOT / name).read_text()):
        path, _, anchor = link.partition("#")
        target = ROOT / (path or name)
        assert target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in heads}, link
