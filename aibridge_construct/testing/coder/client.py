"""The `coder` executable of `CoderCli`: `coder exp sync …` over a unix socket.

Run as a script, never imported. Shell scripts call it several times each, so it starts in the time of a bare
interpreter: `python -S -E -I`, and C modules only (`_socket` rather than `socket`). The rules live in the server,
`coder_cli.py`; here are the command line, the waiting, and the messages of the real CLI (coder/coder, `cli/sync_*.go`).

One request is one connection: the arguments joined by NUL, then end of file. The answer's first line is `ok` or
`error`, the rest is text.
"""

from __future__ import annotations

import _socket
import sys
import time

DEFAULT_TIMEOUT = "5m"
UNITS = (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0))


class CommandError(Exception):
    """What the user reads on stderr; the exit status is 1."""


def seconds(duration: str) -> float:
    """`10m`, `1.5s`, `500ms` in seconds; one number and one unit, which is all the scripts use."""
    for suffix, factor in UNITS:
        number = duration[: -len(suffix)]
        if duration.endswith(suffix) and number.replace(".", "", 1).isdigit():
            return float(number) * factor
    raise CommandError(f"invalid argument {duration!r} for --timeout: want a duration such as 30s or 5m")


def ask(path: str, *request: str) -> str:
    """Send one request to the agent and return its text; raise CommandError for a refusal or a dead socket."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError as error:
        raise CommandError(f"connect to agent socket: dial unix {path}: connect: {error.strerror}") from None
    connection.sendall("\0".join(request).encode())
    connection.shutdown(_socket.SHUT_WR)
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    connection.close()
    verdict, _, text = answer.decode().partition("\n")
    if verdict != "ok":
        raise CommandError(text or "agent socket: connection closed")
    return text


def start(path: str, unit: str, timeout: str) -> None:
    """Poll until the unit's dependencies are complete, then mark it as started."""
    deadline = time.monotonic() + seconds(timeout)
    announced = False
    while (pause := ask(path, "ready", unit)) != "ready":
        if not announced:
            print(f"Waiting for dependencies of unit '{unit}' to be satisfied...", flush=True)
            announced = True
        left = deadline - time.monotonic()
        time.sleep(max(0.0, min(float(pause), left)))
        if left <= float(pause):
            raise CommandError(f"timeout waiting for dependencies of unit '{unit}'")
    ask(path, "start", unit)
    print("Success")


def take_timeout(arguments: list[str]) -> str:
    """Remove `--timeout D` or `--timeout=D` from the arguments, wherever it stands, and return D."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--timeout="):
            return arguments.pop(index).partition("=")[2]
        if argument == "--timeout" and index + 1 < len(arguments):
            arguments.pop(index)
            return arguments.pop(index)
    return DEFAULT_TIMEOUT


def main(path: str, arguments: list[str]) -> None:
    """Ask the server at `path`, and end as the real command does."""
    timeout = take_timeout(arguments)
    match arguments:
        case ["exp", "sync", "ping"]:
            ask(path, "ping")
            print("Success")
        case ["exp", "sync", "list"]:
            print(ask(path, "list") or "No units registered")
        case ["exp", "sync", "want", unit, *dependencies] if dependencies:
            for dependency in dependencies:
                ask(path, "want", unit, dependency)
            print("Success")
        case ["exp", "sync", "start", unit]:
            start(path, unit, timeout)
        case ["exp", "sync", "complete", unit]:
            ask(path, "complete", unit)
            print("Success")
        case ["exp", "sync", "status", unit]:
            print(ask(path, "status", unit))
        case _:
            raise CommandError(f"unrecognized subcommand or arguments: {' '.join(arguments)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except CommandError as _error:
        print(f"error: {_error}", file=sys.stderr)
        sys.exit(1)
