"""Exact line search for the dual of `dual_newton`: one pass over the variables a trial."""

from collections.abc import Callable

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.solvers.separable import Separable

FULL = 1.0 - 1e-12
"""Just short of the full step, where the sign of a multiplier that reaches zero is still the old one."""
FLAT = 0.2
"""Share of the first slope that may be left, of either sign, where the search ends."""
ENDLESS = 1e9


def exact_step(
    data: Separable, y: Vector, direction: Vector, slope: Vector, slope_change: Vector
) -> float | None:
    """Length of the step that maximises the dual, near enough; None when it rises without end (no feasible x)."""
    return best_length(_rise(data, y, direction, slope, slope_change), lambda: _furthest(data, y, direction))


def best_length(rise: Callable[[float], float], furthest: Callable[[], float]) -> float | None:
    """Length at which a concave function stops rising, near enough; None when it never does.

    Parameters
    ----------
    rise : callable
        Its slope at a length.
    furthest : callable
        The largest length allowed; asked only where the full step is too short.
    """
    at_start = rise(0.0)
    at_start = at_start if at_start > 0 else abs(at_start) + 1e-300
    at_full = rise(FULL)
    if at_full < -FLAT * at_start:
        return _bracketed(rise, at_start, (0.0, at_start), (1.0, at_full))
    if at_full > 0.5 * at_start and at_full > 1e-9:
        return _longer(rise, at_start, at_full, furthest())
    return 1.0


def _bracketed(
    rise: Callable[[float], float], at_start: float, low: tuple[float, float], high: tuple[float, float]
) -> float:
    """Length between two where the dual rises and falls, by safeguarded false position."""
    length = high[0]
    for _ in range(25):
        share = low[1] / (low[1] - high[1])
        length = low[0] + (high[0] - low[0]) * min(0.9, max(0.1, share))
        here = rise(length)
        if abs(here) < 0.1 * at_start:
            break
        if here > 0:
            low = (length, here)
        else:
            high = (length, here)
    return length


def _furthest(data: Separable, y: Vector, direction: Vector) -> float:
    """Where the first multiplier would change to the side without a limit, or pass its ceiling."""
    duals, change = y[data.smooth :], direction[data.smooth :]
    one_sided = np.where(change > 0, data.row_upper, data.row_lower)
    crossing = np.isinf(one_sided) & (duals * change < 0)
    furthest = float((-duals[crossing] / change[crossing]).min(initial=np.inf))
    if data.soft:
        rising = np.isfinite(data.ceiling) & (change != 0)
        room = data.ceiling[rising] - np.sign(change[rising]) * duals[rising]
        furthest = min(furthest, float((room / np.abs(change[rising])).min(initial=np.inf)))
    return furthest


def _longer(rise: Callable[[float], float], at_start: float, at_full: float, furthest: float) -> float | None:
    low = (1.0, at_full)
    while low[0] < ENDLESS:
        if 2.5 * low[0] >= furthest:
            return low[0]
        high = (2.5 * low[0], rise(2.5 * low[0]))
        if high[1] < -FLAT * at_start:
            return _bracketed(rise, at_start, low, high)
        if high[1] < 0.3 * at_start:
            return high[0]
        low = high
    return None


def _rise(
    data: Separable, y: Vector, direction: Vector, slope: Vector, slope_change: Vector
) -> Callable[[float], float]:
    """Slope of the dual along the direction, as a function of the step length."""
    k, u = data.factors, data.smooth
    linear = float(y[:k] @ direction[:k] + data.targets @ direction[k:u])
    square = float(direction[:k] @ direction[:k])
    duals, change = y[u:], direction[u:]
    resting = np.where(change > 0, data.row_upper, np.where(change < 0, data.row_lower, 0.0))

    bent = change[duals.size - data.bends :]

    def rise(length: float) -> float:
        x = data.primal(slope + length * slope_change, y + length * direction)
        value = float(slope_change @ x) - linear - length * square
        if data.bends:
            value += float(bent @ data.bent.distances(x))
        if duals.size:
            now = duals + length * change
            limits = np.where(now > 0, data.row_upper, np.where(now < 0, data.row_lower, resting))
            value -= float(change @ limits)
        return value

    return rise
