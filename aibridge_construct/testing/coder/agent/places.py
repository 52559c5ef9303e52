"""What a script of a template names that is not here: the default place of the certificate, and a Coder server."""

from __future__ import annotations

import re
from pathlib import Path

from aibridge_construct.rules import CERT_PATH

__all__ = ["NOWHERE", "refuse_to_wait", "within"]

NOWHERE = "https://coder.example.com"
"""The access URL of builds in a test that names no other. Nobody answers there."""

_SHARED = str(Path(CERT_PATH.example).parent)
# What the script says that fetches the certificate: the server, and the route. The last assignment counts.
_ASKED = re.compile(r"^ACCESS_URL='(.*)'$", re.MULTILINE)
_ROUTE = "/aibridge/proxy/ca-cert.pem"


def within(root: Path, text: str) -> str:
    """The script with the default directory of the certificate below `root`: this machine may have one of its own."""
    return text.replace(f"{_SHARED}/", f"{root}{_SHARED}/")


def refuse_to_wait(text: str, image: Path) -> None:
    """Refuse a script that would ask nobody, again and again.

    Raises:
        RuntimeError: it would; a program of the test's own in the place of curl or wget may answer.
    """
    asked = _ASKED.findall(text) if _ROUTE in text else []
    if asked[-1:] == [NOWHERE] and not any((image / name).exists() for name in ("curl", "wget")):
        raise RuntimeError(
            f"This script asks the Coder server at {NOWHERE} for the certificate, and there is none: it would try "
            "until its setup_timeout. Give the test the fixture coder_deployment too, which is a server that "
            "coder_workspace belongs to; or build the workspace with environment={'CODER_AGENT_URL': …} of another."
        )
