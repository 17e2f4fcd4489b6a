"""Problems that break solvers: singular, repeated, badly scaled or with hardly any room; proved one by one.

Every class is drawn many times in both forms of the covariance. The judge is the duality bound of `oracles`, which
needs nothing but weights and multipliers, and Clarabel's objective, which must not be lower.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.random import Generator
from scipy.optimize import linprog

from tests.covariances import equity_factors, factor_with_noise
from tests.oracles import clarabel_verdict, excess_variance_bound, mean_variance, scaled_variance, violation
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import NoAnswerError

SEEDS = range(12)
FORMS = ("dense", "factors")


@dataclass(frozen=True)
class Case:
    """A long-only index with caps, a fifth of it excluded, and sector rows; `hidden` is feasible."""

    cov: Matrix | FactorModel
    benchmark: Vector
    lower: Vector
    upper: Vector
    rows: LinearRows
    hidden: Vector
    sectors: Vector

    def problem(self) -> TrackingProblem:
        return TrackingProblem.build(self.benchmark, self.cov, self.upper, self.lower, rows=self.rows)


def plain_case(rng: Generator, form: str) -> Case:
    n = int(rng.choice([5, 10, 25, 60]))
    cov = factor_with_noise(n, rng) if form == "dense" else equity_factors(n, min(5, n // 2), rng)
    benchmark = rng.dirichlet(np.full(n, 0.7))
    upper = np.maximum(2 * benchmark, 2.5 / n)
    upper[rng.random(n) < 0.2] = 0.0
    upper[-1] += max(0.0, 1.1 - upper.sum())
    hidden = np.minimum(benchmark, upper)
    hidden += (1 - hidden.sum()) * (upper - hidden) / (upper - hidden).sum()
    sectors = rng.integers(0, max(1, n // 8), n)
    matrix = np.array([(sectors == s).astype(float) for s in np.unique(sectors)])
    labels = tuple(f"Group {s}" for s in range(len(matrix)))
    rows = LinearRows(matrix, matrix @ hidden - 0.01, matrix @ hidden + 0.01, labels)
    return Case(cov, benchmark, np.zeros(n), upper, rows, hidden, sectors)


def rescaled(case: Case, vols: Vector) -> Case:
    if isinstance(case.cov, FactorModel):
        model = FactorModel(case.cov.loadings * vols[:, None], case.cov.specific * vols**2)
        return replace(case, cov=model)
    return replace(case, cov=case.cov * np.outer(vols, vols))


def with_more_rows(case: Case, matrix: Matrix, lower: Vector, upper: Vector, label: str) -> Case:
    labels = tuple(f"{label} {i}" for i in range(len(matrix)))
    return replace(
        case,
        rows=LinearRows(
            np.vstack([case.rows.matrix, matrix]),
            np.concatenate([case.rows.lower, lower]),
            np.concatenate([case.rows.upper, upper]),
            case.rows.labels + labels,
        ),
    )


def reach(case: Case, exposure: Vector) -> float:
    """Largest exposure that the budget, the rows and the box allow, by a linear program."""
    rows, n = case.rows, case.benchmark.size
    answer = linprog(
        -exposure,
        A_ub=np.vstack([rows.matrix, -rows.matrix]),
        b_ub=np.concatenate([rows.upper, -rows.lower]),
        A_eq=np.ones((1, n)),
        b_eq=[1.0],
        bounds=np.column_stack([case.lower, case.upper]),
    )
    assert answer.status == 0
    return -float(answer.fun)


def singular(case: Case, rng: Generator) -> Case:
    """Half as many periods as assets."""
    n = case.benchmark.size
    returns = rng.standard_normal((n, max(2, n // 2))) + rng.standard_normal(max(2, n // 2))
    returns -= returns.mean(axis=1, keepdims=True)
    if isinstance(case.cov, FactorModel):
        return replace(case, cov=FactorModel(0.01 * returns, np.zeros(n)))
    return replace(case, cov=1e-4 * returns @ returns.T)


def duplicated(case: Case, rng: Generator) -> Case:
    """Half of the names are copies, without specific risk in a factor model."""
    n = case.benchmark.size
    twin = np.where(rng.random(n) < 0.5, rng.integers(0, n, n), np.arange(n))
    if isinstance(case.cov, FactorModel):
        alone = np.bincount(twin, minlength=n)[twin] == 1
        return replace(case, cov=FactorModel(case.cov.loadings[twin], case.cov.specific[twin] * alone))
    return replace(case, cov=case.cov[np.ix_(twin, twin)])


def cash(case: Case, rng: Generator) -> Case:
    """The first name has no variance."""
    vols = np.ones(case.benchmark.size)
    vols[0] = 0.0
    return rescaled(case, vols)


def mixed(case: Case, rng: Generator) -> Case:
    """Volatilities spread over a thousandfold."""
    return rescaled(case, 10.0 ** rng.uniform(-2.5, 0.5, case.benchmark.size))


def tiny(case: Case, rng: Generator) -> Case:
    """Daily variances of a money-market index."""
    return rescaled(case, np.full(case.benchmark.size, 1e-6))


def fixed(case: Case, rng: Generator) -> Case:
    """Half of the weights are given."""
    some = rng.random(case.benchmark.size) < 0.5
    lower, upper = np.where(some, case.hidden, case.lower), np.where(some, case.hidden, case.upper)
    return replace(case, lower=lower, upper=upper)


def one_sector_free(case: Case, rng: Generator) -> Case:
    """All weights are given but those of one sector."""
    held = case.sectors != 0
    lower, upper = np.where(held, case.hidden, case.lower), np.where(held, case.hidden, case.upper)
    return replace(case, lower=lower, upper=upper)


def redundant(case: Case, rng: Generator) -> Case:
    """The budget three times, and sectors as equalities that add up to it."""
    n = case.benchmark.size
    budgets = np.outer([1.0, 2.0], np.ones(n))
    case = with_more_rows(case, budgets, np.array([1.0, 2.0]), np.array([1.0, 2.0]), "Budget again")
    sectors = case.rows.matrix[: -len(budgets)]
    return with_more_rows(case, sectors, sectors @ case.hidden, sectors @ case.hidden, "Sector")


def tight(case: Case, rng: Generator) -> Case:
    """An exposure at the very most that the other limits allow: one point, or one face, is left."""
    exposure = rng.normal(0.0, 1.0, case.benchmark.size)
    most = reach(case, exposure)
    return with_more_rows(case, exposure[None], np.array([most - 1e-9]), np.array([np.inf]), "Exposure")


def short(case: Case, rng: Generator) -> Case:
    """Each name may be short by five percent."""
    n = case.benchmark.size
    return replace(case, lower=np.full(n, -0.05), upper=np.maximum(case.upper, 0.05))


KINDS: tuple[Callable[[Case, Generator], Case], ...] = (
    singular,
    duplicated,
    cash,
    mixed,
    tiny,
    fixed,
    one_sector_free,
    redundant,
    tight,
    short,
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_degenerate_problems_are_solved_and_proved(kind, form: str) -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        problem = kind(plain_case(rng, form), rng).problem()
        solution = solve(problem)
        ours = scaled_variance(problem, solution.weights)
        tolerance = 1e-8 * ours + 1e-12
        assert violation(problem, solution.weights) <= 1e-9, f"seed {seed}"
        bound = excess_variance_bound(problem, solution.weights, solution.row_duals)
        assert bound / mean_variance(problem) <= tolerance, f"seed {seed}, {solution.method}"
        verdict = clarabel_verdict(problem)
        if verdict.status == "solved":
            assert ours <= scaled_variance(problem, verdict.weights) + 10 * tolerance, f"seed {seed}"


@pytest.mark.parametrize("form", FORMS)
def test_two_kinds_of_trouble_at_once(form: str) -> None:
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        case = plain_case(rng, form)
        for kind in rng.choice(np.array(KINDS[:8], dtype=object), 2, replace=False):
            case = kind(case, rng)
        problem = case.problem()
        solution = solve(problem)
        bound = excess_variance_bound(problem, solution.weights, solution.row_duals) / mean_variance(problem)
        assert bound <= 1e-8 * scaled_variance(problem, solution.weights) + 1e-12, f"seed {seed}"
        assert violation(problem, solution.weights) <= 1e-9, f"seed {seed}"


def caps_too_low(case: Case, rng: Generator) -> Case:
    return replace(case, upper=case.upper * 0.99 / case.upper.sum())


def group_too_large(case: Case, rng: Generator) -> Case:
    members = (case.sectors == 0).astype(float)
    least = float(members @ case.upper) + 0.01
    return with_more_rows(case, members[None], np.array([least]), np.array([np.inf]), "Group")


def exposure_out_of_reach(case: Case, rng: Generator) -> Case:
    exposure = rng.normal(0.0, 1.0, case.benchmark.size)
    least = reach(case, exposure) + 1e-4
    return with_more_rows(case, exposure[None], np.array([least]), np.array([np.inf]), "Exposure")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [caps_too_low, group_too_large, exposure_out_of_reach])
def test_impossible_problems_are_refused_in_a_sentence(kind, form: str) -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        with pytest.raises(NoAnswerError) as refused:
            solve(kind(plain_case(rng, form), rng).problem())
        assert len(str(refused.value)) <= 255
        assert refused.value.rows


def test_every_row_of_a_named_clash_is_needed() -> None:
    """Without any one of the named rows the others have an answer."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        case = exposure_out_of_reach(plain_case(rng, "dense"), rng)
        with pytest.raises(NoAnswerError) as refused:
            solve(case.problem())
        named = refused.value.rows
        for left_out in named:
            rows, labels = case.rows, case.rows.labels
            kept = [label != left_out.rsplit(" at ", 1)[0] for label in labels]
            kept = np.array(kept) & np.isin(labels, [name.rsplit(" at ", 1)[0] for name in named])
            fewer = LinearRows(
                rows.matrix[kept], rows.lower[kept], rows.upper[kept], tuple(np.array(labels)[kept])
            )
            budget = None if left_out.startswith("Budget") else 1.0
            solve(
                TrackingProblem.build(
                    case.benchmark, case.cov, case.upper, case.lower, budget=budget, rows=fewer
                )
            )
