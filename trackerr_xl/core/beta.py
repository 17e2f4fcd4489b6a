"""Beta against the benchmark, and the split of the tracking error it makes."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.history import active_returns
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.errors import InputError


@dataclass(frozen=True, slots=True)
class BetaSplit:
    """Tracking error in two parts whose squares sum to its square.

    Parameters
    ----------
    beta : float
        Beta of the portfolio against the benchmark.
    from_beta : float
        :math:`|\\beta - 1|` times the benchmark's volatility, fraction per year.
    residual : float
        Volatility of the part uncorrelated with the benchmark, fraction per year.
    """

    beta: float
    from_beta: float
    residual: float


def ex_ante_split(weights: Vector, benchmark: Vector, risk: RiskModel, periods: float = 1.0) -> BetaSplit:
    r"""Beta and split of the ex-ante tracking error.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Holdings as fractions of capital.
    risk : RiskModel
        Covariance, fraction squared per period.
    periods : float, default 1
        Periods per year.

    Raises
    ------
    InputError
        If the benchmark has no risk.

    Notes
    -----
    :math:`\beta = w^T \Sigma b / b^T \Sigma b` and :math:`TE^2 = (\beta - 1)^2 \sigma_b^2 + \sigma_e^2`, because
    :math:`e = w - \beta b` has no covariance with b [1]_.

    References
    ----------
    .. [1] Grinold and Kahn, *Active Portfolio Management*, 2nd ed., McGraw-Hill 2000, chapter 2.
    """
    variance = risk.variance(benchmark)
    if variance == 0.0:
        raise InputError("has no risk, must have some: beta divides by its variance", argument="benchmark")
    beta = float(weights @ risk.product(benchmark)) / variance
    residual = risk.variance(weights - beta * benchmark)
    scale = float(np.sqrt(periods))
    return BetaSplit(
        beta, abs(beta - 1.0) * float(np.sqrt(variance)) * scale, float(np.sqrt(residual)) * scale
    )


def ex_post_split(portfolio: Vector, benchmark: Vector, periods: float = 1.0) -> BetaSplit:
    r"""Beta and split of the ex-post tracking error.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions.
    periods : float, default 1
        Periods per year.

    Raises
    ------
    ShapeError
        If the lengths differ or are below two.
    InputError
        If the benchmark's returns are all equal.

    Notes
    -----
    Sample moments with the divisor T − 1 in all three, so that the squares add up; Excel's ``SLOPE`` is the beta, and
    its ``STEYX`` has T − 2.
    """
    active = active_returns(portfolio, benchmark, fewest=2)
    centred = benchmark - benchmark.mean()
    size = float(np.abs(centred).max())
    if np.ptp(benchmark) == 0.0:
        raise InputError(
            "has the same return at every date, must vary: beta divides by its variance", argument="benchmark"
        )
    # Scaled before squaring, so that tiny returns do not underflow; and the active return's own slope, beta − 1,
    # keeps its digits where beta is near 1.
    unit = centred / size
    deviation = active - active.mean()
    slope = float(unit @ deviation) / float(unit @ unit) / size
    scale = float(np.sqrt(periods / (active.size - 1.0)))
    residual = deviation - slope * centred
    return BetaSplit(
        1.0 + slope,
        abs(slope) * float(np.linalg.norm(centred)) * scale,
        float(np.linalg.norm(residual)) * scale,
    )
