r"""A lower bound on the best portfolio of whole names, valid at whatever dual point the search stops.

For any factor exposures, row multipliers and prices θ of the counts the problem falls apart into names, each held or
not: what it then costs at least is a bound. The best such bound is that of the perspective relaxation [1]_; a name's
choice between held and not is smoothed over a width ε, and Newton's method climbs the smooth dual, ε falling.

References
----------
.. [1] X. Zheng, X. Sun and D. Li, "Improving the Performance of MIQP Solvers for Quadratic Programs with Cardinality
   and Minimum Threshold Constraints: A Semidefinite Program Approach", *INFORMS Journal on Computing* 26(4), 2014.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dsyrk

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.line_search import best_length
from trackerr_xl.core.solvers.magnitude import largest
from trackerr_xl.core.solvers.newton_direction import direction
from trackerr_xl.core.whole.holdings import Sides
from trackerr_xl.core.whole.relaxation import Relaxation

FIRST_WIDTH, LATER_WIDTH, LAST_WIDTH = 2e-4, 2e-6, 5e-7
"""Width of the smoothing at the root, at nodes below it and where it ends, relative to the objective's scale."""
NARROWING = 0.2
LOOSE, TIGHT = 1e-2, 1e-4
"""Residuals at which the width falls and at which the search ends."""
ROOT_STEPS, NODE_STEPS = 40, 8
SHORTER = 12
"""Times that a step is tried at a tenth of its length."""
LEVEL = 1e-9
"""Fall of the smooth dual that is rounding, relative."""
LOST = 1e-4
"""Share of the bound that smoothing may cost at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A valid bound and what its dual point says of the names.

    Parameters
    ----------
    value : float
        No portfolio has a lower objective, in the relaxation's unit; infinite where none exists.
    y : ndarray
        The dual point.
    share : ndarray of shape (n,)
        How much of each name the relaxation holds, 0 to 1.
    to_hold, to_bar : ndarray of shape (n,)
        By how much at least the bound rises when an open name is held for certain, or not held.
    """

    value: float
    y: Vector
    share: Vector
    to_hold: Vector
    to_bar: Vector


def root_bound(relaxed: Relaxation, sides: Sides) -> Bound:
    """Climb the dual of the whole problem.

    Where holdings have a smallest size, from where it stands without one: a first point at which no name is worth its
    smallest holding says nothing of the way.
    """
    if not relaxed.has_least:
        return bound(relaxed, sides)
    easier = bound(relaxed.without_least(), sides)
    if np.isinf(easier.value):
        return easier
    found = bound(relaxed, sides, easier.y.copy(), root=True)
    return found if found.value >= easier.value else easier


def bound(
    relaxed: Relaxation,
    sides: Sides,
    start: Vector | None = None,
    enough: float = np.inf,
    *,
    root: bool = False,
) -> Bound:
    """Climb the dual of a node.

    Parameters
    ----------
    relaxed : Relaxation
        The problem.
    sides : Sides
        What is decided at this node.
    start : ndarray, optional
        Dual point of the node above.
    enough : float
        A bound from which on nothing more is wanted to be known.
    root : bool, optional
        Whether the smoothing begins wide, as it does without a start.
    """
    climb = _Climb(relaxed, sides)
    root = root or start is None
    y = climb.first() if start is None else start
    width = relaxed.scale * (FIRST_WIDTH if root else LATER_WIDTH)
    last = relaxed.scale * LAST_WIDTH
    best, best_y, best_share = -np.inf, y, sides.held.astype(float)
    slope, x, gain = climb.held(y)
    for _ in range(ROOT_STEPS if root else NODE_STEPS):
        share = climb.share(gain, y, width)
        value, y_here = climb.exact(gain, y)
        if value > best:
            best, best_y, best_share = value, y_here, share
            if best >= enough:
                break
        reached = climb.reached(x, share)
        error = climb.error(y, reached)
        if error < (TIGHT if width <= last else LOOSE):
            if width <= last or climb.smooth(gain, y, share, width) - best < LOST * abs(best):
                break
            width = max(NARROWING * width, last)
            continue
        change = climb.direction(x, y, share, reached, width, error)
        if change is None:
            break
        tilt = relaxed.data.columns @ change[: relaxed.straight]
        length = climb.length(slope, tilt, y, change, width)
        if length is None:
            return Bound(np.inf, y, share, np.zeros(share.size), np.zeros(share.size))
        height = climb.smooth(gain, y, share, width)
        for shorter in range(SHORTER):
            moved = climb.admissible(y + 0.1**shorter * length * change)
            there = climb.held(moved)
            # The search for the length knows slopes only: beyond a first steep rise it can lose more than was won.
            if climb.height(moved, there[2], width) >= height - LEVEL * abs(height):
                break
        y, (slope, x, gain) = moved, there
    return climb.judged(best, best_y, best_share)


