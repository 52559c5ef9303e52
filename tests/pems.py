"""PEM texts as people and servers have them, and whether they are taken: by our rule, by our script, by readers."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from tests.shell.certificates import certificate

__all__ = ["CERTIFICATE", "OTHER", "PEMS", "Pem", "lines", "plain_of"]

CERTIFICATE = certificate("one").decode()
OTHER = certificate("two").decode()


@dataclass(frozen=True)
class Pem:
    """A text.

    Args:
        text: the text, or bytes that are none.
        certificates: how many certificates there are for us; 0 is a refusal.
        read: how many OpenSSL, Python and Node.js see, where that differs and why is in the name.
    """

    name: str
    text: str | bytes
    certificates: int = 1
    read: int | None = None

    @property
    def data(self) -> bytes:
        return self.text if isinstance(self.text, bytes) else self.text.encode()


def lines(pem: str = CERTIFICATE) -> list[str]:
    return pem.splitlines()


def joined(parts: list[str], end: str = "\n") -> str:
    return end.join([*parts, ""])


def wrapped(width: int) -> str:
    digits = "".join(lines()[1:-1])
    return joined([lines()[0], *textwrap.wrap(digits, width), lines()[-1]])


def plain_of(count: int) -> str:
    """What is made of so many certificates."""
    return "".join((CERTIFICATE, OTHER)[:count])


def inside(*more: str, at: int = 3) -> str:
    """The certificate with more lines in it."""
    return joined([*lines()[:at], *more, *lines()[at:]])


_FIRST, _SECOND = lines()[0], lines()[1]

PEMS = (
    Pem("plain", CERTIFICATE),
    Pem("two", CERTIFICATE + OTHER, 2),
    Pem("CRLF", CERTIFICATE.replace("\n", "\r\n")),
    Pem("no last newline", CERTIFICATE.rstrip()),
    Pem("a byte order mark", "\ufeff" + CERTIFICATE),
    Pem("a byte order mark and CRLF", ("\ufeff" + CERTIFICATE + OTHER).replace("\n", "\r\n"), 2),
    Pem("blanks at line ends", CERTIFICATE.replace("\n", "  \n")),
    Pem("blanks and CR at line ends", CERTIFICATE.replace("\n", " \r\n")),
    Pem("tabs at line ends", CERTIFICATE.replace("\n", "\t\n")),
    Pem("form feeds at line ends", CERTIFICATE.replace("\n", "\f\n")),
    Pem("non-breaking blanks at line ends", CERTIFICATE.replace("\n", "\u00a0\n")),
    Pem("two CR at line ends", CERTIFICATE.replace("\n", "\r\r\n")),
    Pem("blank lines around", f"\n\n{CERTIFICATE}\n \n{OTHER}\n\n", 2),
    Pem("a blank line behind the begin", inside("", at=1)),
    Pem("Bag Attributes", f"Bag Attributes\n    friendlyName: x\nsubject=CN = a\n\n{CERTIFICATE}# two\n{OTHER}", 2),
    Pem("words behind the last, no newline", CERTIFICATE + "bye"),
    Pem("a lot of words between", CERTIFICATE + "0123456789abcdef\n" * 3000 + OTHER, 2),
    Pem("an address in angle brackets", f"  Issuer: Ada <ada@example.com>\n{CERTIFICATE}"),
    Pem("dashes in the words", f"--- CA ---\n-----\n----- CA -----\n{CERTIFICATE}"),
    Pem("the older label", CERTIFICATE.replace("CERTIFICATE", "X509 CERTIFICATE")),
    Pem("blanks in a line", joined([_FIRST, f" {_SECOND[:9]} {_SECOND[9:20]}\t{_SECOND[20:]}", *lines()[2:]])),
    Pem("lines of 76", wrapped(76)),
    Pem("lines of 200", wrapped(200)),
    Pem("one line", wrapped(100_000)),
    Pem("lines of 7", wrapped(7)),
    # ---- refused
    Pem("nothing", "hello", 0),
    Pem("indented", textwrap.indent(CERTIFICATE, "    "), 0),
    Pem("an indented end", joined([*lines()[:-1], f"  {lines()[-1]}"]), 0),
    Pem("a blank line inside", inside(""), 0),
    Pem("a line of blanks inside", inside("  "), 0),
    Pem("two blank lines behind the begin", inside("", "", at=1), 0),
    Pem("a blank line before the end", inside("", at=len(lines()) - 1), 0),
    Pem("a header inside", inside("Proc-Type: 4,MIC-CLEAR", "", at=1), 0),
    Pem("a control character inside", joined([_FIRST, f"{_SECOND[:9]}\x01{_SECOND[9:]}", *lines()[2:]]), 0),
    Pem("padding inside", joined([_FIRST, f"{_SECOND[:9]}={_SECOND[10:]}", *lines()[2:]]), 0),
    Pem("words before the begin in its line", f"CA: {CERTIFICATE}", 0),
    Pem("another end", CERTIFICATE.replace("END CERT", "END X509 CERT"), 0),
    Pem("cut", CERTIFICATE[:-60], 0),
    Pem("cut in its last line", CERTIFICATE[:-9], 0),
    Pem("a line missing", joined([*lines()[:3], *lines()[4:]]), 0),
    Pem("no digits", joined([lines()[0], lines()[-1]]), 0),
    Pem("a begin twice", f"{_FIRST}\n{CERTIFICATE}", 0),
    Pem("an end alone", f"{CERTIFICATE}{lines()[-1]}\n", 0, read=1),
    Pem("CR alone", CERTIFICATE.replace("\n", "\r"), 0),
    Pem("line ends of two characters", CERTIFICATE.replace("\n", "\\n"), 0),
    Pem("a trusted certificate: Node.js does not read it", CERTIFICATE.replace("CERT", "TRUSTED CERT"), 0, read=1),
    Pem("a request too: the file may be mixed up", CERTIFICATE.replace("TE-", "TE REQUEST-") + OTHER, 0, read=1),
    Pem("HTML around: readers skip it as words", f"<pre>\n{CERTIFICATE}</pre>\n", 0, read=1),
    Pem("UTF-16", CERTIFICATE.encode("utf-16"), 0),
    Pem("zero bytes inside", CERTIFICATE.replace(_SECOND[5:7], f"{_SECOND[5]}\0{_SECOND[6]}", 1).encode(), 0),
    Pem("zero bytes at line ends: readers skip them", CERTIFICATE.replace("\n", "\0\n").encode(), 0, read=1),
    Pem("zero bytes in the words: readers skip them", b"a\0b\n" + CERTIFICATE.encode(), 0, read=1),
)
