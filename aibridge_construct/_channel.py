"""One thread at a time on the engine's channel, and only in the process that opened it.

The engine's process is asked over one pipe: question, answer, nothing that says which belongs to which. Two threads
that ask at once read each other's answers, and hang; so does a process that was forked, which inherits the pipe.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from aibridge_construct._refusals import in_place

__all__ = ["guard"]


class _Kernel(Protocol):
    provider: Any


class _Watch(Protocol):
    def before(self, request: Any) -> Any: ...
    def after(self, request: Any, answer: Any) -> None: ...


def guard(kernel: _Kernel, callback: type, watch: _Watch) -> None:
    """Have the questions of several threads wait for each other, from now on.

    Args:
        kernel: the bridge's only one.
        callback: the type of an answer that is a question in turn: Python is to run an override.
        watch: sees each question before it is asked, and may put another in its place, and each answer.
    """
    if not isinstance(kernel.provider, _Channel):
        kernel.provider = _Channel(kernel.provider, callback, watch)


class _Channel:
    def __init__(self, provider: Any, callback: type, watch: _Watch) -> None:
        self._provider = provider
        self._watch = watch
        self._callback = callback
        self._lock = threading.RLock()
        self._owner = os.getpid()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._provider, name)
        return partial(self._ask, value, name == "sync_complete") if callable(value) else value

    def _ask(self, question: Callable[..., Any], completes: bool, request: Any, *more: Any, **named: Any) -> Any:
        if os.getpid() != self._owner:
            raise RuntimeError(
                "This process was forked from one that uses the CDK engine, and both would speak on one channel. Start "
                'it afresh: multiprocessing.get_context("spawn"), or a subprocess.'
            )
        request = self._watch.before(request)
        self._lock.acquire()
        called_back = False
        try:
            answer = question(request, *more, **named)
            self._watch.after(request, answer)
            called_back = isinstance(answer, self._callback)
        except RuntimeError as error:
            in_place(error)
            raise
        finally:
            # A question is open until its own answer has come, whatever Python is asked in between.
            for _ in range(1 + completes - called_back):
                self._lock.release()
        return answer
