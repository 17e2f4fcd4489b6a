"""Ex-ante measures of active risk and their parts."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, RiskModel
from trackerr_xl.core.semidefinite import symmetric_covariance
from trackerr_xl.errors import InputError, MatrixError, ShapeError

_CANCELLATION = 1e-9
"""How far below zero rounding may push a'Σa, relative to Σ abs(aᵢ) abs((Σa)ᵢ)."""


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Tracking error split over names.

    Parameters
    ----------
    tracking_error : float
        The whole, fraction per year.
    marginal : ndarray of shape (n,) or None
        Change of the tracking error per unit of active weight; None where it has no derivative, at zero.
    contribution : ndarray of shape (n,)
        Parts that sum to the whole.
    """

    tracking_error: float
    marginal: Vector | None
    contribution: Vector


def tracking_error(
    weights: Vector, benchmark: Vector, cov: Matrix | RiskModel, periods: float = 1.0
) -> float:
    r"""Ex-ante tracking error, the standard deviation of the active return.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Holdings as fractions of capital.
    cov : ndarray of shape (n, n) or RiskModel
        Covariance of asset returns, fraction squared per period.
    periods : float, default 1
        Periods per year; 1 leaves the result per period.

    Returns
    -------
    float
        Fraction per year, never negative.

    Raises
    ------
    ShapeError
        If the inputs do not describe the same assets.
    MatrixError
        If the covariance is not one.

    Notes
    -----
    With :math:`a = w - b` the result is :math:`\sqrt{p\, a^T \Sigma a}`. Only a matrix that makes this negative is
    refused: one with a negative eigenvalue still measures other weights, and the worksheet functions warn of it.

    References
    ----------
    .. [1] Grinold and Kahn, *Active Portfolio Management*, 2nd ed.
    """
    active = active_weights(weights, benchmark)
    return _length(active, _risk_model(cov, active.size), periods)


def contributions(
    weights: Vector,
    benchmark: Vector,
    cov: Matrix | RiskModel,
    periods: float = 1.0,
    funding: str = "Cash",
) -> Contributions:
    r"""Marginal and total contributions of every name to the tracking error.

    Parameters
    ----------
    weights, benchmark : ndarray of shape (n,)
        Holdings as fractions of capital.
    cov : ndarray of shape (n, n) or RiskModel
        Covariance of asset returns, fraction squared per period.
    periods : float, default 1
        Periods per year.
    funding : {"Cash", "Benchmark"}
        What is sold to buy a name: cash, or a slice of the whole benchmark.

    Returns
    -------
    Contributions
        Parts that sum to the tracking error (Euler's theorem).

    Raises
    ------
    ShapeError
        If the inputs do not describe the same assets.
    MatrixError
        If the covariance is not one.
    InputError
        If benchmark funding is asked for and the active weights do not sum to zero.

    Notes
    -----
    Cash: :math:`m_i = (\Sigma a)_i / TE`; benchmark: :math:`m_i = ((\Sigma a)_i - b^T \Sigma a) / TE`.
    """
    active = active_weights(weights, benchmark)
    risk = _risk_model(cov, active.size)
    total = _length(active, risk, periods)
    if total == 0.0:
        return Contributions(total, None, np.zeros_like(active))
    slope = risk.product(active)
    if funding == "Benchmark":
        _check_neutral(active)
        slope = slope - benchmark @ slope
    # Divided before it is multiplied by the periods, so that tiny covariances do not underflow.
    marginal = slope / total * periods
    return Contributions(total, marginal, active * marginal)


def active_share(weights: Vector, benchmark: Vector) -> float:
    """Half the sum of absolute active weights, both vectors of shape (n,) over the same names."""
    return 0.5 * float(np.abs(active_weights(weights, benchmark)).sum())


def active_weights(weights: Vector, benchmark: Vector) -> Vector:
    """Portfolio less benchmark, shape (n,)."""
    if weights.shape != benchmark.shape or weights.ndim != 1:
        raise ShapeError(
            f"has {benchmark.size} weights, must have {weights.size} like the portfolio", argument="benchmark"
        )
    return np.asarray(weights - benchmark)


def _risk_model(cov: Matrix | RiskModel, size: int) -> RiskModel:
    if isinstance(cov, np.ndarray):
        cov = DenseCovariance(cov)
    if isinstance(cov, DenseCovariance):
        cov = DenseCovariance(symmetric_covariance(cov.matrix, "cov"))
    if cov.size != size:
        raise ShapeError(f"is {cov.size} x {cov.size}, must be {size} x {size}", argument="cov")
    return cov


def _length(active: Vector, risk: RiskModel, periods: float) -> float:
    # Scaled to a largest weight of one: squares of tiny weights would underflow.
    scale = float(np.abs(active).max(initial=0.0))
    if scale == 0.0:
        return 0.0
    unit = active / scale
    slope = risk.product(unit)
    variance = float(unit @ slope)
    if variance < -_CANCELLATION * float(np.abs(unit) @ np.abs(slope)):
        raise MatrixError("gives a negative active variance, must be positive semidefinite", argument="cov")
    return scale * float(np.sqrt(max(variance, 0.0))) * float(np.sqrt(periods))


def _check_neutral(active: Vector) -> None:
    excess = float(active.sum())
    if abs(excess) > 1e-9 * float(np.abs(active).sum()):
        raise InputError(
            f"Benchmark needs active weights that sum to 0, they sum to {excess:.6g}: add the cash line",
            argument="funding",
        )
