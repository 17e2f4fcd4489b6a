"""A made-up bond portfolio against the made-up index: weights, factors and their moves, what is specific."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.workbook.templates.bond_index import KEY_RATES, bond_index
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex, decaying_correlation, rounded_weights

KEYS = tuple(f"KRD {key:.0f}Y" for key in KEY_RATES)
SECTORS = ("Agency", "Financials", "Industrials", "Utilities", "Energy")
"""Sectors with a spread; the Treasury has none."""

_YIELD_VOLATILITY = (0.0105, 0.0100, 0.0090, 0.0082, 0.0080)
_SPREAD_VOLATILITY = (0.25, 0.38, 0.35, 0.30, 0.42)
_BETWEEN_SECTORS = 0.65
_YIELDS_WITH_SPREADS = -0.25
_SECTOR_TILT = {"Treasury": 0.85, "Agency": 0.9, "Financials": 1.6, "Industrials": 1.3, "Energy": 0.6}
_LONG_TILT = 0.02
"""Share by which a year more of duration raises a weight: the manager is long."""


@dataclass(frozen=True, slots=True)
class BondBook:
    """What the template *bond_risk.xlsx* is filled with.

    Parameters
    ----------
    index : SyntheticIndex
        The index with its attributes.
    weights : ndarray of shape (n,)
        The portfolio, fractions summing to 1.
    factors : tuple of str
        Key rates, then one spread factor a sector.
    volatility : ndarray of shape (k,)
        Yearly move of each: of yields as a fraction, of spreads as a fraction of themselves.
    correlation : ndarray of shape (k, k)
        Between the moves.
    specific : ndarray of shape (n,)
        Standard deviation a year of what is a bond's own, a fraction.
    """

    index: SyntheticIndex
    weights: Vector
    factors: tuple[str, ...]
    volatility: Vector
    correlation: Matrix
    specific: Vector


@cache
def bond_book() -> BondBook:
    """Forty bonds held with more duration and more industrials than their index."""
    index = bond_index()
    duration, dts = (np.array(index.attributes[name], dtype=float) for name in ("Duration", "DTS"))
    tilt = np.array([_SECTOR_TILT.get(str(sector), 1.0) for sector in index.attributes["Sector"]])
    tilt = tilt * (1.0 + _LONG_TILT * (duration - duration.mean()))
    # Of bonds with a spread every fourth is not held at all.
    held = np.where((dts > 0.0) & (np.arange(len(tilt)) % 4 == 1), 0.0, index.weights * tilt)
    return BondBook(
        index=index,
        weights=rounded_weights(held),
        factors=(*KEYS, *(f"DTS {sector}" for sector in SECTORS)),
        volatility=np.array(_YIELD_VOLATILITY + _SPREAD_VOLATILITY),
        correlation=_correlation(),
        specific=np.round(0.0008 + 0.12 * dts / 100.0, 4),
    )


def _correlation() -> Matrix:
    yields, spreads = len(KEYS), len(SECTORS)
    between = np.full((spreads, spreads), _BETWEEN_SECTORS) + (1.0 - _BETWEEN_SECTORS) * np.eye(spreads)
    across = np.full((yields, spreads), _YIELDS_WITH_SPREADS)
    return np.round(np.block([[decaying_correlation(yields, 0.18), across], [across.T, between]]), 2)
