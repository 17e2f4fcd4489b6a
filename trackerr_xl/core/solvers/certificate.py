"""Measure an answer on the problem itself, by code that no solver shares.

For any multipliers y of the linear rows, any η ≥ 0 of the bent rows and any w in the box, convexity bounds how much
lower the objective F can be, F being half the active variance, the linear term and the price p of every breach:

    F(w) − F* ≤ Σᵢ (hᵢ(wᵢ) − minₓ hᵢ(x)) + Σⱼ (pⱼ breachⱼ(w) − yⱼ((Rw)ⱼ − limitⱼ)) + the same of bent rows,
    hᵢ(x) = gᵢx + Σₖ ηₖ bendₖᵢ abs(x − atₖᵢ),   g = Σ(w − b) + linear + R'y + Σₖ ηₖ slopeₖ,

the minimum over x in the box, so at a bend or at an end; `limitⱼ` the one that the sign of yⱼ points at; multipliers of
soft rows no larger than their penalties. The bound needs nothing to be optimal, so it proves an answer whoever made
it.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Certificate

SMALLEST_VARIANCE_SHARE = 1e-5
"""Active variances below this share of the mean variance count as this much in relative gaps."""
SMALLEST_VALUE_SHARE = 1e-6
"""So do values below this share of the steepest priced slope, per unit of weight."""
SMALLEST_SLOPE_SHARE = 1e-4
"""The same for slopes in relative residuals, as a share of the mean variance."""
WIDEST = 1e3
"""An infinite limit counts as this many times the largest holding in the bound, which needs a bounded box."""
AT_BEND = 1e-12
"""A weight this close to a bend, relative to one plus its size, stands on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The proof with the quantities it was made from.

    Parameters
    ----------
    certificate : Certificate
        The proof.
    active_variance : float
        (w − b)'Σ(w − b).
    row_duals, bent_duals : ndarray
        The multipliers, brought to where they may be: of a soft row within its penalty, of a bent row at least zero,
        of none towards a limit that is not there.
    reduced_gradient : ndarray of shape (n,)
        Multiplier of each weight's own limits, as in `Solution`.
    """

    certificate: Certificate
    active_variance: float
    row_duals: Vector
    bent_duals: Vector
    reduced_gradient: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Bends:
    """The functions hᵢ of the bent rows with a multiplier.

    Parameters
    ----------
    weight : ndarray of shape (k, n)
        Multiplier times bend.
    at : ndarray of shape (k, n)
        Where they bend.
    """

    weight: Matrix
    at: Matrix

    def height(self, x: Vector) -> Vector:
        """Sum of the distances, shape (n,)."""
        return np.asarray(np.einsum("ij,ij->j", self.weight, np.abs(x - self.at)))


def measure(problem: TrackingProblem, weights: Vector, row_duals: Vector, bent_duals: Vector) -> Measured:
    """Violation, rigorous gap and stationarity of weights that lie inside the box."""
    row_duals, bent_duals = _admissible(problem, row_duals, bent_duals)
    active = weights - problem.benchmark
    pull = problem.rows.matrix.T @ row_duals
    product = problem.risk.product(active)
    slope = product + problem.linear
    gradient = slope + pull
    bends: _Bends | None = None
    if bent_duals.any():
        used = bent_duals > 0.0
        gradient = gradient + bent_duals @ problem.bent.slope
        bends = _Bends(bent_duals[used, None] * problem.bent.bend[used], problem.bent.at[used])
    # Half the gap's definition doubles as the solver's objective; the certificate speaks of the whole variance.
    gap = 2.0 * (
        _box_gap(problem, weights, gradient, bends) + _limits_gap(problem, weights, row_duals, bent_duals)
    )
    mean = float(problem.risk.diagonal().mean())
    variance = max(float(active @ product), 0.0)
    steepest = max(float(np.abs(slope).max()), float(np.abs(pull).max()), SMALLEST_SLOPE_SHARE * mean)
    if bends is not None:
        steepest = max(steepest, float(bends.weight.max()))
    certificate = Certificate(
        violation=violation(problem, weights),
        gap=max(gap, 0.0),
        relative_gap=_ratio(abs(gap), _scale(problem, weights, variance, mean, bends)),
        stationarity=_stationarity(problem, weights, gradient, bends, mean, steepest),
    )
    return Measured(certificate, variance, row_duals, bent_duals, _reduced(weights, gradient, bends))


def violation(problem: TrackingProblem, weights: Vector) -> float:
    """Largest breach of any limit that must hold; of a row, in units of its largest coefficient."""
    rows, bent = problem.rows, problem.bent
    outside = np.maximum(weights - problem.upper, problem.lower - weights)
    worst = max(float(outside.max(initial=0.0)), _breach(rows.breaches(weights), rows.sizes, rows.hard))
    if not bent.upper.size:
        return worst
    return max(worst, _breach(bent.breaches(weights), bent.sizes, bent.hard))


def _breach(breaches: Vector, sizes: Vector, hard: Mask) -> float:
    return float((breaches / sizes)[hard].max(initial=0.0))


def _admissible(problem: TrackingProblem, row_duals: Vector, bent_duals: Vector) -> tuple[Vector, Vector]:
    rows = problem.rows
    nowhere = np.isinf(np.where(row_duals > 0.0, rows.upper, rows.lower))
    row_duals = np.where(nowhere, 0.0, row_duals)
    if rows.penalty is not None:
        row_duals = np.clip(row_duals, -rows.penalty, rows.penalty)
    return row_duals, np.clip(bent_duals, 0.0, problem.bent.penalty)


def _box_gap(problem: TrackingProblem, weights: Vector, gradient: Vector, bends: _Bends | None) -> float:
    far = WIDEST * (1.0 + float(np.abs(weights).max()))
    lower, upper = np.maximum(problem.lower, -far), np.minimum(problem.upper, far)
    best = np.where(gradient > 0, lower, upper)
    if bends is None:
        return float(gradient @ (weights - best))
    here = bends.height(weights)
    # Differences first: the two values are large beside what they differ by.
    most = np.maximum.reduce(
        [
            gradient * (weights - place) + (here - bends.height(place))
            for place in (lower, upper, *np.clip(bends.at, lower, upper))
        ]
    )
    return float(most.sum())


def _limits_gap(problem: TrackingProblem, weights: Vector, row_duals: Vector, bent_duals: Vector) -> float:
    used = row_duals != 0
    limits = np.where(row_duals > 0, problem.rows.upper, problem.rows.lower)
    gap = float(row_duals[used] @ (limits - problem.rows.matrix @ weights)[used])
    if bent_duals.any():
        gap += float(bent_duals @ (problem.bent.upper - problem.bent.reached(weights)))
    return gap + problem.price_of_breaches(weights)


def _scale(
    problem: TrackingProblem, weights: Vector, variance: float, mean: float, bends: _Bends | None
) -> float:
    """What the gap is compared with, fraction squared per period."""
    scale = max(variance, SMALLEST_VARIANCE_SHARE * mean, 2.0 * problem.price_of_breaches(weights))
    if bends is not None:
        scale = max(scale, SMALLEST_VALUE_SHARE * float(bends.weight.max()))
    if problem.linear.any():
        gained = 2.0 * abs(float(problem.linear @ (weights - problem.benchmark)))
        scale = max(scale, gained, SMALLEST_VALUE_SHARE * float(np.abs(problem.linear).max()))
    return scale


def _stationarity(
    problem: TrackingProblem,
    weights: Vector,
    gradient: Vector,
    bends: _Bends | None,
    mean: float,
    steepest: float,
) -> float:
    """Largest |w − prox(w − g/σ²)|·σ² over the largest slope: the natural residual of the conditions."""
    if steepest == 0.0:
        return 0.0
    unit = mean if mean > 0.0 else steepest
    stepped = weights - gradient / unit
    if bends is not None:
        stepped = _prox(stepped, bends.weight / unit, bends.at)
    stepped = np.clip(stepped, problem.lower, problem.upper)
    return float(np.abs(weights - stepped).max()) * unit / steepest


def _prox(x: Vector, weight: Matrix, at: Matrix) -> Vector:
    """Where ½(z − x)² + Σₖ weightₖ abs(z − atₖ) is least over z: the median of bends and shifted points [1]_.

    References
    ----------
    .. [1] Li and Osher, "A new median formula with applications to PDE based denoising", Communications in
       Mathematical Sciences 7 (2009).
    """
    order = np.argsort(at, axis=0)
    at, weight = np.take_along_axis(at, order, axis=0), np.take_along_axis(weight, order, axis=0)
    passed = np.vstack([np.zeros_like(x), np.cumsum(weight, axis=0)])
    return np.asarray(np.median(np.vstack([at, x + passed[-1] - 2.0 * passed]), axis=0))


def _reduced(weights: Vector, gradient: Vector, bends: _Bends | None) -> Vector:
    """Of the slopes that a weight on a bend may take, the one nearest to zero."""
    if bends is None:
        return gradient
    distance = weights - bends.at
    on = np.abs(distance) <= AT_BEND * (1.0 + np.abs(weights))
    beside = gradient + np.where(on, 0.0, bends.weight * np.sign(distance)).sum(axis=0)
    room = np.where(on, bends.weight, 0.0).sum(axis=0)
    return np.asarray(np.sign(beside) * np.maximum(np.abs(beside) - room, 0.0))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else part
