"""Runs the real Terraform on a directory, without network, and returns what it says as data.

See `program` for where Terraform comes from. It sees no variable of this process: only those given here, and a home
of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from aibridge_construct.testing._found import hold
from aibridge_construct.testing.extra import need
from aibridge_construct.testing.providers.declare import Provider

from .diagnostics import Diagnostic, TerraformError, diagnostics_in, events_in, explained
from .mirror import HOSTS, Mirror
from .modules import install_modules
from .plan import Form, Plan, TestReport, resource_in, shows
from .program import command, registry, settings, with_followers
from .variables import declared_variables, misspelt, refuse_unknown

if TYPE_CHECKING:
    from aibridge_construct.testing.providers.attached import Attached

__all__ = ["Terraform"]


_USES_PROVIDERS = ("validate", "plan", "apply", "show", "test", "destroy", "refresh", "import", "console")


class Terraform:
    """Terraform commands on one directory. The arguments are told by the public one, which knows Coder's defaults."""

    #: The forms of a plan that the process which makes it writes, too, where it can. The others take one of their own.
    _forms: ClassVar[tuple[Form, ...]] = ("json",)

    def __init__(
        self,
        directory: Path | str,
        *,
        env: Mapping[str, str],
        mirror: Mirror,
        timeout: float = 300,
        isolated: bool = False,
    ) -> None:
        self.directory: Path = Path(directory)
        self.env: dict[str, str] = dict(env)
        self.mirror = mirror
        self._timeout = timeout
        self._command = command()
        self._scratch = tempfile.TemporaryDirectory(prefix="aibridge-terraform-")
        weakref.finalize(self, self._scratch.cleanup)
        self._plans = 0
        self._shown: tuple[object, str] | None = None
        self._holds = False
        self._isolated = isolated

    def __repr__(self) -> str:
        return f"Terraform({str(self.directory)!r})"  # the environment holds secrets

    def init(self) -> None:
        """Install providers and modules, and write a lock file.

        The directory's own lock file and `.terraform` are set aside for as long as this object lives, and put back when
        it goes: what stands in the lock meanwhile are checksums of stand-ins.
        """
        if not self._holds:
            self._holds = True
            weakref.finalize(self, hold(self.directory))
        install_modules(self.directory, self.mirror.modules, registry=lambda: registry(self._command))
        self._events("init", "-input=false")

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
        arguments = ["-input=false", f"-out={file}", *options]
        said = self._events("plan", *arguments, variables=variables, followers=shows(file, self._forms))
        return Plan(file, said, self.run)

    def apply(
        self, plan: Plan | None = None, *, variables: Mapping[str, Any] | None = None, options: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Apply a saved plan, or plan and apply; returns the state as `show` does."""
        what = str(plan.file) if plan else "-auto-approve"
        file = Path(self._scratch.name, "state")
        file.unlink(missing_ok=True)
        followers = {file: ["show", "-json"]}
        self._events("apply", "-input=false", *options, what, variables=variables, followers=followers)
        if file.exists():
            self._shown = self._seen(), file.read_text()
        return self.show()

    def destroy(self, *, variables: Mapping[str, Any] | None = None) -> None:
        """Destroy what the state holds."""
        self._events("apply", "-destroy", "-input=false", "-auto-approve", variables=variables)

    def show(self) -> dict[str, Any]:
        """The state, as `terraform show -json` prints it."""
        if self._shown is None or self._shown[0] != self._seen():
            self._shown = self._seen(), self.run("show", "-json")
        state: dict[str, Any] = json.loads(self._shown[1])
        return state

    def _seen(self) -> object:
        """What differs after anything but a command of this object has changed the state, or which one is meant."""
        file = self.directory / "terraform.tfstate"
        if not file.exists():
            return object()
        status = file.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size, dict(self.env)

    def resource(self, address: str) -> dict[str, Any]:
        """The values of one resource or data source in the state.

        Raises:
            KeyError: the state has no such resource; the message lists those it has.
        """
        return resource_in(self.show().get("values", {}).get("root_module", {}), address)

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

    def _events(
        self,
        command: str,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        followers: Mapping[Path, Sequence[str]] | None = None,
    ) -> list[Diagnostic]:
        options, environment = self._given(variables)
        words = [command, "-json", *options, *arguments]
        code, out, err = self._run(*words, more=environment, followers=followers)
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
        from aibridge_construct.testing.providers.attached import Attached

        return Attached(self._stand_ins, HOSTS)

    def _run(
        self,
        *arguments: str,
        more: Mapping[str, str] | None = None,
        followers: Mapping[Path, Sequence[str]] | None = None,
    ) -> tuple[int, str, str]:
        self._shown = None
        environment = {**self._environment(), **(more or {})}
        if arguments[0] in _USES_PROVIDERS and not self._isolated:
            self._attached.begin(environment, one_configuration=arguments[0] != "test")
            environment = {**self._attached.variables, **environment}
        done = subprocess.run(
            [*with_followers(self._command, followers or {}), *arguments],
            cwd=self.directory,
            env={**settings(self._command), **environment},
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
        if values:
            declared = declared_variables(self.directory)
            refuse_unknown("variables", misspelt(values, declared), declared, "variable")
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