@dataclass(frozen=True, slots=True, eq=False)
class _Climb:
    relaxed: Relaxation
    sides: Sides

    def first(self) -> Vector:
        """Factor exposures where each name is as near to its benchmark weight as it may be, and no pull."""
        relaxed, y = self.relaxed, np.zeros(self.relaxed.width)
        k = relaxed.data.factors
        y[:k] = relaxed.data.columns[:, :k].T @ np.clip(0.0, relaxed.lower, relaxed.upper)
        return y

    def held(self, y: Vector) -> tuple[Vector, Vector, Vector]:
        """Slope, best point if held and value of that for each name."""
        slope = self.slope(y)
        return slope, *self.relaxed.held_at(slope, y)

    def height(self, y: Vector, gain: Vector, width: float) -> float:
        """The smoothed dual."""
        return self.smooth(gain, y, self.share(gain, y, width), width)

    def slope(self, y: Vector) -> Vector:
        return np.asarray(self.relaxed.data.linear + self.relaxed.data.columns @ y[: self.relaxed.straight])

    def price(self, gain: Vector, y: Vector) -> Vector:
        """Value of holding each name, its counts paid for."""
        return np.asarray(gain + y[self.relaxed.straight :] @ self.relaxed.members)

    def share(self, gain: Vector, y: Vector, width: float) -> Vector:
        """How much of each name is held, smoothed."""
        share = np.minimum(np.maximum(self.price(gain, y) * (-1.0 / width), 0.0), 1.0)
        share[self.sides.held], share[self.sides.barred] = 1.0, 0.0
        return np.asarray(share)

    def reached(self, x: Vector, share: Vector) -> Vector:
        """Factor exposures and left sides of equalities, rows, bent rows and counts."""
        data = self.relaxed.data
        straight = self.relaxed.idle_reach + data.columns.T @ (share * (x - self.relaxed.nothing))
        if data.bends:
            straight[-data.bends :] += self.relaxed.apart(x) @ share
        return np.concatenate([straight, self.relaxed.members @ share])

    def _fixed(self, y: Vector) -> float:
        """The part of the dual that no name has a share in."""
        relaxed = self.relaxed
        data = relaxed.data
        duals = y[data.smooth :]
        limits = np.where(duals > 0.0, relaxed.limit_upper, np.where(duals < 0.0, relaxed.limit_lower, 0.0))
        factors = y[: data.factors]
        smooth = 0.5 * factors @ factors + data.targets @ y[data.factors : data.smooth]
        idle = relaxed.idle_value + relaxed.idle_reach @ y[: relaxed.straight]
        return float(idle - smooth - limits @ duals)

    def exact(self, gain: Vector, y: Vector) -> tuple[float, Vector]:
        """The bound at a dual point, the prices of the counts moved to their best one by one."""
        y = self._with_best_prices(gain, y, loose=False)
        price = self.price(gain, y)
        own = np.where(self.sides.held, price, np.where(self.sides.barred, 0.0, np.minimum(price, 0.0)))
        return float(own.sum()) + self._fixed(y), y

    def smooth(self, gain: Vector, y: Vector, share: Vector, width: float) -> float:
        """The smoothed dual, which is above the exact one."""
        own = share * self.price(gain, y) + np.where(self.sides.open, 0.5 * width * share**2, 0.0)
        return float(own.sum()) + self._fixed(y)

    def _with_best_prices(self, gain: Vector, y: Vector, *, loose: bool) -> Vector:
        y, relaxed, counts = y.copy(), self.relaxed, slice(self.relaxed.data.row_lower.size, None)
        open_names = self.sides.open
        limits = zip(
            relaxed.members > 0.0, relaxed.limit_lower[counts], relaxed.limit_upper[counts], strict=True
        )
        for row, (member, lower, upper) in enumerate(limits, start=relaxed.straight):
            y[row] = 0.0
            price = self.price(gain, y)[member & open_names]
            held = int(np.count_nonzero(member & self.sides.held))
            y[row] = _best_price(price, lower - held, upper - held, loose=loose)
        return y

    def error(self, y: Vector, reached: Vector) -> float:
        """Largest residual: of exposures relative, of rows absolute, of counts relative."""
        relaxed = self.relaxed
        data, u = relaxed.data, relaxed.data.smooth
        exposures = largest(reached[: data.factors] - y[: data.factors])
        exposures /= max(1.0, largest(reached[: data.factors]))
        above, below = reached[u:] - relaxed.limit_upper, relaxed.limit_lower - reached[u:]
        duals = y[u:]
        ranges = np.where(
            duals > 0, np.abs(above), np.where(duals < 0, np.abs(below), np.maximum(above, below))
        )
        ranges[relaxed.straight - u :] /= np.maximum(1.0, reached[relaxed.straight :])
        rows = largest(reached[data.factors : u] - data.targets)
        return max(exposures, rows, float(ranges.max(initial=0.0)))

    def direction(
        self, x: Vector, y: Vector, share: Vector, reached: Vector, width: float, error: float
    ) -> Vector | None:
        """Newton's direction of the smooth dual."""
        relaxed = self.relaxed
        data, k, u, m = relaxed.data, relaxed.data.factors, relaxed.data.smooth, relaxed.straight
        matrix = self._matrix(x, share, width)
        damping = min(1.0, error)
        diagonal = np.empty(y.size)
        diagonal[:k] = 1.0 + 1e-13 * data.curvature[:k]
        diagonal[k:m] = (1e-10 + 1e-4 * damping) * data.curvature[k:m] + 1e-300
        diagonal[m:] = (1e-8 + 1e-2 * damping) / width
        matrix.flat[:: y.size + 1] += diagonal
        rise = reached[:u].copy()
        rise[:k] -= y[:k]
        rise[k:] -= data.targets
        ceiling = np.full(y.size - u, np.inf)
        return direction(matrix, rise, reached[u:], y[u:], relaxed.limit_lower, relaxed.limit_upper, ceiling)

    def _matrix(self, x: Vector, share: Vector, width: float) -> Matrix:
        """Second derivatives: of names that move, and of names between held and not."""
        relaxed = self.relaxed
        data, m = relaxed.data, relaxed.straight
        moving = np.flatnonzero(relaxed.inside(x) & (share > 0.0))
        turning = np.flatnonzero((share > 0.0) & (share < 1.0))
        stacked = np.zeros((moving.size + turning.size, relaxed.width))
        first, second = stacked[: moving.size], stacked[moving.size :]
        first[:, :m] = data.columns[moving]
        second[:, :m] = data.columns[turning] * (x - relaxed.nothing)[turning, None]
        if data.bends:
            first[:, m - data.bends : m] += data.bent.sides(moving, data.places(x))
            second[:, m - data.bends : m] += relaxed.apart(x)[:, turning].T
        second[:, m:] = relaxed.members[:, turning].T
        first *= np.sqrt(share[moving] * data.inverse[moving])[:, None]
        second *= 1.0 / np.sqrt(width)
        return np.asfortranarray(dsyrk(1.0, stacked.T, lower=1))

    def length(self, slope: Vector, tilt: Vector, y: Vector, change: Vector, width: float) -> float | None:
        """Length of the step, None where the dual rises without end: nothing feasible below this node."""
        relaxed = self.relaxed
        data, k, u, m = relaxed.data, relaxed.data.factors, relaxed.data.smooth, relaxed.straight
        moves, falls = change[:m], change[u:]
        constant = float(moves @ relaxed.idle_reach - data.targets @ change[k:u] - y[:k] @ change[:k])
        square = float(change[:k] @ change[:k])
        counts = change[m:] @ relaxed.members
        moving = falls != 0

        def rise(length: float) -> float:
            moved = y + length * change
            x, gain = relaxed.held_at(slope + length * tilt, moved)
            share = self.share(gain, moved, width)
            each = tilt * (x - relaxed.nothing) + counts
            if data.bends:
                each = each + moves[m - data.bends :] @ relaxed.apart(x)
            duals = moved[u:]
            side = np.where(duals != 0, duals, falls)
            limits = np.where(side > 0, relaxed.limit_upper, np.where(side < 0, relaxed.limit_lower, 0.0))
            return constant - length * square + float(share @ each) - float(falls[moving] @ limits[moving])

        return best_length(rise, lambda: _furthest(y[u:], falls, relaxed.limit_lower, relaxed.limit_upper))

    def admissible(self, y: Vector) -> Vector:
        """No multiplier on the side where its limit is infinite."""
        relaxed = self.relaxed
        duals = y[relaxed.data.smooth :]
        duals[np.isinf(np.where(duals > 0, relaxed.limit_upper, relaxed.limit_lower)) & (duals != 0)] = 0.0
        return y

    def judged(self, value: float, y: Vector, share: Vector) -> Bound:
        """The bound with what deciding one more name adds to it."""
        _, gain = self.relaxed.held_at(self.slope(y), y)
        loose = self.price(gain, self._with_best_prices(gain, y, loose=True))
        return Bound(value, y, share, np.maximum(loose, 0.0), np.maximum(-self.price(gain, y), 0.0))


def _best_price(price: Vector, lower: float, upper: float, *, loose: bool) -> float:
    """The price of a count that makes the bound best; the smallest of the best ones, or with `loose` the largest."""
    wanted = int(np.count_nonzero(price < 0.0))
    if wanted > upper or (loose and wanted == upper):
        allowed = max(int(upper), 0)
        if not loose:
            if allowed == 0:
                return max(0.0, -float(price.min(initial=0.0)))
            return max(0.0, -float(np.partition(price, allowed)[allowed]))
        return max(0.0, -float(np.partition(price, allowed - 1)[allowed - 1])) if allowed else 0.0
    if wanted < lower and price.size:
        needed = min(int(lower), price.size)
        return min(0.0, -float(np.partition(price, needed - 1)[needed - 1]))
    return 0.0


def _furthest(duals: Vector, change: Vector, lower: Vector, upper: Vector) -> float:
    """Where the first multiplier would change to the side without a limit."""
    one_sided = np.where(change > 0, upper, lower)
    crossing = np.isinf(one_sided) & (duals * change < 0)
    return float((-duals[crossing] / change[crossing]).min(initial=np.inf))
