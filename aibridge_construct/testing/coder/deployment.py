"""The part of a Coder deployment that workspaces fetch the proxy's certificate from.

In a test, the fixture `coder_deployment` is one, and `coder_workspace` belongs to it::

    def test_setup_tries_again(coder_workspace, coder_scripts, coder_deployment):
        coder_deployment.answers = [Response(503, b"starting")]
        setup = coder_workspace.start().script("AI Bridge Proxy Setup")
        assert coder_scripts.run(setup).status == 0
        assert len(coder_deployment.requests) == 2
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aibridge_construct.choices import a_list

from .site import Request, Response, Site

__all__ = ["NEWER_ROUTE", "ROUTE", "Deployment", "Request", "Response"]

# The first route is what every server with the proxy knows; newer ones call the second canonical and keep the first.
ROUTE = "/api/v2/aibridge/proxy/ca-cert.pem"
NEWER_ROUTE = "/api/v2/ai-gateway/proxy/ca-cert.pem"


@dataclass
class Deployment:
    """A Coder server's certificate route, with switches for the states a real one can be in. A context manager.

    Attributes:
        certificate: the PEM file to serve, read at every request.
        tokens: session tokens it accepts; any other, or none, is a 401.
        licensed: False answers 403.
        proxy_on: False answers 404.
        newer: whether it knows NEWER_ROUTE; False is an older server, which answers 404 there.
        delay_seconds: how long it takes to answer a request with a valid token.
        answers: to the next requests with a valid token, one each; then it is healthy again.
        override: when set, the answer to every request with a valid token: an outage, a login page, an empty body.
    """

    certificate: Path
    tokens: Collection[str] = field(repr=False)
    licensed: bool = True
    proxy_on: bool = True
    newer: bool = True
    delay_seconds: float = 0
    answers: list[Response] = field(default_factory=list)
    override: Response | None = None

    def __post_init__(self) -> None:
        a_list("tokens", self.tokens, "session tokens", example='"…"', kind=Collection)
        self.site: Site = Site(self._respond)

    @property
    def access_url(self) -> str:
        """As Terraform's `coder_workspace.access_url`: no trailing slash."""
        return f"http://127.0.0.1:{self.site.port}"

    @property
    def requests(self) -> list[Request]:
        """What it was asked, oldest first."""
        return self.site.requests

    def reset(self) -> None:
        """Back to a healthy server that has seen no request."""
        self.licensed = self.proxy_on = self.newer = True
        self.delay_seconds = 0
        self.override = None
        self.answers = []
        self.requests.clear()

    def __enter__(self) -> Self:
        self.site.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.site.__exit__()

    def _respond(self, request: Request) -> Response:
        routes = {ROUTE, NEWER_ROUTE} if self.newer else {ROUTE}
        if request.path not in routes:
            return _message(404, "Route not found.")
        if request.headers.get("coder-session-token") not in self.tokens:
            return _message(401, "You are signed out or your session has expired.")
        time.sleep(self.delay_seconds)
        if self.answers:
            return self.answers.pop(0)
        if self.override is not None:
            return self.override
        if not self.licensed:
            return _message(403, "AI Bridge is a Premium feature.")
        if not self.proxy_on:
            return _message(404, "AI Bridge Proxy is not enabled.")
        return Response(200, self.certificate.read_bytes(), "application/x-pem-file")


def _message(status: int, text: str) -> Response:
    return Response(status, f'{{"message":"{text}"}}'.encode(), "application/json")
