"""Each method alone: what the others would hide when `solve` goes on to the next one."""

from itertools import product

import numpy as np
import pytest

from tests.oracles import excess_variance_bound, mean_variance, piqp_verdict, scaled_variance
from tests.strategies import random_problem
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solve import solve
from trackerr_xl.core.solvers import bends, dual_newton, interior_point, roads, row_subproblem, scaling
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.core.solvers.free_block import equalities
from trackerr_xl.core.solvers.presolve import presolve
from trackerr_xl.core.solvers.program import Candidate, DenseHessian, FactorHessian, Program
from trackerr_xl.core.solvers.surrogate import surrogate


def spd(n: int, rng: np.random.Generator) -> np.ndarray:
    factors = rng.standard_normal((n, 2 * n))
    return factors @ factors.T / n


def room_problem(seed: int, form: str) -> TrackingProblem:
    """Caps, a budget and two ranges, with room around the answer."""
    rng = np.random.default_rng(seed)
    n = 30
    benchmark = rng.dirichlet(np.ones(n))
    cov = spd(n, rng)
    if form == "factors":
        cov = FactorModel(rng.standard_normal((n, 3)), rng.uniform(0.1, 1.0, n))
    upper = np.minimum(1.5 * benchmark, 0.08) + 0.01
    exposures = rng.standard_normal((2, n))
    middle = exposures @ (upper / upper.sum())
    rows = LinearRows(exposures, middle - 0.05, middle + 0.05, ("First", "Second"))
    return TrackingProblem.build(benchmark, cov, upper, rows=rows)


def nowhere(program: Program) -> Candidate:
    """A start that knows nothing."""
    m, b = program.rows.shape[0], program.bends.count
    return Candidate(np.zeros(program.size), np.zeros(m), 0, np.zeros(b))


@pytest.mark.parametrize("form", ["dense", "factors"])
def test_the_interior_point_alone_agrees_with_piqp(form: str) -> None:
    for seed in range(20):
        problem = room_problem(seed, form)
        program, units = scaling.scaled(problem)
        *_, last = interior_point.answers(program, interior_point.PRICES[0])
        weights = scaling.weights(problem, program, units, last.candidate.x)
        verdict = piqp_verdict(problem)
        assert verdict.status == "solved"
        ours = scaled_variance(problem, weights)
        assert ours == pytest.approx(scaled_variance(problem, verdict.weights), rel=1e-8, abs=1e-12)


def test_the_fallback_proves_problems_that_the_fast_road_solves(monkeypatch) -> None:
    """With the fast roads closed every problem must still be solved, by the interior point."""

    def closed(*_: object) -> None:
        raise roads._NoFeasiblePointSeenError

    monkeypatch.setattr(roads, "_by_surrogate", closed)
    monkeypatch.setattr(roads, "_by_factors", closed)
    monkeypatch.setattr(roads, "_by_proximal_steps", closed)
    methods = set()
    for seed in range(120):
        problem = random_problem(seed)
        solution = solve(problem)
        methods.add(solution.method)
        bound = excess_variance_bound(problem, solution.weights, solution.row_duals) / mean_variance(problem)
        assert bound <= 1e-8 * scaled_variance(problem, solution.weights) + 1e-12, f"seed {seed}"
    assert "interior point, polished" in methods
    assert not any(method.startswith(("surrogate", "factors")) for method in methods)


def test_the_dual_newton_alone_solves_a_factor_model() -> None:
    for seed in range(20):
        problem = room_problem(seed, "factors")
        program, units = scaling.scaled(problem)
        assert isinstance(program.hessian, FactorHessian)
        ended = dual_newton.minimise(program.hessian, program, nowhere(program))
        assert ended.status == "solved"
        weights = scaling.weights(problem, program, units, ended.candidate.x)
        theirs = piqp_verdict(problem).weights
        np.testing.assert_allclose(weights, theirs, rtol=0, atol=1e-7)


def test_the_dual_newton_proves_that_limits_clash() -> None:
    n = 4
    program = Program(
        FactorHessian(np.ones((n, 1)), np.ones(n)),
        np.zeros(n),
        np.zeros(n),
        np.ones(n),
        np.ones((2, n)) / n,
        np.array([0.9, -np.inf]),
        np.array([np.inf, 0.1]),
        0,
        np.full(2, np.inf),
        bends.none(np.zeros(n), np.ones(n)),
    )
    assert dual_newton.minimise(program.hessian, program, nowhere(program)).status == "infeasible"


def test_the_row_subproblem_is_solved_as_by_trying_all_signs() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        m = int(rng.integers(1, 6))
        schur, right = spd(m, rng), rng.standard_normal(m)
        lower = np.where(rng.random(m) < 0.3, -np.inf, -rng.uniform(0, 1, m))
        upper = np.where(rng.random(m) < 0.3, np.inf, rng.uniform(0, 1, m))
        found = row_subproblem.minimise(schur, right, lower, upper, np.full(m, np.inf), np.zeros(m))
        assert found is not None
        np.testing.assert_allclose(found, by_all_signs(schur, right, lower, upper), atol=1e-10)


