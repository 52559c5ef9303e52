"""The one place that imports the CDK engine.

Every other room takes the engine's names from here, so that the engine can be replaced in one file. jsii starts a
Node.js process when ``cdktf`` is imported (about half a second), so nothing that only needs shell text or validation
imports this.
"""

from __future__ import annotations

from pathlib import Path

import aibridge_construct._node  # noqa: F401 (says what is missing, before the engine)

# isort: split
import jsii
from cdktf import (
    Annotations,
    IResolvable,
    IResolveContext,
    IStackSynthesizer,
    ISynthesisSession,
    ITerraformDependable,
    ITerraformIterator,
    LocalBackend,
    Postcondition,
    Precondition,
    TerraformBackend,
    TerraformCount,
    TerraformDataSource,
    TerraformElement,
    TerraformHclModule,
    TerraformLocal,
    TerraformModule,
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
from jsii._kernel.types import Callback as _Callback

from aibridge_construct import _channel, _refusals

__all__ = [
    "Annotations",
    "Construct",
    "IConstruct",
    "IResolvable",
    "IStackSynthesizer",
    "ISynthesisSession",
    "ITerraformDependable",
    "ITerraformIterator",
    "LocalBackend",
    "Postcondition",
    "Precondition",
    "TerraformBackend",
    "TerraformCount",
    "TerraformDataSource",
    "TerraformElement",
    "TerraformHclModule",
    "TerraformLocal",
    "TerraformModule",
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
    "implements_dependable",
    "implements_synthesizer",
    "implements_validation",
    "output_directory",
    "resolve",
    "resolve_any",
    "token",
]

#: Class decorator: makes a Python class with ``validate() -> list[str]`` usable with ``node.add_validation``.
implements_validation = jsii.implements(IValidation)

#: Class decorator: makes a Python class with a property ``fqn`` usable in another element's ``depends_on``.
implements_dependable = jsii.implements(ITerraformDependable)

#: Class decorator: makes a Python class with ``synthesize(session)`` usable as ``stack.synthesizer``.
implements_synthesizer = jsii.implements(IStackSynthesizer)

_channel.guard(jsii.kernel, _Callback)
_refusals.install()

# The engine's process keeps the directory in which it was started, whatever this one changes to.
_started_in = Path.cwd()


def output_directory(session: ISynthesisSession, stack: TerraformStack) -> Path:
    """The directory that ``stack`` is written to in this session, for example ``…/cdktf.out/stacks/docker``."""
    return _started_in / session.outdir / session.manifest.for_stack(stack).working_directory


def resolve(scope: IConstruct, value: str) -> str:
    """The Terraform text that ``value`` becomes in the synthesized JSON: engine tokens become ``${…}``."""
    if "${" not in value and "e+" not in value:  # a number token in a text is -8.1…e+298
        return value
    return str(resolve_any(scope, value))


def resolve_any(scope: IConstruct, value: object) -> object:
    """What ``value`` becomes in the synthesized JSON, whatever it is."""
    resolver = _DefaultTokenResolver(_StringConcat())
    found: object = Tokenization.resolve(value, scope=scope, resolver=resolver, preparing=False)
    return found


def token(expression: str) -> str:
    """An engine token of ``expression``, which is without ``${}``: it survives ``json.dumps``, and ``Fn`` takes it."""
    if expression not in _tokens:
        made = _Expression(expression)
        _tokens[expression] = made, Token.as_string(made)
    return _tokens[expression][1]


@jsii.implements(IResolvable)
class _Expression:
    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def creation_stack(self) -> list[str]:
        return []

    def resolve(self, context: IResolveContext) -> str:
        if not context.suppress_braces:
            return f"${{{self._text}}}"
        # In a quoted string inside an expression the engine takes the braces away too, and the workspace would get the
        # expression as a text. Terraform refuses it there if there is a quote in it.
        return self._text if '"' in self._text else f'"${{{self._text}}}"'

    def to_string(self) -> str:
        return token(self._text)


# The engine's process calls an object back by a reference that does not keep it alive.
_tokens: dict[str, tuple[_Expression, str]] = {}
