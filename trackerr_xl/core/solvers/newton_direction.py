"""The Newton direction of a dual where some multipliers belong to limits: those are solved with their kinks."""

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers import row_subproblem


def direction(
    matrix: Matrix,
    rise: Vector,
    reached: Vector,
    duals: Vector,
    lower: Vector,
    upper: Vector,
    ceiling: Vector,
) -> Vector | None:
    """Change of all multipliers, shape (u + m,); None where the matrix is not positive definite to rounding.

    Parameters
    ----------
    matrix : ndarray of shape (u + m, u + m)
        Newton matrix in column order, lower triangle; overwritten.
    rise : ndarray of shape (u,)
        Slope of the dual along the smooth multipliers, which come first.
    reached, duals : ndarray of shape (m,)
        Left sides of the limits and their multipliers.
    lower, upper, ceiling : ndarray of shape (m,)
        Limits, and the largest size of each multiplier.
    """
    u = rise.size
    root, failed = dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if failed:
        return None
    if not duals.size:
        return np.asarray(dpotrs(root, rise, lower=1)[0])
    # The limits are eliminated last.
    corner, coupling, smooth_root = root[u:, u:], root[u:, :u], root[:u, :u]
    schur = corner @ corner.T
    half = dtrtrs(smooth_root, rise, lower=1)[0] if u else rise
    right = schur @ duals + reached - coupling @ half
    solved = row_subproblem.minimise(schur, right, lower, upper, ceiling, duals)
    if solved is None:
        return None
    change = solved - duals
    rest = dtrtrs(smooth_root, half - coupling.T @ change, lower=1, trans=1)[0] if u else rise
    return np.concatenate([rest, change])