def by_all_signs(schur, right, lower, upper) -> np.ndarray:
    for signs in product((-1, 0, 1), repeat=right.size):
        side = np.array(signs)
        limit = np.where(side > 0, upper, np.where(side < 0, lower, 0.0))
        if not np.isfinite(limit).all():
            continue
        z, used = np.zeros(right.size), np.flatnonzero(side)
        z[used] = np.linalg.solve(schur[np.ix_(used, used)], (right - limit)[used])
        reached = right - schur @ z
        resting = side == 0
        if (side * z >= -1e-12).all() and (
            (reached[resting] <= upper[resting] + 1e-12) & (reached[resting] >= lower[resting] - 1e-12)
        ).all():
            return z
    raise AssertionError("a positive definite problem has a solution")


def test_a_bordered_block_solves_what_a_new_factorisation_would() -> None:
    rng = np.random.default_rng(8)
    n = 40
    hessian = DenseHessian(spd(n, rng), 2.0)
    free = rng.random(n) < 0.7
    rows = rng.standard_normal((3, n))
    first = equalities(hessian, free, rows, None)
    assert first is not None
    free[[np.flatnonzero(free)[0], np.flatnonzero(~free)[0], np.flatnonzero(~free)[1]]] ^= True
    followed = equalities(hessian, free, rows, first.block)
    assert followed is not None
    assert not followed.fresh
    right, row_right = rng.standard_normal(n), rng.standard_normal(3)
    step, duals = followed.solve(right, row_right)
    at = np.flatnonzero(free)
    system = np.block(
        [[2.0 * hessian.matrix[np.ix_(at, at)], rows[:, at].T], [rows[:, at], np.zeros((3, 3))]]
    )
    expected = np.linalg.solve(system, np.concatenate([right[at], row_right]))
    np.testing.assert_allclose(np.concatenate([step[at], duals]), expected, atol=1e-9)
    np.testing.assert_array_equal(step[~free], 0.0)


def test_the_surrogate_of_a_factor_covariance_is_that_covariance() -> None:
    rng = np.random.default_rng(2)
    loadings, specific = rng.standard_normal((120, 4)), rng.uniform(0.5, 1.5, 120)
    cov = loadings @ loadings.T + np.diag(specific)
    model = surrogate(DenseHessian(cov, 1.0)).model
    rebuilt = model.loadings @ model.loadings.T + np.diag(model.specific)
    np.testing.assert_allclose(rebuilt.diagonal(), cov.diagonal(), rtol=1e-6)
    assert np.linalg.norm(rebuilt - cov) < 0.05 * np.linalg.norm(cov)


def test_presolve_fixes_what_a_row_forces_and_drops_what_cannot_bind() -> None:
    # The caps of the first two reach 0.5 together, just what the first row asks; the second row asks for nothing.
    rows = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    program = Program(
        DenseHessian(np.eye(3), 1.0),
        np.zeros(3),
        np.zeros(3),
        np.array([0.4, 0.6, 1.0]),
        rows,
        np.array([0.5, -np.inf]),
        np.array([np.inf, 2.0]),
        0,
        np.full(2, np.inf),
        bends.none(np.zeros(3), np.array([0.4, 0.6, 1.0])),
    )
    presolved = presolve(program)
    np.testing.assert_array_equal(presolved.program.fixed, [True, True, False])
    np.testing.assert_array_equal(presolved.program.lower, [0.4, 0.6, 0.0])
    assert presolved.kept.size == 0


def test_scaling_brings_every_answer_back() -> None:
    problem = room_problem(1, "dense")
    program, units = scaling.scaled(problem)
    inside = np.random.default_rng(0).uniform(problem.lower, problem.upper)
    x = units.spread * (inside - problem.benchmark)
    np.testing.assert_allclose(scaling.weights(problem, program, units, x), inside, atol=1e-16)
    # A row's multiplier times its breach is money in either unit.
    duals = np.random.default_rng(1).standard_normal(units.order.size)
    plain = scaling.row_duals(problem, units, duals)
    reached = (problem.rows.matrix @ (inside - problem.benchmark))[units.order]
    per_unit = units.curvature / units.spread**2
    assert plain[units.order] @ reached == pytest.approx(per_unit * (duals @ (program.rows @ x)), rel=1e-12)


def test_the_certificate_tells_a_wrong_answer_from_the_right_one() -> None:
    problem = room_problem(4, "dense")
    solution = solve(problem)
    assert isinstance(problem.risk, DenseCovariance)
    other = solution.weights.copy()
    free = np.flatnonzero((other > problem.lower + 0.002) & (other < problem.upper - 0.002))[:2]
    other[free] += [1e-3, -1e-3]
    wrong = measure(problem, other, solution.row_duals, solution.bent_duals)
    lost = problem.risk.variance(other - problem.benchmark) - solution.active_variance
    assert lost > 0
    assert wrong.certificate.gap >= lost
    assert wrong.certificate.relative_gap > 1e-6
    assert wrong.certificate.stationarity > 1e-6
    outside = solution.weights + 1e-3
    assert measure(problem, outside, solution.row_duals, solution.bent_duals).certificate.violation >= 1e-3
