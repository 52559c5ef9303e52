"""Names that Coder wants in a form of its own, or once per template.

Source: Coder's ``provisioner/terraform``, which refuses all of these at import although Terraform plans them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from aibridge_construct.choices import nearest
from aibridge_construct.hcl import InvalidTemplateError, constant, literal, references
from aibridge_construct.push._configuration import Configuration, Element

__all__ = ["wrong_agents", "wrong_apps", "wrong_metadata", "wrong_parameters", "wrong_presets"]

_AGENT_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9])*", re.IGNORECASE | re.ASCII)


def wrong_agents(configuration: Configuration) -> Iterator[str]:
    """Agents that Coder cannot name, or not tell apart."""
    agents = [agent for agent in configuration.of_type("coder_agent") if agent.kind == "resource"]
    for agent in agents:
        if not _AGENT_NAME.fullmatch(agent.name):
            yield (
                f"{agent.address} is an agent named {agent.name!r}, but Coder takes letters and digits only, with "
                "single hyphens between them, and the name of an agent is the Terraform name of its resource. "
                f"{_rename(agent)}"
            )
        if agent.certain_times > 1:
            yield (
                f"{agent.address} has {agent.certain_times} instances, which all are an agent named {agent.name!r}, "
                "but the names of agents are unique in a template. Declare a coder_agent of its own for each."
            )
    for first, second in _clashes(agents, lambda agent: agent.name.lower()):
        yield (
            f"{first.address} and {second.address} are both an agent named {second.name.lower()!r}, but the names of "
            f"agents are unique in a template, whatever their case. Give one of them another id."
        )


def _rename(agent: Element) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", agent.name.lower()).strip("-") or "main"
    if agent.module.call is not None:
        return f'In the module write resource "coder_agent" "{wanted}".'
    return f'Give it the id "{wanted}", or call agent.override_logical_id("{wanted}").'


def wrong_apps(configuration: Configuration) -> Iterator[str]:
    """Apps with one slug, those of the registry's modules too."""
    apps = [app for app in configuration.of_type("coder_app") if app.kind == "resource"]
    why = "slugs are unique in a template, over all its agents"
    yield from _not_unique(apps, "slug", why, beside=[*_apps_of_modules(configuration)])


def wrong_parameters(configuration: Configuration) -> Iterator[str]:
    """Parameters with one name."""
    parameters = [item for item in configuration.of_type("coder_parameter") if item.kind == "data"]
    yield from _not_unique(parameters, "name", "the names of parameters are unique in a template")


def wrong_presets(configuration: Configuration) -> Iterator[str]:
    """Presets with one name, and more than one default."""
    presets = [item for item in configuration.of_type("coder_workspace_preset") if item.kind == "data"]
    yield from _not_unique(presets, "name", "the names of presets are unique in a template")
    yield from _unknown_values(configuration, presets)
    chosen = [preset for preset in presets if str(preset.body.get("default")).lower() == "true"]
    for first, second in _clashes(chosen, lambda preset: "default"):
        yield (
            f"{first.address} and {second.address} both have default=True, but a template has one default preset at "
            "most. Leave default out of one of them."
        )


def _unknown_values(configuration: Configuration, presets: Sequence[Element]) -> Iterator[str]:
    """Values of presets for parameters that the template does not have: Coder would leave them out."""
    parameters = [item for item in configuration.of_type("coder_parameter") if item.kind == "data"]
    names = {_value(parameter, "name") for parameter in parameters}
    elsewhere = any(
        not str(call.body.get("source")).startswith(("./", "../"))
        for module in configuration.modules
        for call in module.elements("module")
    )
    if elsewhere or configuration.unreadable or not all(isinstance(name, str) for name in names):
        return  # a module may bring more, and a name may be computed
    for preset in presets:
        given = preset.body.get("parameters")
        for name in given if isinstance(given, dict) else ():
            if "${" not in name and name not in names:
                yield (
                    f"{preset.address} has a value for the parameter {name!r}, which the template does not have. "
                    f"{nearest(name, [str(each) for each in names])}"
                )


