"""What the pages and pictures show of a workspace: the same commands, in a workspace of the world."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import trustme

from aibridge_construct.testing import AgentScripts, Ended

from .template import Template
from .world import ORDINARY_HOST, PROVIDER_HOST, PROVIDER_URL, World

CHECK = ("aibridge-run", "--check", PROVIDER_HOST, ORDINARY_HOST)
CURL = ("curl", "-sS", PROVIDER_URL)
TOKEN = f"only-of-the-pages-{os.getpid()}"
#: Where the pages say that the certificate is, and the proxy.
CERTIFICATE, PROXY = "/tmp/aibridge-proxy/ca-cert.pem", "http://aiproxy.example.com:8888"


class Transcript:
    """A workspace, and what it prints in the words of the pages."""

    def __init__(self, world: World, template: Template, runner: AgentScripts) -> None:
        self._world, self._template, self._runner = world, template, runner
        world.tokens.add(TOKEN)

    def tools(self) -> Iterator[str]:
        """A tool without a certificate, with one, in the background, and with a token that was revoked."""
        tool = self._template.tool("check", list(CURL), runtimes=["curl"], wait_seconds=1)
        direct = self._template.tool("go", list(CURL), runtimes=["curl"], wait_seconds=1, on_unavailable="direct")
        server = self._template.tool("reviewer", "true", runtimes=["curl"], background=True)
        for script in (tool, direct, self._template.proxy, tool, server):
            yield from self._lines(self._runner.run(self._template.script(script)))
        self._world.tokens.discard(TOKEN)
        yield from self._lines(self._runner.run(self._template.script(tool)))
        self._world.tokens.add(TOKEN)

    def started(self) -> None:
        """Run the setup."""
        assert self._runner.run(self._template.setup).status == 0

    def terminal(self, *command: str) -> list[str]:
        """A command that a person types, and what it prints."""
        ended = self._runner.terminal(*command)
        return [f"$ {' '.join(command)}", *self._lines(ended), "$ echo $?", str(ended.status)]

    def without_token(self) -> list[str]:
        """The check, after the token was revoked."""
        self._world.tokens.discard(TOKEN)
        lines = self.terminal(*CHECK)
        self._world.tokens.add(TOKEN)
        return lines

    def with_another_ca(self) -> list[str]:
        """The check, where another CA is in the place of the proxy's."""
        other = trustme.CA(organization_name="Example Company", organization_unit_name="the proxy's CA of last year")
        other.cert_pem.write_to_path(self._template.proxy.cert_path)
        return self.terminal(*CHECK)

    def _lines(self, ended: Ended) -> list[str]:
        text = ended.stdout + ended.stderr
        text = text.replace(self._template.proxy.cert_path, CERTIFICATE).replace(self._world.proxy.url("plain"), PROXY)
        return re.sub(r"\S+(?=/aibridge-tool-\w+\.log)", "/tmp/coder-script-data/…", text).splitlines()


def timeless(line: str) -> str:
    """A line without what is of one day or one machine."""
    line = re.sub(r"(?<=aibridge-construct )[\d.]+\w*(?=\.$)", "VERSION", line)
    return re.sub(r"subject=[^)]*", "subject=…", re.sub(r"\d{4}-\d\d-\d\d", "DATE", line))
