"""Where the certificate goes: owners, permissions, full disks, extra certificates and the bundle; for every shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .certificates import certificate
from .conftest import Render
from .deployment import Deployment, answer
from .test_setup_faults import in_every_shell
from .workspace import OLD, TOKEN, Shell, Workspace

NOBODY = 65534
SYSTEM_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users and mount")


def test_an_unprivileged_user_can_run_it(render: Render, pem: bytes) -> None:
    user = NOBODY if os.geteuid() == 0 else None

    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)
            result = workspace.run(text, user=user)
            assert (result.status, result.stderr) == (0, "")
            assert workspace.certificate() == pem
            assert Path(workspace.cert_path).stat().st_uid == (user if user is not None else os.geteuid())

    in_every_shell(job)


def test_an_unwritable_directory_is_named(render: Render, pem: bytes) -> None:
    user = NOBODY if os.geteuid() == 0 else None

    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.put_old_certificate()
            directory = Path(workspace.cert_path).parent
            directory.chmod(0o555)
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)
            result = workspace.run(text, user=user)
            directory.chmod(0o755)
            assert result.status == 1
            assert f"could not write in the directory {directory}: check its owner" in result.last_line
            assert "was kept" in result.last_line
            assert workspace.certificate() == OLD

    in_every_shell(job)


def test_a_directory_that_cannot_be_made_is_named(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            (workspace.place / "kept-file").touch()
            directory = workspace.place / "kept-file" / "sub"
            result = workspace.run(render(CERT_PATH=directory / "ca.pem", ACCESS_URL=deployment.url))
            assert result.status == 1
            assert f"could not make the directory {directory}: check" in result.last_line

    in_every_shell(job)


@needs_root
def test_a_directory_squatted_in_a_shared_place_is_refused(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.place.chmod(0o1777)
            squatted = Path(workspace.cert_path).parent
            squatted.mkdir()
            squatted.chmod(0o777)
            os.chown(squatted, 12345, 12345)
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)
            for user in (NOBODY, None):
                result = workspace.run(text, user=user)
                assert result.status == 1
                assert f"{squatted} belongs to another user (id 12345), who could exchange" in result.last_line
            # The same for a link that somebody planted; a directory of root is good for everybody.
            squatted.rename(workspace.place / "kept-squatted")
            squatted.symlink_to(workspace.place / "kept-squatted")
            os.lchown(squatted, 12345, 12345)
            assert workspace.run(text).status == 1
            squatted.unlink()
            squatted.mkdir()
            squatted.chmod(0o777)
            assert workspace.run(text, user=NOBODY).status == 0
            assert deployment.tokens == [TOKEN]

    in_every_shell(job)


@contextmanager
def small_disk(directory: Path) -> Iterator[None]:
    """A file system of 64 KiB at the directory."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", directory], check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let tests mount a tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", directory], check=True)


@needs_root
def test_a_full_disk_is_an_error_and_keeps_the_certificate(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        extra = "".join(certificate(f"extra {n}").decode() for n in range(2))
        for downloader in ("curl", "wget") if shutil.which("wget") else ("curl",):
            with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem)) as deployment:
                directory = Path(workspace.cert_path).parent
                directory.mkdir()
                with small_disk(directory):
                    workspace.put_old_certificate()
                    text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, EXTRA_CA_PEM=extra)
                    filler = directory / "filler"
                    for room in (0, 4096):
                        fill(filler, room)
                        result = workspace.run(text)
                        assert result.status == 1, result
                        assert f"could not write in the directory {directory}: check" in result.last_line
                        assert "free space" in result.last_line
                        assert "was kept" in result.last_line
                        assert workspace.certificate() == OLD
                        assert sorted(path.name for path in directory.iterdir()) == ["ca-cert.pem", "filler"]
                    filler.unlink()
                    assert workspace.run(text).status == 0

    in_every_shell(job)


def fill(filler: Path, room: int) -> None:
    """Write into the file until nothing fits any more, then give ``room`` bytes back."""
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() // 4096 * 4096 - room))


def test_extra_certificates_follow_the_ca(render: Render, pem: bytes) -> None:
    extra = certificate("listener").decode() + certificate("another").decode()

    def job(shell: Shell) -> None:
        for served, given in ((pem, extra), (pem.rstrip(), extra), (pem, extra.rstrip())):
            with Workspace(shell) as workspace, Deployment(answer(200, served)) as deployment:
                text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, EXTRA_CA_PEM=given)
                assert workspace.run(text).status == 0
                assert workspace.certificate() == pem + extra.encode()

    in_every_shell(job)


@pytest.mark.skipif(not SYSTEM_ROOTS.is_file(), reason=f"{SYSTEM_ROOTS} is not there")
def test_the_bundle_is_system_roots_ca_and_extra_certificates(render: Render, pem: bytes) -> None:
    extra = certificate("listener").decode()

    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            bundle = Path(workspace.cert_path).with_name("kept-bundle.pem")
            text = render(
                CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, EXTRA_CA_PEM=extra, BUNDLE_PATH=bundle
            )
            assert workspace.run(text, umask=0o077).status == 0
            assert bundle.read_bytes() == SYSTEM_ROOTS.read_bytes() + b"\n" + pem + extra.encode()
            assert bundle.stat().st_mode & 0o7777 == 0o644
            assert workspace.leftovers() == []

    in_every_shell(job)


def test_a_bundle_that_cannot_be_put_there_is_an_error_but_the_certificate_stands(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            bundle = workspace.place / "kept-bundle.pem"
            bundle.mkdir()
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, BUNDLE_PATH=bundle)
            result = workspace.run(text)
            assert result.status == 1
            assert f"{bundle} is a directory" in result.last_line
            assert "The certificate was saved to " in result.last_line
            assert workspace.certificate() == pem
            assert workspace.leftovers() == []

    in_every_shell(job)


def test_no_bundle_is_built_unless_a_tool_wants_it(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            assert workspace.run(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)).status == 0
            assert [path.name for path in Path(workspace.cert_path).parent.iterdir()] == ["ca-cert.pem"]

    in_every_shell(job)


@pytest.mark.parametrize("url,succeeds", [("", True), ("ftp://x", False)], ids=["success", "failure"])
def test_a_closed_output_does_not_matter(url: str, succeeds: bool, render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=url or deployment.url)
            command = [str(workspace.bin / "sh"), "-c", 'exec "$0" -c "$1" >&- 2>&-', str(workspace.bin / "sh"), text]
            assert (workspace.scripts.terminal(*command).status == 0) is succeeds
            assert workspace.certificate() == (pem if succeeds else None)

    in_every_shell(job)
