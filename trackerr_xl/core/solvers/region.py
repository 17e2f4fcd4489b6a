"""What must hold of the weights, as one box and plain rows: bent rows become plain over pieces of each weight."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers import bends
from trackerr_xl.core.solvers.dual_simplex import FAR, NOTHING, Polyhedron, Sought, seek

CLASH = 1e-9
"""Breach, in units of the rows' largest coefficients, above which the rows clash."""
MOST_ROWS = 120
"""With more rows than this a general solver is the faster one."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The hard limits of a problem over pieces of the weights; soft rows leave every freedom.

    Parameters
    ----------
    polyhedron : Polyhedron
        Over the pieces, its rows the hard linear rows, then the hard bent ones, in units of their largest coefficient.
    linear, bent : ndarray of int
        Which rows of the problem they are.
    sizes : ndarray of shape (rows,)
        Largest coefficient of each.
    """

    polyhedron: Polyhedron
    linear: Indices
    bent: Indices
    sizes: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Pressing:
    """The limits that a proof of impossibility rests on.

    Parameters
    ----------
    linear : ndarray of shape (m,)
        Multiplier of each linear row of the problem, positive where its upper limit presses.
    bent : ndarray of shape (b,)
        Multiplier of each bent row.
    lower, upper : ndarray of bool, shape (n,)
        Names whose lower, whose upper limit presses.
    """

    linear: Vector
    bent: Vector
    lower: Mask
    upper: Mask


def region_of(problem: TrackingProblem) -> Region:
    """The region of the hard limits."""
    rows, bent = problem.rows, problem.bent
    linear, hard_bent = np.flatnonzero(rows.hard), np.flatnonzero(bent.hard)
    sizes = rows.sizes[linear]
    matrix = rows.matrix[linear] / sizes[:, None]
    low, high = rows.lower[linear] / sizes, rows.upper[linear] / sizes
    if not hard_bent.size:
        box = Polyhedron(matrix, low, high, problem.lower, problem.upper)
        return Region(box, linear, hard_bent, sizes)
    pieces = _pieces(problem, hard_bent)
    bent_sizes = bent.sizes[hard_bent]
    base = pieces.base
    held = matrix @ base
    polyhedron = Polyhedron(
        np.vstack([matrix[:, pieces.name], pieces.slopes / bent_sizes[:, None]]),
        np.concatenate([low - held, np.full(hard_bent.size, -np.inf)]),
        np.concatenate([high - held, (bent.upper - bent.reached(base))[hard_bent] / bent_sizes]),
        pieces.lower,
        pieces.upper,
    )
    return Region(polyhedron, linear, hard_bent, np.concatenate([sizes, bent_sizes]))


def proof_of_clash(polyhedron: Polyhedron) -> Sought:
    """A proof that the rows of a polyhedron clash, or a breach of zero where they do not by more than `CLASH`."""
    found = _sought(polyhedron)
    if 0.0 < found.breach <= CLASH:
        # A weak proof says that rows clash, not that they clash by little: that is for wider limits to say.
        found = _sought(replace(polyhedron, low=polyhedron.low - CLASH, high=polyhedron.high + CLASH))
    return found


def _sought(polyhedron: Polyhedron) -> Sought:
    found = seek(polyhedron) if polyhedron.low.size <= MOST_ROWS else None
    return _proof_by_highs(polyhedron) if found is None else found


def least(polyhedron: Polyhedron, costs: Vector) -> float | None:
    """Least value of a sum over a polyhedron, or None where it is empty or the sum has no end."""
    found = seek(polyhedron, costs) if polyhedron.low.size <= MOST_ROWS else None
    if found is None:
        return _least_by_highs(polyhedron, costs)
    if found.breach > 0.0 or np.abs(found.point).max(initial=0.0) >= FAR:
        return None
    return float(costs @ found.point)


def least_move(region: Region, row: int, side: int) -> float | None:
    """How far one limit has to move so that all hold, in its row's units; None where it alone is not enough.

    Parameters
    ----------
    region : Region
        What must hold.
    row, side : int
        The row of the polyhedron, and 1 for its upper limit, −1 for its lower one.
    """
    low, high = region.polyhedron.low.copy(), region.polyhedron.high.copy()
    limit = float((high if side > 0 else low)[row])
    (high if side > 0 else low)[row] = side * np.inf
    freed = replace(region.polyhedron, low=low, high=high)
    reached = least(freed, side * region.polyhedron.rows[row])
    return None if reached is None else reached - side * limit


