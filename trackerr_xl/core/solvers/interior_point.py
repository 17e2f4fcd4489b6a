"""Mehrotra's predictor-corrector interior point: slower than the active set, and hard to mislead.

References
----------
.. [1] Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optim. 2 (1992).
.. [2] Gertz and Wright, "Object-oriented software for quadratic programming", ACM TOMS 29 (2003).
.. [3] Gondzio, "Multiple centrality corrections in a primal-dual method for linear programming", Computational
   Optimization and Applications 6 (1996).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Mask, Sides, Vector
from trackerr_xl.core.solvers import clock
from trackerr_xl.core.solvers.interior_step import System, system
from trackerr_xl.core.solvers.lifted import Lifted, Point, Residuals, lifted, residuals
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, Program

STAGES = (1e-8, 1e-11, 1e-14)
"""Merits at which an answer is handed out."""
ALMOST = 1e-2
"""Merit from which the limits that press are handed out too, whenever they hardly change any more."""
HARDLY = 0.01
"""Share of the limits."""
MOST_EARLY = 4
MOST_STEPS = 60
PATIENCE = 25
"""Steps without progress that are borne: tight rows hold the first steps up, and some problems recover late."""
PATIENCE_AT_THE_END = 4
PRICES = (0.1, 10.0, 1e3)
"""Multipliers to start from, one after the other: too low, and limits that are tight block every step."""
STEP_SHARE = 0.999
"""Share of the way to the nearest limit that a step may go."""
MOST_CORRECTIONS = 2
"""A solve costs a tenth of a factorisation, and a third correction rarely pays."""


@dataclass(frozen=True, slots=True, eq=False)
class InteriorAnswer:
    """The best point met and the active set it suggests, to be polished by the active set method.

    `settled` says whether the point itself is worth proving, not only its active set.
    """

    candidate: Candidate
    active: ActiveSet
    settled: bool


def answers(program: Program, price: float) -> Iterator[InteriorAnswer]:
    """Solve a program that has no fixed variable, from a cold start; ever better answers as long as one is asked for.

    Parameters
    ----------
    program : Program
        In scaled units.
    price : float
        One of `PRICES`.
    """
    problem = lifted(program)
    point = best = _start(problem, price)
    least, stalled, steps, early = np.inf, 0, 0, MOST_EARLY
    stages, pressing = list(STAGES), point.prices > point.slacks
    while steps < MOST_STEPS and not clock.over():
        steps += 1
        left = residuals(problem, point)
        if not np.isfinite(left.merit):
            break
        stalled = 0 if left.merit < 0.9 * least else stalled + 1
        if left.merit < least:
            best, least = point, left.merit
        if stages and least < stages[0]:
            stages.pop(0)
            yield _answer(problem, best, best.prices > best.slacks, steps, settled=least < STAGES[1])
        if not stages or stalled > (PATIENCE if least > STAGES[0] else PATIENCE_AT_THE_END):
            break
        newton = system(problem, point, left)
        if newton is None:
            break
        last, point = point, _advanced(point, left, newton)
        # Of a limit that presses the slack falls and the price stays; of another the price falls.
        before, pressing = pressing, point.prices * last.slacks > last.prices * point.slacks
        few = np.count_nonzero(pressing != before) <= HARDLY * pressing.size
        if few and early and left.merit < ALMOST and len(stages) == len(STAGES):
            early -= 1
            yield _answer(problem, point, pressing, steps, settled=False)
    yield _answer(problem, best, best.prices > best.slacks, steps, settled=True)


def _start(problem: Lifted, price: float) -> Point:
    """Where one step towards the optimum leads when slacks and prices are made large enough (Mehrotra)."""
    point = _rough_start(problem, price)
    newton = system(problem, point, residuals(problem, point))
    if newton is None:
        return point
    change = newton.solve(-point.slacks * point.prices)
    if not point.slacks.size:
        return point.moved(change, 1.0)
    slacks, prices = np.abs(point.slacks + change.slacks), np.abs(point.prices + change.prices)
    slacks = np.maximum(slacks, 0.3 * min(1.0, float(slacks.mean())))
    return _within_ceilings(
        problem, replace(point.moved(change, 1.0), slacks=slacks, prices=np.maximum(prices, prices.mean()))
    )


def _within_ceilings(problem: Lifted, point: Point) -> Point:
    if not problem.soft.size:
        return point
    prices, first = point.prices.copy(), problem.limits + 2 * problem.pairs
    prices[problem.soft] = np.minimum(prices[problem.soft], 0.5 * problem.ceiling)
    prices[first:] = problem.ceiling - prices[problem.soft]
    return replace(point, prices=prices)


def _rough_start(problem: Lifted, price: float) -> Point:
    q, low, up = _inside(problem), problem.low, problem.up
    distances = np.concatenate([q[low] - problem.lower[low], problem.upper[up] - q[up]])
    offset = q[problem.pair_name] - problem.at
    reaches = np.abs(offset) + 0.5
    breaches = np.ones(problem.soft.size)
    slacks = np.concatenate([np.maximum(distances, 1e-3), reaches - offset, reaches + offset, breaches])
    point = Point(q, reaches, np.zeros(problem.rows.shape[0]), slacks, price / slacks)
    return _within_ceilings(problem, point)


def _inside(problem: Lifted) -> Vector:
    """Quantities within their limits, near zero where there is room."""
    low, up = np.isfinite(problem.lower), np.isfinite(problem.upper)
    both, n = low & up, problem.program.size
    with np.errstate(invalid="ignore"):
        width = problem.upper - problem.lower
        margin = np.where(both, np.minimum(0.25 * width, 0.5), 0.5)
        middle = np.where(both, 0.5 * (problem.lower + problem.upper), 0.0)
        q = np.where(low, problem.lower + margin, np.where(up, problem.upper - margin, 0.0))
        q = np.where(both, np.clip(0.0, problem.lower + margin, problem.upper - margin), q)
    q[n:] = np.where(both, middle, q)[n:]
    return q


def _advanced(point: Point, left: Residuals, newton: System) -> Point:
    """One predictor, one corrector, and more of these while they lengthen the step."""
    now, mu = point.slacks * point.prices, left.complementarity
    guess = newton.solve(-now)
    reached = point.moved(guess, point.longest(guess))
    after = float(reached.slacks @ reached.prices) / max(now.size, 1)
    centre = (max(after, 0.0) / mu) ** 3 * mu if mu > 0 else 0.0
    targets = centre - now - guess.slacks * guess.prices
    change = newton.solve(targets)
    length = point.longest(change)
    if length < 0.1:
        targets = 0.3 * mu - now
        plain = newton.solve(targets)
        if point.longest(plain) > length:
            change, length = plain, point.longest(plain)
    for _ in range(MOST_CORRECTIONS):
        further = min(1.0, length + 0.3)
        tried = point.moved(change, further)
        products = tried.slacks * tried.prices
        targets = targets + np.maximum(
            np.clip(products, 0.1 * centre, 10.0 * centre) - products, -10.0 * centre
        )
        corrected = newton.solve(targets)
        longer = point.longest(corrected)
        if longer < length + 0.03:
            break
        change, length = corrected, longer
    moved = point.moved(change, STEP_SHARE * length)
    return replace(moved, slacks=np.maximum(moved.slacks, 1e-300), prices=np.maximum(moved.prices, 1e-300))


def _answer(problem: Lifted, best: Point, pressing: Mask, steps: int, *, settled: bool) -> InteriorAnswer:
    program, limits, e = problem.program, problem.limits, problem.equalities
    n, m = program.size, program.rows.shape[0]
    x = np.clip(best.q[:n], program.lower, program.upper)
    presses = pressing[:limits].astype(np.int8)
    if problem.soft.size:
        presses[problem.soft] *= 2 - pressing[limits + 2 * problem.pairs :]
    sides = np.zeros(best.q.size, dtype=np.int8)
    sides[problem.low] = -presses[: problem.low.size]
    upper = presses[problem.low.size :]
    sides[problem.up[upper > 0]] = upper[upper > 0]
    rows = np.ones(m, dtype=np.int8)
    rows[e:] = sides[n : n + m - e]
    equal = rows[: program.equalities]
    equal[np.abs(equal) < 2] = 1
    active = ActiveSet(_places(problem, pressing, x, sides[:n]), rows, sides[n + m - e :])
    duals = n * best.y
    return InteriorAnswer(Candidate(x, duals[:m], steps, duals[m:]), active, settled)


def _places(problem: Lifted, pressing: Mask, x: Vector, sides: Sides) -> Sides:
    bends, limits, p = problem.program.bends, problem.limits, problem.pairs
    if not bends.count:
        return np.asarray(sides + np.int8(1))
    places = 2 * (bends.points[:, 1:-1] < x[:, None]).sum(axis=1, dtype=np.int8) + np.int8(1)
    on = pressing[limits : limits + p] & pressing[limits + p : limits + 2 * p]
    places[problem.pair_name[on]] = 2 * bends.rank[problem.pair_row, problem.pair_name][on]
    return np.where(sides < 0, 0, np.where(sides > 0, 2 * (bends.count + 1), places)).astype(np.int8)
