"""Five hundred made-up companies and an account that tracks them: what the template *direct_index.xlsx* is filled with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.workbook.templates.bond_universe import PLACES
from trackerr_xl.workbook.templates.equity_index import SECTORS
from trackerr_xl.workbook.templates.synthetic import rounded_weights

SEED: Final = 20260108
COUNT: Final = 500
STYLES: Final = ("Size", "Value", "Momentum")
_MARKET, _SECTOR, _STYLE = 0.16, 0.08, 0.025
"""Volatilities a year of the factors."""
_HELD: Final = 90


@dataclass(frozen=True, slots=True)
class DirectBook:
    """An index, an account and a risk model.

    Parameters
    ----------
    names : tuple of str
        One a company.
    weights, prices, shares, specific : ndarray of shape (n,)
        Index weights, prices, shares held now, and standard deviations a year of what is a company's own.
    attributes : mapping of str to sequence
        Column heading to one value a company.
    factors : tuple of str
        Market, sectors and styles.
    exposures : ndarray of shape (n, k)
        Of the companies to them.
    covariance : ndarray of shape (k, k)
        Of the factors, fraction squared a year.
    """

    names: tuple[str, ...]
    weights: Vector
    prices: Vector
    shares: Vector
    specific: Vector
    attributes: Mapping[str, Sequence[str]]
    factors: tuple[str, ...]
    exposures: Matrix
    covariance: Matrix


@cache
def direct_book() -> DirectBook:
    """Five hundred companies in ten sectors, ninety of them held since some time."""
    # RandomState's stream is frozen for good; that of the newer generators may change with NumPy's version.
    random = np.random.RandomState(SEED)
    each = COUNT // len(SECTORS)
    sectors = [sector for sector in SECTORS for _ in range(each)]
    names = _names(each)
    weights = rounded_weights(np.exp(random.normal(0.0, 1.1, COUNT)), 6)
    prices = np.round(np.exp(random.normal(4.2, 0.7, COUNT)), 2)
    beta = np.round(random.normal(1.0, 0.2, COUNT), 2)
    own = np.eye(len(SECTORS))[[list(SECTORS).index(sector) for sector in sectors]]
    styles = np.round(random.standard_normal((COUNT, len(STYLES))), 2)
    volatility = np.array([_MARKET] + [_SECTOR] * len(SECTORS) + [_STYLE] * len(STYLES))
    correlation = np.full((volatility.size, volatility.size), 0.1) + 0.9 * np.eye(volatility.size)
    correlation[0, 1:] = correlation[1:, 0] = 0.0
    held = np.argsort(-weights * random.uniform(0.2, 1.0, COUNT))[:_HELD]
    then = np.zeros(COUNT)
    then[held] = weights[held] * random.uniform(0.6, 1.5, _HELD)
    red = random.choice(COUNT, 40, replace=False)
    return DirectBook(
        names,
        weights,
        np.asarray(prices, dtype=np.float64),
        np.asarray(np.round(900_000.0 * then / then.sum() / prices), dtype=np.float64),
        np.asarray(np.round(np.exp(random.normal(np.log(0.24), 0.3, COUNT)), 3), dtype=np.float64),
        {
            "Sector": sectors,
            "ESG": ["Red" if at in set(red.tolist()) else "Green" for at in range(COUNT)],
        },
        ("Market", *SECTORS, *STYLES),
        np.column_stack([beta, own, styles]),
        np.round(correlation * np.outer(volatility, volatility), 8),
    )


def _names(each: int) -> tuple[str, ...]:
    """A place and a word of the sector; where two sectors share a word, the later name is a Group."""
    names: list[str] = []
    for words in SECTORS.values():
        for at in range(each):
            name = f"{PLACES[(7 * at + at // 30) % len(PLACES)]} {words.split()[at % 10]}"
            names.append(f"{name} Group" if name in names else name)
    return tuple(names)
