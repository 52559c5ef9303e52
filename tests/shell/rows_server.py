"""Rows of the fault matrix: what the server answers."""

from __future__ import annotations

from .deployment import (
    NEW_ROUTE,
    ROUTE,
    Behaviour,
    answer,
    by_path,
    drip,
    echo_token,
    hang_up,
    in_turn,
    reset,
    silence,
)
from .row import CURL_AND_WGET, CURL_AND_WGETS, KEEPS, OK_LATER, Row
from .scenes import (
    at_most_a_mebibyte,
    endless_body,
    endless_body_with_500,
    long_name,
    mode_is_0644,
    nobody_else_was_asked,
    one_warning,
    redirect_elsewhere,
    unbound_port,
)
from .workspace import OLD


def html(status: int | str = 200) -> Behaviour:
    page = b"<!DOCTYPE html>\n<html><body><form>Sign in with SSO</form></body></html>\n"
    return answer(status, page, {"Content-Type": "text/html"})


#: Every byte, but no line that begins like HTML or PEM.
NOISE = b"noise" + bytes(value for value in range(256) if value != ord("<")) * 8

ROWS = [
    # ---- all is well
    Row("a certificate", lambda pem: answer(200, pem.ca), downloaders=CURL_AND_WGETS, check=mode_is_0644),
    Row("a certificate over an older one", lambda pem: answer(200, pem.ca), downloaders=CURL_AND_WGETS, old=True),
    Row("a chain", lambda pem: answer(200, pem.chain), file=lambda pem: pem.chain),
    Row(
        "CRLF line ends, kept byte for byte",
        lambda pem: answer(200, pem.chain.replace(b"\n", b"\r\n")),
        file=lambda pem: pem.chain.replace(b"\n", b"\r\n"),
        downloaders=CURL_AND_WGET,
    ),
    Row("no newline at the end", lambda pem: answer(200, pem.ca.rstrip()), file=lambda pem: pem.ca.rstrip()),
    Row(
        "words between the certificates",
        lambda pem: answer(200, b"subject=CN = ca\n" + pem.ca + b"\n# next\n" + pem.ca),
        file=lambda pem: b"subject=CN = ca\n" + pem.ca + b"\n# next\n" + pem.ca,
    ),
    *(
        Row(f"{name}, made plain", lambda pem, mend=mend: answer(200, mend(pem.ca)), downloaders=CURL_AND_WGETS)  # type: ignore[misc]
        for name, mend in {
            "blanks at line ends": lambda ca: ca.replace(b"\n", b" \n"),
            "a byte order mark": lambda ca: b"\xef\xbb\xbf" + ca.replace(b"\n", b"\r\n"),
            "the older label": lambda ca: ca.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
        }.items()
    ),
    Row(
        "the route of newer servers",
        lambda pem: by_path({NEW_ROUTE: answer(200, pem.ca)}),
        downloaders=CURL_AND_WGET,
        requests=2,
    ),
    Row("umask 077", lambda pem: answer(200, pem.ca), umask=0o077, check=mode_is_0644, downloaders=CURL_AND_WGETS),
    Row("umask 000", lambda pem: answer(200, pem.ca), umask=0, check=mode_is_0644),
    Row("a name as long as names may be", lambda pem: answer(200, pem.ca), prepare=long_name),
    Row(
        "slashes at the end of the access URL",
        lambda pem: by_path({ROUTE: answer(200, pem.ca)}),
        prepare=lambda scene: scene.values.update(ACCESS_URL=scene.deployment.url + "//"),
        downloaders=CURL_AND_WGETS,
    ),
    Row(
        "a path in the access URL",
        lambda pem: by_path({"/coder" + ROUTE: answer(200, pem.ca)}),
        prepare=lambda scene: scene.values.update(ACCESS_URL=scene.deployment.url + "/coder/"),
    ),
    # ---- a server that recovers
    Row(
        "503 twice",
        lambda pem: in_turn(answer(503), answer(503), answer(200, pem.ca)),
        values={"DEADLINE": 8},
        says=("unexpected response (HTTP 503)", OK_LATER, "saved to"),
        requests=3,
    ),
    *(
        Row(
            f"{status} once",
            lambda pem, status=status: in_turn(answer(status), answer(200, pem.ca)),  # type: ignore[misc]
            says=(f"unexpected response (HTTP {status})", OK_LATER, "saved to"),
            requests=2,
            downloaders=("wget",) if status == 500 else ("curl",),
        )
        for status in (408, 429, 500, 502)
    ),
    Row(
        "429 with Retry-After in seconds",
        lambda pem: in_turn(answer(429, headers={"retry-after": "2"}), answer(200, pem.ca)),
        says=("HTTP 429", "next attempt in 2 s", "saved to"),
        downloaders=CURL_AND_WGET,
        requests=2,
    ),
    Row(
        "503 with Retry-After as a date",
        lambda pem: in_turn(answer(503, headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}), answer(200, pem.ca)),
        says=(OK_LATER, "saved to"),
    ),
    Row(
        "a reset",
        lambda pem: in_turn(reset, answer(200, pem.ca)),
        downloaders=CURL_AND_WGET,
        says=("could not connect to ", OK_LATER, "saved to"),
    ),
    Row("a connection closed without an answer", lambda pem: in_turn(hang_up, answer(200, pem.ca)), requests=2),
    Row(
        "half a body",
        lambda pem: in_turn(answer(200, pem.ca[:300], length=len(pem.ca)), answer(200, pem.ca)),
        downloaders=CURL_AND_WGET,
        says=("the connection broke", OK_LATER, "saved to"),
    ),
    Row(
        "no answer to the first request",
        lambda pem: in_turn(silence, answer(200, pem.ca)),
        downloaders=CURL_AND_WGETS,
        says=("no answer in time", "saved to"),
        values={"DEADLINE": 7},
    ),
    # ---- a server that does not recover
    Row(
        "nobody listens",
        lambda _: answer(500),
        status=1,
        file="kept",
        prepare=unbound_port,
        says=("could not connect to http://127.0.0.1:", "gave up", KEEPS),
        downloaders=CURL_AND_WGETS,
        values={"DEADLINE": 2},
    ),
    Row(
        "a name that nobody knows",
        lambda _: answer(500),
        status=1,
        file="kept",
        says=("could not connect to http://coder.invalid", "DNS"),
        values={"DEADLINE": 1, "ACCESS_URL": "http://coder.invalid"},
    ),
    Row(
        "503 for ever",
        lambda _: answer(503),
        status=1,
        file="kept",
        says=("unexpected response (HTTP 503) from ", "not ready", "gave up", KEEPS),
        values={"DEADLINE": 3},
        downloaders=CURL_AND_WGETS,
    ),
    Row(
        "429 with a Retry-After beyond the limit",
        lambda _: answer(429, headers={"Retry-After": "3600"}),
        status=1,
        file="kept",
        says=("HTTP 429", "gave up"),
        requests=1,
    ),
    Row(
        "silence",
        lambda _: silence,
        status=1,
        file="kept",
        says=("could not connect to ", "no answer in time", KEEPS),
        values={"DEADLINE": 2},
        downloaders=CURL_AND_WGETS,
    ),
    Row(
        "a body that drips",
        lambda _: drip,
        status=1,
        file="kept",
        says=("could not connect to ", "too slow"),
        values={"DEADLINE": 2},
        downloaders=CURL_AND_WGET,
    ),
    Row(
        "half a body, always",
        lambda pem: answer(200, pem.ca[:300], length=len(pem.ca)),
        status=1,
        file="kept",
        says=("could not connect to ", "the connection broke"),
        values={"DEADLINE": 1},
        downloaders=CURL_AND_WGET,
    ),
    Row(
        "something that is not HTTP",
        lambda _: lambda connection, request: connection.sendall(b"220 smtp.example.com ESMTP\r\n"),
        status=1,
        file="kept",
        says=("could not connect to ",),
        values={"DEADLINE": 1},
    ),
    # ---- answers that are final
    *(
        Row(
            f"{status} {word}",
            lambda _, status=status: answer(status),  # type: ignore[misc]
            status=1,
            file="kept",
            says=(f"unexpected response (HTTP {status}) from ", word, KEEPS),
            requests=2 if status == 404 else 1,
            downloaders=CURL_AND_WGET,
        )
        for status, word in {
            401: "does not accept the session token; rebuild the workspace",
            403: "not licensed",
            404: "not enabled on this Coder deployment",
            400: "check the access URL",
            204: "check the access URL",
        }.items()
    ),
    Row(
        "401, in busybox wget",
        lambda _: answer(401),
        status=1,
        file="kept",
        says=("unexpected response (HTTP 401) from ", "session token"),
        requests=2,
        downloaders=("busybox wget",),
    ),
    Row(
        "a redirect",
        lambda _: hang_up,
        status=1,
        file="kept",
        says=("unexpected response (HTTP 302)", "not followed", KEEPS),
        prepare=redirect_elsewhere,
        check=nobody_else_was_asked,
        downloaders=CURL_AND_WGETS,
        requests=1,
    ),
    *(
        Row(
            f"the token sent back with {status}",
            lambda _, status=status: echo_token(status),  # type: ignore[misc]
            status=1,
            file="kept",
            says=(says,),
            values={"DEADLINE": 1},
            downloaders=CURL_AND_WGETS,
        )
        for status, says in {200: "the downloaded certificate is not a PEM", 401: "HTTP 401", 500: "HTTP 500"}.items()
    ),
    # ---- bodies that are no certificate
    *(
        Row(
            f"{name}",
            serves,
            status=1,
            file="kept",
            says=(f"the downloaded certificate {says}", "check ", KEEPS),
            requests=(1, 1),
            downloaders=downloaders,
        )
        for name, serves, says, downloaders in (
            ("a login page", lambda _: html(), "is an HTML page: a login page", CURL_AND_WGETS),
            ("an empty body", lambda _: answer(200), "is empty", CURL_AND_WGET),
            ("white space", lambda _: answer(200, b"\r\n  \n"), "is empty", ("curl",)),
            ("JSON", lambda _: answer(200, b'{"message":"ok"}'), "is not a PEM certificate", ("curl",)),
            ("a PEM cut short", lambda pem: answer(200, pem.ca[:-40]), "is cut short", CURL_AND_WGET),
            ("a PEM cut in its last line", lambda pem: answer(200, pem.ca[:-9]), "is cut short", ("curl",)),
            ("a chain cut short", lambda pem: answer(200, pem.chain[:-100]), "is cut short", ("curl",)),
            ("a PEM with a line missing", lambda pem: answer(200, pem.damaged), "is cut short or damaged", ("curl",)),
            ("a PEM without base64", lambda _: answer(200, OLD), "is cut short or damaged", ("curl",)),
            ("a private key", lambda pem: answer(200, pem.key), "contains a PRIVATE KEY", CURL_AND_WGET),
            ("a private key too", lambda pem: answer(200, pem.ca + pem.key), "contains a PRIVATE KEY", ("curl",)),
            (
                "a request for a certificate",
                lambda pem: answer(200, pem.ca.replace(b"CERTIFICATE", b"CERTIFICATE REQUEST")),
                "holds something that is not",
                ("curl",),
            ),
            (
                "HTML around a certificate",
                lambda pem: answer(200, b"<pre>\n" + pem.ca + b"</pre>"),
                "is an HTML page",
                ("curl",),
            ),
            *(
                (
                    f"a zero byte {where}",
                    lambda pem, put=put: answer(200, put(pem.ca)),
                    "holds zero bytes",
                    CURL_AND_WGETS,
                )
                for where, put in {
                    "in the digits": lambda ca: ca[:80] + b"\0" + ca[80:],
                    "in a line end": lambda ca: ca.replace(b"\n", b"\0\n", 1),
                    "behind the end": lambda ca: ca + b"\0",
                    "in the words": lambda ca: b"a\0b\n" + ca,
                }.items()
            ),
            ("UTF-16", lambda pem: answer(200, pem.ca.decode().encode("utf-16")), "is cut short or damaged", ("curl",)),
            (
                "a blank line inside",
                lambda pem: answer(200, pem.ca.replace(b"\n", b"\n\n", 3)),
                "is cut short",
                ("curl",),
            ),
            ("bytes of any kind", lambda _: answer(200, NOISE), "is not a PEM certificate", ("curl",)),
        )
    ),
    Row(
        "an endless body",
        lambda _: hang_up,
        status=1,
        file="kept",
        prepare=endless_body,
        check=at_most_a_mebibyte,
        says=("is larger than 524288 bytes", KEEPS),
        downloaders=CURL_AND_WGETS,
        values={"DEADLINE": 20},
    ),
    Row(
        "an endless body with status 500",
        lambda _: hang_up,
        status=1,
        file="kept",
        prepare=endless_body_with_500,
        says=("HTTP 500",),
        values={"DEADLINE": 1},
    ),
    Row(
        "a body announced as too large",
        lambda _: answer(200, b"A" * 2_000_000),
        status=1,
        file="kept",
        says=("is larger than 524288 bytes",),
        downloaders=CURL_AND_WGET,
        requests=1,
    ),
    Row(
        "an expired certificate",
        lambda pem: answer(200, pem.expired),
        file=lambda pem: pem.expired,
        warns="has expired: ask the Coder administrator",
        check=one_warning,
    ),
]
