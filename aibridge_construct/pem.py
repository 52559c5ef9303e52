"""PEM certificates as people have them: what is taken, in one pattern for Python and Terraform, and what is made of it.

The same line is drawn by ``pem_check`` in ``shell/lib.sh`` for what a server sends. It was measured with OpenSSL 3.0,
Python's ``ssl`` and Node.js 24: what all of them read is taken, what none of them reads is refused. They skip text
around the blocks (RFC 7468, section 5.2) and a byte order mark, and whatever is not printable at the end of a line. A
header or a blank line inside a block ends their reading.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

__all__ = ["CERTIFICATES", "NOTHING", "Damaged", "is_hosts_authority", "plain"]

_REST = r"[^!-~\n\x00]*"  # what readers drop at the end of a line: carriage returns, blanks, non-breaking blanks
_DIGIT = "[A-Za-z0-9+/]"
_GAP = rf"(?:{_REST}\n)?[ \t]*"
_QUANTUM = _GAP.join([_DIGIT] * 4)
_LAST_QUANTUM = rf"{_DIGIT}{_GAP}{_DIGIT}{_GAP}(?:{_DIGIT}{_GAP}{_DIGIT}|{_DIGIT}{_GAP}=|={_GAP}=)"
_BODY = rf"(?:{_QUANTUM}{_GAP})*{_LAST_QUANTUM}"


def _block(label: str) -> str:
    return (
        rf"-----BEGIN {label}-----{_REST}\n(?:{_REST}\n)?[ \t]*({_BODY}){_REST}\n"
        rf"-----END {label}-----{_REST}(?:\n|\z)"
    )


_BLOCK = f"(?:{_block('CERTIFICATE')}|{_block('X509 CERTIFICATE')})"
# A line that does not begin with -----BEGIN or -----END, which RE2 cannot say in one breath.
_OTHER_LINE = r"(?:-{0,5}|-{0,4}[^\n\x00-][^\n\x00]*|-----[^BE\n\x00][^\n\x00]*)"
_MARK = r"\x{FEFF}"

#: A text without anything in it.
NOTHING = r"\A[^!-~\x00]*\z"

#: One or more whole certificates, with any text around them that is not framed like a block.
CERTIFICATES = rf"\A{_MARK}?(?:{_OTHER_LINE}\n)*{_BLOCK}(?:{_BLOCK}|{_OTHER_LINE}\n)*(?:{_OTHER_LINE})?\z"


# DER of the extension basicConstraints, critical or not, with cA TRUE and perhaps a path length; subjectAltName's name.
_AUTHORITY = re.compile(rb"\x06\x03\x55\x1d\x13(?:\x01\x01\xff)?\x04[\x05-\x0a]\x30[\x03-\x08]\x01\x01\xff")
_HOSTS = b"\x06\x03\x55\x1d\x11"


class Damaged(ValueError):
    """A block that is not as long as its first bytes say."""


def plain(text: str) -> str:
    """The certificates of a text that matches :data:`CERTIFICATES`, and nothing else: one form, lines of 64 digits.

    Raises:
        Damaged: a certificate was cut or mixed up between intact markers.
    """
    blocks = []
    for number, match in enumerate(re.finditer(_BLOCK.replace(r"\z", r"\Z"), text), 1):
        der = base64.b64decode(re.sub(r"[^A-Za-z0-9+/=]", "", match[1] or match[2]))
        said = _length(der)
        if said == len(der) and not _is_certificate(der):
            raise Damaged(f"number {number} is damaged: its parts do not fit into each other")
        if said not in (None, len(der)):
            raise Damaged(
                f"number {number} is cut short or damaged: it says that it has {said} bytes, and has {len(der)}"
            )
        digits = base64.b64encode(der).decode()
        lines = [digits[at : at + 64] for at in range(0, len(digits), 64)]
        blocks.append("\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]))
    return "".join(blocks)


def _is_certificate(der: bytes) -> bool:
    """Whether DER has the form of a certificate: three parts in one, and whatever holds others is full of them."""
    try:
        (whole,) = _values(der)
        parts = list(_values(whole[1]))
    except ValueError:
        return False
    return [tag for tag, _ in parts] == [0x30, 0x30, 0x03] and all(_is_whole(*part) for part in parts)


def _is_whole(tag: int, content: bytes) -> bool:
    if not tag & 0x20:  # it holds no others
        return True
    try:
        return all(_is_whole(*value) for value in _values(content))
    except ValueError:
        return False


def _values(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The values in a text of DER, each with its tag. Facts: X.690, sections 8.1 and 10.1.

    Raises:
        ValueError: one is longer than what there is.
    """
    at = 0
    while at < len(content):
        if at + 2 > len(content):
            raise ValueError("a value without a length")
        tag, size, at = content[at], content[at + 1], at + 2
        if size > 0x80:
            digits, at = content[at : at + size - 0x80], at + size - 0x80
            size = int.from_bytes(digits)
        if size == 0x80 or at + size > len(content):
            raise ValueError("a value that is longer than what there is")
        yield tag, content[at : at + size]
        at += size


def is_hosts_authority(blocks: str) -> bool:
    """Whether a certificate says CA:TRUE and names hosts: a listener's own, as ``openssl req -x509`` makes it.

    An authority names none. Programs in Rust take no certificate of an authority for a server's. ``pem_authority`` in
    ``shell/lib.sh`` draws the same line.

    Args:
        blocks: what :func:`plain` returned.
    """
    texts = re.findall(r"-----BEGIN CERTIFICATE-----\n([^-]*)", blocks)
    return any(_HOSTS in der and _AUTHORITY.search(der) for der in map(base64.b64decode, texts))


def _length(der: bytes) -> int | None:
    """How long DER says that it is; ``None`` for what does not begin as a certificate does."""
    if der[:1] != b"\x30" or len(der) < 4:
        return None
    if der[1] == 0x82:
        return 4 + int.from_bytes(der[2:4])
    if der[1] == 0x81:
        return 3 + der[2]
    return None
