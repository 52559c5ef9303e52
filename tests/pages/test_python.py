"""Python, Terraform and errors of the pages, run: fragments stand in a template's constructor, one after the other."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdktf as engine
import constructs
import pytest
from cdktf import App, Testing

import aibridge_construct
from aibridge_construct import AIBridgeError, AIBridgeProxy, AIBridgeProxyModule, CoderAgent, CoderTemplate, ProxiedTool
from aibridge_construct.__main__ import main
from tests.conftest import MakeTerraform
from tests.values import PEM

from .blocks import Block, blocks, pages
from .registry import FRAGMENTS, HANDLED, PROGRAMS

URL = "https://aiproxy.example.com:8888"
#: What fragments read: files of the repository around them.
FILES = {
    "README.md": "# Demo\n",
    "cloud-init.yaml": "hostname: dev\n",
    "network/main.tf": 'output "name" { value = "here" }\n',
    "listener.pem": PEM,
    ".terraform.lock.hcl": "",
}


def handled_by(test: str, page: str) -> list[Block]:
    return [each for each in blocks(page) if next((h for h in HANDLED if h.covers(each)), HANDLED[0]).test == test]


def run(block: Block, names: dict[str, Any]) -> None:
    """Run a block, on the engine of these tests."""
    text = re.sub(r"(?<=^from )cdk\w+(?= import)", engine.__name__, block.text, flags=re.MULTILINE)
    text = text.replace("App()", "App(outdir=outdir)")
    if "super().__init__(" in text and "class " not in text:
        # What stands in the constructor of a template of its own.
        text = "class Made(CoderTemplate):\n    def __init__(self, scope, id):\n" + textwrap.indent(text, " " * 8)
        text += "\nself = Made(App(outdir=outdir), 'made')\n"
    exec(compile(text, f"{block.page}, line {block.line}", "exec"), names)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the code runs in."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def synthesized(block: Block, repository: Path) -> Path:
    """The stack of a template with a fragment in it, behind an agent and a proxy where it makes none."""
    outdir = repository / "cdktf.out"
    template = CoderTemplate(App(outdir=str(outdir), skip_validation=True), "page")
    names: dict[str, Any] = {**vars(engine), **vars(constructs), **everything()}
    names |= {
        "self": template,
        "url": URL,
        "Path": Path,
        "__file__": str(repository / "main.py"),
        "outdir": str(outdir),
    }
    nodes = [node for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Assign)]
    assigned = {target.id for node in nodes for target in node.targets if isinstance(target, ast.Name)}
    if "agent" not in assigned:
        names["agent"] = CoderAgent(template, "main", os="linux", arch="amd64")
        if "proxy" not in assigned and "proxy=" in block.text:
            names["proxy"] = AIBridgeProxy(template, "aibridge", agent_id=names["agent"].id, proxy_url=URL)
    run(block, names)
    names["self"].node.root.synth()
    return outdir / "stacks" / str(names["self"].node.id)


def everything() -> dict[str, Any]:
    """The public names."""
    return {name: getattr(aibridge_construct, name) for name in aibridge_construct.__all__}


def fragments() -> list[Any]:
    found = [block for page in pages() for block in handled_by(FRAGMENTS, page)]
    return [pytest.param(block, id=f"{block.page}:{block.line}") for block in found]


@pytest.mark.parametrize("block", fragments())
def test_a_fragment_of_a_page_synthesizes(block: Block, repository: Path) -> None:
    assert (synthesized(block, repository) / "cdk.tf.json").is_file()


@pytest.mark.parametrize("page", ["docs/copilot.md", "docs/gateway.md"])
def test_json_of_a_page_is_what_the_fragment_before_it_writes(page: str, repository: Path) -> None:
    (shown,) = blocks(page, "json")
    before = [block for block in blocks(page, "python") if block.line < shown.line][-1]
    modules = json.loads((synthesized(before, repository) / "cdk.tf.json").read_text())["module"]
    ((name, expected),) = json.loads(f"{{{shown.text}}}").items()
    written = {key: value for key, value in modules[name].items() if key != "//"}
    assert written == expected
    assert list(written) == list(expected)


@pytest.mark.parametrize("page", [page for page in pages() if handled_by(PROGRAMS, page)])
def test_a_whole_program_of_a_page_writes_a_template(page: str, repository: Path) -> None:
    program, commands = handled_by(PROGRAMS, page)
    here = {"__file__": str(repository / "main.py"), "outdir": str(repository / "cdktf.out")}
    run(program, here)
    (directory,) = re.findall(r"(?:--directory|-d) (\S+)", commands.text)
    assert (repository / directory / "cdk.tf.json").is_file()


# ---- errors


def raised(act: Callable[[], object]) -> str:
    with pytest.raises((AIBridgeError, RuntimeError)) as caught:
        act()
    return f"{caught.type.__name__.rpartition('.')[2]}: {caught.value}"


def windows() -> object:
    stack = CoderTemplate(App(outdir=str(Path.cwd() / "cdktf.out")), "demo")
    agent = CoderAgent(stack, "main", os="windows", arch="amd64")
    return AIBridgeProxy(stack, "aibridge", agent_id=agent.id, proxy_url=URL)


def url() -> object:
    return AIBridgeProxy(CoderTemplate(App(), "demo"), "p", agent_id="a1", proxy_url="aiproxy.example.com")


def percent() -> object:
    stack = CoderTemplate(App(), "demo")
    proxy = AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL)
    return ProxiedTool(stack, "tool", proxy=proxy, command="curl -w %{http_code}")


def backend() -> object:
    stack = CoderTemplate(App(outdir=str(Path.cwd() / "cdktf.out")), "docker")
    stack.add_override("terraform.backend.local.path", "/x")
    return stack.node.root.synth()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ["page", "first", "act"],
    [
        pytest.param("README.md", "InvalidValueError", url, id="a URL"),
        pytest.param("docs/tools.md", "command holds", percent, id="what Terraform would read"),
        pytest.param("docs/windows.md", "InvalidValueError", windows, id="Windows"),
        pytest.param("docs/template.md", "Traceback", backend, id="a backend"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_an_error_that_a_page_shows_is_the_one_that_is_raised(page: str, first: str, act: Callable[[], object]) -> None:
    (shown,) = (each for each in blocks(page, "text") if each.first.startswith(first))
    message = " ".join(shown.text.partition("app.synth()")[2].split() or shown.text.split())
    assert message.removesuffix("…").strip() in " ".join(raised(act).split())


def test_the_tree_of_errors_is_the_one_of_the_classes() -> None:
    (tree,) = blocks("docs/api/errors.md", "text")
    assert textwrap.indent(tree.text, "    ") in (aibridge_construct.errors.__doc__ or "")


def test_the_help_of_the_command_is_the_one_of_the_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    (shown,) = blocks("docs/api/command.md", "console")
    with pytest.raises(SystemExit):
        main(["new", "--help"])
    assert shown.text.partition("\n")[2].split() == capsys.readouterr().out.split()


# ---- Terraform and certificates


def test_the_module_call_of_a_page_plans(app: App, terraform: MakeTerraform) -> None:
    module = Testing.synth(AIBridgeProxyModule(app, "aibridge-proxy"), True)
    agent = 'resource "coder_agent" "main" {\n  os   = "linux"\n  arch = "amd64"\n}\n'
    needs = 'terraform {\n  required_providers {\n    coder = { source = "coder/coder" }\n  }\n}\n'
    calls = {
        block.text for page in pages() for block in blocks(page, "hcl") if block.first == 'module "aibridge-proxy" {'
    }
    assert calls
    for call in calls:
        made = terraform({"main.tf": needs + agent + call, "aibridge-proxy/cdk.tf.json": module})
        assert made.plan().resource("module.aibridge-proxy.coder_script.aibridge_proxy_setup")["run_on_start"] is True


def test_the_certificate_of_the_page_is_what_every_client_takes(tmp_path: Path) -> None:
    (command,) = blocks("docs/listener.md", "sh")
    subprocess.run(["sh", "-ec", command.text], cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run(
        ["openssl", "x509", "-in", "listener.pem", "-noout", "-text"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "CA:FALSE" in said
    assert "CA:TRUE" not in said
    assert "DNS:aiproxy.example.com" in said
