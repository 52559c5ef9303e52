"""Where a construct stands: on which agent, how many times, and after what.

Templates count the agent (``data.coder_workspace.me.start_count``: 1 while the workspace runs, else 0) and with it what
belongs to the agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from aibridge_construct._engine import Construct, ITerraformDependable, TerraformCount, Token, Tokenization
from aibridge_construct.coder._agents import agent_of, has_agents, id_for
from aibridge_construct.coder._dependencies import Dependencies
from aibridge_construct.coder._instances import Instances
from aibridge_construct.coder.element import MetaArguments
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import InvalidTemplateError, expression_references, parts
from aibridge_construct.validation import is_expression, is_number_token, masked, reference

__all__ = ["Count", "CountArgument", "Placement"]

CountArgument = float | str | TerraformCount
"""How many instances there are: a whole number, an expression or a ``TerraformCount``."""

_ALLOWED = "a whole number, a TerraformCount, or an expression"
_EXAMPLE = 'count="${data.coder_workspace.me.start_count}"'


class Count:
    """A count that was given.

    Args:
        given: a whole number, a number token, ``"${…}"`` or a ``TerraformCount``.

    Raises:
        InvalidValueError: it is none of these.
    """

    def __init__(self, given: CountArgument) -> None:
        self.literal: int | None = _literal(given)
        self._given = given

    @property
    def for_engine(self) -> float | TerraformCount:
        """The count as elements of the engine take it."""
        return Token.as_number(self._given) if isinstance(self._given, str) else self._given

    @property
    def expression(self) -> str:
        """The count as a Terraform expression, without ``${}``."""
        if self.literal is not None:
            return str(self.literal)
        if isinstance(self._given, str):
            return self._given if "TfToken[" in self._given else f"({self._given[2:-1]})"
        number = float(self._given.to_terraform()) if isinstance(self._given, TerraformCount) else self._given
        return Tokenization.stringify_number(number)


class Placement:
    """Where the elements of a construct that belongs to one agent stand.

    Args:
        scope: anything in the stack.
        what: names the construct in messages, for example ``AIBridgeProxy 'aibridge'``.
        agent_id: the ``id`` of the agent, as given.
        count: how many instances there are. Default: one.
        depends_on: what Terraform creates first: elements, or constructs for all that is in them.

    Attributes:
        agent_id: the ``id`` of the agent, as the elements write it.
        agent_is_known: whether the agent is one of this program, so that its id needs no check.
        count: the count, if one was given.
        conditions: what must hold at plan: pairs of a condition and its error message.

    Raises:
        InvalidValueError: ``count`` is none, would put the construct on one agent twice, or does not fit the agent's;
            or the agent's operating system runs no POSIX shell.
    """

    def __init__(
        self,
        scope: Construct,
        what: str,
        *,
        agent_id: str,
        count: CountArgument | None,
        depends_on: Sequence[ITerraformDependable | Construct] | None,
    ) -> None:
        self.count: Count | None = None if count is None else Count(count)
        if depends_on is not None:
            Dependencies(what, depends_on)
        self.depends_on: list[ITerraformDependable | Construct] = list(depends_on or ())
        instances = None if self.count is None else Instances("count", count)
        self.agent_id: str = id_for(scope, agent_id, what, instances)
        agent = agent_of(scope, agent_id)
        self.agent_is_known: bool = agent is not None
        self.conditions: list[tuple[str, str]] = [*agent.conditions(what)] if agent else []
        self.conditions += has_agents(scope, agent_id, what, instances)
        if self.count is not None and not (agent and agent.instances is not None):
            self.conditions += self._once(what, self.count, known=agent is not None or reference(agent_id) is not None)

    @property
    def dependencies(self) -> list[ITerraformDependable]:
        """What it depends on, for elements of the engine: a construct stands for what is in it by now."""
        found: list[Any] = []
        for item in self.depends_on:
            inside = [] if hasattr(type(item), "fqn") else cast("Construct", item).node.find_all()
            found += [each for each in inside if hasattr(type(each), "fqn")] or [item]
        return found

    @property
    def meta(self) -> MetaArguments:
        """The meta-arguments of the elements."""
        meta = MetaArguments()
        if self.count is not None:
            meta["count"] = self.count.for_engine
        if self.depends_on:
            meta["depends_on"] = self.depends_on
        return meta

    def _once(self, what: str, count: Count, *, known: bool) -> Iterator[tuple[str, str]]:
        """No agent may have a construct twice: it would write one file, and complete one startup unit, twice."""
        message = f"count of {what} must be 0 or 1, because all its instances would belong to one agent"
        if is_expression(self.agent_id) and not known:
            return  # an expression may well name another agent for each instance
        if count.literal is None:
            yield "${count.index == 0}", f"{message}."
        elif count.literal > 1:
            raise InvalidValueError(
                "count",
                f"{message}: give the agent the same count and pass its id, agent_id=agent.id. Got {count.literal}.",
            )


def _literal(given: object) -> int | None:
    """The number, or ``None`` where Terraform computes it."""
    if isinstance(given, TerraformCount):
        number = float(given.to_terraform())
        return None if is_number_token(number) else int(number)
    if isinstance(given, str):
        if _is_one_expression(given):
            return None
        cure = f'count="${{{given}}}"' if _is_bare(given) else _EXAMPLE
        raise InvalidValueError("count", f"count must be {_ALLOWED}: write {cure}. Got {masked(given)}.")
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise InvalidValueError("count", f"count must be {_ALLOWED}, for example {_EXAMPLE}. Got {masked(given)}.")
    if is_number_token(given):
        return None
    if given < 0 or not float(given).is_integer():
        raise InvalidValueError("count", f"count must be a whole number, at least 0. Got {masked(given)}.")
    return int(given)


def _is_one_expression(text: str) -> bool:
    try:
        return [part.kind for part in parts(text)] == ["interpolation"]
    except InvalidTemplateError:
        return False


def _is_bare(text: str) -> bool:
    """Whether it is an expression that lacks its ``${}``."""
    try:
        found = expression_references(text)
    except InvalidTemplateError:
        return False
    return bool(found) and all(reference.is_complete for reference in found)
