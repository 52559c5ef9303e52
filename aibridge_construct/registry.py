"""Modules of Coder's registry as constructs: their inputs on the way into the call, and those that install agents."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aibridge_construct._engine import Construct, ITerraformDependable, TerraformCount, TerraformHclModule, resolve
from aibridge_construct._stack import placed
from aibridge_construct.arguments import introduce, sealed
from aibridge_construct.choices import a_list, a_text, no_list, refused
from aibridge_construct.coder.workspace import DataCoderWorkspace
from aibridge_construct.encoding import json_text
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.inputs import Inputs
from aibridge_construct.known import collection_token, lost_token, texts
from aibridge_construct.ordering import HasSyncUnit, declare_unit
from aibridge_construct.placement import CountArgument, Placement
from aibridge_construct.rules import AGENT_ID, WORKDIR
from aibridge_construct.shell.render import shell_text
from aibridge_construct.validation import is_known, literal_text, masked, reference, refuse_shell_forms

__all__ = ["InstalledAgent", "RegistryModule", "call", "json_input", "list_input", "refuse_wrong", "shell_input"]

#: What an input of a module takes, by its annotation.
_MEANING = {"str": "a text", "bool": "True or False", "int": "a number"}


@sealed
class RegistryModule(Construct):
    """A module of Coder's registry as a construct."""

    _module: TerraformHclModule
    _count: float | TerraformCount | None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        introduce(cls)

    @property
    def module(self) -> TerraformHclModule:
        """The module call."""
        return self._module

    @property
    def count(self) -> float | TerraformCount | None:
        """The count of the module call, for elements that exist only with it. ``None``: it has none."""
        return self._count

    @property
    def fqn(self) -> str:
        """What stands for it in another element's ``depends_on``: the module call."""
        return self._module.fqn


class InstalledAgent(RegistryModule):
    """A module that installs an AI agent by scripts with startup units of their own, and starts nothing.

    Facts: the registry's module ``coder-utils`` 0.0.1, which makes the scripts, names their units and orders them.

    Args:
        scope: the construct to put it into.
        id: its id there.
        name: namespace and name of the module in the registry, with ``-`` between: its units begin with it.
        source: where the module comes from.
        version: version constraint of the module.
        variables: the inputs that this module has for itself; ``None`` is one that was left out.
        ungoverned: names of those that lead past AI Gateway.
        agent_id: the ``id`` of the agent.
        workdir: absolute path of a directory that is made, and that the agent trusts.
        enable_ai_gateway: whether it asks AI Gateway.
        mcp_config_remote_path: URLs that return MCP servers.
        icon: icon of the scripts.
        pre_install_script: shell text to run before the installation.
        post_install_script: shell text to run after it.
        count: how many instances of the module there are.
        depends_on: what Terraform creates first.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        source: str,
        version: str,
        variables: Mapping[str, Any],
        ungoverned: Sequence[str],
        agent_id: str,
        workdir: str | None,
        enable_ai_gateway: bool,
        mcp_config_remote_path: Sequence[str] | None,
        icon: str | None,
        pre_install_script: str | None,
        post_install_script: str | None,
        count: CountArgument | None,
        depends_on: Sequence[ITerraformDependable | Construct] | None,
    ) -> None:
        variables = {
            **variables,
            "workdir": None if workdir is None else WORKDIR.require(workdir),
            "enable_ai_gateway": enable_ai_gateway,
            "mcp_config_remote_path": list_input("mcp_config_remote_path", mcp_config_remote_path),
            "icon": icon,
            "pre_install_script": shell_input("pre_install_script", pre_install_script),
            "post_install_script": shell_input("post_install_script", post_install_script),
        }
        _refuse_ungoverned(variables, ungoverned)
        refuse_wrong(self, id, variables)
        place = Placement(scope, f"{type(self).__name__} {id!r}", agent_id=agent_id, count=count, depends_on=depends_on)
        on_agent = place.agent_id if place.agent_is_known else AGENT_ID.require(place.agent_id)
        super().__init__(scope, id)
        placed(self, scope)
        self._speaks_for = {"inputs": f"{type(self).__name__} {id!r}"}
        self._count = None if place.count is None else place.count.for_engine
        inputs = Inputs(self, counted=self.count is not None)
        if workdir is not None:
            inputs.check(WORKDIR, workdir)
        if not place.agent_is_known:
            inputs.check(AGENT_ID, place.agent_id)
        conditions = [*inputs.preconditions, *place.conditions, *_null_scripts(self, variables)]
        if conditions:
            DataCoderWorkspace(self, "inputs", **place.meta).add_preconditions(conditions)
        self._module = call(self, place, source=source, version=version, variables={"agent_id": on_agent, **variables})
        steps = ("pre_install_script", "install_script", "post_install_script")
        made = [step for step in steps if step == "install_script" or variables[step] is not None]
        self._scripts = tuple(f"{name}-{step}" for step in made)
        wants: list[HasSyncUnit | str] = []
        for unit in self.scripts:
            declare_unit(self, unit, agent_id=agent_id, wants=wants)
            wants = [unit]

    @property
    def scripts(self) -> tuple[str, ...]:
        """Names of the startup units of the module's scripts, in their order: what its output ``scripts`` holds."""
        return self._scripts

    @property
    def sync_unit(self) -> str:
        """Name of the last one of them, which is complete when everything is installed."""
        return self._scripts[-1]


