"""Least variance under a cap on tracking error: tracking a fraction of the benchmark, the rest in cash.

With μ the price of the squared tracking error, ½w'Σw + ½μ(w − b)'Σ(w − b) is (1 + μ) times the active variance about the
share μ / (1 + μ) of the benchmark, but for a constant.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from trackerr_xl.core.mandates.above_cap import above_cap
from trackerr_xl.core.mandates.impact import solve_with_costs
from trackerr_xl.core.mandates.mandate import Achieved, Mandate
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.errors import NotYetError, NumericalError

REACHED = 1e-12
"""Relative difference from the cap at which a tracking error is there."""
TOLERANCE = 1e-9
"""Largest gap between the volatility and its bound, relative."""
MOST_SOLVES = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    share: float
    solution: Solution
    error: float


def least_variance_within(mandate: Mandate) -> Achieved:
    """The weights of least variance whose tracking error is within the cap.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits, or none within the cap.
    NumericalError
        If the least volatility was not proved to tolerance.
    NotYetError
        If rows are soft: with two risks there is no single unit for a penalty.
    """
    problem = mandate.problem
    penalties = [*problem.bent.penalty, *(row.penalty for row in mandate.costs)]
    soft = problem.rows.penalty is not None or np.isfinite(penalties).any()
    if soft or np.isfinite(mandate.te_penalty):
        raise NotYetError(
            "has a Penalty, which Min variance with a limit on TE cannot carry out: leave it blank",
            argument="constraints",
        )
    low = _at(mandate, 0.0, None)
    if low.error <= mandate.te_cap:
        return _achieved(mandate, low)
    high = _at(mandate, 1.0, low)
    if high.error > mandate.te_cap * (1.0 + TOLERANCE):
        raise above_cap(mandate, high.solution)
    return _achieved(mandate, _between(mandate, low, high))


def _at(mandate: Mandate, share: float, near: _Point | None) -> _Point:
    problem = mandate.problem
    start = None if near is None else near.solution
    part = replace(problem, benchmark=share * problem.benchmark)
    solution = solve_with_costs(part, mandate.costs, start, mandate.seconds)
    active = solution.weights - problem.benchmark
    return _Point(share, solution, float(np.sqrt(problem.risk.variance(active))))


def _between(mandate: Mandate, low: _Point, high: _Point) -> _Point:
    """Narrow the share until the tracking error is the cap."""
    problem, cap = mandate.problem, mandate.te_cap
    end = perf_counter() + mandate.seconds
    for turn in range(MOST_SOLVES):
        if min(low.error - cap, cap - high.error) <= REACHED * cap or perf_counter() > end:
            break
        share = _on_line(problem, low, high, cap) if turn % 3 < 2 else 0.5 * (low.share + high.share)
        if not low.share < share < high.share:
            break
        point = _at(mandate, share, min((low, high), key=lambda near: abs(near.error - cap)))
        low, high = (point, high) if point.error > cap else (low, point)
    return min((low, high), key=lambda point: abs(point.error - cap))


def _on_line(problem: TrackingProblem, low: _Point, high: _Point, cap: float) -> float:
    """Where the tracking error is the cap on the line between the weights of two points."""
    step = low.solution.weights - high.solution.weights
    pull = problem.risk.product(step)
    half = float((high.solution.weights - problem.benchmark) @ pull)
    rest = high.error**2 - cap**2
    root = float(np.sqrt(max(half**2 - float(step @ pull) * rest, 0.0)))
    return high.share + (-rest / (half + root) if half + root > 0.0 else 0.5) * (low.share - high.share)


def _achieved(mandate: Mandate, point: _Point) -> Achieved:
    problem, solution = mandate.problem, point.solution
    volatility = float(np.sqrt(problem.risk.variance(solution.weights)))
    times = 1.0 / (1.0 - point.share) if point.share < 1.0 else np.inf
    price = times - 1.0
    of_benchmark = problem.risk.variance(problem.benchmark)
    cap = mandate.te_cap if point.share > 0.0 else 0.0
    half = 0.5 * times * (solution.active_variance - solution.certificate.gap)
    half += 0.5 * of_benchmark * point.share - 0.5 * price * cap**2
    bound = float(np.sqrt(max(2.0 * half, 0.0)))
    if not volatility - bound <= TOLERANCE * volatility:
        raise NumericalError(
            f"the least volatility was proved to {volatility - bound:.1e} only, must be {TOLERANCE:g} of it"
        )
    rate = times / volatility if volatility > 0.0 else np.nan
    own, of_costs = np.split(solution.bent_duals, [problem.bent.upper.size])
    reported = replace(solution, active_variance=point.error**2, bent_duals=own)
    return Achieved(reported, volatility, bound, rate, price * cap * rate / times, rate * of_costs)
