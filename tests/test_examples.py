"""The examples, as their users meet them: whole, documented, and on another machine than the one that made them.

What each of them is and does, its own tests hold.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(file.parent for file in ROOT.glob("examples/*/cdktf.json"))


@pytest.fixture(params=EXAMPLES, ids=lambda folder: folder.name)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an example, out of the checkout."""
    return copied(request.param, tmp_path)


def copied(folder: Path, to: Path) -> Path:
    leftovers = shutil.ignore_patterns("cdktf.out", "__pycache__", ".*")
    return Path(shutil.copytree(folder, to / folder.name, ignore=leftovers))


def run(*command: str | Path, folder: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_copy_is_a_template_whose_readme_names_all_there_is_to_know(example: Path) -> None:
    run(sys.executable, "main.py", folder=example)
    pushed = example / "cdktf.out" / "stacks" / example.name
    readme = (example / "README.md").read_text()
    assert (pushed / "README.md").read_text() == readme

    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```", readme, re.DOTALL | re.MULTILINE))
    assert "python main.py" in commands
    assert "python -m pytest" in commands
    assert f"coder templates push {example.name} --directory cdktf.out/stacks/{example.name}" in commands

    variables = json.loads((pushed / "cdk.tf.json").read_text()).get("variable", {})
    assert {name for name in variables if name not in readme} == set()
    required = {name for name, body in variables.items() if "default" not in body}
    assert set(re.findall(r"--variable (\w+)=", commands)) == required

    text = "".join(file.read_text() for file in pushed.iterdir() if file.is_file())
    assert str(example) not in text
    assert str(ROOT) not in text


def test_a_user_copies_an_example_installs_the_wheel_and_runs_its_two_commands(tmp_path: Path) -> None:
    python = fresh_environment(tmp_path / "venv")
    install(built_wheel(tmp_path), python, also=["cdktf-cdktf-provider-docker"])
    folder = copied(ROOT / "examples/docker", tmp_path / "templates of mine")

    where = run(python, "-c", "import aibridge_construct; print(aibridge_construct.__file__)", folder=folder)
    assert Path(where.strip()).is_relative_to(tmp_path)
    run(python, "main.py", folder=folder)
    said = run(python, "-m", "pytest", "-q", folder=folder)
    assert re.search(r"^[5-9] passed", said, re.MULTILINE), said

    run(sys.executable, "main.py", folder=copied(ROOT / "examples/docker", tmp_path / "here"))
    for file in (folder / "cdktf.out/stacks/docker").iterdir():
        assert file.read_bytes() == (tmp_path / "here/docker/cdktf.out/stacks/docker" / file.name).read_bytes()


def built_wheel(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", ROOT, folder=folder)
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def fresh_environment(folder: Path) -> Path:
    run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder.parent)
    return folder / "bin" / "python"


def install(wheel: Path, python: Path, *, also: list[str]) -> None:
    """Install the wheel with its extra `testing` and what they require, and nothing else, without a network.

    What they require comes from this environment, as links.
    """
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"),
        *("--no-index", "--no-deps", wheel),
        folder=wheel.parent,
    )
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", code, folder=wheel.parent).strip())
    (own,) = metadata.distributions(name="aibridge-construct", path=[str(site)])
    for distribution in closure([*requirements(own, ["testing"]), *map(Requirement, also)]):
        for name in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(str(distribution.locate_file(name)))


def closure(wanted: list[Requirement]) -> Iterator[metadata.Distribution]:
    """The distributions of this environment that meet `wanted`, and what they require in turn."""
    seen = set()
    while wanted:
        requirement = wanted.pop()
        distribution = metadata.distribution(requirement.name)
        key = (distribution.name.lower(), *sorted(requirement.extras))
        if key not in seen:
            seen.add(key)
            yield distribution
            wanted += requirements(distribution, requirement.extras)


def requirements(distribution: metadata.Distribution, extras: Iterable[str]) -> list[Requirement]:
    """What a distribution with these extras requires on this machine."""
    found = [Requirement(text) for text in distribution.requires or ()]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ["", *extras])
    ]
