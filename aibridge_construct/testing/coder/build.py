"""Coder's builds, replayed: push a directory, then create, stop, start and claim workspaces with the real Terraform.

    template = pack("cdktf.out/stacks/docker")
    import_template(template)
    dev = Workspace(template, owner="ada", token="token-of-ada")
    dev.start()
    assert dev.stop().actions == {"docker_container.workspace[0]": ["delete"]}
    dev.start()

As in Coder, every build runs in a fresh directory: the template is unpacked there, the workspace's state of the last
build is put beside it as `terraform.tfstate`, Terraform runs init, plan and apply, and that file is read back.

Source of the facts: Coder's `provisionersdk` (archive) and `provisioner/terraform` (builds).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

from aibridge_construct.errors import TemplateError
from aibridge_construct.push import AllowedPaths, problems
from aibridge_construct.testing.terraform.mirror import Mirror
from aibridge_construct.testing.terraform.plan import Plan
from aibridge_construct.testing.terraform.variables import declared_variables, refuse_unknown

from .archive import refuse_no_archive, unpack
from .parameters import chosen, refuse_no_text
from .terraform import Terraform
from .workspace import workspace_environment

__all__ = ["Build", "Workspace", "WorkspaceSettings", "import_template"]

STATE = "terraform.tfstate"


@dataclass(frozen=True)
class Build:
    """One build of a workspace.

    Attributes:
        actions: what happened to each resource that changed: address to `["create"]`, `["delete", "create"]` …
        plan_text: the plan as people see it, where secrets read `(sensitive value)`.
        plan: the plan as `terraform show -json` has it.
        state: the state afterwards, as Terraform saved it. It holds secrets.
        outputs: the values of the outputs.
    """

    actions: dict[str, list[str]]
    plan_text: str
    plan: dict[str, Any] = field(repr=False)
    state: dict[str, Any] = field(repr=False)
    outputs: dict[str, Any] = field(repr=False)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The attributes of every managed resource in the state, by address without index."""
        return {
            f"{item['type']}.{item['name']}": item["instances"][0]["attributes"]
            for item in self.state["resources"]
            if item["mode"] == "managed" and item["instances"]
        }

    def script(self, name: str) -> str:
        """The text of a script, as the agent gets it.

        Args:
            name: what the dashboard calls it, its `display_name`; or its address.

        Raises:
            KeyError: there is no such script, or several; the message has those that there are.
        """
        scripts = {address: body for address, body in self.resources.items() if address.startswith("coder_script.")}
        found = [body for address, body in scripts.items() if name in (address, body["display_name"])]
        if len(found) != 1:
            there = ", ".join(f"{body['display_name']!r} ({address})" for address, body in scripts.items())
            raise KeyError(f"{len(found) or 'no'} scripts are called {name!r}; there are: {there or 'none'}")
        return str(found[0]["script"])


class WorkspaceSettings(TypedDict, total=False):
    """The arguments of `Workspace` but the first."""

    owner: str
    name: str
    token: str | None
    parameters: Mapping[str, str] | None
    variables: Mapping[str, Any] | None
    mirror: Mirror | None
    environment: Mapping[str, str] | None


class _BuildersTerraform(Terraform):
    """One whose plans are read as data and as text, and whose state is read from its file."""

    _forms = ("json", "text")

    def carry_out(self, plan: Plan) -> None:
        """Apply a saved plan."""
        self._events("apply", "-input=false", str(plan.file))


