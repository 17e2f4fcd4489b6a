"""Nonlinear shrinkage: every eigenvalue of the sample covariance moved by what its neighbourhood says."""

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.threads import one_thread
from trackerr_xl.errors import MatrixError, ShapeError

FEWEST = 13
"""Dates needed: below, the kernel for the null eigenvalues is wider than the spectrum."""

_RANK = 1e-12
"""An eigenvalue this small beside the largest is none."""
_ROOT = np.sqrt(5.0)
_FAR, _TERMS = 20.0, 9
"""Widths from the kernel's centre from where its moments serve, and how many: the next would be below rounding."""


def nonlinear_shrinkage(returns: Matrix) -> Matrix:
    """The analytical estimator of Ledoit and Wolf.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns per period, without gaps.

    Returns
    -------
    ndarray of shape (n, n)
        Fraction squared per period, positive definite; the sample covariance is divided by T − 1.

    Raises
    ------
    ShapeError
        If there are fewer than 13 dates.
    MatrixError
        If names depend on each other, so that an eigenvalue is zero without being so for want of dates.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "Analytical Nonlinear Shrinkage of Large-Dimensional Covariance Matrices", *Annals of
       Statistics* 48(5), 2020, 3043–3065.
    """
    dates, n = returns.shape
    if dates < FEWEST:
        raise ShapeError(
            f"has {dates} complete dates, must have {FEWEST} or more for LW Nonlinear", argument="returns"
        )
    free = dates - 1
    deviations = returns - returns.mean(axis=0)
    # On a loaded machine four threads took 2 s for the 50 ms of n = 500.
    with one_thread():
        values, vectors = np.linalg.eigh(deviations.T @ deviations / free)
    positive = values[max(n - free, 0) :]
    if positive[0] <= _RANK * positive[-1]:
        raise MatrixError(
            "has names that add up to each other exactly or hardly move beside the others, must not for LW Nonlinear: "
            "take them out or use another method",
            argument="returns",
        )
    half = vectors * np.sqrt(_shrunk(positive, n, free))
    return np.asarray(half @ half.T)


def _shrunk(values: Vector, n: int, free: int) -> Vector:
    """Shrunk eigenvalues, shape (n,), from the positive ones of the sample, ascending."""
    width = free ** (-1.0 / 3.0)
    density, hilbert = _spectrum(values, width)
    ratio = n / free
    if n <= free:
        real = 1.0 - ratio - np.pi * ratio * values * hilbert
        return np.asarray(values / ((np.pi * ratio * values * density) ** 2 + real**2))
    above = values / (np.pi**2 * values**2 * (density**2 + hilbert**2))
    at_zero = float(_hilbert(np.array([-1.0 / width]))[0] / width * (1.0 / values).mean())
    null = free / (np.pi * (n - free) * at_zero)
    return np.concatenate([np.full(n - free, null), above])


def _spectrum(values: Vector, width: float) -> tuple[Vector, Vector]:
    """Density of eigenvalues at each of them and its Hilbert transform, by Epanechnikov's kernel.

    Parameters
    ----------
    values : ndarray of shape (m,)
        Eigenvalues, positive.
    width : float
        Bandwidth; the kernel at an eigenvalue is `width` times it wide.
    """
    bands = width * values[None, :]
    x = (values[:, None] - values[None, :]) / bands
    density = 0.75 / _ROOT * np.maximum(1.0 - x**2 / 5.0, 0.0) / bands
    return density.mean(axis=1), (_hilbert(x) / bands).mean(axis=1)


def _hilbert(x: Matrix) -> Matrix:
    """Hilbert transform of Epanechnikov's kernel of variance one."""
    far = np.abs(x) > _FAR
    near = np.where(far, 0.0, x)
    edge = np.abs(near) == _ROOT
    ratio = np.where(edge, 1.0, np.abs((_ROOT - near) / np.where(edge, 1.0, _ROOT + near)))
    closed = -0.3 * near + 0.75 / _ROOT * (1.0 - near**2 / 5.0) * np.log(ratio)
    # Far out the two terms cancel, and with them the digits: there the moments of the kernel give the transform.
    inverse = 1.0 / np.where(far, x, 1.0)
    series = sum(3.0 * 5.0**k / ((2 * k + 1) * (2 * k + 3)) * inverse ** (2 * k) for k in range(_TERMS))
    return np.asarray(np.where(far, -inverse * series, closed) / np.pi)
