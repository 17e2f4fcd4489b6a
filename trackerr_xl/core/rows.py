"""Limits on sums over the weights: linear rows and bent ones, and what is checked of them."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.errors import InputError, NoAnswerError, ShapeError


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

    @property
    def hard(self) -> Mask:
        """Which rows must hold, shape (m,)."""
        if self.penalty is None:
            return np.ones(self.lower.size, dtype=np.bool_)
        return np.isinf(self.penalty)

    @property
    def sizes(self) -> Vector:
        """Largest coefficient of each row, 1 for a row without any, shape (m,)."""
        return _sizes(np.abs(self.matrix))

    def breaches(self, weights: Vector) -> Vector:
        """How far each row is beyond its nearer limit, zero where it is within, shape (m,)."""
        reached = self.matrix @ weights
        return np.maximum(np.maximum(reached - self.upper, self.lower - reached), 0.0)


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

    @property
    def hard(self) -> Mask:
        """Which rows must hold, shape (m,)."""
        return np.isinf(self.penalty)

    @property
    def sizes(self) -> Vector:
        """Largest coefficient of each row, 1 for a row without any, shape (m,)."""
        return _sizes(np.maximum(np.abs(self.slope), self.bend))

    def breaches(self, weights: Vector) -> Vector:
        """How far each row is beyond its limit, zero where it is within, shape (m,)."""
        return np.maximum(self.reached(weights) - self.upper, 0.0)

    def reached(self, weights: Vector) -> Vector:
        """Left side of each row, shape (m,)."""
        distances = np.abs(weights - self.at)
        return np.asarray(self.slope @ weights + np.einsum("ij,ij->i", self.bend, distances))


def check_linear_rows(rows: LinearRows, n: int) -> None:
    """Refuse rows that do not fit n assets, or hold a number that cannot be one.

    Raises
    ------
    ShapeError, InputError
        Naming the row.
    NoAnswerError
        If a lower limit is above its upper one.
    """
    m = len(rows.labels)
    if rows.matrix.shape != (m, n) or rows.lower.shape != (m,) or rows.upper.shape != (m,):
        raise ShapeError(f"is {_shape(rows.matrix)} with {m} labels, must be {m} x {n}", argument="rows")
    finite = np.isfinite(rows.matrix).all(axis=1)
    _require(finite & ~np.isnan(rows.lower) & ~np.isnan(rows.upper), "rows", rows.labels)
    if rows.penalty is not None:
        _check_penalties(rows.penalty, "rows", rows.labels)
    wrong = np.flatnonzero((rows.lower > rows.upper) | (rows.lower == np.inf) | (rows.upper == -np.inf))
    if wrong.size:
        first = wrong[0]
        low, high = rows.lower[first], rows.upper[first]
        raise NoAnswerError(
            f"{rows.labels[first]} has lower limit {low:.6g} above its upper limit {high:.6g}"
        )


def check_bent_rows(rows: BentRows, n: int) -> None:
    """The same for bent rows, whose distances must count as zero or more.

    Raises
    ------
    ShapeError, InputError
        Naming the row.
    """
    m = len(rows.labels)
    parts = rows.slope, rows.bend, rows.at
    if rows.upper.shape != (m,) or any(part.shape != (m, n) for part in parts):
        shapes = " and ".join(_shape(part) for part in parts)
        raise ShapeError(f"is {shapes} with {m} labels, must be {m} x {n} each", argument="bent")
    if not m:
        return
    finite = np.logical_and.reduce([np.isfinite(part).all(axis=1) for part in parts])
    _require(finite & np.isfinite(rows.upper), "bent", rows.labels)
    _check_penalties(rows.penalty, "bent", rows.labels)
    least = rows.bend.min(axis=1, initial=0.0)
    if least.min() < 0.0:
        row = int(least.argmin())
        raise InputError(
            f"counts a distance {least[row]:.6g} times, must be zero or more",
            argument="bent",
            at=rows.labels[row],
        )


def _require(finite: Mask, argument: str, labels: tuple[str, ...]) -> None:
    if not finite.all():
        label = labels[int(finite.argmin())]
        raise InputError("holds a number that is not finite, must hold none", argument=argument, at=label)


def _check_penalties(penalty: Vector, argument: str, labels: tuple[str, ...]) -> None:
    if penalty.shape != (len(labels),):
        raise ShapeError(f"has {penalty.size} penalties, must have {len(labels)}", argument=argument)
    wrong = ~(penalty > 0.0)
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"has the penalty {penalty[row]:.6g}, must be above zero", argument=argument, at=labels[row]
        )


def _sizes(coefficients: Matrix) -> Vector:
    largest = coefficients.max(axis=1, initial=0.0)
    return np.where(largest > 0.0, largest, 1.0)


def _shape(matrix: Matrix) -> str:
    return " x ".join(str(length) for length in matrix.shape)
