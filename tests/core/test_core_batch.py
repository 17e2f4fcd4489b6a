"""Many accounts at once: the same weights as one by one, proofs that `measure` agrees with, errors account by account."""

import re
from dataclasses import replace

import numpy as np
import pytest

from trackerr_xl.core.batch import solve_all
from trackerr_xl.core.batch_proof import Claims, prove
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solution import Solution
from trackerr_xl.core.solve import TOLERANCE, solve
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.errors import NoAnswerError


def accounts(
    count: int, n: int = 60, k: int = 5, groups: int = 4, *, turnover: bool = False, seed: int = 0
) -> list[TrackingProblem]:
    """Accounts on one model and table: own exclusions, appetite, limits of groups and holdings."""
    rng = np.random.default_rng(seed)
    risk = FactorModel(rng.normal(size=(n, k)) * 0.1, rng.uniform(0.1, 0.4, n) ** 2)
    benchmark, alpha = rng.dirichlet(np.full(n, 0.7)), rng.normal(size=n) * 0.01
    matrix = np.vstack([np.eye(groups)[np.arange(n) % groups].T, rng.normal(size=(1, n))])
    problems = []
    for _ in range(count):
        upper = np.maximum(2.0 * benchmark, 1.5 / n)
        upper[rng.random(n) < 0.15] = 0.0
        centre, width = matrix @ benchmark, rng.uniform(0.05, 0.2, groups + 1)
        rows = LinearRows(matrix, centre - width, centre + width, tuple("abcdefgh"[: groups + 1]))
        held = rng.dirichlet(np.full(n, 0.7))
        limit = np.array([rng.uniform(0.4, 0.8)])
        bent = BentRows(
            np.zeros((1, n)), np.full((1, n), 0.5), held[None], limit, np.array([np.inf]), ("Turnover",)
        )
        problems.append(
            TrackingProblem.build(
                benchmark,
                risk,
                upper,
                rows=rows,
                linear=-alpha * rng.uniform(0.0, 1.0),
                bent=bent if turnover else None,
            )
        )
    return problems


@pytest.mark.parametrize("turnover", [False, True])
@pytest.mark.parametrize("groups", [1, 4, 7])
def test_a_batch_is_a_loop_of_single_solves(groups: int, turnover: bool) -> None:
    problems = accounts(120, groups=groups, turnover=turnover, seed=groups)
    stacked = 0
    for problem, answer in zip(problems, solve_all(problems), strict=True):
        if isinstance(answer, NoAnswerError):
            with pytest.raises(NoAnswerError, match=re.escape(answer.sentence)):
                solve(problem)
            continue
        assert isinstance(answer, Solution)
        np.testing.assert_allclose(answer.weights, solve(problem).weights, atol=1e-8)
        proof = answer.certificate
        assert max(proof.violation, proof.relative_gap, proof.stationarity) <= TOLERANCE
        stacked += answer.method == "batch"
    assert stacked > 100


def densely(problems: list[TrackingProblem], covariance: DenseCovariance) -> list[TrackingProblem]:
    return [replace(problem, risk=covariance) for problem in problems]


def multiplied_out(problem: TrackingProblem) -> DenseCovariance:
    assert isinstance(problem.risk, FactorModel)
    return DenseCovariance(problem.risk.loadings @ problem.risk.loadings.T + np.diag(problem.risk.specific))


@pytest.mark.parametrize("groups", [1, 4, 7])
def test_a_batch_on_a_full_matrix_is_a_loop_of_single_solves(groups: int) -> None:
    problems = accounts(120, groups=groups, seed=20 + groups)
    problems = densely(problems, multiplied_out(problems[0]))
    stacked = 0
    for problem, answer in zip(problems, solve_all(problems), strict=True):
        assert isinstance(answer, Solution)
        np.testing.assert_allclose(answer.weights, solve(problem).weights, atol=1e-8)
        proof = answer.certificate
        assert max(proof.violation, proof.relative_gap, proof.stationarity) <= TOLERANCE
        stacked += answer.method == "batch"
    assert stacked > 110


