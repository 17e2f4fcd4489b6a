"""Mehrotra's predictor-corrector interior point: slower than the active set, and hard to mislead.

References
----------
.. [1] Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optim. 2 (1992).
.. [2] Gertz and Wright, "Object-oriented software for quadratic programming", ACM TOMS 29 (2003).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.solvers.kkt import Factorised, factorise
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, Program

STAGES = (1e-8, 1e-11, 1e-14)
"""Merits at which an answer is handed out: often the first already shows which limits hold."""
MOST_STEPS = 60
PATIENCE = 25
"""Steps without progress that are borne: tight rows hold the first steps up, and some problems recover late."""
PRICES = (10.0, 1e3)
"""Multipliers to start from, one after the other: too low, and limits that are tight block every step."""
REGULARISATION = 1e-11
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


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """The box and the range rows as one stack of N + M limited quantities t."""

    lower: Vector
    upper: Vector
    has_lower: Mask
    has_upper: Mask
    rows: Matrix
    targets: Vector
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """Stacked quantities t, row multipliers y, slacks to the limits and their multipliers."""

    t: Vector
    y: Vector
    low_slack: Vector
    up_slack: Vector
    low_price: Vector
    up_price: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Residuals:
    dual: Vector
    rows: Vector
    low: Vector
    up: Vector
    complementarity: float
    merit: float


def answers(program: Program, price: float) -> Iterator[InteriorAnswer]:
    """Solve a program that has no fixed variable, from a cold start; ever better answers as long as one is asked for.

    Parameters
    ----------
    program : Program
        In scaled units.
    price : float
        One of `PRICES`.
    """
    limits = _limits(program)
    point = best = _start(program, limits, price)
    least, stalled, steps = np.inf, 0, 0
    stages = list(STAGES)
    while steps < MOST_STEPS:
        steps += 1
        residuals = _residuals(program, limits, point)
        if not np.isfinite(residuals.merit):
            break
        stalled = 0 if residuals.merit < 0.9 * least else stalled + 1
        if residuals.merit < least:
            best, least = point, residuals.merit
        if stages and least < stages[0]:
            stages.pop(0)
            yield _answer(program, limits, best, steps, settled=least < STAGES[1])
        if not stages or stalled > PATIENCE:
            break
        moved = _advance(program, limits, point, residuals)
        if moved is None:
            break
        point = moved
    yield _answer(program, limits, best, steps, settled=True)


def _limits(program: Program) -> _Limits:
    e, n = program.equalities, program.size
    # Rows here act on variables near one, so they are brought back to largest coefficient one.
    lower = np.concatenate([program.lower, n * program.row_lower[e:]])
    upper = np.concatenate([program.upper, n * program.row_upper[e:]])
    has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
    count = max(int(has_lower.sum() + has_upper.sum()), 1)
    return _Limits(lower, upper, has_lower, has_upper, n * program.rows, n * program.row_upper[:e], count)


def _start(program: Program, limits: _Limits, price: float) -> _Point:
    low, up = limits.has_lower, limits.has_upper
    both = low & up
    with np.errstate(invalid="ignore"):
        width = limits.upper - limits.lower
        margin = np.where(both, np.minimum(0.25 * width, 0.5), 0.5)
        middle = np.where(both, 0.5 * (limits.lower + limits.upper), 0.0)
        t = np.where(low, limits.lower + margin, np.where(up, limits.upper - margin, 0.0))
        t = np.where(both, np.clip(0.0, limits.lower + margin, limits.upper - margin), t)
    t[program.size :] = np.where(both, middle, t)[program.size :]
    low_slack = np.where(low, np.maximum(t - limits.lower, 1e-3), 1.0)
    up_slack = np.where(up, np.maximum(limits.upper - t, 1e-3), 1.0)
    return _Point(
        t,
        np.zeros(limits.rows.shape[0]),
        low_slack,
        up_slack,
        np.where(low, price / low_slack, 0.0),
        np.where(up, price / up_slack, 0.0),
    )


def _residuals(program: Program, limits: _Limits, point: _Point) -> _Residuals:
    n, e = program.size, program.equalities
    x = point.t[:n]
    slope = program.hessian.product(x)
    dual = np.concatenate([slope + program.linear + limits.rows.T @ point.y, -point.y[e:]])
    dual += point.up_price - point.low_price
    rows = limits.rows @ x - np.concatenate([limits.targets, point.t[n:]])
    low = np.where(limits.has_lower, point.t - limits.lower - point.low_slack, 0.0)
    up = np.where(limits.has_upper, limits.upper - point.t - point.up_slack, 0.0)
    held = float(point.low_slack @ point.low_price + point.up_slack @ point.up_price)
    primal = max(float(np.abs(part).max(initial=0.0)) for part in (rows, low, up))
    value = 0.5 * float(x @ slope) + float(program.linear @ x)
    merit = max(
        primal / max(1.0, float(np.abs(limits.targets).max(initial=0.0))),
        float(np.abs(dual).max()) / (1.0 + float(max(np.abs(slope).max(), np.abs(program.linear).max()))),
        held / (1.0 + abs(value)),
    )
    return _Residuals(dual, rows, low, up, held / limits.count, merit)


@dataclass(frozen=True, slots=True, eq=False)
class _System:
    """One factorised Newton system; `solve` serves the predictor and the corrector."""

    program: Program
    limits: _Limits
    point: _Point
    residuals: _Residuals
    curvature: Vector
    factors: Factorised

    def solve(self, low_target: Vector, up_target: Vector) -> _Point:
        """Direction towards slack × price = target, as a point of changes."""
        n, e, at, left = self.program.size, self.program.equalities, self.point, self.residuals
        right = (low_target - at.low_price * left.low) / at.low_slack
        right -= (up_target - at.up_price * left.up) / at.up_slack + left.dual
        row_right = -left.rows
        row_right[e:] += right[n:] / self.curvature[n:]
        dx, dy = self.factors.solve(right[:n], row_right)
        dt = np.concatenate([dx, (right[n:] + dy[e:]) / self.curvature[n:]])
        low_slack = np.where(self.limits.has_lower, dt + left.low, 0.0)
        up_slack = np.where(self.limits.has_upper, left.up - dt, 0.0)
        low_price = (low_target - at.low_price * low_slack) / at.low_slack
        up_price = (up_target - at.up_price * up_slack) / at.up_slack
        return _Point(dt, dy, low_slack, up_slack, low_price, up_price)


def _advance(program: Program, limits: _Limits, point: _Point, residuals: _Residuals) -> _Point | None:
    system = _system(program, limits, point, residuals)
    if system is None:
        return None
    low, up, mu = limits.has_lower, limits.has_upper, residuals.complementarity
    low_now, up_now = point.low_slack * point.low_price, point.up_slack * point.up_price
    guess = system.solve(-low_now, -up_now)
    reached = _moved(point, guess, _longest(point, guess))
    after = float(reached.low_slack @ reached.low_price + reached.up_slack @ reached.up_price)
    centre = (max(after / limits.count, 0.0) / mu) ** 3 * mu if mu > 0 else 0.0
    change = system.solve(
        np.where(low, centre - low_now - guess.low_slack * guess.low_price, 0.0),
        np.where(up, centre - up_now - guess.up_slack * guess.up_price, 0.0),
    )
    length = _longest(point, change)
    if length < 0.1:
        plain = system.solve(np.where(low, 0.3 * mu - low_now, 0.0), np.where(up, 0.3 * mu - up_now, 0.0))
        if _longest(point, plain) > length:
            change, length = plain, _longest(point, plain)
    moved = _moved(point, change, STEP_SHARE * length)
    return replace(
        moved,
        low_slack=np.maximum(moved.low_slack, 1e-300),
        up_slack=np.maximum(moved.up_slack, 1e-300),
        low_price=np.where(low, np.maximum(moved.low_price, 1e-300), 0.0),
        up_price=np.where(up, np.maximum(moved.up_price, 1e-300), 0.0),
    )


def _system(program: Program, limits: _Limits, point: _Point, residuals: _Residuals) -> _System | None:
    n, e = program.size, program.equalities
    curvature = point.low_price / point.low_slack + point.up_price / point.up_slack + REGULARISATION
    softness = np.concatenate([np.full(e, REGULARISATION), 1.0 / curvature[n:]])
    factors = factorise(program.hessian, curvature[:n], limits.rows, softness)
    if factors is None:
        factors = factorise(program.hessian, curvature[:n] + 1e-8, limits.rows, softness + 1e-8)
    if factors is None:
        return None
    return _System(program, limits, point, residuals, curvature, factors)


def _longest(point: _Point, change: _Point) -> float:
    """Longest step up to 1 that keeps every slack and price positive."""
    pairs = (
        (point.low_slack, change.low_slack),
        (point.up_slack, change.up_slack),
        (point.low_price, change.low_price),
        (point.up_price, change.up_price),
    )
    length = 1.0
    for value, step in pairs:
        falling = step < 0
        if falling.any():
            length = min(length, float((-value[falling] / step[falling]).min()))
    return length


def _moved(point: _Point, change: _Point, length: float) -> _Point:
    return _Point(
        point.t + length * change.t,
        point.y + length * change.y,
        point.low_slack + length * change.low_slack,
        point.up_slack + length * change.up_slack,
        point.low_price + length * change.low_price,
        point.up_price + length * change.up_price,
    )


def _answer(program: Program, limits: _Limits, best: _Point, steps: int, *, settled: bool) -> InteriorAnswer:
    n = program.size
    x = np.clip(best.t[:n], program.lower, program.upper)
    sides = np.zeros(best.t.size, dtype=np.int8)
    sides[limits.has_lower & (best.low_price > best.t - limits.lower)] = -1
    sides[limits.has_upper & (best.up_price > limits.upper - best.t)] = 1
    rows = np.ones(program.rows.shape[0], dtype=np.int8)
    rows[program.equalities :] = sides[n:]
    bent = program.bends.count
    active = ActiveSet(sides[:n] + np.int8(1), rows, np.zeros(bent, dtype=np.int8))
    return InteriorAnswer(Candidate(x, n * best.y, steps, np.zeros(bent)), active, settled)
