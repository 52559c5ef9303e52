"""The coder provider's configuration."""

from __future__ import annotations

from typing import Any

from aibridge_construct._engine import MIXING, Construct, TerraformProvider, TerraformProviderGeneratorMetadata
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.coder.blocks import Kind
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.given import accepted
from aibridge_construct.coder.requirement import MINIMUM_VERSION, SOURCE

__all__ = ["CoderProvider"]


@sealed
class CoderProvider(TerraformProvider):
    """A ``provider "coder"`` block, with its requirement. Templates have one; modules must not."""

    TF_RESOURCE_TYPE = "coder"

    @explain_missing()
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        url: str | None = None,
        version: str = f">= {MINIMUM_VERSION}",
        alias: str | None = None,
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the construct to put it into.
            id: its id there.
            url: access URL of the Coder deployment. Default: the environment variable ``CODER_AGENT_URL``, which Coder
                sets for every build.
            version: version constraint. Default: ``>= 2.12``, the first with a sensitive session token.
            alias: name for ``provider=`` of resources, where a stack has several. Default: none.
        """
        MIXING.require(f"provider coder {id!r}", [scope, url])
        self._called = id
        self._scope = scope
        self._alias = alias
        self.url = url
        super().__init__(
            scope,
            id,
            terraform_resource_type="coder",
            terraform_provider_source=SOURCE,
            terraform_generator_metadata=TerraformProviderGeneratorMetadata(
                provider_name="coder", provider_version=version, provider_version_constraint=version
            ),
        )

    @property
    def url(self) -> str | None:
        """The access URL as given, or ``None``. A provider has no attributes that Terraform could read back."""
        return self._url

    @url.setter
    def url(self, url: str | None) -> None:
        self._url: str | None = checked_url(Refusals(f"provider coder {self._called!r}"), self._scope, "url", url)

    @property  # type: ignore[misc] # the engine has a setter, which does nothing
    def alias(self) -> str | None:
        """The alias, or ``None``."""
        return self._alias

    def _synthesize_attributes(self) -> dict[str, Any]:
        return {} if self._url is None else {"url": self._url}

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return {
            name: {"value": value, "isBlock": False, "type": "simple", "storageClassType": "string"}
            for name, value in self._synthesize_attributes().items()
        }


def checked_url(check: Refusals, scope: Construct, field: str, url: object) -> str | None:
    """The access URL as the provider takes it, for the argument ``field``.

    Raises:
        InvalidValueError: it is no URL.
    """
    taken: str | None = accepted(check, scope, field, Kind(str), url)
    check.url(field, taken)
    return taken
