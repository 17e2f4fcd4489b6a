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

from trackerr_xl.core.arrays import Sides, Vector
from trackerr_xl.core.solvers.interior_step import System, system
from trackerr_xl.core.solvers.lifted import Lifted, Point, Residuals, lifted, residuals
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, Program

STAGES = (1e-8, 1e-11, 1e-14)
"""Merits at which an answer is handed out: often the first already shows which limits hold."""
MOST_STEPS = 60
PATIENCE = 25
"""Steps without progress that are borne: tight rows hold the first steps up, and some problems recover late."""
PRICES = (10.0, 1e3)
"""Multipliers to start from, one after the other: too low, and limits that are tight block every step."""
STEP_SHARE = 0.995
"""Share of the way to the nearest limit that a step may go."""


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
    least, stalled, steps = np.inf, 0, 0
    stages = list(STAGES)
    while steps < MOST_STEPS:
        steps += 1
        left = residuals(problem, point)
        if not np.isfinite(left.merit):
            break
        stalled = 0 if left.merit < 0.9 * least else stalled + 1
        if left.merit < least:
            best, least = point, left.merit
        if stages and least < stages[0]:
            stages.pop(0)
            yield _answer(problem, best, steps, settled=least < STAGES[1])
        if not stages or stalled > PATIENCE:
            break
        newton = system(problem, point, left)
        if newton is None:
            break
        point = _advanced(point, left, newton)
    yield _answer(problem, best, steps, settled=True)


def _start(problem: Lifted, price: float) -> Point:
    q = _inside(problem)
    n, p = problem.program.size, problem.pairs
    distances = np.concatenate(
        [q[problem.low] - problem.lower[problem.low], problem.upper[problem.up] - q[problem.up]]
    )
    slacks = np.maximum(distances, 1e-3)
    offset = q[:n][problem.pair_name] - problem.at
    reaches = np.abs(offset) + 0.5
    slacks = np.concatenate([slacks, reaches - offset, reaches + offset, np.ones(problem.soft.size)])
    prices = price / slacks
    if problem.soft.size:
        prices[problem.soft] = np.minimum(prices[problem.soft], 0.5 * problem.ceiling)
        prices[problem.limits + 2 * p :] = problem.ceiling - prices[problem.soft]
        slacks[problem.limits + 2 * p :] = np.minimum(price / prices[problem.limits + 2 * p :], 1.0)
    return Point(q, reaches, np.zeros(problem.rows.shape[0]), slacks, prices)


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
    """One predictor and one corrector step."""
    now, mu = point.slacks * point.prices, left.complementarity
    guess = newton.solve(-now)
    reached = point.moved(guess, point.longest(guess))
    after = float(reached.slacks @ reached.prices) / max(now.size, 1)
    centre = (max(after, 0.0) / mu) ** 3 * mu if mu > 0 else 0.0
    change = newton.solve(centre - now - guess.slacks * guess.prices)
    length = point.longest(change)
    if length < 0.1:
        plain = newton.solve(0.3 * mu - now)
        if point.longest(plain) > length:
            change, length = plain, point.longest(plain)
    moved = point.moved(change, STEP_SHARE * length)
    return replace(moved, slacks=np.maximum(moved.slacks, 1e-300), prices=np.maximum(moved.prices, 1e-300))


def _answer(problem: Lifted, best: Point, steps: int, *, settled: bool) -> InteriorAnswer:
    program, n, e, limits, p = (
        problem.program,
        problem.program.size,
        problem.equalities,
        problem.limits,
        problem.pairs,
    )
    x = np.clip(best.q[:n], program.lower, program.upper)
    presses = (best.prices[:limits] > best.slacks[:limits]).astype(np.int8)
    if problem.soft.size:
        ends = slice(limits + 2 * p, None)
        presses[problem.soft] += best.slacks[ends] > best.prices[ends]
    sides = np.zeros(best.q.size, dtype=np.int8)
    sides[problem.low] = -presses[: problem.low.size]
    upper = presses[problem.low.size :]
    sides[problem.up[upper > 0]] = upper[upper > 0]
    rows = np.ones(program.rows.shape[0], dtype=np.int8)
    m = program.rows.shape[0]
    rows[e:] = sides[n : n + m - e]
    equal = rows[: program.equalities]
    equal[np.abs(equal) < 2] = 1
    active = ActiveSet(_places(problem, best, x, sides[:n]), rows, sides[n + m - e :])
    duals = n * best.y
    return InteriorAnswer(Candidate(x, duals[:m], steps, duals[m:]), active, settled)


def _places(problem: Lifted, best: Point, x: Vector, sides: Sides) -> Sides:
    bends, limits, p = problem.program.bends, problem.limits, problem.pairs
    if not bends.count:
        return np.asarray(sides + np.int8(1))
    places = 2 * (bends.points[:, 1:-1] < x[:, None]).sum(axis=1, dtype=np.int8) + np.int8(1)
    ends = slice(limits, limits + 2 * p)
    presses = best.prices[ends] > best.slacks[ends]
    on = presses[:p] & presses[p:]
    places[problem.pair_name[on]] = 2 * bends.rank[problem.pair_row, problem.pair_name][on]
    return np.where(sides < 0, 0, np.where(sides > 0, 2 * (bends.count + 1), places)).astype(np.int8)
