"""Fair times: one thread, competitors in turn, medians, and ratios within the same turn.

In its turn each runs once untimed and once timed, or the first in line would pay for the caches the last one emptied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from trackerr_xl.core.arrays import Vector

Run = Callable[[], Vector]


@dataclass(frozen=True)
class Race:
    """Seconds of each competitor, one entry a round, and the weights each found last."""

    seconds: dict[str, list[float]]
    weights: dict[str, Vector]

    def median(self, name: str) -> float:
        """Median seconds."""
        return float(np.median(self.seconds[name]))

    def ratio(self, name: str, to: str) -> float:
        """Median over the rounds of one competitor's time over another's."""
        return float(np.median(np.divide(self.seconds[name], self.seconds[to])))


def race(runs: Mapping[str, Run], rounds: int) -> Race:
    """Let everyone run, `rounds` times in turn, so that a busy moment hits all alike."""
    weights: dict[str, Vector] = {}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            weights[name] = run()
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    return Race(seconds, weights)


def together(races: list[Race]) -> Race:
    """Several races as one; the weights are those of the last."""
    seconds = {name: [t for one in races for t in one.seconds[name]] for name in races[0].seconds}
    return Race(seconds, races[-1].weights)


def milliseconds(seconds: float) -> str:
    """Three digits at most, such as ``0.82``, ``14.1`` or ``1530``."""
    value = 1e3 * seconds
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
