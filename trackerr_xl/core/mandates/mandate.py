"""What a manager asks for beyond least tracking error: another objective, a cap on tracking error, soft limits, costs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.mandates.costs import CostRow
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Solution

Objective = Literal["Min TE", "Max return", "Max utility", "Min turnover", "Min variance"]
"""What is made best: tracking error; alpha'w; alpha'w − ½ risk aversion · TE²; ½Σ abs(w − current); the variance w'Σw."""


@dataclass(frozen=True, slots=True, eq=False)
class Mandate:
    """A problem with its objective.

    Parameters
    ----------
    problem : TrackingProblem
        Benchmark, covariance and every limit that is linear or bent. Its penalties are in the unit of the
        objective's value (for Min TE: tracking error per period) per unit of breach, not yet in half variance.
    objective : str
        What is made best.
    alpha : ndarray of shape (n,), optional
        Expected returns per period; needed by Max return and Max utility.
    risk_aversion : float
        For Max utility, per unit of return.
    current : ndarray of shape (n,), optional
        Weights held now; needed by Min turnover.
    te_cap : float
        Largest tracking error per period, infinite when there is none.
    te_penalty : float
        Price of a unit of tracking error above the cap; infinite when the cap must hold.
    te_label : str
        The row of the cap.
    costs : tuple of CostRow
        Limits on the cost of trading.
    seconds : float
        After which no further method is begun.
    """

    problem: TrackingProblem
    objective: Objective = "Min TE"
    alpha: Vector | None = None
    risk_aversion: float = 1.0
    current: Vector | None = None
    te_cap: float = np.inf
    te_penalty: float = np.inf
    te_label: str = "TE"
    costs: tuple[CostRow, ...] = ()
    seconds: float = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class WholeProof:
    """What is known of better weights where names are counted.

    Parameters
    ----------
    bound : float
        No weights within all limits reach a better value than this.
    nodes : int
        Nodes of the search.
    seconds : float
        What it took.
    finished : bool
        Whether the gap asked for was proved; if not the time was over.
    held : ndarray of shape (n,)
        Names that are held.
    """

    bound: float
    nodes: int
    seconds: float
    finished: bool
    held: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Achieved:
    """The best weights for a mandate, proved.

    Parameters
    ----------
    solution : Solution
        Weights, active variance, multipliers and the certificate of the last convex problem solved.
    value : float
        What the objective comes to, breaches of soft rows priced in: tracking error or volatility per period, return
        per period, utility, or one-way turnover.
    bound : float
        No weights within the limits reach a better value than this.
    rate : float
        Change of `value` per unit of the solution's multipliers: a row's price is its multiplier times this. NaN where
        prices are not defined, at a tracking error of zero.
    te_price : float
        Change of `value` for the better per unit of the cap on tracking error, per period; zero where it does not bind.
    cost_prices : ndarray of shape (c,)
        The same for each cost row.
    whole : WholeProof or None
        Where names are counted: `bound` and the prices are those of the names held, this is of all.
    """

    solution: Solution
    value: float
    bound: float
    rate: float
    te_price: float
    cost_prices: Vector
    whole: WholeProof | None = None
