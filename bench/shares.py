"""Where a synthesis of 1000 proxies takes its time: what the process was found at, every millisecond.

`python -m bench.shares COUNT` is such a process; it prints how often it was found at what.
"""

from __future__ import annotations

import collections
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import PurePath
from types import FrameType

from .rows import Row

TITLE = "Where 1000 proxies take their time"

#: What a frame means, by its module and function; the innermost frame that means anything decides.
_MEANING = (
    ("jsii/_kernel/providers/process.py", "_next_message", "Node.js works: the engine, and its side of the bridge"),
    ("jsii/_kernel/__init__.py", "_get_overides", "the bridge looks for overrides, at each construct"),
    ("typeguard/", "", "the bridge checks types (python -O leaves it out)"),
    ("typing.py", "", "the bridge checks types (python -O leaves it out)"),
    ("jsii/", "", "the bridge writes, reads and keeps objects"),
    ("cattrs/", "", "the bridge writes, reads and keeps objects"),
    ("json/", "", "the bridge writes, reads and keeps objects"),
    ("importlib", "", "Python imports the engine and this library"),
    ("aibridge_construct/", "", "this library checks, renders and remembers"),
)


def rows(rounds: int) -> Iterator[Row]:
    """Measure."""
    found: collections.Counter[str] = collections.Counter()
    for _ in range(rounds):
        ended = subprocess.run(
            [sys.executable, "-m", "bench.shares", "1000"], check=True, stdout=subprocess.PIPE, text=True
        )
        found.update(json.loads(ended.stdout))
    for what, times in found.most_common():
        yield Row(what, 100 * times / found.total(), None, None, unit="%")


def _meaning(frame: FrameType | None) -> str:
    while frame is not None:
        file = PurePath(frame.f_code.co_filename).as_posix()
        for part, function, meaning in _MEANING:
            if part in file and function in ("", frame.f_code.co_name):
                return meaning
        frame = frame.f_back
    return "the rest"


def _main(count: int) -> None:
    found: collections.Counter[str] = collections.Counter()
    signal.signal(signal.SIGALRM, lambda _, frame: found.update([_meaning(frame)]))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    from .synthesis import synthesize

    synthesize("proxies", count)
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(json.dumps(found))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
