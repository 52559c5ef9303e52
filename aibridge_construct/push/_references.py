"""References to what is not there: what the directory does not declare, and files at escaped paths."""

from __future__ import annotations

from collections.abc import Iterator

from aibridge_construct.hcl import InvalidTemplateError, escaped_path, references
from aibridge_construct.push._configuration import Configuration, Module
from aibridge_construct.push._strings import Text, strings
from aibridge_construct.validation import escaped_path_message

__all__ = ["escaped_paths", "wrong_references"]

#: What holds addresses, types and keys instead of expressions.
_NO_EXPRESSIONS = ("ignore_changes", "provider", "providers", "replace_triggered_by", "type", "source", "version")
_KINDS = ("resource", "data", "ephemeral", "module", "output", "locals", "provider")


def wrong_references(configuration: Configuration) -> Iterator[str]:
    """References that Terraform would not find."""
    declared = {id(module): _declared(module) for module in configuration.modules}
    loops = {id(module): _iterators(module) for module in configuration.modules}
    if configuration.unreadable:
        return  # what they declare is not known
    for string in strings(configuration):
        element = string.element
        if element.kind not in _KINDS or "${" not in string.text or _holds_no_expression(string):
            continue
        known, names = declared[id(element.module)], loops[id(element.module)]
        try:
            found = references(string.text)
        except InvalidTemplateError:
            continue  # Terraform says it better
        for reference in found:
            if reference.address and reference.address not in known and reference.root not in names:
                yield (
                    f"{string.address} refers to {reference.address}, which "
                    f"{'this directory' if element.module.call is None else element.module.call.address} does not "
                    f"declare. Declare it there; a value of another stack, such as the proxy_auth_url or environment() "
                    "of its proxy, does not come along: make an AIBridgeProxy in this stack."
                )
                break


def escaped_paths(configuration: Configuration) -> Iterator[str]:
    """Files that Terraform would look for at a path with ``${path.module}`` in its very characters."""
    for string in strings(configuration):
        try:
            escape = escaped_path(string.text)
        except InvalidTemplateError:
            continue  # Terraform says it better
        if escape is not None:
            yield f"{string.address} {escaped_path_message(escape)}"


def _holds_no_expression(string: Text) -> bool:
    return bool(set(string.names) & set(_NO_EXPRESSIONS)) and string.element.kind != "output"


def _declared(module: Module) -> set[str]:
    prefix = len(module.prefix)
    found = set()
    for element in module.elements():
        if element.kind == "locals":
            found |= {f"local.{name}" for name in element.body}
        else:
            found.add(element.address[prefix:])
    return found


def _iterators(module: Module) -> set[str]:
    """The names of the loops of dynamic blocks."""
    found: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for label, bodies in _dynamic(value.get("dynamic")):
                found.add(label)
                found.update(str(body["iterator"]).strip("${}") for body in bodies if "iterator" in body)
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    for content in module.contents.values():
        collect(content)
    return found


def _dynamic(value: object) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for block in value if isinstance(value, list) else [value]:
        if isinstance(block, dict):
            for label, bodies in block.items():
                every = bodies if isinstance(bodies, list) else [bodies]
                yield label, [body for body in every if isinstance(body, dict)]
