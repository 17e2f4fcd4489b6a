"""The interior point alone on bent and soft rows: the road that must not be misled."""

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.bent_problems import KINDS, bent_problem, desk_problem
from tests.oracles import clarabel_verdict, piqp_verdict, violation
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solve import solve
from trackerr_xl.core.solvers import interior_point, roads, scaling

SLOW = 100
"""Names from which on the oracles take seconds, and our own proof decides alone."""


def value(problem: TrackingProblem, weights: Vector) -> float:
    """What is made least."""
    risk = 0.5 * problem.risk.variance(weights - problem.benchmark)
    return risk + float(problem.linear @ weights) + problem.price_of_breaches(weights)


@pytest.mark.parametrize("form", ["dense", "factors"])
@pytest.mark.parametrize("price", interior_point.PRICES)
def test_from_every_start_it_ends_where_piqp_ends(form: str, price: float) -> None:
    for seed in range(10):
        problem = desk_problem(seed, form)
        program, units = scaling.scaled(problem)
        *_, last = interior_point.answers(program, price)
        weights = scaling.weights(problem, program, units, last.candidate.x)
        verdict = piqp_verdict(problem)
        assert verdict.status == "solved"
        np.testing.assert_allclose(weights, verdict.weights, rtol=0, atol=1e-7)
        assert violation(problem, weights) <= 1e-9


@pytest.fixture
def only_the_interior_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """All roads before the last one are closed."""

    def closed(*_: object) -> None:
        raise roads._NoFeasiblePointSeenError

    for road in ("_by_surrogate", "_by_factors", "_by_proximal_steps"):
        monkeypatch.setattr(roads, road, closed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("only_the_interior_point")
def test_it_proves_bent_and_soft_rows_of_every_kind(kind: str) -> None:
    for seed in range(60):
        problem = bent_problem(seed, kind)
        solution = solve(problem)
        if problem.benchmark.size > SLOW:
            continue
        ours, unit = value(problem, solution.weights), float(problem.risk.diagonal().mean())
        verdicts = [verdict(problem) for verdict in (piqp_verdict, clarabel_verdict)]
        theirs = [value(problem, v.weights) for v in verdicts if v.status == "solved"]
        # The oracles break limits by up to 1e-10, which gains them something where prices are high.
        if theirs:
            nearest = min(abs(other - ours) for other in theirs)
            assert nearest <= 1e-8 * abs(ours) + 1e-12 * unit, f"{kind} {seed}"


@pytest.mark.parametrize(("names", "dates"), [(12, 60), (100, 60), (60, 120)])
@pytest.mark.usefixtures("only_the_interior_point")
def test_it_fits_returns_without_a_covariance_of_the_weights(names: int, dates: int) -> None:
    """Least squares of returns: weights without any curvature, tied by one row a date to a residual each."""
    rng = np.random.default_rng(names + dates)
    returns = 0.01 * rng.standard_normal((dates, names))
    target = returns @ rng.dirichlet(np.ones(names)) + 0.002 * rng.standard_normal(dates)
    budget = np.concatenate([np.ones(names), np.zeros(dates)])
    fits = np.hstack([returns, -np.eye(dates)])
    right = np.concatenate([[1.0], target])
    problem = TrackingProblem.build(
        np.zeros(names + dates),
        FactorModel(np.zeros((names + dates, 0)), np.repeat([0.0, 1.0], [names, dates])),
        np.repeat([0.2, np.inf], [names, dates]),
        np.repeat([0.0, -np.inf], [names, dates]),
        budget=None,
        rows=LinearRows(np.vstack([budget, fits]), right, right, ("Budget", *(f"{t}" for t in range(dates)))),
    )
    residuals = returns @ solve(problem).weights[:names] - target
    verdict = clarabel_verdict(problem, 1e-12)
    assert verdict.status == "solved"
    theirs = returns @ verdict.weights[:names] - target
    assert residuals @ residuals == pytest.approx(theirs @ theirs, rel=1e-7)


def test_without_any_risk_the_least_turnover_is_that_of_a_linear_program() -> None:
    """Buys and sales as variables of their own, solved by HiGHS."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        n = 40
        current, exposure = rng.dirichlet(np.ones(n)), rng.standard_normal(n)
        upper = np.full(n, 0.06)
        needed = float(exposure @ current) + 0.5
        half, one = 0.5 * np.ones((1, n)), np.ones(1)
        turnover = BentRows(np.zeros((1, n)), half, current[None], 0.0 * one, one, ("turnover",))
        rows = LinearRows(exposure[None], np.array([needed]), np.array([np.inf]), ("exposure",))
        nothing = FactorModel(np.zeros((n, 0)), np.zeros(n))
        problem = TrackingProblem.build(current, nothing, upper, rows=rows, bent=turnover)
        solution = solve(problem)
        assert solution.method.startswith("interior point")
        trades = linprog(
            np.full(2 * n, 0.5),
            A_ub=np.vstack(
                [
                    -np.concatenate([exposure, -exposure]),
                    np.hstack([np.eye(n), -np.eye(n)]),
                    np.hstack([-np.eye(n), np.eye(n)]),
                ]
            ),
            b_ub=np.concatenate([[exposure @ current - needed], upper - current, current]),
            A_eq=np.concatenate([np.ones(n), -np.ones(n)])[None],
            b_eq=[0.0],
            bounds=[(0.0, None)] * (2 * n),
        )
        assert trades.status == 0
        assert 0.5 * np.abs(solution.weights - current).sum() == pytest.approx(trades.fun, rel=1e-8)
