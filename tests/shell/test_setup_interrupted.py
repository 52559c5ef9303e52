"""Signals at any moment, and many starts at once, leave the old or the new certificate whole."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .certificates import certificate
from .conftest import Render
from .deployment import Deployment, Request, answer, silence
from .row import COMPLETE, START
from .test_setup_faults import in_every_shell
from .workspace import INSTALLED, OLD, TOKEN, Shell, Workspace

SIGNALS = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}

#: A tool that stops at a FIFO before or after it does its work; the test lets it go on.
HOLDS = '#!/bin/sh\n{before}"{real}" {name}"$@"\nstatus=$?\n{after}exit $status\n'


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.01)


@pytest.mark.parametrize("downloader", ["curl", "wget"])
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: signal.Signals(number).name)
def test_a_signal_during_the_download_keeps_the_certificate_and_leaves_nothing(
    number: signal.Signals, downloader: str, render: Render
) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(silence) as deployment:  # type: ignore[arg-type]
            workspace.put_old_certificate()
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=60)
            process = workspace.start(text)
            wait_for(lambda: bool(deployment.requests), "the request")
            os.kill(process.pid, number)
            result = process.finish(15)
            assert result.status == SIGNALS[number]
            assert result.stderr.startswith(f"ERROR: stopped by {number.name} ")
            assert len(result.stderr.splitlines()) == 1
            assert "was kept" in result.stderr
            assert workspace.certificate() == OLD
            assert workspace.leftovers() == []
            assert workspace.coder_calls == [START, COMPLETE]

    in_every_shell(job)


def test_a_signal_while_it_waits_for_the_next_attempt_ends_it_at_once(render: Render) -> None:
    def job(shell: Shell) -> None:
        busy = answer(503, headers={"Retry-After": "50"})
        with Workspace(shell) as workspace, Deployment(busy) as deployment:
            process = workspace.start(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, DEADLINE=60))
            assert "next attempt in 50 s" in process.wait_for("")
            os.kill(process.pid, signal.SIGTERM)
            assert process.finish(15).status == 143
            assert workspace.leftovers() == []
            assert workspace.coder_calls == [START, COMPLETE]

    in_every_shell(job)


def test_a_signal_while_the_coder_cli_hangs_ends_it(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell, coder="hangs") as workspace, Deployment(answer(200, pem)) as deployment:
            process = workspace.start(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url))
            assert "saved to" in process.wait_for("")
            os.kill(process.pid, signal.SIGTERM)
            process.finish(15)
            assert workspace.certificate() == pem
            assert workspace.leftovers() == []

    in_every_shell(job)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("tool", ["mkdir", "mv", "rm", "date"])
def test_a_signal_between_any_two_steps_leaves_the_old_or_the_new_certificate_whole(
    tool: str, when: str, number: signal.Signals, render: Render, pem: bytes
) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.put_old_certificate()
            fifo, reached = workspace.root / "fifo", workspace.root / "reached"
            os.mkfifo(fifo)
            real = (workspace.bin / tool).resolve()
            hold = f"[ -e {reached} ] || {{ : >{reached}; read -r _ <{fifo}; }}\n"
            workspace.command(
                tool,
                HOLDS.format(
                    before=hold if when == "before" else "",
                    after=hold if when == "after" else "",
                    real=real,
                    name=f"{tool} " if shell.busybox else "",
                ),
            )
            process = workspace.start(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url))
            wait_for(reached.exists, f"{tool} to be called")
            os.kill(process.pid, number)
            if number == signal.SIGKILL:
                wait_for(lambda: process.poll() is not None, "its death")
            fifo.write_text("go on\n") if number != signal.SIGKILL else os.killpg(process.pid, signal.SIGKILL)
            result = process.finish(15)
            assert TOKEN not in result.stdout + result.stderr
            assert workspace.certificate() in (OLD, pem)
            if number != signal.SIGKILL:
                assert workspace.leftovers() == []
                assert workspace.coder_calls == [START, COMPLETE]
            # Whatever was left, the next start is not held up by it.
            reached.touch()
            assert workspace.run(render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)).status == 0
            assert workspace.certificate() == pem

    in_every_shell(job)


def test_eight_starts_at_once_all_succeed_and_readers_see_whole_files_only(render: Render) -> None:
    bodies = [
        certificate(
            f"ca {n}",
        )
        * 20
        for n in range(8)
    ]

    def serve(connection: socket.socket, request: Request) -> None:
        body = bodies[request.number % 8]
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    for shell in INSTALLED:
        with Workspace(shell) as workspace, Deployment(serve) as deployment, ThreadPoolExecutor(8) as pool:
            target = Path(workspace.cert_path)
            seen: set[bytes] = set()
            done = threading.Event()

            def watch(target: Path = target, seen: set[bytes] = seen, done: threading.Event = done) -> None:
                while not done.is_set():
                    if target.exists():
                        seen.add(target.read_bytes())

            reader = threading.Thread(target=watch)
            reader.start()
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url)
            results = list(pool.map(lambda _, run=workspace.run, text=text: run(text), range(8)))
            done.set()
            reader.join()
            assert [(result.status, result.stderr) for result in results] == [(0, "")] * 8
            assert seen <= set(bodies)
            assert workspace.certificate() in bodies
            assert workspace.leftovers() == []
            # One that ends while another works leaves the unit to that.
            assert {START, COMPLETE} <= set(workspace.coder_calls)
