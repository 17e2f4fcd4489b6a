"""Measure an answer on the problem itself, by code that no solver shares.

For any multipliers y and any w in the box, convexity bounds how much lower the half active variance can be:

    f(w) − f* ≤ Σᵢ maxₓ gᵢ(wᵢ − x) + Σⱼ yⱼ(limitⱼ − (Rw)ⱼ),   g = Σ(w − b) + R'y,

the first maximum over x in the box, `limitⱼ` the one that the sign of yⱼ points at. The bound needs nothing to be
optimal, so it proves an answer whoever made it.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Certificate

SMALLEST_VARIANCE_SHARE = 1e-5
"""Active variances below this share of the mean variance count as this much in relative gaps."""
SMALLEST_SLOPE_SHARE = 1e-4
"""The same for slopes in relative residuals."""
WIDEST = 1e3
"""An infinite limit counts as this many times the largest holding in the bound, which needs a bounded box."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The proof with the quantities it was made from.

    Parameters
    ----------
    certificate : Certificate
        The proof.
    active_variance : float
        (w − b)'Σ(w − b).
    reduced_gradient : ndarray of shape (n,)
        g: zero where a weight is free, positive at its lower limit, negative at its upper one.
    """

    certificate: Certificate
    active_variance: float
    reduced_gradient: Vector


def measure(problem: TrackingProblem, weights: Vector, row_duals: Vector) -> Measured:
    """Violation, rigorous gap and stationarity of weights that lie inside the box."""
    rows = problem.rows
    active = weights - problem.benchmark
    slope = problem.risk.product(active)
    pull = rows.matrix.T @ row_duals
    gradient = slope + pull
    reached = rows.matrix @ weights
    # Half the gap's definition doubles as the solver's objective; the certificate speaks of the whole variance.
    gap = 2.0 * (_box_gap(problem, weights, gradient) + _row_gap(problem, reached, row_duals))
    mean = float(problem.risk.diagonal().mean())
    variance = max(float(active @ slope), 0.0)
    certificate = Certificate(
        violation=violation(problem, weights),
        gap=max(gap, 0.0),
        relative_gap=_ratio(abs(gap), max(variance, SMALLEST_VARIANCE_SHARE * mean)),
        stationarity=_stationarity(problem, weights, gradient, slope, pull, mean),
    )
    return Measured(certificate, variance, gradient)


def violation(problem: TrackingProblem, weights: Vector) -> float:
    """Largest breach of any limit; of a row, in units of its largest coefficient."""
    rows = problem.rows
    reached = rows.matrix @ weights
    size = np.abs(rows.matrix).max(axis=1, initial=0.0)
    breach = np.maximum(reached - rows.upper, rows.lower - reached) / np.where(size > 0, size, 1.0)
    outside = np.maximum(weights - problem.upper, problem.lower - weights)
    return max(float(breach.max(initial=0.0)), float(outside.max(initial=0.0)))


def _box_gap(problem: TrackingProblem, weights: Vector, gradient: Vector) -> float:
    far = WIDEST * (1.0 + float(np.abs(weights).max()))
    best = np.where(gradient > 0, np.maximum(problem.lower, -far), np.minimum(problem.upper, far))
    return float(gradient @ (weights - best))


def _row_gap(problem: TrackingProblem, reached: Vector, row_duals: Vector) -> float:
    used = row_duals != 0
    limits = np.where(row_duals > 0, problem.rows.upper, problem.rows.lower)
    return float(row_duals[used] @ (limits - reached)[used])


def _stationarity(
    problem: TrackingProblem, weights: Vector, gradient: Vector, slope: Vector, pull: Vector, mean: float
) -> float:
    """Largest |w − clip(w − g/σ², box)|·σ² over the largest slope: the natural residual of the conditions."""
    if mean == 0:
        return float(np.abs(gradient).max())
    stepped = np.clip(weights - gradient / mean, problem.lower, problem.upper)
    size = max(float(np.abs(slope).max()), float(np.abs(pull).max()), SMALLEST_SLOPE_SHARE * mean)
    return float(np.abs(weights - stepped).max()) * mean / size


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else part
