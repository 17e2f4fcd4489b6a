"""Whole names: the best of every choice there is, bounds never above it, SCIP's answers, the same answer every time."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.oracles import piqp_verdict
from tests.scip_whole import searched
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.whole.diagonal import split
from trackerr_xl.core.whole.feasible import extreme_count, feasible
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.whole.tree import best_whole


def at_most(count: int, n: int, least: float = 0.0) -> Holdings:
    return Holdings(
        np.full(n, least), np.ones((1, n)), np.array([-np.inf]), np.array([float(count)]), ("Names",)
    )


def market(n: int, k: int, seed: int, *, upper: float = 1.0) -> TrackingProblem:
    rng = np.random.default_rng(seed)
    loadings = rng.normal(size=(n, k)) * 0.05
    loadings[:, 0] = 0.16 + 0.04 * rng.normal(size=n)
    benchmark = rng.pareto(1.2, n) + 0.05
    return TrackingProblem.build(
        benchmark / benchmark.sum(),
        FactorModel(loadings, rng.uniform(0.1, 0.35, n) ** 2),
        upper,
    )


def instance(seed: int) -> tuple[TrackingProblem, Holdings]:
    """A small problem with groups, a turnover limit, smallest holdings, counts in all and in groups."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 10)) if seed % 10 else int(rng.integers(16, 21))
    count = int(rng.integers(2, 5)) if seed % 10 else 2
    problem = market(n, 3, seed, upper=float(rng.choice([1.0, 0.7])))
    group = np.arange(n) % 2
    if rng.random() < 0.5:
        matrix = np.vstack([problem.rows.matrix, (group == 0).astype(float)])
        share = float(problem.benchmark[group == 0].sum())
        band = rng.uniform(0.05, 0.3)
        rows = LinearRows(
            matrix, np.array([1.0, share - band]), np.array([1.0, share + band]), ("Budget", "Group")
        )
        problem = replace(problem, rows=rows)
    if rng.random() < 0.5:
        held = np.zeros(n)
        held[rng.permutation(n)[:3]] = rng.dirichlet(np.ones(3))
        bent = BentRows(
            np.zeros((1, n)),
            np.full((1, n), 0.5),
            held[None],
            np.array([rng.uniform(0.3, 0.7)]),
            np.array([np.inf]),
            ("Turnover",),
        )
        problem = replace(problem, bent=bent)
    if rng.random() < 0.3:
        cov = problem.risk.loadings @ problem.risk.loadings.T + np.diag(problem.risk.specific)
        problem = replace(problem, risk=DenseCovariance(cov))
    if rng.random() < 0.3:
        problem = replace(problem, linear=rng.normal(size=n) * 0.01)
    members, lower, upper, labels = [np.ones(n)], [-np.inf], [float(count)], ["Names"]
    if rng.random() < 0.4:
        members.append((group == 1).astype(float))
        lower.append(1.0)
        upper.append(float(rng.integers(1, 3)))
        labels.append("Names odd")
    least = np.full(n, float(rng.choice([0.01, 0.1]) if len(labels) > 1 else rng.choice([0.0, 0.05, 0.1])))
    return problem, Holdings(least, np.array(members), np.array(lower), np.array(upper), tuple(labels))


def enumerated(problem: TrackingProblem, holdings: Holdings) -> float:
    """The least objective over every choice of names, each choice solved by PIQP."""
    n, best = problem.benchmark.size, np.inf
    most = int(holdings.upper[0])
    for size in range(1, most + 1):
        for names in itertools.combinations(range(n), size):
            held = np.zeros(n, dtype=bool)
            held[list(names)] = True
            lower, upper = np.where(held, holdings.least, 0.0), np.where(held, problem.upper, 0.0)
            if not holdings.allow(held) or lower.sum() > 1.0 or upper.sum() < 1.0:
                continue
            verdict = piqp_verdict(replace(problem, lower=lower, upper=upper), 1e-11)
            if verdict.status == "solved":
                best = min(best, value(problem, verdict.weights))
    return best


