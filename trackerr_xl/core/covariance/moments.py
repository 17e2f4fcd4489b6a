"""Sample and exponentially weighted covariances, over complete dates or over those each two names have in common."""

from collections.abc import Sequence

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.words import shorten
from trackerr_xl.errors import ShapeError


def weighted_covariance(returns: Matrix, weights: Vector) -> Matrix:
    r"""Covariance under weights of the dates.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns per period, without gaps.
    weights : ndarray of shape (t,)
        Weights of the dates, summing to one.

    Returns
    -------
    ndarray of shape (n, n)
        Fraction squared per period.

    Raises
    ------
    ShapeError
        If one date has all the weight.

    Notes
    -----
    :math:`\sum_t \omega_t (x_t-\tilde x)(x_t-\tilde x)' / (1-\sum_t \omega_t^2)`. Equal weights give the sample covariance,
    divided by T − 1; weights :math:`\lambda^s` give that of pandas' ``ewm(halflife=h).cov()``.
    """
    freedom = 1.0 - float(weights @ weights)
    if freedom <= 0.0:
        raise ShapeError("leaves one date with all the weight, must be longer", argument="halflife")
    deviations = (returns - weights @ returns) * np.sqrt(weights / freedom)[:, None]
    return np.asarray(deviations.T @ deviations)


def pairwise_covariance(returns: Matrix, weights: Vector, names: Sequence[str]) -> Matrix:
    """The same with NaN where data are missing: each entry over the dates its two names have in common.

    The weights of these dates are scaled to one and their own means are taken off, as pandas does. The matrix may be
    indefinite.

    Raises
    ------
    ShapeError
        If two names have less than two dates in common, or one of these has all the weight.
    """
    known = ~np.isnan(returns)
    seen = known.astype(np.float64)
    common = seen.T @ seen
    if common.min() < 2.0:
        one, other = divmod(int(common.argmin()), len(names))
        raise ShapeError(
            f"has {int(common[one, other])} dates of {shorten(names[one])} in common with {shorten(names[other])}, "
            "must have 2 or more",
            argument="returns",
        )
    # About their means, so that the difference of two sums loses no digits.
    centred = np.where(known, returns - np.nanmean(returns, axis=0), 0.0)
    share = weights[:, None]
    total = (share * seen).T @ seen
    means = (share * centred).T @ seen / total
    products = (share * centred).T @ centred / total
    freedom = 1.0 - (share**2 * seen).T @ seen / total**2
    if freedom.min() <= 0.0:
        raise ShapeError("leaves one date with all the weight, must be longer", argument="halflife")
    matrix = (products - means * means.T) / freedom
    return np.asarray(0.5 * (matrix + matrix.T))
