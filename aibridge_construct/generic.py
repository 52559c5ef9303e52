"""Providers without bindings: any provider, resource or data source, written as Terraform's documentation has it.

A provider's bindings bring types, and for a large provider tens of megabytes. These classes bring neither: Terraform
itself checks the arguments, at plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, Unpack

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
from aibridge_construct.choices import a_text, refused
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.element import Element, MetaArguments, ResourceMetaArguments
from aibridge_construct.generic_body import checked_arguments, checked_names, described
from aibridge_construct.known import is_known
from aibridge_construct.native import write_natively

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
        check = Refusals(f"provider {id!r}")
        check.matches("source", source, _SOURCE, "an address NAMESPACE/NAME, for example hashicorp/kubernetes")
        for argument, given, example in (
            ("source", source, "hashicorp/kubernetes"),
            ("version", version, "~> 2.35"),
            ("alias", alias, "second"),
        ):
            a_text(argument, given, example=example, of=check.what)
        name = source.rpartition("/")[2]
        MIXING.require(check.what, [scope, arguments])
        self._arguments = checked_arguments(check, type(self).__name__, arguments or {}, _PROVIDER_META)
        self._maps = checked_names(check, maps)
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
        return described(self._arguments, self._maps)


class GenericElement(Element):
    """What resources and data sources of any provider have in common."""

    _BODY_META: Mapping[str, str]

    def _checked(self, attributes: Mapping[str, object]) -> dict[str, object]:
        return checked_arguments(Refusals(self._what), type(self).__name__, attributes, self._BODY_META)

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
        check = Refusals(f"{self.__class__.__name__} {id!r}")
        check.matches("type", type, r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", "a Terraform type, for example docker_network")
        if not is_known(type):
            raise refused("type", type, "must be a Terraform type, for example docker_network", of=check.what)
        self.TYPE = self.TF_RESOURCE_TYPE = type
        self._maps = checked_names(check, maps)
        return self._take(scope, id, body, meta)

    def _end(self, scope: Construct) -> None:
        placed(self, scope)
        write_natively(self.cdktf_stack)

    def _synthesize_attributes(self) -> dict[str, Any]:
        self.resolve_dependencies()
        return self._attributes

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        self.resolve_dependencies()
        return described(self._attributes, self._maps)


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

    BLOCK: Literal["resource", "data"] = "resource"
    TYPE: str = ""
    _BODY_META = _RESOURCE_META

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

    BLOCK: Literal["resource", "data"] = "data"
    TYPE: str = ""
    _BODY_META = _META

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
