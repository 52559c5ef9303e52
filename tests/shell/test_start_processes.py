"""What a start costs: the processes that each script makes, counted in a namespace of its own, in every shell."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, ProxiedTool
from aibridge_construct.shell.render import shell_file
from aibridge_construct.testing import AgentScripts, in_every_shell
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.terraform import Terraform
from aibridge_construct.testing.workspace import workspace_environment

from .deployment import Deployment, answer
from .workspace import TOKEN, assigned

#: Runs a command, then writes down the number that the next process got: there, the first one is 1.
COUNT = '"$@"; sh -c "echo \\$\\$" >"$0"'
CODER = "#!/bin/sh\necho 'Status: pending'\n"

#: The most that a start may make, when it is the first one and later. The shell that a script is, what writes the text
#: to it, every `coder` and `curl` are among them: what a shell adds to the least is in bench/RESULTS.md.
MOST = {"setup": (10, 11), "tool": (18, 12)}


def counted(into: Path, command: Sequence[str]) -> list[str]:
    """The command line that counts, where whoever runs the tests may make namespaces."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--pid", "--mount-proc", "--fork", "sh", "-c", COUNT, str(into), *command]


@functools.cache
def why_not() -> str:
    """Why nothing can be counted here, or an empty string."""
    if shutil.which("unshare") is None:
        return "unshare (util-linux) is not installed"
    probe = subprocess.run(counted(Path(os.devnull), ["true"]), capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"no process namespace: {probe.stderr.strip()}"


@pytest.fixture(scope="session")
def texts(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The setup script and a tool, planned by real Terraform."""
    directory = tmp_path_factory.mktemp("processes")
    stack = TerraformStack(App(outdir=str(directory / "out")), "stack")
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url="https://aiproxy.example.com:8888")
    tool = ProxiedTool(stack, "tool", proxy=proxy, command=["true"], runtimes=["curl"])
    (directory / "cdk.tf.json").write_text(Testing.synth(stack))
    terraform = Terraform(directory, env=workspace_environment(token=TOKEN), mirror=mirror)
    terraform.init()
    plan = terraform.plan()
    return {name: plan.resource(of.script.address)["script"] for name, of in (("setup", proxy), ("tool", tool))}


@pytest.fixture
def deployment(pem: bytes) -> Iterator[Deployment]:
    with Deployment(answer(200, pem, {"Date": "Mon, 02 Jan 2023 15:04:05 GMT"})) as running:
        yield running


@in_every_shell
def test_a_start_makes_no_process_more_than_it_needs(
    coder_scripts: AgentScripts, texts: dict[str, str], deployment: Deployment, tmp_path: Path
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    into = tmp_path / "count"
    scripts = coder_scripts.another(system=lambda command: counted(into, command))
    scripts.command("coder", CODER)
    certificate = str(tmp_path / "certs" / "ca.pem")
    paths = {"CERT_PATH": certificate, "BUNDLE_PATH": "", "ACCESS_URL": deployment.url}
    tool = {"aibridge_cert_path": certificate, "aibridge_bundle_path": certificate}
    found: dict[str, list[int]] = {}
    for name, values in (("setup", paths), ("tool", tool)):
        for _ in range(2):
            ended = scripts.run(assigned(texts[name], values))
            assert (ended.status, ended.stderr) == (0, "")
            # Without the shell that runs it and the one that wrote the number down.
            found.setdefault(name, []).append(int(into.read_text()) - 2)
    assert all(count <= most for name in MOST for count, most in zip(found[name], MOST[name], strict=True)), found


#: A clock serves several waits: it wakes up in the second one, and kills in the third.
WAITS = """
run_for 2 true
echo $?
run_for 20 sleep 2
echo $?
run_for 1 sleep 60
echo $?
run_for 60 true
leave 0
"""


@in_every_shell
def test_one_clock_serves_all_waits_of_a_script_and_is_gone_at_its_end(coder_scripts: AgentScripts) -> None:
    library = shell_file("lib.sh") + shell_file("address.sh")
    text = library.replace("$${", "${").replace("%%{", "%{")
    running = coder_scripts.start(f"#!/bin/sh\naibridge_version=0 aibridge_proc=none\n{text}{WAITS}")
    ended = running.finish(40)
    assert (ended.status, ended.stdout, ended.stderr) == (0, "0\n0\n137\n", "")
    assert running.orphans() == []
