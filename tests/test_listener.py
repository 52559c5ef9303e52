"""A listener's certificate that says CA:TRUE: found alike by Python and by the setup script, and said in time."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cdktf import TerraformStack, TerraformVariable

from aibridge_construct import AIBridgeProxy
from aibridge_construct.listener import AUTHORITY_AS_LISTENER
from aibridge_construct.pem import is_hosts_authority, plain
from aibridge_construct.shell.render import shell_file
from aibridge_construct.testing import SHELLS
from tests.conftest import MakeTerraform
from tests.shell.certificates import certificate

URL = "https://aiproxy.example.com"

# The order of extensions and the length of the name move the bytes that are looked for through base64's three offsets.
SAN = "subjectAltName=DNS:aiproxy.example.com,IP:10.0.0.1"
CASES = [
    *(
        pytest.param([name, f"{critical}CA:TRUE{length}", SAN], True, id=f"{name} {critical}{length}")
        for name in ("/CN=a", "/CN=ab", "/CN=abc")
        for critical in ("", "critical,")
        for length in ("", ",pathlen:0")
    ),
    pytest.param(["/CN=abcd", "critical,CA:TRUE", f"{SAN},email:a@b.c"], True, id="more names"),
    pytest.param(["/", "critical,CA:TRUE", f"{SAN[:15]}critical,{SAN[15:]}"], True, id="names that are critical"),
    *(
        pytest.param([name, f"{critical}CA:FALSE", SAN], False, id=f"a leaf {name} {critical}")
        for name in ("/CN=a", "/CN=ab", "/CN=abc")
        for critical in ("", "critical,")
    ),
    pytest.param(["/CN=Company Root", "critical,CA:TRUE", None], False, id="an authority that names no host"),
]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "key.pem"
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(["openssl", "genrsa", "-out", file, "2048"], check=True, capture_output=True)
    return file


def made(key: Path, name: str, constraints: str, names: str | None) -> str:
    """As an administrator makes one."""
    configuration = key.with_name("openssl.cnf")
    configuration.write_text("[req]\ndistinguished_name=dn\n[dn]\n")
    command = ["openssl", "req", "-x509", "-new", "-key", key, "-days", "30", "-subj", name, "-config", configuration]
    for extension in (f"basicConstraints={constraints}", names):
        command += ["-addext", extension] if extension else []
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(["arguments", "expected"], CASES)
def test_python_and_every_shell_find_the_same(
    key: Path, tmp_path: Path, arguments: list[str | None], expected: bool
) -> None:
    name, constraints, names = arguments
    assert name and constraints
    pem = made(key, name, constraints, names)
    assert is_hosts_authority(plain(pem)) is expected
    file = tmp_path / "extra.pem"
    file.write_text(certificate("before").decode() + pem)
    text = shell_file("lib.sh").replace("$${", "${").replace("%%{", "%{") + 'pem_check "$1" && echo "$pem_authority"\n'
    for shell in SHELLS:
        program = shutil.which(shell.split()[0])
        if program is not None:
            said = subprocess.run(
                [program, *shell.split()[1:], "-c", text, "sh", file], check=True, capture_output=True, text=True
            )
            assert (shell, said.stdout) == (shell, "yes\n" if expected else "\n")


def warnings_of(proxy: AIBridgeProxy) -> list[str]:
    return [entry.data for entry in proxy.node.metadata if entry.type.endswith("warn")]


def test_a_literal_draws_a_warning_at_synthesis_where_the_proxy_uses_tls(key: Path, stack: TerraformStack) -> None:
    pem = made(key, "/CN=listener", "critical,CA:TRUE", SAN)
    for number, (url, extra, expected) in enumerate(
        [
            (URL, pem, [AUTHORITY_AS_LISTENER]),
            ("http://aiproxy.example.com", pem, []),
            (URL, [certificate("one").decode()], []),
            (URL, None, []),
        ]
    ):
        proxy = AIBridgeProxy(
            stack,
            f"p{number}",
            agent_id=f"a{number}",
            proxy_url=url,
            cert_path=f"/tmp/{number}",
            sync_unit=f"u{number}",
            extra_ca_certificates=extra,
        )
        assert warnings_of(proxy) == expected


def test_what_terraform_computes_is_left_to_the_script(
    key: Path, stack: TerraformStack, terraform: MakeTerraform
) -> None:
    url = TerraformVariable(stack, "url", type="string")
    pem = made(key, "/CN=listener", "critical,CA:TRUE", SAN)
    proxy = AIBridgeProxy(
        stack, "p", agent_id="a1", proxy_url=url.string_value, cert_path="/tmp/p", extra_ca_certificates=pem
    )
    assert warnings_of(proxy) == []
    made_of = terraform(stack)

    def limit(value: str) -> str:
        script: str = made_of.plan(variables={"url": value}).resource(proxy.script.address)["script"]
        return script.partition("\nLISTENER_LIMIT='")[2].partition("'\nLOOPBACK_PROXY=")[0].replace("'\\''", "'")

    assert limit("https://aiproxy.example.com:8888") == AUTHORITY_AS_LISTENER
    assert limit("http://aiproxy.example.com:8888") == ""