def value(problem: TrackingProblem, weights: np.ndarray) -> float:
    active = weights - problem.benchmark
    return 0.5 * problem.risk.variance(active) + float(problem.linear @ active)


@pytest.mark.parametrize("block", range(30))
def test_it_is_the_best_of_every_choice_there_is(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        problem, holdings = instance(seed)
        best = enumerated(problem, holdings)
        found = best_whole(problem, holdings, gap=0.0)
        assert found.finished
        if np.isinf(best):
            assert found.portfolio is None
            assert feasible(problem, holdings).decided == "infeasible"
            continue
        assert found.portfolio is not None
        scale = max(abs(best), 1e-4)
        assert found.portfolio.value == pytest.approx(best, rel=1e-6, abs=1e-7 * scale), seed
        assert found.bound <= best + 1e-7 * scale
        held = found.portfolio.weights[found.portfolio.weights != 0.0]
        assert holdings.allow(found.portfolio.weights != 0.0) or (holdings.least == 0.0).all()
        assert (held >= holdings.least.min() - 1e-9).all()


@pytest.mark.parametrize(("n", "count", "seed"), [(20, 4, 1), (25, 5, 2), (30, 6, 3), (40, 8, 4)])
def test_scip_proves_the_same(n: int, count: int, seed: int) -> None:
    problem = market(n, 3, seed)
    theirs = searched(problem, count, seconds=20.0, gap=1e-6)
    found = best_whole(problem, at_most(count, n), gap=1e-6)
    assert found.portfolio is not None
    # Its weights break its cones by 1e-6, so PIQP works out what its names are worth.
    verdict = piqp_verdict(replace(problem, upper=np.where(theirs.names, 1.0, 0.0)), 1e-11)
    best = value(problem, verdict.weights)
    assert found.portfolio.value == pytest.approx(best, rel=1e-6)
    assert found.bound <= best * (1 + 1e-9)
    assert found.portfolio.value == pytest.approx(theirs.bound, rel=1e-3)


def test_the_same_input_gives_the_same_answer() -> None:
    problem, holdings = market(80, 5, 7), at_most(12, 80)
    first, second = (best_whole(problem, holdings, gap=0.001) for _ in range(2))
    assert first.portfolio is not None
    assert second.portfolio is not None
    np.testing.assert_array_equal(first.portfolio.weights, second.portfolio.weights)
    assert (first.bound, first.nodes) == (second.bound, second.nodes)


def test_a_time_limit_gives_the_best_so_far_with_its_gap() -> None:
    problem, holdings = market(300, 10, 8), at_most(25, 300)
    found = best_whole(problem, holdings, gap=0.0, seconds=0.3)
    assert found.portfolio is not None
    assert not found.finished
    assert 0.0 < found.bound < found.portfolio.value
    assert found.bound > 0.85 * found.portfolio.value


def test_the_specific_part_of_a_covariance_is_as_large_as_can_be() -> None:
    rng = np.random.default_rng(5)
    n = 30
    loadings, specific = rng.normal(size=(n, 2)), rng.uniform(0.5, 2.0, n)
    cov = loadings @ loadings.T + np.diag(specific)
    model = split(DenseCovariance(cov))
    rest = cov - model.loadings @ model.loadings.T - np.diag(model.specific)
    assert np.abs(rest).max() < 1e-9 * cov.max()
    # Two factors among thirty names: minimum trace factor analysis finds the true specific part, its least trace.
    assert model.specific.sum() >= specific.sum() * (1 - 1e-3)


def test_the_fewest_names_that_caps_allow_are_counted() -> None:
    problem = market(12, 2, 9, upper=0.15)
    holdings = at_most(5, 12)
    assert feasible(problem, holdings).decided == "infeasible"
    # Seven names of at most 15 % each make up the whole, six do not.
    assert extreme_count(problem, holdings, 0, most=False) == 7
    assert best_whole(problem, holdings).portfolio is None
    assert best_whole(problem, at_most(7, 12)).portfolio is not None
