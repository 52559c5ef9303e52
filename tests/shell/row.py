"""What one row of the fault matrix says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .deployment import (
    Behaviour,
    Deployment,
)
from .workspace import Coder, Downloader, Result, Workspace

START, COMPLETE = "exp sync start aibridge-proxy-setup", "exp sync complete aibridge-proxy-setup"

CURL_AND_WGETS: tuple[Downloader, ...] = ("curl", "wget", "busybox wget")
CURL_AND_WGET: tuple[Downloader, ...] = ("curl", "wget")


@dataclass(frozen=True)
class Pem:
    """Certificates that the rows serve."""

    ca: bytes
    chain: bytes
    expired: bytes
    key: bytes
    damaged: bytes


@dataclass
class Scene:
    """One row in one shell: what ``prepare`` may change."""

    workspace: Workspace
    deployment: Deployment
    pem: Pem
    values: dict[str, object]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A case: server behaviour and environment, then what must come of it.

    ``says`` are phrases on the last line of stderr if ``status`` is not 0, else on stdout. ``file`` is what is at
    cert_path afterwards; "kept" is the certificate of an earlier start, byte for byte.
    """

    name: str
    serves: Callable[[Pem], Behaviour]
    status: int = 0
    file: Literal["new", "kept", "none"] | Callable[[Pem], bytes] = "new"
    says: tuple[str, ...] = ("AI Bridge Proxy CA certificate saved to ",)
    warns: str = ""
    """What stderr says although the start succeeds."""
    values: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    umask: int = 0o022
    downloaders: tuple[Downloader, ...] = ("curl",)
    coder: Coder = "works"
    calls: tuple[str, ...] | None = (START, COMPLETE)
    prepare: Callable[[Scene], None] | None = None
    check: Callable[[Scene, Result], None] | None = None
    requests: int | tuple[int, int] | None = None
    """How many requests the server gets, or from how many to how many. Busybox wget asks twice each time."""
    old: bool | None = None
    """Whether a certificate of an earlier start is there; else only where the row fails."""


OK_LATER = "next attempt in 1 s"
KEEPS = "The certificate that is already at "
