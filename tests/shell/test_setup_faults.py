"""The fault matrix of the setup script: one row a case, run for every shell, as real Terraform renders the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from aibridge_construct import __version__

from . import rows_server, rows_workspace
from .certificates import damaged, expired
from .conftest import Render
from .deployment import (
    Deployment,
)
from .row import Pem, Row, Scene
from .workspace import INSTALLED, OLD, SHELLS, TOKEN, Downloader, Shell, Workspace, downloader_is_here


@pytest.fixture(scope="session")
def certificates(authority: trustme.CA, pem: bytes) -> Pem:
    other = trustme.CA().cert_pem.bytes()
    key = authority.private_key_pem.bytes()
    return Pem(ca=pem, chain=pem + other, expired=expired(), key=key, damaged=damaged(pem))


def play(row: Row, shell: Shell, downloader: Downloader, render: Render, pem: Pem) -> None:
    """One row in one shell; asserts all of it."""
    with Workspace(shell, downloader, row.coder) as workspace, Deployment(row.serves(pem)) as deployment:
        scene = Scene(workspace, deployment, pem, {"CERT_PATH": workspace.cert_path}, dict(row.env))
        scene.values |= {"ACCESS_URL": deployment.url, "DEADLINE": 6, **row.values}
        if row.status != 0 if row.old is None else row.old:
            workspace.put_old_certificate()
        if row.prepare:
            row.prepare(scene)
        text = render(**{name: value for name, value in scene.values.items() if name.isupper()})
        result = workspace.run(text, scene.env, umask=row.umask)

        assert result.status == row.status, result
        if row.check:
            row.check(scene, result)
        assert TOKEN not in result.stdout + result.stderr
        said = result.last_line if row.status else result.stdout
        assert all(phrase in said for phrase in row.says), result
        if row.status:
            assert re.fullmatch(r"ERROR: .*\.", result.stderr.strip()), result
            assert result.stdout.endswith(f"This script was written by aibridge-construct {__version__}.\n"), result
        else:
            assert row.warns in result.stderr, result
            assert bool(row.warns) == bool(result.stderr), result
        expected = {"new": pem.ca, "kept": OLD, "none": None}[row.file] if isinstance(row.file, str) else row.file(pem)
        assert workspace.certificate() == expected
        assert workspace.leftovers() == []
        if row.calls is not None:
            assert tuple(workspace.coder_calls) == row.calls
        assert set(deployment.tokens) <= ({TOKEN} if downloader != "busybox wget" else {TOKEN, None})
        if row.requests is not None:
            low, high = row.requests if isinstance(row.requests, tuple) else (row.requests, row.requests)
            if downloader == "busybox wget":
                high *= 2
            assert low <= len(deployment.requests) <= high, deployment.paths


def in_every_shell(job: Callable[[Shell], None]) -> None:
    """Runs the job for all installed shells at once: most of their time is waiting."""
    with ThreadPoolExecutor(len(INSTALLED)) as pool:
        futures = {shell.name: pool.submit(job, shell) for shell in INSTALLED}
    failed = {name: error for name, future in futures.items() if (error := future.exception())}
    for error in failed.values():
        if isinstance(error, pytest.skip.Exception):
            raise error
    if failed:
        raise AssertionError("\n".join(f"--- {name}: {error}" for name, error in failed.items())) from next(
            iter(failed.values())
        )


@pytest.mark.parametrize(
    "row,downloader",
    [
        pytest.param(row, downloader, id=f"{row.name} [{downloader}]".replace("::", ":"))
        for row in (*rows_server.ROWS, *rows_workspace.ROWS)
        for downloader in row.downloaders
    ],
)
def test_the_fault_matrix(row: Row, downloader: Downloader, render: Render, certificates: Pem) -> None:
    if not downloader_is_here(downloader):
        pytest.skip(f"{downloader} is not installed")
    in_every_shell(lambda shell: play(row, shell, downloader, render, certificates))


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
def test_the_matrix_runs_in_every_shell_of_the_list(shell: Shell) -> None:
    if shell.program is None:
        pytest.skip(f"{shell.name} is not installed, so the fault matrix ran without it")
    assert shell in INSTALLED
