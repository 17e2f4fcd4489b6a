"""Small problems whose rows leave the weights no freedom, on covariances with directions of no risk."""

import numpy as np
import pytest

from tests.bent_problems import desk_problem
from tests.oracles import excess_variance_bound, scaled_variance, violation
from tests.strategies import random_problem
from trackerr_xl import solve
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.core.solvers.onto_limits import onto_limits

# Found at random: before answers were moved onto their limits, rows were left unmet by 5e-11 to 4e-5.
FOUND = [
    (10306, 2, "cash"),
    (474, 4, "cash"),
    (514, 4, "sample, T = n/2 (singular)"),
    (576, 4, "sample, T = n/2 (singular)"),
    (834, 5, "sample, T = n/2 (singular)"),
    (974, 2, "equal correlations 0.3"),
]


@pytest.mark.parametrize(("seed", "n", "family"), FOUND)
def test_answer_without_freedom_is_proved(seed, n, family):
    problem = random_problem(seed, n, family)
    solution = solve(problem)
    assert violation(problem, solution.weights) <= 1e-9
    excess = excess_variance_bound(problem, solution.weights, solution.row_duals)
    scale = problem.risk.diagonal().mean()
    assert excess / scale <= 1e-9 * max(scaled_variance(problem, solution.weights), 1e-5)


@pytest.mark.parametrize("form", ["dense", "factors"])
def test_weights_near_bends_are_put_on_them_and_on_the_bent_rows(form):
    for seed in range(20):
        problem = desk_problem(seed, form)
        solution, rng = solve(problem), np.random.default_rng(seed)
        on_a_bend = (np.abs(solution.weights - problem.bent.at) < 1e-12).any(axis=0)
        assert on_a_bend.any()
        near = solution.weights + np.where(on_a_bend, 1e-9 * rng.standard_normal(on_a_bend.size), 0.0)
        assert violation(problem, near) > 1e-11
        hard = np.isinf(problem.rows.penalty)
        blurred = solution.row_duals * np.where(hard, 1.0 + 1e-3 * rng.uniform(-1.0, 1.0, hard.size), 1.0)
        moved, row_duals, bent_duals = onto_limits(problem, near, blurred, solution.bent_duals)
        np.testing.assert_allclose(moved, solution.weights, rtol=0, atol=1e-13)
        np.testing.assert_allclose(row_duals, solution.row_duals, rtol=0, atol=1e-9)
        np.testing.assert_allclose(bent_duals, solution.bent_duals, rtol=0, atol=1e-9)
        assert measure(problem, moved, row_duals, bent_duals).certificate.violation <= 1e-13
