"""The active set alone, from guesses read off another solver's answer and from spoilt ones."""

import numpy as np
import pytest
from numpy.random import Generator

from tests.bent_problems import desk_problem
from tests.oracles import piqp_verdict
from trackerr_xl.core.arrays import Sides, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solvers import active_set, bends, scaling
from trackerr_xl.core.solvers.program import ActiveSet, Candidate, DenseHessian, Program

NEAR = 1e-5
"""How near to a limit PIQP's answer stands on it, in the program's units, where weights are near one."""


def guess_from(program: Program, x: Vector) -> ActiveSet:
    """Which limits hold at an answer that is right to a few digits."""
    places = 2 * (program.bends.points[:, 1:-1] < x[:, None]).sum(axis=1) + 1
    for j, points in enumerate(program.bends.points.T):
        places[np.abs(x - points) < NEAR] = 2 * j
    reached, distance = program.rows @ x, program.bends.reached(x) - program.bends.upper
    rows = _states(reached - program.row_upper) - _states(program.row_lower - reached)
    rows[: program.equalities] = 1
    return ActiveSet(places.astype(np.int8), rows, _states(distance))


def _states(beyond: Vector) -> Sides:
    return np.where(np.abs(beyond) < NEAR, 1, np.where(beyond > 0, 2, 0)).astype(np.int8)


def spoilt(program: Program, guess: ActiveSet, rng: Generator) -> ActiveSet:
    """Two names one place off, and a bent row wrongly at its limit or wrongly not."""
    places, bent = guess.places.copy(), guess.bends.copy()
    wrong = rng.choice(places.size, 2, replace=False)
    most = 2 * program.bends.count + 2
    places[wrong] = np.clip(places[wrong] + rng.choice([-1, 1], 2), 0, most)
    one = int(rng.integers(bent.size))
    bent[one] = {0: 1, 1: 0, 2: 2}[int(bent[one])]
    return ActiveSet(places, guess.rows, bent)


def oracle_x(problem: TrackingProblem, spread: float) -> Vector:
    verdict = piqp_verdict(problem)
    assert verdict.status == "solved"
    return spread * (verdict.weights - problem.benchmark)


def solved_from(problem: TrackingProblem, spoil: Generator | None) -> tuple[Candidate | None, Vector]:
    """Our answer and PIQP's, in the program's units."""
    program, units = scaling.scaled(problem)
    x = oracle_x(problem, units.spread)
    guess = guess_from(program, x)
    if spoil is not None:
        guess = spoilt(program, guess, spoil)
    return active_set.minimise(program, guess, np.zeros(program.size)), x


@pytest.mark.parametrize("form", ["dense", "factors"])
def test_a_right_guess_is_confirmed_in_one_step(form: str) -> None:
    places, states = set(), set()
    for seed in range(30):
        problem = desk_problem(seed, form)
        candidate, x = solved_from(problem, None)
        assert candidate is not None, seed
        assert candidate.iterations == 1, seed
        np.testing.assert_allclose(candidate.x, x, atol=1e-6)
        program, _ = scaling.scaled(problem)
        guess = guess_from(program, candidate.x)
        places |= set(guess.places.tolist())
        states |= {*guess.rows.tolist(), *(10 + guess.bends).tolist()}
    # Between them the problems show every kind of place and of row.
    assert {1, 3, 4, 5, 7} <= places
    assert {0, 1, 2, 10, 11, 12} <= states


@pytest.mark.parametrize("form", ["dense", "factors"])
def test_a_spoilt_guess_is_mended_or_given_up(form: str) -> None:
    """With rows this tight one wrong name may throw all others about, and other methods take over."""
    mended = 0
    for seed in range(60):
        candidate, x = solved_from(desk_problem(seed, form), np.random.default_rng(seed))
        if candidate is not None:
            mended += 1
            np.testing.assert_allclose(candidate.x, x, atol=1e-6, err_msg=f"seed {seed}")
    assert mended >= 36


def one_name(ceiling: float, linear: float) -> Program:
    """Least ½x² + linear·x within −1 and 1, with a price of `ceiling` on abs(x − 0.5) / 1."""
    low, high = np.array([-1.0]), np.array([1.0])
    one = np.ones((1, 1))
    cost = bends.within(0 * one, one, 0.5 * one, np.zeros(1), np.array([ceiling]), low, high)
    empty = np.empty(0)
    return Program(
        DenseHessian(one, 1.0), np.array([linear]), low, high, np.empty((0, 1)), empty, empty, 0, empty, cost
    )


@pytest.mark.parametrize(
    ("linear", "expected"),
    [
        # With the price 0.25, x = −linear ∓ 0.25 beside the bend, and 0.5 where neither side of it is better.
        (-2.0, 1.0),
        (-0.8, 0.55),
        (-0.7, 0.5),
        (-0.3, 0.5),
        (-0.2, 0.45),
        (1.0, -0.75),
        (2.0, -1.0),
    ],
)
@pytest.mark.parametrize("place", range(5))
def test_a_name_walks_from_any_place_to_its_own(linear: float, expected: float, place: int) -> None:
    nothing = np.empty(0, dtype=np.int8)
    guess = ActiveSet(np.array([place], dtype=np.int8), nothing, np.array([2], dtype=np.int8))
    candidate = active_set.minimise(one_name(0.25, linear), guess, np.zeros(1))
    assert candidate is not None
    assert candidate.x[0] == pytest.approx(expected, abs=1e-12)
    assert candidate.bent_duals.tolist() == [0.25]


def test_a_name_leaves_bends_that_coincide_in_one_step() -> None:
    """Two prices of 0.25 bend at 0.5; the name is pulled off both to 1 − 0.5 = 0.6 above them."""
    low, high, two = np.array([-1.0]), np.array([1.0]), np.ones((2, 1))
    costs = bends.within(0 * two, two, 0.5 * two, np.zeros(2), np.array([0.25, 0.25]), low, high)
    empty, nothing = np.empty(0), np.empty(0, dtype=np.int8)
    hessian = DenseHessian(np.ones((1, 1)), 1.0)
    program = Program(hessian, np.array([-1.1]), low, high, np.empty((0, 1)), empty, empty, 0, empty, costs)
    held = ActiveSet(np.array([2], dtype=np.int8), nothing, np.array([2, 2], dtype=np.int8))
    candidate = active_set.minimise(program, held, np.zeros(1))
    assert candidate is not None
    assert candidate.x[0] == pytest.approx(0.6, abs=1e-12)
    assert candidate.iterations == 2


@pytest.mark.parametrize("apart", [1e-9, 1e-7])
def test_of_two_rows_that_say_almost_the_same_the_laxer_is_let_go(apart: float) -> None:
    """Least ½x² + ½y² with 2 ≤ x + y and almost the same said again, both taken for equalities."""
    low, high = np.full(2, -5.0), np.full(2, 5.0)
    rows, limits = np.full((2, 2), 0.5), np.array([1.0, 1.0 - apart])
    program = Program(
        DenseHessian(np.eye(2), 1.0),
        np.zeros(2),
        low,
        high,
        rows,
        limits,
        np.full(2, np.inf),
        0,
        np.full(2, np.inf),
        bends.none(low, high),
    )
    both = ActiveSet(np.ones(2, dtype=np.int8), np.full(2, -1, dtype=np.int8), np.empty(0, dtype=np.int8))
    candidate = active_set.minimise(program, both, np.zeros(2))
    assert candidate is not None
    np.testing.assert_allclose(candidate.x, [1.0, 1.0], rtol=1e-13)
    np.testing.assert_allclose(candidate.row_duals, [-2.0, 0.0], atol=1e-12)
