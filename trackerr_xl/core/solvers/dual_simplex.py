"""Whether a box and a few rows leave any point, by a dual simplex method that moves many variables in one step.

Problems without an answer are put to this again and again with a row more or a row less, each with hundreds of
variables and a handful of rows. A general solver spends most of its time on reading such a problem.

A broken row is mended by letting variables go from one end of their range to the other, in the order of their
costs, until one of them need only go a part of the way; that one becomes basic [1]_. Where all together cannot mend
the row, the row of the tableau proves that nothing can, and it is a proof that no part of it is idle in.

References
----------
.. [1] I. Maros, "A generalized dual phase-2 simplex algorithm", European Journal of Operational Research 149 (2003).
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector

ROOM = 1e-11
"""A row or variable is beyond its limit when it is by more than this; rows have largest coefficient one."""
NOTHING = 1e-10
"""Multipliers and slopes below this share of the largest one are rounding."""
PIVOT = 1e-8
"""Smaller elements are not divided by."""
REFRESH = 30
"""Steps after which the inverse of the basis is made anew."""
TIE = 1e-9
"""Costs differ by about this share of the largest one."""
FAR = 1e6
"""An infinite end of a variable counts as this."""


@dataclass(frozen=True, slots=True, eq=False)
class Polyhedron:
    """All x in a box with low ≤ Rx ≤ high.

    Parameters
    ----------
    rows : ndarray of shape (m, n)
        R, the largest coefficient of each row near one.
    low, high : ndarray of shape (m,)
        Limits, infinite where there is none.
    lower, upper : ndarray of shape (n,)
        The box.
    """

    rows: Matrix
    low: Vector
    high: Vector
    lower: Vector
    upper: Vector

    def certain_breach(self, multipliers: Vector) -> float:
        """What multipliers prove: no point of the box breaks the rows by less in total, if none exceeds one."""
        slope = multipliers @ self.rows
        ends = np.where(slope > 0.0, self.lower, self.upper)
        # Towards an infinite end only a slope that is rounding keeps the proof.
        used = np.isfinite(ends) | (np.abs(slope) > NOTHING * np.abs(multipliers).max(initial=0.0))
        pressed = multipliers != 0.0
        limits = np.where(multipliers > 0.0, self.high, self.low)[pressed]
        return float(slope[used] @ ends[used] - multipliers[pressed] @ limits)


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A point of a polyhedron, or the proof that there is none.

    Parameters
    ----------
    point : ndarray of shape (n,)
        In the box; of least cost where `breach` is zero.
    breach : float
        What the proof comes to: the rows are broken by at least this much in total, whatever the point; zero where a
        point was found.
    multipliers : ndarray of shape (m,)
        The proof, its largest element one: positive where a row's upper limit presses, negative where its lower one
        does.
    """

    point: Vector
    breach: float
    multipliers: Vector


def seek(polyhedron: Polyhedron, costs: Vector | None = None) -> Sought | None:
    """A point of least cost or a proof that there is no point; None where rounding keeps the method from either.

    Parameters
    ----------
    polyhedron : Polyhedron
        Where to look.
    costs : ndarray of shape (n,), optional
        Cost of each variable per unit; arbitrary when left out.
    """
    m, n = polyhedron.rows.shape
    tableau = _Tableau(polyhedron, np.zeros(n) if costs is None else costs)
    if not m:
        return Sought(tableau.point, 0.0, np.zeros(0))
    for step in range(100 + 10 * (m + n)):
        if step % REFRESH == REFRESH - 1 and not tableau.refresh():
            return None
        row, side = tableau.broken()
        if side == 0 and tableau.refresh():
            row, side = tableau.broken()
        if side == 0:
            return Sought(tableau.point, 0.0, np.zeros(m))
        if not tableau.mend(row, side):
            return _proof(polyhedron, tableau.point, -side * tableau.inverse[row])
    return None


def _proof(polyhedron: Polyhedron, point: Vector, multipliers: Vector) -> Sought | None:
    """The row of the tableau as a proof, if it is one in spite of rounding."""
    largest = np.abs(multipliers).max()
    shown = np.where(np.abs(multipliers) > NOTHING * largest, multipliers, 0.0) / largest
    # No demand is made on a side where a row has no limit.
    missing = np.isinf(np.where(shown > 0.0, polyhedron.high, polyhedron.low))
    shown = np.where(missing & (np.abs(shown) <= PIVOT), 0.0, shown)
    breach = polyhedron.certain_breach(shown)
    return Sought(point, breach, shown) if breach > 0.0 else None


