"""The t at which the risk is what it should be: a root search in logarithms, exact between two corners.

Weights move on straight lines between the corners of a trade-off, so that close to the end the root of a parabola is the
answer; far from it, logarithms of risk and t are nearly on a curve of second degree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.mandates.tradeoff import LARGEST, Point, Tradeoff, still
from trackerr_xl.core.problem import TrackingProblem

REACHED = 1e-12
"""Relative difference from the target at which a tracking error is there."""
SMALLEST = 1e-10
"""Fall of t after which the risk is expected not to fall any more."""
NEAR = 0.02
"""Difference from the target below which the nearest points are expected on one straight line."""
FIRST_STEP = 5.0
"""Logarithm of t per logarithm of risk that the first step counts on."""
LONGEST_STEP = 4.0
BOLDNESS = 1.2
"""How much further than the line through two points the search for the other side goes."""


@dataclass(frozen=True, slots=True)
class Target:
    """The tracking error wanted at every t.

    Parameters
    ----------
    wanted : callable
        Of t, above zero.
    fixed : bool
        Whether it is the same for every t; otherwise it grows at least as t does.
    """

    wanted: Callable[[float], float]
    fixed: bool

    def excess(self, point: Point) -> float:
        """Below zero where t is too small, above where it is too large: the logarithm of a ratio."""
        wanted, error = max(self.wanted(point.t), 1e-300), max(point.error, 1e-300)
        return float(np.log(error / wanted if self.fixed else wanted / error))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A point with the logarithm of its t and its excess."""

    point: Point
    place: float
    excess: float


def crossing(tradeoff: Tradeoff, begin: float, target: Target, reached: float = REACHED) -> Point | None:
    """The point where the tracking error meets its target.

    Parameters
    ----------
    tradeoff : Tradeoff
        The family.
    begin : float
        First t, of the right size.
    target : Target
        What is to be met.
    reached : float, default 1e-12
        Relative difference at which it is.

    Returns
    -------
    Point or None
        None where t never becomes large enough. Where it never becomes small enough, the point at a t next to nothing.
    """
    seen = _bracket(tradeoff, begin, target, reached)
    nearest = min(seen, key=lambda one: abs(one.excess))
    if abs(nearest.excess) <= reached:
        return nearest.point
    low = max((one for one in seen if one.excess < 0.0), key=lambda one: one.place, default=None)
    high = min((one for one in seen if one.excess >= 0.0), key=lambda one: one.place, default=None)
    if low is None or high is None:
        return None if high is None else high.point
    patience = 2
    while min(-low.excess, high.excess) > reached:
        place = _between(tradeoff.problem, low, high, seen, target) if patience else None
        if place is None:
            place = 0.5 * (low.place + high.place)
        if not low.place < place < high.place:
            break
        width, least = high.place - low.place, min(-low.excess, high.excess)
        one = _look(tradeoff, place, target)
        seen.append(one)
        low, high = (one, high) if one.excess < 0.0 else (low, one)
        # A guess that hugs one end of a wide bracket and comes no nearer would creep.
        slow = high.place - low.place > 0.5 * width and abs(one.excess) > 0.25 * least
        patience = max(patience - 1, 0) if slow else 2
    return min((low, high), key=lambda one: abs(one.excess)).point


def _look(tradeoff: Tradeoff, place: float, target: Target) -> _Seen:
    point = tradeoff.at(float(np.exp(place)))
    return _Seen(point, place, target.excess(point))


def _bracket(tradeoff: Tradeoff, begin: float, target: Target, reached: float) -> list[_Seen]:
    """Points in the order in which they were looked at, the last two on both sides of the target if there are such."""
    seen = [_look(tradeoff, float(np.log(begin)), target)]
    step = float(np.clip(FIRST_STEP * abs(seen[0].excess), 0.2, 4.0))
    while abs(seen[-1].excess) > reached:
        sign = 1.0 if seen[-1].excess < 0.0 else -1.0
        place = seen[-1].place + sign * step
        if not np.log(SMALLEST) < place - seen[0].place < np.log(LARGEST):
            break
        one = _look(tradeoff, place, target)
        before = seen[-1]
        seen.append(one)
        if one.excess * before.excess < 0.0:
            break
        if sign > 0.0 and target.fixed and still(before.point.solution.weights, one.point.solution.weights):
            break
        rise = (one.excess - before.excess) / (one.place - before.place)
        step = float(
            np.clip(
                BOLDNESS * abs(one.excess) / max(rise, 1e-9), 0.05, min(max(2.0 * step, 1.0), LONGEST_STEP)
            )
        )
    return seen


def _between(
    problem: TrackingProblem, low: _Seen, high: _Seen, seen: list[_Seen], target: Target
) -> float | None:
    """Next place strictly between two."""
    guesses = [_on_curve(seen), *_on_lines(problem, low, high, seen, target)]
    if min(-low.excess, high.excess) < NEAR:
        guesses = [*guesses[1:], guesses[0]]
    return next((guess for guess in guesses if guess is not None and low.place < guess < high.place), None)


def _on_curve(seen: list[_Seen]) -> float | None:
    """Where a curve of second degree through the last three points has no excess, the place being the curve's height."""
    if len(seen) < 3:
        return None
    (x, y, z), (f, g, h) = zip(*((one.place, one.excess) for one in seen[-3:]), strict=True)
    if f in (g, h) or g == h:
        return None
    return float(
        x * g * h / ((f - g) * (f - h)) + y * f * h / ((g - f) * (g - h)) + z * f * g / ((h - f) * (h - g))
    )


def _on_lines(
    problem: TrackingProblem, low: _Seen, high: _Seen, seen: list[_Seen], target: Target
) -> Iterator[float]:
    """Where the weights meet the target if they move on a straight line through the nearest points, then the ends."""
    ordered = sorted(seen, key=lambda one: abs(one.excess))[:2]
    for first, second in (ordered, (low, high)):
        for t in _on_line(problem, first.point, second.point, target):
            if t > 0.0:
                yield float(np.log(t))


def _on_line(problem: TrackingProblem, first: Point, second: Point, target: Target) -> list[float]:
    """Where the target is met on the line through two points, along which the variance is a parabola."""
    step = second.solution.weights - first.solution.weights
    pull = problem.risk.product(step)
    wanted = target.wanted(first.t)
    growth = target.wanted(second.t) - wanted
    square = float(step @ pull) - growth**2
    half = float((first.solution.weights - problem.benchmark) @ pull) - wanted * growth
    rest = first.solution.active_variance - wanted**2
    root = half**2 - square * rest
    if root < 0.0:
        return []
    stable = -(half + np.copysign(np.sqrt(root), half))
    places = [stable / square] if square != 0.0 else []
    places += [rest / stable] if stable != 0.0 else []
    return [first.t + place * (second.t - first.t) for place in places]
