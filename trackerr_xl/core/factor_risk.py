"""Tracking error split over the factors of a risk model and what is specific to the names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import root
from trackerr_xl.errors import ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class FactorRisk:
    """The parts of a tracking error by factor, or by block of factors; fractions per year but for the exposures.

    Parameters
    ----------
    tracking_error : float
        The whole.
    exposure : ndarray of shape (k,)
        Active exposure to each factor, in the unit of the exposures; of a block the sum over its factors.
    isolated : ndarray of shape (k,)
        Tracking error as if the factor were the only one.
    cumulative : ndarray of shape (k,)
        Tracking error of this factor and all before it.
    contribution : ndarray of shape (k,)
        Parts that sum, with that of the specific risk, to the whole.
    specific : float
        Tracking error of the specific risk alone.
    specific_contribution : float
        Its part of the whole.
    """

    tracking_error: float
    exposure: Vector
    isolated: Vector
    cumulative: Vector
    contribution: Vector
    specific: float
    specific_contribution: float


def factor_risk(
    active: Vector,
    exposures: Matrix,
    factor_cov: Matrix,
    specific: Vector,
    periods: float = 1.0,
    blocks: Sequence[Sequence[int]] | None = None,
) -> FactorRisk:
    r"""Contributions of the factors and of specific risk to the tracking error; n × n is never formed.

    Parameters
    ----------
    active : ndarray of shape (n,)
        Active weights a, fractions of capital.
    exposures : ndarray of shape (n, k)
        Exposure X of each asset to each factor.
    factor_cov : ndarray of shape (k, k)
        Covariance F of the factors' returns, fraction squared per period; may be singular.
    specific : ndarray of shape (n,)
        Specific variances D, fraction squared per period, zero or more.
    periods : float, default 1
        Periods per year p.
    blocks : sequence of sequences of int, optional
        Places of the factors of each block, every factor in one of them; each factor is a block when left out.

    Raises
    ------
    ShapeError
        If the parts do not describe the same assets and factors.
    MatrixError
        If F is not symmetric and positive semidefinite.

    Notes
    -----
    With :math:`e = X^T a` the square of the tracking error is :math:`p\,(e^T F e + \sum_i D_i a_i^2)`, the
    contribution of block k is :math:`p\, e_k^T (F e)_k / TE`, its isolated tracking error
    :math:`\sqrt{p\, e_k^T F_{kk} e_k}`. The cumulative tracking error of block k takes e over blocks 1 to k.

    References
    ----------
    .. [1] Grinold and Kahn, *Active Portfolio Management*, 2nd ed., chapter 3 and its appendix.
    """
    n, k = exposures.shape
    if active.shape != (n,) or specific.shape != (n,) or factor_cov.shape != (k, k):
        raise ShapeError(f"is {n} x {k}, must have a row for each name and a column for each factor")
    # Scaled to a largest weight of one: squares of tiny weights would underflow.
    scale = float(np.abs(active).max(initial=0.0)) or 1.0
    unit = active / scale
    exposure = exposures.T @ unit
    # Row k is what block k adds to the exposures to independent factors; sums of squares are never negative.
    steps = exposure[:, None] * root(factor_cov)
    if blocks is not None:
        steps = np.array([steps[list(block)].sum(axis=0) for block in blocks])
        exposure = np.array([exposure[list(block)].sum() for block in blocks])
    sums = np.cumsum(steps, axis=0)
    cumulative = np.linalg.norm(sums, axis=1)
    own = float(specific @ unit**2)
    total = float(np.hypot(cumulative[-1], np.sqrt(own)))
    size = scale * float(np.sqrt(periods))
    share = 1.0 / total if total > 0.0 else 0.0
    return FactorRisk(
        size * total,
        scale * exposure,
        size * np.linalg.norm(steps, axis=1),
        size * cumulative,
        size * share * (steps @ sums[-1]),
        size * float(np.sqrt(own)),
        size * share * own,
    )
