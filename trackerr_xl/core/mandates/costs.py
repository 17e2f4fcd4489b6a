"""What trading costs: a rate, a quadratic term and the three-halves power of market impact."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector


@dataclass(frozen=True, slots=True, eq=False)
class CostRow:
    """Limit Σᵢ (rateᵢ abs(Δᵢ) + quadraticᵢ Δᵢ² + impactᵢ abs(Δᵢ)^(3/2)) ≤ upper on the cost of the trades Δ = w − at.

    A cost that is only counted in the objective is a soft row with the limit 0.

    Parameters
    ----------
    rate : ndarray of shape (n,)
        Cost per unit traded, zero or more: half the spread and commission.
    quadratic : ndarray of shape (n,)
        Cost per squared unit traded, zero or more.
    impact : ndarray of shape (n,)
        Cost per unit traded to the power 3/2, zero or more [1]_.
    at : ndarray of shape (n,)
        Weights held now.
    upper : float
        Limit, fraction of capital.
    penalty : float
        Price of a unit of breach, in the unit of the objective; infinite when the row must hold.
    label : str
        The row as the user would recognise it.

    References
    ----------
    .. [1] Almgren, Thum, Hauptmann and Li, "Direct estimation of equity market impact", Risk 18 (2005).
    """

    rate: Vector
    quadratic: Vector
    impact: Vector
    at: Vector
    upper: float
    penalty: float
    label: str

    def cost(self, weights: Vector) -> float:
        """Cost of trading from `at` to `weights`, fraction of capital."""
        traded = np.abs(weights - self.at)
        return float((self.rate + self.quadratic * traded + self.impact * np.sqrt(traded)) @ traded)
