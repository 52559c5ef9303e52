"""Arguments that Python decides when the template is synthesized: words to choose from, lists, True or False.

One way to refuse each, so that one mistake reads the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import UnionType
from typing import Any

from aibridge_construct.errors import InvalidValueError
from aibridge_construct.known import collection_token, is_known
from aibridge_construct.validation import masked

__all__ = ["a_list", "a_switch", "a_text", "meant", "nearest", "no_list", "refused", "some_of"]

#: What people call a word that is in no dictionary of ours.
_ALSO_CALLED = {
    "x86_64": "amd64",
    "x64": "amd64",
    "aarch64": "arm64",
    "armhf": "armv7",
    "macos": "darwin",
    "javascript": "node",
    "typescript": "node",
    "golang": "go",
}

#: Where objects of the engine come from, such as a variable that was not asked for its value.
_ENGINES = frozenset({"cdktf", "cdktn"})


def nearest(name: str, known: Collection[str]) -> str:
    """The rest of a message about a name that is not there: the nearest one that is, or all of them."""
    if close := _close(name, known):
        return f"Did you mean {close}?"
    return f"There are: {', '.join(sorted(known))}." if known else "It takes none."


def meant(given: object, words: Collection[str]) -> str:
    """What follows a message that has named ``words`` already: the nearest one of them, if any is near."""
    close = _close(given, words) if isinstance(given, str) else None
    return f" Did you mean {close}?" if close else ""


def refused(argument: str, given: object, must: str, *, words: Collection[str] = (), of: str = "") -> InvalidValueError:
    """The error for what an argument cannot be.

    Args:
        argument: its name.
        given: what was given.
        must: what must hold, as the rest of a sentence: ``must be "fail" or "direct"``.
        words: the words to choose from, if there are such.
        of: the element whose argument it is, for example ``coder_app 'x'``. Default: the message names none.
    """
    said = f"{argument}{_of(of)} {must}"
    if is_known(given) and type(given).__module__ not in _ENGINES:
        return InvalidValueError(argument, f"{said}. Got {masked(given)}.{meant(given, words)}")
    return _undecided(argument, said, given)


def a_switch(argument: str, given: object) -> None:
    """Refuse what is neither ``True`` nor ``False``.

    Raises:
        InvalidValueError: it is something else.
    """
    if not isinstance(given, bool):
        raise refused(argument, given, "must be True or False")


def a_text(argument: str, given: object, *, example: str, of: str = "") -> None:
    """Refuse what is no text that Python knows; ``None`` was left out.

    Raises:
        InvalidValueError: it is something else.
    """
    if given is not None and (not isinstance(given, str) or not is_known(given)):
        raise refused(argument, given, f'must be a text, for example "{example}"', of=of)


def a_list(
    argument: str, given: object, items: str, *, example: str, of: str = "", kind: type | UnionType = Sequence
) -> Sequence[Any]:
    """``given`` as it is, if it is a list: of a text Python would take each letter.

    Args:
        argument: its name.
        given: what was given.
        items: what belongs into it, for example ``host names``.
        example: Python text of an item, or of several.
        of: as of :func:`refused`.
        kind: what passes for a list.

    Raises:
        InvalidValueError: it is none, or one that only Terraform knows.
    """
    is_list = isinstance(given, kind) and not isinstance(given, str | bytes | Mapping)
    if is_list and collection_token(given) is None:
        return given  # type: ignore[return-value] # what `kind` says
    raise no_list(argument, given, items, example=example, of=of)


def no_list(argument: str, given: object, items: str, *, example: str, of: str = "") -> InvalidValueError:
    """The error of :func:`a_list`, for an item that does not belong there as well."""
    said = f"{argument}{_of(of)} must be a list of {items}, for example {argument}=[{example}]"
    if is_known(given):
        return InvalidValueError(argument, f"{said}. Got {masked(given)}.")
    return _undecided(argument, said, given)


def some_of(argument: str, given: object, words: Sequence[str], *, example: str, more: str = "") -> list[str]:
    """The words of a list that were chosen, one at least, in the order of ``words``.

    Args:
        argument: its name.
        given: what was given.
        words: the words to choose from.
        example: one of them.
        more: what a message about a word says beside them.

    Raises:
        InvalidValueError: it is no list, holds none, or holds another word.
    """
    allowed = ", ".join(f'"{word}"' for word in words)
    chosen = a_list(argument, given, f"any of {allowed}", example=f'"{example}"')
    if not chosen:
        raise no_list(argument, given, f"any of {allowed}", example=f'"{example}"')
    for word in chosen:
        if not isinstance(word, str) or word not in words:
            raise refused(argument, word, f"must hold any of {allowed}{more}", words=words)
    return [word for word in words if word in chosen]


def _of(element: str) -> str:
    return f" of {element}" if element else ""


def _undecided(argument: str, said: str, given: object) -> InvalidValueError:
    is_text = isinstance(given, str) and "TfToken[" not in given
    shown = f"{masked(given)}, which only Terraform knows" if is_text else "what only Terraform knows"
    return InvalidValueError(
        argument,
        f"{said}. It is decided in Python, so it must be known when the template is synthesized. Got {shown}.",
    )


def _close(name: str, words: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    folded = {word.casefold(): word for word in words}
    asked = name.casefold()
    if (other := _ALSO_CALLED.get(asked)) in folded:
        return other
    found = get_close_matches(asked, folded, n=1)
    return folded[found[0]] if found else None
