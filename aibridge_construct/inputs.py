"""Inputs on their way into a script: literals as text, values known only at apply as expressions that Terraform checks.

Every input passes its rule once: a literal in Python; an apply-time value through the validations of the Terraform
variable that it refers to, if that was declared here, else through a precondition on the resource that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import PurePath
from typing import Any, Protocol

from aibridge_construct import hcl
from aibridge_construct._engine import (
    Construct,
    IConstruct,
    TerraformLocal,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
    Tokenization,
    resolve,
)
from aibridge_construct._stack import per_stack
from aibridge_construct.errors import ConflictError, InvalidValueError
from aibridge_construct.pem import Damaged, plain
from aibridge_construct.rules import EXTRA_CA_CERTIFICATES, SETUP_TIMEOUT
from aibridge_construct.shell.render import END_OF_SCRIPT, Expression, as_template
from aibridge_construct.validation import Check, Rule, hcl_string, is_known, literal_text, masked, reference

__all__ = ["Inputs", "as_seconds", "declare_variable"]


class HasPreconditions(Protocol):
    """A resource of the coder provider."""

    def add_preconditions(self, conditions: Iterable[tuple[str, str]]) -> None:
        """Add pairs of a condition and an error message."""
        ...


class Inputs:
    """The inputs of one script.

    Args:
        scope: the construct that the script belongs to. A value that is no plain reference becomes a Terraform local
            there.
        counted: whether there are instances of the script: a value may then differ between them.
    """

    def __init__(self, scope: Construct, *, counted: bool = False) -> None:
        self._scope = scope
        self._counted = counted
        self._preconditions: list[tuple[str, str]] = []
        self._locals = 0

    @property
    def preconditions(self) -> list[tuple[str, str]]:
        """What must hold at plan for those inputs that nothing else checks: conditions and their error messages."""
        return list(self._preconditions)

    def enforce_on(self, resource: HasPreconditions) -> None:
        """Give ``resource`` the preconditions for those inputs that nothing else checks."""
        resource.add_preconditions(self._preconditions)

    def check(self, rule: Rule, value: str, *, default: str | None = None) -> str | Expression:
        """Check ``value`` by ``rule``, now or at plan.

        Args:
            rule: the rule; its field names the Terraform local, if one is needed.
            value: a Terraform template, as users pass strings.
            default: what stands for a value that Terraform finds null, as its very characters. ``None``: the plan
                refuses a null.

        Returns:
            The very characters of a literal, or the expression that yields the value.

        Raises:
            InvalidValueError: a literal breaks the rule.
        """
        known = self._known(rule.field, rule.require(value))
        if not isinstance(known, Expression) or self._is_checked(rule, known):
            return known
        if default is None:
            self._preconditions += [*rule.conditions(known.text), (f"${{{known.text} != null}}", rule.null_message)]
            return known
        taken = _or(default, known)
        for condition, message in rule.conditions(known.text):
            # Terraform makes the message of a condition that holds, too.
            shown = message.replace(f"${{{known.text}}}", f"${{{taken.text}}}")
            self._preconditions.append((f"${{{known.text} == null ? true : {condition[2:-1]}}}", shown))
        return taken

    def text(self, field: str, value: str, *, default: str | None = None) -> str | Expression:
        """Any text: quoting alone makes it safe, but for a line that would end the script early.

        Args:
            field: names the argument in messages.
            value: a Terraform template, as users pass strings.
            default: as of :meth:`check`.

        Returns:
            The very characters of a literal, or the expression that yields the value.

        Raises:
            InvalidValueError: ``value`` is no string, or a literal with such a line, or with a zero byte.
        """
        return self.check(_text_rule(field), value, default=default)

    def optional(self, rule: Rule, value: str | None) -> str | Expression:
        """The same for what may be left out: empty then, and where Terraform makes it null.

        Args:
            rule: as of :meth:`check`; it takes an empty text.
            value: a Terraform template, as users pass strings, or ``None``.

        Raises:
            InvalidValueError: a literal breaks the rule.
        """
        known = "" if value is None else self._known(rule.field, rule.require(value))
        if not isinstance(known, Expression) or self._is_checked(rule, known):
            return known
        return self._checked(rule, _or("", known))

    def certificates(self, given: str | Sequence[str] | None) -> str | Expression:
        """Certificates to trust: in Python's hands the blocks alone, in Terraform's the text as it comes.

        Args:
            given: PEM text, or a list of texts; what Terraform makes null counts as left out.

        Raises:
            InvalidValueError: a literal is no text of certificates.
        """
        rule = EXTRA_CA_CERTIFICATES
        texts = list(given) if isinstance(given, list | tuple) else [] if given is None else [given]
        if not texts:
            return ""
        parts: list[str | Expression] = [self._certificates(rule, text) for text in texts]
        computed = [part for part in parts if isinstance(part, Expression)]
        if computed and len(parts) == 1:
            return self._checked(rule, computed[0])
        joined = "".join(as_template(part) + "\n" * isinstance(part, Expression) for part in parts)
        return self.check(rule, joined)

    def _certificates(self, rule: Rule, text: object) -> str | Expression:
        if isinstance(text, PurePath):
            raise InvalidValueError(
                rule.field,
                f"{rule.field} must be the text of the certificates, not the path of a file: read it with "
                f".read_text(). Got {masked(text)}.",
            )
        known = self._known(rule.field, rule.require(text))
        if isinstance(known, Expression):
            return known if self._is_checked(rule, known) else _or("", known)
        try:
            return plain(known)
        except Damaged as problem:
            raise InvalidValueError(
                rule.field, f"{rule.field} must hold complete PEM certificates; {problem}. Copy the file again."
            ) from None

    def _checked(self, rule: Rule, expression: Expression) -> Expression:
        if not self._is_checked(rule, expression):
            self._preconditions += rule.conditions(expression.text)
        return expression

    def _is_checked(self, rule: Rule, expression: Expression) -> bool:
        """Whether the expression is a variable that was declared with the checks of this rule, whatever its name."""
        declared = per_stack(self._scope, _Variables).rules.get(expression.text)
        return declared is not None and declared.checks is rule.checks

    def _known(self, field: str, value: str) -> str | Expression:
        if is_known(value):
            return literal_text(value)
        expression = reference(value)
        if expression is None and self._counted and _differs(text := resolve(self._scope, value)):
            return Expression(hcl.quoted(text))  # a local has no instances
        if expression is None:
            # In a raw expression the engine counts braces, those in strings too, to tell whether a token keeps its own.
            # A local's plain name is safe everywhere.
            self._locals += 1
            local = TerraformLocal(self._scope, f"{field}-{self._locals}" if self._locals > 1 else field, value)
            expression = f"local.{local.friendly_unique_id}"
        return Expression(expression)


def _differs(template: str) -> bool:
    """Whether the value may differ between instances."""
    return any(reference.root in ("count", "each", "self") for reference in hcl.references(template))


def _or(default: str, expression: Expression) -> Expression:
    """The same with ``default`` for null."""
    return Expression(f"({expression.text} == null ? {hcl_string(default)} : {expression.text})")


def as_seconds(value: float | str) -> str:
    """A number, a number token or a Terraform expression, as a Terraform template."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        SETUP_TIMEOUT.require(value)
    return f"{value:g}" if is_known(value) else Tokenization.stringify_number(value)


