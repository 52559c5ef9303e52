"""Arguments and attributes of the public classes: what is left out, misspelt, or assigned where it does nothing."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar, get_args, get_type_hints

from aibridge_construct.errors import InvalidValueError, MissingArgumentError, UnknownArgumentError

__all__ = ["Sealed", "explain_missing", "nearest"]


def nearest(name: str, known: Collection[str]) -> str:
    """The rest of a message about a name that is not there: the nearest one that is, or all of them."""
    if close := difflib.get_close_matches(name, known, n=1):
        return f"Did you mean {close[0]}?"
    return f"There are: {', '.join(sorted(known))}." if known else "It takes none."


class Sealed:
    """Base of public classes that are decided when they are made: an assignment that would do nothing is refused.

    Subclasses of users have attributes of their own; what the engine lets be assigned stays so.
    """

    _given: Mapping[str, object]

    if not TYPE_CHECKING:  # a checker that saw it would let every name pass

        def __setattr__(self, name: str, value: object) -> None:
            if not name.startswith("_") and "_given" in vars(self):
                _refuse_assignment(self, name, value)
            super().__setattr__(name, value)


class _Names(NamedTuple):
    """What a class of the library is known by.

    Args:
        owner: the class.
        arguments: its arguments and their defaults.
        attributes: its public attributes that cannot be assigned.
    """

    owner: type
    arguments: Mapping[str, object]
    attributes: frozenset[str]


def _refuse_assignment(made: Sealed, name: str, value: object) -> None:
    kind = type(made)
    names = _names(kind)  # type: ignore[arg-type] # a class has a hash of its own
    owner = names.owner.__name__
    for base in kind.__mro__[: kind.__mro__.index(names.owner)]:
        if name in vars(base):
            return  # of a user's subclass
    if name in names.arguments or name in names.attributes:
        now = vars(made).get(name, made._given.get(name, names.arguments.get(name)))  # noqa: SLF001
        if kind is not names.owner and (now is value or now == value):
            return  # a subclass keeps what it passed on
        cure = f"Write {owner}(…, {name}=…)" if name in names.arguments else f"It follows from the arguments of {owner}"
        own = "" if kind is names.owner else ", or choose another name for an attribute of your own"
        raise InvalidValueError(
            name, f"{name} of {owner} cannot be assigned: what it is made of was written already. {cure}{own}."
        )
    if kind is names.owner and not hasattr(kind, name):
        known = {*names.arguments, *names.attributes}
        raise UnknownArgumentError(name, f"{owner} has no attribute {name}. {nearest(name, known)}")


@functools.cache
def _names(kind: type) -> _Names:
    package = __name__.partition(".")[0]
    ours = [base for base in kind.__mro__ if base.__module__.partition(".")[0] == package and base is not Sealed]
    constructor = inspect.signature(ours[0].__init__).parameters.values()  # type: ignore[misc]
    arguments = {each.name: each.default for each in constructor if each.kind is each.KEYWORD_ONLY}
    found: dict[str, Any] = {}
    for base in reversed(ours):
        found |= dict.fromkeys(inspect.get_annotations(base)) | dict(vars(base))
    settable = {name for name, each in found.items() if isinstance(each, property) and each.fset is not None}
    fixed = {name for name, each in found.items() if each is None or isinstance(each, property)}
    return _Names(
        ours[0],
        {name: default for name, default in arguments.items() if name not in settable},
        frozenset(name for name in fixed - settable if not name.startswith("_")),
    )


P = ParamSpec("P")
R = TypeVar("R")


def explain_missing(**cures: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a constructor: a required keyword argument that was left out, or a misspelt one, says what to write.

    Args:
        **cures: argument name to the Python text that one would write for it, for example ``agent_id="agent.id"``.

    Raises:
        MissingArgumentError: on a call that leaves one of them out; it names them all.
        UnknownArgumentError: on a call with a keyword that the constructor does not take; it names the nearest.
    """

    def decorate(constructor: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(constructor).parameters.values()
        positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        named = {each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
        owner = constructor.__qualname__.removesuffix(".__init__")

        @functools.wraps(constructor)
        def explained(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs:
                if name not in named and name not in (known := _more_keywords(constructor)):
                    allowed = sorted({*named, *known} - {"self", "cls"})
                    raise UnknownArgumentError(name, f"{owner} has no argument {name}. {nearest(name, allowed)}")
            missing = [name for name in cures if name not in kwargs]
            if missing and len(args) <= len(positional):
                cure = ", ".join(f"{name}={cures[name]}" for name in missing)
                names = " and ".join(missing)
                raise MissingArgumentError(missing[0], f"{owner} needs {names}. Write {owner}(…, {cure}).")
            made = constructor(*args, **kwargs)
            if args and isinstance(args[0], Sealed):
                args[0]._given = kwargs  # noqa: SLF001
            return made

        return explained

    return decorate


@functools.cache
def _more_keywords(constructor: Callable[..., object]) -> frozenset[str]:
    """The keywords that ``**meta: Unpack[SomeTypedDict]`` stands for."""
    for each in inspect.signature(constructor).parameters.values():
        if each.kind is each.VAR_KEYWORD:
            (taken,) = get_args(get_type_hints(constructor)[each.name])
            return frozenset(get_type_hints(taken))
    return frozenset()
