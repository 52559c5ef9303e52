"""Whatever stands in cert_path and in the access URL is data, and nothing else happens."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import pytest
from cdktf import App, TerraformStack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aibridge_construct import AIBridgeProxy
from aibridge_construct.environment import NAMED_CERTIFICATES
from aibridge_construct.shell.render import SETUP_FILES, shell_file
from aibridge_construct.shell.render import render as render_template
from aibridge_construct.testing.workspace import workspace_environment
from tests.conftest import MakeTerraform

from .conftest import Render
from .deployment import ROUTE, Deployment, answer
from .test_setup_faults import in_every_shell
from .workspace import INSTALLED, TOKEN, Shell, Workspace

#: What shells, curl, wget, Terraform and cdktf could take for more than text.
PIECES = [
    "$(touch CANARY)",
    "`touch CANARY`",
    "${HOME}",
    "$HOME",
    "$${x}",
    "%{if true}x%{endif}",
    "'",
    "''",
    '"',
    "\\",
    "\\n",
    "; touch CANARY",
    "&& touch CANARY",
    "| touch CANARY",
    "> CANARY",
    "-rf",
    "--",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "~",
    "#1",
    "!x",
    " ",
    "%s",
    "%0A",
    "AIBRIDGE_CONSTRUCT_END",
    "EOF",
    "ü",
    "证书",
    "🔐",
    "\u00a0",
    "\u202e",
]

_text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=12)
_component = (
    st.lists(st.one_of(st.sampled_from(PIECES), _text), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda name: name not in (".", "..") and "/" not in name and len(name.encode()) <= 200)
)


def unescaped(template: str) -> str:
    """What Terraform makes of a template without interpolations."""
    return template.replace("$${", "${").replace("%%{", "%{")


def literal_script(**values: str) -> str:
    """The script as Python renders it for literals; Terraform's part is undone by hand, for speed."""
    defaults = {
        "CERT_PATH": "",
        "ACCESS_URL": "",
        "SESSION_TOKEN": TOKEN,
        "IS_PREBUILD": "false",
        "SYNC_UNIT": "",
        "DEADLINE": "5",
        "EXTRA_CA_PEM": "",
        "LISTENER_LIMIT": "",
        "LOOPBACK_PROXY": "",
        "NAMED": " ".join(NAMED_CERTIFICATES),
        "AFTER": "",
        "BUNDLE_PATH": "",
        "LAUNCHER": "false",
    }
    return unescaped(render_template(defaults | values, *map(shell_file, SETUP_FILES)))


def test_the_script_rendered_for_literals_is_the_one_that_terraform_renders(rendered: str) -> None:
    def body(text: str) -> str:
        return re.sub(r"^([A-Z_]+)='.*'$", r"\1", text, flags=re.MULTILINE)

    assert sorted(body(literal_script()).splitlines()[4:]) == sorted(body(rendered).splitlines()[4:])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_component, min_size=1, max_size=3))
def test_the_file_lands_where_the_string_says_and_nothing_else_happens(pem: bytes, parts: list[str]) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.cert_path = "/".join([str(workspace.place), *parts])
            before = sorted(path.name for path in workspace.root.iterdir())
            result = workspace.run(literal_script(CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url))
            assert (result.status, result.stderr) == (0, "")
            assert result.stdout == f"AI Bridge Proxy CA certificate saved to {workspace.cert_path}\n"
            assert workspace.certificate() == pem
            assert workspace.leftovers() == []
            assert sorted(path.name for path in workspace.root.iterdir()) == before
            assert deployment.paths == [ROUTE]

    in_every_shell(job)


@pytest.mark.parametrize("downloader", ["curl", "wget"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=_component)
def test_the_access_url_is_sent_as_it_is_and_nothing_else_happens(downloader: str, pem: bytes, path: str) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell, downloader) as workspace, Deployment(answer(200, pem)) as deployment:  # type: ignore[arg-type]
            before = sorted(item.name for item in workspace.root.iterdir())
            text = literal_script(CERT_PATH=workspace.cert_path, ACCESS_URL=f"{deployment.url}/{path}")
            result = workspace.run(text)
            assert workspace.leftovers() == []
            assert sorted(item.name for item in workspace.root.iterdir()) == before
            assert set(deployment.tokens) <= {TOKEN}
            if result.status:  # a client may refuse a URL, but then it asks nobody
                assert deployment.requests == []
                assert "could not connect to " in result.last_line
            elif not {"#", "?", "%", "\\"} & set(path):
                assert unquote_to_bytes(deployment.paths[0]) == f"/{path}{ROUTE}".encode()

    in_every_shell(job)


@pytest.mark.parametrize("known", ["in Python", "at apply"])
def test_hostile_values_come_through_the_construct_and_real_terraform_unchanged(
    known: str, pem: bytes, app: App, terraform: MakeTerraform
) -> None:
    hostile = "/".join(["-rf", 'it\'s "$(touch CANARY)" `touch CANARY`', "${HOME}%{if true}$$", "\\ 证书 🔐.pem"])
    with Workspace(INSTALLED[0]) as workspace, Deployment(answer(200, pem)) as deployment:
        workspace.cert_path = f"{workspace.place}/{hostile}"
        stack = TerraformStack(app, "hostile")
        proxy_url = "https://aiproxy.example.com:8888"
        variables = {}
        if known == "in Python":
            # In Python, as everywhere in cdktf, ${ and %{ that are meant are written twice.
            literal = workspace.cert_path.replace("${", "$${").replace("%{", "%%{")
            proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url=proxy_url, cert_path=literal)
        else:
            proxy = AIBridgeProxy.from_variables(stack, "proxy", agent_id="a1")
            variables = {"proxy_url": proxy_url, "cert_path": workspace.cert_path}
        url = f"{deployment.url}/$(id)'`id`\\"
        made = terraform(stack, env=workspace_environment(token=TOKEN, access_url=url))
        script = made.plan(variables=variables).resource(proxy.script_address)["script"]
        result = workspace.run(script)
        assert (result.status, result.stderr) == (0, "")
        assert workspace.certificate() == pem
        assert workspace.leftovers() == []
        assert list(workspace.root.rglob("CANARY")) == []
        assert unquote_to_bytes(deployment.paths[0]) == f"/$(id)'`id`\\{ROUTE}".encode()


def test_the_script_fits_into_an_argument_with_room_to_spare(render: Render) -> None:
    assert len(render().encode()) < 48 * 1024
