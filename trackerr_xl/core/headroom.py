"""How much of a name can be bought or sold before the tracking error reaches its limit."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk_model import RiskModel


@dataclass(frozen=True, slots=True, eq=False)
class Headroom:
    """The trades in one name at a time that end at the limit.

    Parameters
    ----------
    buy, sell : ndarray of shape (n,)
        Largest purchase and sale, fractions of capital, zero or more; infinite where the name adds no risk, NaN where
        no trade of that direction ends within the limit.
    """

    buy: Vector
    sell: Vector


def headroom(
    weights: Vector, benchmark: Vector, risk: RiskModel, limit: float, funding: str = "Cash"
) -> Headroom:
    r"""Largest trade in each name alone that keeps the tracking error within a limit.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Holdings as fractions of capital.
    risk : RiskModel
        Covariance, fraction squared per period.
    limit : float
        Largest tracking error, fraction per period.
    funding : {"Cash", "Benchmark"}
        What pays for a purchase: cash without risk, or a slice of the whole benchmark.

    Notes
    -----
    A trade :math:`\delta` in the direction d, the name less what funds it, gives
    :math:`TE^2 + 2 \delta\, d^T \Sigma a + \delta^2\, d^T \Sigma d`; the trades that end at the limit are the roots.
    """
    active = weights - benchmark
    slope = risk.product(active)
    excess = float(active @ slope) - limit**2
    curvature = risk.diagonal().copy()
    if funding == "Benchmark":
        of_benchmark = risk.product(benchmark)
        slope = slope - float(benchmark @ slope)
        curvature += float(benchmark @ of_benchmark) - 2.0 * of_benchmark
    return Headroom(_largest(slope, curvature, excess), _largest(-slope, curvature, excess))


def _largest(slope: Vector, curvature: Vector, excess: float) -> Vector:
    """Larger root of excess + 2 slope δ + curvature δ², where it is not negative."""
    discriminant = slope**2 - curvature * excess
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(discriminant)
        # The form without cancellation: for a rising slope the numerator would be a small difference.
        larger = np.where(slope > 0.0, -excess / (root + slope), (root - slope) / curvature)
    still = (curvature <= 0.0) & (slope == 0.0)
    larger = np.where(still, np.inf if excess <= 0.0 else np.nan, larger)
    return np.where(larger >= 0.0, larger, np.nan)
