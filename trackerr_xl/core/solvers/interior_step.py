"""The Newton system of the interior point, with everything eliminated but the variables and the row multipliers.

The two slacks of a bend at distance φ₊ and φ₋ (price over slack) leave the curvature 4φ₊φ₋/(φ₊ + φ₋) on their
variable, the share (φ₊ − φ₋)/(φ₊ + φ₋) of the bend in their row and the compliance bend²/(φ₊ + φ₋) on it; a breach
adds its own compliance to its limit. So bends and soft rows cost no larger factorisation.
"""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.kkt import Factorised, factorise
from trackerr_xl.core.solvers.lifted import Lifted, Point, Residuals

REGULARISATION = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Stiffness of the reaches: of both slacks, their sum and their difference over the sum."""

    right: Vector
    left: Vector
    both: Vector
    lean: Vector


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """One factorised Newton system; `solve` serves the predictor and the correctors."""

    problem: Lifted
    point: Point
    residuals: Residuals
    widths: Vector
    curvature: Vector
    pairs: _Pairs | None
    factors: Factorised

    def solve(self, targets: Vector) -> Point:
        """Direction towards slack × change of price + price × change of slack = targets, as a point of changes."""
        problem, at, left = self.problem, self.point, self.residuals
        n, e, limits, p = problem.program.size, problem.equalities, problem.limits, problem.pairs
        slacks, prices = at.slacks, at.prices
        asked = left.slacks[:limits].copy()
        if problem.soft.size:
            breaches, spare = slacks[limits + 2 * p :], prices[limits + 2 * p :]
            asked[problem.soft] += (targets[limits + 2 * p :] - breaches * left.breach_dual) / spare
        pull = (targets[:limits] - prices[:limits] * asked) / self.widths
        right = -left.dual - problem.pressed(pull)
        row_right = -left.rows
        reach_right = np.empty(0)
        if self.pairs is not None:
            ends = slice(limits, limits + 2 * p)
            wanted = (targets[ends] - prices[ends] * left.slacks[limits:]) / slacks[ends]
            reach_right = wanted[:p] + wanted[p:] - left.reach_dual
            right[:n] -= problem.by_name(wanted[:p] - wanted[p:] - self.pairs.lean * reach_right)
            problem.bent_part(row_right)[:] -= problem.by_row(problem.bend * reach_right / self.pairs.both)
        row_right[e:] += right[n:] / self.curvature[n:]
        dx, dy = self.factors.solve(right[:n], row_right)
        dq = np.concatenate([dx, (right[n:] + dy[e:]) / self.curvature[n:]])
        return self._spread(targets, pull, asked, reach_right, dq, dy)

    def _spread(
        self, targets: Vector, pull: Vector, asked: Vector, reach_right: Vector, dq: Vector, dy: Vector
    ) -> Point:
        """The eliminated parts of a direction."""
        problem, at, left = self.problem, self.point, self.residuals
        limits, p = problem.limits, problem.pairs
        dslacks, dprices = np.empty_like(at.slacks), np.empty_like(at.prices)
        outward = problem.over_limits(dq)
        dprices[:limits] = pull - at.prices[:limits] * outward / self.widths
        dslacks[:limits] = outward + left.slacks[:limits]
        if problem.soft.size:
            ends = slice(limits + 2 * p, None)
            dprices[ends] = left.breach_dual - dprices[:limits][problem.soft]
            dslacks[ends] = (targets[ends] - at.slacks[ends] * dprices[ends]) / at.prices[ends]
            dslacks[problem.soft] += dslacks[ends]
        reaches = np.empty(0)
        if self.pairs is not None:
            ends, dx = slice(limits, limits + 2 * p), dq[problem.pair_name]
            rows = problem.bent_part(dy)[problem.pair_row]
            reaches = (reach_right - problem.bend * rows) / self.pairs.both + self.pairs.lean * dx
            dslacks[ends] = np.concatenate([reaches - dx, reaches + dx]) + left.slacks[limits:]
            dprices[ends] = (targets[ends] - at.prices[ends] * dslacks[ends]) / at.slacks[ends]
        return Point(dq, reaches, dy, dslacks, dprices)


def system(problem: Lifted, point: Point, residuals: Residuals) -> System | None:
    """Factorise at a point, or say None where that fails."""
    n, e, limits, p = problem.program.size, problem.equalities, problem.limits, problem.pairs
    widths = point.slacks[:limits].copy()
    if problem.soft.size:
        ends = slice(limits + 2 * p, None)
        widths[problem.soft] += point.prices[:limits][problem.soft] * point.slacks[ends] / point.prices[ends]
    curvature = problem.added(point.prices[:limits] / widths) + REGULARISATION
    softness = np.concatenate([np.full(e, REGULARISATION), 1.0 / curvature[n:]])
    extra, rows, pairs = curvature[:n], problem.rows, None
    if p:
        pairs = _pairs(problem, point)
        extra = extra + problem.by_name(4.0 * (pairs.right / pairs.both) * pairs.left)
        problem.bent_part(softness)[:] += problem.by_row(problem.bend**2 / pairs.both)
        rows = _leaning(problem, pairs)
    factors = factorise(problem.program.hessian, extra, rows, softness)
    if factors is None:
        factors = factorise(problem.program.hessian, extra + 1e-8, rows, softness + 1e-8)
    if factors is None:
        return None
    return System(problem, point, residuals, widths, curvature, pairs, factors)


def _pairs(problem: Lifted, point: Point) -> _Pairs:
    limits, p = problem.limits, problem.pairs
    right = point.prices[limits : limits + p] / point.slacks[limits : limits + p]
    left = point.prices[limits + p : limits + 2 * p] / point.slacks[limits + p : limits + 2 * p]
    both = right + left
    return _Pairs(right, left, both, (right - left) / both)


def _leaning(problem: Lifted, pairs: _Pairs) -> Matrix:
    """All rows, the bent ones with their bends leaning to where their variables are."""
    rows = problem.rows.copy()
    first = problem.program.rows.shape[0]
    rows[first + problem.pair_row, problem.pair_name] += pairs.lean * problem.bend
    return rows
