"""Nothing that a template runs changes the workspace for anybody but the tool."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from aibridge_construct.shell.render import shell_file
from aibridge_construct.testing import AgentScripts, CoderCli
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.validation import literal_text

from .http_clients import CURL
from .template import Template
from .world import PROVIDER_URL, World

# Where shells, sessions and services take variables from.
PLACES = re.compile(
    r"""\.profile|\.bash_profile|\.bash_login|\.bashrc|\.zshrc|\.zshenv|\.zprofile|\.kshrc|config\.fish|\.pam_environment
    |/etc/environment|/etc/profile|environment\.d|BASH_ENV|\bENV=|systemctl|launchctl|\.curlrc|\.npmrc|\.gitconfig
    |git\ config|npm\ config|pip\ config|update-ca-certificates|update-ca-trust""",
    re.VERBOSE,
)
SYSTEM = [
    Path(name)
    for name in (
        "/etc/environment",
        "/etc/profile",
        "/etc/bash.bashrc",
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/gitconfig",
    )
]
LOGIN_SHELLS = [["bash", "-l", "-c", "env -0"], ["bash", "-i", "-c", "env -0"], ["dash", "-l", "-c", "env -0"]]


@pytest.fixture
def template(world: World, mirror: Mirror, tmp_path: Path) -> Template:
    """Everything at once: the launcher, tools in the foreground and in the background, one that goes directly."""
    made = Template(tmp_path / "template", world, mirror, launcher=True)
    url = PROVIDER_URL
    first = made.tool("first", CURL.command(url))
    made.tool("server", "sleep 1", background=True, after=[first])
    made.tool("shell", f"export LEFT=behind; curl {url}; true", after=["aibridge-tool-server"])
    made.tool("direct", ["true"], on_unavailable="direct", runtimes=["node"])
    return made


def scripts(template: Template) -> dict[str, str]:
    """Every script of the plan by its address."""
    resources = template.plan.json["planned_values"]["root_module"]["resources"]
    return {one["address"]: one["values"]["script"] for one in resources if one["type"] == "coder_script"}


def test_the_template_declares_no_variable_of_the_workspace(template: Template) -> None:
    content = json.loads(template.synthesized)
    assert sorted(content["resource"]) == ["coder_agent", "coder_script"]
    assert all("env" not in agent for agent in content["resource"]["coder_agent"].values())


def test_no_script_names_a_place_that_variables_are_taken_from(template: Template) -> None:
    # But for the one part that puts the launcher's directory on PATH, and those that read the user's files of some
    # programs: the next test looks at what is written.
    known = [literal_text(shell_file(name)) for name in ("login.sh", "configured.sh", "configure.sh")]

    def rest(text: str) -> str:
        for part in known:
            text = text.replace(part, "")
        return text

    found = {address: PLACES.findall(rest(text)) for address, text in scripts(template).items()}
    assert len(found) == 5
    assert not any(found.values()), found


def test_after_a_start_a_new_shell_finds_the_launcher_and_is_else_as_before_and_only_our_files_are_there(
    world: World, template: Template, coder_scripts: AgentScripts
) -> None:
    with CoderCli() as coder:
        runner = coder_scripts.another(path=coder.path(), system=world.on_system)
        for name in (".profile", ".bashrc"):
            (runner.home / name).write_text("export OF_THE_USER=kept\n")
        shells = [command for command in LOGIN_SHELLS if shutil.which(command[0])]
        before = [runner.terminal(*command).stdout for command in shells]
        files, system = _files(runner.home), [_content(path) for path in SYSTEM]
        processes = [runner.start(text) for text in scripts(template).values()]
        for process in processes:
            result = process.finish(30)
            assert result.status == 0, result.stderr
        assert world.provider.requests
        after = [runner.terminal(*command).stdout for command in shells]
        assert [text.replace(f":{runner.bin}\0", "\0") for text in after] == before
        assert all("OF_THE_USER=kept" in text for text in before)
        assert [_content(path) for path in SYSTEM] == system
        assert {
            name: _without_block(text) for name, text in _files(runner.home).items() if _without_block(text)
        } == files
        data = [process.data for process in processes if process.data]
        left = {path.name for place in data for path in place.iterdir() if path.suffix != ".starter"}
        assert left == {"aibridge-tool-server.log"}
        assert sorted(path.name for path in runner.bin.iterdir()) == ["aibridge-run"]
        certificates = Path(template.proxy.cert_path).parent
        made = ["ca.pem", "ca.pem.bundle", *(["ca.pem.trust"] if shutil.which("wget") else [])]
        assert sorted(path.name for path in certificates.iterdir()) == made
        assert {path.name for path in certificates.glob("*.trust/*")} <= {"wget-ca.pem.bundle"}


def _files(directory: Path) -> dict[str, bytes | None]:
    return {str(path): _content(path) for path in sorted(directory.rglob("*"))}


def _without_block(text: bytes | None) -> bytes | None:
    """A file without what the setup script adds for login shells."""
    return text and re.sub(rb"# >>> aibridge-run: .*# <<< aibridge-run: [^\n]*\n", b"", text, flags=re.DOTALL)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
