"""The pytest plugin: fixtures for template repositories, there wherever the kit is installed.

pytest loads it in every project of an environment, so it imports nothing before a fixture is used.

What declares stand-ins can be had from here, too, as from `aibridge_construct.testing.providers`, its home.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from aibridge_construct.testing import (
        AgentScripts,
        Binary,
        CoderCli,
        Deployment,
        Mirror,
        Module,
        Provider,
        TemplateUnderTest,
        Workspace,
    )

    from .providers import *  # noqa: F403

_SYNTHESIZED = pytest.StashKey[dict[Path, Path]]()


# ---- a machine without Terraform


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Skip a test whose fixtures need Terraform where there is none, with the cure."""
    with _skipped_without_terraform():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Likewise a test that needs it itself."""
    with _skipped_without_terraform():
        return (yield)


@contextmanager
def _skipped_without_terraform() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        program = sys.modules.get("aibridge_construct.testing.terraform.program")
        if program is None or not isinstance(error, program.MissingTerraformError):
            raise
        pytest.skip(str(error))


# ---- the template as text


@pytest.fixture
def terraform_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """syrupy's `snapshot` with one readable JSON file per assertion; a drift shows address, attribute, before, after.

    Compare it with `coder_template`, a synthesized directory (a `Path`) or a stack, which show all that is pushed, or
    with what `readable` and `wiring` return. `pytest --snapshot-update` accepts what there is now.
    """
    from aibridge_construct.testing.document.snapshot import TerraformSnapshotExtension

    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot").use_extension(TerraformSnapshotExtension)
    extension = snapshot.extension
    if isinstance(extension, TerraformSnapshotExtension) and request.config.get_verbosity() < 2:
        extension.report = lambda text: request.node.add_report_section("call", "drift from the snapshot", text)
    return snapshot


# ---- the template, built by Terraform


@pytest.fixture(scope="session")
def coder_variables() -> Mapping[str, Any]:
    """Values of the template's variables, for `coder_template` and `coder_workspace`. Override it: none by default."""
    return {}


@pytest.fixture(scope="session")
def coder_stand_ins() -> Sequence[Provider | Binary | Module]:
    """What the template needs of registries, besides the coder provider. Override it: Copilot's module by default."""
    from aibridge_construct.testing import COPILOT

    return [COPILOT]


@pytest.fixture(scope="session")
def coder_stack() -> str:
    """Which stack is the template, where the program makes several. Override it: the only one by default."""
    return ""


@pytest.fixture(scope="module")
def terraform_mirror(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, coder_stand_ins: Sequence[Any]
) -> Mirror:
    """Where Terraform finds providers and modules: the coder stand-in and `coder_stand_ins`, no network."""
    from aibridge_construct.testing import Module, coder_mirror

    providers = [each for each in coder_stand_ins if not isinstance(each, Module)]
    modules = [each for each in coder_stand_ins if isinstance(each, Module)]
    offered = sorted(f"{each.source} {each.version} {each.file}" for each in providers)
    name = f"mirror-{hashlib.sha256(repr(offered).encode()).hexdigest()[:12]}"
    return coder_mirror(_shared(request.config, tmp_path_factory) / name, *providers, modules=modules)


@pytest.fixture(scope="module")
def coder_template(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    coder_variables: Mapping[str, Any],
    coder_stack: str,
    terraform_mirror: Mirror,
) -> TemplateUnderTest:
    """The template of this repository: synthesized by the `app` of the nearest `cdktf.json`, once a run, and packed.

    It stands for its directory where a path is wanted. `.plans` imports it as Coder does when it is pushed,
    `.workspace(…)` and `.prebuilt(…)` make workspaces of it. What it needs it has from `coder_variables`,
    `coder_stand_ins` and `coder_stack`, which a `conftest.py` or a test module may override.
    """
    from .coder.template import TemplateUnderTest, program_of, stack_in, synthesize

    settings = program_of(request.path.parent)
    synthesized = request.config.stash.setdefault(_SYNTHESIZED, {})
    if settings not in synthesized:
        out = tmp_path_factory.mktemp("cdktf.out")
        synthesize(settings, out)
        synthesized[settings] = out
    directory = stack_in(synthesized[settings], coder_stack)
    template = TemplateUnderTest(directory, variables=coder_variables, mirror=terraform_mirror)
    _ = template.archive  # what Coder would refuse is said by every test that wants the template
    return template


@pytest.fixture
def coder_workspace(request: pytest.FixtureRequest, coder_template: TemplateUnderTest) -> Workspace:
    """A workspace of `coder_template` that is still to be made: `.start()`, `.stop()`, `.delete()` build it.

    In a test with `coder_deployment` it belongs to that one.
    """
    if "coder_deployment" not in request.fixturenames:
        return coder_template.workspace()
    deployment: Deployment = request.getfixturevalue("coder_deployment")
    return coder_template.workspace(environment={"CODER_AGENT_URL": deployment.access_url})


# ---- inside the workspace


@pytest.fixture
def coder_scripts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AgentScripts]:
    """A workspace whose scripts and terminals run as Coder's agent runs them; see `AgentScripts`.

    With `@in_every_shell` the test runs once for each shell that `/bin/sh` may be. Whatever still runs at the end of
    the test is killed. Another workspace, or other settings: `coder_scripts.another(grace=0.5)`.
    """
    from aibridge_construct.testing import AgentScripts

    with AgentScripts(tmp_path / "coder-workspace", sh=getattr(request, "param", "")) as scripts:
        yield scripts


@pytest.fixture
def coder_cli(coder_scripts: AgentScripts) -> Iterator[CoderCli]:
    """The command `coder` of `coder_scripts`, which keeps the rules of `coder exp sync` and records each call.

    `.history` is what happened, in words: `start aibridge-proxy-setup`, `complete aibridge-proxy-setup` …
    """
    from aibridge_construct.testing import CoderCli

    with CoderCli() as cli:
        (coder_scripts.image / "coder").symlink_to(cli.bin_dir / "coder")
        yield cli


@pytest.fixture
def coder_deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A Coder server on this machine that serves the proxy's certificate to `coder_workspace`, or what a test tells it.

    `.answers` scripts the next answers, `.licensed`, `.proxy_on` and `.delay_seconds` its state; `.requests` is what it
    was asked.
    """
    from aibridge_construct.testing import Deployment

    from .providers.handshake import make_certificate

    both = make_certificate()
    certificate = tmp_path / "coder-deployment.pem"
    certificate.write_bytes(both[both.index(b"-----BEGIN CERTIFICATE") :])
    with Deployment(certificate, tokens=["owner-session-token"]) as deployment:
        yield deployment


def _shared(config: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all workers of a run have."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(config, "workerinput") else base


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if not name.startswith(("_", "pytest")):  # what pytest itself asks each plugin for
            from aibridge_construct.testing import providers

            if name in providers.__all__:
                return getattr(providers, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
