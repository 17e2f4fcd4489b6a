"""The positive semidefinite matrix nearest to one that is not."""

from collections.abc import Callable

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.threads import one_thread
from trackerr_xl.errors import MatrixError, NumericalError

_FOUND = 1e-13
"""Largest distance of the diagonal from one at which the nearest correlations are found, before the last scaling."""
_ENOUGH = 1e-9
"""The same where rounding allows no better."""
_LARGEST = 1e6
"""Correlations beyond are a mistake in the variances."""
_STEPS = 100
_INNER = 500


def nearest_covariance(matrix: Matrix) -> Matrix:
    """The nearest positive semidefinite matrix in Frobenius norm, variances free: negative eigenvalues become zero.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric.

    References
    ----------
    .. [1] N. J. Higham, "Computing a Nearest Symmetric Positive Semidefinite Matrix", *Linear Algebra and its
       Applications* 103, 1988.
    """
    values, vectors = np.linalg.eigh(matrix)
    return _positive_part(values, vectors)


def nearest_correlations(matrix: Matrix) -> Matrix:
    """Variances kept, the correlations replaced by the nearest that can exist together.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric, no variance below zero. What has no variance is left without covariances.
    """
    return _rescaled(matrix, nearest_correlation)


def clipped_correlations(matrix: Matrix) -> Matrix:
    """Variances kept, negative eigenvalues of the correlations set to zero and the diagonal scaled back.

    Near, but not nearest. Parameters as `nearest_correlations`.
    """
    return _rescaled(matrix, lambda correlation: _to_ones(nearest_covariance(correlation)))


def nearest_correlation(matrix: Matrix) -> Matrix:
    r"""The nearest correlation matrix in Frobenius norm.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric, ones on the diagonal.

    Raises
    ------
    NumericalError
        If it is not found to 1e-9.

    Notes
    -----
    It is Higham's problem, solved by Newton's method on its dual: least :math:`\frac12\|(G + \mathrm{diag}\,y)_+\|^2 - \sum y` over y.

    References
    ----------
    .. [1] N. J. Higham, "Computing the Nearest Correlation Matrix: A Problem from Finance", *IMA Journal of Numerical
       Analysis* 22, 2002, 329–343.
    .. [2] H. Qi and D. Sun, "A Quadratically Convergent Newton Method for Computing the Nearest Correlation Matrix",
       *SIAM Journal on Matrix Analysis and Applications* 28, 2006.
    """
    # Dozens of small products: on a loaded machine four threads took 15 s for the 0.5 s of n = 500.
    with one_thread():
        return _found(matrix)


def _found(matrix: Matrix) -> Matrix:
    shift = np.zeros(len(matrix))
    dual, slope, values, vectors = _dual(matrix, shift)
    for _ in range(_STEPS):
        if np.abs(slope).max() <= _FOUND:
            break
        step = _newton_step(slope, values, vectors)
        length, descent = 1.0, float(slope @ step)
        tried = _dual(matrix, shift + step)
        # Near the end the dual no longer tells two steps apart; its slope still does.
        while (
            tried[0] > dual + 1e-4 * length * descent and np.abs(tried[1]).max() > 0.5 * np.abs(slope).max()
        ):
            length *= 0.5
            if length < 1e-6:
                break
            tried = _dual(matrix, shift + length * step)
        if length < 1e-6:
            break
        shift = shift + length * step
        dual, slope, values, vectors = tried
    if np.abs(slope).max() > _ENOUGH:
        raise NumericalError(f"is found to {np.abs(slope).max():.2g} only", argument="cov")
    return _to_ones(_positive_part(values, vectors))


def _dual(matrix: Matrix, shift: Vector) -> tuple[float, Vector, Vector, Matrix]:
    """Value and slope of the dual, and the eigenvalues and eigenvectors they come of."""
    values, vectors = np.linalg.eigh(matrix + np.diag(shift))
    positive = np.maximum(values, 0.0)
    slope = np.einsum("ij,j,ij->i", vectors, positive, vectors) - 1.0
    return 0.5 * float(positive @ positive) - float(shift.sum()), slope, values, vectors


def _newton_step(slope: Vector, values: Vector, vectors: Matrix) -> Vector:
    """Newton's step by conjugate gradients; a matrix is never made of the second derivatives."""
    weights = _divided_differences(values)
    ridge = min(1e-8, float(np.abs(slope).max()))

    def product(x: Vector) -> Vector:
        inner = weights * (vectors.T @ (x[:, None] * vectors))
        return np.asarray(np.einsum("ij,ij->i", vectors @ inner, vectors) + ridge * x)

    step, residual = np.zeros_like(slope), -slope
    direction, size = residual.copy(), float(residual @ residual)
    stop = min(1e-2, float(np.sqrt(size))) ** 2 * size
    for _ in range(_INNER):
        image = product(direction)
        length = size / float(direction @ image)
        step = step + length * direction
        residual = residual - length * image
        previous, size = size, float(residual @ residual)
        if size <= stop:
            break
        direction = residual + size / previous * direction
    return step


def _divided_differences(values: Vector) -> Matrix:
    """How fast the positive part of a matrix follows it, between each two of its eigenvalues."""
    positive = np.maximum(values, 0.0)
    gap = values[:, None] - values[None, :]
    alike = np.abs(gap) <= 1e-14 * max(float(np.abs(values).max()), 1e-300)
    both = (values > 0.0).astype(np.float64)[:, None] * np.ones_like(gap)
    return np.where(alike, both, (positive[:, None] - positive[None, :]) / np.where(alike, 1.0, gap))


def _rescaled(matrix: Matrix, nearest: Callable[[Matrix], Matrix]) -> Matrix:
    volatility = np.sqrt(matrix.diagonal())
    moving = volatility > 0.0
    scale = np.outer(volatility[moving], volatility[moving])
    correlation = matrix[np.ix_(moving, moving)] / scale
    np.fill_diagonal(correlation, 1.0)
    largest = float(np.abs(correlation).max(initial=0.0))
    if not largest <= _LARGEST:
        raise MatrixError(
            f"has correlations of {largest:.3g}, must have variances to go with them", argument="cov"
        )
    result = np.zeros_like(matrix)
    result[np.ix_(moving, moving)] = nearest(correlation) * scale
    np.fill_diagonal(result, matrix.diagonal())
    return result


def _positive_part(values: Vector, vectors: Matrix) -> Matrix:
    half = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(half @ half.T)


def _to_ones(matrix: Matrix) -> Matrix:
    own = np.sqrt(matrix.diagonal())
    scaled = matrix / np.outer(own, own)
    np.fill_diagonal(scaled, 1.0)
    return np.asarray(scaled)
