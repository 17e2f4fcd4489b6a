"""The proof, with bent and soft rows, against every point of a grid and against conditions worked out by hand."""

import numpy as np
import pytest

from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.solvers.certificate import measure, violation

STEPS = 60


def random_pair(seed: int) -> TrackingProblem:
    """Two assets, so that a grid sees everything: rows of every kind, hard and soft, and a linear term."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(2, 3))
    rows = LinearRows(
        rng.normal(size=(3, 2)),
        np.array([-0.5, -np.inf, -0.3]),
        np.array([np.inf, 0.4, 0.3]),
        ("A", "B", "C"),
        np.array([np.inf, rng.uniform(0.1, 2.0), rng.uniform(0.1, 2.0)]),
    )
    bent = BentRows(
        rng.normal(size=(3, 2)) * [[0.0], [1.0], [0.5]],
        rng.uniform(0.0, 1.0, size=(3, 2)),
        rng.uniform(-0.2, 0.8, size=(3, 2)),
        rng.uniform(0.0, 0.6, size=3),
        np.array([np.inf, 0.5, rng.uniform(0.1, 3.0)]),
        ("D", "E", "F"),
    )
    return TrackingProblem.build(
        rng.dirichlet(np.ones(2)),
        root @ root.T,
        budget=None,
        rows=rows,
        bent=bent,
        linear=rng.normal(size=2),
    )


def objective(problem: TrackingProblem, weights: np.ndarray) -> float:
    """Half the active variance, the linear term and each soft breach by its price, written out."""
    active = weights - problem.benchmark
    value = 0.5 * problem.risk.variance(active) + float(problem.linear @ weights)
    assert problem.rows.penalty is not None
    for row, penalty in enumerate(problem.rows.penalty):
        if np.isfinite(penalty):
            reached = float(problem.rows.matrix[row] @ weights)
            value += penalty * max(0.0, reached - problem.rows.upper[row], problem.rows.lower[row] - reached)
    for row, penalty in enumerate(problem.bent.penalty):
        if np.isfinite(penalty):
            value += penalty * max(0.0, bent_value(problem, row, weights) - problem.bent.upper[row])
    return value


def bent_value(problem: TrackingProblem, row: int, weights: np.ndarray) -> float:
    bent = problem.bent
    return sum(
        bent.slope[row, i] * weights[i] + bent.bend[row, i] * abs(weights[i] - bent.at[row, i])
        for i in range(weights.size)
    )


def keeps(problem: TrackingProblem, weights: np.ndarray) -> bool:
    """Whether the hard row of either kind holds."""
    linear = problem.rows.matrix[0] @ weights >= problem.rows.lower[0]
    return bool(linear) and bent_value(problem, 0, weights) <= problem.bent.upper[0]


@pytest.mark.parametrize("seed", range(12))
def test_no_point_of_the_grid_is_better_than_the_gap_allows_whatever_the_multipliers(seed: int) -> None:
    problem, rng = random_pair(seed), np.random.default_rng(seed)
    places = np.linspace(0.0, 1.0, STEPS + 1)
    grid = [np.array([x, y]) for x in places for y in places]
    feasible = [weights for weights in grid if keeps(problem, weights)]
    if not feasible:
        return
    least = min(objective(problem, weights) for weights in feasible)
    for _ in range(20):
        weights = feasible[rng.integers(len(feasible))]
        size = 10.0 ** rng.uniform(-2.0, 1.0)
        measured = measure(problem, weights, size * rng.normal(size=3), size * rng.normal(size=3))
        assert 2.0 * (objective(problem, weights) - least) <= measured.certificate.gap + 1e-12
        assert measured.certificate.violation <= 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_hard_row_is_measured_and_a_soft_one_is_not(seed: int) -> None:
    problem, rng = random_pair(seed), np.random.default_rng(seed)
    for _ in range(20):
        weights = rng.uniform(size=2)
        assert (violation(problem, weights) > 0.0) is (not keeps(problem, weights))
        assert problem.price_of_breaches(weights) == pytest.approx(
            objective(problem, weights)
            - 0.5 * problem.risk.variance(weights - problem.benchmark)
            - problem.linear @ weights,
            abs=1e-14,
        )


def traded(penalty: float) -> TrackingProblem:
    """Two uncorrelated assets of variance 1 and 3, held (0.9, 0.1) against (0.5, 0.5); every unit traded is priced."""
    price = BentRows(
        np.zeros((1, 2)),
        np.ones((1, 2)),
        np.array([[0.9, 0.1]]),
        np.zeros(1),
        np.array([penalty]),
        ("Cost",),
    )
    return TrackingProblem.build(np.array([0.5, 0.5]), np.diag([1.0, 3.0]), bent=price)


def test_conditions_worked_out_by_hand_prove_a_trade() -> None:
    # Trading t from the first to the second: ½(0.4 − t)² + 3/2(0.4 − t)² + 2·0.3·t is least at 0.4 − t = 0.15. There
    # Σa = (0.15, −0.45); the price adds −0.3 and 0.3, and the budget's multiplier 0.15 makes both zero.
    measured = measure(traded(0.3), np.array([0.65, 0.35]), np.array([0.15]), np.array([0.3]))
    assert max(measured.certificate.relative_gap, measured.certificate.stationarity) <= 1e-15
    np.testing.assert_allclose(measured.reduced_gradient, 0.0, atol=1e-16)


def test_a_price_that_forbids_the_trade_holds_both_weights_on_their_bends() -> None:
    # Σa = (0.4, −1.2): with the multiplier 0.4 the slopes are 0.8 and −0.8, and a price of 0.9 outweighs both.
    stay = np.array([0.9, 0.1])
    measured = measure(traded(0.9), stay, np.array([0.4]), np.array([0.9]))
    assert max(measured.certificate.relative_gap, measured.certificate.stationarity) <= 1e-15
    np.testing.assert_array_equal(measured.reduced_gradient, [0.0, 0.0])
    # 0.7 does not: 0.1 of each slope is left over.
    measured = measure(traded(0.7), stay, np.array([0.4]), np.array([0.7]))
    assert measured.certificate.stationarity > 0.01
    np.testing.assert_allclose(measured.reduced_gradient, [0.1, -0.1], atol=1e-15)


def test_multipliers_are_brought_within_the_penalty_before_they_prove_anything() -> None:
    measured = measure(traded(0.3), np.array([0.65, 0.35]), np.array([0.15]), np.array([5.0]))
    np.testing.assert_array_equal(measured.bent_duals, [0.3])
    assert measured.certificate.relative_gap <= 1e-15


def test_the_step_to_the_nearest_stationary_point_is_the_one_a_fine_search_finds() -> None:
    rng = np.random.default_rng(3)
    fine = np.linspace(-0.5, 1.5, 200_001)
    for seed in range(10):
        problem = random_pair(seed)
        weights, row_duals, bent_duals = rng.uniform(size=2), np.zeros(3), rng.uniform(size=3)
        measured = measure(problem, weights, row_duals, bent_duals)
        bent_duals, bent = measured.bent_duals, problem.bent
        slope = problem.risk.product(weights - problem.benchmark) + problem.linear
        gradient = slope + bent_duals @ bent.slope
        mean = problem.risk.diagonal().mean()
        steepest = max(abs(slope).max(), 1e-4 * mean, (bent_duals[:, None] * bent.bend).max())
        moved = 0.0
        for i in range(2):
            inside = fine[(fine >= 0.0) & (fine <= 1.0)]
            model = gradient[i] * inside + 0.5 * mean * (inside - weights[i]) ** 2
            for row in range(3):
                model = model + bent_duals[row] * bent.bend[row, i] * abs(inside - bent.at[row, i])
            moved = max(moved, abs(inside[model.argmin()] - weights[i]))
        assert measured.certificate.stationarity == pytest.approx(
            moved * mean / steepest, abs=3e-5 * mean / steepest
        )
