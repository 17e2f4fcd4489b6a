"""Risk as it was seen at a close: a covariance of the names known then, or past returns beside those of an index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.covariance.estimate import Method, Missing, among, estimate
from trackerr_xl.core.history import standard_deviation
from trackerr_xl.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Estimator:
    """How a covariance is estimated.

    Parameters
    ----------
    lookback : int
        Rows up to the close that it rests on.
    least : float
        Share of them in which a name must have a return.
    method, missing : str
        As `core.covariance.estimate` has them.
    halflife : float
        Rows after which a weight of EWMA has halved.
    """

    lookback: int
    least: float
    method: Method
    missing: Missing
    halflife: float

    def window(self, returns: Matrix, day: int) -> Matrix:
        """The rows up to a close, shape (lookback, n)."""
        return returns[day + 1 - self.lookback : day + 1]

    def known(self, returns: Matrix, day: int) -> Mask:
        """Names whose risk is known at a close, shape (n,): with returns enough."""
        seen = ~np.isnan(self.window(returns, day))
        return np.asarray(seen.mean(axis=0) >= self.least)

    def holdable(self, returns: Matrix, day: int) -> Mask:
        """Those of them that can be traded, shape (n,): with a return that day."""
        return np.asarray(self.known(returns, day) & ~np.isnan(returns[day]))


@dataclass(frozen=True, slots=True, eq=False)
class SeenCovariance:
    """A covariance estimated at a close.

    Parameters
    ----------
    cov : ndarray of shape (n, n)
        Fraction squared per period; zeros for a name that is not known.
    known : ndarray of bool of shape (n,)
        Names whose risk is known.
    holdable : ndarray of bool of shape (n,)
        Those of them that can be traded.
    """

    cov: Matrix
    known: Mask
    holdable: Mask

    def index(self, weights: Vector) -> Vector:
        """Weights of the index over the names known, with the same sum."""
        kept = np.where(self.known, weights, 0.0)
        total = float(kept.sum())
        return np.asarray(kept * (float(weights.sum()) / total)) if total else kept

    def tracking_error(self, weights: Vector, index: Vector) -> float:
        """Root of a'Σa over the names known, fraction per period."""
        active = np.where(self.known, weights, 0.0) - self.index(index)
        return float(np.sqrt(max(float(active @ (self.cov @ active)), 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class SeenReturns:
    """Returns up to a close beside those of an index whose weights are not known.

    Parameters
    ----------
    returns : ndarray of shape (dates, n)
        Of the names, zeros for a name that is not known.
    series : ndarray of shape (dates,)
        Of the index.
    holdable : ndarray of bool of shape (n,)
        Names that can be traded.
    """

    returns: Matrix
    series: Vector
    holdable: Mask

    def tracking_error(self, weights: Vector, index: Vector) -> float:
        """Standard deviation of the active return that today's weights would have had, fraction per period."""
        return standard_deviation(self.returns @ weights, self.series)


def seen_covariance(returns: Matrix, day: int, names: Sequence[str], how: Estimator) -> SeenCovariance:
    """The covariance as it was seen at the close of a row.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns, NaN where there is none; rows after `day` are not looked at.
    day : int
        The row.
    names : sequence of str
        For sentences.
    how : Estimator
        What it rests on.

    Raises
    ------
    ShapeError
        If there are too few dates.
    InputError
        If the method cannot do with gaps what is asked.
    """
    known = how.known(returns, day)
    if not known.any():
        return SeenCovariance(np.zeros((known.size, known.size)), known, known)
    of_known = [name for name, is_known in zip(names, known.tolist(), strict=True) if is_known]
    found = estimate(how.window(returns, day)[:, known], of_known, how.method, how.missing, how.halflife)
    return SeenCovariance(among(known, found.matrix), known, how.holdable(returns, day))


def seen_returns(returns: Matrix, series: Vector, day: int, how: Estimator) -> SeenReturns:
    """Returns as they were seen at the close of a row, over the dates on which every name known has one.

    Raises
    ------
    ShapeError
        If there are fewer than two such dates.
    """
    known, window = how.known(returns, day), how.window(returns, day)
    complete = ~np.isnan(window[:, known]).any(axis=1)
    if int(complete.sum()) < 2:
        raise ShapeError(
            f"has {int(complete.sum())} complete dates before a rebalance, must have 2 or more",
            argument="returns",
        )
    of_known = np.where(known, window[complete], 0.0)
    return SeenReturns(of_known, how.window(series[:, None], day)[complete, 0], how.holdable(returns, day))
