"""The fault matrix of the setup script: one row a case, run for every shell, as real Terraform renders the text."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import trustme

from .certificates import damaged, expired
from .conftest import Render
from .deployment import (
    NEW_ROUTE,
    ROUTE,
    Behaviour,
    Deployment,
    answer,
    by_path,
    drip,
    echo_token,
    endless,
    hang_up,
    in_turn,
    reset,
    silence,
)
from .workspace import INSTALLED, OLD, SHELLS, TOKEN, Coder, Downloader, Result, Shell, Workspace, downloader_is_here

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

    ``says`` are phrases on the last line of stderr if ``status`` is not 0, else on stdout. ``file`` is what is at cert_path
    afterwards; "kept" is the certificate of an earlier start, byte for byte.
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


# ---- what rows prepare and check -----------------------------------------------------------------------


def links_to_a_file(scene: Scene) -> None:
    target = Path(scene.workspace.cert_path)
    target.parent.mkdir()
    (scene.workspace.place / "kept-file").write_bytes(b"precious")
    target.symlink_to(scene.workspace.place / "kept-file")


def links_to_a_directory(scene: Scene) -> None:
    target = Path(scene.workspace.cert_path)
    target.parent.mkdir()
    (scene.workspace.place / "kept-directory").mkdir()
    target.symlink_to(scene.workspace.place / "kept-directory")


def link_was_replaced(scene: Scene, _: Result) -> None:
    file, directory = scene.workspace.place / "kept-file", scene.workspace.place / "kept-directory"
    assert not file.exists() or file.read_bytes() == b"precious"
    assert not directory.exists() or not list(directory.iterdir())


def link_to_a_directory_without_mv_t(scene: Scene) -> None:
    links_to_a_directory(scene)
    mv = (scene.workspace.bin / "mv").resolve()
    name = "mv " if scene.workspace.shell.busybox else ""
    refuses = f'#!/bin/sh\n[ "$2" != -T ] || exit 64\nexec {mv.parent}/{mv.name} {name}"$@"\n'
    scene.workspace.command("mv", refuses.replace(f"{mv.name} mv", f"{mv.name} mv"))


def directory_at_the_path(scene: Scene) -> None:
    (Path(scene.workspace.cert_path) / "kept-inside").mkdir(parents=True)


def long_name(scene: Scene) -> None:
    scene.workspace.cert_path = str(scene.workspace.place / "d" / ("n" * 255))
    scene.values["CERT_PATH"] = scene.workspace.cert_path


def config_files_of_the_user(scene: Scene) -> None:
    home = scene.workspace.home
    for name, text in {
        ".curlrc": 'verbose\nlocation\noutput = "/dev/null"\nproxy = "http://127.0.0.1:1"\n',
        ".wgetrc": "quiet = on\nserver_response = off\nhttp_proxy = http://127.0.0.1:1\nuse_proxy = on\nheader = X-Evil: 1\n",
        ".netrc": "machine 127.0.0.1 login evil password evil\n",
    }.items():
        (home / f"kept-{name}").write_text(text)
        (home / name).symlink_to(home / f"kept-{name}")


def config_files_did_nothing(scene: Scene, _: Result) -> None:
    assert not any({"authorization", "x-evil"} & request.headers.keys() for request in scene.deployment.requests)
    for name in (".curlrc", ".wgetrc", ".netrc"):
        (scene.workspace.home / name).unlink()


def foreign_values(scene: Scene) -> None:
    scene.env |= {
        "CERT_PATH": str(scene.workspace.place / "evil.pem"),
        "ACCESS_URL": "http://127.0.0.1:1",
        "SESSION_TOKEN": "foreign-token",
        "IS_PREBUILD": "true",
        "DEADLINE": "x",
        "SYNC_UNIT": "evil",
        "EXTRA_CA_PEM": "evil",
        "BUNDLE_PATH": str(scene.workspace.place / "evil-bundle.pem"),
        "work": "/nonexistent",
        "unit": "evil",
        "failure_note": "evil",
        "http_status": "401",
        "LC_ALL": "C.UTF-8",
        "IFS": "/",
        "BASH_ENV": "/nonexistent",
        "ENV": "/nonexistent",
        "POSIXLY_CORRECT": "1",
        "TMPDIR": "/nonexistent",
    }


def only_our_token_was_sent(scene: Scene, _: Result) -> None:
    assert set(scene.deployment.tokens) == {TOKEN}


def as_a_proxy(scene: Scene) -> None:
    scene.env["http_proxy"] = scene.deployment.url
    scene.values["ACCESS_URL"] = "http://coder.invalid"


def unbound_port(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        scene.values["ACCESS_URL"] = f"http://127.0.0.1:{listener.getsockname()[1]}"


def endless_body(scene: Scene) -> None:
    scene.deployment.behaviour = endless(lambda: scene.deployment)


def endless_body_with_500(scene: Scene) -> None:
    scene.deployment.behaviour = endless(lambda: scene.deployment, 500)


def at_most_a_mebibyte(scene: Scene, _: Result) -> None:
    # What the sockets' buffers took comes on top of what was read.
    assert scene.deployment.sent < 16 * 2**20


def redirect_elsewhere(scene: Scene) -> None:
    def forbidden(connection: socket.socket, request: object) -> None:
        elsewhere.requests.append(request)  # type: ignore[arg-type]

    elsewhere = Deployment(forbidden).__enter__()
    scene.deployment.behaviour = answer(302, b"moved", {"Location": f"{elsewhere.url}/login"})
    scene.values["elsewhere"] = elsewhere


def nobody_else_was_asked(scene: Scene, _: Result) -> None:
    elsewhere = scene.values["elsewhere"]
    assert isinstance(elsewhere, Deployment)
    assert TOKEN not in elsewhere.tokens
    elsewhere.__exit__()


def mode_is_0644(scene: Scene, _: Result) -> None:
    path = Path(scene.workspace.cert_path)
    assert path.stat().st_mode & 0o7777 == 0o644
    assert path.parent.stat().st_mode & 0o7777 == 0o755


def one_warning(scene: Scene, result: Result) -> None:
    assert len(result.stderr.splitlines()) == 1


def broken_curl(scene: Scene) -> None:
    scene.workspace.command("curl", "#!/nonexistent/interpreter\n")


def html(status: int | str = 200) -> Behaviour:
    page = b"<!DOCTYPE html>\n<html><body><form>Sign in with SSO</form></body></html>\n"
    return answer(status, page, {"Content-Type": "text/html"})


#: Every byte, but no line that begins like HTML or PEM.
NOISE = b"noise" + bytes(value for value in range(256) if value != ord("<")) * 8

OK_LATER = "next attempt in 1 s"
KEEPS = "The certificate that is already at "

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
    # ---- where the file goes
    Row("a symlink to a file planted", lambda pem: answer(200, pem.ca), prepare=links_to_a_file, check=link_was_replaced),
    Row(
        "a symlink to a directory planted",
        lambda pem: answer(200, pem.ca),
        prepare=links_to_a_directory,
        check=link_was_replaced,
    ),
    Row(
        "a symlink to a directory planted, and an mv without -T",
        lambda pem: answer(200, pem.ca),
        prepare=link_to_a_directory_without_mv_t,
        check=link_was_replaced,
    ),
    Row(
        "a directory at the path",
        lambda pem: answer(200, pem.ca),
        status=1,
        file="none",
        old=False,
        prepare=directory_at_the_path,
        says=("is a directory: remove it",),
        requests=0,
    ),
    # ---- values and environment
    Row(
        "foreign values in the environment",
        lambda pem: answer(200, pem.ca),
        prepare=foreign_values,
        check=only_our_token_was_sent,
        downloaders=CURL_AND_WGET,
    ),
    Row(
        "configuration files of curl and wget",
        lambda pem: answer(200, pem.ca),
        prepare=config_files_of_the_user,
        check=config_files_did_nothing,
        downloaders=CURL_AND_WGET,
        requests=1,
    ),
    Row(
        "an HTTP proxy in the environment",
        lambda pem: by_path({"http://coder.invalid" + ROUTE: answer(200, pem.ca)}),
        prepare=as_a_proxy,
        downloaders=CURL_AND_WGETS,
    ),
    Row(
        "no token",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"SESSION_TOKEN": ""},
        says=("no session token", "check that the template", KEEPS),
        requests=0,
    ),
    Row(
        "no token while prebuilt",
        lambda _: answer(500),
        file="kept",
        old=True,
        values={"SESSION_TOKEN": "", "IS_PREBUILD": "true"},
        says=("will run after the claim",),
        requests=0,
    ),
    Row("a token while prebuilt", lambda pem: answer(200, pem.ca), values={"IS_PREBUILD": "true"}),
    Row(
        "a token of two lines",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"SESSION_TOKEN": f"{TOKEN}\r\nX-Evil: 1"},
        says=("the session token holds characters",),
        requests=0,
    ),
    *(
        Row(
            f"the access URL {url!r}",
            lambda _: answer(500),
            status=1,
            file="kept",
            values={"ACCESS_URL": url},
            says=("the access URL of the Coder deployment", "CODER_ACCESS_URL"),
            requests=0,
        )
        for url in ("", "coder.example.com", "file:///etc/passwd", "--config=/etc/passwd", "http://", "http://a\nb")
    ),
    Row(
        "a space in the access URL",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"ACCESS_URL": "http://127.0.0.1 :80"},
        says=("could not connect to http://127.0.0.1 :80",),
        requests=0,
    ),
    # ---- tools
    Row(
        "neither curl nor wget",
        lambda _: answer(500),
        status=1,
        file="kept",
        says=("neither curl nor wget was found: install curl", KEEPS),
        downloaders=("none",),
        requests=0,
    ),
    Row(
        "a curl that does not run",
        lambda _: answer(500),
        status=1,
        file="kept",
        prepare=broken_curl,
        says=("curl cannot be run",),
        requests=0,
    ),
    # ---- startup coordination
    Row("no coder CLI", lambda pem: answer(200, pem.ca), coder="missing", calls=()),
    Row("a coder CLI without exp sync", lambda pem: answer(200, pem.ca), coder="fails"),
    Row("a coder CLI that hangs", lambda pem: answer(200, pem.ca), coder="hangs"),
    Row("no unit", lambda pem: answer(200, pem.ca), values={"SYNC_UNIT": ""}, calls=()),
]


@pytest.fixture(scope="session")
def certificates(authority: trustme.CA, pem: bytes) -> Pem:
    other = trustme.CA().cert_pem.bytes()
    key = authority.private_key_pem.bytes()
    return Pem(ca=pem, chain=pem + other, expired=expired(), key=key, damaged=damaged(pem))


def play(row: Row, shell: Shell, downloader: Downloader, render: Render, pem: Pem) -> None:
    """One row in one shell; asserts all of it."""
    with Workspace(shell, downloader, row.coder) as workspace, Deployment(row.serves(pem)) as deployment:
        scene = Scene(workspace, deployment, pem, {"CERT_PATH": workspace.cert_path}, dict(row.env))
        scene.values |= {"ACCESS_URL": deployment.url, "DEADLINE": 6, **row.values}
        if row.status != 0 if row.old is None else row.old:
            workspace.put_old_certificate()
        if row.prepare:
            row.prepare(scene)
        text = render(**{name: value for name, value in scene.values.items() if name.isupper()})
        result = workspace.run(text, scene.env, umask=row.umask)

        assert result.status == row.status, result
        if row.check:
            row.check(scene, result)
        assert TOKEN not in result.stdout + result.stderr
        said = result.last_line if row.status else result.stdout
        assert all(phrase in said for phrase in row.says), result
        if row.status:
            assert re.fullmatch(r"ERROR: .*\.", result.stderr.strip()), result
        else:
            assert row.warns in result.stderr, result
            assert bool(row.warns) == bool(result.stderr), result
        expected = {"new": pem.ca, "kept": OLD, "none": None}[row.file] if isinstance(row.file, str) else row.file(pem)
        assert workspace.certificate() == expected
        assert workspace.leftovers() == []
        if row.calls is not None:
            assert tuple(workspace.coder_calls) == row.calls
        assert set(deployment.tokens) <= ({TOKEN} if downloader != "busybox wget" else {TOKEN, None})
        if row.requests is not None:
            low, high = row.requests if isinstance(row.requests, tuple) else (row.requests, row.requests)
            if downloader == "busybox wget":
                high *= 2
            assert low <= len(deployment.requests) <= high, deployment.paths


def in_every_shell(job: Callable[[Shell], None]) -> None:
    """Runs the job for all installed shells at once: most of their time is waiting."""
    with ThreadPoolExecutor(len(INSTALLED)) as pool:
        futures = {shell.name: pool.submit(job, shell) for shell in INSTALLED}
    failed = {name: error for name, future in futures.items() if (error := future.exception())}
    if failed:
        raise AssertionError("\n".join(f"--- {name}: {error}" for name, error in failed.items())) from next(
            iter(failed.values())
        )


@pytest.mark.parametrize(
    "row,downloader",
    [
        pytest.param(row, downloader, id=f"{row.name} [{downloader}]".replace("::", ":"))
        for row in ROWS
        for downloader in row.downloaders
    ],
)
def test_the_fault_matrix(row: Row, downloader: Downloader, render: Render, certificates: Pem) -> None:
    if not downloader_is_here(downloader):
        pytest.skip(f"{downloader} is not installed")
    in_every_shell(lambda shell: play(row, shell, downloader, render, certificates))


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
def test_the_matrix_runs_in_every_shell_of_the_list(shell: Shell) -> None:
    if shell.program is None:
        pytest.skip(f"{shell.name} is not installed, so the fault matrix ran without it")
    assert shell in INSTALLED
