"""A language server as an editor talks to it: over its standard input, about files that it has open."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class LanguageServer:
    """basedpyright's, which answers as Pylance and pyright do.

    Args:
        folder: the folder that the editor has open.
        settings: the editor's settings, by section.
    """

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None) -> None:
        self._folder = folder
        self._settings = settings or {}
        self._asked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from basedpyright.langserver import main; main()", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )

    def __enter__(self) -> Self:
        self._ask(
            "initialize",
            {
                "processId": None,
                "rootUri": self._folder.as_uri(),
                "workspaceFolders": [{"uri": self._folder.as_uri(), "name": "folder"}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {"hover": {"contentFormat": ["plaintext"]}, "publishDiagnostics": {}},
                },
            },
        )
        self._tell("initialized", {})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ask("shutdown", None)
        self._tell("exit", None)
        self._process.wait(timeout=30)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def open(self, file: Path) -> None:
        """Show a file to it."""
        item = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": file.read_text()}
        self._tell("textDocument/didOpen", {"textDocument": item})

    def hover(self, file: Path, line: int, column: int) -> str:
        """What it shows when the mouse rests there; lines and columns are counted from 0."""
        found = self._ask(
            "textDocument/hover",
            {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}},
        )
        return str(found["contents"]["value"]) if found else ""

    def _ask(self, method: str, params: dict[str, Any] | None) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" in message and "id" in message:  # it asks the editor
                sections = [each.get("section") for each in message["params"].get("items", ())]
                self._send({"id": message["id"], "result": [self._settings.get(each) for each in sections]})
            elif message.get("id") == self._asked:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: dict[str, Any] | None) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message
