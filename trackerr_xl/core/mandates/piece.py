"""One straight piece of the trade-off between risk and return: the limits that hold, and how far they do."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel

ON_LIMIT = 1e-9
"""A weight this near its limit, relative to the largest weight, stands on it."""
PROVED = 1e-9
"""Largest breach of a condition, relative."""
DEPENDENT = 1e-12
"""Rows depend on one another where their Schur complement has an eigenvalue below this share of the largest."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Which limits hold: −1 the lower one, 1 the upper one, 0 none, 2 both being one.

    Parameters
    ----------
    sides : ndarray of int, shape (n + m,)
        Of the names, then of the rows.
    """

    sides: Indices

    @classmethod
    def of(cls, problem: TrackingProblem, names: Vector, rows: Vector) -> "Held":
        """The limits that hold names and rows."""
        sides = np.concatenate([names, rows]).astype(np.intp)
        sides[_ends(problem.lower, problem.rows.lower) == _ends(problem.upper, problem.rows.upper)] = 2
        return cls(sides)

    def after(self, hit: int) -> "Held":
        """The limits once the condition of a place no longer holds: a free quantity is held, a held one let go."""
        sides = self.sides.copy()
        at = hit % sides.size
        sides[at] = (-1 if hit < sides.size else 1) if sides[at] == 0 else 0
        return Held(sides)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Weights base + t · direction, and the conditions value + t · slope ≥ 0 under which they are the best.

    Parameters
    ----------
    base, direction : ndarray of shape (n,)
        Weights.
    value, slope : ndarray of shape (2 (n + m),)
        Room towards the lower limit of what is free, pull of what is held there; the same of upper limits; endless
        where there is no condition.
    size : ndarray of shape (2 (n + m),)
        What a breach is measured against.
    held : Held
        The limits.
    """

    base: Vector
    direction: Vector
    value: Vector
    slope: Vector
    size: Vector
    held: Held

    def at(self, t: float) -> Vector:
        """Weights."""
        return self.base + t * self.direction

    def holds_at(self, t: float) -> bool:
        """Whether the weights are the best at t."""
        return bool((self.value + t * self.slope >= -PROVED * max(1.0, t) * self.size).all())

    def reach(self, t: float) -> tuple[float, int]:
        """The t up to which the weights are the best, and the place of the condition that ends there."""
        falling = self.slope < -1e-13 * self.size
        where = np.full(self.value.size, np.inf)
        where[falling] = -self.value[falling] / self.slope[falling]
        hit = int(where.argmin())
        return max(float(where[hit]), t), hit

    def since(self, t: float) -> float:
        """The t from which on the weights are the best."""
        rising = self.slope > 1e-13 * self.size
        where = -self.value[rising] / self.slope[rising]
        return min(float(where.max(initial=0.0)), t)


def line_of(problem: TrackingProblem, alpha: Vector, held: Held) -> Line | None:
    """The line on which weights move while the same limits hold, None where these do not determine it."""
    n, rows = problem.benchmark.size, problem.rows
    free, bound = np.flatnonzero(held.sides[:n] == 0), held.sides[n:] != 0
    start = np.where(held.sides[:n] == 1, problem.upper, problem.lower)
    start[free] = 0.0
    limits = np.where(held.sides[n:] == -1, rows.lower, rows.upper)[bound]
    matrix = rows.matrix[bound]
    pull = problem.risk.product(start - problem.benchmark)
    right = np.column_stack([-pull[free], alpha[free]])
    fixed = np.column_stack([limits - matrix @ start, np.zeros(limits.size)])
    answer = _saddle(problem.risk.part(free), matrix[:, free], right, fixed)
    if answer is None:
        return None
    moved, own = answer
    direction, duals = np.zeros(n), np.zeros((rows.lower.size, 2))
    start[free], direction[free], duals[bound] = moved[:, 0], moved[:, 1], own
    return _with_conditions(problem, alpha, held, start, direction, duals)


