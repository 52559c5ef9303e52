"""Certificates that trustme does not make."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate(
    name: str = "ca", start: datetime.datetime = NOW - 10 * DAY, end: datetime.datetime = NOW + 10 * DAY
) -> bytes:
    """A self-signed certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), start, end)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def expired() -> bytes:
    """A certificate whose time is over."""
    return certificate(end=NOW - DAY)


def damaged(pem: bytes) -> bytes:
    """The PEM without one of its middle lines, between intact markers."""
    lines = pem.splitlines(keepends=True)
    return b"".join(lines[:4] + lines[5:])
