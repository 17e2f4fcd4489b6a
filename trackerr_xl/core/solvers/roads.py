"""The order in which the methods are tried on one program, each starting from what the last one learned."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.solvers import active_set, dual_newton, interior_point
from trackerr_xl.core.solvers.free_block import MANY, last_block
from trackerr_xl.core.solvers.presolve import presolve, restored, start_within
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, DenseHessian, FactorHessian, Program
from trackerr_xl.core.solvers.separable import active_set_near
from trackerr_xl.core.solvers.surrogate import Surrogate, surrogate

RECENTRINGS = 2
MISLED = 0.2
"""Share of the names on which two guesses may differ before the surrogate is mistrusted."""
TOO_MUCH_MISSED = 2.5
"""A surrogate that misses more has only shown that the limits leave room; its active set would cost more than it tells."""
FAITHFUL = 1.1
"""A surrogate that misses less is near enough to precondition conjugate gradients."""
PROXIMITY = 1e-4
"""Curvature added to specific risks too small for the dual, relative to the mean curvature."""
PROXIMAL_STEPS = 30
FLAT = 0.1
"""Share of the names without any curvature from which on only the interior point is tried."""
WARM_STEPS = 8
"""Steps of the active set from a start, before a start of its own is worth more."""
POLISHES = (1, 3, 6, 10, 15, 20, 29)
"""Proximal steps after which the active set is tried; in between the guess changes little."""

Attempt = tuple[str, Candidate]


class _NoFeasiblePointSeenError(Exception):
    """The dual rose without end or did not settle."""


def attempts(
    program: Program, check_feasible: Callable[[], None], start: Candidate | None = None
) -> Iterator[Attempt]:
    """Candidates with the name of their method; each following one is worked out only when asked for.

    Parameters
    ----------
    program : Program
        What to solve.
    check_feasible : callable
        Called when the dual finds no feasible point, before slower methods look for one in vain; raises if there is
        none.
    start : Candidate, optional
        The answer to a program much like this one.
    """
    presolved = presolve(program)
    near = None if start is None else start_within(presolved, start)
    for method, candidate in _attempts(presolved.program, check_feasible, near):
        yield method, restored(presolved, candidate)


def _attempts(
    program: Program, check_feasible: Callable[[], None], start: Candidate | None
) -> Iterator[Attempt]:
    if program.fixed.all():
        yield (
            "fixed",
            _nothing_to_choose(program),
        )
        return
    if start is not None:
        yield from _from_start(program, start)
    else:
        start = _nowhere(program)
    if _mostly_flat(program):
        # Nothing of the covariance helps where most of it is missing: linear programs, regressions on returns.
        yield from _by_interior_point(program, interior_point.PRICES[:1])
        check_feasible()
        yield from _by_interior_point(program, interior_point.PRICES[1:])
        return
    try:
        if isinstance(program.hessian, DenseHessian):
            yield from _by_surrogate(program, program.hessian, start)
        elif program.hessian.specific.min() >= PROXIMITY:
            yield from _by_factors(program, program.hessian, start)
        else:
            yield from _by_proximal_steps(program, program.hessian, start)
    except _NoFeasiblePointSeenError:
        check_feasible()
    yield from _by_interior_point(program, interior_point.PRICES)


def _mostly_flat(program: Program) -> bool:
    """Whether a tenth of the names have no curvature at all, and something else to go by."""
    hessian = program.hessian
    if isinstance(hessian, DenseHessian):
        # A matrix of zeros may be somebody's covariance, whose answer is the portfolio nearest to the benchmark.
        flat = np.count_nonzero(hessian.diagonal()[~program.fixed] == 0.0) if program.linear.any() else 0
        return bool(flat > FLAT * program.size)
    bare = np.flatnonzero(~program.fixed & (hessian.specific == 0.0))
    if bare.size <= FLAT * program.size:
        return False
    return bool(np.count_nonzero(~hessian.loadings[bare].any(axis=1)) > FLAT * program.size)


def _nothing_to_choose(program: Program) -> Candidate:
    bends = program.bends
    broken = bends.reached(program.lower) > bends.upper
    prices = np.where(np.isfinite(bends.ceiling) & broken, bends.ceiling, 0.0)
    return Candidate(program.lower, np.zeros(program.rows.shape[0]), 0, prices)


def _nowhere(program: Program) -> Candidate:
    """The benchmark, with nothing known of the multipliers."""
    return Candidate(
        np.zeros(program.size), np.zeros(program.rows.shape[0]), 0, np.zeros(program.bends.count)
    )


def _by_factors(program: Program, hessian: FactorHessian, start: Candidate) -> Iterator[Attempt]:
    for tolerance in (dual_newton.GUESS, dual_newton.EXACT):
        ended = _settled(dual_newton.minimise(hessian, program, start, tolerance))
        start = ended.candidate
        yield from _polished(program, ended.active, start.x, "factors", 12)


def _from_start(program: Program, start: Candidate) -> Iterator[Attempt]:
    guess, block = active_set_near(program, start), last_block(program.hessian)
    if isinstance(program.hessian, DenseHessian) and np.count_nonzero(guess.places & 1) >= MANY:
        program = _with_model(program, program.hessian, surrogate(program.hessian))
    candidate = active_set.minimise(program, guess, start.x, WARM_STEPS, block)
    if candidate is not None:
        yield "active set of the start", candidate


def _with_model(program: Program, hessian: DenseHessian, likeness: Surrogate) -> Program:
    """The program with a factor model beside its covariance, if that is a good one."""
    if likeness.missed > FAITHFUL:
        return program
    return replace(program, hessian=replace(hessian, model=likeness.model))


def _settled(ended: dual_newton.Ended) -> dual_newton.Ended:
    if ended.status in ("stopped", "infeasible"):
        raise _NoFeasiblePointSeenError
    return ended


def _by_surrogate(program: Program, hessian: DenseHessian, start: Candidate) -> Iterator[Attempt]:
    """Guess on a factor model with the true slope at the last point; the active set settles it on the truth."""
    likeness, last_value = surrogate(hessian), np.inf if start.x.any() else 0.0
    model = likeness.model
    program = _with_model(program, hessian, likeness)
    last: ActiveSet | None = None
    for round_ in range(RECENTRINGS + 1):
        local = program
        if start.x.any():
            slope = hessian.product(start.x)
            value = 0.5 * float(start.x @ slope) + float(program.linear @ start.x)
            if value > last_value:
                model = FactorHessian(model.loadings, 2.0 * model.specific)
            last_value = value
            local = replace(program, linear=program.linear + slope - model.product(start.x))
        ended = _settled(dual_newton.minimise(model, local, start, dual_newton.GUESS))
        start = ended.candidate
        if likeness.missed > TOO_MUCH_MISSED:
            return
        if last is not None and np.count_nonzero(last.places != ended.active.places) > MISLED * program.size:
            return
        last = ended.active
        method = "surrogate" if round_ == 0 else f"surrogate recentred {round_}"
        yield from _polished(program, ended.active, start.x, method, 30)


def _by_proximal_steps(program: Program, hessian: FactorHessian, start: Candidate) -> Iterator[Attempt]:
    """Proximal point steps, each with specific risks raised enough for the dual."""
    model = FactorHessian(hessian.loadings, hessian.specific + PROXIMITY)
    for step in range(PROXIMAL_STEPS):
        local = replace(program, linear=program.linear - PROXIMITY * start.x)
        ended = _settled(dual_newton.minimise(model, local, start))
        start = ended.candidate
        if step in POLISHES:
            yield from _polished(program, ended.active, start.x, "factors, proximal", 4)


def _by_interior_point(program: Program, prices: tuple[float, ...]) -> Iterator[Attempt]:
    free = np.flatnonzero(~program.fixed)
    inner = _without_fixed(program, free)
    every = (answer for price in prices for answer in interior_point.answers(inner, price))
    for answer in every:
        places = np.zeros(program.size, dtype=np.int8)
        places[free] = answer.active.places
        x = program.lower.copy()
        x[free] = answer.candidate.x
        guess = ActiveSet(places, answer.active.rows, answer.active.bends)
        yield from _polished(program, guess, x, "interior point, polished", 10)
        if answer.settled:
            yield "interior point", replace(answer.candidate, x=x)


def _polished(
    program: Program, guess: ActiveSet, near: Vector, method: str, most_steps: int
) -> Iterator[Attempt]:
    candidate = active_set.minimise(program, guess, near, most_steps)
    if candidate is not None:
        yield method, candidate


def _without_fixed(program: Program, free: Indices) -> Program:
    if free.size == program.size:
        return program
    x = np.where(program.fixed, program.lower, 0.0)
    held = program.rows @ x
    return Program(
        program.hessian.part(free),
        (program.linear + program.hessian.product(x))[free],
        program.lower[free],
        program.upper[free],
        program.rows[:, free],
        program.row_lower - held,
        program.row_upper - held,
        program.equalities,
        program.row_ceiling,
        program.bends.part(free, x),
    )
