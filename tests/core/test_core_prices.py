"""A limit has a price where no other limits could stand in for it, and it is what moving the limit costs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from trackerr_xl.core.prices import Prices, prices
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve

Array = NDArray[np.float64]


def linear(*rows: tuple[list[float], float, float]) -> LinearRows:
    coefficients = np.array([row[0] for row in rows])
    lower, upper = (np.array([row[at] for row in rows], dtype=float) for at in (1, 2))
    return LinearRows(coefficients, lower, upper, tuple(f"row {at}" for at in range(len(rows))))


def solved(benchmark: list[float], cov: Array, rows: LinearRows, upper: float = 1.0) -> Solution:
    size = len(benchmark)
    problem = TrackingProblem.build(
        np.array(benchmark), cov, np.full(size, upper), np.zeros(size), budget=None, rows=rows
    )
    return solve(problem)


def priced(solution: Solution, rows: LinearRows, upper: float = 1.0) -> Prices:
    weights, values = solution.weights, rows.matrix @ solution.weights
    return prices(
        solution,
        rows,
        (np.abs(values - rows.lower) <= 1e-9) | (np.abs(values - rows.upper) <= 1e-9),
        (weights > 1e-9) & (weights < upper - 1e-9),
    )


def test_a_budget_and_two_sectors_that_repeat_it_have_no_prices_of_their_own() -> None:
    rows = linear(([1, 1, 1, 1], 1, 1), ([1, 1, 0, 0], 0.6, 0.6), ([0, 0, 1, 1], 0.4, 0.4))
    found = priced(solved([0.25] * 4, np.diag([1.0, 2.0, 3.0, 4.0]), rows), rows)
    assert found.rows == (None, None, None)
    # All four weights are free: their limits cost nothing, whatever the rows say.
    assert found.bounds == (0.0, 0.0, 0.0, 0.0)


def test_a_row_said_twice_has_no_price_and_leaves_the_others_theirs() -> None:
    rows = linear(
        ([1, 1, 1, 1], 1, 1), ([1, 1, 0, 0], 0.6, np.inf), ([2, 2, 0, 0], 1.2, np.inf), ([0, 0, 1, 0], 0.3, 1)
    )
    found = priced(solved([0.25] * 4, np.eye(4), rows), rows)
    # By hand: w = (0.3, 0.3, 0.3, 0.1), a = (0.05, 0.05, 0.05, -0.15); the last name alone prices the budget, the
    # third then its own row: Σa + R'y = 0.
    assert found.rows[1:3] == (None, None)
    assert found.rows[0] == pytest.approx(0.15, abs=1e-9)
    assert found.rows[3] == pytest.approx(-0.2, abs=1e-9)


def test_at_a_vertex_rows_and_bounds_share_their_prices() -> None:
    # One name at its upper limit, the other what the budget leaves: it is at its lower limit too.
    rows = linear(([1, 1], 1, 1))
    found = priced(solved([0.0, 0.5], np.eye(2), rows, upper=0.5), rows, upper=0.5)
    assert found.rows == (None,)
    assert found.bounds == (None, None)


def test_a_row_whose_names_all_stand_at_their_limits_has_no_price() -> None:
    # The first name has both its cap of 0.3 and a row of its own at 0.3.
    rows = linear(([1, 1, 1], 1, 1), ([1, 0, 0], -np.inf, 0.3))
    solution = solved([0.8, 0.1, 0.1], np.eye(3), rows, upper=0.3 + 0.4)
    assert priced(solution, rows).rows[1] == pytest.approx(
        0.75, abs=1e-9
    )  # slope 0.5 below the budget's 0.25
    weights = solution.weights
    found = prices(solution, rows, np.array([True, True]), weights > 0.3 + 1e-9)
    assert found.rows[1] is None
    assert found.bounds[0] is None


@pytest.mark.parametrize("seed", range(20))
def test_prices_are_what_moving_a_limit_costs(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = 12
    root = random.normal(size=(size, size + 3))
    cov = root @ root.T / size
    benchmark = random.dirichlet(np.ones(size))
    sector = (np.arange(size) < 5).astype(float)
    exposure = random.normal(size=size)
    level = np.array([1.0, float(sector @ benchmark) + 0.1, float(exposure @ benchmark) + 0.05])

    def at(levels: Array) -> tuple[Solution, LinearRows]:
        rows = linear(
            ([1.0] * size, levels[0], levels[0]),
            (sector.tolist(), levels[1], np.inf),
            (exposure.tolist(), levels[2], np.inf),
        )
        return solved(benchmark.tolist(), cov, rows, upper=0.35), rows

    solution, rows = at(level)
    found = priced(solution, rows, upper=0.35)
    step = 1e-6
    for row, price in enumerate(found.rows):
        move = step * np.eye(3)[row]
        above, below = (at(level + side * move)[0].active_variance / 2 for side in (1, -1))
        assert price is not None
        # A multiplier y is minus the derivative: raising an upper limit that binds lowers the variance.
        assert -price == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-7)
