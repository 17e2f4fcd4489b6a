"""Three thousand made-up bonds of three hundred made-up issuers: what the template *bond_sampling.xlsx* is filled with."""

from functools import cache
from itertools import islice, product
from typing import Final

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.workbook.templates.bond_book import BondBook, bond_book
from trackerr_xl.workbook.templates.bond_index import FIRST_YEAR, KEY_RATES, key_rate_durations
from trackerr_xl.workbook.templates.synthetic import SyntheticIndex, rounded_weights

SEED: Final = 20260107
LINES: Final = 3000

PLACES: Final = [
    "Aldgate",
    "Bexley",
    "Camden",
    "Dalston",
    "Epping",
    "Finsbury",
    "Greenwich",
    "Holborn",
    "Islington",
    "Jersey",
    "Kensington",
    "Lambeth",
    "Mayfair",
    "Norwood",
    "Oxford",
    "Putney",
    "Quorn",
    "Richmond",
    "Soho",
    "Temple",
    "Upton",
    "Vauxhall",
    "Wapping",
    "Yarrow",
    "Zennor",
    "Ascot",
    "Bristol",
    "Chelsea",
    "Dover",
    "Exeter",
]
_WORDS: Final = {
    "Agency": "Housing Rail Export",
    "Financials": "Bank Insurance Capital",
    "Industrials": "Motors Foods Telecom Pharma",
    "Utilities": "Power Water",
    "Energy": "Oil Gas",
}
_ISSUERS: Final = {"Agency": 20, "Financials": 90, "Industrials": 110, "Utilities": 40, "Energy": 39}
_SHARE_OF_LINES: Final = {
    "Treasury": 0.08,
    "Agency": 0.08,
    "Financials": 0.33,
    "Industrials": 0.31,
    "Utilities": 0.10,
    "Energy": 0.10,
}
_RATINGS: Final = ("AA", "A", "BBB")
_RATING_SHARE: Final = {
    "Agency": (0.8, 0.2, 0.0),
    "Financials": (0.15, 0.5, 0.35),
    "Industrials": (0.1, 0.4, 0.5),
    "Utilities": (0.1, 0.45, 0.45),
    "Energy": (0.05, 0.3, 0.65),
}
_SPREAD: Final = {"AAA": 0.0, "AA": 0.0045, "A": 0.0080, "BBB": 0.0135}
_TREASURY_SIZE: Final = 4.5
"""A government line in lines of others."""


@cache
def bond_universe() -> BondBook:
    """An index of 3,000 lines, with the factors of the bond book; nothing is held yet."""
    # RandomState's stream is frozen for good; that of the newer generators may change with NumPy's version.
    random = np.random.RandomState(SEED)
    sectors, issuers, ratings = _who(random)
    treasury = np.array([sector == "Treasury" for sector in sectors])
    maturity = np.round(1.0 + 29.0 * random.beta(1.1, 2.2, LINES), 1)
    spread = np.array([_SPREAD[rating] for rating in ratings])
    spread = np.round(spread * random.uniform(0.7, 1.4, LINES) * (0.6 + 0.06 * maturity), 4)
    bond_yield = np.round(0.0235 + 0.0165 * (1.0 - np.exp(-maturity / 7.0)) + spread, 4)
    duration = np.round((1.0 - (1.0 + bond_yield) ** -maturity) / bond_yield, 2)
    coupon = np.round(bond_yield * random.uniform(0.7, 1.2, LINES) * 800.0) / 8.0
    price = np.round(100.0 + (coupon - 100.0 * bond_yield) * duration + random.uniform(0.0, 1.5, LINES), 2)
    sizes = np.exp(random.normal(0.0, 0.55, LINES)) * np.where(treasury, _TREASURY_SIZE, 1.0)
    key_rates = key_rate_durations(duration)
    dts = duration * spread
    attributes: dict[str, list[str] | list[float]] = {
        "Sector": sectors,
        "Issuer": issuers,
        "Rating": ratings,
        "Spread": spread.tolist(),
        "Duration": duration.tolist(),
        "Price": price.tolist(),
    }
    attributes |= {f"KRD {key:.0f}Y": key_rates[:, k].tolist() for k, key in enumerate(KEY_RATES)}
    weights = rounded_weights(sizes, 6)
    book = bond_book()
    return BondBook(
        SyntheticIndex(_names(issuers, coupon, maturity), weights, attributes, np.empty((0, 0)), SEED),
        weights,
        book.factors,
        book.volatility,
        book.correlation,
        np.round(0.0008 + 0.12 * dts, 4),
    )


def _who(random: np.random.RandomState) -> tuple[list[str], list[str], list[str]]:
    """Sector, issuer and rating of each line; an issuer has one rating."""
    sectors, issuers, ratings = [], [], []
    for sector, share in _SHARE_OF_LINES.items():
        count = round(share * LINES)
        sectors += [sector] * count
        if sector == "Treasury":
            issuers += ["Government"] * count
            ratings += ["AAA"] * count
            continue
        pairs = product(_WORDS[sector].split(), PLACES)
        known = [f"{place} {word}" for word, place in islice(pairs, _ISSUERS[sector])]
        rated = random.choice(3, len(known), p=_RATING_SHARE[sector])
        # Every issuer has a line, and large ones have many.
        lines = np.concatenate([np.arange(len(known)), _drawn(random, len(known), count - len(known))])
        issuers += [known[at] for at in np.sort(lines)]
        ratings += [_RATINGS[rated[at]] for at in np.sort(lines)]
    return sectors, issuers, ratings


def _drawn(random: np.random.RandomState, count: int, size: int) -> Vector:
    chance = 1.0 / (1.0 + np.arange(count)) ** 0.6
    return np.asarray(random.choice(count, size, p=chance / chance.sum()))


def _names(issuers: list[str], coupon: Vector, maturity: Vector) -> tuple[str, ...]:
    """Issuer, coupon and year, with a letter where an issuer has two that read alike."""
    seen: dict[str, int] = {}
    names = []
    for issuer, rate, years in zip(issuers, coupon.tolist(), maturity.tolist(), strict=True):
        name = f"{issuer} {rate:.3f} {FIRST_YEAR + int(years)}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {chr(ord('A') + seen[name] - 1)}")
    return tuple(names)
