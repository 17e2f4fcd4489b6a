"""A program with every limit as a slack, for the interior point: no kinks are left, only more variables.

The quantities are the variables, the range rows and the bent rows, one stack q with limits. A distance abs(x − at)
becomes a reach d ≥ x − at, d ≥ at − x, and a soft limit moves out by a breach ≥ 0 that is paid for.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.solvers.program import Program


@dataclass(frozen=True, slots=True, eq=False)
class Lifted:
    """The program over N = n + m' + b quantities, P reaches and S breaches.

    The slacks stand in one vector: l of lower limits, u of upper limits, P right and P left of the bends, S breaches.

    Parameters
    ----------
    program : Program
        The program.
    rows : ndarray of shape (e + m' + b, n)
        Hard equalities, range rows and slopes of bent rows, largest coefficient near one.
    targets : ndarray of shape (e,)
        Right sides of the hard equalities.
    lower, upper : ndarray of shape (N,)
        Limits of the quantities.
    low, up : ndarray of int, shapes (l,) and (u,)
        Quantities with a lower and an upper limit.
    pair_row, pair_name : ndarray of int, shape (P,)
        Bent row and variable of each reach.
    bend, at : ndarray of shape (P,)
        How much it counts and where it bends.
    soft : ndarray of int, shape (S,)
        The limits that are soft, as positions among the l + u.
    ceiling : ndarray of shape (S,)
        Price of each breach.
    """

    program: Program
    rows: Matrix
    targets: Vector
    lower: Vector
    upper: Vector
    low: Indices
    up: Indices
    pair_row: Indices
    pair_name: Indices
    bend: Vector
    at: Vector
    soft: Indices
    ceiling: Vector

    @property
    def limits(self) -> int:
        """Number of limits l + u."""
        return int(self.low.size + self.up.size)

    @property
    def equalities(self) -> int:
        """Number of hard equalities e."""
        return int(self.targets.size)

    @property
    def pairs(self) -> int:
        """Number of reaches P."""
        return int(self.bend.size)

    def pressed(self, limit_values: Vector) -> Vector:
        """Values of the l + u limits summed onto their quantities, upper limits positive, shape (N,)."""
        total = np.zeros(self.lower.size)
        total[self.up] = limit_values[self.low.size :]
        total[self.low] -= limit_values[: self.low.size]
        return total

    def added(self, limit_values: Vector) -> Vector:
        """The same with both signs positive."""
        total = np.zeros(self.lower.size)
        total[self.up] = limit_values[self.low.size :]
        total[self.low] += limit_values[: self.low.size]
        return total

    def bent_part(self, row_values: Vector) -> Vector:
        """Those of the values of all rows that belong to bent rows, as a view."""
        return row_values[row_values.size - self.program.bends.count :]

    def over_limits(self, quantities: Vector) -> Vector:
        """Change of the slacks of the l + u limits with the quantities."""
        return np.concatenate([quantities[self.low], -quantities[self.up]])

    def by_name(self, pair_values: Vector) -> Vector:
        """Values of the reaches summed over each variable, shape (n,)."""
        return np.asarray(np.bincount(self.pair_name, pair_values, self.program.size), dtype=np.float64)

    def by_row(self, pair_values: Vector) -> Vector:
        """Values of the reaches summed over each bent row, shape (b,)."""
        return np.asarray(np.bincount(self.pair_row, pair_values, self.program.bends.count), dtype=np.float64)


def lifted(program: Program) -> Lifted:
    """The program with every limit as a slack."""
    n, bends = program.size, program.bends
    # A soft equality is a range without width, which its breaches give an interior.
    e = int(np.count_nonzero(np.isinf(program.row_ceiling[: program.equalities])))
    # Rows here act on variables near one, so they are brought back to largest coefficient one.
    lower = np.concatenate([program.lower, n * program.row_lower[e:], np.full(bends.count, -np.inf)])
    upper = np.concatenate([program.upper, n * program.row_upper[e:], n * bends.upper])
    ceiling = np.concatenate([np.full(n, np.inf), program.row_ceiling[e:], bends.ceiling]) / n
    low, up = np.flatnonzero(np.isfinite(lower)), np.flatnonzero(np.isfinite(upper))
    prices = np.concatenate([ceiling[low], ceiling[up]])
    soft = np.flatnonzero(np.isfinite(prices))
    pair_row, pair_name = np.nonzero(bends.bend)
    return Lifted(
        program,
        n * np.vstack([program.rows, bends.slope]) if bends.count else n * program.rows,
        n * program.row_upper[:e],
        lower,
        upper,
        low,
        up,
        pair_row,
        pair_name,
        n * bends.bend[pair_row, pair_name],
        bends.at[pair_row, pair_name],
        soft,
        prices[soft],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Quantities q, reaches d, row multipliers y, and all slacks with their prices; or changes of them."""

    q: Vector
    reaches: Vector
    y: Vector
    slacks: Vector
    prices: Vector

    def moved(self, change: "Point", length: float) -> "Point":
        """The point a step further."""
        return Point(
            self.q + length * change.q,
            self.reaches + length * change.reaches,
            self.y + length * change.y,
            self.slacks + length * change.slacks,
            self.prices + length * change.prices,
        )

    def longest(self, change: "Point") -> float:
        """Longest step up to 1 that keeps every slack and price positive."""
        steepest = max(
            float((-change.slacks / self.slacks).max(initial=0.0)),
            float((-change.prices / self.prices).max(initial=0.0)),
        )
        return 1.0 if steepest <= 1.0 else 1.0 / steepest


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """What a point lacks.

    Parameters
    ----------
    dual : ndarray of shape (N,)
        Stationarity in the quantities.
    reach_dual : ndarray of shape (P,)
        Stationarity in the reaches.
    breach_dual : ndarray of shape (S,)
        Stationarity in the breaches.
    rows : ndarray of shape (e + m' + b,)
        Rows less targets or quantities.
    slacks : ndarray of shape (l + u + 2P,)
        Distances to the limits less slacks; breaches are their own slacks.
    complementarity : float
        Mean of slack times price.
    merit : float
        Largest relative error.
    """

    dual: Vector
    reach_dual: Vector
    breach_dual: Vector
    rows: Vector
    slacks: Vector
    complementarity: float
    merit: float


def residuals(problem: Lifted, point: Point) -> Residuals:
    """Measure a point."""
    program = problem.program
    x = point.q[: program.size]
    slope = program.hessian.product(x)
    dual, reach_dual, breach_dual = _stationarity(problem, point, slope)
    rows = _rows(problem, point)
    slacks = _distances(problem, point) - point.slacks[: problem.limits + 2 * problem.pairs]
    held = float(point.slacks @ point.prices)
    value = 0.5 * float(x @ slope) + float(program.linear @ x)
    steepest = float(max(np.abs(slope).max(), np.abs(program.linear).max()))
    merit = max(
        max(_largest(rows), _largest(slacks)) / max(1.0, _largest(problem.targets)),
        max(_largest(dual), _largest(reach_dual), _largest(breach_dual)) / (1.0 + steepest),
        held / (1.0 + abs(value)),
    )
    return Residuals(dual, reach_dual, breach_dual, rows, slacks, held / max(point.slacks.size, 1), merit)


def _largest(values: Vector) -> float:
    return float(np.abs(values).max(initial=0.0))


def _stationarity(problem: Lifted, point: Point, slope: Vector) -> tuple[Vector, Vector, Vector]:
    """Slopes of the Lagrangian along quantities, reaches and breaches."""
    n, limits, p, prices = problem.program.size, problem.limits, problem.pairs, point.prices
    dual = problem.pressed(prices[:limits])
    dual[:n] += slope + problem.program.linear + problem.rows.T @ point.y
    dual[n:] -= point.y[problem.equalities :]
    reaches, breaches = np.empty(0), np.empty(0)
    if p:
        right, left = prices[limits : limits + p], prices[limits + p : limits + 2 * p]
        dual[:n] += problem.by_name(right - left)
        reaches = problem.bend * problem.bent_part(point.y)[problem.pair_row] - right - left
    if problem.soft.size:
        breaches = problem.ceiling - prices[:limits][problem.soft] - prices[limits + 2 * p :]
    return dual, reaches, breaches


def _rows(problem: Lifted, point: Point) -> Vector:
    """What the rows come to, less their targets or quantities."""
    n, e = problem.program.size, problem.equalities
    rows = problem.rows @ point.q[:n]
    rows[:e] -= problem.targets
    rows[e:] -= point.q[n:]
    if problem.pairs:
        problem.bent_part(rows)[:] += problem.by_row(problem.bend * point.reaches)
    return np.asarray(rows)


def _distances(problem: Lifted, point: Point) -> Vector:
    """What the slacks of the limits and of the bends should be."""
    limits, p, low, up = problem.limits, problem.pairs, problem.low, problem.up
    distances = np.concatenate([point.q[low] - problem.lower[low], problem.upper[up] - point.q[up]])
    if problem.soft.size:
        distances[problem.soft] += point.slacks[limits + 2 * p :]
    if not p:
        return distances
    offset = point.q[problem.pair_name] - problem.at
    return np.concatenate([distances, point.reaches - offset, point.reaches + offset])
