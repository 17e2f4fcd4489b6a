"""The few-dimensional problem for the row multipliers inside one Newton step of the dual."""

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from trackerr_xl.core.arrays import Matrix, Vector

MOST_PIVOTS = 60
BLOCK_PATIENCE = 3
"""Block pivots without progress before pivots become single, which always ends (Murty's rule)."""


def minimise(schur: Matrix, right: Vector, lower: Vector, upper: Vector, signs: Vector) -> Vector | None:
    """Least ½z'Sz − r'z + Σ max(lower z, upper z), by block principal pivoting.

    Parameters
    ----------
    schur : ndarray of shape (m, m)
        S, positive definite.
    right : ndarray of shape (m,)
        r.
    lower, upper : ndarray of shape (m,)
        Row limits, infinite where there is none.
    signs : ndarray of shape (m,)
        First guess of the sign of each z.

    Returns
    -------
    ndarray of shape (m,) or None
        z; None when S is not positive definite to rounding.

    References
    ----------
    .. [1] Júdice and Pires, "A block principal pivoting algorithm for large-scale strictly monotone linear
       complementarity problems", Comput. Oper. Res. 21 (1994).
    """
    sides = signs.copy()
    fewest, patience = right.size + 1, BLOCK_PATIENCE
    slack = 1e-13 * (float(np.abs(right).max()) + 1e-300)
    for _ in range(MOST_PIVOTS):
        solved = _on_sides(schur, right, lower, upper, sides)
        if solved is None:
            return None
        z, residual = solved
        wanted = np.where(residual > upper + slack, 1.0, np.where(residual < lower - slack, -1.0, 0.0))
        mended = np.where(sides == 0, wanted, np.where(sides * z < 0, 0.0, sides))
        wrong = np.flatnonzero(mended != sides)
        if not wrong.size:
            return z
        if wrong.size < fewest:
            fewest, patience = wrong.size, BLOCK_PATIENCE
        elif patience:
            patience -= 1
        else:
            wrong = wrong[-1:]
        sides[wrong] = mended[wrong]
    return z


def _on_sides(
    schur: Matrix, right: Vector, lower: Vector, upper: Vector, sides: Vector
) -> tuple[Vector, Vector] | None:
    """Multipliers when the rows keep the given sides, and what each row then reaches."""
    z = np.zeros(right.size)
    used = np.flatnonzero(sides)
    if not used.size:
        return z, right
    root, failed = dpotrf(schur[np.ix_(used, used)], lower=1, clean=0)
    if failed:
        return None
    limits = np.where(sides[used] > 0, upper[used], lower[used])
    z[used] = dpotrs(root, right[used] - limits, lower=1)[0]
    return z, right - schur[:, used] @ z[used]
