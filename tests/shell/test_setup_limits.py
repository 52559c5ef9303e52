"""Limits of the process (ulimit): an end with words, the unit completed, the certificate kept or whole."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

import pytest

from aibridge_construct.testing.scripts import AgentScripts, Ended

from .conftest import Render
from .deployment import Deployment, answer
from .test_setup_faults import in_every_shell
from .workspace import OLD, TOKEN, Shell, Workspace


def limited(options: str) -> Callable[[Sequence[str]], list[str]]:
    """Runs a command under a limit."""
    return lambda command: ["/bin/sh", "-c", f'ulimit {options} && exec "$@"', "limited", *command]


def run_limited(workspace: Workspace, options: str, text: str) -> Ended:
    scripts = AgentScripts(
        workspace.root / "limited", path=str(workspace.bin), system=limited(options), env={"HOME": str(workspace.home)}
    )
    with scripts:
        return scripts.run(text, seconds=30)


@pytest.mark.parametrize("blocks", [0, 1, 2, 4])
@pytest.mark.parametrize("downloader", ["curl", "wget"])
def test_a_file_size_limit_is_an_error_with_words(blocks: int, downloader: str, render: Render, pem: bytes) -> None:
    served = pem + b"# " + b"x" * 5000 + b"\n"

    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, served)) as deployment:  # type: ignore[arg-type]
            workspace.put_old_certificate()
            # Not in the place of the certificate: the record of the calls is a file too.
            workspace.command("coder", "#!/bin/sh\nmkdir -p " + shlex.quote(f"{workspace.root}/calls") + '/"$3"\n')
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=3)
            ended = run_limited(workspace, f"-f {blocks}", text)
            assert ended.status == 1, ended
            said = ended.last_line
            assert "check the free space and the limit on file sizes (ulimit -f)" in said
            assert TOKEN not in said
            assert workspace.certificate() == OLD
            assert workspace.leftovers() == []
            assert sorted(path.name for path in (workspace.root / "calls").iterdir()) == ["complete", "start"]

    in_every_shell(job)


# With fewer, dash and busybox sh cannot redirect, and their words go where stderr cannot be put back.
@pytest.mark.parametrize("number", [14, 16, 20])
def test_few_open_files_end_with_words_or_not_at_all(number: int, render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.put_old_certificate()
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=1)
            ended = run_limited(workspace, f"-n {number}", text)
            assert workspace.certificate() == (pem if ended.status == 0 else OLD)
            assert ended.status == 0 or ended.stderr, ended
            assert workspace.leftovers() == []

    in_every_shell(job)
