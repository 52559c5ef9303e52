"""The setup script in a company's network: certificates that the workspace names, roots, a deployment on localhost."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from aibridge_construct.testing import AgentScripts, pack
from aibridge_construct.testing import Workspace as CoderWorkspace
from aibridge_construct.testing.mirror import coder_mirror
from tests.e2e.certificates import write_self_signed
from tests.e2e.namespace import in_namespace, why_not

from .certificates import certificate
from .conftest import Render
from .deployment import Deployment, answer
from .test_setup_faults import in_every_shell
from .workspace import INSTALLED, TOKEN, Result, Shell, Workspace, assigned

COMPANY, ANOTHER = certificate("company"), certificate("another")
ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
KEY = b"-----BEGIN PRIVATE KEY-----\nTUlJQg==\n-----END PRIVATE KEY-----\n"
PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def bundle_of(workspace: Workspace) -> Path:
    return Path(f"{workspace.cert_path}.bundle")


def values(workspace: Workspace, deployment: Deployment) -> dict[str, object]:
    return {
        "CERT_PATH": workspace.cert_path,
        "BUNDLE_PATH": bundle_of(workspace),
        "ACCESS_URL": deployment.url,
    }


def put(workspace: Workspace, name: str, content: bytes) -> str:
    path = workspace.place / f"kept-{name}"
    path.write_bytes(content)
    return str(path)


def test_what_node_s_variable_names_goes_to_the_certificate_and_all_that_is_named_to_the_bundle(
    render: Render, pem: bytes
) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            env = {
                "NODE_EXTRA_CA_CERTS": put(workspace, "company.pem", COMPANY),
                "PIP_CERT": put(workspace, "another.pem", ANOTHER),
            }
            for _ in range(2):
                result = workspace.run(render(**values(workspace, deployment)), env)
                assert (result.status, result.stderr) == (0, "")
                certificate = pem + b"\n" + COMPANY
                assert workspace.certificate() == certificate
                bundle = bundle_of(workspace).read_bytes()
                assert bundle == ROOTS.read_bytes() + b"\n" + certificate + b"\n" + ANOTHER + COMPANY
            assert [path.name for path in Path(workspace.cert_path).parent.iterdir() if path.is_dir()] == []

    in_every_shell(job)


def test_the_agent_may_name_our_own_files(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            env = {"NODE_EXTRA_CA_CERTS": workspace.cert_path, "CURL_CA_BUNDLE": str(bundle_of(workspace))}
            text = render(**values(workspace, deployment))
            # curl could not verify with a bundle that is not there yet; http needs none.
            for _ in range(2):
                assert (workspace.run(text, env).status, workspace.certificate()) == (0, pem)
                assert bundle_of(workspace).read_bytes() == ROOTS.read_bytes() + b"\n" + pem

    in_every_shell(job)


@pytest.mark.parametrize("content", [None, b"", KEY, COMPANY[:200]], ids=["missing", "empty", "a key", "cut"])
def test_a_named_file_that_adds_nothing_draws_one_warning(render: Render, pem: bytes, content: bytes | None) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            named = put(workspace, "named.pem", content or b"")
            if content is None:
                Path(named).unlink()
            result = workspace.run(render(**values(workspace, deployment)), {"NODE_EXTRA_CA_CERTS": named})
            assert result.status == 0
            assert result.stderr.count("\n") == 1
            assert f"WARNING: NODE_EXTRA_CA_CERTS of this workspace names {named}, which " in result.stderr
            assert workspace.certificate() == pem

    in_every_shell(job)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_named_file_that_the_user_may_not_read_draws_a_warning(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            named = Path(put(workspace, "named.pem", COMPANY))
            named.chmod(0o600)
            env = {"NODE_EXTRA_CA_CERTS": str(named)}
            result = workspace.run(render(**values(workspace, deployment)), env, user=65534)
            assert (result.status, workspace.certificate()) == (0, pem)
            assert f"names {named}, which cannot be read" in result.stderr

    in_every_shell(job)


def test_a_private_key_of_a_named_file_is_not_copied(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            for tool in ("awk",):
                (workspace.bin / tool).symlink_to(shutil.which(tool) or "")
            env = {"NODE_EXTRA_CA_CERTS": put(workspace, "combined.pem", KEY + COMPANY + KEY)}
            assert workspace.run(render(**values(workspace, deployment)), env).stderr == ""
            assert workspace.certificate() == pem + b"\n" + COMPANY

    in_every_shell(job)


def test_an_awk_that_does_not_work_costs_nothing_of_ours(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            workspace.command("awk", "#!/bin/sh\necho '-----BEGIN CERTIFICATE-----'\nexit 2\n")
            env = {"NODE_EXTRA_CA_CERTS": put(workspace, "company.pem", COMPANY)}
            result = workspace.run(render(**values(workspace, deployment)), env)
            assert (result.status, workspace.certificate()) == (0, pem)
            assert bundle_of(workspace).read_bytes() == ROOTS.read_bytes() + b"\n" + pem
            assert "WARNING: could not copy the certificates that this workspace names" in result.stderr

    # Shells of busybox prefer their own.
    in_every_shell(lambda shell: None if shell.busybox else job(shell))


# ---- roots of the system -------------------------------------------------------------------------------


def elsewhere(workspace: Workspace, mounts: Mapping[Path, Path]) -> AgentScripts:
    """The workspace on a system with other files."""
    path = f"{workspace.bin}:/usr/bin:/bin"
    return workspace.scripts.another(path=path, system=lambda command: in_namespace(command, mounts))


class Systems:
    """File systems whose only roots are at one of PLACES, or nowhere."""

    def __init__(self, root: Path) -> None:
        if reason := why_not():
            pytest.skip(reason)
        self._etc = root / "etc"
        self._etc.mkdir(parents=True)
        for name in ("passwd", "group", "hosts", "resolv.conf", "nsswitch.conf", "alternatives", "ld.so.cache"):
            if (Path("/etc") / name).is_dir():
                shutil.copytree(Path("/etc") / name, self._etc / name, symlinks=True)
            elif (Path("/etc") / name).exists():
                shutil.copy(Path("/etc") / name, self._etc / name)

    def run(self, workspace: Workspace, text: str, env: Mapping[str, str]) -> Result:
        return elsewhere(workspace, {Path("/etc"): self._etc}).run(text, env=env)

    def place(self, path: str, content: bytes) -> None:
        target = self._etc / Path(path).relative_to("/etc")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@pytest.mark.parametrize("place", PLACES)
def test_roots_are_found_where_distributions_keep_them(render: Render, pem: bytes, tmp_path: Path, place: str) -> None:
    def job(shell: Shell) -> None:
        systems = Systems(tmp_path / shell.name.replace(" ", "-"))
        systems.place(place, COMPANY)
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            result = systems.run(workspace, render(**values(workspace, deployment)), {})
            assert (result.status, result.stderr) == (0, "")
            assert bundle_of(workspace).read_bytes() == COMPANY + b"\n" + pem

    in_every_shell(job)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "NIX_SSL_CERT_FILE"])
def test_roots_may_stand_only_where_a_variable_says(render: Render, pem: bytes, tmp_path: Path, variable: str) -> None:
    def job(shell: Shell) -> None:
        systems = Systems(tmp_path / shell.name.replace(" ", "-"))
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            env = {variable: put(workspace, "roots.pem", COMPANY + ANOTHER)}
            result = systems.run(workspace, render(**values(workspace, deployment)), env)
            assert (result.status, result.stderr) == (0, "")
            assert bundle_of(workspace).read_bytes() == pem + b"\n" + COMPANY + ANOTHER

    in_every_shell(job)


def test_without_roots_the_warning_names_where_it_looked_and_a_cure(render: Render, pem: bytes, tmp_path: Path) -> None:
    def job(shell: Shell) -> None:
        systems = Systems(tmp_path / shell.name.replace(" ", "-"))
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            env = {"SSL_CERT_FILE": str(bundle_of(workspace))}
            for _ in range(2):
                result = systems.run(workspace, render(**values(workspace, deployment)), env)
                assert result.status == 0
                assert result.stderr.count("\n") == 1
                for word in (
                    *PLACES,
                    "NIX_SSL_CERT_FILE",
                    "install ca-certificates",
                    "in SSL_CERT_FILE in the environ",
                ):
                    assert word in result.stderr
                assert bundle_of(workspace).read_bytes() == pem

    in_every_shell(job)


# ---- a deployment on localhost -------------------------------------------------------------------------


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def as_container(workspace: Workspace, tmp_path: Path, text: str, env: Mapping[str, str]) -> Result:
    """Run a script where host.docker.internal is this machine."""
    if reason := why_not():
        pytest.skip(reason)
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost host.docker.internal\n")
    return elsewhere(workspace, {Path("/etc/hosts"): hosts}).run(text, env=env)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "coder.localhost", "127.0.0.1", "[::1]", "0.0.0.0"])
def test_a_deployment_on_localhost_is_asked_where_the_agent_found_it(
    render: Render, pem: bytes, tmp_path: Path, host: str
) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            port = deployment.url.rpartition(":")[2]
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=f"http://{host}:{unused_port()}")
            env = {"CODER_AGENT_URL": f"http://ada:word@host.docker.internal:{port}/ignored"}
            result = as_container(workspace, tmp_path, text, env)
            assert (result.status, result.stderr) == (0, "")
            assert workspace.certificate() == pem
            assert f"asking http://host.docker.internal:{port}, where its agent found the deployment." in result.stdout
            assert deployment.tokens == [TOKEN]
            assert not any("authorization" in request.headers for request in deployment.requests)

    in_every_shell(job)


@pytest.mark.parametrize(
    ("access", "agent"),
    [
        pytest.param("http://localhost:{dead}", "", id="no address of the agent"),
        pytest.param("http://localhost:{dead}", "http://127.0.0.2:{live}", id="loopback too"),
        pytest.param("http://localhost:{dead}", "host.docker.internal:{live}", id="no URL"),
        pytest.param("https://localhost:{dead}", "http://host.docker.internal:{live}", id="a step down from https"),
    ],
)
def test_where_that_does_not_help_the_error_names_the_cause_and_the_cure(
    render: Render, pem: bytes, tmp_path: Path, access: str, agent: str
) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            ports = {"dead": unused_port(), "live": deployment.url.rpartition(":")[2]}
            url = access.format(**ports)
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=url, DEADLINE=1)
            result = as_container(workspace, tmp_path, text, {"CODER_AGENT_URL": agent.format(**ports)})
            assert result.status == 1
            assert f"could not connect to {url}: " in result.stderr
            assert "localhost inside a container is the container: set CODER_ACCESS_URL" in result.stderr
            assert deployment.requests == []

    in_every_shell(job)


def test_another_deployment_is_asked_at_its_access_url_and_a_redirect_is_not_followed(
    render: Render, pem: bytes, tmp_path: Path
) -> None:
    def job(shell: Shell) -> None:
        with (
            Workspace(shell) as workspace,
            Deployment(answer(200, pem)) as access,
            Deployment(answer(302, b"", {"Location": access.url})) as agent,
        ):
            there, other = (one.url.replace("127.0.0.1", "host.docker.internal") for one in (access, agent))
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL=there)
            assert as_container(workspace, tmp_path, text, {"CODER_AGENT_URL": other}).status == 0
            assert agent.requests == []
            text = render(CERT_PATH=workspace.cert_path, ACCESS_URL="http://localhost:1")
            result = as_container(workspace, tmp_path, text, {"CODER_AGENT_URL": other})
            assert (result.status, "redirects to another address" in result.stderr) == (1, True)
            assert len(access.requests) == 1

    in_every_shell(job)


def test_a_proxy_on_loopback_that_terraform_computed_draws_a_warning(render: Render, pem: bytes) -> None:
    def job(shell: Shell) -> None:
        with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
            text = render(
                CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, LOOPBACK_PROXY="http://localhost:8888"
            )
            result = workspace.run(text)
            assert result.status == 0
            assert result.stderr.startswith("WARNING: proxy_url is http://localhost:8888, which inside a container is")

    in_every_shell(job)


def test_a_listener_s_certificate_of_an_authority_that_terraform_computed_draws_a_warning(
    render: Render, pem: bytes, tmp_path: Path
) -> None:
    write_self_signed(tmp_path / "both.pem", tmp_path / "listener.pem")
    listener = (tmp_path / "listener.pem").read_text()

    def job(shell: Shell) -> None:
        for extra, limit, expected in (
            (listener, "the words", "WARNING: the words\n"),
            (listener, "", ""),
            (pem.decode(), "the words", ""),
        ):
            with Workspace(shell) as workspace, Deployment(answer(200, pem)) as deployment:
                text = render(
                    CERT_PATH=workspace.cert_path, ACCESS_URL=deployment.url, EXTRA_CA_PEM=extra, LISTENER_LIMIT=limit
                )
                result = workspace.run(text)
                assert (result.status, result.stderr) == (0, expected)

    in_every_shell(job)


def test_the_docker_example_works_with_a_deployment_on_this_machine(
    pem: bytes, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    example = Path(__file__).parents[2] / "examples" / "docker"
    specification = importlib.util.spec_from_file_location("docker_conftest", example / "conftest.py")
    assert specification and specification.loader
    stand_ins = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(stand_ins)
    out = tmp_path / "out"
    subprocess.run([sys.executable, "main.py"], cwd=example, env={**os.environ, "CDKTF_OUTDIR": str(out)}, check=True)
    mirror = coder_mirror(
        tmp_path_factory.mktemp("docker") / "mirror",
        stand_ins.DOCKER,
        modules=[stand_ins.CODE_SERVER, stand_ins.COPILOT],
    )

    with Workspace(INSTALLED[0]) as workspace, Deployment(answer(200, pem)) as deployment:
        port = deployment.url.rpartition(":")[2]
        build = CoderWorkspace(
            pack(out / "stacks" / "docker"),
            token=TOKEN,
            variables={
                "proxy_url": "http://host.docker.internal:8888",
                "cert_path": workspace.cert_path,
            },
            mirror=mirror,
            environment={
                "CODER_AGENT_URL": f"http://localhost:{port}",
                "CODER_AGENT_SCRIPT_linux_amd64": "#!/bin/sh\nexport CODER_AGENT_URL=${ACCESS_URL}\nexec env\n",
            },
        ).start()
        entrypoint = build.resources["docker_container.workspace"]["entrypoint"]
        agent = subprocess.run(entrypoint, capture_output=True, text=True, check=True).stdout
        (url,) = [line for line in agent.splitlines() if line.startswith("CODER_AGENT_URL=")]
        (setup,) = [
            resource["script"]
            for address, resource in build.resources.items()
            if address.startswith("coder_script.") and "ACCESS_URL" in resource["script"]
        ]
        # A container of its own: nothing listens on its localhost.
        text = assigned(setup, {"ACCESS_URL": f"http://localhost:{unused_port()}"})
        env = {"CODER_AGENT_URL": url.partition("=")[2]}
        assert env["CODER_AGENT_URL"] == f"http://host.docker.internal:{port}/"
        assert as_container(workspace, tmp_path, text, env).stderr == ""
        assert workspace.certificate() == pem