@cache
def _text_rule(field: str) -> Rule:
    return Rule(
        field=field,
        checks=(
            Check("must not contain a zero byte", r"\x00", matches=False),
            Check(
                f"must not have a line that reads {END_OF_SCRIPT}, which marks the end of the script",
                rf"(?:\A|\n){END_OF_SCRIPT}(?:\r?\n|\z)",
                matches=False,
            ),
        ),
        example="some text",
    )


def declare_variable(
    scope: IConstruct, rule: Rule, *, description: str, type: str = "string", default: object = None
) -> str:
    """Declare the Terraform variable ``rule.field`` of the stack of ``scope``, with the rule's validations.

    Args:
        scope: anything in the stack.
        rule: names the variable and says what it accepts.
        description: what template authors and Coder's template page show.
        type: the variable's Terraform type.
        default: its default. ``None`` makes it required.

    Returns:
        The reference ``${var.NAME}``.

    Raises:
        ConflictError: the stack has a variable of this name already.
    """
    stack = TerraformStack.of(scope)
    if stack.node.try_find_child(rule.field) is not None:
        raise ConflictError(
            f"The stack {stack.node.id!r} already has an element {rule.field!r}: its Terraform variables can be "
            "declared only once. For a second proxy, pass the values to AIBridgeProxy(…) instead of "
            "AIBridgeProxy.from_variables(…)."
        )
    expression = f"var.{rule.field}"
    _Variable(
        stack,
        rule.field,
        type=type,
        description=description,
        default=default,
        # A null would slip past conditions of the form "must not match".
        nullable=False,
        validation=[
            TerraformVariableValidationConfig(condition=condition, error_message=message)
            for condition, message in rule.conditions(expression)
        ],
    )
    per_stack(stack, _Variables).rules[expression] = rule
    return f"${{{expression}}}"


class _Variable(TerraformVariable):
    """A variable that keeps ``""`` and ``nullable = false`` in HCL too, where the engine drops what is falsy."""

    def to_hcl_terraform(self) -> Any:
        fragment = super().to_hcl_terraform()
        for attributes in fragment["variable"].values():
            attributes["nullable"] = {"value": False, "type": "simple", "storageClassType": "boolean"}
            if self.default == "":
                attributes["default"] = {"value": "", "type": "simple", "storageClassType": "string"}
        return fragment


class _Variables:
    """Which rule each variable declared here enforces."""

    def __init__(self, stack: TerraformStack) -> None:
        self.rules: dict[str, Rule] = {}
