"""Ex-post tracking error over a window that moves through time."""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.history import standard_deviation, weighted_deviation


def rolling_tracking_error(
    portfolio: Vector, benchmark: Vector, window: int, periods: float = 1.0, halflife: float | None = None
) -> Vector:
    """Tracking error of the last `window` returns at every date.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions, oldest first.
    window : int
        Returns in each window, 2 or more.
    periods : float, default 1
        Periods per year.
    halflife : float or None
        Periods after which a return's weight inside the window has halved; None weighs all alike.

    Returns
    -------
    ndarray of shape (t,)
        Fractions per year, NaN until the window is full. Each one is `standard_deviation` or `weighted_deviation` of
        its window, computed anew: sums carried from window to window would lose digits.
    """
    result = np.full(portfolio.size, np.nan)
    for end in range(window, portfolio.size + 1):
        ours, theirs = portfolio[end - window : end], benchmark[end - window : end]
        result[end - 1] = (
            standard_deviation(ours, theirs, periods)
            if halflife is None
            else weighted_deviation(ours, theirs, halflife, periods)
        )
    return result
