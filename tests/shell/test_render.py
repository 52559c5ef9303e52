"""Values reach the shell as data, whether Python knows them or only Terraform does."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files

import pytest

from aibridge_construct.shell.render import END_OF_SCRIPT, SETUP_FILES, Expression, quote, render, shell_file
from tests.conftest import MakeTerraform

HOSTILE = [
    "",
    "plain",
    "it's",
    "'; touch /tmp/pwned; '",
    '"double" $(id) `id` ${HOME} $HOME %{if true}x%{endif} \\ \\\\ \\n',
    "a\nb\n\nc",
    "-rf --help",
    "üñí 证书 🔐",
    "trailing backslash \\",
    "'''",
    "$${not escaped}%%{neither}",
]


@pytest.fixture(params=["dash", "bash", "busybox"])
def shell(request: pytest.FixtureRequest) -> list[str]:
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    return [found, "sh"] if request.param == "busybox" else [found]


# Prints every value with a zero byte behind it.
ECHO = "main() { printf '%s\\0' " + " ".join(f'"$V{n}"' for n in range(len(HOSTILE))) + '; }\nmain "$@" </dev/null\n'


def run(shell: list[str], text: str) -> list[str]:
    done = subprocess.run([*shell, "-c", text], capture_output=True, check=True, timeout=20)
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


def test_literals_arrive_byte_for_byte_in_every_shell(shell: list[str], terraform: MakeTerraform) -> None:
    text = render({f"V{n}": value for n, value in enumerate(HOSTILE)}, ECHO)
    rendered = terraform({"main.tf.json": json.dumps({"output": {"text": {"value": text}}})}).plan().outputs["text"]
    assert run(shell, rendered) == HOSTILE


def test_values_that_only_terraform_knows_arrive_byte_for_byte_in_every_shell(
    shell: list[str], terraform: MakeTerraform
) -> None:
    text = render({f"V{n}": Expression(f"var.values[{n}]") for n in range(len(HOSTILE))}, ECHO)
    configuration = {"variable": {"values": {"type": "list(string)"}}, "output": {"text": {"value": text}}}
    made = terraform({"main.tf.json": json.dumps(configuration)})
    assert run(shell, made.plan(variables={"values": HOSTILE}).outputs["text"]) == HOSTILE


def test_an_exported_variable_of_the_same_name_neither_wins_nor_exports_the_value(shell: list[str]) -> None:
    values = {f"V{n}": "" for n in range(len(HOSTILE))} | {"V0": "rendered"}
    text = render(values, ECHO).replace("main() {", "main() { env >&3;")
    done = subprocess.run(
        ["sh", "-c", 'exec 3>&1 >/dev/null; exec "$@"', "sh", *shell, "-c", text],
        env={"PATH": "/usr/bin:/bin", "V0": "inherited"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "inherited" not in done.stdout
    assert "rendered" not in done.stdout


def test_single_quotes_leave_the_quotes_for_a_moment() -> None:
    assert quote("it's") == "'it'\\''s'"


def test_the_text_of_the_shell_files_is_escaped_for_terraform(terraform: MakeTerraform) -> None:
    text = render({"A": "1"}, *map(shell_file, SETUP_FILES))
    made = terraform({"main.tf.json": json.dumps({"output": {"text": {"value": text}}})})
    rendered = made.plan().outputs["text"]
    for name in SETUP_FILES:
        lines = files("aibridge_construct.shell").joinpath(name).read_text().splitlines()
        assert "\n".join(line for line in lines if not line.strip().startswith("#")) in rendered
    assert len(rendered.encode()) < 64 * 1024


def test_a_value_cannot_end_the_script_early() -> None:
    with pytest.raises(ValueError, match="EXTRA must not have a line"):
        render({"EXTRA": f"a\n{END_OF_SCRIPT}\nrm -rf /"}, "lib.sh")