def pressing(problem: TrackingProblem, region: Region, multipliers: Vector) -> Pressing:
    """Which limits of the problem the multipliers of the region's rows rest on."""
    split = region.linear.size
    in_own_units = multipliers / region.sizes
    linear, bent = np.zeros(problem.rows.lower.size), np.zeros(problem.bent.upper.size)
    linear[region.linear], bent[region.bent] = in_own_units[:split], in_own_units[split:]
    slope = linear @ problem.rows.matrix
    outward_low, outward_high = slope.copy(), slope
    for row in np.flatnonzero(bent):
        at, weight = problem.bent.at[row], bent[row] * problem.bent.bend[row]
        straight = bent[row] * problem.bent.slope[row]
        outward_low = outward_low + straight + np.where(problem.lower > at, weight, -weight)
        outward_high = outward_high + straight + np.where(problem.upper >= at, weight, -weight)
    rounding = NOTHING * max(1.0, float(np.abs(multipliers).max(initial=0.0)))
    # A limit presses where the proof would fail just beyond it.
    return Pressing(linear, bent, outward_low > rounding, outward_high < -rounding)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Weights as `base` plus the sum of their pieces; every bent row is straight over each piece."""

    base: Vector
    name: Indices
    lower: Vector
    upper: Vector
    slopes: Matrix


def _pieces(problem: TrackingProblem, hard: Indices) -> _Pieces:
    bent = problem.bent
    inner = bends.within(
        bent.slope[hard],
        bent.bend[hard],
        bent.at[hard],
        bent.upper[hard],
        bent.penalty[hard],
        problem.lower,
        problem.upper,
    )
    points = inner.points
    base = np.where(np.isfinite(points[:, 0]), points[:, 0], points[:, 1])
    widths = np.diff(points, axis=1)
    kept = widths > 0.0
    # A fixed weight keeps one piece without width, so that there is a column for every name.
    kept[:, 0] |= ~kept.any(axis=1)
    name, segment = np.nonzero(kept)
    begins, ends = points[name, segment], points[name, segment + 1]
    # A piece without a beginning is counted backwards from its end, which is the base.
    origin = np.where(np.isfinite(begins), begins, ends)
    signs = np.where(inner.rank[:, name] <= segment, 1.0, -1.0)
    return _Pieces(
        base,
        name,
        begins - origin,
        ends - origin,
        inner.slope[:, name] + inner.bend[:, name] * signs,
    )


def _proof_by_highs(polyhedron: Polyhedron) -> Sought:
    """The least breach when it is shared by all limits alike: its multipliers are few."""
    m, n = polyhedron.rows.shape
    above = np.isfinite(polyhedron.high)
    answer = _highs(polyhedron, np.append(np.zeros(n), 1.0), 1.0)
    multipliers = np.zeros(m)
    if answer.status != 0 or answer.fun <= 0.0:
        return Sought(np.zeros(n), 0.0, multipliers)
    marginals, count = -answer.ineqlin.marginals, int(above.sum())
    multipliers[above] += marginals[:count]
    multipliers[np.isfinite(polyhedron.low)] -= marginals[count:]
    multipliers[np.abs(multipliers) <= NOTHING] = 0.0
    multipliers /= np.abs(multipliers).max()
    return Sought(answer.x[:n], max(polyhedron.certain_breach(multipliers), 0.0), multipliers)


def _least_by_highs(polyhedron: Polyhedron, costs: Vector) -> float | None:
    answer = _highs(polyhedron, np.append(costs, 0.0), 0.0)
    return float(answer.fun) if answer.status == 0 else None


def _highs(polyhedron: Polyhedron, costs: Vector, easing: float) -> Any:  # SciPy has no types
    """Least cost over the variables and a relaxation of all rows that counts `easing` times."""
    from scipy.optimize import linprog  # 200 ms to import, and only an impossible problem pays

    above, below = np.isfinite(polyhedron.high), np.isfinite(polyhedron.low)
    rows = np.vstack([polyhedron.rows[above], -polyhedron.rows[below]])
    return linprog(
        costs,
        A_ub=np.hstack([rows, np.full((len(rows), 1), -easing)]),
        b_ub=np.concatenate([polyhedron.high[above], -polyhedron.low[below]]),
        bounds=np.column_stack([np.append(polyhedron.lower, 0.0), np.append(polyhedron.upper, np.inf)]),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
