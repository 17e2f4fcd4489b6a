"""Rows that speak of one name of a few are bounds, and those that speak of none are nothing: a problem without them."""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Vector
from trackerr_xl.core.problem import TrackingProblem

_AT = 1e-9
"""How near to a bound a weight is at it."""


@dataclass(frozen=True, slots=True, eq=False)
class FewerRows:
    """A problem whose rows each speak of two names at least.

    Parameters
    ----------
    problem : TrackingProblem
        The problem.
    kept : ndarray of shape (m,)
        Which rows it has kept.
    singles, names : ndarray of shape (s,)
        Rows that became bounds, and the name each speaks of.
    coefficients : ndarray of shape (s,)
        Its coefficient there.
    lower, upper : ndarray of shape (s,)
        The bounds that they became.
    """

    problem: TrackingProblem
    kept: Mask
    singles: Indices
    names: Indices
    coefficients: Vector
    lower: Vector
    upper: Vector

    def pulls(self, weights: Vector, gradient: Vector) -> tuple[Indices, Vector]:
        """Rows at whose bound a weight stands, and the multipliers that take the slope away there."""
        at = weights[self.names]
        tight = (np.abs(at - self.lower) <= _AT) | (np.abs(at - self.upper) <= _AT)
        return self.singles[tight], -gradient[self.names[tight]] / self.coefficients[tight]


def fewer_rows(problem: TrackingProblem) -> FewerRows | None:
    """Turn rows on one name into bounds; None where a row or its bound cannot hold.

    Parameters
    ----------
    problem : TrackingProblem
        Without soft rows.
    """
    matrix, low, high = problem.rows.matrix, problem.rows.lower, problem.rows.upper
    count = np.count_nonzero(matrix, axis=1)
    if ((count == 0) & ((low > _AT) | (high < -_AT))).any():
        return None
    singles = np.flatnonzero(count == 1)
    names = np.argmax(matrix[singles] != 0.0, axis=1)
    coefficients = matrix[singles, names]
    ends = np.sort(np.stack([low[singles] / coefficients, high[singles] / coefficients]), axis=0)
    lower, upper = problem.lower.copy(), problem.upper.copy()
    np.maximum.at(lower, names, ends[0])
    np.minimum.at(upper, names, ends[1])
    if (lower > upper + _AT).any():
        return None
    kept = count > 1
    rows = problem.rows
    reduced = replace(
        problem,
        lower=np.minimum(lower, upper),
        upper=upper,
        rows=replace(
            rows,
            matrix=matrix[kept],
            lower=low[kept],
            upper=high[kept],
            labels=tuple(label for label, keep in zip(rows.labels, kept.tolist(), strict=True) if keep),
        ),
    )
    return FewerRows(reduced, kept, singles, names, coefficients, ends[0], ends[1])
