"""The tracking problem: the only door into the solvers, and the only place where its mathematics is checked."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.semidefinite import checked_covariance
from trackerr_xl.errors import InputError, MatrixError, NoAnswerError, ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class LinearRows:
    """Rows lower ≤ Rw ≤ upper, each with the user's own label; equal limits make an equality.

    Parameters
    ----------
    matrix : ndarray of shape (m, n)
        Coefficients R.
    lower, upper : ndarray of shape (m,)
        Limits, infinite where there is none.
    labels : tuple of str
        One label a row, as the user would recognise it, such as ``"Group Sector=Banks (row 4)"``.
    penalty : ndarray of shape (m,), optional
        Price of a unit of breach, in the unit of half the active variance; infinite for a row that must hold. Left
        out, all must.
    """

    matrix: Matrix
    lower: Vector
    upper: Vector
    labels: tuple[str, ...]
    penalty: Vector | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BentRows:
    """Rows Σᵢ (slopeᵢ wᵢ + bendᵢ abs(wᵢ − atᵢ)) ≤ upper: turnover, gross exposure, trading cost, soft limits of names.

    A price per unit without any limit, such as a trading cost in the objective, is a soft row with the limit 0.

    Parameters
    ----------
    slope : ndarray of shape (m, n)
        Coefficients of the weights.
    bend : ndarray of shape (m, n)
        Coefficients of the distances, zero or more.
    at : ndarray of shape (m, n)
        Where each row bends; any finite number where `bend` is zero.
    upper : ndarray of shape (m,)
        Limits, finite.
    penalty : ndarray of shape (m,)
        Price of a unit of breach, in the unit of half the active variance; infinite for a row that must hold.
    labels : tuple of str
        One label a row, as the user would recognise it.
    """

    slope: Matrix
    bend: Matrix
    at: Matrix
    upper: Vector
    penalty: Vector
    labels: tuple[str, ...]

    @classmethod
    def none(cls, n: int) -> "BentRows":
        """No rows, for n assets."""
        empty = np.empty((0, n))
        return cls(empty, empty, empty, np.empty(0), np.empty(0), ())

    def reached(self, weights: Vector) -> Vector:
        """Left side of each row, shape (m,)."""
        distances = np.abs(weights - self.at)
        return np.asarray(self.slope @ weights + np.einsum("ij,ij->i", self.bend, distances))


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
            BentRows.none(n) if bent is None else bent,
            np.zeros(n) if linear is None else linear,
        )


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
    matrix = cov.matrix if isinstance(cov, DenseCovariance) else np.asarray(cov, dtype=np.float64)
    if matrix.shape != (n, n):
        shape = " x ".join(str(length) for length in matrix.shape)
        raise ShapeError(f"is {shape or 'a number'}, must be {n} x {n}", argument="cov")
    return DenseCovariance(checked_covariance(matrix, "cov"))


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
    _check_rows(given, n)
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
    )


def _check_rows(rows: LinearRows, n: int) -> None:
    m = len(rows.labels)
    if rows.matrix.shape != (m, n) or rows.lower.shape != (m,) or rows.upper.shape != (m,):
        shape = " x ".join(str(length) for length in rows.matrix.shape)
        raise ShapeError(f"is {shape} with {m} labels, must be {m} x {n}", argument="rows")
    finite = np.isfinite(rows.matrix).all(axis=1)
    numbers = finite & ~np.isnan(rows.lower) & ~np.isnan(rows.upper)
    if not numbers.all():
        label = rows.labels[int(numbers.argmin())]
        raise InputError("holds a number that is not finite, must hold none", argument="rows", at=label)
    wrong = np.flatnonzero((rows.lower > rows.upper) | (rows.lower == np.inf) | (rows.upper == -np.inf))
    if wrong.size:
        first = wrong[0]
        low, high = rows.lower[first], rows.upper[first]
        raise NoAnswerError(
            f"{rows.labels[first]} has lower limit {low:.6g} above its upper limit {high:.6g}"
        )
