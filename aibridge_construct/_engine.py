"""The one place that imports the CDK engine.

Every other room takes the engine's names from here, so that the engine can be replaced in one file. jsii starts a
Node.js process when ``cdktf`` is imported (about half a second), so nothing that only needs shell text or validation
imports this.
"""

from __future__ import annotations

import jsii
from cdktf import (
    Annotations,
    App,
    IResolvable,
    ITerraformDependable,
    ITerraformIterator,
    LocalBackend,
    Precondition,
    TerraformBackend,
    TerraformCount,
    TerraformDataSource,
    TerraformElement,
    TerraformHclModule,
    TerraformLocal,
    TerraformOutput,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformRemoteState,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
    Testing,
    Token,
    Tokenization,
)
from cdktf import DefaultTokenResolver as _DefaultTokenResolver
from cdktf import StringConcat as _StringConcat
from constructs import Construct, IConstruct, IValidation

__all__ = [
    "Annotations",
    "App",
    "Construct",
    "IConstruct",
    "IResolvable",
    "ITerraformDependable",
    "ITerraformIterator",
    "IValidation",
    "LocalBackend",
    "Precondition",
    "TerraformBackend",
    "TerraformCount",
    "TerraformDataSource",
    "TerraformElement",
    "TerraformHclModule",
    "TerraformLocal",
    "TerraformOutput",
    "TerraformProvider",
    "TerraformProviderGeneratorMetadata",
    "TerraformRemoteState",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "TerraformVariable",
    "TerraformVariableValidationConfig",
    "Testing",
    "Token",
    "Tokenization",
    "implements_validation",
    "resolve",
]

#: Class decorator: makes a Python class with ``validate() -> list[str]`` usable with ``node.add_validation``.
implements_validation = jsii.implements(IValidation)


def resolve(scope: IConstruct, value: str) -> str:
    """The Terraform text that ``value`` becomes in the synthesized JSON: engine tokens become ``${…}``."""
    resolver = _DefaultTokenResolver(_StringConcat())
    return str(Tokenization.resolve(value, scope=scope, resolver=resolver, preparing=False))
