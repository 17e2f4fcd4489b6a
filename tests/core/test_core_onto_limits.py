"""Small problems whose rows leave the weights no freedom, on covariances with directions of no risk."""

import pytest

from tests.oracles import excess_variance_bound, scaled_variance, violation
from tests.strategies import random_problem
from trackerr_xl import solve

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
