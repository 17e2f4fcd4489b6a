"""Trades from the weights held to better ones, the trade that removes most tracking error for its cost first.

Every trade sells one name for another and ends at the better weight of one of the two, so that the last one arrives at the
better weights and all weights stay between where they were and where they go. What is left once one side is done is paid
from or into cash.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel

CASH = -1
"""Stands for cash where a trade has one side only."""
DONE = 1e-12
"""Trades below this share of the largest one are rounding."""
MOST_COMPARED = 300
"""Names a side whose pairs are all compared; of more those with the steepest slope for their cost."""
NO_COST = 1e-9
"""Cost per unit that a trade without cost counts as, so that there is an order among trades of none."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One trade.

    Parameters
    ----------
    sell, buy : int
        Positions of the names, `CASH` for cash.
    size : float
        Fraction of capital sold and bought.
    removed : float
        Tracking error per period that it takes away, given those before it; below zero where it adds some.
    error : float
        Tracking error per period after it.
    turnover : float
        One-way turnover up to and with it.
    cost : float
        Its cost, fraction of capital.
    """

    sell: int
    buy: int
    size: float
    removed: float
    error: float
    turnover: float
    cost: float


def ladder(
    current: Vector, better: Vector, benchmark: Vector, risk: RiskModel, rates: Vector
) -> Iterator[Rung]:
    """The trades in the order of tracking error removed per cost.

    Parameters
    ----------
    current, better, benchmark : ndarray of shape (n,)
        Weights held, to be held, and of the index.
    risk : RiskModel
        Covariance, fraction squared per period.
    rates : ndarray of shape (n,)
        Cost per unit traded, zero or more.

    Notes
    -----
    Selling j for i by δ changes the squared tracking error by
    :math:`2\\delta(g_i - g_j) + \\delta^2(\\Sigma_{ii} + \\Sigma_{jj} - 2\\Sigma_{ij})` with :math:`g = \\Sigma a`.
    """
    left = better - current
    least = DONE * float(np.abs(left).max(initial=0.0))
    active = current - benchmark
    slope = risk.product(active)
    error, turnover = float(np.sqrt(max(float(active @ slope), 0.0))), 0.0
    while True:
        buys, sells = np.flatnonzero(left > least), np.flatnonzero(left < -least)
        if not (buys.size or sells.size):
            return
        sell, buy, size = _best(left, slope, risk, rates, sells, buys)
        step = np.zeros_like(left)
        step[[place for place in (buy,) if place != CASH]] = size
        step[[place for place in (sell,) if place != CASH]] = -size
        active, slope, left = active + step, slope + risk.product(step), left - step
        # Both factors shrink towards the end, where a sum of changes would leave rounding.
        before, error = error, float(np.sqrt(max(float(active @ slope), 0.0)))
        turnover += 0.5 * float(np.abs(step).sum())
        yield Rung(sell, buy, size, before - error, error, turnover, float(rates @ np.abs(step)))


def _best(
    left: Vector, slope: Vector, risk: RiskModel, rates: Vector, sells: Indices, buys: Indices
) -> tuple[int, int, float]:
    """The trade of the largest fall of the squared tracking error for its cost: sell, buy and size."""
    sells, buys = _steepest(-slope, rates, sells), _steepest(slope, rates, buys)
    diagonal = risk.diagonal()
    if not (sells.size and buys.size):
        names = buys if buys.size else sells
        size = np.abs(left[names])
        change = 2.0 * left[names] * slope[names] + size**2 * diagonal[names]
        best = int((change / (size * np.maximum(rates[names], NO_COST))).argmin())
        name = int(names[best])
        pair = (CASH, name) if buys.size else (name, CASH)
        return *pair, float(size[best])
    size = np.minimum(-left[sells][:, None], left[buys][None, :])
    spread = diagonal[sells][:, None] + diagonal[buys][None, :] - 2.0 * _block(risk, sells, buys)
    change = 2.0 * size * (slope[buys][None, :] - slope[sells][:, None]) + size**2 * spread
    price = size * np.maximum(rates[sells][:, None] + rates[buys][None, :], NO_COST)
    row, column = np.unravel_index(int((change / price).argmin()), change.shape)
    return int(sells[row]), int(buys[column]), float(size[row, column])


def _steepest(slope: Vector, rates: Vector, names: Indices) -> Indices:
    if names.size <= MOST_COMPARED:
        return names
    order = np.argsort(slope[names] / np.maximum(rates[names], NO_COST), kind="stable")
    return np.sort(names[order[:MOST_COMPARED]])


def _block(risk: RiskModel, rows: Indices, columns: Indices) -> Matrix:
    """Covariances of some names with others, shape (rows, columns)."""
    if isinstance(risk, FactorModel):
        # Two different names share no specific risk.
        return np.asarray(risk.loadings[rows] @ risk.loadings[columns].T)
    assert isinstance(risk, DenseCovariance)
    return np.asarray(risk.matrix[np.ix_(rows, columns)])
