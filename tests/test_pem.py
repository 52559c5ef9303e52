"""One line between what is a certificate and what is not: our rule's, and the readers' that it was measured with."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from cdktf import TerraformStack, TerraformVariable

from aibridge_construct import AIBridgeProxy, InvalidValueError
from aibridge_construct.pem import Damaged, plain
from aibridge_construct.rules import EXTRA_CA_CERTIFICATES
from aibridge_construct.testing.terraform import TerraformError
from aibridge_construct.validation import template_text
from tests.conftest import MakeTerraform
from tests.pems import CERTIFICATE, OTHER, PEMS, Pem, lines, plain_of

URL = "https://aiproxy.example.com"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def seen_by_python(file: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        return False
    return True


def seen_by_openssl(file: Path) -> bool:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    return subprocess.run([openssl, "x509", "-noout", "-in", file], check=False, capture_output=True).returncode == 0


def seen_by_node(files: list[Path]) -> list[int]:
    """How many certificates Node.js takes from each as NODE_EXTRA_CA_CERTS."""
    if NODE is None:
        pytest.skip("Node.js is not installed")
    count = 'process.stdout.write(String(require("tls").getCACertificates("extra").length))'
    return [
        int(
            subprocess.run(
                [NODE, "-e", count], env={"NODE_EXTRA_CA_CERTS": str(file)}, check=True, capture_output=True
            ).stdout
        )
        for file in files
    ]


def node_has_certificates() -> bool:
    return (
        NODE is not None
        and subprocess.run(
            [NODE, "-e", 'process.exit(require("tls").getCACertificates ? 0 : 1)'], check=False
        ).returncode
        == 0
    )


@pytest.mark.parametrize("pem", PEMS, ids=lambda pem: pem.name)
def test_what_is_taken_is_what_openssl_python_and_node_read(pem: Pem, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(pem.data)
    read = pem.certificates if pem.read is None else pem.read
    assert seen_by_python(file) is seen_by_openssl(file) is bool(read)
    if not node_has_certificates():
        pytest.skip("this Node.js does not tell which certificates it read")
    (by_node,) = seen_by_node([file])
    assert by_node == (0 if "TRUSTED" in str(pem.text) else read)


@pytest.mark.parametrize("pem", [pem for pem in PEMS if isinstance(pem.text, str)], ids=lambda pem: pem.name)
def test_the_argument_takes_the_certificates_and_nothing_else(stack: TerraformStack, pem: Pem) -> None:
    text = template_text(str(pem.text))
    if pem.certificates:
        proxy = AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, extra_ca_certificates=text)
        assert f"EXTRA_CA_PEM='{plain_of(pem.certificates)}'" in str(proxy.script._attributes["script"])
    else:
        with pytest.raises(InvalidValueError, match=r"^extra_ca_certificates must ") as caught:
            AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, extra_ca_certificates=text)
        assert caught.value.field == "extra_ca_certificates"


def test_terraform_draws_the_same_line(terraform: MakeTerraform) -> None:
    pems = [pem for pem in PEMS if isinstance(pem.text, str)]
    values = {f"v{number}": template_text(str(pem.text)) for number, pem in enumerate(pems)}
    verdicts = {
        name: {"value": [condition for condition, _ in EXTRA_CA_CERTIFICATES.conditions(f"local.{name}")]}
        for name in values
    }
    answers = terraform({"main.tf.json": json.dumps({"locals": values, "output": verdicts})}).plan().outputs
    for number, pem in enumerate(pems):
        expected = [check.holds(str(pem.text)) for check in EXTRA_CA_CERTIFICATES.checks]
        assert answers[f"v{number}"] == expected, pem.name
        # Only Python counts the bytes of what stands between whole markers.
        assert all(expected) is (pem.certificates > 0 or pem.name == "a line missing"), pem.name


@pytest.mark.parametrize(
    ("given", "cure"),
    [
        pytest.param("/etc/ssl/x.pem", "Path(…).read_text() in Python or file(…) in HCL", id="a path"),
        pytest.param("./listener.crt", "not the path of a file", id="a relative path"),
        pytest.param("~/listener.pem\n", "not the path of a file", id="a path at home"),
        pytest.param("listener.pem", "not the path of a file", id="a file name"),
        pytest.param("C:\\certs\\listener.cer", "not the path of a file", id="a path of Windows"),
        pytest.param(PurePosixPath("/etc/ssl/x.pem"), "read it with .read_text()", id="a Path"),
        pytest.param([CERTIFICATE, Path("x.pem")], "read it with .read_text()", id="a Path in a list"),
        pytest.param("\n    ".join(["", *lines()]), "textwrap.dedent(text) in Python or <<-EOT", id="indented"),
        pytest.param(CERTIFICATE.replace("CERT", "TRUSTED CERT"), "openssl x509 -in trusted.pem", id="trusted"),
        pytest.param(CERTIFICATE.replace("\n", "\\n"), r'text.replace("\\n", "\n")', id="line ends in words"),
        pytest.param(CERTIFICATE.replace("\n", "\\r\\n"), r'text.replace("\\n", "\n")', id="their CRLF"),
        pytest.param("<html>\n</html>\n", "HTML page", id="HTML"),
        pytest.param("hello", "complete PEM certificates", id="a word"),
        pytest.param([CERTIFICATE, "hello"], "complete PEM certificates", id="a word in a list"),
        pytest.param(b"x", "must be a string", id="bytes"),
        pytest.param(5, "must be a string", id="a number"),
        pytest.param("\n".join([*lines()[:3], *lines()[4:]]), "number 1 is cut short or damaged", id="a line missing"),
    ],
)
def test_each_mistake_has_its_own_cure(stack: TerraformStack, given: object, cure: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, extra_ca_certificates=given)  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.startswith("extra_ca_certificates must ")
    assert cure in message


def test_one_mistake_draws_one_message() -> None:
    for pem in PEMS:
        if isinstance(pem.text, str):
            assert sum(not check.holds(pem.text) for check in EXTRA_CA_CERTIFICATES.checks) <= 1, pem.name


def test_a_null_of_terraform_counts_as_left_out(stack: TerraformStack, terraform: MakeTerraform) -> None:
    one = TerraformVariable(stack, "one", type="string", default=None, nullable=True)
    two = TerraformVariable(stack, "two", type="string", default=None, nullable=True)
    for name, given in (("alone", one.string_value), ("list", [CERTIFICATE, one.string_value, "${var.two}"])):
        AIBridgeProxy(
            stack,
            name,
            agent_id="a1",
            proxy_url=URL,
            cert_path=f"/tmp/{name}",
            sync_unit=name,
            extra_ca_certificates=given,
        )
    two.add_override("default", None)
    one.add_override("default", None)
    made = terraform(stack)

    def given_to_scripts(**variables: str | None) -> list[str]:
        resources = made.plan(variables=variables).json["planned_values"]["root_module"]["resources"]
        scripts = sorted(resource["values"]["script"] for resource in resources)
        return [script.partition("EXTRA_CA_PEM='")[2].partition("'")[0].strip() for script in scripts]

    assert given_to_scripts(one=None, two=None) == ["", CERTIFICATE.strip()]
    assert given_to_scripts(one=OTHER, two=None) == [OTHER.strip(), f"{CERTIFICATE}{OTHER}".strip()]
    with pytest.raises(TerraformError, match="extra_ca_certificates must be empty or one or more complete"):
        made.plan(variables={"one": "hello", "two": None})


def test_the_plain_form_is_stable() -> None:
    assert plain(plain(CERTIFICATE + OTHER)) == CERTIFICATE + OTHER


@pytest.mark.parametrize("at", [4, 8, 5], ids=["the first part", "its second", "its length"])
def test_a_certificate_whose_parts_do_not_fit_is_damaged(at: int) -> None:
    der = bytearray(base64.b64decode("".join(lines()[1:-1])))
    der[at] ^= 0x11
    text = "\n".join([lines()[0], base64.b64encode(der).decode(), lines()[-1], ""])
    with pytest.raises(Damaged, match="number 1 is damaged: its parts do not fit into each other"):
        plain(text)
