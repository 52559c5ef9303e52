"""Providers without bindings: any provider, resource or data source, written as Terraform's documentation has it.

A provider's bindings bring types, and for a large provider tens of megabytes. These classes bring neither: Terraform
itself checks the arguments, at plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Unpack

from aibridge_construct._engine import (
    MIXING,
    Construct,
    TerraformDataSource,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
)
from aibridge_construct._stack import placed
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.coder.checks import Refusals, is_token
from aibridge_construct.coder.element import Element, MetaArguments, ResourceMetaArguments
from aibridge_construct.known import collection_token, is_known, lost_token
from aibridge_construct.native import write_natively
from aibridge_construct.validation import masked, object_cure, object_text, refuse_shell_forms

__all__ = ["GenericDataSource", "GenericProvider", "GenericResource"]

#: The meta-arguments of Terraform, and the keyword here that means the same.
_META = {name: name for name in ("count", "for_each", "depends_on", "lifecycle", "provider")}
_RESOURCE_META = _META | {"connection": "connection", "provisioner": "provisioners"}
_PROVIDER_META = {"alias": "alias", "version": "version", "source": "source"}

_SOURCE = r"(?:[\w.-]+(?::\d+)?/)?[\w-]+/(?P<name>[\w-]+)"


@sealed
class GenericProvider(TerraformProvider):
    """The configuration of any provider, and its requirement.

    Example::

        GenericProvider(self, "kubernetes", source="hashicorp/kubernetes", version="~> 2.35")
    """

    @explain_missing(source='"hashicorp/kubernetes"')
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: str,
        version: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        maps: Collection[str] = (),
        alias: str | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            source: the provider's address, ``NAMESPACE/NAME``, with a host before it for another registry than
                Terraform's.
            version: version constraint. Default: any.
            arguments: the arguments, as in the provider's documentation; a nested block is a mapping, several are a
                list of them. Default: none.
            maps: as of :class:`GenericResource`.
            alias: name for ``provider=`` of resources, where a stack has several. Default: none.

        Raises:
            InvalidValueError: ``source`` is no address, or an argument is no value.
            MissingArgumentError: ``source`` was left out.
        """
        check = Refusals("provider", id)
        check.matches("source", source, _SOURCE, "an address NAMESPACE/NAME, for example hashicorp/kubernetes")
        name = source.rpartition("/")[2]
        MIXING.require(check.what, [scope, arguments])
        self._arguments = _body(check, type(self).__name__, arguments or {}, _PROVIDER_META)
        self._maps = _names(check, maps)
        self._alias = alias
        super().__init__(
            scope,
            id,
            terraform_resource_type=name,
            terraform_provider_source=source,
            terraform_generator_metadata=TerraformProviderGeneratorMetadata(
                provider_name=name, provider_version=version, provider_version_constraint=version
            ),
        )
        write_natively(self.cdktf_stack)

    @property  # type: ignore[misc] # the engine has a setter, which does nothing
    def alias(self) -> str | None:
        """The alias, or ``None``."""
        return self._alias

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._arguments

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return _described(self._arguments, self._maps)


