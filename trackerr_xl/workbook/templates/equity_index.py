"""A hundred made-up companies in ten sectors, with a covariance of market, sectors, styles and their own risk."""

from functools import cache

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.workbook.templates.synthetic import (
    SyntheticIndex,
    decaying_correlation,
    rounded_covariance,
    rounded_weights,
)

SEED = 20260106

SECTORS = {
    "Technology": "Systems Software Devices Networks Cloud Data Semis Robotics Logic Interactive",
    "Health Care": "Pharma Biotech Devices Labs Genomics Care Diagnostics Medical Therapeutics Health",
    "Financials": "Bank Insurance Capital Trust Payments Credit Assurance Markets Savings Partners",
    "Industrials": "Aerospace Rail Freight Engines Tools Airways Controls Marine Lifts Works",
    "Consumer": "Stores Motors Hotels Apparel Homes Leisure Sports Luxury Travel Toys",
    "Staples": "Foods Drinks Brands Grocers Dairy Farms Household Bakeries Brewing Care",
    "Communication": "Telecom Media Studios Wireless Games Publishing Fibre Broadcasting Search Social",
    "Energy": "Oil Gas Drilling Pipelines Refining Exploration Services Resources Fuels Offshore",
    "Utilities": "Power Water Grid Electric Renewables Nuclear Heat Gas Hydro Solar",
    "Materials": "Steel Chemicals Cement Mining Paper Copper Glass Coatings Gases Packaging",
}
_PLACES = (
    "Aldgate Bexley Camden Dalston Epping Finsbury Greenwich Holborn Islington Jersey Kensington Lambeth Mayfair Norwood "
    "Oxford Putney Quorn Richmond Soho Temple Upton Vauxhall Wapping Yarrow Zennor Ascot Bristol Chelsea Dover Exeter"
)
_CARBON = {"Energy": 420.0, "Utilities": 520.0, "Materials": 380.0, "Industrials": 110.0}
_CARBON_ELSEWHERE = 30.0
_SHARE = (
    26.0,
    13.0,
    14.0,
    11.0,
    11.0,
    7.0,
    8.0,
    4.0,
    3.0,
    3.0,
)  # of the index, in % and in the order of the sectors
_LARGEST = {"Aldgate Systems": 6.8, "Bexley Software": 5.9, "Camden Devices": 5.3}
_RED = frozenset({"Energy": 2, "Utilities": 1, "Staples": 1, "Industrials": 1}.items())


@cache
def equity_index() -> SyntheticIndex:
    """One hundred companies with an annual covariance; three are larger than 5 % of the index."""
    # RandomState's stream is frozen for good; that of the newer generators may change with NumPy's version.
    random = np.random.RandomState(SEED)
    sectors = [sector for sector in SECTORS for _ in range(10)]
    words = [word for line in SECTORS.values() for word in line.split()]
    places = _PLACES.split()
    names = tuple(f"{places[at % len(places)]} {word}" for at, word in enumerate(words))
    size = np.exp(random.normal(0.0, 0.85, len(names)))
    weights = _index_weights(names, size)
    beta = np.round(_sector_betas(sectors) + random.normal(0.0, 0.15, len(names)), 2)
    value, momentum = random.normal(size=(2, len(names)))
    carbon = np.array([_CARBON.get(sector, _CARBON_ELSEWHERE) for sector in sectors])
    attributes: dict[str, list[str] | list[float]] = {
        "Sector": sectors,
        "ESG": _esg(sectors, random),
        "Beta": beta.tolist(),
        "Carbon": np.round(carbon * np.exp(random.normal(0.0, 0.4, len(names))), 0).tolist(),
        "Size": _standardised(np.log(weights)).tolist(),
        "Value": _standardised(value).tolist(),
        "Momentum": _standardised(momentum).tolist(),
    }
    styles = np.column_stack([attributes["Size"], attributes["Value"], attributes["Momentum"]]).astype(float)
    return SyntheticIndex(
        names=names,
        weights=weights,
        attributes=attributes,
        covariance=_covariance(beta, sectors, styles, random),
        seed=SEED,
    )


def _index_weights(names: tuple[str, ...], size: Vector) -> Vector:
    """Every sector at its share; inside it the named largest at their weights and the rest by size."""
    large = np.array([_LARGEST.get(name, 0.0) for name in names]).reshape(len(_SHARE), -1)
    rest = np.where(large > 0.0, 0.0, size.reshape(large.shape))
    left = np.array(_SHARE) - large.sum(axis=1)
    return rounded_weights((large + rest * (left / rest.sum(axis=1))[:, None]).ravel())


def _sector_betas(sectors: list[str]) -> Vector:
    level = {sector: 1.2 - 0.05 * place for place, sector in enumerate(SECTORS)}
    return np.array([level[sector] for sector in sectors])


def _esg(sectors: list[str], random: np.random.RandomState) -> list[str]:
    """Green or Amber, and in a few sectors one or two names of middling size Red."""
    words = [("Green", "Amber")[int(draw)] for draw in random.uniform(size=len(sectors)) < 0.35]
    for sector, count in sorted(_RED):
        first = sectors.index(sector) + 4
        words[first : first + count] = ["Red"] * count
    return words


def _standardised(values: Vector) -> Vector:
    return np.asarray(np.round((values - values.mean()) / values.std(), 2))


def _covariance(beta: Vector, sectors: list[str], styles: Matrix, random: np.random.RandomState) -> Matrix:
    """Market + sectors + styles + own risk, fraction squared a year."""
    count = len(SECTORS)
    membership = np.array([[sector == column for column in SECTORS] for sector in sectors], dtype=float)
    sector_volatility = random.uniform(0.07, 0.13, count)
    sector_covariance = decaying_correlation(count, 0.8) * np.outer(sector_volatility, sector_volatility)
    own = random.uniform(0.14, 0.30, len(sectors))
    return rounded_covariance(
        [
            0.155**2 * np.outer(beta, beta),
            membership @ sector_covariance @ membership.T,
            styles @ np.diag([0.025**2, 0.035**2, 0.045**2]) @ styles.T,
            np.diag(own**2),
        ]
    )