def _with_conditions(
    problem: TrackingProblem, alpha: Vector, held: Held, base: Vector, direction: Vector, duals: Matrix
) -> Line:
    rows, sides = problem.rows, held.sides
    pulls = rows.matrix.T @ duals
    gradient = problem.risk.product(base - problem.benchmark) + pulls[:, 0]
    growth = problem.risk.product(direction) - alpha + pulls[:, 1]
    lower, upper = _ends(problem.lower, rows.lower), _ends(problem.upper, rows.upper)
    place, move = _ends(base, rows.matrix @ base), _ends(direction, rows.matrix @ direction)
    pull, change = _ends(gradient, -duals[:, 0]), _ends(growth, -duals[:, 1])
    free, low, high = sides == 0, sides == -1, sides == 1
    value = np.concatenate([np.full(sides.size, np.inf)] * 2)
    slope = np.zeros(2 * sides.size)
    with_lower, with_upper = free & np.isfinite(lower), free & np.isfinite(upper)
    below, above = value[: sides.size], value[sides.size :]
    below[with_lower], above[with_upper] = (place - lower)[with_lower], (upper - place)[with_upper]
    below[low], above[high] = pull[low], -pull[high]
    down, up = slope[: sides.size], slope[sides.size :]
    down[with_lower], up[with_upper] = move[with_lower], -move[with_upper]
    down[low], up[high] = change[low], -change[high]
    return Line(base, direction, value, slope, np.tile(_sizes(problem, sides, base), 2), held)


def _sizes(problem: TrackingProblem, sides: Indices, base: Vector) -> Vector:
    largest, variance = float(np.abs(base).max()), float(problem.risk.diagonal().mean())
    of_rows = problem.rows.sizes
    room = _ends(np.full(base.size, largest), largest * of_rows)
    pull = _ends(np.full(base.size, variance), variance / of_rows)
    return np.where(sides == 0, room, pull)


def _saddle(risk: RiskModel, rows: Matrix, right: Matrix, fixed: Matrix) -> tuple[Matrix, Matrix] | None:
    """The solution of [Σ rows'; rows 0] [x; y] = [right; fixed]; rows may depend on one another."""
    if not risk.size:
        return None
    both = _inverse_times(risk, np.column_stack([right, rows.T]))
    if both is None:
        return None
    plain, spread = both[:, :2], both[:, 2:]
    values, vectors = np.linalg.eigh(rows @ spread)
    kept = values > DEPENDENT * values.max(initial=0.0)
    inverse = vectors[:, kept] / values[kept] @ vectors[:, kept].T
    duals = inverse @ (rows @ plain - fixed)
    moved = plain - spread @ duals
    if int(kept.sum()) == risk.size:
        # As many rows as weights: these cannot move, and what is left of a move is rounding.
        moved[:, 1] = 0.0
    return moved, duals


def _inverse_times(risk: RiskModel, columns: Matrix) -> Matrix | None:
    """Σ⁻¹ times some columns, None where Σ is singular."""
    if isinstance(risk, FactorModel) and risk.specific.min() > 0.0:
        # The identity of Sherman, Morrison and Woodbury: only a matrix of the factors is factored.
        light = risk.loadings / risk.specific[:, None]
        inner = np.eye(risk.loadings.shape[1]) + risk.loadings.T @ light
        return np.asarray(
            columns / risk.specific[:, None] - light @ np.linalg.solve(inner, light.T @ columns)
        )
    if isinstance(risk, FactorModel):
        matrix = risk.loadings @ risk.loadings.T + np.diag(risk.specific)
    else:
        assert isinstance(risk, DenseCovariance)
        matrix = risk.matrix
    try:
        factor = cho_factor(matrix, lower=True, check_finite=False)
    except LinAlgError:
        return None
    return np.asarray(cho_solve(factor, columns, check_finite=False))


def _ends(names: Vector, rows: Vector) -> Vector:
    return np.concatenate([names, rows])
