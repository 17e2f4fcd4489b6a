"""The row subproblem of `row_subproblem` for a stack of accounts."""

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix

MOST_PIVOTS = 60
BLOCK_PATIENCE = 3
"""Block pivots without progress before an account's pivots become single."""

Stack = np.ndarray[tuple[int, int, int], np.dtype[np.float64]]


def minimise(schur: Stack, right: Matrix, lower: Matrix, upper: Matrix, guess: Matrix) -> Matrix:
    """Least ½z'Sz − r'z + Σ max(lower z, upper z) of every account, by block principal pivoting.

    Parameters
    ----------
    schur : ndarray of shape (a, r, r)
        S, positive definite.
    right, lower, upper : ndarray of shape (a, r)
        r and the limits, infinite where there is none.
    guess : ndarray of shape (a, r)
        Where to start from; only its signs are read.
    """
    count, rows = right.shape
    sides, z = np.sign(guess), np.zeros((count, rows))
    slack = 1e-13 * (np.abs(right).max(axis=1, keepdims=True) + 1e-300)
    fewest, patience = np.full(count, rows + 1), np.full(count, BLOCK_PATIENCE)
    going = np.arange(count)
    for _ in range(MOST_PIVOTS):
        side, reach = sides[going], right[going]
        matrix = schur if going.size == count else schur[going]
        used = side != 0
        limits = np.where(side > 0, upper[going], np.where(side < 0, lower[going], 0.0))
        here = _solved(matrix, np.where(used, reach - limits, 0.0), used)
        z[going] = here
        residual = reach - np.einsum("aij,aj->ai", matrix, here)
        wrong = side * here < 0
        above = ~used & (residual > upper[going] + slack[going])
        below = ~used & (residual < lower[going] - slack[going])
        bad = wrong | above | below
        number = bad.sum(axis=1)
        if not number.any():
            break
        better = number < fewest[going]
        fewest[going] = np.minimum(fewest[going], number)
        patience[going] = np.where(better, BLOCK_PATIENCE, patience[going] - 1)
        last = rows - 1 - np.argmax(bad[:, ::-1], axis=1)
        alone = np.arange(rows)[None, :] == last[:, None]
        bad &= np.where((patience[going] < 0)[:, None], alone, True)
        mended = np.where(wrong, 0.0, np.where(above, 1.0, -1.0))
        sides[going] = np.where(bad, mended, side)
        going = going[number > 0]
    return z


def _solved(matrix: Stack, goal: Matrix, used: Mask) -> Matrix:
    """Solve each account's system in the rows it uses, zero in the others; only as many as any account uses are met."""
    width = int(used.sum(axis=1).max(initial=0))
    order = np.argsort(~used, axis=1, kind="stable")[:, :width]
    inside = np.take_along_axis(used, order, axis=1)
    small = matrix[np.arange(len(matrix))[:, None, None], order[:, :, None], order[:, None, :]]
    small = np.where(inside[:, :, None] & inside[:, None, :], small, np.eye(width))
    solved = np.linalg.solve(small, np.take_along_axis(goal, order, axis=1)[:, :, None])[:, :, 0]
    everywhere = np.zeros(goal.shape)
    np.put_along_axis(everywhere, order, solved, axis=1)
    return everywhere
