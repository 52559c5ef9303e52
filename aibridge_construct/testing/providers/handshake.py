"""How a plugin process and Terraform find each other, and how the plugin ends.

HashiCorp's go-plugin: the plugin writes one line to stdout that names its socket and its certificate, Terraform
connects over TLS, and asks the plugin to shut down when the command is done.
"""

from __future__ import annotations

import base64
import os
import shutil
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]

__all__ = ["CERTIFICATE_VARIABLE", "handshake", "make_certificate", "socket_directory", "wait_until_unwanted"]

CERTIFICATE_VARIABLE = "AIBRIDGE_PLUGIN_CERTIFICATE"
"""Names a PEM with key and certificate; without it each process makes its own, which costs a tenth of a second."""

_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux and 104 on macOS


@contextmanager
def handshake(server: Any) -> Iterator[threading.Event]:
    """Start the gRPC `server` on a private socket and tell Terraform; the event is set when Terraform wants no more."""
    if "TF_PLUGIN_MAGIC_COOKIE" not in os.environ:
        sys.exit("This is a Terraform provider: Terraform starts it. Run `terraform init` with the mirror instead.")
    unwanted = threading.Event()
    server.add_generic_rpc_handlers((_controller(unwanted),))
    pem = _certificate()
    directory = socket_directory()
    try:
        address = f"{directory}/plugin.sock"
        server.add_secure_port(f"unix:{address}", grpc.ssl_server_credentials([(pem, pem)]))
        server.start()
        certificate = base64.b64encode(ssl.PEM_cert_to_DER_cert(_last_certificate(pem))).decode().rstrip("=")
        print(f"1|6|unix|{address}|grpc|{certificate}", flush=True)
        yield unwanted
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def wait_until_unwanted(unwanted: threading.Event, parent: int) -> None:
    """Return when Terraform asks for it, or when `parent`, the process that started this one, is gone."""
    while not unwanted.wait(1.0):
        if os.getppid() != parent:
            return


def make_certificate() -> bytes:
    """A key and a self-signed certificate for localhost in one PEM, as go-plugin wants it."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _controller(unwanted: threading.Event) -> Any:
    """go-plugin's own service. Its one message is empty, so no generated code is needed."""

    def shut_down(request: bytes, context: Any) -> bytes:
        context.add_callback(unwanted.set)
        return b""

    handler = grpc.unary_unary_rpc_method_handler(shut_down)
    return grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": handler})


def _certificate() -> bytes:
    file = os.environ.get(CERTIFICATE_VARIABLE)
    return Path(file).read_bytes() if file else make_certificate()


def _last_certificate(pem: bytes) -> str:
    text = pem.decode()
    return text[text.index("-----BEGIN CERTIFICATE-----") :]


def socket_directory() -> str:
    """A new private folder with a path short enough for a socket in it."""
    directory = tempfile.mkdtemp(prefix="tf-")
    if len(directory) < _LONGEST_SOCKET_PATH - len("/plugin.sock"):
        return directory
    Path(directory).rmdir()
    return tempfile.mkdtemp(prefix="tf-", dir="/tmp")
