"""How an error of the engine, or of ours, ends a program: with its reason as the last words, in Python's terms.

What the engine refuses comes back from JavaScript: a trace of its own, frames of the bridge, and a text for programmers
in JavaScript. Nothing of that helps who wrote the stack, nor do the lines of this library. ``sys.excepthook`` is
Python's own place to say how an error that nobody caught is shown; who catches one finds it unchanged, but for words of
JavaScript in a refused validation.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from types import TracebackType

from aibridge_construct.errors import AIBridgeError

__all__ = ["in_place", "in_python", "install"]

# The bridge and the engine, in a traceback.
_INNER = frozenset({"jsii", "cdktf", "cdktn", "constructs", "aibridge_construct._channel"})

_SKIP = re.compile(r"\n\s*(?:If you wish to ignore these validations|Validations allow for dynamic verification)[^\0]*")
_GO_ON = re.compile(r"\n\s*Either fix the issues above, or set the environment variable (\w+)[^\0]*")


def install() -> None:
    """Have uncaught errors of the engine shown shortened, by whatever shows errors now."""
    shown_by = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if _is_from_engine(error):
            short = RuntimeError(in_python(str(error)))
            short.__suppress_context__ = True
            for note in getattr(error, "__notes__", ()):
                short.add_note(note)
            shown_by(RuntimeError, short, _without(_INNER, trace) or trace)
        elif isinstance(error, AIBridgeError):
            short_trace = _without({*_INNER, "aibridge_construct"}, trace) or trace
            shown_by(kind, error.with_traceback(short_trace), short_trace)
        else:
            shown_by(kind, error, trace)

    sys.excepthook = show


def in_python(message: str) -> str:
    """The engine's message for who writes Python: the way around first, and what is wrong last."""
    text = message.strip().removeprefix("Error: ")
    head, line, rest = text.partition("\n")
    if _SKIP.search(text):
        head = f"{head.removesuffix(':')} (App(skip_validation=True) would leave them out):"
    elif match := _GO_ON.search(text):
        head = f"{head.removesuffix(':')} (the environment variable {match[1]} would let it go on):"
    rest = _GO_ON.sub("", _SKIP.sub("", f"\n{rest}"))[1:]
    return re.sub(r"\bnew (?=[A-Z]\w*\()", "", f"{head}{line}{rest}".rstrip())


def in_place(error: RuntimeError) -> None:
    """Give a refused validation our words, whoever catches it: those of the engine end with an option of JavaScript."""
    if error.args and isinstance(error.args[0], str) and _SKIP.search(error.args[0]):
        error.args = (in_python(error.args[0]), *error.args[1:])


def _is_from_engine(error: BaseException) -> bool:
    cause = type(error.__cause__)
    return type(error) is RuntimeError and cause.__name__ == "JavaScriptError" and cause.__module__.startswith("jsii")


def _without(inner: Collection[str], trace: TracebackType | None) -> TracebackType | None:
    if trace is None:
        return None
    following = _without(inner, trace.tb_next)
    module = str(trace.tb_frame.f_globals.get("__name__"))
    if module.partition(".")[0] in inner or module in inner:
        return following
    return TracebackType(following, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
