"""Inputs on their way into a script: literals as text, values known only at apply as expressions that Terraform checks.

Every input passes its rule once: a literal in Python; an apply-time value through the validations of the Terraform variable
that it refers to, if that was declared here, else through a precondition on the resource that uses it.
"""

from __future__ import annotations

from typing import Any

from aibridge_construct._engine import (
    Construct,
    IConstruct,
    TerraformLocal,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
)
from aibridge_construct._stack import per_stack
from aibridge_construct.coder.script import CoderScript
from aibridge_construct.errors import ConflictError
from aibridge_construct.shell.render import Expression
from aibridge_construct.validation import Rule, is_expression, literal_text, reference

__all__ = ["Inputs", "declare_variable"]


class Inputs:
    """The inputs of one script.

    Args:
        scope: the construct that the script belongs to. A value that is no plain reference becomes a Terraform local there.
    """

    def __init__(self, scope: Construct) -> None:
        self._scope = scope
        self._preconditions: list[tuple[str, str]] = []

    def enforce_on(self, script: CoderScript) -> None:
        """Give ``script`` the preconditions for those inputs that nothing else checks."""
        script.add_preconditions(self._preconditions)

    def check(self, rule: Rule, value: str) -> str | Expression:
        """Check ``value`` by ``rule``, now or at plan.

        Args:
            rule: the rule; its field names the Terraform local, if one is needed.
            value: a Terraform template, as users pass strings.

        Returns:
            The very characters of a literal, or the expression that yields the value.

        Raises:
            InvalidValueError: a literal breaks the rule.
        """
        rule.require(value)
        if not is_expression(value):
            return literal_text(value)
        expression = reference(value)
        if expression is None:
            # Engine tokens lose their braces inside quotes of a raw expression; a local's plain name is safe everywhere.
            expression = f"local.{TerraformLocal(self._scope, rule.field, value).friendly_unique_id}"
        if per_stack(self._scope, _Variables).rules.get(expression) is not rule:
            self._preconditions += rule.conditions(expression)
        return Expression(expression)


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
            f"The stack {stack.node.id!r} already has an element {rule.field!r}: its Terraform variables can be declared "
            f"only once. For a second proxy, pass the values to AIBridgeProxy(…) instead of AIBridgeProxy.from_variables(…)."
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
    """A variable that keeps a default of ``""`` and ``nullable = false`` in HCL too, where the engine drops what is falsy."""

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
