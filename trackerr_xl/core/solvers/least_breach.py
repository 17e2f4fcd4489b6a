"""Whether a box and a few rows leave any point, by a simplex method that makes the total breach of the rows least.

Problems without an answer are put to this again and again with a row more or a row less, each with hundreds of
variables and a handful of rows. A general solver spends most of its time on reading such a problem.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector

ROOM = 1e-11
"""A row or variable is beyond its limit when it is by more than this; rows have largest coefficient one."""
STEEP = 1e-10
"""Slopes of the breach smaller than this are rounding."""
PIVOT = 1e-9
"""Smaller elements are not divided by."""
REFRESH = 40
"""Steps after which the inverse of the basis is made anew."""
DULL = 25
"""Steps in a row without gain after which the first possible variable moves, which ends every circle (Bland)."""


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
        used = np.isfinite(ends) | (np.abs(slope) > STEEP)
        pressed = multipliers != 0.0
        limits = np.where(multipliers > 0.0, self.high, self.low)[pressed]
        return float(slope[used] @ ends[used] - multipliers[pressed] @ limits)


@dataclass(frozen=True, slots=True, eq=False)
class LeastBreach:
    """The point of a box nearest to keeping all rows.

    Parameters
    ----------
    point : ndarray of shape (n,)
        In the box.
    total : float
        Sum of its breaches of the rows.
    multipliers : ndarray of shape (m,)
        Between −1 and 1, positive where a row's upper limit presses, negative where its lower one does. They prove
        that no point does better; all zero where `total` is.
    """

    point: Vector
    total: float
    multipliers: Vector


def least_breach(region: Polyhedron, start: Vector) -> LeastBreach | None:
    """The least total breach of the rows, or None where rounding keeps the method from an end.

    Parameters
    ----------
    region : Polyhedron
        The box and the rows.
    start : ndarray of shape (n,)
        Where to begin; what is outside the box is brought into it. Near an answer few steps are left.
    """
    m, n = region.rows.shape
    tableau = _Tableau(region, start)
    dull = 0
    for step in range(200 + 20 * m + n):
        if step % REFRESH == REFRESH - 1 and not tableau.refresh():
            return None
        below, above = tableau.outside()
        multipliers = tableau.inverse.T @ (above.astype(np.float64) - below)
        entering, direction, slope = tableau.entering(multipliers, first=dull > DULL)
        if entering < 0:
            return _ended(region, tableau, multipliers, bool(below.any() or above.any()))
        moved = tableau.move(entering, direction, slope, first=dull > DULL)
        if not np.isfinite(moved):
            return None
        dull = dull + 1 if moved <= ROOM else 0
    return None


def _ended(region: Polyhedron, tableau: "_Tableau", multipliers: Vector, outside: bool) -> LeastBreach:
    point = np.clip(tableau.values[: region.lower.size], region.lower, region.upper)
    if not outside:
        return LeastBreach(point, 0.0, np.zeros(region.low.size))
    reached = region.rows @ point
    total = float(np.maximum(np.maximum(reached - region.high, region.low - reached), 0.0).sum())
    # What a row demands is what its slack's price is: the slacks stand in the system with −1.
    return LeastBreach(point, total, _snapped(-multipliers))


def _snapped(multipliers: Vector) -> Vector:
    return np.where(np.abs(multipliers) <= STEEP, 0.0, multipliers)


class _Tableau:
    """Variables x and row values s with Rx − s = 0; `basis` lists the m that the others determine."""

    def __init__(self, region: Polyhedron, start: Vector) -> None:
        m, n = region.rows.shape
        self.system = np.hstack([region.rows, -np.eye(m)])
        self.lower = np.concatenate([region.lower, region.low])
        self.upper = np.concatenate([region.upper, region.high])
        x = np.clip(start, region.lower, region.upper)
        self.values = np.concatenate([x, region.rows @ x])
        self.basis = np.arange(n, n + m)
        self.inverse = -np.eye(m)
        self.price = np.concatenate([np.full(n, np.inf), np.ones(m)])
        self.nonbasic = np.ones(n + m, dtype=np.bool_)
        self.nonbasic[self.basis] = False

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

    def outside(self) -> tuple[Mask, Mask]:
        """Which basic variables are below their lower, above their upper limit."""
        values = self.values[self.basis]
        return values < self.lower[self.basis] - ROOM, values > self.upper[self.basis] + ROOM

    def entering(self, multipliers: Vector, *, first: bool) -> tuple[int, int, float]:
        """The variable whose move lessens the breach most, or the first one, its direction and slope; −1 for none."""
        slopes = -(multipliers @ self.system)
        at_upper, at_lower = self.values >= self.upper, self.values <= self.lower
        # A row may be broken at the price of one, a variable stays within its box.
        rising = slopes + np.where(at_upper, self.price, 0.0)
        falling = np.where(at_lower, self.price, 0.0) - slopes
        best = np.where(self.nonbasic, np.minimum(rising, falling), 0.0)
        able = best < -STEEP
        if not able.any():
            return -1, 0, 0.0
        chosen = int(np.argmax(able)) if first else int(np.argmin(best))
        return chosen, 1 if rising[chosen] <= falling[chosen] else -1, float(best[chosen])

    def move(self, entering: int, direction: int, slope: float, *, first: bool) -> float:
        """Move a variable as long as the breach falls, past limits that rows reach on the way; how far."""
        pace = -direction * (self.inverse @ self.system[:, entering])
        times, gains, limits = self._turns(pace)
        order = np.argsort(times, kind="stable")
        flat = slope + np.cumsum(gains[order]) >= -STEEP
        time = times[order[np.argmax(flat)]] if flat.any() else np.inf
        span = self._span(entering, direction)
        if min(span, time) == np.inf:
            return np.inf
        if span <= time:
            self.values[self.basis] += span * pace
            self.values[entering] = self.upper[entering] if direction > 0 else self.lower[entering]
            return span
        # Of those that reach a limit at the same time the one with the largest pace leaves: the safest pivot.
        tied = np.flatnonzero(np.abs(times - time) <= ROOM)
        rows = tied % pace.size
        leaving = int(tied[np.argmin(self.basis[rows]) if first else np.argmax(np.abs(pace[rows]))])
        self._pivot(leaving % pace.size, entering, direction, pace, times[leaving], limits[leaving])
        return float(times[leaving])

    def _turns(self, pace: Vector) -> tuple[Vector, Vector, Vector]:
        """When each basic variable comes back to a limit or leaves by one, how much steeper that makes the breach."""
        low, high, values = self.lower[self.basis], self.upper[self.basis], self.values[self.basis]
        ahead, behind = np.where(pace > 0, high, low), np.where(pace > 0, low, high)
        size = np.abs(pace)
        # How far each is from the limit behind and from the one ahead; what is past a limit comes to it no more.
        distance = np.where(pace > 0, 1.0, -1.0) * np.concatenate([behind - values, ahead - values]).reshape(
            2, -1
        )
        coming = np.isfinite(distance) & (distance >= [[ROOM], [-ROOM]]) & (size > PIVOT)
        times = np.full(distance.shape, np.inf)
        np.divide(np.maximum(distance, 0.0), size, out=times, where=coming)
        weight = np.where(size > PIVOT, self.price[self.basis], 0.0) * np.maximum(size, PIVOT)
        return times.ravel(), np.concatenate([weight, weight]), np.concatenate([behind, ahead])

    def _span(self, entering: int, direction: int) -> float:
        end = self.upper[entering] if direction > 0 else self.lower[entering]
        past = direction * (self.values[entering] - end) >= 0.0
        return np.inf if past else float(abs(end - self.values[entering]))

    def _pivot(
        self, row: int, entering: int, direction: int, pace: Vector, time: float, limit: float
    ) -> None:
        self.values[self.basis] += time * pace
        self.values[entering] += direction * time
        left = self.basis[row]
        self.values[left] = limit
        self.nonbasic[left], self.nonbasic[entering] = True, False
        self.basis[row] = entering
        # pace is −direction times the column in the basis: one elimination step on the inverse.
        column = -direction * pace
        scaled = self.inverse[row] / column[row]
        self.inverse -= np.outer(column, scaled)
        self.inverse[row] = scaled
