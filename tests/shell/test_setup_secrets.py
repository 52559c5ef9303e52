"""The session token reaches the server and nothing else: no argument list, no environment, no output."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import trustme

from .conftest import Render
from .deployment import Deployment, Request, answer
from .test_setup_faults import in_every_shell
from .workspace import OLD, TOKEN, TOOLS, Shell, Workspace

#: Stands before a tool: writes down how the tool was called, then is the tool.
SPY = """#!/usr/bin/env -S {python} -IS
import os, sys
with open({log!r}, "ab") as log:
    log.write(repr((sys.argv, dict(os.environ))).encode() + b"\\n")
name = os.path.basename(sys.argv[0])
os.execv({tools!r} + "/" + name, [name, *sys.argv[1:]])
"""


def spy_on_every_tool(workspace: Workspace, downloader: str) -> Path:
    """Puts a spy before every tool of the workspace; returns its log."""
    real = workspace.root / "real"
    real.mkdir()
    log = workspace.root / "spy.log"
    text = SPY.format(python=os.path.realpath(sys.executable), log=str(log), tools=str(real))
    for tool in (*TOOLS, downloader, "coder"):
        (workspace.bin / tool).rename(real / tool)
        workspace.command(tool, text)
    return log


@pytest.mark.parametrize("downloader", ["curl", "wget"])
def test_no_child_has_the_token_in_its_arguments_or_environment(downloader: str, render: Render, pem: bytes) -> None:
    if shutil.which(downloader) is None:
        pytest.skip(f"{downloader} is not installed")

    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem)) as deployment:  # type: ignore[arg-type]
            log = spy_on_every_tool(workspace, downloader)
            bundle = workspace.place / "kept-bundle"
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, BUNDLE_PATH=bundle)
            # Exported before: a rendered value must not inherit the export.
            result = workspace.run(text, {"SESSION_TOKEN": "foreign", "work": "x", "url": "x"})
            assert (result.status, result.stderr) == (0, "")
            assert deployment.tokens == [TOKEN]
            seen = log.read_text()
            assert {tool for tool in ("mkdir", "mv", downloader, "coder") if f"/{tool}'" in seen} == {
                "mkdir",
                "mv",
                downloader,
                "coder",
            }
            assert TOKEN not in seen

    in_every_shell(job)


@pytest.mark.parametrize("downloader", ["curl", "wget"])
def test_the_process_list_shows_no_token_once_the_script_runs(downloader: str, render: Render, pem: bytes) -> None:
    if shutil.which(downloader) is None:
        pytest.skip(f"{downloader} is not installed")

    def job(shell: Shell) -> None:
        asked, go_on = threading.Event(), threading.Event()

        def serve(connection: object, request: Request) -> None:
            asked.set()
            go_on.wait(15)
            answer(200, pem)(connection, request)  # type: ignore[arg-type]

        with Workspace(shell, downloader) as workspace, Deployment(serve) as deployment:  # type: ignore[arg-type]
            process = workspace.start(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url))
            assert asked.wait(15)
            found = {pid: text for pid, text in argument_lists(process.pid) if TOKEN.encode() in text}
            names = [text.split(b"\0")[0] for _, text in argument_lists(process.pid)]
            go_on.set()
            assert process.finish(30).status == 0
            assert found == {}
            assert any(downloader.encode() in name for name in names), names

    in_every_shell(job)


def argument_lists(session: int) -> list[tuple[int, bytes]]:
    """The argument lists of all processes of a session, as /proc shows them to everybody."""
    lists = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(directory.name)) == session:
                lists.append((int(directory.name), (directory / "cmdline").read_bytes()))
        except OSError:
            continue
    return lists


@pytest.mark.parametrize("downloader", ["curl", "wget", "busybox wget"])
def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_token_is_sent(
    downloader: str, render: Render, authority: trustme.CA, pem: bytes
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem), context) as deployment:  # type: ignore[arg-type]
            workspace.put_old_certificate()
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=3)
            result = workspace.run(text)
            assert result.status == 1
            assert "TLS certificate" in result.last_line
            assert TOKEN not in deployment.tokens
            assert workspace.certificate() == OLD

    in_every_shell(job)


@pytest.mark.parametrize("how", ["curl CURL_CA_BUNDLE", "curl SSL_CERT_FILE", "wget SSL_CERT_FILE"])
def test_a_ca_named_in_the_environment_is_trusted_by_whoever_reads_the_variable(
    how: str, render: Render, authority: trustme.CA, pem: bytes, tmp_path: Path
) -> None:
    downloader, variable = how.split()
    reads_it = downloader == "curl" or b"gnutls" not in wget_version()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    roots = tmp_path / "roots.pem"
    roots.write_bytes(pem)

    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem), context) as deployment:  # type: ignore[arg-type]
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=3)
            result = workspace.run(text, {variable: str(roots)})
            if reads_it:
                assert (result.status, result.stderr) == (0, "")
                assert deployment.tokens == [TOKEN]
            else:
                assert "its TLS certificate could not be verified" in result.last_line

    in_every_shell(job)


def wget_version() -> bytes:
    wget = shutil.which("wget")
    return subprocess.run([wget, "--version"], capture_output=True, check=True).stdout if wget else b""


def test_options_exported_by_bash_do_not_show_the_token(render: Render, pem: bytes) -> None:
    """Where /bin/sh is bash, an exported SHELLOPTS traces every shell below it."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    options = "braceexpand:errexit:noclobber:noglob:nounset:xtrace:verbose:allexport"
    with Workspace(Shell("bash, called sh", bash, link=True)) as workspace, Deployment(answer(200, pem)) as deployment:
        text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)
        result = workspace.run(text, {"SHELLOPTS": options})
        assert result.status == 0
        assert TOKEN not in result.stdout + result.stderr
        assert workspace.certificate() == pem
