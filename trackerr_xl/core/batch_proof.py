"""The certificate of `certificate.measure` for a stack of accounts with one risk model and rows, by code of its own."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.solvers.certificate import (
    SMALLEST_SLOPE_SHARE,
    SMALLEST_VALUE_SHARE,
    SMALLEST_VARIANCE_SHARE,
    WIDEST,
)


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """What is to be proved, an account a row; no soft and no bent rows.

    Parameters
    ----------
    weights, benchmark, linear, lower, upper : ndarray of shape (a, n)
        Weights inside their limits, and what is said of each weight.
    row_lower, row_upper, duals : ndarray of shape (a, m)
        Limits of the rows and their multipliers.
    """

    weights: Matrix
    benchmark: Matrix
    linear: Matrix
    lower: Matrix
    upper: Matrix
    row_lower: Matrix
    row_upper: Matrix
    duals: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Proofs:
    """The proofs, an account a row, as in `Measured`."""

    violation: Vector
    gap: Vector
    relative_gap: Vector
    stationarity: Vector
    active_variance: Vector
    duals: Matrix
    reduced_gradient: Matrix


def prove(risk: RiskModel, rows: Matrix, claims: Claims) -> Proofs:
    """Violation, rigorous gap and stationarity of every account."""
    duals = _admissible(claims)
    active = claims.weights - claims.benchmark
    product = _product(risk, active)
    slope, pull = product + claims.linear, duals @ rows
    gradient = slope + pull
    reached = claims.weights @ rows.T
    mean = float(risk.diagonal().mean())
    variance = np.maximum(_dots(active, product), 0.0)
    gap = 2.0 * (_box_gap(claims, gradient) + _limits_gap(claims, duals, reached))
    sizes = np.abs(rows).max(axis=1, initial=0.0)
    breaches = np.maximum(np.maximum(reached - claims.row_upper, claims.row_lower - reached), 0.0)
    outside = np.maximum(claims.weights - claims.upper, claims.lower - claims.weights).max(axis=1)
    return Proofs(
        np.maximum((breaches / np.where(sizes > 0.0, sizes, 1.0)).max(axis=1, initial=0.0), outside),
        np.maximum(gap, 0.0),
        _ratio(np.abs(gap), _scale(claims, variance, mean)),
        _stationarity(claims, gradient, slope, pull, mean),
        variance,
        duals,
        gradient,
    )


def _admissible(claims: Claims) -> Matrix:
    nowhere = np.isinf(np.where(claims.duals > 0.0, claims.row_upper, claims.row_lower))
    return np.where(nowhere, 0.0, claims.duals)


def _product(risk: RiskModel, active: Matrix) -> Matrix:
    if isinstance(risk, FactorModel):
        return np.asarray((active @ risk.loadings) @ risk.loadings.T + active * risk.specific)
    assert isinstance(risk, DenseCovariance)
    return np.asarray(active @ risk.matrix)


def _box_gap(claims: Claims, gradient: Matrix) -> Vector:
    far = WIDEST * (1.0 + np.abs(claims.weights).max(axis=1, keepdims=True))
    best = np.where(gradient > 0.0, np.maximum(claims.lower, -far), np.minimum(claims.upper, far))
    return _dots(gradient, claims.weights - best)


def _limits_gap(claims: Claims, duals: Matrix, reached: Matrix) -> Vector:
    limits = np.where(duals > 0.0, claims.row_upper, np.where(duals < 0.0, claims.row_lower, reached))
    return _dots(duals, limits - reached)


def _scale(claims: Claims, variance: Vector, mean: float) -> Vector:
    scale = np.maximum(variance, SMALLEST_VARIANCE_SHARE * mean)
    gained = 2.0 * np.abs(_dots(claims.linear, claims.weights - claims.benchmark))
    least = SMALLEST_VALUE_SHARE * np.abs(claims.linear).max(axis=1)
    return np.asarray(np.maximum(np.maximum(scale, gained), least))


def _stationarity(claims: Claims, gradient: Matrix, slope: Matrix, pull: Matrix, mean: float) -> Vector:
    steepest = np.maximum(np.abs(slope).max(axis=1), np.abs(pull).max(axis=1))
    steepest = np.maximum(steepest, SMALLEST_SLOPE_SHARE * mean)
    unit = np.full(steepest.size, mean) if mean > 0.0 else np.where(steepest > 0.0, steepest, 1.0)
    stepped = np.clip(claims.weights - gradient / unit[:, None], claims.lower, claims.upper)
    return _ratio(np.abs(claims.weights - stepped).max(axis=1) * unit, steepest)


def _dots(one: Matrix, other: Matrix) -> Vector:
    return np.asarray(np.einsum("ij,ij->i", one, other))


def _ratio(part: Vector, whole: Vector) -> Vector:
    return np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), np.where(part > 0.0, np.inf, 0.0))
