"""What limits cost: the multiplier of each binding limit, where the answer determines it.

Where binding limits overlap, as budget and sectors that are all held, many sets of multipliers prove the same answer.
A multiplier is the limit's own price only if it is the same in all of them: if no combination of binding rows that
vanishes on the free weights contains it.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.problem import LinearRows
from trackerr_xl.core.solution import Solution

_DEPENDENT = 1e-8
"""Rows of length one depend on one another where their Gram matrix has an eigenvalue no larger than this."""
_PART = 1e-6
"""A row or weight takes part in a dependence with a coefficient above this."""
_NOTHING = 1e-7
"""Multipliers below this share of the largest slope are rounding."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Derivatives of half the active variance with respect to limits, fraction squared per period.

    Parameters
    ----------
    rows : tuple of float or None, length m
        Positive at an upper limit, zero for a row that does not bind or costs nothing, None where other limits could
        stand in for it.
    bounds : tuple of float or None, length n
        The same for the limits of each weight: positive where its lower limit costs, negative where its upper does.
    """

    rows: tuple[float | None, ...]
    bounds: tuple[float | None, ...]


def prices(solution: Solution, rows: LinearRows, binding: Mask, free: Mask) -> Prices:
    """The multipliers of a solution, those that are determined.

    Parameters
    ----------
    solution : Solution
        With its multipliers.
    rows : LinearRows
        The m rows it obeys.
    binding : ndarray of bool, shape (m,)
        Rows at a limit.
    free : ndarray of bool, shape (n,)
        Weights strictly between their limits.
    """
    matrix = rows.matrix[binding]
    # Rows of durations beside rows of ones are compared at one length.
    length = np.linalg.norm(matrix, axis=1)
    unit = matrix / np.where(length > 0.0, length, 1.0)[:, None]
    dependence = _vanishing(unit[:, free])
    own = np.ones(binding.size, dtype=np.bool_)
    own[binding] = np.linalg.norm(dependence, axis=1) <= _PART
    own_bounds = np.linalg.norm(dependence.T @ unit, axis=0) <= _PART
    slope = solution.reduced_gradient - rows.matrix.T @ solution.row_duals
    nothing = _NOTHING * float(np.abs(slope).max(initial=0.0))
    pull = solution.row_duals * np.abs(rows.matrix).max(axis=1, initial=0.0)
    return Prices(
        _where(own, np.where(np.abs(pull) > nothing, solution.row_duals, 0.0)),
        _where(
            own_bounds, np.where(np.abs(solution.reduced_gradient) > nothing, solution.reduced_gradient, 0.0)
        ),
    )


def _vanishing(rows: Matrix) -> Matrix:
    """Orthonormal combinations of rows that vanish, shape (rows, combinations)."""
    values, vectors = np.linalg.eigh(rows @ rows.T)
    return np.asarray(vectors[:, values <= _DEPENDENT])


def _where(own: Mask, multipliers: Vector) -> tuple[float | None, ...]:
    return tuple(
        value if determined else None
        for value, determined in zip(multipliers.tolist(), own.tolist(), strict=True)
    )
