"""The last digits of an answer, where rows and bounds leave the weights little freedom or none.

There the optimality systems of the other methods are nearly singular, and their regularisation leaves rows unmet by a
little. The weights are moved onto near bounds, and onto the rows by least squares; then the multipliers are fitted to the slope
there.
"""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem

FREE = 1e-7
"""A weight this far from its bounds, relative to the largest weight, is free to move; a nearer one is on its bound."""
PRESSING = 1e-9
"""A row whose multiplier is above this share of the largest one counts as an equality."""
CUT = 1e-13
"""Singular values below this share of the largest one are rounding."""
MOVES = 3


def onto_limits(problem: TrackingProblem, weights: Vector, row_duals: Vector) -> tuple[Vector, Vector]:
    """Weights that meet the bounds near them and the rows with multipliers, and multipliers that fit the slope there.

    Parameters
    ----------
    problem : TrackingProblem
        The problem itself, in its own units.
    weights : ndarray of shape (n,)
        An answer nearly right.
    row_duals : ndarray of shape (m,)
        Its multipliers, whose signs say which limit of a row is met.
    """
    rows = problem.rows
    margin = FREE * float(np.abs(weights).max(initial=0.0))
    low, high = weights <= problem.lower + margin, weights >= problem.upper - margin
    moved = np.where(low, problem.lower, np.where(high, problem.upper, weights))
    free = ~(low | high)
    used = np.abs(row_duals) > PRESSING * np.abs(row_duals).max(initial=0.0)
    if not (free.any() and used.any()):
        return moved, row_duals
    part = rows.matrix[used][:, free]
    limits = np.where(row_duals > 0, rows.upper, rows.lower)[used]
    for _ in range(MOVES):
        moved[free] += np.linalg.lstsq(part, limits - rows.matrix[used] @ moved, rcond=CUT)[0]
    slope = problem.risk.product(moved - problem.benchmark)
    fitted = np.zeros_like(row_duals)
    fitted[used] = np.linalg.lstsq(part.T, -slope[free], rcond=CUT)[0]
    return moved, fitted
