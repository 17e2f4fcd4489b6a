"""Solving from a start, within seconds, and to the gap that a caller accepts."""

import numpy as np
import pytest

from tests.covariances import DEGENERATE
from tests.strategies import random_problem
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import TOLERANCE, solve
from trackerr_xl.core.solvers import clock, interior_point, scaling
from trackerr_xl.core.solvers.program import Program
from trackerr_xl.errors import NoAnswerError, NumericalError

SEEDS = 12


def within_no_time(family: str, accepted: float) -> list[Solution | NumericalError]:
    """What a first method alone comes to, on singular and near-singular covariances."""
    found: list[Solution | NumericalError] = []
    for seed in range(SEEDS):
        problem = random_problem(seed, 60, family)
        try:
            found.append(solve(problem, seconds=0.0, accepted=accepted))
        except NumericalError as error:
            found.append(error)
    return found


@pytest.mark.parametrize("family", DEGENERATE)
def test_out_of_time_is_said_with_the_gap_reached(family: str) -> None:
    for outcome in within_no_time(family, TOLERANCE):
        if isinstance(outcome, Solution):
            certificate = outcome.certificate
            assert max(certificate.violation, certificate.relative_gap) <= TOLERANCE
        else:
            assert "no weights proved optimal to 1e-09 within 0 seconds, the best " in str(outcome)


@pytest.mark.parametrize("family", DEGENERATE)
def test_the_best_so_far_is_an_answer_if_its_gap_is_accepted(family: str) -> None:
    for outcome in within_no_time(family, 0.5):
        if isinstance(outcome, Solution):
            assert outcome.certificate.violation <= TOLERANCE
            assert outcome.certificate.relative_gap <= 0.5
        else:
            assert "break a limit by" in str(outcome) or "are within" in str(outcome)


def test_no_time_does_not_hide_that_there_is_no_answer() -> None:
    rows = LinearRows(
        np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), np.array([0.9, 0.9]), np.full(2, np.inf), ("A", "B")
    )
    problem = TrackingProblem.build(np.full(3, 1 / 3), np.eye(3), 0.4, rows=rows)
    with pytest.raises(NoAnswerError):
        solve(problem, seconds=0.0)


@pytest.mark.parametrize("seed", range(20))
def test_a_start_changes_how_an_answer_is_found_and_not_what_it_is(seed: int) -> None:
    problem, other = random_problem(seed, 40), random_problem(seed + 1, 40)
    if other.rows.labels != problem.rows.labels:
        other = problem
    cold, foreign = solve(problem), solve(other)
    warm = solve(problem, start=foreign if other is not problem else cold)
    typical = float(problem.risk.diagonal().mean())
    assert warm.active_variance == pytest.approx(cold.active_variance, rel=1e-8, abs=1e-12 * typical)


def test_the_interior_point_stops_between_two_steps_when_the_time_is_over() -> None:
    program, _ = scaling.scaled(random_problem(3, 40, "factors and noise"))
    with clock.within(0.0):
        answers = list(interior_point.answers(program, interior_point.PRICES[0]))
    assert [answer.candidate.iterations for answer in answers] == [0]
    assert answers_in_full_time(program) > 0


def answers_in_full_time(program: Program) -> int:
    *_, last = interior_point.answers(program, interior_point.PRICES[0])
    return last.candidate.iterations


def test_an_inner_block_has_no_more_time_than_the_outer_one() -> None:
    assert not clock.over()
    with clock.within(0.0), clock.within(100.0):
        assert clock.over()
    with clock.within(100.0), clock.within(None):
        assert not clock.over()
    assert not clock.over()
