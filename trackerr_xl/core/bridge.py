"""Why the tracking error changed between two dates: one thing changed after the other."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk import active_weights, tracking_error
from trackerr_xl.core.risk_model import FactorModel, RiskModel

STEPS = ("Portfolio", "Benchmark", "Volatility", "Correlation", "Specific")
"""What is changed, in this order."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Weights and covariance of one date, over the same names as those of the other.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Holdings as fractions of capital.
    risk : RiskModel
        Covariance, fraction squared per period.
    """

    weights: Vector
    benchmark: Vector
    risk: RiskModel


def bridge(old: Snapshot, new: Snapshot, periods: float = 1.0) -> Vector:
    r"""Tracking error of the old date, and after each of `STEPS`; the last is that of the new date.

    Parameters
    ----------
    old, new : Snapshot
        The two dates.
    periods : float, default 1
        Periods per year.

    Returns
    -------
    ndarray of shape (6,)
        Fractions per year. Differences of neighbours sum to the whole change.

    Raises
    ------
    ShapeError
        If the parts do not describe the same assets.
    MatrixError
        If a covariance gives a negative variance.

    Notes
    -----
    A covariance is taken as :math:`S C S + D`: S the volatilities, C the correlations, and D the specific variances of
    a factor model, zero for a matrix; in a factor model S and C are those of what the factors explain. A name without
    volatility is taken as uncorrelated.
    """
    before, after = _parts(old.risk), _parts(new.risk)
    moved = active_weights(new.weights, old.benchmark)
    ahead = active_weights(new.weights, new.benchmark)
    states = (
        (active_weights(old.weights, old.benchmark), before, before, before),
        (moved, before, before, before),
        (ahead, before, before, before),
        (ahead, after, before, before),
        (ahead, after, after, before),
        (ahead, after, after, after),
    )
    return np.array([_error(*state, periods) for state in states])


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    common: RiskModel
    volatility: Vector
    specific: Vector


def _parts(risk: RiskModel) -> _Parts:
    specific = np.zeros(risk.size)
    if isinstance(risk, FactorModel):
        risk, specific = FactorModel(risk.loadings, specific), risk.specific
    return _Parts(risk, np.sqrt(np.maximum(risk.diagonal(), 0.0)), specific)


def _error(
    active: Vector, volatility: _Parts, correlation: _Parts, specific: _Parts, periods: float
) -> float:
    """Tracking error with each part of the covariance from a date of its own."""
    own = correlation.volatility
    known = own > 0.0
    scaled = np.where(known, active * (volatility.volatility / np.where(known, own, 1.0)), 0.0)
    common = tracking_error(scaled, np.zeros_like(scaled), correlation.common)
    alone = active * np.sqrt(specific.specific + np.where(known, 0.0, volatility.volatility**2))
    return float(np.hypot(common, np.linalg.norm(alone)) * np.sqrt(periods))
