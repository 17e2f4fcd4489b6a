"""Covariances a desk meets, by name, drawn from a seed: the well behaved, the singular and the badly scaled."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import FactorModel

Family = Callable[[int, Generator], Matrix]


def equity_factors(n: int, k: int, rng: Generator) -> FactorModel:
    """Market, sectors and styles with realistic yearly volatilities, and specific risk around 24 %."""
    sectors = min(10, max(k - 1, 0))
    exposures = rng.standard_normal((n, k))
    exposures[:, 0] = rng.normal(1.0, 0.25, n)
    exposures[:, 1 : 1 + sectors] *= rng.integers(0, max(sectors, 1), n)[:, None] == np.arange(sectors)
    vols = rng.uniform(0.01, 0.04, k)
    vols[0] = 0.16
    vols[1 : 1 + sectors] = rng.uniform(0.06, 0.12, sectors)
    noise = rng.standard_normal((k, 2 * k + 5))
    correlation = 0.7 * np.eye(k) + 0.3 * np.atleast_2d(np.corrcoef(noise))
    specific = np.clip(np.exp(rng.normal(np.log(0.24), 0.35, n)), 0.08, 0.8) ** 2
    return FactorModel(exposures @ np.linalg.cholesky(correlation * np.outer(vols, vols)), specific)


def factor_with_noise(n: int, rng: Generator) -> Matrix:
    """Equity factors of which a fifth is replaced by a noisy sample, so that no exact structure is left."""
    model = equity_factors(n, max(1, min(20, n // 3)), rng)
    common = model.loadings @ model.loadings.T
    noise = rng.standard_normal((n, 2 * n)) * np.sqrt(model.specific)[:, None]
    return _symmetric(common + 0.8 * np.diag(model.specific) + 0.2 * (noise @ noise.T) / (2 * n))


def sample(periods_per_asset: float) -> Family:
    """Sample covariance of normal returns from equity factors; singular when there are fewer periods than assets."""

    def draw(n: int, rng: Generator) -> Matrix:
        periods = max(2, int(periods_per_asset * n))
        returns = _returns(n, periods, rng)
        return _symmetric(returns @ returns.T / periods)

    return draw


def wishart(periods_per_asset: float) -> Family:
    """Sample covariance of independent returns: no common factor to find."""

    def draw(n: int, rng: Generator) -> Matrix:
        periods = max(2, int(periods_per_asset * n))
        returns = rng.standard_normal((n, periods))
        return _symmetric(returns @ returns.T / periods)

    return draw


def shrunk(n: int, rng: Generator) -> Matrix:
    """A singular sample covariance shrunk by a fifth towards the mean variance, as Ledoit and Wolf do."""
    cov = sample(0.5)(n, rng)
    return 0.8 * cov + 0.2 * cov.diagonal().mean() * np.eye(n)


def ewma(n: int, rng: Generator) -> Matrix:
    """Exponentially weighted with decay 0.94: about 32 effective periods out of 300."""
    returns = _returns(n, 300, rng)
    return _symmetric((returns * 0.94 ** np.arange(300)) @ returns.T * 0.06)


def equicorrelation(n: int, rng: Generator) -> Matrix:
    """Every pair correlated by 0.3, volatilities unequal."""
    vols = np.exp(rng.normal(0.0, 0.4, n))
    return (0.3 + 0.7 * np.eye(n)) * np.outer(vols, vols)


def bond_curve(n: int, rng: Generator) -> Matrix:
    """Level, slope and curvature explain all but one percent of each bond's variance."""
    years = rng.uniform(0.5, 30.0, n)
    exposures = np.column_stack([years, years * np.exp(-years / 5.0), 2.0 * years * np.exp(-years / 12.0)])
    cov = _symmetric(1e-6 * (exposures * [1.0, 0.3, 0.15]) @ exposures.T)
    return cov + np.diag(0.01 * cov.diagonal() * rng.uniform(0.3, 2.0, n))


def mixed_volatilities(n: int, rng: Generator) -> Matrix:
    """Volatilities spread over a hundredfold, bonds beside shares."""
    vols = 10.0 ** rng.uniform(-2.0, 0.0, n)
    return _symmetric(factor_with_noise(n, rng) * np.outer(vols, vols))


def duplicated(n: int, rng: Generator) -> Matrix:
    """About half of the assets are exact copies of others: the optimum is not unique."""
    twin = np.where(rng.random(n) < 0.5, rng.integers(0, n, n), np.arange(n))
    return np.ascontiguousarray(factor_with_noise(n, rng)[np.ix_(twin, twin)])


def with_cash(n: int, rng: Generator) -> Matrix:
    """The first asset has no variance at all."""
    cov = factor_with_noise(n, rng)
    cov[0, :] = cov[:, 0] = 0.0
    return cov


FAMILIES: dict[str, Family] = {
    "factors and noise": factor_with_noise,
    "sample, T = 5n": sample(5.0),
    "sample, T = 1.5n": sample(1.5),
    "Wishart, T = 2n": wishart(2.0),
    "Wishart, T = 1.1n": wishart(1.1),
    "sample, T = n/2 (singular)": sample(0.5),
    "the same, shrunk by 20 %": shrunk,
    "EWMA 0.94 (about 32 periods)": ewma,
    "equal correlations 0.3": equicorrelation,
    "bond curve, 1 % specific": bond_curve,
    "volatilities over 100 times": mixed_volatilities,
}
"""The eleven families whose times are published."""

DEGENERATE: dict[str, Family] = {"duplicated assets": duplicated, "cash": with_cash}


def random_factor_model(n: int, rng: Generator) -> FactorModel:
    """Equity factors; one time in five some assets, or all, have no specific risk."""
    model = equity_factors(n, int(rng.integers(1, max(2, min(20, n // 2)))), rng)
    if rng.random() < 0.8:
        return model
    bare: Vector = rng.random(n) < rng.choice([0.1, 0.5, 1.0])
    return FactorModel(model.loadings, np.where(bare, 0.0, model.specific))


def _returns(n: int, periods: int, rng: Generator) -> Matrix:
    return np.asarray(np.linalg.cholesky(factor_with_noise(n, rng)) @ rng.standard_normal((n, periods)))


def _symmetric(matrix: Matrix) -> Matrix:
    return 0.5 * (matrix + matrix.T)