class Workspace:
    """A workspace of a pushed template, with the state that Coder keeps for it.

    Args:
        template: the archive, see `pack`.
        owner: user name of the owner.
        name: name of the workspace.
        token: session token of the owner.
        parameters: the owner's choices, by `name` of the coder_parameter.
        variables: values of the template's variables.
        mirror: where providers come from. Default: one with the coder stand-in.
        environment: more variables that Terraform sees.
    """

    def __init__(
        self,
        template: bytes,
        *,
        owner: str = "ada",
        name: str = "dev",
        token: str | None = "owner-session-token",
        parameters: Mapping[str, str] | None = None,
        variables: Mapping[str, Any] | None = None,
        mirror: Mirror | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.template: bytes = refuse_no_archive(template)
        refuse_no_text(parameters or {})
        self.owner: str = owner
        self.name: str = name
        self.parameters: dict[str, str] = dict(parameters or {})
        #: The state after the last build, as Coder keeps it.
        self.state: bytes | None = None
        self._token = token
        self._variables = dict(variables or {})
        self._mirror = mirror
        self._more = dict(environment or {})
        # Coder gives a workspace its id once: it keeps it when it is claimed, which changes owner and name.
        self._id = workspace_environment(workspace=f"{owner}/{name}")["CODER_WORKSPACE_ID"]
        self._prebuilt = False
        self._chosen: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Workspace({self.owner}/{self.name})"

    @classmethod
    def prebuilt(cls, template: bytes, **settings: Unpack[WorkspaceSettings]) -> Workspace:
        """A workspace that waits for an owner: it belongs to a system user without a session token."""
        prebuilds: WorkspaceSettings = {"owner": "prebuilds", "name": "prebuild-1", "token": None}
        made = cls(template, **(prebuilds | settings))
        made._prebuilt = True
        return made

    def start(self) -> Build:
        """Build it with the transition `start`, which also creates it."""
        return self._build("start", prebuild="build" if self._prebuilt else "")

    def stop(self) -> Build:
        """Build it with the transition `stop`."""
        return self._build("stop", prebuild="build" if self._prebuilt else "")

    def claim(self, *, owner: str = "ada", name: str = "dev", token: str = "owner-session-token") -> Build:
        """Hand a prebuilt workspace that runs over to an owner."""
        if not self._prebuilt or self.state is None:
            raise ValueError(f"{self!r} is no prebuilt workspace that runs")
        agents = [item for item in json.loads(self.state)["resources"] if item["type"] == "coder_agent"]
        agent_token = agents[0]["instances"][0]["attributes"]["token"] if agents else ""
        self.owner, self.name, self._token, self._prebuilt = owner, name, token, False
        return self._build("start", prebuild="claim", agent_token=agent_token)

    def delete(self) -> Build:
        """Destroy what it consists of."""
        return self._build("stop", options=["-destroy"])

    def plan(self) -> dict[str, list[str]]:
        """What the next `start` would do: address to actions."""
        with tempfile.TemporaryDirectory(prefix="aibridge-build-") as place:
            return self._terraform(Path(place), "start", {}).plan(variables=self._variables).actions

    def _build(
        self,
        transition: Literal["start", "stop"],
        *,
        options: list[str] | None = None,
        **environment: Any,
    ) -> Build:
        with tempfile.TemporaryDirectory(prefix="aibridge-build-") as place:
            directory = Path(place)
            terraform = self._terraform(directory, transition, environment)
            refuse_unknown("variables", self._variables, declared_variables(directory), "variable")
            plan = terraform.plan(variables=self._variables, options=options or [])
            if transition == "start":
                self._chosen = chosen(plan, self.parameters, self._chosen)
            actions, text, shown = plan.actions, plan.text, plan.json
            terraform.carry_out(plan)
            if not (directory / STATE).exists():
                raise AssertionError(
                    f"After the build there is no {STATE} in the build's directory: "
                    "the template keeps its state elsewhere."
                )
            self.state = (directory / STATE).read_bytes()
            saved = json.loads(self.state)
            outputs = {name: output["value"] for name, output in saved["outputs"].items()}
            return Build(actions, text, shown, saved, outputs)

    def _terraform(
        self, directory: Path, transition: Literal["start", "stop"], environment: Mapping[str, Any]
    ) -> _BuildersTerraform:
        env = workspace_environment(
            owner=self.owner,
            workspace=self.name,
            token=self._token,
            transition=transition,
            parameters=self.parameters,
            **environment,
        )
        unpack(self.template, directory)
        if self.state is not None:
            (directory / STATE).write_bytes(self.state)
        env |= {"CODER_WORKSPACE_ID": self._id, **self._more}
        terraform = _BuildersTerraform(directory, env=env, mirror=self._mirror)
        terraform.init()
        return terraform


def import_template(
    template: bytes,
    *,
    variables: Mapping[str, Any] | None = None,
    mirror: Mirror | None = None,
    check: bool = True,
    allow_paths: AllowedPaths = (),
) -> dict[str, Plan]:
    """What Coder does with a pushed template: plan it for both transitions, with no session token and no choices.

    Args:
        template: the archive, see `pack`.
        variables: values of the template's variables.
        mirror: where providers come from. Default: one with the coder stand-in.
        check: look first for what Coder would refuse although Terraform plans it.
        allow_paths: as of `check_directory`.

    Returns:
        The plans by transition, `"start"` and `"stop"`.

    Raises:
        TemplateError: Coder would refuse it, or workspaces built from it would not work.
        TerraformError: the template cannot be imported.
    """
    refuse_no_archive(template)
    if check:
        _check(template, allow_paths)
    plans: dict[str, Plan] = {}
    transitions: tuple[Literal["start", "stop"], ...] = ("start", "stop")
    for transition in transitions:
        with tempfile.TemporaryDirectory(prefix="aibridge-import-") as place:
            unpack(template, place)
            terraform = _BuildersTerraform(
                place,
                env=workspace_environment(token=None, transition=transition, workspace="default", build=False),
                mirror=mirror,
            )
            terraform.init()
            refuse_unknown("variables", variables or {}, declared_variables(Path(place)), "variable")
            plan = terraform.plan(variables=variables)
            _ = plan.json, plan.text  # read while the directory is there
            plans[transition] = plan
    return plans


def _check(template: bytes, allow_paths: AllowedPaths) -> None:
    with tempfile.TemporaryDirectory(prefix="aibridge-import-") as place:
        unpack(template, place)
        found = problems(Path(place), allow_paths=allow_paths)
    if found:
        raise TemplateError("Coder would not import this template:\n" + "\n".join(f"- {item}" for item in found))
