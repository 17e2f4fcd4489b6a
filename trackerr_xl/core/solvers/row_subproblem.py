"""The few-dimensional problem for the row multipliers inside one Newton step of the dual."""

import numpy as np
from scipy.linalg.lapack import dposv

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.magnitude import largest

MOST_PIVOTS = 60
BLOCK_PATIENCE = 3
"""Block pivots without progress before pivots become single, which always ends (Murty's rule)."""


def minimise(
    schur: Matrix, right: Vector, lower: Vector, upper: Vector, ceiling: Vector, guess: Vector
) -> Vector | None:
    """Least ½z'Sz − r'z + Σ max(lower z, upper z) with no z larger than its ceiling, by block principal pivoting.

    Parameters
    ----------
    schur : ndarray of shape (m, m)
        S, positive definite.
    right : ndarray of shape (m,)
        r.
    lower, upper : ndarray of shape (m,)
        Row limits, infinite where there is none.
    ceiling : ndarray of shape (m,)
        Largest size of each z, infinite where there is none.
    guess : ndarray of shape (m,)
        Where to start from; only its signs and what is at its ceiling are read.

    Returns
    -------
    ndarray of shape (m,) or None
        z; None when S is not positive definite to rounding.

    References
    ----------
    .. [1] Júdice and Pires, "A block principal pivoting algorithm for large-scale strictly monotone linear
       complementarity problems", Comput. Oper. Res. 21 (1994).
    """
    # A row is at 0 with z = 0, at ±1 on a limit, at ±2 beyond it with z at its ceiling.
    soft = bool(np.isfinite(ceiling).any())
    sides = np.sign(guess) * (1.0 + (np.abs(guess) >= ceiling))
    fewest, patience = right.size + 1, BLOCK_PATIENCE
    slack = 1e-13 * (largest(right) + 1e-300)
    for _ in range(MOST_PIVOTS):
        solved = _on_sides(schur, right, lower, upper, ceiling, sides)
        if solved is None:
            return None
        z, residual = solved
        wanted = np.where(residual > upper + slack, 1.0, np.where(residual < lower - slack, -1.0, 0.0))
        mended = np.where(sides == 0, wanted, np.where(sides * z < 0, 0.0, sides))
        if soft:
            mended = _with_ceilings(mended, sides, z, wanted, ceiling)
        wrong = (mended != sides).nonzero()[0]
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


def _with_ceilings(mended: Vector, sides: Vector, z: Vector, wanted: Vector, ceiling: Vector) -> Vector:
    """Up to the ceiling where z went beyond it, and back where its row is no longer broken."""
    beyond = (np.abs(sides) == 1.0) & (sides * z > ceiling)
    back = (np.abs(sides) == 2.0) & (wanted * sides <= 0.0)
    return np.where(beyond, 2.0 * sides, np.where(back, 0.5 * sides, mended))


def _on_sides(
    schur: Matrix, right: Vector, lower: Vector, upper: Vector, ceiling: Vector, sides: Vector
) -> tuple[Vector, Vector] | None:
    """Multipliers when the rows keep the given sides, and what each row then reaches."""
    high = np.abs(sides) == 2.0
    z, residual = np.zeros(right.size), right
    if high.any():
        z[high] = np.sign(sides[high]) * ceiling[high]
        residual = right - schur @ z
    used = (np.abs(sides) == 1.0).nonzero()[0]
    if not used.size:
        return z, residual
    columns = schur[used]
    limits = np.where(sides[used] > 0, upper[used], lower[used])
    _, z[used], failed = dposv(columns[:, used], residual[used] - limits, lower=1)
    # The rows of a symmetric matrix are its columns; those of z at a ceiling are in the residual already.
    return None if failed else (z, residual - z[used] @ columns)
