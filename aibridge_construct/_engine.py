"""The one place that imports the CDK engine.

Every other room takes the engine's names from here: cdktf's or cdktn's, which are the same. jsii starts a Node.js
process when one of them is imported (about half a second), so nothing that only needs shell text or validation imports
this.

Type checkers see cdktf. For users of cdktn they are told otherwise, in one line: ``always_true = ["CDKTN"]`` for mypy,
``defineConstant = {CDKTN = true}`` for pyright.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast

from aibridge_construct import _channel, _choice, _node, _refusals
from aibridge_construct._mixing import Mixing

#: The engine of this process: ``cdktf`` or ``cdktn``.
ENGINE = _choice.choose()

CDKTN = ENGINE == "cdktn"

_node.start(ENGINE)  # says what is missing, before jsii would

# isort: split
import jsii
from constructs import Construct, IConstruct, IValidation, Node
from jsii._kernel.types import Callback as _Callback
from jsii._reference_map import _types

# One list of names a branch, and the first again at the end: of several imports of a name mypy believes the first,
# pyright the last.
if not CDKTN:
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
else:
    from cdktn import (  # type: ignore[import-not-found,no-redef,unused-ignore]
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
    from cdktn import DefaultTokenResolver as _DefaultTokenResolver  # type: ignore[no-redef,unused-ignore]
    from cdktn import StringConcat as _StringConcat  # type: ignore[no-redef,unused-ignore]
if not CDKTN:
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

__all__ = [
    "ENGINE",
    "MIXING",
    "Annotations",
    "Construct",
    "IConstruct",
    "IResolvable",
    "IStackSynthesizer",
    "ISynthesisSession",
    "ITerraformDependable",
    "ITerraformIterator",
    "LocalBackend",
    "Node",
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
    "resolve_each",
    "say_target",
    "token",
    "warn",
]

#: Class decorator: makes a Python class with ``validate() -> list[str]`` usable with ``node.add_validation``.
implements_validation = jsii.implements(IValidation)

#: Class decorator: makes a Python class with a property ``fqn`` usable in another element's ``depends_on``.
implements_dependable = jsii.implements(ITerraformDependable)

#: Class decorator: makes a Python class with ``synthesize(session)`` usable as ``stack.synthesizer``.
implements_synthesizer = jsii.implements(IStackSynthesizer)

#: What belongs to which engine, where both are loaded.
MIXING = Mixing(ENGINE, _types)
_channel.guard(jsii.kernel, _Callback, MIXING)
_refusals.install()

# The engine's process keeps the directory in which it was started, whatever this one changes to.
_started_in = Path.cwd()


def output_directory(session: ISynthesisSession, stack: TerraformStack) -> Path:
    """The directory that ``stack`` is written to in this session, for example ``…/cdktf.out/stacks/docker``."""
    # The manifest says it too, in ten round trips.
    return _started_in / session.outdir / "stacks" / stack.node.id


def warn(scope: IConstruct, text: str) -> None:
    """Warn of ``scope``: in the manifest, which the cdktf command line shows, and on stderr where it does not run."""
    Annotations.of(scope).add_warning(text)
    if "CDKTF_OUTDIR" not in os.environ:
        print(f"WARNING: {scope.node.path}: {text}", file=sys.stderr)


def say_target(stack: TerraformStack) -> None:
    """Tell the engine which Terraform ``stack`` is for: 1.9 or newer. Before it has children, else cdktn refuses.

    Undeclared, cdktn assumes that older ones are to work too, and refuses what they lack; cdktf asks nothing.
    """
    if CDKTN and stack.node.try_get_context("targetVersions") is None:
        stack.node.set_context("targetVersions", {"terraform": ">=1.9"})


def resolve(scope: IConstruct, value: str) -> str:
    """The Terraform text that ``value`` becomes in the synthesized JSON: engine tokens become ``${…}``."""
    return resolve_each(scope, [value])[value]


def resolve_each(scope: IConstruct, values: Iterable[str]) -> dict[str, str]:
    """What each of ``values`` becomes in the synthesized JSON, for the price of one of them."""
    found = {value: value for value in values}
    tokens = [value for value in found if _may_hold_tokens(value)]
    if tokens:
        found |= zip(tokens, map(str, cast("list[object]", resolve_any(scope, tokens))), strict=True)
    return found


def resolve_any(scope: IConstruct, value: object) -> object:
    """What ``value`` becomes in the synthesized JSON, whatever it is."""
    found: object = Tokenization.resolve(value, scope=scope, resolver=_resolver(), preparing=False)
    return found


@cache
def _resolver() -> Any:
    return _DefaultTokenResolver(_StringConcat())


def _may_hold_tokens(text: str) -> bool:
    return "${" in text or "e+" in text  # a number token in a text is -8.1…e+298


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
