"""What more room is worth, against moving the limits and solving again, where multipliers are unique and where not."""

import numpy as np
import pytest

from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.core.table.relaxation import Limited, Move, relaxation_prices

STEP = 1e-6


def limited(problem: TrackingProblem) -> Limited:
    return Limited(problem.lower, problem.upper, problem.rows, problem.bent)


def still(problem: TrackingProblem, **moved: np.ndarray) -> Move:
    n, m, b = problem.benchmark.size, problem.rows.lower.size, problem.bent.upper.size
    sizes = {"lower": n, "upper": n, "row_lower": m, "row_upper": m, "bent": b}
    return Move(**({name: np.zeros(size) for name, size in sizes.items()} | moved))


def relaxed(problem: TrackingProblem, move: Move, step: float) -> TrackingProblem:
    rows, bent = problem.rows, problem.bent
    return TrackingProblem.build(
        problem.benchmark,
        problem.risk,
        problem.upper + step * move.upper,
        problem.lower - step * move.lower,
        budget=None,
        rows=LinearRows(
            rows.matrix, rows.lower - step * move.row_lower, rows.upper + step * move.row_upper, rows.labels
        ),
        bent=BentRows(
            bent.slope, bent.bend, bent.at, bent.upper + step * move.bent, bent.penalty, bent.labels
        ),
    )


def fall(problem: TrackingProblem, move: Move) -> float:
    """How much half the active variance falls per unit, by solving again with a little more room."""
    here, there = solve(problem), solve(relaxed(problem, move, STEP))
    return (here.active_variance - there.active_variance) / (2.0 * STEP)


def unit(size: int, at: int) -> np.ndarray:
    return np.eye(size)[at]


def random_problem(seed: int, *, doubled: bool) -> TrackingProblem:
    """Two sectors, an exposure and turnover, all tight; doubled, each limit is said a second time."""
    rng = np.random.default_rng(seed)
    n = 8
    root = rng.normal(size=(n, n + 2))
    benchmark = rng.dirichlet(np.ones(n))
    current = 0.8 * benchmark + 0.2 * rng.dirichlet(np.ones(n))
    sector, exposure = (np.arange(n) < 4).astype(float), rng.normal(size=n)
    matrix = np.vstack([np.ones(n), sector, 1.0 - sector, exposure])
    share = float(sector @ benchmark) + 0.05
    lower = np.array([1.0, share, -np.inf, float(exposure @ benchmark) + 0.1])
    upper = np.array([1.0, np.inf, 1.0 - share, np.inf])
    if doubled:
        matrix, lower, upper = (
            np.vstack([matrix, 2 * matrix[1:2]]),
            np.append(lower, 2 * share),
            np.append(upper, np.inf),
        )
    labels = tuple(f"row {at}" for at in range(len(lower)))
    turnover = BentRows(
        np.zeros((1, n)),
        np.full((1, n), 0.5),
        current[None, :],
        np.array([0.25]),
        np.array([np.inf]),
        ("turnover",),
    )
    return TrackingProblem.build(
        benchmark,
        root @ root.T / n,
        np.full(n, 0.35),
        0.0,
        budget=None,
        rows=LinearRows(matrix, lower, upper, labels),
        bent=turnover,
    )


@pytest.mark.parametrize("seed", range(11))
@pytest.mark.parametrize("doubled", [False, True])
def test_prices_are_what_a_little_more_room_brings(seed: int, doubled: bool) -> None:
    problem = random_problem(seed, doubled=doubled)
    n, m = problem.benchmark.size, problem.rows.lower.size
    moves = [still(problem, row_lower=unit(m, row)) for row in range(m)]
    moves += [still(problem, row_upper=unit(m, row)) for row in range(m)]
    moves += [
        still(problem, bent=np.ones(1)),
        still(problem, upper=np.ones(n)),
        still(problem, lower=np.ones(n)),
    ]
    prices = relaxation_prices(limited(problem), solve(problem), moves)
    for move, price in zip(moves, prices, strict=True):
        assert price == pytest.approx(fall(problem, move), rel=1e-3, abs=2e-5)


def test_a_limit_said_twice_is_worth_nothing_alone_and_its_price_together() -> None:
    # By hand: w = (0.3, 0.3, 0.4), a = (0, 0, ...) cannot be: b = (1/3, 1/3, 1/3), the third at least 0.4 twice. Then
    # a = (−1/30, −1/30, 1/15), the budget's multiplier is 1/30 and the floor's 1/15 + 1/30 = 0.1.
    rows = LinearRows(
        np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0]]),
        np.array([1.0, 0.4, 0.8]),
        np.array([1.0, np.inf, np.inf]),
        ("Budget", "A", "B"),
    )
    problem = TrackingProblem.build(np.full(3, 1 / 3), np.eye(3), budget=None, rows=rows)
    alone = still(problem, row_lower=np.array([0.0, 1.0, 0.0]))
    other = still(problem, row_lower=np.array([0.0, 0.0, 1.0]))
    both = still(problem, row_lower=np.array([0.0, 1.0, 2.0]))
    prices = relaxation_prices(limited(problem), solve(problem), [alone, other, both])
    np.testing.assert_allclose(prices, [0.0, 0.0, 0.1], atol=1e-12)


def test_at_a_vertex_each_limit_has_the_price_of_its_own_move() -> None:
    # The first name is capped at 0.5 and the second must hold 0.5: b = (0.8, 0.2), a = (−0.3, 0.3). More room in the
    # cap alone is worth nothing, the floor is in the way; the floor alone, the budget is.
    problem = TrackingProblem.build(
        np.array([0.8, 0.2]), np.eye(2), np.array([0.5, 1.0]), np.array([0.0, 0.5])
    )
    cap, floor = still(problem, upper=unit(2, 0)), still(problem, lower=unit(2, 1))
    both = still(problem, upper=unit(2, 0), lower=unit(2, 1))
    budget = still(problem, row_upper=np.ones(1))
    less = still(problem, row_lower=np.ones(1))
    prices = relaxation_prices(limited(problem), solve(problem), [cap, floor, both, budget, less])
    # A unit of both moves both weights back a unit: 0.3 + 0.3. More budget has nowhere to go that helps; less neither.
    np.testing.assert_allclose(prices, [0.0, 0.0, 0.6, 0.0, 0.0], atol=1e-12)
