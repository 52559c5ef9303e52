"""`python -m aibridge_construct new`: a repository that is whole, from the wheel alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from aibridge_construct import InvalidValueError, TemplateError
from aibridge_construct.__main__ import main
from aibridge_construct.new import KINDS, new, pins
from aibridge_construct.testing import readable
from aibridge_construct.testing.document.lines import stored
from tests.built import Built
from tests.pages.blocks import Block, blocks

ROOT = Path(__file__).parent.parent
WHEELHOUSE = Path(sys.prefix) / "wheelhouse"
TUTORIAL = "docs/tutorial.md"


def run(*command: str | Path, folder: Path, status: int = 0, env: Mapping[str, str] | None = None) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "JSII_NODE"))}
    done = subprocess.run(
        command, cwd=folder, env=kept | dict(env or {}), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_whole_and_says_its_name_where_names_stand(tmp_path: Path, kind: str) -> None:
    folder = new("my-Box-2", kind, parent=tmp_path)
    run(sys.executable, "main.py", folder=folder, env={"JSII_NODE": os.environ.get("JSII_NODE", "")})
    snapshot = (folder / "__snapshots__/test_template/test_the_template.json").read_text()
    assert stored(readable(folder / "cdktf.out/stacks/my-Box-2")) == snapshot

    readme = (folder / "README.md").read_text()
    assert "coder templates push my-Box-2 --directory cdktf.out/stacks/my-Box-2" in readme
    assert "python -m pip install -r requirements.txt" in readme
    workflow = (folder / ".github/workflows/template.yml").read_text()
    assert "coder templates push my-Box-2 --directory cdktf.out/stacks/my-Box-2" in workflow
    assert "NAME" not in workflow
    assert not re.search(rf"stacks/{kind}\b", readme + workflow + snapshot)
    own = json.loads((ROOT / "examples" / kind / "cdktf.json").read_text())
    settings = json.loads((folder / "cdktf.json").read_text())
    assert settings.pop("projectId") != own.pop("projectId")
    assert settings == own


def test_a_repository_has_every_pin_and_nothing_of_this_machine(tmp_path: Path) -> None:
    folder = new("box", parent=tmp_path)
    pins = [line for line in (folder / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert pins[0].startswith("aibridge-construct[")
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.+]+", pin) for pin in pins)
    names = {re.split(r"[\[=]", pin)[0] for pin in pins}
    assert {"cdktf", "constructs", "jsii", "pytest", "syrupy", "grpcio", "cdktf-cdktf-provider-docker"} <= names
    assert not {"mypy", "ruff", "mitmproxy"} & names
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert {"main.py", "cdktf.json", "tasks.py", ".gitignore", "conftest.py", "test_template.py"} <= files
    assert not any("__pycache__" in name or "cdktf.out" in name for name in files)
    assert all(str(ROOT) not in (folder / name).read_text() for name in files)


ORIGINS = {
    "an index, or a folder of wheels": (None, "==9.9.9"),
    "a commit": (
        {"url": "https://git.example.com/c.git", "vcs_info": {"vcs": "git", "commit_id": "a1b2"}},
        " @ git+https://git.example.com/c.git@a1b2",
    ),
    "a wheel on a site": (
        {"url": "https://example.com/aibridge_construct-9.9.9-py3-none-any.whl", "archive_info": {}},
        " @ https://example.com/aibridge_construct-9.9.9-py3-none-any.whl",
    ),
    "a wheel on this machine": ({"url": "file:///tmp/a.whl", "archive_info": {}}, "==9.9.9"),
    "a checkout": ({"url": "file:///tmp/a", "dir_info": {"editable": True}}, "==9.9.9"),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_repository_installs_this_library_from_where_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    installed = tmp_path / "aibridge_construct-9.9.9.dist-info"
    installed.mkdir()
    extras = "".join(f"Provides-Extra: {extra}\n" for extra in ("cdktn", "node", "testing"))
    (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: aibridge-construct\nVersion: 9.9.9\n{extras}")
    came_from, pinned = ORIGINS[origin]
    if came_from:
        (installed / "direct_url.json").write_text(json.dumps(came_from))
    monkeypatch.syspath_prepend(tmp_path)
    assert pins("minimal", "cdktf")[0] == f"aibridge-construct[node,testing]{pinned}"


def test_what_an_engine_that_is_not_here_shares_with_the_other_is_left_to_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("aibridge_construct.new.is_installed", lambda engine: engine != "cdktn")
    monkeypatch.setattr("aibridge_construct.__main__.is_installed", lambda engine: engine != "cdktn")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "box", "--engine", "cdktn"]) == 0
    assert "cdktn is not installed here, so requirements.txt leaves its version to pip" in capsys.readouterr().out
    text = (tmp_path / "box/requirements.txt").read_text()
    names = {re.split(r"[\[=]", line)[0] for line in text.splitlines() if not line.startswith("#")}
    assert {"aibridge-construct", "cdktn-provider-docker", "pytest", "syrupy"} <= names
    assert not {"cdktf", "constructs", "jsii", "typeguard", "publication"} & names
    assert "# cdktn was not installed when this was written: pip chooses its version" in text
    assert main(["new", "other", "--engine", "cdktf"]) == 0
    assert "not installed" not in capsys.readouterr().out + (tmp_path / "other/requirements.txt").read_text()


NOT_NAMES = ["", ".", "a b", "my_box", "-box", "box-", "a--b", "a/b", "../box", "/tmp/box", "büx", "box\n", "x" * 33]


@pytest.mark.parametrize("name", [*NOT_NAMES, "new", "create"])
def test_a_name_that_coder_would_not_take_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValueError, match="NAME must be what Coder takes .* for example my-template. Got"):
        new(name, parent=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_and_an_unknown_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("box", "link"):
        with pytest.raises(TemplateError, match="is there already. Choose another name, or remove it"):
            new(name, parent=tmp_path)
    with pytest.raises(InvalidValueError, match=r"--kind must be one of docker, .*tools\. Got 'podman'"):
        new("other", "podman", parent=tmp_path)
    with pytest.raises(InvalidValueError, match="--engine must be cdktn or cdktf. Got 'pulumi'"):
        new("other", engine="pulumi", parent=tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["box", "link"]


def test_the_command_says_what_comes_next_and_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "box", "--kind", "minimal"]) == 0
    assert "cd box\n  python -m pip install -r requirements.txt\n" in capsys.readouterr().out
    assert main(["new", "box"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/box is there already. Choose another name, or remove it.\n"
    assert main(["new", "a b"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    tasks = run(sys.executable, "tasks.py", folder=tmp_path / "box")
    assert [line.split()[2] for line in tasks.splitlines()] == ["synth", "test", "accept", "draw", "push"]
    run(sys.executable, "tasks.py", "synthesize", folder=tmp_path / "box", status=1)


def test_the_tutorial_from_the_wheel_alone(tmp_path: Path, built: Built) -> None:
    wheel = built.wheel
    carried = {name.partition("/templates/")[2] for name in zipfile.ZipFile(wheel).namelist() if "/templates/" in name}
    assert carried == examples()

    work = tmp_path / "templates of mine"
    work.mkdir()
    reader = Reader(work, wheel.parent)
    install, make, test, synth, changed, accept, _push = blocks(TUTORIAL, "sh")
    commands, pushed, drift, _log = blocks(TUTORIAL, "console")
    part, change = blocks(TUTORIAL, "python")
    reader.types(install)
    (requirement,) = re.findall(r"'aibridge-construct\S+'", install.text)
    assert requirement in next(block.text for block in blocks("README.md", "sh"))
    assert reader.types(make).endswith(commands.text)
    where = reader.types("python -c 'import aibridge_construct; print(aibridge_construct.__file__)'")
    assert Path(where.strip()).is_relative_to(tmp_path)
    said = reader.types(test)
    assert re.search(r"^=+ 5 passed in ", said, re.MULTILINE), said
    assert reader.types(synth).endswith(pushed.text)

    program = work / "my-template/main.py"
    text = program.read_text()
    assert part.text in text
    program.write_text(re.sub(r"^IMAGE = .*\n", change.text, text, flags=re.MULTILINE))
    said = reader.types(changed, status=1)
    told = {line.removeprefix("E").strip() for line in said.splitlines()}
    assert set(map(str.strip, drift.text.splitlines())) - told == set()
    reader.types(accept)

    reader.types("cd ..; python -m aibridge_construct new other --engine cdktn")
    reader.types("cd other; python -m pip install --quiet -r requirements.txt")
    assert "from cdktn import App" in (work / "other/main.py").read_text()
    out = reader.types("python tasks.py test -q -W error -k 'the_template or import'")
    assert re.search(r"^2 passed", out, re.MULTILINE), out


class Reader:
    """Somebody with the tutorial, a folder, and wheels in place of an index; without a checkout."""

    def __init__(self, folder: Path, dist: Path) -> None:
        self._folder = self._where = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "JSII_"))}
        self._env = kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PIP_NO_INDEX": "1",
            # Separated by spaces, of which a path may have some.
            "PIP_FIND_LINKS": f"{WHEELHOUSE.as_uri()} {dist.as_uri()}",
            "PIP_NO_COMPILE": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def types(self, commands: Block | str, status: int = 0) -> str:
        """Run commands in the terminal, which remembers folder and environment; returns what they print."""
        text = commands if isinstance(commands, str) else commands.text
        activate, left = self._folder / "venv/bin/activate", self._folder / "where"
        before = f". '{activate}'; " if activate.exists() else ""
        done = subprocess.run(
            ["sh", "-ec", f"{before}{text}\npwd >'{left}'"],
            cwd=self._where,
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stdout
        self._where = Path(left.read_text().strip())
        return done.stdout


def examples() -> set[str]:
    """What `new` may copy, of the examples of this checkout."""
    files = (file.relative_to(ROOT / "examples") for file in ROOT.glob("examples/*/**/*") if file.is_file())
    return {name.as_posix() for name in files if not {"cdktf.out", "__pycache__"} & set(name.parts)}
