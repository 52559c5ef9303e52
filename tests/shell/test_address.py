"""What a URL names, in every shell; and in Python and Terraform where the same is asked there."""

from __future__ import annotations

import subprocess

import pytest

from aibridge_construct.environment import loopback_url
from aibridge_construct.shell.render import Expression, shell_file
from tests.conftest import MakeTerraform

from .workspace import INSTALLED, Shell, Workspace

LOOPBACK = [
    "localhost",
    "LocalHost",
    "localhost.",
    "coder.localhost",
    "localhost.localdomain",
    "localhost6",
    "ip6-localhost",
    "127.0.0.1",
    "127.1.2.3",
    "127.1",
    "0.0.0.0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000::0001]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7f00:1]",
    "[::ffff:0.0.0.0]",
]
ELSEWHERE = [
    "coder.example.com",
    "localhost.example.com",
    "notlocalhost",
    "127.example.com",
    "128.0.0.1",
    "10.127.0.1",
    "host.docker.internal",
    "[2001:db8::1]",
    "[fe80::1]",
    "[::11]",
    "[1::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:7e00:1]",
]

each_shell = pytest.mark.parametrize("shell", INSTALLED, ids=lambda shell: shell.name)


def ask(shell: Shell, text: str, *arguments: str) -> list[str]:
    """What shell text prints that has read address.sh."""
    whole = f"set -u\n{shell_file('address.sh')}\n{text}\n".replace("$${", "${").replace("%%{", "%{")
    with Workspace(shell) as workspace:
        command = [str(workspace.bin / "sh"), "-c", whole, "sh", *arguments]
        # No program on PATH: no process is started.
        env = {"PATH": "", "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.splitlines()


def urls(hosts: list[str]) -> list[str]:
    return [f"{scheme}://{host}{rest}" for host in hosts for scheme, rest in (("http", ":3000"), ("https", "/"))]


@each_shell
def test_a_shell_tells_what_is_loopback(shell: Shell) -> None:
    say = 'for url; do aibridge_address "$url" && aibridge_is_loopback "$aibridge_host" && echo yes || echo no; done'
    assert ask(shell, say, *urls(LOOPBACK)) == ["yes"] * 2 * len(LOOPBACK)
    assert ask(shell, say, *urls(ELSEWHERE)) == ["no"] * 2 * len(ELSEWHERE)


def test_python_and_terraform_tell_the_same(terraform: MakeTerraform) -> None:
    assert list(map(loopback_url, urls(LOOPBACK))) == urls(LOOPBACK)
    assert list(map(loopback_url, urls(ELSEWHERE))) == [""] * 2 * len(ELSEWHERE)
    computed = loopback_url(Expression("each"))
    assert isinstance(computed, Expression)
    listed = "\n".join(f'"{url}",' for url in urls(LOOPBACK + ELSEWHERE))
    text = f'output "found" {{\n  value = [for each in [\n{listed}\n] : {computed.text}]\n}}\n'
    plan = terraform({"main.tf": text}).plan()
    assert plan.outputs["found"] == urls(LOOPBACK) + [""] * 2 * len(ELSEWHERE)


ADDRESSES = [
    ("http://host:3000", "http host http://host:3000"),
    ("https://Host.Example.COM", "https host.example.com https://host.example.com"),
    ("https://host/path?query#fragment", "https host https://host"),
    ("https://user:word@host:1/x@y", "https host https://host:1"),
    ("HTTP://[2001:DB8::1]:80/", "http 2001:db8::1 http://[2001:db8::1]:80"),
    ("https://host?@evil", "https host https://host"),
    ("https://host\\@evil", "https host https://host"),
    ("https://host:", "https host https://host:"),
    ("", "none"),
    ("host:3000", "none"),
    ("ftp://host", "none"),
    ("https://", "none"),
    ("https:///path", "none"),
    ("https://ho st", "none"),
    ("https://host\nname", "none"),
    ("https://$(id)", "none"),
    ("https://a'b", "none"),
    ("https://host:port", "none"),
    ("https://host:123456", "none"),
    ("https://2001:db8::1", "none"),
]


@each_shell
def test_an_address_is_scheme_host_and_port(shell: Shell) -> None:
    found = '"$aibridge_scheme $aibridge_host $aibridge_origin"'
    say = f'for url; do aibridge_address "$url" && echo {found} || echo none; done'
    assert ask(shell, say, *(url for url, _ in ADDRESSES)) == [expected for _, expected in ADDRESSES]


REACHED = [
    ("https://coder.example.com", "http://agent", "https://coder.example.com"),
    ("http://localhost:3000", "http://agent:3000", "http://agent:3000"),
    ("http://localhost:3000", "https://Agent/", "https://agent"),
    ("http://localhost:3000/path", "http://user:word@agent:1/other?x", "http://agent:1"),
    ("https://localhost", "https://agent", "https://agent"),
    ("https://localhost", "http://agent", "lost"),
    ("http://localhost:3000", "", "lost"),
    ("http://localhost:3000", "http://127.0.0.1:3000", "lost"),
    ("http://localhost:3000", "http://[::1]:3000", "lost"),
    ("http://localhost:3000", "nonsense", "lost"),
    ("http://localhost:3000", "http://agent\n.evil", "lost"),
    ("nonsense", "http://agent", "nonsense"),
]


@each_shell
def test_only_a_deployment_on_loopback_is_looked_for_where_the_agent_found_it(shell: Shell) -> None:
    say = (
        'while [ $# -gt 0 ]; do aibridge_reach "$1" "$2" && echo "$aibridge_reached" || echo lost\n'
        '[ "$aibridge_reached" != "" ] || exit 1; shift 2; done'
    )
    given = [text for access, agent, _ in REACHED for text in (access, agent)]
    assert ask(shell, say, *given) == [expected for *_, expected in REACHED]