def wrong_metadata(configuration: Configuration) -> Iterator[str]:
    """Resources with metadata from two places."""
    every = [item for item in configuration.of_type("coder_metadata") if item.kind == "resource"]
    for item in every:
        if item.certain_times > 1 and _target(item) is not None:
            yield (
                f"{item.address} has {item.certain_times} instances for {item.body['resource_id']!r}, but Coder takes "
                "one coder_metadata for a resource, whatever its count. Leave the count out."
            )
    for first, second in _clashes(every, _target):
        yield (
            f"{first.address} and {second.address} are both about {_target(second)}, but Coder takes one "
            "coder_metadata for a resource. Put all items into one of them."
        )


def _target(metadata: Element) -> str | None:
    value = metadata.body.get("resource_id")
    try:
        found = references(value) if isinstance(value, str) else ()
    except InvalidTemplateError:
        return None
    address = found[0].address if len(found) == 1 else None
    # Coder looks for the nearest resource of another provider.
    if address is None or address.startswith(("coder_", "data.", "each.", "local.", "module.", "var.")):
        return None
    return metadata.module.prefix + address


def _apps_of_modules(configuration: Configuration) -> Iterator[Element]:
    """The apps that calls of the registry's modules make, under the address of the call.

    Facts: the modules' sources, in the versions that this library knows.
    """
    for module in configuration.modules:
        for call in module.elements("module"):
            source = str(call.body.get("source")).partition("//")[0]
            slugs = []
            if source.endswith("coder-labs/copilot/coder"):
                slugs = ["copilot", *(["copilot-cli"] if constant(call.body.get("cli_app")) is True else [])]
            elif source.endswith("coder/code-server/coder"):
                slugs = [call.body.get("slug", "code-server")]
            yield from (replace(call, body={**call.body, "slug": slug}) for slug in slugs)


def _not_unique(
    elements: Sequence[Element], attribute: str, why: str, *, beside: Sequence[Element] = ()
) -> Iterator[str]:
    """Elements that have one value, also with those ``beside`` them, and elements whose instances all have one."""
    for element in elements:
        if element.certain_times > 1 and _value(element, attribute) is not None:
            given = element.body[attribute]
            yield (
                f"{element.address} has {element.certain_times} instances with the {attribute} {given!r}, but {why}. "
            ) + (
                f'Put the instance into it, for example {attribute}="{given}-${{{_index(element)}}}".'
                if element.times not in (None, 1)
                else f"Let the module take the {attribute} as a variable."
            )
    for first, second in _clashes([*elements, *beside], lambda element: _value(element, attribute)):
        yield (
            f"{first.address} and {second.address} have the {attribute} {second.body[attribute]!r}, but {why}. "
            f"Give one of them another {attribute}."
        )


def _index(element: Element) -> str:
    return "count.index" if "count" in element.body else "each.key"


def _value(element: Element, attribute: str) -> object:
    """What the attribute is in every instance; ``None`` where that differs, or is not there."""
    value = element.body.get(attribute)
    if not isinstance(value, str):
        return None
    try:
        text = literal(value)
        if text is not None:
            return text
        found = references(value)
    except InvalidTemplateError:
        return None
    if any(reference.root in ("count", "each") for reference in found):
        return None
    return element.module.prefix, value


def _clashes(elements: Sequence[Element], key: Callable[[Element], object]) -> Iterator[tuple[Element, Element]]:
    """Pairs of elements that have the same key and exist in the same workspace."""
    by_key: dict[object, list[Element]] = {}
    for element in elements:
        if element.certain_times > 0 and key(element) is not None:
            by_key.setdefault(key(element), []).append(element)
    for same in by_key.values():
        first = same[0]
        for one, other in combinations(same, 2):
            if (one is first or not _together(first, other)) and _together(one, other):
                yield one, other


def _together(one: Element, other: Element) -> bool:
    """Whether both exist for certain in some workspace: computed counts may exclude each other."""
    return not one.conditions or not other.conditions or one.conditions == other.conditions