class GenericElement(Element):
    """What resources and data sources of any provider have in common."""

    _BODY_META: Mapping[str, str]

    def _checked(self, attributes: Mapping[str, object]) -> dict[str, object]:
        return _body(Refusals(self.TYPE, self._called), type(self).__name__, attributes, self._BODY_META)

    def replace_attribute(self, name: str, value: object) -> None:
        """Give the argument ``name`` another value, before the stack is synthesized; ``None`` takes it away.

        Raises:
            InvalidValueError: it is no value, or ``name`` is a meta-argument.
        """
        MIXING.require(self._what, [value])
        self._attributes = self._checked({**self._attributes, name: value})

    def _begin(  # noqa: PLR0917
        self,
        scope: Construct,
        id: str,
        type: str,
        body: Mapping[str, Any],
        maps: Collection[str],
        meta: Mapping[str, Any],
    ) -> Any:
        """Keep what was given; returns the meta-arguments as the engine wants them."""
        check = Refusals(self.__class__.__name__, id)
        check.matches("type", type, r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", "a Terraform type, for example docker_network")
        if not is_known(type):
            raise check.refuse("type", f"must be known when the template is synthesized. Got {masked(type)}.")
        self.TYPE = self.TF_RESOURCE_TYPE = type
        self._maps = _names(check, maps)
        return self._take(scope, id, body, meta)

    def _end(self, scope: Construct) -> None:
        placed(self, scope)
        write_natively(self.cdktf_stack)

    def _synthesize_attributes(self) -> dict[str, Any]:
        self._resolve_dependencies()
        return self._attributes

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        self._resolve_dependencies()
        return _described(self._attributes, self._maps)


class GenericResource(GenericElement, TerraformResource):
    """A resource of any provider, for which there are no bindings or too large ones.

    Arguments are written as in the provider's documentation. A nested block is a mapping, several are a list of
    mappings; ``{"dynamic": {"labels": {"for_each": …, "content": {…}}}}`` makes as many as Terraform finds. A map is a
    mapping as well: JSON knows no difference, HCL (``cdktf synth --hcl``) does, so name those arguments in ``maps``.

    Attributes are read with the engine's methods: ``claim.get_string_attribute("metadata[0].name")``, and for other
    types ``get_number_attribute``, ``get_boolean_attribute``, ``get_list_attribute``, ``get_string_map_attribute``.

    Example::

        GenericResource(
            self, "network", "docker_network",
            {"name": "dev", "labels": {"label": "team", "value": "ai"}},
            count=workspace.start_count,
        )
    """

    _BODY_META = _RESOURCE_META
    TYPE: str = ""

    @explain_missing()
    def __init__(
        self,
        scope: Construct,
        id: str,
        type: str,
        body: Mapping[str, Any] | None = None,
        *,
        maps: Collection[str] = (),
        **meta: Unpack[ResourceMetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            type: its type in Terraform, for example ``docker_network``.
            body: its arguments, without Terraform's meta-arguments. Default: none.
            maps: names of arguments, at any depth, whose mappings (or lists of them) are values and no blocks. Default:
                none.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: ``type`` is none, an argument is no value, or ``body`` holds a meta-argument.
        """
        engine = self._begin(scope, id, type, body or {}, maps, meta)
        super().__init__(scope, id, terraform_resource_type=type, **engine)
        self._end(scope)


class GenericDataSource(GenericElement, TerraformDataSource):
    """A data source of any provider, for which there are no bindings or too large ones.

    Example::

        image = GenericDataSource(self, "image", "docker_registry_image", {"name": "alpine:3"})
        digest = image.get_string_attribute("sha256_digest")
    """

    _BODY_META = _META
    TYPE: str = ""

    @explain_missing()
    def __init__(
        self,
        scope: Construct,
        id: str,
        type: str,
        body: Mapping[str, Any] | None = None,
        *,
        maps: Collection[str] = (),
        **meta: Unpack[MetaArguments],
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            type: its type in Terraform, without ``data.``, for example ``docker_registry_image``.
            body: its arguments, as of a :class:`GenericResource`. Default: none.
            maps: as of :class:`GenericResource`.
            **meta: Terraform's meta-arguments.

        Raises:
            InvalidValueError: ``type`` is none, an argument is no value, or ``body`` holds a meta-argument.
        """
        engine = self._begin(scope, id, type, body or {}, maps, meta)
        super().__init__(scope, id, terraform_resource_type=type, **engine)
        self._end(scope)


def _names(check: Refusals, maps: Collection[str]) -> frozenset[str]:
    if isinstance(maps, str) or not all(isinstance(name, str) for name in maps):
        raise check.refuse("maps", f'must list names of arguments, for example maps=["labels"]. Got {masked(maps)}.')
    return frozenset(maps)


def _body(check: Refusals, owner: str, given: object, meta: Mapping[str, str]) -> dict[str, object]:
    """A copy of the arguments that are given, checked."""
    if not isinstance(given, Mapping):
        raise check.refuse("body", f"must be a mapping of arguments. Got {masked(given)}.{object_cure(given)}")
    for name in given:
        if name in meta:
            raise check.refuse(
                name,
                f"is Terraform's own and no argument of the body: write {meta[name]}=… beside the body, "
                f"{owner}(…, {meta[name]}=…).",
            )
    return {name: value for name, value in _mapping(check, "", given).items() if value is not None}


def _mapping(check: Refusals, place: str, given: Mapping[Any, object]) -> dict[str, object]:
    for name in given:
        if not isinstance(name, str):
            raise check.refuse(place or "body", f"must have names that are strings. Got {masked(name)}.")
    return {name: _value(check, f"{place}.{name}" if place else name, value) for name, value in given.items()}


def _value(check: Refusals, place: str, value: object) -> object:
    if isinstance(value, str):
        if wrong := object_text(value):
            raise check.refuse(place, wrong)
        refuse_shell_forms(place, value, check.what)
    if lost := lost_token(value):
        raise check.refuse(place, f"holds {lost}.")
    if value is None or isinstance(value, str | int | float) or is_token(value) or collection_token(value) is not None:
        return value
    if isinstance(value, Mapping):
        return _mapping(check, place, value)
    if isinstance(value, list | tuple):
        return [_value(check, f"{place}[{number}]", each) for number, each in enumerate(value)]
    raise check.refuse(
        place,
        f"must be a text, a number, a boolean, a list or a mapping. Got {masked(value)}.{object_cure(value)}",
    )


def _described(body: Mapping[str, Any], maps: Collection[str]) -> dict[str, Any]:
    """What HCL needs to know of the arguments: which are blocks."""
    known: dict[str, Any] = {}
    for name, value in body.items():
        if name == "dynamic" and (contents := _contents(value)):
            known |= _described(contents, maps)
        else:
            is_block = name not in maps and value != [] and all(map(_is_block, _items(value)))
            items = [_described(item, maps) for item in _items(value)] if is_block else value
            known[name] = {"value": items, "type": "list" if is_block else "any", "isBlock": is_block}
    return known


def _contents(dynamic: object) -> dict[str, Any]:
    """The blocks that ``dynamic`` makes, by their names; none where it is an argument like any other."""
    kinds = [pair for each in _items(dynamic) if isinstance(each, Mapping) for pair in each.items()]
    made = [(kind, each) for kind, given in kinds for each in _items(given)]
    if not all(isinstance(each, Mapping) and {"for_each", "content"} <= each.keys() for _, each in made):
        return {}
    return {kind: [each["content"] for name, each in made if name == kind] for kind, _ in made}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_block(value: object) -> bool:
    return isinstance(value, Mapping) and collection_token(value) is None
