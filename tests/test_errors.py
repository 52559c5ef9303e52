"""What this library raises comes home whole: from a pool of processes, from a worker of a test run, from a copy."""

from __future__ import annotations

import copy
import inspect
import pickle
import pkgutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

import pytest

import aibridge_construct
from aibridge_construct.errors import InvalidValueError
from aibridge_construct.hcl import InvalidTemplateError, references
from aibridge_construct.rules import PROXY_URL
from aibridge_construct.testing.terraform.diagnostics import Diagnostic


def _exceptions() -> list[type[BaseException]]:
    """Every exception that a module of the package defines."""
    found: dict[str, type[BaseException]] = {}
    for module in pkgutil.walk_packages(aibridge_construct.__path__, "aibridge_construct."):
        for value in vars(import_module(module.name)).values():
            is_exception = inspect.isclass(value) and issubclass(value, BaseException)
            if is_exception and value.__module__.startswith("aibridge_construct"):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return list(found.values())


#: What constructors take, by annotation.
SAMPLES: dict[str, Any] = {
    "str": "some text",
    "int": 7,
    "str | None": "more",
    "Sequence[Diagnostic]": [Diagnostic("error", "no", "detail", "coder_env.x")],
}


def _made(kind: type[BaseException]) -> BaseException:
    if isinstance(kind.__init__, type(BaseException.__init__)):  # none of ours
        return kind("a message", *([] if issubclass(kind, ImportError) else [("more", 1)]))
    parameters = list(inspect.signature(kind).parameters.values())
    assert all(each.annotation in SAMPLES for each in parameters), f"say in SAMPLES what {kind.__name__} takes"
    positional = [SAMPLES[each.annotation] for each in parameters if each.kind is not each.KEYWORD_ONLY]
    return kind(
        *positional, **{each.name: SAMPLES[each.annotation] for each in parameters if each.kind is each.KEYWORD_ONLY}
    )


def _pickled(protocol: int) -> Callable[[Any], Any]:
    return lambda error: pickle.loads(pickle.dumps(error, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {protocol}": _pickled(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("kind", _exceptions(), ids=lambda kind: kind.__name__)
def test_an_exception_is_the_same_afterwards(kind: type[BaseException], way: Callable[[Any], Any]) -> None:
    error = _made(kind)
    error.add_note("where it was seen")
    again = way(error)
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))
    assert again.__notes__ == ["where it was seen"]


def _refused(url: str) -> None:
    PROXY_URL.require(url)


def _unreadable(template: str) -> None:
    references(template)


def test_a_pool_of_processes_brings_them_home() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        refused = pool.submit(_refused, "nonsense").exception()
        unreadable = pool.submit(_unreadable, "a\n ${").exception()
    assert isinstance(refused, InvalidValueError)
    assert refused.field == "proxy_url"
    assert "must start with http://" in str(refused)
    assert isinstance(unreadable, InvalidTemplateError)
    assert (unreadable.line, unreadable.start) == (2, 3)