@pytest.mark.parametrize("weeks", [40, 70, 500])
def test_a_sampled_matrix_is_stacked_where_it_can_be_inverted_and_solved_all_the_same_where_not(
    weeks: int,
) -> None:
    problems = accounts(20, groups=4, seed=31)
    returns = 0.02 * np.random.default_rng(weeks).standard_normal((weeks, 60))
    problems = densely(problems, DenseCovariance(np.cov(returns, rowvar=False)))
    answers = solve_all(problems)
    for problem, answer in zip(problems, answers, strict=True):
        assert isinstance(answer, Solution)
        single = solve(problem)
        assert answer.active_variance == pytest.approx(single.active_variance, rel=1e-8)
        if weeks > 60:
            np.testing.assert_allclose(answer.weights, single.weights, atol=1e-8)
    # Forty weeks leave sixty names a matrix without an inverse.
    assert ("batch" in {answer.method for answer in answers if isinstance(answer, Solution)}) == (weeks > 60)


def test_a_tiny_tracking_error_is_proved_in_the_stack_too() -> None:
    # One small name excluded: the active variance is a millionth of the assets' own, and the gap is judged beside it.
    problems = accounts(40, n=200, groups=1, seed=11)
    benchmark, names = problems[0].benchmark, np.argsort(problems[0].benchmark)[60:100]
    problems = [
        replace(
            problem,
            lower=np.zeros(200),
            upper=np.where(np.arange(200) == name, 0.0, 1.0),
            linear=np.zeros(200),
        )
        for problem, name in zip(problems, names, strict=True)
    ]
    answers = solve_all(problems)
    for problem, answer in zip(problems, answers, strict=True):
        assert isinstance(answer, Solution)
        assert answer.method == "batch"
        assert answer.active_variance < 1e-4 * problem.risk.diagonal().mean()
        np.testing.assert_allclose(answer.weights, solve(problem).weights, atol=1e-9)
    assert benchmark[names].max() < 0.01


def test_proofs_of_a_stack_are_those_of_each_account() -> None:
    problems = accounts(5, seed=3)
    rng = np.random.default_rng(1)
    weights = np.clip(rng.dirichlet(np.ones(60), 5), 0.0, [each.upper for each in problems])
    duals = rng.normal(size=(5, 6)) * 1e-3
    claims = Claims(
        weights,
        *(
            np.stack([getattr(each, part) for each in problems])
            for part in ("benchmark", "linear", "lower", "upper")
        ),
        *(np.stack([getattr(each.rows, part) for each in problems]) for part in ("lower", "upper")),
        duals,
    )
    proofs = prove(problems[0].risk, problems[0].rows.matrix, claims)
    for at, problem in enumerate(problems):
        single = measure(problem, weights[at], duals[at], np.empty(0))
        found = [proofs.violation[at], proofs.gap[at], proofs.relative_gap[at], proofs.stationarity[at]]
        proof = single.certificate
        expected = [proof.violation, proof.gap, proof.relative_gap, proof.stationarity]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(
            proofs.reduced_gradient[at], single.reduced_gradient, rtol=1e-9, atol=1e-15
        )


def test_what_does_not_fit_a_stack_is_solved_all_the_same() -> None:
    problems = accounts(6, seed=5)
    dense = [
        replace(
            problem,
            risk=DenseCovariance(
                problem.risk.loadings @ problem.risk.loadings.T + np.diag(problem.risk.specific)
            ),
        )
        for problem in problems[:2]
        if isinstance(problem.risk, FactorModel)
    ]
    soft = replace(problems[2], rows=replace(problems[2].rows, penalty=np.array([np.inf, *[0.01] * 5])))
    mixed = [*dense, soft, *problems]
    answers = solve_all(mixed)
    for problem, answer in zip(mixed, answers, strict=True):
        assert isinstance(answer, Solution)
        np.testing.assert_allclose(answer.weights, solve(problem).weights, atol=1e-8)
    np.testing.assert_allclose(answers[0].weights, answers[3].weights, atol=1e-7)


def test_one_account_without_an_answer_stops_no_other() -> None:
    problems = accounts(10, seed=7)
    problems[4] = replace(problems[4], upper=np.full(60, 0.01))
    answers = solve_all(problems)
    assert isinstance(answers[4], NoAnswerError)
    assert "Budget" in answers[4].sentence
    assert sum(isinstance(answer, Solution) for answer in answers) == 9


def test_the_order_and_number_of_accounts_change_nothing() -> None:
    problems = accounts(300, n=30, seed=9)
    answers = solve_all(problems)
    few = solve_all(problems[40:50])
    for one, other in zip(answers[40:50], few, strict=True):
        assert isinstance(one, Solution)
        assert isinstance(other, Solution)
        np.testing.assert_allclose(one.weights, other.weights, atol=1e-9)
