"""The made-up history of *performance.xlsx*: five years of a fund and its index, the last of them by sector."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.workbook.templates.synthetic import rounded_weights

SEED = 20260139
MONTHS, YEAR = 60, 12
LAST_YEAR = 2025

SECTORS = (
    "Technology",
    "Health Care",
    "Financials",
    "Industrials",
    "Consumer",
    "Staples",
    "Communication",
    "Energy",
    "Utilities",
    "Materials",
)
_SHARE = np.array([24.0, 13.0, 15.0, 11.0, 11.0, 7.0, 8.0, 5.0, 3.0, 3.0])
_LEAN = np.array([0.040, -0.015, 0.010, 0.005, -0.020, -0.010, 0.005, -0.015, 0.005, -0.005])
"""How far the fund stands from the index in each sector."""
_SKILL = np.array([0.0015, 0.0008, -0.0010, 0.0005, 0.0003, 0.0, 0.0012, -0.0015, 0.0, 0.0005])
"""What the fund's choice within a sector adds a month."""
_LEVEL = np.array([0.6, 1.3, 1.0, 0.7, 1.0])
"""How active the fund was in each year, beside the average."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What the template *performance.xlsx* is filled with.

    Parameters
    ----------
    months : tuple of date
        Ends of the months, oldest first.
    fund, index : ndarray of shape (t,)
        Simple returns of each month, fractions.
    weights, index_weights : ndarray of shape (12, s)
        Of the sectors at the start of each month of the last year.
    returns, index_returns : ndarray of shape (12, s)
        Of the sectors in each month of the last year.
    """

    months: tuple[date, ...]
    fund: Vector
    index: Vector
    weights: Matrix
    index_weights: Matrix
    returns: Matrix
    index_returns: Matrix


@cache
def history() -> History:
    """Five years of months; in the last the sectors give the returns of fund and index exactly."""
    # RandomState's stream is frozen for good; that of the newer generators may change with NumPy's version.
    random = np.random.RandomState(SEED)
    index = np.round(random.normal(0.0065, 0.036, MONTHS), 4)
    level = np.repeat(_LEVEL, YEAR)
    fund = np.round(index + 0.0006 + level * random.normal(0.0, 0.0085, MONTHS), 4)
    index_returns = np.round(random.normal(0.008, 0.034, (YEAR, 1)) + random.normal(0.0, 0.03, (YEAR, 10)), 4)
    returns = np.round(index_returns + _SKILL + random.normal(0.0, 0.013, (YEAR, 10)), 4)
    index_weights = np.array([_weights(_SHARE, random) for _ in range(YEAR)])
    weights = np.array([_weights(_SHARE + 100.0 * _LEAN, random) for _ in range(YEAR)])
    # Weights and returns of four decimals have products of eight.
    fund[-YEAR:] = np.round((weights * returns).sum(axis=1), 8)
    index[-YEAR:] = np.round((index_weights * index_returns).sum(axis=1), 8)
    return History(_ends_of_months(), fund, index, weights, index_weights, returns, index_returns)


def _weights(shares: Vector, random: np.random.RandomState) -> Vector:
    return rounded_weights(shares * np.exp(random.normal(0.0, 0.03, shares.size)))


def _ends_of_months() -> tuple[date, ...]:
    years = range(LAST_YEAR - MONTHS // YEAR + 1, LAST_YEAR + 1)
    firsts = [date(year, month, 1) for year in years for month in range(1, YEAR + 1)]
    return tuple(first - timedelta(days=1) for first in (*firsts[1:], date(LAST_YEAR + 1, 1, 1)))
