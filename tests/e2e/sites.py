"""The sites behind the proxy: HTTPS servers that say who they are."""

from __future__ import annotations

import json
import ssl

import trustme

from aibridge_construct.testing.coder.site import Request, Respond, Response, Site

__all__ = ["Request", "Response", "Site", "named", "secure"]


def secure(respond: Respond, certificate: trustme.LeafCert) -> Site:
    """A site with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return Site(respond, context)


def named(name: str) -> Respond:
    """Answer every request with JSON that names the site, so that a client's output says whom it reached.

    `/info/refs` is the exception: there is an empty git repository's list of refs, for `git ls-remote`.
    """

    def respond(request: Request) -> Response:
        if request.path.partition("?")[0].endswith("/info/refs"):
            return Response(200, f"{'1' * 40}\trefs/heads/{name}\n".encode())
        answer = {"site": name, "method": request.method, "path": request.path}
        return Response(200, json.dumps(answer).encode(), "application/json")

    return respond
