"""What comes later than the start: a CA that another script installs, units to wait for, a CA that is exchanged."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from .certificates import certificate
from .conftest import Render
from .deployment import Deployment, answer
from .row import COMPLETE, START
from .test_setup_faults import in_every_shell
from .workspace import TOKEN, Coder, Shell, Workspace

WANTS = ("install-ca", "mount-home")


def after_units(text: str, seconds: int = 300) -> str:
    """The script of a proxy with ``after``."""
    begin = f"AFTER='{' '.join(WANTS)}'\nAFTER_SECONDS={seconds}\n"
    assert "\nAFTER_SECONDS=300\n" in text
    return text.replace("AFTER_SECONDS=300\n", begin)


@pytest.mark.parametrize("downloader", ["curl", "wget"])
def test_a_ca_that_another_script_installs_is_waited_for(
    downloader: str, render: Render, authority: trustme.CA, pem: bytes
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem), context) as deployment:  # type: ignore[arg-type]
            url = deployment.url.replace("127.0.0.1", "localhost")
            roots = workspace.root / "roots.pem"
            # GNU wget with GnuTLS reads no variable; nobody but root may write where it looks.
            trusts = {"SSL_CERT_FILE": str(roots)} if downloader == "curl" else {}
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=url, DEADLINE=20 if trusts else 2)
            running = workspace.start(text, trusts)
            if trusts:
                running.wait_for("its TLS certificate could not be verified; install the CA")
            roots.write_bytes(pem)
            ended = running.finish(30)
            if trusts:
                assert (ended.status, ended.stderr) == (0, "")
                assert workspace.certificate() == pem
                assert deployment.tokens == [TOKEN]
            else:
                assert "could not be verified; install the CA that issued it" in ended.last_line
                assert "gave up; the limit is 2 s" in ended.last_line

    in_every_shell(job)


def test_it_wants_what_it_waits_for_before_it_downloads(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            text = after_units(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url))
            ended = workspace.run(text)
            assert (ended.status, ended.stderr) == (0, "")
            wanted = [f"exp sync want aibridge-proxy-setup {unit}" for unit in WANTS]
            calls = [call for call in workspace.coder_calls if "status" not in call]
            assert calls == [*wanted, f"{START} --timeout 300s", COMPLETE]

    in_every_shell(job)


#: Waits for ever where it is told to wait.
SLOW = '#!/bin/sh\nprintf "%s\\n" "$*" >>"{log}"\n[ "$3" != start ] || exec sleep 60\n'


def test_it_goes_on_when_they_are_not_complete_in_time(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.command("coder", SLOW.format(log=workspace.root / "coder.log"))
            text = after_units(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url), seconds=1)
            ended = workspace.run(text)
            assert ended.status == 0
            assert ended.stderr == (
                "WARNING: the startup units that setup waits for (install-ca mount-home) were not complete after 1 s; "
                "it goes on without them.\n"
            )
            assert workspace.certificate() == pem
            assert workspace.coder_calls[-1] == COMPLETE

    in_every_shell(job)


@pytest.mark.parametrize("coder", ["fails", "missing"])
def test_it_says_that_it_does_not_wait_where_nothing_coordinates(coder: Coder, render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell, coder=coder) as workspace, Deployment(answer(200, pem)) as deployment:
            ended = workspace.run(after_units(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)))
            assert ended.status == 0
            assert "WARNING: setup does not wait for the startup units install-ca mount-home" in ended.stderr
            assert "CODER_AGENT_SOCKET_SERVER_ENABLED=true" in ended.stderr
            assert workspace.certificate() == pem

    in_every_shell(job)


def test_a_prebuilt_workspace_waits_for_nothing_and_lets_others_go_on(render: Render) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace:
            workspace.command("coder", SLOW.format(log=workspace.root / "coder.log").replace("sleep 60", "true"))
            ended = workspace.run(
                after_units(render(CERT_PATH=workspace.cert_path, SESSION_TOKEN="", IS_PREBUILD="true"))
            )
            assert (ended.status, ended.stderr) == (0, "")
            assert "will run after the claim" in ended.stdout
            assert not any("want" in call for call in workspace.coder_calls)
            assert workspace.coder_calls[-1] == COMPLETE

    in_every_shell(job)


def test_a_refresh_takes_a_new_ca_and_a_failed_one_keeps_what_works(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            bundle = Path(workspace.cert_path).with_name("kept-bundle.pem")
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, BUNDLE_PATH=bundle, DEADLINE=1)
            assert workspace.run(text).status == 0
            new = certificate("rotated")
            deployment.behaviour = answer(200, new)
            assert workspace.run(text).status == 0
            assert workspace.certificate() == new
            assert new in bundle.read_bytes()
            assert pem not in bundle.read_bytes()
            made = bundle.read_bytes()
            for bad in (answer(503), answer(200, pem[:-40]), answer(200, pem.replace(b"\n", b"\0\n")), answer(404)):
                deployment.behaviour = bad
                failed = workspace.run(text)
                assert failed.status == 1
                assert f"The certificate that is already at {workspace.cert_path} was kept." in failed.last_line
                assert (workspace.certificate(), bundle.read_bytes()) == (new, made)
            assert workspace.leftovers() == []

    in_every_shell(job)
