"""What rows of the fault matrix prepare before a start and check after it."""

from __future__ import annotations

import socket
from pathlib import Path

from .deployment import (
    Deployment,
    answer,
    endless,
)
from .row import Scene
from .workspace import TOKEN, Result


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
        ".wgetrc": "quiet = on\nhttp_proxy = http://127.0.0.1:1\nuse_proxy = on\nheader = X-Evil: 1\n",
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
