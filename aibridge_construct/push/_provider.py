"""The coder provider: configured once, and in a version that hides session tokens and knows what is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from aibridge_construct.push._configuration import Configuration

__all__ = ["is_constraint", "lower_bound", "raised", "wrong_provider"]

#: The first coder provider that marks the owner's session token as sensitive, and the first with ``merge_strategy``.
SENSITIVE_TOKEN = (2, 12)
_MERGE_STRATEGY = (2, 14)

_PART = re.compile(r"\s*(=|!=|>=|>|<=|<|~>)?\s*v?(\d+(?:\.\d+){0,2})(-[0-9A-Za-z.-]+)?\s*", re.ASCII)


def wrong_provider(configuration: Configuration) -> Iterator[str]:
    """A coder provider that is configured twice, or may be too old."""
    providers = [item.body.get("alias") for item in configuration.root.elements("provider") if item.name == "coder"]
    if len(providers) > len(set(providers)):
        yield "It configures the coder provider twice. Keep one: a CoderTemplate brings its own, template.coder."
    strategies = any("merge_strategy" in env.body for env in configuration.of_type("coder_env"))
    least, reason = (
        (_MERGE_STRATEGY, "merge_strategy of coder_env needs it")
        if strategies
        else (SENSITIVE_TOKEN, "older ones show the owner's session token in logs")
    )
    for constraint in _constraints(configuration):
        if lower_bound(constraint) < least:
            cure = raised(constraint, least)
            yield (
                f"It takes the coder provider {constraint or 'in any version'!r}, but {reason}. Write "
                f'version="{cure}", or coder_version="{cure}" of a CoderTemplate.'
            )


def _constraints(configuration: Configuration) -> Iterator[str]:
    for terraform in configuration.root.elements("terraform"):
        required = terraform.body.get("required_providers", {})
        for block in required if isinstance(required, list) else [required]:
            coder = block.get("coder")
            if coder is not None:
                yield str(coder.get("version", "")) if isinstance(coder, Mapping) else str(coder)


def is_constraint(text: str) -> bool:
    """Whether Terraform takes ``text`` as a version constraint."""
    return all(_PART.fullmatch(part) for part in text.split(","))


def lower_bound(constraint: str) -> tuple[int, ...]:
    """The least version that ``constraint`` allows."""
    bounds: list[tuple[int, ...]] = [(0,)]
    for part in constraint.split(","):
        match = _PART.fullmatch(part)
        if match and match[1] in (None, "=", ">=", ">", "~>"):
            bounds.append(_numbers(match[2]))
    return max(bounds)


def raised(constraint: str, least: tuple[int, ...]) -> str:
    """``constraint`` with ``least`` as its lower bound, and with its upper bounds."""
    wanted = ".".join(map(str, least))
    parts = [match for match in map(_PART.fullmatch, constraint.split(",")) if match]
    major = next((match for match in parts if match[1] == "~>" and _numbers(match[2])[0] == least[0]), None)
    kept = [f"{match[1]} {match[2]}" for match in parts if match[1] in ("<", "<=", "!=") and _numbers(match[2]) > least]
    return ", ".join([f"{'~>' if major else '>='} {wanted}", *kept])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
