"""The tracking problem: the only door into the solvers, and the only place where its mathematics is checked."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import CheckedCovariance, DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.rows import BentRows, LinearRows, check_bent_rows, check_linear_rows
from trackerr_xl.core.semidefinite import checked_covariance
from trackerr_xl.errors import InputError, MatrixError, NoAnswerError, ShapeError

__all__ = ["BentRows", "LinearRows", "TrackingProblem"]


@dataclass(frozen=True, slots=True, eq=False)
class TrackingProblem:
    """Least active variance under limits on w. Made by `build`, which checks everything.

    What is made least is ½(w − b)'Σ(w − b) + linear'w + the price of every breach of a soft row.

    Parameters
    ----------
    benchmark : ndarray of shape (n,)
        Benchmark weights b, fractions of capital.
    risk : RiskModel
        Covariance Σ, fraction squared per period.
    lower, upper : ndarray of shape (n,)
        Limits of each weight; equal where a weight is fixed.
    rows : LinearRows
        Every other linear limit, the budget among them.
    names : tuple of str
        One name an asset, used in messages only.
    bent : BentRows
        Limits on sums of distances.
    linear : ndarray of shape (n,)
        Added slope, in the unit of half the active variance per unit of weight.
    """

    benchmark: Vector
    risk: RiskModel
    lower: Vector
    upper: Vector
    rows: LinearRows
    names: tuple[str, ...]
    bent: BentRows
    linear: Vector

    def price_of_breaches(self, weights: Vector) -> float:
        """What the soft rows that are broken add to the objective, in the unit of half the active variance."""
        price = 0.0
        if self.rows.penalty is not None:
            price += _priced(self.rows.penalty, self.rows.breaches(weights))
        if self.bent.upper.size:
            price += _priced(self.bent.penalty, self.bent.breaches(weights))
        return price

    @classmethod
    def build(
        cls,
        benchmark: Vector,
        cov: Matrix | RiskModel,
        upper: Vector | float = 1.0,
        lower: Vector | float = 0.0,
        *,
        budget: float | tuple[float, float] | None = 1.0,
        rows: LinearRows | None = None,
        names: tuple[str, ...] | None = None,
        bent: BentRows | None = None,
        linear: Vector | None = None,
    ) -> "TrackingProblem":
        """Check the parts and put them together.

        Parameters
        ----------
        benchmark : ndarray of shape (n,)
            Benchmark weights, fractions of capital.
        cov : ndarray of shape (n, n) or RiskModel
            Covariance, fraction squared per period. Differences across the diagonal within rounding are averaged.
        upper, lower : ndarray of shape (n,) or float
            Limits of each weight, a number for all alike; infinite where there is none.
        budget : float, (float, float) or None, default 1
            Sum of the weights, or its range; it becomes the first row, labelled "Budget". None leaves it free.
        rows : LinearRows, optional
            Other limits.
        names : tuple of str, optional
            One name an asset, for messages; "asset 1" and so on when not given.
        bent : BentRows, optional
            Limits on sums of distances.
        linear : ndarray of shape (n,), optional
            Added slope of the objective.

        Raises
        ------
        ShapeError
            If the parts do not describe the same n assets.
        InputError
            If a number is missing or not finite where it must be.
        MatrixError
            If the covariance is not symmetric, not finite or not positive semidefinite.
        NoAnswerError
            If a lower limit is above its upper one.
        """
        weights = _vector(benchmark, "benchmark")
        n = weights.size
        if not n:
            raise ShapeError("is empty, must hold one weight an asset", argument="benchmark")
        if names is None:
            names = tuple(f"asset {i + 1}" for i in range(n))
        elif len(names) != n:
            raise ShapeError(f"has {len(names)} entries, must have {n}", argument="names")
        _require_finite(weights, "benchmark", names)
        low, high = _limits(lower, "lower", names), _limits(upper, "upper", names)
        _require_order(low, high, names)
        return cls(
            weights,
            _risk(cov, n),
            low,
            high,
            _all_rows(budget, rows, n),
            names,
            _bent(bent, n),
            _slopes(linear, names),
        )


def _priced(penalty: Vector, breaches: Vector) -> float:
    soft = np.isfinite(penalty)
    return float(penalty[soft] @ breaches[soft])


def _vector(values: Vector | float, argument: str) -> Vector:
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1:
        raise ShapeError(f"has {vector.ndim} dimensions, must be one column or row", argument=argument)
    return vector


def _require_finite(vector: Vector, argument: str, names: tuple[str, ...]) -> None:
    bad = np.flatnonzero(~np.isfinite(vector))
    if bad.size:
        raise InputError("is not a finite number, must be one", argument=argument, at=names[bad[0]])


def _limits(values: Vector | float, argument: str, names: tuple[str, ...]) -> Vector:
    n = len(names)
    limits = np.full(n, values, dtype=np.float64) if np.ndim(values) == 0 else _vector(values, argument)
    if limits.size != n:
        raise ShapeError(f"has {limits.size} entries, must have {n}", argument=argument)
    bad = np.flatnonzero(np.isnan(limits))
    if bad.size:
        raise InputError("is not a number, must be one", argument=argument, at=names[bad[0]])
    return limits


def _require_order(lower: Vector, upper: Vector, names: tuple[str, ...]) -> None:
    wrong = np.flatnonzero((lower > upper) | (lower == np.inf) | (upper == -np.inf))
    if wrong.size:
        first = wrong[0]
        more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
        raise NoAnswerError(
            f"{names[first]}{more} has lower limit {lower[first]:.6g} above its upper limit {upper[first]:.6g}"
        )


def _risk(cov: Matrix | RiskModel, n: int) -> RiskModel:
    if isinstance(cov, FactorModel):
        return _checked_factors(cov, n)
    if isinstance(cov, CheckedCovariance) and cov.size == n:
        return cov
    matrix = cov.matrix if isinstance(cov, DenseCovariance) else np.asarray(cov, dtype=np.float64)
    if matrix.shape != (n, n):
        shape = " x ".join(str(length) for length in matrix.shape)
        raise ShapeError(f"is {shape or 'a number'}, must be {n} x {n}", argument="cov")
    return CheckedCovariance(checked_covariance(matrix, "cov"))


def _checked_factors(model: FactorModel, n: int) -> FactorModel:
    if model.loadings.shape[:1] != (n,) or model.specific.shape != (n,):
        raise ShapeError(f"describes {model.size} assets, must describe {n}", argument="cov")
    if not (np.isfinite(model.loadings).all() and np.isfinite(model.specific).all()):
        raise MatrixError("holds a loading or specific variance that is not a finite number", argument="cov")
    if model.specific.min() < 0:
        raise MatrixError(
            f"has the specific variance {model.specific.min():.6g}, must be zero or more", argument="cov"
        )
    return model


def _all_rows(budget: float | tuple[float, float] | None, rows: LinearRows | None, n: int) -> LinearRows:
    given = LinearRows(np.empty((0, n)), np.empty(0), np.empty(0), ()) if rows is None else rows
    check_linear_rows(given, n)
    if budget is None:
        return given
    low, high = budget if isinstance(budget, tuple) else (budget, budget)
    if np.isnan(low) or np.isnan(high) or low == np.inf or high == -np.inf:
        raise InputError("is not a finite number, must be one", argument="budget")
    if low > high:
        raise NoAnswerError(f"Budget has lower limit {low:.6g} above its upper limit {high:.6g}")
    return LinearRows(
        np.vstack([np.ones((1, n)), given.matrix]),
        np.concatenate([[low], given.lower]),
        np.concatenate([[high], given.upper]),
        ("Budget", *given.labels),
        None if given.penalty is None else np.concatenate([[np.inf], given.penalty]),
    )


def _bent(rows: BentRows | None, n: int) -> BentRows:
    if rows is None:
        return BentRows.none(n)
    check_bent_rows(rows, n)
    return rows


def _slopes(linear: Vector | None, names: tuple[str, ...]) -> Vector:
    if linear is None:
        return np.zeros(len(names))
    slopes = _vector(linear, "linear")
    if slopes.size != len(names):
        raise ShapeError(f"has {slopes.size} entries, must have {len(names)}", argument="linear")
    _require_finite(slopes, "linear", names)
    return slopes
