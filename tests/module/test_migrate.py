"""From the registry's module to this one and back, and on to Python, in Coder's builds; as docs/migrate.md says it.

The registry's module is played by one that has its addresses, inputs and outputs.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cdktf import App, TerraformHclModule

from aibridge_construct import AIBridgeProxy, CoderAgent, CoderEnv, CoderTemplate
from aibridge_construct.testing import Build, Mirror, TerraformError, Workspace, pack

from .conftest import FOLDER, ROOT, blocks, dead_links

HOST = "https://git.example.com/your-org/aibridge-construct.git"
PAGE = ROOT / "docs/migrate.md"
SCRIPT = "module.aibridge-proxy.coder_script.aibridge_proxy_setup"
THEIRS, OURS = blocks(PAGE, "tf")
REPLACED = {SCRIPT: ["delete", "create"]}

#: A template around the block of the page; it uses both outputs.
REST = """
terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}

resource "coder_env" "certificate" {
  agent_id = coder_agent.main.id
  name     = "PROXY_CERTIFICATE"
  value    = module.aibridge-proxy.cert_path
}

output "proxy_auth_url" {
  value     = module.aibridge-proxy.proxy_auth_url
  sensitive = true
}
"""


def template(folder: Path, call: str) -> bytes:
    """What is pushed: a template in HCL with this call, and the registry's module beside it."""
    folder.mkdir()
    (folder / "main.tf").write_text(call + REST)
    shutil.copytree(ROOT / "tests/terraform/hcl_module", folder / "theirs")
    shutil.copytree(FOLDER, folder / "aibridge-proxy", ignore=shutil.ignore_patterns(".terraform*"))
    return pack(folder, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Git repository with the folder and a tag."""
    place = tmp_path_factory.mktemp("git") / "aibridge-construct.git"
    shutil.copytree(FOLDER, place / "modules/aibridge-proxy", ignore=shutil.ignore_patterns(".terraform*"))
    (version,) = re.findall(r"\?ref=(v[\d.]+)", OURS)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false"]
    for words in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "One"], ["tag", version]):
        subprocess.run(["git", *words], cwd=place, check=True, capture_output=True)
    return f"file://{place}"


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory, mirror: Mirror, repository: str) -> dict[str, Build]:
    """A workspace that is built with the registry's module, then with ours from Git, then with theirs again."""
    folder = tmp_path_factory.mktemp("templates")
    theirs = re.sub(r'"registry\..*"\n  version .*', '"./theirs"', THEIRS)
    ours = OURS.replace(HOST, repository)
    workspace = Workspace(template(folder / "theirs", theirs), mirror=mirror)
    made = {"theirs": workspace.start()}
    for name, call in (("ours", ours), ("back", theirs)):
        workspace.template = template(folder / name, call)
        made[name] = workspace.start()
    return made


def plan_in(text: str) -> str:
    """What a plan says will happen; ids are of each workspace's own."""
    found = re.search(r"^  # .*^Plan: [^\n]*$", text, re.DOTALL | re.MULTILINE)
    assert found, text
    return re.sub(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '"…"', found[0])


@pytest.mark.parametrize(("way", "shown"), [("ours", 0), ("back", 1)])
def test_there_and_back_nothing_changes_but_the_script(builds: dict[str, Build], way: str, shown: int) -> None:
    build = builds[way]
    assert build.actions == REPLACED
    (change,) = [each for each in build.plan["resource_changes"] if each["address"] == SCRIPT]
    assert change["change"]["replace_paths"] == [["script"]]
    assert [each["actions"] for each in build.plan["output_changes"].values()] == [["no-op"]]
    assert build.outputs == builds["theirs"].outputs
    assert plan_in(blocks(PAGE, "text")[shown]) == plan_in(build.plan_text)


def test_on_the_way_back_the_inputs_that_are_ours_are_refused(tmp_path: Path, mirror: Mirror) -> None:
    call = re.sub(r'"registry\..*"\n  version .*', '"./theirs"\n  refresh   = "0 0 */6 * * *"', THEIRS)
    with pytest.raises(TerraformError, match="Unsupported argument"):
        Workspace(template(tmp_path / "template", call), mirror=mirror).start()


# ---- to Python ------------------------------------------------------------------------------------------

NAMES: dict[str, Any] = {
    "AIBridgeProxy": AIBridgeProxy,
    "CoderAgent": CoderAgent,
    "CoderEnv": CoderEnv,
    "TerraformHclModule": TerraformHclModule,
}
KEEPS, ITSELF, MOVES, COMPARED = blocks(PAGE, "python")


@pytest.fixture
def port(tmp_path: Path, repository: str) -> Callable[..., Path]:
    """The directory of a template in Python with blocks of the page in its constructor."""

    def port(*blocks: str) -> Path:
        class Template(CoderTemplate):
            def __init__(self, app: App) -> None:
                super().__init__(app, "port")
                names = NAMES | {"self": self}
                for block in blocks:
                    exec(block, names)

        app = App(outdir=str(tmp_path / "out"), skip_validation=True)
        Template(app)
        app.synth()
        written = tmp_path / "out/stacks/port/cdk.tf.json"
        written.write_text(written.read_text().replace(HOST, repository))
        return written.parent

    return port


@pytest.fixture
def rebuilt(builds: dict[str, Build], mirror: Mirror) -> Callable[[Path], Build]:
    """A workspace of the registry's module, built again from another template."""

    def rebuilt(directory: Path) -> Build:
        workspace = Workspace(pack(directory, check=False), mirror=mirror)
        workspace.state = json.dumps(builds["theirs"].state).encode()
        return workspace.start()

    return rebuilt


def test_a_python_template_that_keeps_the_module_keeps_its_address(
    port: Callable[..., Path], rebuilt: Callable[[Path], Build]
) -> None:
    assert rebuilt(port(KEEPS)).actions == REPLACED


def test_in_python_the_script_has_another_address_and_the_rest_keeps_its_own(
    port: Callable[..., Path], rebuilt: Callable[[Path], Build]
) -> None:
    build = rebuilt(port(ITSELF))
    (ours,) = [name for name in build.actions if name != SCRIPT]
    assert build.actions == {ours: ["create"], SCRIPT: ["delete"]}
    assert f'"{ours}"' in COMPARED
    assert set(blocks(PAGE, "text")[2].splitlines()) <= set(build.plan_text.splitlines())


def test_a_moved_script_is_one_replacement(port: Callable[..., Path], rebuilt: Callable[[Path], Build]) -> None:
    agent, _, environment = ITSELF.splitlines()
    build = rebuilt(port(agent, MOVES, environment))
    assert plan_in(blocks(PAGE, "text")[3]) == plan_in(build.plan_text)


def test_the_pages_test_of_the_port_passes_and_tells_what_else_differs(
    port: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hcl").mkdir()
    rest = REST.partition("\noutput ")[0]
    (tmp_path / "hcl/main.tf").write_text(re.sub(r'"git::.*"', '"./aibridge-proxy"', OURS) + rest)
    shutil.copytree(FOLDER, tmp_path / "hcl/aibridge-proxy", ignore=shutil.ignore_patterns(".terraform*"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(COMPARED, names)
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    test(SimpleNamespace(directory=port(ITSELF)))
    with pytest.raises(AssertionError):
        test(SimpleNamespace(directory=port(ITSELF.replace("PROXY_CERTIFICATE", "OTHER"))))


def test_every_link_of_the_page_leads_somewhere() -> None:
    assert dead_links(PAGE) == []
