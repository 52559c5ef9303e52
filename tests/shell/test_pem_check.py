"""What the script takes for a certificate is what the rule of the arguments takes; for every shell."""

from __future__ import annotations

import ssl
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from tests.pems import PEMS, plain_of

from .workspace import INSTALLED, Shell, Workspace

#: Prints a line for each file, and writes what every program reads beside it.
CHECK_ALL = """
for file in "$1"/*.pem; do
  if pem_check "$file"; then
    echo "$file takes $pem_count${pem_untidy:+ untidy}"
    pem_blocks "$file" >"${file%.pem}.plain"
  else
    echo "$file $pem_problem"
  fi
done
"""


@pytest.mark.parametrize("shell", INSTALLED, ids=lambda shell: shell.name)
def test_the_script_draws_the_same_line(shell: Shell, tmp_path: Path) -> None:
    for number, pem in enumerate(PEMS):
        (tmp_path / f"{number:03}.pem").write_bytes(pem.data)
    library = files("aibridge_construct.shell").joinpath("lib.sh").read_text("utf-8")
    with Workspace(shell, "none") as workspace:
        done = subprocess.run(
            [workspace.scripts.image / "sh", "-s", tmp_path],
            input=library + CHECK_ALL,
            env=workspace.scripts.environment,
            text=True,
            capture_output=True,
            check=True,
            timeout=60,
        )
    assert done.stderr == ""
    for number, (pem, verdict) in enumerate(zip(PEMS, done.stdout.splitlines(), strict=True)):
        said = verdict.partition(" ")[2]
        assert said.startswith(f"takes {pem.certificates}") is bool(pem.certificates), (pem.name, said)
        if not pem.certificates:
            continue
        made = (tmp_path / f"{number:03}.plain").read_text()
        assert "".join(made.split()) == "".join(plain_of(pem.certificates).split()), pem.name
        assert set(made) <= set(plain_of(2)), "one form of line ends, no blanks"
        if "untidy" not in said:
            # Kept byte for byte, so it must be what every program reads; a byte order mark is not.
            ssl.create_default_context(cafile=str(tmp_path / f"{number:03}.pem"))
            assert not pem.data.startswith(b"\xef\xbb\xbf")


def test_a_long_file_takes_no_time_to_speak_of(tmp_path: Path) -> None:
    roots = Path("/etc/ssl/certs/ca-certificates.crt")
    if not roots.is_file():
        pytest.skip(f"{roots} is not there")
    library = files("aibridge_construct.shell").joinpath("lib.sh").read_text("utf-8")
    for shell in INSTALLED:
        with Workspace(shell, "none") as workspace:
            done = subprocess.run(
                [workspace.scripts.image / "sh", "-s", roots],
                input=library + 'pem_check "$1" && echo "$pem_count"',
                env=workspace.scripts.environment,
                text=True,
                capture_output=True,
                check=True,
                timeout=30,
            )
        assert int(done.stdout) == roots.read_text().count("BEGIN CERTIFICATE")
