"""Choose a road to the least tracking error, prove the answer, or say why there is none."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solution import Certificate, Solution
from trackerr_xl.core.solvers import clock, feasibility, roads, scaling
from trackerr_xl.core.solvers.certificate import measure, violation
from trackerr_xl.core.solvers.onto_limits import onto_limits
from trackerr_xl.core.threads import one_thread
from trackerr_xl.errors import NumericalError

TOLERANCE = 1e-9
"""Largest violation, relative gap and stationarity of an answer that leaves this module."""

ROUNDING = 1e-12
"""Largest violation at which the benchmark itself is the answer."""


def solve(
    problem: TrackingProblem,
    start: Solution | None = None,
    seconds: float | None = None,
    accepted: float = TOLERANCE,
) -> Solution:
    """Weights of least tracking error within the limits, proved.

    Parameters
    ----------
    problem : TrackingProblem
        From `TrackingProblem.build`.
    start : Solution, optional
        The answer to a problem much like this one, with as many rows of either kind: where to begin.
    seconds : float, optional
        After this long no further method is begun and the best answer so far is judged by `accepted`; endless when
        left out.
    accepted : float, default 1e-9
        Largest relative gap of an answer that no method brought to 1e-9.

    Returns
    -------
    Solution
        Weights with a certificate: violation, relative gap and stationarity all at most 1e-9, or violation at most
        1e-9 and the relative gap at most `accepted`. Violation is in units of each row's largest coefficient; the
        gap is relative to the active variance, or to 1e-5 of the mean variance if that is more. With a linear term or
        priced breaches it is relative to the largest of these, twice the linear term's change from the benchmark,
        twice the price of the breaches, and 1e-6 of the steepest of these slopes. Stationarity is relative to the
        largest slope of a part of the objective or of the rows' pull, or to 1e-4 of the mean variance.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits; the sentence names the rows that clash.
    NumericalError
        If no road reached the tolerance in time; the sentence tells the gap of the best answer.

    Notes
    -----
    Where several portfolios have the same least tracking error, one of them is returned, always the same one.
    """
    with one_thread(), clock.within(seconds):
        return _solve(problem, start, seconds, accepted)


def _solve(
    problem: TrackingProblem, start: Solution | None, seconds: float | None, accepted: float
) -> Solution:
    late = False
    best: Solution | None = None
    for solution in _attempts(problem, start):
        if _worst(solution.certificate) <= TOLERANCE:
            return solution
        if best is None or _worst(solution.certificate) < _worst(best.certificate):
            best = solution
        late = clock.over()
        if late:
            break
    if best is None or best.certificate.violation > TOLERANCE:
        feasibility.explain(problem)
    elif best.certificate.relative_gap <= accepted:
        return best
    raise NumericalError(_unproved(best, seconds if late else None))


def _unproved(best: Solution | None, seconds: float | None) -> str:
    within = "" if seconds is None else f" within {seconds:g} seconds"
    if best is None:
        return f"no weights proved optimal to {TOLERANCE:g}{within}, no road came near"
    if best.certificate.violation > TOLERANCE:
        reached = f"the best break a limit by {best.certificate.violation:.1e}"
    else:
        reached = (
            f"the best are within {max(best.certificate.relative_gap, best.certificate.stationarity):.1e}"
        )
    return f"no weights proved optimal to {TOLERANCE:g}{within}, {reached}"


def _attempts(problem: TrackingProblem, start: Solution | None) -> Iterator[Solution]:
    """Answers to try, cheapest first; each is measured before the next is worked out."""
    no_duals, no_bends = np.zeros(problem.rows.lower.size), np.zeros(problem.bent.upper.size)
    at_benchmark = not problem.linear.any() and violation(problem, problem.benchmark) <= ROUNDING
    if at_benchmark and problem.price_of_breaches(problem.benchmark) == 0.0:
        yield _solution(problem, problem.benchmark, no_duals, no_bends, "benchmark", 0)
    feasibility.check_each_row(problem)
    program, units = scaling.scaled(problem)
    begin = None if start is None else scaling.start(problem, program, units, start)
    for method, candidate in roads.attempts(program, partial(feasibility.explain, problem), begin):
        weights = scaling.weights(problem, program, units, candidate.x)
        row_duals = scaling.row_duals(problem, units, candidate.row_duals)
        bent_duals = scaling.bent_duals(units, candidate.bent_duals)
        yield _solution(problem, weights, row_duals, bent_duals, method, candidate.iterations)
        moved = onto_limits(problem, weights, row_duals, bent_duals)
        method = f"{method}, moved onto its limits"
        yield _solution(problem, *moved, method, candidate.iterations)


def _solution(
    problem: TrackingProblem,
    weights: Vector,
    row_duals: Vector,
    bent_duals: Vector,
    method: str,
    iterations: int,
) -> Solution:
    measured = measure(problem, weights, row_duals, bent_duals)
    return Solution(
        weights,
        measured.active_variance,
        measured.row_duals,
        measured.reduced_gradient,
        measured.bent_duals,
        measured.certificate,
        method,
        iterations,
    )


def _worst(certificate: Certificate) -> float:
    return max(certificate.violation, certificate.relative_gap, certificate.stationarity)
