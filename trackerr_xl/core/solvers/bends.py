"""Bent rows as the solvers see them: between two bends every row is linear, so a place is all they need to know."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Sides, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Bends:
    """Rows Σᵢ (slopeᵢ xᵢ + bendᵢ abs(xᵢ − atᵢ)) ≤ upper, and the breakpoints of each variable. Made by `within`.

    Parameters
    ----------
    slope, bend, at : ndarray of shape (b, n)
        As in `core.problem.BentRows`; `at` inside the box, at its lower end where `bend` is zero.
    upper : ndarray of shape (b,)
        Limits.
    ceiling : ndarray of shape (b,)
        Largest multiplier: the penalty of a soft row, infinite for a hard one.
    points : ndarray of shape (n, b + 2)
        Breakpoints of each variable in ascending order: its lower limit, its bends, its upper limit.
    rank : int8 ndarray of shape (b, n)
        Which breakpoint each row's bend is, 1 to b; ties in the order of the rows.
    """

    slope: Matrix
    bend: Matrix
    at: Matrix
    upper: Vector
    ceiling: Vector
    points: Matrix
    rank: Sides

    @property
    def count(self) -> int:
        """Number of rows b."""
        return int(self.upper.size)

    def sides(self, segments: Sides) -> Matrix:
        """Sign of each xᵢ − atᵢ, shape (b, n), on given segments: 0 left of the first bend, b right of the last."""
        return np.where(self.rank <= segments, 1.0, -1.0)

    def reached(self, x: Vector) -> Vector:
        """Left side of each row, shape (b,)."""
        return np.asarray(self.slope @ x + np.einsum("ij,ij->i", self.bend, np.abs(x - self.at)))

    def reach(self, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
        """Least and largest left side of each row over a box that holds all bends."""
        flat = self.slope * self.at
        low, high = self._at_end(lower, -1.0, flat), self._at_end(upper, 1.0, flat)
        least = np.minimum(np.minimum(low, high), flat)
        return least.sum(axis=1), np.maximum(low, high).sum(axis=1)

    def _at_end(self, end: Vector, side: float, flat: Matrix) -> Matrix:
        """What each variable adds to each row at an end of the box, infinite or not."""
        finite = np.where(np.isfinite(end), end, 0.0)
        inside = self.slope * finite + self.bend * np.abs(finite - self.at)
        outward = side * self.slope + self.bend
        endless = np.where(outward == 0.0, flat, np.copysign(np.inf, outward))
        return np.where(np.isfinite(end), inside, endless)

    def least_at(self, row: int, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
        """The ends of the range over which each variable adds least to a row."""
        slope, bend, at = self.slope[row], self.bend[row], self.at[row]
        low = np.where(slope - bend >= 0.0, lower, np.where(slope + bend < 0.0, upper, at))
        high = np.where(slope + bend <= 0.0, upper, np.where(slope - bend > 0.0, lower, at))
        return low, high

    def turned(self, row: int, x: Vector) -> tuple[Vector, Vector]:
        """Slope of a row along each variable to the left and to the right of x."""
        slope, bend, at = self.slope[row], self.bend[row], self.at[row]
        return slope + np.where(x > at, bend, -bend), slope + np.where(x >= at, bend, -bend)

    def over(self, lower: Vector, upper: Vector) -> "Bends":
        """The rows over a smaller box."""
        return within(self.slope, self.bend, self.at, self.upper, self.ceiling, lower, upper)

    def rows(self, kept: Indices) -> "Bends":
        """Some of the rows over the same box."""
        box = self.points[:, 0], self.points[:, -1]
        parts = self.slope[kept], self.bend[kept], self.at[kept], self.upper[kept], self.ceiling[kept]
        return within(*parts, *box)

    def part(self, names: Indices, x: Vector) -> "Bends":
        """The rows over some variables, the others standing at x."""
        rest = np.ones(x.size, dtype=np.bool_)
        rest[names] = False
        held = self.slope[:, rest] @ x[rest]
        held += np.einsum("ij,ij->i", self.bend[:, rest], np.abs(x[rest] - self.at[:, rest]))
        return Bends(
            self.slope[:, names],
            self.bend[:, names],
            self.at[:, names],
            self.upper - held,
            self.ceiling,
            self.points[names],
            self.rank[:, names],
        )


def none(lower: Vector, upper: Vector) -> Bends:
    """No rows over a box."""
    n = lower.size
    empty = np.empty((0, n))
    points = np.column_stack([lower, upper])
    return Bends(empty, empty, empty, np.empty(0), np.empty(0), points, np.empty((0, n), dtype=np.int8))


def within(
    slope: Matrix, bend: Matrix, at: Matrix, limit: Vector, ceiling: Vector, lower: Vector, upper: Vector
) -> Bends:
    """Rows over a box; what bends outside it is straight inside and becomes slope.

    Parameters
    ----------
    slope, bend, at : ndarray of shape (b, n)
        The rows.
    limit, ceiling : ndarray of shape (b,)
        Their limits and largest multipliers.
    lower, upper : ndarray of shape (n,)
        The box, infinite where it has no end.
    """
    if not limit.size:
        return none(lower, upper)
    outside = np.where(at <= lower, 1.0, np.where(at >= upper, -1.0, 0.0))
    straight = np.where(outside != 0.0, bend * outside, 0.0)
    slope, limit = slope + straight, limit + np.einsum("ij,ij->i", straight, at)
    bend = np.where(outside != 0.0, 0.0, bend)
    idle = np.where(np.isfinite(lower), lower, np.where(np.isfinite(upper), upper, 0.0))
    at = np.where(bend > 0.0, at, idle)
    order = np.argsort(at, axis=0, kind="stable")
    rank = np.empty(at.shape, dtype=np.int8)
    np.put_along_axis(rank, order, np.arange(1, limit.size + 1, dtype=np.int8)[:, None], axis=0)
    points = np.column_stack([lower, np.take_along_axis(at, order, axis=0).T, upper])
    return Bends(slope, bend, at, limit, ceiling, points, rank)
