"""The covariance of returns with gaps by expectation and maximisation."""

from time import monotonic

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.threads import one_thread
from trackerr_xl.errors import MatrixError, NumericalError, ShapeError

_SECONDS = 10.0
"""A cell must not wait longer."""
_STILL = 1e-11
"""Change of a round, relative to the volatilities, at which the estimate has settled."""
_RANK = 1e-9
"""An eigenvalue of the correlations this small beside the largest is none."""


def most_likely_covariance(returns: Matrix) -> Matrix:
    """The covariance under which normal returns with these gaps are most likely, times T/(T−1).

    Without gaps this is the sample covariance.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns per period, NaN where data are missing; every name varies.

    Returns
    -------
    ndarray of shape (n, n)
        Fraction squared per period, positive semidefinite.

    Raises
    ------
    ShapeError
        If there are not more dates than names: then there is no most likely covariance.
    MatrixError
        If names depend on each other.
    NumericalError
        If it has not settled after 10 seconds.

    References
    ----------
    .. [1] A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum Likelihood from Incomplete Data via the EM Algorithm",
       *Journal of the Royal Statistical Society B* 39, 1977.
    .. [2] R. J. A. Little and D. B. Rubin, *Statistical Analysis with Missing Data*, section 11.2.
    """
    # A date without any return says nothing, and must not count in T.
    returns = returns[~np.isnan(returns).all(axis=1)]
    t, n = returns.shape
    if t <= n:
        raise ShapeError(
            f"has {t} dates for {n} names that move, must have more dates than names for EM",
            argument="returns",
        )
    # Thousands of small products: more threads than one only get into each other's way.
    with one_thread():
        return _settled(returns)


def _settled(returns: Matrix) -> Matrix:
    t, n = returns.shape
    centre, spread = np.nanmean(returns, axis=0), np.nanstd(returns, axis=0)
    # In units of each name's volatility a bond settles to as many digits as a share.
    scaled = (returns - centre) / spread
    patterns = _patterns(~np.isnan(scaled))
    mean, matrix = np.zeros(n), np.eye(n)
    end, moved = monotonic() + _SECONDS, np.inf
    while monotonic() < end:
        filled, extra = _expected(scaled, patterns, mean, matrix)
        new_mean = filled.mean(axis=0)
        deviations = filled - new_mean
        new = (deviations.T @ deviations + extra) / t
        moved = max(float(np.abs(new - matrix).max()), float(np.abs(new_mean - mean).max()))
        mean, matrix = new_mean, new
        if moved <= _STILL:
            return np.asarray(matrix * np.outer(spread, spread) * (t / (t - 1.0)))
    raise NumericalError(
        f"EM still moves by {moved:.2g} of the volatilities after {_SECONDS:g} seconds, must move by less than {_STILL:g}: too much is missing",
        argument="missing",
    )


def _patterns(known: Mask) -> list[tuple[Mask, Mask]]:
    """Each pattern of what is known of a date, and the dates that have it."""
    kinds, which = np.unique(known, axis=0, return_inverse=True)
    return [(kind, which.ravel() == at) for at, kind in enumerate(kinds)]


def _expected(
    scaled: Matrix, patterns: list[tuple[Mask, Mask]], mean: Vector, matrix: Matrix
) -> tuple[Matrix, Matrix]:
    """Returns with their expectations in the gaps, and the sum of the covariances that these leave."""
    filled, extra = scaled.copy(), np.zeros_like(matrix)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= _RANK * values[-1]:
        raise MatrixError(
            "has names that add up to each other exactly or too few returns, must not for EM: take them out or use Pairwise",
            argument="returns",
        )
    precision = (vectors / values) @ vectors.T
    precision = 0.5 * (precision + precision.T)
    for known, dates in patterns:
        gaps = ~known
        if not gaps.any():
            continue
        # By the inverse a date costs its gaps only, however many names it has.
        left = np.linalg.inv(precision[np.ix_(gaps, gaps)])
        slopes = -precision[np.ix_(known, gaps)] @ left
        filled[np.ix_(dates, gaps)] = mean[gaps] + (scaled[np.ix_(dates, known)] - mean[known]) @ slopes
        extra[np.ix_(gaps, gaps)] += float(dates.sum()) * left
    return filled, 0.5 * (extra + extra.T)
