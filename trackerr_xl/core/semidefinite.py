"""Check that a matrix is a covariance: finite, symmetric, positive semidefinite."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg.lapack import dpotrf

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.threads import one_thread
from trackerr_xl.core.words import shorten
from trackerr_xl.errors import MatrixError, ShapeError

SYMMETRY = 1e-8
"""Largest difference across the diagonal, relative to the largest entry, that counts as rounding."""
SEMIDEFINITE = 1e-9
"""Negative eigenvalues above minus this share of the largest count as rounding."""
LARGEST = 1e100
"""Squares and sums of larger variances overflow; no return has one."""
SMALLEST = 1e-250
"""Products of smaller variances with tolerances lose their digits, down to nothing."""


def checked_covariance(matrix: Matrix, argument: str) -> Matrix:
    """The matrix itself, averaged with its transpose if rounding made them differ.

    Raises
    ------
    ShapeError
        If it is not square.
    MatrixError
        As `symmetric_covariance`, or if it has an eigenvalue below −1e-9 of its largest one.
    """
    matrix = symmetric_covariance(matrix, argument)
    largest = float(matrix.max(initial=0.0))
    if 0.0 < largest < SMALLEST:
        raise MatrixError(
            f"holds nothing above {largest:.3g}, must be zero or above {SMALLEST:g}", argument=argument
        )
    _refuse_indefinite(matrix, argument)
    return matrix


def symmetric_covariance(matrix: Matrix, argument: str, names: Sequence[str] | None = None) -> Matrix:
    """The matrix itself, averaged with its transpose if rounding made them differ; it may be indefinite.

    Places are given in `names` if there are any.

    Raises
    ------
    ShapeError
        If it is not square.
    MatrixError
        If it has a number that is not finite or beyond reason, a variance below zero, or differs across the diagonal
        by more than 1e-8 of its largest entry.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        shape = " x ".join(str(length) for length in matrix.shape)
        raise ShapeError(f"is {shape}, must be square", argument=argument)
    size = max(float(matrix.max(initial=0.0)), -float(matrix.min(initial=0.0)))
    if not np.isfinite(size):
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise MatrixError(
            "is not a finite number, must be one", argument=argument, at=_place(int(row), int(column), names)
        )
    if size > LARGEST:
        raise MatrixError(f"holds {size:.3g}, must hold nothing above {LARGEST:g}", argument=argument)
    _refuse_negative_variance(matrix, argument, names)
    return _symmetric(matrix, size, argument, names)


def _place(row: int, column: int, names: Sequence[str] | None) -> str:
    if names is None:
        return f"row {row + 1}, column {column + 1}"
    return f"{shorten(names[row])} with {shorten(names[column])}"


def _symmetric(matrix: Matrix, size: float, argument: str, names: Sequence[str] | None) -> Matrix:
    difference = matrix - matrix.T
    largest = float(difference.max(initial=0.0))
    if largest == 0.0:
        return matrix
    if largest > SYMMETRY * size:
        row, column = np.unravel_index(int(difference.argmax()), matrix.shape)
        here, there = matrix[row, column], matrix[column, row]
        raise MatrixError(
            f"is {here:.6g} but its mirror image is {there:.6g}, they must be equal",
            argument=argument,
            at=_place(int(row), int(column), names),
        )
    return np.asarray(0.5 * (matrix + matrix.T))


def _refuse_negative_variance(matrix: Matrix, argument: str, names: Sequence[str] | None) -> None:
    diagonal = matrix.diagonal()
    if diagonal.min(initial=0.0) < 0:
        at = int(diagonal.argmin())
        raise MatrixError(
            f"is the variance {diagonal[at]:.6g}, must be zero or more",
            argument=argument,
            at=_place(at, at, names),
        )


def _refuse_indefinite(matrix: Matrix, argument: str) -> None:
    if not matrix.any():
        return
    diagonal = matrix.diagonal()
    lifted = np.array(matrix.T, order="F")
    # The ridge follows each variance, so that a bond beside a share is judged on its own scale.
    mean = float(diagonal.mean())
    lifted.flat[:: lifted.shape[0] + 1] += (
        0.1 * SEMIDEFINITE * np.maximum(diagonal, 1e-6 * mean) / mean * mean
    )
    # On a loaded machine four threads took 550 ms for the 2 ms of n = 500.
    with one_thread():
        _, failed = dpotrf(lifted, lower=1, clean=0, overwrite_a=1)
        if not failed:
            return
        values = np.linalg.eigvalsh(matrix)
    if values[0] < -SEMIDEFINITE * values[-1]:
        raise MatrixError(f"has a negative eigenvalue, {values[0]:.6g}, must have none", argument=argument)