class _Tableau:
    """Variables x and row values s with Rx − s = 0; `basis` lists the m that the others determine.

    `costs` are the reduced costs: a variable at its lower end has one above zero, one at its upper end one below.
    """

    def __init__(self, polyhedron: Polyhedron, costs: Vector) -> None:
        m, n = polyhedron.rows.shape
        self.system = np.hstack([polyhedron.rows, -np.eye(m)])
        self.lower = np.concatenate([np.maximum(polyhedron.lower, -FAR), polyhedron.low])
        self.upper = np.concatenate([np.minimum(polyhedron.upper, FAR), polyhedron.high])
        # A little of no meaning is added, all different, so that no two steps tie and no circle closes.
        signs = np.where(np.abs(self.lower[:n]) <= np.abs(self.upper[:n]), 1.0, -1.0)
        signs = np.where(costs != 0.0, np.sign(costs), signs)
        largest = np.abs(costs).max(initial=0.0) or 1.0
        little = signs * (1.0 + np.random.default_rng(n).random(n))
        self.costs = np.concatenate([costs / largest + TIE * little, np.zeros(m)])
        self.values = np.where(self.costs > 0.0, self.lower, self.upper)
        self.values[n:] = polyhedron.rows @ self.values[:n]
        self.basis = np.arange(n, n + m)
        self.inverse = -np.eye(m)
        self.nonbasic = self.lower < self.upper
        self.nonbasic[n:] = False

    @property
    def point(self) -> Vector:
        """The variables, in their box."""
        n = self.system.shape[1] - self.basis.size
        return np.clip(self.values[:n], self.lower[:n], self.upper[:n])

    def refresh(self) -> bool:
        """Make the inverse and the basic values anew; False where the basis has become singular."""
        try:
            self.inverse = np.linalg.inv(self.system[:, self.basis])
        except np.linalg.LinAlgError:
            return False
        rest = self.values.copy()
        rest[self.basis] = 0.0
        self.values[self.basis] = -self.inverse @ (self.system @ rest)
        return True

    def broken(self) -> tuple[int, int]:
        """The basic variable farthest beyond a limit, and 1 if it must fall, −1 if it must rise, 0 if none is."""
        values = self.values[self.basis]
        over, under = values - self.upper[self.basis], self.lower[self.basis] - values
        beyond = np.maximum(over, under) / np.linalg.norm(self.inverse, axis=1)
        row = int(np.argmax(beyond))
        if max(over[row], under[row]) <= ROOM:
            return row, 0
        return row, 1 if over[row] > under[row] else -1

    def mend(self, row: int, side: int) -> bool:
        """Bring a basic variable to the limit it is beyond; False where no variables can."""
        leaving = int(self.basis[row])
        limit = self.upper[leaving] if side > 0 else self.lower[leaving]
        # How fast each variable, as it rises, brings the broken one back.
        help_ = side * (self.inverse[row] @ self.system)
        able = self.nonbasic & np.where(self.values <= self.lower, help_ > PIVOT, help_ < -PIVOT)
        able &= np.where(self.values <= self.lower, True, self.values >= self.upper)
        names = np.flatnonzero(able)
        left = abs(self.values[leaving] - limit)
        pace = np.abs(help_[names])
        order = np.argsort(np.abs(self.costs[names]) / pace, kind="stable")
        reached = np.cumsum(pace[order] * (self.upper - self.lower)[names[order]])
        stop = int(np.searchsorted(reached, left))
        if stop >= names.size:
            return False
        entering = int(names[order[stop]])
        self._flip(names[order[:stop]])
        self._pivot(row, leaving, entering, limit, help_)
        return True

    def _flip(self, names: Indices) -> None:
        """Let variables go to the other end of their range."""
        if not names.size:
            return
        ends = np.where(self.values[names] <= self.lower[names], self.upper[names], self.lower[names])
        moved = ends - self.values[names]
        self.values[names] = ends
        self.values[self.basis] -= self.inverse @ (self.system[:, names] @ moved)

    def _pivot(self, row: int, leaving: int, entering: int, limit: float, help_: Vector) -> None:
        column = self.inverse @ self.system[:, entering]
        step = (self.values[leaving] - limit) / column[row]
        self.values[self.basis] -= step * column
        self.values[entering] += step
        self.values[leaving] = limit
        # The costs of all that are not basic change along the row; the sign keeps each at its end.
        self.costs -= (self.costs[entering] / help_[entering]) * help_
        self.costs[entering] = 0.0
        self.basis[row] = entering
        self.nonbasic[entering] = False
        self.nonbasic[leaving] = self.lower[leaving] < self.upper[leaving]
        scaled = self.inverse[row] / column[row]
        self.inverse -= np.outer(column, scaled)
        self.inverse[row] = scaled
