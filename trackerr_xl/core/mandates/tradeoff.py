"""Risk against everything else: least ½(w − b)'Σ(w − b) + t f(w), for any t.

Whatever a mandate makes best, its answer is that of one of these convex problems; f is linear or bent, and t the price of
a unit of f in half variance. The tracking error of the answer rises with t, and its ratio to t falls, so that either
meets its target once.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.mandates.impact import solve_with_costs, with_tangents
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.errors import NumericalError

MOST_SOLVES = 80
SETTLED = 1e-11
"""Largest change of a weight, beside the largest weight, that is none when t grows tenfold."""
PROVED = 1e-10
"""Relative gap at which multipliers are taken for those of f alone."""
LARGEST = 1e14
"""Growth of t after which the weights are expected to stand still."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The answer at one t.

    Parameters
    ----------
    t : float
        Price of a unit of f.
    solution : Solution
        Of the problem at t; its active variance is about the benchmark of the problem.
    error : float
        Root of that variance: tracking error per period.
    """

    t: float
    solution: Solution
    error: float


class Tradeoff:
    """The problem for every t, each solve starting at the last answer.

    Parameters
    ----------
    problem : TrackingProblem
        With penalties and linear term in the unit of f.
    seconds : float
        After which no further solve is begun.
    costs : tuple of CostRow
        Part of f, or limits beside it.
    most : int, default 80
        Solves after which the search is given up.
    """

    def __init__(
        self,
        problem: TrackingProblem,
        seconds: float,
        costs: tuple[CostRow, ...] = (),
        most: int = MOST_SOLVES,
    ) -> None:
        self.problem = problem
        self.costs = costs
        self.solves = 0
        self._most = most
        self.largest = 0.0
        self._last: Solution | None = None
        self._end = perf_counter() + seconds

    def at(self, t: float) -> Point:
        """The answer at t.

        Raises
        ------
        NoAnswerError
            If no weights satisfy the limits.
        NumericalError
            If the answer was not proved, or the time is over.
        """
        left = self._end - perf_counter()
        self.solves += 1
        if self.solves > 1 and (left <= 0.0 or self.solves > self._most):
            raise NumericalError(
                "the search for the best risk ended before it was found: raise option Seconds"
            )
        self._last = self._solved(t, max(left, 1e-3))
        self.largest = max(self.largest, t)
        return Point(t, self._last, float(np.sqrt(self._last.active_variance)))

    def _solved(self, t: float, seconds: float) -> Solution:
        problem = scaled_objective(self.problem, t)
        costs = tuple(replace(row, penalty=t * row.penalty) for row in self.costs)
        return solve_with_costs(problem, costs, self._last, seconds)

    def value(self, weights: Vector) -> float:
        """What f comes to."""
        over = [
            row.penalty * (row.cost(weights) - row.upper) for row in self.costs if np.isfinite(row.penalty)
        ]
        priced = self.problem.price_of_breaches(weights) + sum(max(price, 0.0) for price in over)
        return float(self.problem.linear @ weights) + priced

    def straight(self, near: Vector) -> TrackingProblem:
        """The problem with f straightened about some weights."""
        return with_tangents(self.problem, self.costs, near) if self.costs else self.problem

    def first(self, error: float) -> float:
        """A t whose tracking error may be of the size of `error`: that of uncorrelated assets without limits."""
        slope = np.abs(self.problem.linear - self.problem.linear.mean())
        bent = self.problem.bent
        soft = np.isfinite(bent.penalty)
        slope = slope + (bent.penalty[soft, None] * (np.abs(bent.slope[soft]) + bent.bend[soft])).sum(axis=0)
        variance = np.maximum(self.problem.risk.diagonal(), 1e-300)
        length = float(np.sqrt(np.sum(slope**2 / variance)))
        return error / length if length > 0.0 else error


def scaled_objective(problem: TrackingProblem, t: float) -> TrackingProblem:
    """The problem with its linear term and penalties times t."""
    rows, bent = problem.rows, problem.bent
    return replace(
        problem,
        linear=t * problem.linear,
        rows=rows if rows.penalty is None else replace(rows, penalty=t * rows.penalty),
        bent=replace(bent, penalty=t * bent.penalty),
    )


def largest(tradeoff: Tradeoff, begin: float) -> Point:
    """The point where f is least whatever the risk, and the risk least among those; its multipliers are those of f.

    From some t on the weights stand still, and the multipliers grow by those of f alone.

    Raises
    ------
    NumericalError
        If the weights never come to rest: f has no least value.
    """
    before = tradeoff.at(begin)
    best: Point | None = None
    while before.t < begin * LARGEST:
        after = tradeoff.at(8.0 * before.t)
        if still(before.solution.weights, after.solution.weights):
            solution = _of_slope(tradeoff.straight(after.solution.weights), before, after)
            if best is None or solution.certificate.gap < best.solution.certificate.gap:
                best = Point(after.t, solution, after.error)
            if solution.certificate.relative_gap <= PROVED:
                return best
        before = after
    if best is not None:
        return best
    raise NumericalError("the objective has no best value: weights without an upper limit can grow for ever")


def still(first: Vector, second: Vector) -> bool:
    """Whether weights have come to rest."""
    return float(np.abs(first - second).max()) <= SETTLED * float(np.abs(second).max())


def _of_slope(problem: TrackingProblem, before: Point, after: Point) -> Solution:
    """The solution proved as the least of f alone, by the growth of the multipliers."""
    step = after.t - before.t
    row_duals = (after.solution.row_duals - before.solution.row_duals) / step
    bent_duals = (after.solution.bent_duals - before.solution.bent_duals) / step
    n = problem.benchmark.size
    plain = replace(problem, risk=FactorModel(np.zeros((n, 0)), np.zeros(n)))
    measured = measure(plain, after.solution.weights, row_duals, bent_duals)
    return replace(
        after.solution,
        row_duals=measured.row_duals,
        bent_duals=measured.bent_duals,
        reduced_gradient=measured.reduced_gradient,
        certificate=measured.certificate,
    )