def _null_scripts(scope: Construct, variables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A script that is null has no startup unit: what waits for it would wait until it times out."""
    for name in ("pre_install_script", "post_install_script"):
        given = variables[name]
        expression = None if given is None or is_known(given) else reference(resolve(scope, given))
        if expression is not None:
            yield f"${{{expression} != null}}", f"{name} must not be null: leave it out in Python where there is none."


def call(
    scope: Construct,
    place: Placement,
    *,
    source: str,
    version: str,
    variables: Mapping[str, Any],
    count: float | TerraformCount | None = None,
) -> TerraformHclModule:
    """The module call ``module`` in ``scope``; inputs that are ``None`` are left out.

    Args:
        scope: the construct.
        place: where it stands.
        source: where the module comes from; a path takes no version.
        version: version constraint of the module.
        variables: its inputs.
        count: the count of the call. Default: that of ``place``.
    """
    # Terraform fetches the module before it computes anything.
    a_text("source", source, example="registry.coder.com/coder/claude-code/coder")
    a_text("version", version, example="~> 1.0")
    if count is None and place.count is not None:
        count = place.count.for_engine
    return TerraformHclModule(
        scope,
        "module",
        source=source,
        version=None if source.startswith((".", "/")) else version,
        # The engine's module call has no count of its own; among the inputs it lands in the same place.
        variables={name: value for name, value in [*variables.items(), ("count", count)] if value is not None},
        depends_on=place.dependencies or None,
        # A path is relative to the synthesized directory: the engine would look for it here and copy it.
        skip_asset_creation_from_local_modules=True,
    )


def refuse_wrong(module: Construct, id: str, variables: Mapping[str, Any]) -> None:
    """Refuse values of another type than an input has, what Terraform would read where a shell is meant, and tokens
    that the engine would not find again.

    Args:
        module: its constructor says what each input is.
        id: its id.
        variables: the inputs by name.

    Raises:
        InvalidValueError: an input is one, or holds one.
    """
    owner = next(base for base in type(module).__mro__ if base.__module__.startswith("aibridge_construct."))
    parameters = inspect.signature(owner).parameters
    for name, value in variables.items():
        declared = str(parameters[name].annotation) if name in parameters else ""
        kind = declared.removesuffix(" | None")
        if value is not None and is_known(value) and not _is(value, kind):
            raise refused(name, value, f"must be {_MEANING[kind]}", of=f"{type(module).__name__} {id!r}")
        for text in texts(value):
            refuse_shell_forms(name, text)
        if lost := lost_token(value):
            raise InvalidValueError(name, f"{name} holds {lost}.")


def _is(value: object, kind: str) -> bool:
    """Whether an input of this kind takes a value that Python knows; of a text, what Terraform makes of it."""
    if kind == "bool":
        return isinstance(value, bool) or value in ("true", "false")
    if kind == "int":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number or (isinstance(value, str) and value.isdecimal())
    return kind not in _MEANING or isinstance(value, str)


def _refuse_ungoverned(variables: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse inputs that name another way than AI Gateway while it is on."""
    for name in names if variables["enable_ai_gateway"] is not False else ():
        if variables[name] not in (None, False):
            raise InvalidValueError(
                name,
                f"{name} has no effect with AI Gateway, which is on unless it is switched off: leave {name} out, or "
                "write enable_ai_gateway=False, and the requests are not governed.",
            )


def shell_input(field: str, text: str | None) -> str | None:
    """A shell text, with the line ends of Unix."""
    return None if text is None else shell_text(field, text)


def json_input(field: str, value: str | Mapping[str, Any] | None) -> str | None:
    """JSON text of an object, from a mapping or as given.

    Raises:
        InvalidValueError: a literal is no such text, which the module's script could not read.
    """
    if isinstance(value, Mapping):
        return json_text(field, value, sort_keys=True)
    if isinstance(value, str) and is_known(value):
        _require_object(field, literal_text(value))
    return value


def _require_object(field: str, text: str) -> None:
    try:
        if isinstance(json.loads(text), dict):
            return
        reason = "it is JSON, but no object"
    except ValueError as error:
        reason = str(error)
    raise InvalidValueError(
        field, f"{field} must be a mapping, or the JSON text of an object; {reason}. Got {masked(text)}."
    )


def list_input(field: str, value: Sequence[str] | None) -> list[str] | None:
    """A list of texts.

    Raises:
        InvalidValueError: it is one text.
    """
    if value is None or collection_token(value) is not None:
        return value  # type: ignore[return-value] # a list of one
    example = f'"{value}"' if isinstance(value, str) and is_known(value) else '"…"'
    items = list(a_list(field, value, "texts", example=example))
    if any(not isinstance(item, str) for item in items):
        raise no_list(field, value, "texts", example=example)
    return items
