"""What must hold of the weights, as one box and plain rows: bent rows become plain over pieces of each weight."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers import bends
from trackerr_xl.core.solvers.least_breach import STEEP, LeastBreach, Polyhedron, least_breach

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
    start : ndarray of shape (pieces,)
        The benchmark, in pieces.
    """

    polyhedron: Polyhedron
    linear: Indices
    bent: Indices
    sizes: Vector
    start: Vector


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
        return Region(box, linear, hard_bent, sizes, problem.benchmark)
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
    beyond = (problem.benchmark - base)[pieces.name]
    start = np.clip(beyond - pieces.offset, pieces.lower, pieces.upper)
    return Region(polyhedron, linear, hard_bent, np.concatenate([sizes, bent_sizes]), start)


def nearest(region: Region, start: Vector | None = None) -> LeastBreach:
    """The point that breaks the rows least."""
    polyhedron = region.polyhedron
    if polyhedron.low.size <= MOST_ROWS:
        found = least_breach(polyhedron, region.start if start is None else start)
        if found is not None:
            return found
    return _by_highs(polyhedron)


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
    rounding = STEEP * max(1.0, float(np.abs(multipliers).max(initial=0.0)))
    # A limit presses where the proof would fail just beyond it.
    return Pressing(linear, bent, outward_low > rounding, outward_high < -rounding)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Weights as `base` plus the sum of their pieces; every bent row is straight over each piece."""

    base: Vector
    name: Indices
    offset: Vector
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
        origin - base[name],
        begins - origin,
        ends - origin,
        inner.slope[:, name] + inner.bend[:, name] * signs,
    )


def _by_highs(polyhedron: Polyhedron) -> LeastBreach:
    from scipy.optimize import linprog  # 200 ms to import, and only an impossible problem pays

    m, n = polyhedron.rows.shape
    above, below = np.isfinite(polyhedron.high), np.isfinite(polyhedron.low)
    easing = np.eye(m)
    answer = linprog(
        np.concatenate([np.zeros(n), np.ones(m)]),
        A_ub=np.vstack(
            [
                np.hstack([polyhedron.rows, -easing])[above],
                np.hstack([-polyhedron.rows, -easing])[below],
            ]
        ),
        b_ub=np.concatenate([polyhedron.high[above], -polyhedron.low[below]]),
        bounds=np.column_stack(
            [
                np.concatenate([polyhedron.lower, np.zeros(m)]),
                np.concatenate([polyhedron.upper, np.full(m, np.inf)]),
            ]
        ),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    multipliers = np.zeros(m)
    if answer.status != 0:
        return LeastBreach(np.clip(np.zeros(n), polyhedron.lower, polyhedron.upper), 0.0, multipliers)
    marginals, count = -answer.ineqlin.marginals, int(above.sum())
    multipliers[above] += marginals[:count]
    multipliers[below] -= marginals[count:]
    multipliers[np.abs(multipliers) <= STEEP] = 0.0
    return LeastBreach(answer.x[:n], float(answer.fun), multipliers)
