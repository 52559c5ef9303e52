"""Arguments and attributes of the public classes: what they are, and what is left out, misspelt or assigned in vain."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_type_hints

from aibridge_construct.choices import nearest, refused
from aibridge_construct.errors import InvalidValueError, MissingArgumentError, UnknownArgumentError
from aibridge_construct.making import in_words_of_the_call

__all__ = ["explain_missing", "introduce", "sealed"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)


class _Signature:
    """The signature of a class is that of its constructor; the engine's metaclass would show ``(*args, **kwargs)``."""

    def __get__(self, made: object, owner: type) -> inspect.Signature:
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]
        mine = [*signature.parameters.values()][1:]
        return signature.replace(parameters=mine, return_annotation=inspect.Signature.empty)


def introduce(kind: type) -> None:
    """Let ``help(kind)`` and ``inspect.signature(kind)`` show the constructor, as editors do.

    What the constructor says of its arguments stands there, where editors look for it at a call, and nowhere else: they
    would show the words of the engine's own constructor before those of the class.
    """
    kind.__signature__ = _Signature()  # type: ignore[attr-defined] # of subclasses, too
    constructor = vars(kind).get("__init__")
    told = getattr(constructor, "told", None)
    if kind.__doc__ and told:
        kind.__doc__ = f"{inspect.cleandoc(kind.__doc__)}\n\n{told}"
        # Of the two, help() shows both.
        constructor.__doc__ = inspect.cleandoc(constructor.__doc__ or "").partition("\n\n")[0]


def sealed(kind: Class) -> Class:
    """Class decorator of what is decided when it is made: an assignment that would do nothing is refused.

    Subclasses of users have attributes of their own; what the engine lets be assigned stays so. No base class: help
    and type checkers would show it, and a checker that saw ``__setattr__`` would let every name pass.
    """
    assign: Callable[..., None] = kind.__setattr__

    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
        """Refuse an assignment that would do nothing."""
        if name.startswith("_") or _takes(self, name, value):
            assign(self, name, value)

    kind.__setattr__ = __setattr__  # type: ignore[method-assign,assignment]
    introduce(kind)
    kind._given = {}  # type: ignore[attr-defined]  # noqa: SLF001
    return kind


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


def _takes(made: Any, name: str, value: object) -> bool:
    """Whether an assignment does something. ``False``: a user's subclass keeps what it passed on, which is there.

    Raises:
        InvalidValueError: it would do nothing.
        UnknownArgumentError: there is no such attribute.
    """
    kind = type(made)
    names = _names(kind)  # type: ignore[arg-type] # a class has a hash of its own
    owner = names.owner.__name__
    if any(name in vars(base) for base in kind.__mro__[: kind.__mro__.index(names.owner)]):
        return True  # of a user's subclass
    keeps = not _is_read_only(inspect.getattr_static(kind, name, None)) or name not in names.attributes
    if "_given" not in vars(made):
        return keeps
    if name in names.arguments or name in names.attributes:
        now = vars(made).get(name, vars(made).get(f"_{name}", made._given.get(name, names.arguments.get(name))))  # noqa: SLF001
        if kind is not names.owner and (now is value or now == value):
            return keeps
        cure = f"Write {owner}(…, {name}=…)" if name in names.arguments else f"It follows from the arguments of {owner}"
        own = "" if kind is names.owner else ", or choose another name for an attribute of your own"
        raise InvalidValueError(
            name, f"{name} of {owner} cannot be assigned: what it is made of was written already. {cure}{own}."
        )
    if kind is names.owner and not hasattr(kind, name):
        known = {*names.arguments, *names.attributes}
        raise UnknownArgumentError(name, f"{owner} has no attribute {name}. {nearest(name, known)}")
    return True


@functools.cache
def _names(kind: type) -> _Names:
    package = __name__.partition(".")[0]
    ours = [base for base in kind.__mro__ if base.__module__.partition(".")[0] == package]
    constructor = inspect.signature(ours[0].__init__).parameters.values()  # type: ignore[misc]
    arguments = {each.name: each.default for each in constructor if each.kind is each.KEYWORD_ONLY}
    found: dict[str, Any] = {}
    for base in reversed(ours):
        found |= dict.fromkeys(inspect.get_annotations(base)) | dict(vars(base))
    settable = {name for name, each in found.items() if isinstance(each, property) and not _is_read_only(each)}
    fixed = {name for name, each in found.items() if each is None or isinstance(each, property)}
    return _Names(
        ours[0],
        {name: default for name, default in arguments.items() if name not in settable},
        frozenset(name for name in fixed - settable if not name.startswith("_")),
    )


def _is_read_only(attribute: object) -> bool:
    return isinstance(attribute, property) and attribute.fset is None


def explain_missing(**cures: str) -> Callable[[Decorated], Decorated]:
    """Decorate a constructor: a required keyword argument that was left out, or a misspelt one, says what to write.

    Args:
        **cures: argument name to the Python text that one would write for it, for example ``agent_id="agent.id"``.

    Raises:
        MissingArgumentError: on a call that leaves one of them out; it names them all.
        UnknownArgumentError: on a call with a keyword that the constructor does not take; it names the nearest.
    """

    def decorate(constructor: Decorated) -> Decorated:
        parameters = inspect.signature(constructor).parameters.values()
        positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        named = {each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
        owner = constructor.__qualname__.removesuffix(".__init__")

        @functools.wraps(constructor)
        def explained(*args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if name not in named and name not in (known := _more_keywords(constructor)):
                    allowed = sorted({*named, *known} - {"self", "cls"})
                    raise UnknownArgumentError(name, f"{owner} has no argument {name}. {nearest(name, allowed)}")
            missing = [name for name in cures if name not in kwargs]
            if missing and len(args) <= len(positional):
                cure = ", ".join(f"{name}={cures[name]}" for name in missing)
                names = " and ".join(missing)
                raise MissingArgumentError(missing[0], f"{owner} needs {names}. Write {owner}(…, {cure}).")
            id = args[2] if len(args) > 2 else kwargs.get("id")
            if isinstance(id, str) and "${" in id:
                raise refused("id", id, 'must be a text, for example "main"', of=owner)
            try:
                made = constructor(*args, **kwargs)
            except (RuntimeError, TypeError, AttributeError) as error:
                scope = args[1] if len(args) > 1 else kwargs.get("scope")
                if (ours := in_words_of_the_call(error, owner, scope, id, kwargs)) is None:
                    raise
                raise ours from None
            if args and hasattr(type(args[0]), "_given"):
                args[0]._given = kwargs  # noqa: SLF001
            return made

        told = inspect.cleandoc(constructor.__doc__ or "").partition("\n\n")[2]
        explained.told = told  # type: ignore[attr-defined]
        return cast("Decorated", explained)

    return decorate


@functools.cache
def _more_keywords(constructor: Callable[..., object]) -> frozenset[str]:
    """The keywords that ``**meta: Unpack[SomeTypedDict]`` stands for."""
    for each in inspect.signature(constructor).parameters.values():
        if each.kind is each.VAR_KEYWORD:
            (taken,) = get_args(get_type_hints(constructor)[each.name])
            return frozenset(get_type_hints(taken))
    return frozenset()
