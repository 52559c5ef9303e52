"""One app, one engine: what belongs to the other engine is refused where it is given.

Both engines run in one Node.js process, share its table of tokens, and take each other's elements for their own: a
mixed app synthesizes silently, or fails late in words of the engine's inside. All that Python asks of them goes through
one channel, so this room looks at the questions there. It asks nothing itself while the other engine is not loaded.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from aibridge_construct._choice import ENGINES, loaded, other
from aibridge_construct.errors import ConflictError

__all__ = ["Mixing"]

# cdktf.TerraformStack@10001, @cdktn/provider-docker.container.Container
_ASSEMBLY = re.compile(r"@?(cdktf|cdktn)[./]")
_TOKEN = re.compile(r"TfToken\[([\w:.-]+)\]", re.ASCII)


class _Foreign(NamedTuple):
    engine: str
    shown: str


class Mixing:
    """Knows what of a program belongs to which engine.

    Args:
        engine: the one that this library uses.
        types: the classes of the bridge by their names in JavaScript.
    """

    def __init__(self, engine: str, types: Mapping[str, type]) -> None:
        self.engine = engine
        self._types = types
        # Tokens by their ids, numbers by their values, objects without a class of their own by their references.
        self._made: dict[object, str] = {}
        self._open: dict[str, str | None] = {}
        self._places: WeakKeyDictionary[Any, str | None] = WeakKeyDictionary()

    @property
    def _watches(self) -> bool:
        return loaded(other(self.engine))

    def before(self, request: Any) -> Any:
        """The question as it may be asked.

        Raises:
            ConflictError: it gives to one engine what is the other's.
        """
        if not self._watches:
            return request
        if hasattr(request, "cbid"):
            return self._completed(request)
        engine = self._asked(request)
        given = getattr(request, "args", None) or getattr(request, "value", None)
        if engine and (foreign := self._foreign(engine, given)):
            raise self._error(f"{engine}'s {_named(request)}", foreign)
        return request

    def after(self, request: Any, answer: Any) -> None:
        """Remember whose tokens and objects an answer holds."""
        if not self._watches:
            return
        if hasattr(answer, "cbid"):
            self._open[answer.cbid] = self._called(answer)
        elif engine := self._asked(request):
            for key in _keys(getattr(answer, "result", None) or getattr(answer, "value", None)):
                self._made.setdefault(key, engine)

    def require(self, what: str, values: Iterable[object]) -> None:
        """Refuse ``values`` of the other engine, which ``what`` was given and Python keeps.

        Raises:
            ConflictError: one is.
        """
        if self._watches and (foreign := self._foreign(self.engine, list(values))):
            raise self._error(what, foreign)

    def require_tree(self, construct: Any) -> None:
        """Refuse the app of ``construct`` if it holds anything of the other engine.

        Raises:
            ConflictError: it does.
        """
        if self._watches:
            self.require(f"the app of {_shown(construct)}", construct.node.root.node.find_all())

    def _completed(self, request: Any) -> Any:
        """The end of a callback: what it returns is seen by no one else, and must be answered."""
        engine = self._open.pop(request.cbid, None)
        foreign = self._foreign(engine, request.result) if engine else None
        if foreign is None:
            return request
        return type(request)(cbid=request.cbid, err=str(self._error(f"{engine}'s element", foreign)), result=None)

    def _error(self, what: str, foreign: _Foreign) -> ConflictError:
        away = other(self.engine)
        return ConflictError(
            f"One app has one engine, and {what} was given {foreign.shown}, which is of {foreign.engine}. This library "
            f"uses {self.engine} here: import App, Fn, stacks, elements and providers' packages from {self.engine}. Or "
            f"use {away} for all: set AIBRIDGE_ENGINE={away}, and import them from {away}."
        )

    def _asked(self, request: Any) -> str | None:
        """The engine that is asked."""
        objref = getattr(request, "objref", None)
        return self._of_name(objref.ref.rsplit("@", 1)[0] if objref else getattr(request, "fqn", None))

    def _called(self, callback: Any) -> str | None:
        call = callback.invoke or callback.get or callback.set
        return self._of_name(call.objref.ref.rsplit("@", 1)[0])

    def _of_name(self, fqn: str | None) -> str | None:
        if match := _ASSEMBLY.match(fqn or ""):
            return match[1]
        kind = self._types.get(fqn or "")
        return None if kind is None else _of_class(kind)

    def _foreign(self, engine: str, given: Any) -> _Foreign | None:
        """The first of the other engine in ``given``."""
        for each in _flat(given):
            if isinstance(each, str):
                found = next((key for key in _keys(each) if self._made.get(key, engine) != engine), None)
                if found is not None:
                    return _Foreign(self._made[found], f"the value ${{TfToken[{found}]}}")
            elif isinstance(each, _Name):
                if (of := self._of_name(each.fqn)) not in (None, engine):
                    return _Foreign(str(of), each.fqn.rpartition(".")[2])
            elif (of := self._of(each)) not in (None, engine):
                return _Foreign(str(of), _shown(each))
        return None

    def _of(self, value: Any) -> str | None:
        if isinstance(value, float):
            return self._made.get(value)
        if engine := _of_class(type(value)):
            return engine
        reference = getattr(value, "__jsii_ref__", None)
        if reference is None:
            return None
        if reference.ref in self._made:
            return self._made[reference.ref]
        if not hasattr(type(value), "node"):
            return None
        if value not in self._places:  # a plain Construct is where it stands
            found = (_of_class(type(scope)) for scope in reversed(value.node.scopes))
            self._places[value] = next((engine for engine in found if engine), None)
        return self._places[value]


class _Name(NamedTuple):
    fqn: str


def _of_class(kind: type) -> str | None:
    tops = (base.__module__.partition(".")[0] for base in kind.__mro__)
    return next((top for top in tops if top in ENGINES), None)


def _flat(given: Any) -> Iterator[Any]:
    """What the bridge sends, without its wrapping."""
    if isinstance(given, dict):
        if "$jsii.struct" in given:
            yield _Name(given["$jsii.struct"]["fqn"])
            given = given["$jsii.struct"]["data"]
        elif "$jsii.enum" in given:
            yield _Name(given["$jsii.enum"].partition("/")[0])
            return
        for name, value in given.items():
            yield from _flat(name)
            yield from _flat(value)
    elif isinstance(given, Mapping):
        yield from _flat(dict(given))
    elif dataclasses.is_dataclass(given):
        yield from _flat(list(vars(given).values()))
    elif isinstance(given, list | tuple):
        for each in given:
            yield from _flat(each)
    elif given is not None and not isinstance(given, bool | int):
        yield given


def _keys(answer: Any) -> Iterator[object]:
    """By what the tokens in a text, and objects without a class of their own, are known again."""
    for each in _flat(answer):
        if isinstance(each, str):
            yield from _TOKEN.findall(each)
        elif isinstance(each, float):
            if each < -1e200:
                yield each
        elif str(getattr(each, "ref", "")).startswith("Object@"):
            yield each.ref


def _named(request: Any) -> str:
    objref = getattr(request, "objref", None)
    name = (objref.ref.rsplit("@", 1)[0] if objref else request.fqn).rpartition(".")[2]
    if method := getattr(request, "method", None) or getattr(request, "property", None):
        return f"{name}.{method}"
    texts = [each for each in getattr(request, "args", ()) if isinstance(each, str)]
    return f"{name} {texts[0]!r}" if texts else name


def _shown(value: Any) -> str:
    name = type(value).__name__
    if not hasattr(type(value), "node"):
        return "a value that only Terraform knows" if name in ("InterfaceDynamicProxy", "float") else name
    path = value.node.path
    return f"{name} {path!r}" if path else name
