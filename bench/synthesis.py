"""What a proxy costs at synthesis: N of them in one stack, against N calls of the HCL module.

A call of an HCL module is the least that the engine can do for a user (one element, a few strings), so it is the
measure. Construct and synthesis are timed, the import of the engine is not.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from cdktf import App, TerraformHclModule, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy

URL = "https://aiproxy.example.com:8888"
LIMIT = 6.0  # four round trips to the engine and a script, against one round trip


def _module(stack: TerraformStack, number: int) -> None:
    variables = {"agent_id": f"agent-{number}", "proxy_url": URL}
    TerraformHclModule(
        stack, f"proxy-{number}", source="registry.coder.com/coder/aibridge-proxy/coder", variables=variables
    )


def _construct(stack: TerraformStack, number: int) -> None:
    AIBridgeProxy(stack, f"proxy-{number}", agent_id=f"agent-{number}", proxy_url=URL)


def _seconds(declare: Callable[[TerraformStack, int], None], count: int) -> float:
    stack = TerraformStack(App(), "bench")
    began = time.perf_counter()
    for number in range(count):
        declare(stack, number)
    Testing.synth(stack, True)
    return time.perf_counter() - began


def main(count: int = 100, rounds: int = 5) -> int:
    """Measure ``rounds`` rounds of both with ``count`` proxies and say what came out."""
    times: dict[str, list[float]] = {"module": [], "construct": []}
    for number in range(-1, rounds):  # one round to warm up
        for label, declare in (("module", _module), ("construct", _construct)):
            seconds = _seconds(declare, count)
            if number >= 0:
                times[label].append(seconds)
    medians = {label: statistics.median(values) for label, values in times.items()}
    ratio = medians["construct"] / medians["module"]
    print(
        f"synthesis of {count} proxies: HCL module calls {medians['module'] * 1000:.0f} ms, "
        f"constructs {medians['construct'] * 1000:.0f} ms; ratio {ratio:.2f}"
    )
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
