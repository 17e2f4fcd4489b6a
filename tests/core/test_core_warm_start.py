"""A start makes a solve quicker and nothing else; what is remembered of a covariance never outlives it."""

from dataclasses import replace

import numpy as np
import pytest

from tests.covariances import FAMILIES, equity_factors
from tests.strategies import random_problem
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import solve
from trackerr_xl.core.solvers import roads, scaling
from trackerr_xl.core.solvers.program import DenseHessian
from trackerr_xl.core.solvers.surrogate import surrogate

WARM = "active set of the start"


def desk_problem(seed: int, *, k: int | None = None, n: int = 80) -> TrackingProblem:
    """Caps, a fifth of the names excluded, a budget and four exposures around an admissible portfolio."""
    rng = np.random.default_rng(seed)
    benchmark = rng.dirichlet(np.ones(n))
    upper = np.where(rng.random(n) < 0.2, 0.0, np.maximum(2.0 * benchmark, 1.5 / n))
    held = upper / upper.sum()
    exposures = rng.standard_normal((4, n))
    rows = LinearRows(exposures, exposures @ held - 0.02, exposures @ held + 0.02, ("a", "b", "c", "d"))
    risk = equity_factors(n, k, rng) if k else FAMILIES["factors and noise"](n, rng)
    return TrackingProblem.build(benchmark, risk, upper, rows=rows)


def without_row(problem: TrackingProblem, solution: Solution, row: int) -> tuple[TrackingProblem, Solution]:
    """The problem with one row less, and the solution as a start for it."""
    rows, kept = problem.rows, np.delete(np.arange(len(problem.rows.labels)), row)
    fewer = LinearRows(
        rows.matrix[kept], rows.lower[kept], rows.upper[kept], tuple(rows.labels[i] for i in kept)
    )
    return replace(problem, rows=fewer), replace(solution, row_duals=solution.row_duals[kept])


@pytest.mark.parametrize("k", [None, 5])
def test_a_start_leads_to_the_cold_answer_in_few_steps(k: int | None) -> None:
    for seed in range(6):
        problem = desk_problem(seed, k=k)
        first = solve(problem)
        row = int(np.flatnonzero(first.row_duals)[-1])
        capped = problem.upper.copy()
        capped[np.argmax(first.weights)] *= 0.9
        tilt = 0.1 * np.abs(first.reduced_gradient).mean()
        tilted = tilt * np.random.default_rng(seed).standard_normal(problem.benchmark.size)
        changed = {
            "nothing": (problem, first),
            "one cap": (replace(problem, upper=capped), first),
            "all caps": (replace(problem, upper=1.03 * problem.upper), first),
            "linear": (replace(problem, linear=tilted), first),
            "a row": without_row(problem, first, row),
        }
        for what, (other, start) in changed.items():
            warm, cold = solve(other, start), solve(other)
            assert warm.method == WARM, what
            assert warm.iterations <= 5, what
            np.testing.assert_allclose(warm.weights, cold.weights, atol=1e-10, err_msg=what)


def test_a_start_from_nowhere_near_does_no_harm() -> None:
    """The answer to another problem altogether: as many rows is all that they share."""
    for seed in range(12):
        problem = random_problem(seed, n=20)
        rng = np.random.default_rng(seed)
        cold = solve(problem)
        astray = replace(
            cold,
            weights=rng.uniform(-1.0, 1.0, 20),
            row_duals=rng.standard_normal(cold.row_duals.size)
            * (1.0 + np.abs(cold.row_duals).max(initial=0.0)),
        )
        warm = solve(problem, astray)
        assert warm.active_variance == pytest.approx(cold.active_variance, rel=1e-8, abs=1e-20)


def test_a_solution_comes_back_to_the_very_point_it_was_made_from() -> None:
    problem = desk_problem(3)
    program, units = scaling.scaled(problem)
    solution = solve(problem)
    back = scaling.start(problem, program, units, solution)
    held = (solution.weights == problem.lower) | (solution.weights == problem.upper)
    assert held.sum() > 10
    np.testing.assert_array_equal(((back.x == program.lower) | (back.x == program.upper))[held], True)
    np.testing.assert_allclose(
        scaling.row_duals(problem, units, back.row_duals), solution.row_duals, rtol=1e-14
    )


def test_the_surrogate_of_a_covariance_is_made_once() -> None:
    cov = FAMILIES["factors and noise"](60, np.random.default_rng(0))
    first = surrogate(DenseHessian(cov, 4.0))
    assert surrogate(DenseHessian(cov, 4.0)) is first
    assert surrogate(DenseHessian(cov.copy(), 4.0)) is not first
    other_unit = surrogate(DenseHessian(cov, 1.0))
    np.testing.assert_allclose(4.0 * other_unit.model.specific, first.model.specific, rtol=1e-12)


def test_a_covariance_overwritten_in_place_has_another_surrogate() -> None:
    cov = FAMILIES["factors and noise"](60, np.random.default_rng(0))
    surrogate(DenseHessian(cov, 4.0))
    cov *= 2.0
    doubled, fresh = surrogate(DenseHessian(cov, 4.0)), surrogate(DenseHessian(cov.copy(), 4.0))
    np.testing.assert_array_equal(doubled.model.specific, fresh.model.specific)
    np.testing.assert_array_equal(doubled.model.loadings, fresh.model.loadings)


def test_what_a_surrogate_misses_tells_fading_weights_from_honest_samples() -> None:
    """Sampling noise off the diagonal is 1 / √T of a variance: with T = 2n, √(n/T) = 0.7 in all beside the diagonal."""
    rng = np.random.default_rng(5)
    honest = surrogate(DenseHessian(FAMILIES["Wishart, T = 2n"](400, rng), 1.0)).missed
    assert honest == pytest.approx(0.7, abs=0.15)
    fading = surrogate(DenseHessian(FAMILIES["EWMA 0.94 (about 32 periods)"](400, rng), 1.0)).missed
    assert fading > roads.TOO_MUCH_MISSED > 2.0 * honest
