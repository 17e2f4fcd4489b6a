"""The last digits of an answer, where rows and bounds leave the weights little freedom or none.

There the optimality systems of the other methods are nearly singular, and their regularisation leaves rows unmet by a
little. The weights are moved onto near bounds and bends, and onto the rows by least squares; then the multipliers are
fitted to the slope there.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem

FREE = 1e-7
"""A weight this far from its bounds and bends, relative to the largest weight, is free to move; a nearer one is there."""
PRESSING = 1e-9
"""A row whose multiplier is above this share of the largest one counts as an equality."""
CUT = 1e-13
"""Singular values below this share of the largest one are rounding."""
AT_PENALTY = 1e-7
"""A multiplier this near to its row's penalty, relative to it, says that the row is broken and pays."""
MOVES = 3


def onto_limits(
    problem: TrackingProblem, weights: Vector, row_duals: Vector, bent_duals: Vector
) -> tuple[Vector, Vector, Vector]:
    """Weights that meet the limits near them and the rows with multipliers, and multipliers that fit the slope there.

    Parameters
    ----------
    problem : TrackingProblem
        The problem itself, in its own units.
    weights : ndarray of shape (n,)
        An answer nearly right.
    row_duals : ndarray of shape (m,)
        Its multipliers, whose signs say which limit of a row is met.
    bent_duals : ndarray of shape (b,)
        Those of the bent rows.
    """
    margin = FREE * float(np.abs(weights).max(initial=0.0))
    low, high = weights <= problem.lower + margin, weights >= problem.upper - margin
    moved, free = np.where(low, problem.lower, np.where(high, problem.upper, weights)), ~(low | high)
    for row in np.flatnonzero(bent_duals > 0):
        on = free & (problem.bent.bend[row] > 0) & (np.abs(moved - problem.bent.at[row]) <= margin)
        moved[on] = problem.bent.at[row][on]
        free &= ~on
    rows = _rows(problem, moved, row_duals, bent_duals)
    if not (free.any() and rows.used.any()):
        return moved, row_duals, bent_duals
    used = rows.matrix[rows.used]
    for _ in range(MOVES):
        moved[free] += np.linalg.lstsq(used[:, free], rows.limits[rows.used] - used @ moved, rcond=CUT)[0]
    slope = problem.risk.product(moved - problem.benchmark) + problem.linear
    slope += np.where(rows.broken, rows.duals, 0.0) @ rows.matrix
    fitted = np.where(rows.broken, rows.duals, 0.0)
    fitted[rows.used] = np.linalg.lstsq(used[:, free].T, -slope[free], rcond=CUT)[0]
    return moved, fitted[: row_duals.size], fitted[row_duals.size :]


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """All rows as they are around some weights, the bent ones last; `used` press, `broken` pay."""

    matrix: Matrix
    limits: Vector
    duals: Vector
    used: Mask
    broken: Mask


def _rows(problem: TrackingProblem, weights: Vector, row_duals: Vector, bent_duals: Vector) -> _Rows:
    rows, bent = problem.rows, problem.bent
    turned = bent.bend * np.where(weights < bent.at, -1.0, 1.0)
    limits = np.where(row_duals > 0, rows.upper, rows.lower)
    penalty = np.where(rows.hard, np.inf, 0.0 if rows.penalty is None else rows.penalty)
    duals = np.concatenate([row_duals, bent_duals])
    broken = np.abs(duals) >= np.concatenate([penalty, bent.penalty]) * (1.0 - AT_PENALTY)
    return _Rows(
        np.vstack([rows.matrix, bent.slope + turned]),
        np.concatenate([limits, bent.upper + np.einsum("ij,ij->i", turned, bent.at)]),
        duals,
        ~broken & (np.abs(duals) > PRESSING * np.abs(duals).max(initial=0.0)),
        broken,
    )
