"""Forty made-up bonds: a curve, spreads by rating, and a covariance from key rates, spreads and issuers."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.workbook.templates.synthetic import (
    SyntheticIndex,
    decaying_correlation,
    rounded_covariance,
    rounded_weights,
)

SEED = 20260105
KEY_RATES = (2.0, 5.0, 10.0, 20.0, 30.0)
FIRST_YEAR = 2026

_KEY_RATE_VOLATILITY = (0.0105, 0.0100, 0.0090, 0.0082, 0.0080)
_SPREAD_VOLATILITY = 0.40  # of the spread itself, a year: the DTS way of stating spread risk
_SPREAD_BY_RATING = {"AAA": 0.0010, "AA": 0.0045, "A": 0.0080, "BBB": 0.0135}


@dataclass(frozen=True, slots=True)
class _Issuer:
    name: str
    sector: str
    rating: str
    esg: str
    maturities: tuple[float, ...]


_ISSUERS = (
    _Issuer("Government", "Treasury", "AAA", "Green", (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 29)),
    _Issuer("Housing Agency", "Agency", "AA", "Green", (3, 6, 11)),
    _Issuer("Rail Authority", "Agency", "AA", "Green", (5, 18)),
    _Issuer("Alder Bank", "Financials", "A", "Amber", (3, 5, 8)),
    _Issuer("Birch Insurance", "Financials", "A", "Green", (6, 12)),
    _Issuer("Cedar Capital", "Financials", "BBB", "Amber", (4, 7, 10)),
    _Issuer("Dunlin Foods", "Industrials", "A", "Green", (4, 9)),
    _Issuer("Egret Motors", "Industrials", "BBB", "Red", (3, 7)),
    _Issuer("Fulmar Telecom", "Industrials", "BBB", "Green", (5, 10, 22)),
    _Issuer("Gannet Pharma", "Industrials", "AA", "Green", (6, 16)),
    _Issuer("Heron Power", "Utilities", "BBB", "Amber", (6, 13)),
    _Issuer("Ibis Water", "Utilities", "A", "Green", (8, 24)),
    _Issuer("Kestrel Oil", "Energy", "BBB", "Red", (5,)),
)


@cache
def bond_index() -> SyntheticIndex:
    """Forty bonds of thirteen issuers in six sectors, with an annual covariance."""
    # RandomState's stream is frozen for good; that of the newer generators may change with NumPy's version.
    random = np.random.RandomState(SEED)
    rows = [(issuer, maturity) for issuer in _ISSUERS for maturity in issuer.maturities]
    issuers = [issuer for issuer, _ in rows]
    maturity = np.array([years for _, years in rows])
    spread = np.array([_SPREAD_BY_RATING[issuer.rating] for issuer in issuers])
    spread = np.round(spread * random.uniform(0.8, 1.2, len(rows)) * (0.6 + 0.06 * maturity), 4)
    treasury = np.array([issuer.sector == "Treasury" for issuer in issuers])
    spread[treasury] = 0.0
    bond_yield = np.round(0.0235 + 0.0165 * (1.0 - np.exp(-maturity / 7.0)) + spread, 4)
    duration = np.round((1.0 - (1.0 + bond_yield) ** -maturity) / bond_yield, 2)
    key_rates = key_rate_durations(duration)
    dts = np.round(duration * spread * 100.0, 3)
    sizes = random.uniform(0.6, 1.4, len(rows)) * np.where(treasury, 2.2, 1.0)
    attributes: dict[str, list[str] | list[float]] = {
        "Sector": [issuer.sector for issuer in issuers],
        "Issuer": [issuer.name for issuer in issuers],
        "Rating": ["AAA" if issuer.sector == "Treasury" else issuer.rating for issuer in issuers],
        "ESG": [issuer.esg for issuer in issuers],
        "Maturity": [float(FIRST_YEAR + years) for years in maturity],
        "Yield": bond_yield.tolist(),
        "Spread": spread.tolist(),
        "Duration": duration.tolist(),
        "DTS": dts.tolist(),
    }
    attributes |= {f"KRD {key:.0f}Y": key_rates[:, k].tolist() for k, key in enumerate(KEY_RATES)}
    coupons = np.round(bond_yield * 800.0) / 8.0
    return SyntheticIndex(
        names=tuple(
            f"{issuer.name} {coupon:.3f} {FIRST_YEAR + years:.0f}"
            for issuer, coupon, years in zip(issuers, coupons, maturity, strict=True)
        ),
        weights=rounded_weights(sizes),
        attributes=attributes,
        covariance=_covariance(key_rates, dts / 100.0, issuers, random),
        seed=SEED,
    )


def key_rate_durations(duration: Vector) -> Matrix:
    """Duration shared between the two key rates around it; each row sums to the duration."""
    keys = np.array(KEY_RATES)
    # A bond's duration is shorter than its maturity: the longest reach the 20-year key, rarely the 30-year one.
    place = np.clip(np.interp(duration * 1.25, keys, np.arange(len(keys))), 0.0, len(keys) - 1.0)
    share = np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(len(keys))[None, :]))
    split = np.round(duration[:, None] * share, 2)
    largest = np.argmax(split, axis=1)
    rows = np.arange(len(duration))
    split[rows, largest] = 0.0
    split[rows, largest] = np.round(duration - split.sum(axis=1), 2)
    return np.asarray(split)


def _covariance(
    key_rates: Matrix, dts: Vector, issuers: list[_Issuer], random: np.random.RandomState
) -> Matrix:
    """Curve + sector spreads + issuer + bond's own: K F K' + S + I + D, fraction squared a year.

    DTS is duration × spread in years × fraction, and sector spreads move in proportion to themselves.
    """
    volatility = np.array(_KEY_RATE_VOLATILITY)
    curve = decaying_correlation(len(volatility), 0.18) * np.outer(volatility, volatility)
    sectors = np.array([issuer.sector for issuer in issuers])
    names = np.array([issuer.name for issuer in issuers])
    sector_correlation = np.where(sectors[:, None] == sectors[None, :], 1.0, 0.65)
    spread_moves = _SPREAD_VOLATILITY * dts
    issuer_moves = 0.25 * dts
    own = 0.0008 + 0.10 * dts * random.uniform(0.7, 1.3, len(dts))
    return rounded_covariance(
        [
            key_rates @ curve @ key_rates.T,
            sector_correlation * np.outer(spread_moves, spread_moves),
            (names[:, None] == names[None, :]) * np.outer(issuer_moves, issuer_moves),
            np.diag(own**2),
        ]
    )
