"""The made-up fund of *active_fund.xlsx*: thirty companies, a view on each, and how it stood a quarter ago."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.workbook.templates.equity_index import equity_index
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex, rounded_covariance, rounded_weights

SEED = 20260110
BUDGET = 0.03
"""Largest tracking error a year."""

_KEPT = (0, 1, 4)
"""Places, within each sector of ten companies, of those the fund may look at."""
_ALLOWED = (0.25, 0.16, 0.07, 0.08, 0.10, 0.04, 0.14, 0.05, 0.05, 0.06)
"""Share of the tracking error that each sector may take, in the order of the sectors."""
_EAGERNESS = 1.3
"""Weight that a view of 100 % would move."""


@dataclass(frozen=True, slots=True, eq=False)
class FundBook:
    """What the template *active_fund.xlsx* is filled with.

    Parameters
    ----------
    index : SyntheticIndex
        Companies, index weights, attributes and covariance of today.
    weights : ndarray of shape (n,)
        The fund, fractions summing to 1.
    alpha : ndarray of shape (n,)
        Return expected above the index's of each company, fraction a year.
    weights_then, index_then : ndarray of shape (n,)
        Fund and index a quarter ago.
    covariance_then : ndarray of shape (n, n)
        Covariance a quarter ago, fraction squared a year.
    allowed : mapping of str to float
        Share of the tracking error that each sector may take.
    """

    index: SyntheticIndex
    weights: Vector
    alpha: Vector
    weights_then: Vector
    index_then: Vector
    covariance_then: Matrix
    allowed: dict[str, float]


@cache
def fund_book() -> FundBook:
    """Thirty companies held by a view on each of them; one sector takes more risk than it may."""
    index = _index()
    random = np.random.RandomState(SEED)
    count = len(index.names)
    allowed = np.array([mark != "Red" for mark in index.attributes["ESG"]])
    views = np.round(random.normal(0.0, 0.018, count), 3)
    # A company that may not be held would be an odd best idea.
    alpha = np.where(allowed, views, -np.abs(views))
    fund = _tilted(index.weights, alpha, allowed, 0.25, random)
    before = np.round(0.6 * alpha + random.normal(0.0, 0.012, count), 3)
    index_then = rounded_weights(index.weights * np.exp(random.normal(0.0, 0.06, count)), 3)
    sectors = [str(sector) for sector in dict.fromkeys(index.attributes["Sector"])]
    return FundBook(
        index=index,
        weights=fund,
        alpha=alpha,
        weights_then=_tilted(index_then, before, allowed, 0.17, random),
        index_then=index_then,
        covariance_then=_calmer(index.covariance, random),
        allowed=dict(zip(sectors, _ALLOWED, strict=True)),
    )


def _index() -> SyntheticIndex:
    """Three companies of every sector of the hundred of the equity index."""
    whole = equity_index()
    places = [10 * sector + place for sector in range(10) for place in _KEPT]
    shown = ("Sector", "ESG", "Beta")
    return SyntheticIndex(
        names=tuple(whole.names[at] for at in places),
        weights=rounded_weights(whole.weights[places] ** 0.6, 3),
        attributes={heading: [whole.attributes[heading][at] for at in places] for heading in shown},
        covariance=whole.covariance[np.ix_(places, places)],
        seed=SEED,
    )


def _tilted(index: Vector, views: Vector, allowed: Mask, own: float, random: np.random.RandomState) -> Vector:
    """Weights moved towards the views, and by a manager's other reasons, at most so far from the index."""
    moved = index * random.normal(0.0, own, index.size) + _EAGERNESS * views
    return rounded_weights(np.where(allowed, np.maximum(index + np.clip(moved, -0.035, 0.035), 0.0), 0.0), 3)


def _calmer(covariance: Matrix, random: np.random.RandomState) -> Matrix:
    """The covariance of a time with lower volatilities and correlations."""
    volatility = np.sqrt(np.diag(covariance))
    correlation = 0.92 * covariance / np.outer(volatility, volatility) + 0.08 * np.eye(volatility.size)
    before = np.round(volatility * random.uniform(0.72, 0.92, volatility.size), 4)
    return rounded_covariance([correlation * np.outer(before, before)])
