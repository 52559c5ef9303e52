"""A whole configuration in native syntax, written from its JSON syntax: the same plan to the last character.

In JSON a mapping may stand for an attribute or for a block, and only the provider's schema says which. What is known of
that comes in as :data:`Shapes`; where it is not known, nothing is guessed: the element is refused with its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aibridge_construct.errors import TemplateError
from aibridge_construct.hcl.native import attribute, expression

__all__ = ["Shape", "Shapes", "document"]

#: Attributes (``None``) and nested blocks of a body by name.
Shape = Mapping[str, "Shape | None"]

#: Shapes by address; of several configurations of one provider by ``provider.NAME[INDEX]``.
Shapes = Mapping[str, Shape]


@dataclass(frozen=True)
class _Form:
    """How one kind of body is written.

    Attributes:
        blocks: nested blocks that Terraform itself knows.
        labelled: nested blocks whose label is a key of the mapping.
        bare: attributes that hold addresses, names or types instead of expressions.
        plain: attributes that are texts and no templates: JSON takes them as they are.
        all_plain: every attribute is one.
        strict: other mappings and lists may be attributes or blocks.
    """

    blocks: Mapping[str, _Form] = field(default_factory=dict)
    labelled: Mapping[str, _Form] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    strict: bool = False
    all_plain: bool = False


def _names(*names: str) -> frozenset[str]:
    return frozenset(names)


_CONDITION = _Form()
_CONNECTION = _Form()
_PROVISIONER = _Form(blocks={"connection": _CONNECTION}, bare=_names("when", "on_failure"))
_TRIGGER = _Form(bare=_names("events", "actions"))
_LIFECYCLE = _Form(
    blocks={
        "precondition": _CONDITION,
        "postcondition": _CONDITION,
        "action_trigger": _Form(bare=_names("events", "actions")),
    },
    bare=_names("ignore_changes", "replace_triggered_by"),
)
_RESOURCE = _Form(
    blocks={"lifecycle": _LIFECYCLE, "connection": _CONNECTION},
    labelled={"provisioner": _PROVISIONER},
    bare=_names("depends_on", "provider"),
    strict=True,
)
_INNER = _Form(strict=True)
_PROVIDER = _Form(plain=_names("alias", "version"), strict=True)
_PLAIN = _Form(all_plain=True)
_BACKEND = _Form(blocks={"workspaces": _PLAIN, "exec": _PLAIN}, all_plain=True)
_REQUIRED = _Form(all_plain=True)
_TERRAFORM = _Form(
    blocks={"required_providers": _REQUIRED, "cloud": _BACKEND},
    labelled={"backend": _BACKEND, "provider_meta": _INNER},
    bare=_names("experiments"),
    plain=_names("required_version"),
)
_VARIABLE = _Form(
    blocks={"validation": _CONDITION}, bare=_names("type"), plain=_names("default", "description", "deprecated")
)
_OUTPUT = _Form(
    blocks={"precondition": _CONDITION}, bare=_names("depends_on"), plain=_names("description", "deprecated")
)
_MODULE = _Form(bare=_names("depends_on", "providers"), plain=_names("source", "version"))
_LOCALS = _Form()
_MOVED = _Form(bare=_names("from", "to"))
_IMPORT = _Form(bare=_names("to", "provider"))
_REMOVED = _Form(blocks={"lifecycle": _Form()}, labelled={"provisioner": _PROVISIONER}, bare=_names("from"))

_CHECK = _Form(blocks={"assert": _CONDITION}, strict=True)

# Kinds of blocks by the number of their labels.
_UNLABELLED = {"terraform": _TERRAFORM, "locals": _LOCALS, "moved": _MOVED, "import": _IMPORT, "removed": _REMOVED}
_ONE_LABEL = {"variable": _VARIABLE, "module": _MODULE, "output": _OUTPUT, "provider": _PROVIDER, "check": _CHECK}
_TWO_LABELS = {"data": _RESOURCE, "resource": _RESOURCE, "ephemeral": _RESOURCE}

# Types that Terraform brings itself have no nested blocks.
_BUILT_IN = _names("terraform_remote_state", "terraform_data")


def document(content: Mapping[str, object], shapes: Shapes) -> str:
    """The configuration as ``terraform fmt`` has it.

    Args:
        content: the configuration in Terraform's JSON syntax. ``//`` is a comment there, and left out.
        shapes: what is an attribute and what a nested block of resources, data sources and providers.

    Raises:
        TemplateError: something has no native form that is known to be right.
    """
    return "\n".join("\n".join(lines) + "\n" for lines in _top(content, shapes))


def _top(content: Mapping[str, object], shapes: Shapes) -> Iterator[list[str]]:
    for kind in [*_UNLABELLED, *_ONE_LABEL, *_TWO_LABELS]:
        inside = content.get(kind)
        if kind in _UNLABELLED:
            for body in _bodies(kind, inside):
                if body:
                    yield _Writer(kind).block(kind, body, _UNLABELLED[kind], {})
        elif kind in _ONE_LABEL:
            for name, given in _mapping(kind, inside).items():
                for index, body in enumerate(_bodies(f"{kind}.{name}", given)):
                    address = f"{kind}.{name}"
                    shape = shapes.get(f"{address}[{index}]", {})
                    yield _Writer(address).block(f'{kind} "{name}"', body, _ONE_LABEL[kind], shape)
        else:
            yield from _typed(kind, _mapping(kind, inside), shapes)
    if unknown := sorted(content.keys() - {*_UNLABELLED, *_ONE_LABEL, *_TWO_LABELS, "//"}):
        raise _refusal(unknown[0], f"blocks of the kind {unknown[0]!r} are not known here")


def _typed(kind: str, types: Mapping[str, object], shapes: Shapes) -> Iterator[list[str]]:
    for type, elements in types.items():
        for name, given in _mapping(f"{kind}.{type}", elements).items():
            address = f"{type}.{name}" if kind == "resource" else f"{kind}.{type}.{name}"
            for body in _bodies(address, given):
                form, shape = _TWO_LABELS[kind], shapes.get(address, {})
                if type in _BUILT_IN:
                    shape = dict.fromkeys(body)
                yield _Writer(address).block(f'{kind} "{type}" "{name}"', body, form, shape)


class _Writer:
    """Writes the block at ``address`` and what is nested in it."""

    def __init__(self, address: str) -> None:
        self._address = address

    def block(self, head: str, body: Mapping[str, object], form: _Form, shape: Shape) -> list[str]:
        attributes: list[str] = []
        nested: list[list[str]] = []
        for name, value in sorted(body.items()):
            if name == "//":
                continue
            if form is not _LOCALS and (written := self._nested(name, value, form, shape)) is not None:
                nested += written
            elif value is not None or not form.strict:
                attributes.append(self._attribute(name, value, form, shape))
        lines = [*_aligned(attributes)]
        for each in nested:
            lines += [*([""] if lines else []), *each]
        # Of a here-document only the first line is indented: the others are the value.
        return [f"{head} {{", *(f"  {line}" if line else "" for line in lines), "}"]

    def _nested(self, name: str, value: object, form: _Form, shape: Shape) -> list[list[str]] | None:
        """The blocks that ``value`` stands for; ``None`` if it is an attribute."""
        if name in form.blocks:
            return [self.block(name, body, form.blocks[name], {}) for body in self._bodies(name, value)]
        if name in form.labelled:
            return [
                self.block(f'{name} "{label}"', body, form.labelled[name], {})
                for labels in self._bodies(name, value)
                for label, given in labels.items()
                for body in self._bodies(f"{name}.{label}", given)
            ]
        if name == "dynamic" and form.strict and name not in shape:
            return [
                self._dynamic(kind, body, shape.get(kind) or {})
                for kinds in self._bodies(name, value)
                for kind, given in kinds.items()
                for body in self._bodies(f"dynamic.{kind}", given)
            ]
        inner = shape.get(name)
        if inner is None:
            return None
        return [self.block(name, body, _INNER, inner) for body in self._bodies(name, value)]

    def _dynamic(self, kind: str, body: Mapping[str, object], shape: Shape) -> list[str]:
        form = _Form(bare=_names("iterator"), strict=True)
        return self.block(f'dynamic "{kind}"', body, form, {"for_each": None, "labels": None, "content": shape})

    def _attribute(self, name: str, value: object, form: _Form, shape: Shape) -> str:
        if name in form.bare:
            return f"{name} = {_bare(value)}"
        if form is _REQUIRED and isinstance(value, Mapping) and "configuration_aliases" in value:
            aliases = _bare(value["configuration_aliases"])
            others = {key: inner for key, inner in value.items() if key != "configuration_aliases"}
            return f"{name} = {_plain(others)[:-2]}, configuration_aliases = {aliases} }}"
        if form.all_plain or name in form.plain:
            return f"{name} = {_plain(value)}"
        if form.strict and name not in shape and _may_be_block(value) and name not in ("count", "for_each"):
            raise _refusal(
                self._address,
                f"nothing says whether {name!r} is an attribute or a block. Have its class say so, in "
                "_synthesize_hcl_attributes",
            )
        return f"{name} = {attribute(value)}"

    def _bodies(self, name: str, value: object) -> Iterator[Mapping[str, object]]:
        return _bodies(self._address, value, name)


def _bodies(address: str, value: object, name: str = "") -> Iterator[Mapping[str, object]]:
    """In the JSON syntax one block may stand for a list of one; lists may be nested."""
    if value is None:
        return
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _bodies(address, item, name)
    else:
        raise _refusal(address, f"{name or address} is a block, and its value is none")


def _mapping(address: str, value: object) -> dict[str, object]:
    merged: dict[str, object] = {}
    for body in _bodies(address, value):
        merged |= {name: inner for name, inner in body.items() if name != "//"}
    return dict(sorted(merged.items()))


def _refusal(address: str, reason: str) -> TemplateError:
    return TemplateError(f"{address} cannot be written in HCL: {reason}, or synthesize JSON, without --hcl.")


def _may_be_block(value: object) -> bool:
    if isinstance(value, list | tuple):
        return not value or any(map(_may_be_block, value))
    return isinstance(value, Mapping)


def _bare(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_bare(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_bare, value))}]"
    text = str(value)
    return text[2:-1].strip() if text.startswith("${") and text.endswith("}") else text


def _plain(value: object) -> str:
    """A constant: where nothing can be referred to, JSON's texts are no templates."""
    return expression(_escaped(value))


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {_escaped(name): _escaped(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    return value


def _aligned(attributes: Sequence[str]) -> Iterator[str]:
    """The equals signs of attributes on neighbouring lines under each other."""
    group: list[str] = []
    for text in [*attributes, ""]:
        if text and "\n" not in text:
            group.append(text)
            continue
        width = max((len(line.split(" = ", 1)[0]) for line in group), default=0)
        for line in group:
            name, value = line.split(" = ", 1)
            yield f"{name.ljust(width)} = {value}"
        group = []
        if text:
            yield text
