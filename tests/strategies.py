"""Tracking problems drawn at random, feasible or infeasible by construction, with limits of every kind.

A feasible problem is built around a hidden portfolio: every limit is laid so that this portfolio keeps it, some of
them so tightly that it touches. Whatever a solver says, a feasible answer therefore exists.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from scipy.optimize import linprog

from tests.covariances import DEGENERATE, FAMILIES, random_factor_model
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel

Basis = Literal["absolute", "active", "relative"]
BASES: tuple[Basis, ...] = ("absolute", "active", "relative")
SIZES = (3, 4, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300)
SIZE_ODDS = np.array([7, 7, 7, 10, 10, 12, 12, 11, 9, 7, 5, 3]) / 100


@dataclass(frozen=True)
class Draw:
    """A benchmark and a hidden portfolio that every limit will admit, with the source of further chance."""

    benchmark: Vector
    hidden: Vector
    rng: Generator

    @property
    def n(self) -> int:
        return self.benchmark.size


def random_problem(seed: int, n: int | None = None, family: str | None = None) -> TrackingProblem:
    """A feasible problem; `family` is a name of `covariances`, ``"factor model"``, or drawn when not given."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.choice(SIZES, p=SIZE_ODDS))
    family = family or str(rng.choice(["factor model"] * 8 + list(FAMILIES) + list(DEGENERATE)))
    scale = 10.0 ** rng.choice([0.0, rng.uniform(-10.0, 2.0)])
    risk = random_risk(family, n, scale, rng)
    lower, upper, draw = _box_with_portfolio(n, rng)
    budget = float(draw.hidden.sum())
    limits = rng.choice(["full", "range", "none"], p=[0.8, 0.1, 0.1])
    return TrackingProblem.build(
        draw.benchmark,
        risk.matrix if isinstance(risk, DenseCovariance) else risk,
        upper,
        lower,
        budget={"full": budget, "range": (budget - 0.01, budget + 0.02), "none": None}[str(limits)],
        rows=_random_rows(draw),
    )


def random_risk(family: str, n: int, scale: float, rng: Generator) -> RiskModel:
    """A covariance of the family in either form, multiplied by `scale`."""
    if family == "factor model":
        model = random_factor_model(n, rng)
        return FactorModel(model.loadings * np.sqrt(scale), model.specific * scale)
    return DenseCovariance((FAMILIES | DEGENERATE)[family](n, rng) * scale)


def recipes(largest: int = 30) -> st.SearchStrategy[tuple[int, int, str]]:
    """Arguments of `random_problem`; hypothesis shrinks them towards few assets, and a failure shows what to type."""
    families = st.sampled_from([*FAMILIES, *DEGENERATE, "factor model"])
    return st.tuples(st.integers(0, 10**6), st.integers(2, largest), families)


def with_risk(problem: TrackingProblem, risk: Matrix | RiskModel) -> TrackingProblem:
    """The same limits and benchmark under another covariance."""
    return TrackingProblem.build(
        problem.benchmark,
        risk,
        problem.upper,
        problem.lower,
        budget=None,
        rows=problem.rows,
        names=problem.names,
    )


def with_rows(problem: TrackingProblem, more: LinearRows) -> TrackingProblem:
    """The same problem with rows added behind its own."""
    return TrackingProblem.build(
        problem.benchmark,
        plain(problem.risk),
        problem.upper,
        problem.lower,
        budget=None,
        rows=stacked(problem.rows, more),
        names=problem.names,
    )


def plain(risk: RiskModel) -> Matrix | RiskModel:
    """What a caller of `build` would hand over: the matrix itself, or the factor model."""
    return risk.matrix if isinstance(risk, DenseCovariance) else risk


def stacked(first: LinearRows, second: LinearRows) -> LinearRows:
    """Rows one below the other."""
    return LinearRows(
        np.vstack([first.matrix, second.matrix]),
        np.concatenate([first.lower, second.lower]),
        np.concatenate([first.upper, second.upper]),
        first.labels + second.labels,
    )


def one_row(coefficients: Vector, lower: float, upper: float, label: str) -> LinearRows:
    """A single limit."""
    return LinearRows(np.atleast_2d(coefficients), np.array([lower]), np.array([upper]), (label,))


def impossible_caps(seed: int) -> TrackingProblem:
    """Caps that add up to less than the budget."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    upper = rng.dirichlet(np.ones(problem.benchmark.size)) * (1.0 - 10.0 ** rng.uniform(-4.0, -1.0))
    return TrackingProblem.build(problem.benchmark, plain(problem.risk), upper, 0.0, budget=1.0)


def impossible_group(seed: int) -> TrackingProblem:
    """A group that must hold more than its members may."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    members = (rng.random(problem.benchmark.size) < 0.4).astype(float)
    members[0] = 1.0
    least = float(members @ problem.upper) + 10.0 ** rng.uniform(-4.0, -1.0)
    return with_rows(problem, one_row(members, least, np.inf, "Group too large"))


def impossible_together(seed: int) -> TrackingProblem:
    """An exposure that the box alone allows and the other rows forbid; a linear program says how far it goes."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    exposure = rng.normal(0.0, 1.0, problem.benchmark.size)
    reachable = _largest(exposure, problem)
    by_box = float(np.maximum(exposure * problem.lower, exposure * problem.upper).sum())
    room = by_box - reachable
    if room < 1e-3:
        return impossible_group(seed)
    wanted = reachable + room * 10.0 ** rng.uniform(-3.0, -0.1)
    return with_rows(problem, one_row(exposure, wanted, np.inf, "Exposure out of reach"))


def pushed_exposure(seed: int) -> TrackingProblem:
    """An exposure that must come within a half to a thousandth of all that the other limits allow."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    exposure = rng.normal(0.0, 1.0, problem.benchmark.size)
    most, least = _largest(exposure, problem), -_largest(-exposure, problem)
    wanted = most - (most - least) * 10.0 ** rng.uniform(-3.0, -0.3)
    return with_rows(problem, one_row(exposure, wanted, np.inf, "Pushed"))


def rows_that_repeat(seed: int) -> TrackingProblem:
    """Every sector fixed by an equation; together they say the budget again, which is also said twice more."""
    rng, n = np.random.default_rng(seed), 40
    lower, upper, draw = _box_with_portfolio(n, rng)
    sectors = np.eye(5)[rng.integers(0, 5, n)].T
    matrix = np.vstack([sectors, np.ones(n), -2.0 * np.ones(n)])
    held = matrix @ draw.hidden
    rows = LinearRows(matrix, held, held, tuple(f"Equation {j}" for j in range(7)))
    cov = FAMILIES["factors and noise"](n, rng)
    return TrackingProblem.build(
        draw.benchmark, cov, upper, lower, budget=float(draw.hidden.sum()), rows=rows
    )


def bonds_and_crypto(seed: int) -> TrackingProblem:
    """Volatilities over a thousandfold, dense or by factors."""
    problem = random_problem(seed)
    vols = 10.0 ** np.random.default_rng(seed).uniform(-2.5, 0.5, problem.benchmark.size)
    if isinstance(problem.risk, FactorModel):
        return with_risk(
            problem, FactorModel(problem.risk.loadings * vols[:, None], problem.risk.specific * vols**2)
        )
    return with_risk(problem, problem.risk.matrix * np.outer(vols, vols))


def few_periods(seed: int) -> TrackingProblem:
    """A sample covariance of a handful of periods, so that many portfolios track without error."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 80))
    problem = random_problem(seed, n, "factors and noise")
    returns = rng.standard_normal((n, int(rng.integers(1, 6))))
    return with_risk(problem, returns @ returns.T)


def _largest(exposure: Vector, problem: TrackingProblem) -> float:
    rows = problem.rows
    capped, floored = np.isfinite(rows.upper), np.isfinite(rows.lower)
    answer = linprog(
        -exposure,
        A_ub=np.vstack([rows.matrix[capped], -rows.matrix[floored]]),
        b_ub=np.concatenate([rows.upper[capped], -rows.lower[floored]]),
        bounds=np.column_stack([problem.lower, problem.upper]),
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    assert answer.status == 0, "the hidden portfolio is feasible, so the linear program must be"
    return -float(answer.fun)


def _box_with_portfolio(n: int, rng: Generator) -> tuple[Vector, Vector, Draw]:
    benchmark = np.exp(rng.normal(0.0, 1.2, n))
    benchmark /= benchmark.sum()
    short = rng.random() < 0.15
    lower = np.full(n, -0.1 if short else 0.0)
    upper = np.maximum(rng.choice([1.2, 2.0, 5.0]) * benchmark, rng.uniform(1.1, 4.0) / n)
    _limit_weights(benchmark, lower, upper, rng)
    excluded = rng.random(n) < rng.choice([0.0, 0.2, 0.5])
    lower[excluded], upper[excluded] = np.minimum(lower, 0.0)[excluded], 0.0
    fixed = rng.random(n) < rng.choice([0.0, 0.0, 0.1, 0.5])
    lower[fixed] = upper[fixed] = rng.uniform(lower, upper)[fixed]
    budget = rng.choice([1.0, 0.97], p=[0.9, 0.1])
    # Where the box leaves no room for the budget, one asset takes what is missing: a single feasible point.
    taker = int(np.argmin(fixed))
    upper[taker] += max(0.0, budget - upper.sum())
    lower[taker] -= max(0.0, lower.sum() - budget)
    hidden = rng.uniform(lower, upper)
    return lower, upper, Draw(benchmark, _scaled_to(budget, hidden, lower, upper), rng)


def _limit_weights(benchmark: Vector, lower: Vector, upper: Vector, rng: Generator) -> None:
    """Weight rows in every basis, tightening some of the box in place."""
    basis, some = rng.choice(BASES), rng.random(benchmark.size) < 0.3
    if basis == "active":
        width = rng.uniform(0.001, 0.05)
        upper[some] = (benchmark + width)[some]
        lower[some] = np.maximum(lower, benchmark - width)[some]
    elif basis == "relative":
        upper[some] = (benchmark * rng.uniform(1.05, 1.5))[some]
        lower[some] = (benchmark * rng.uniform(0.5, 0.95))[some]
    else:
        upper[some] = np.minimum(upper, 0.1)[some]


def _scaled_to(budget: float, start: Vector, lower: Vector, upper: Vector) -> Vector:
    """The nearest thing to `start` inside the box whose sum is the budget."""
    missing = budget - start.sum()
    room = upper - start if missing > 0 else start - lower
    total = room.sum()
    return start if total == 0 else start + missing * room / total


def _random_rows(draw: Draw) -> LinearRows:
    rng, n = draw.rng, draw.n
    parts = [LinearRows(np.empty((0, n)), np.empty(0), np.empty(0), ())]
    if rng.random() < 0.6:
        sectors = rng.integers(0, max(2, min(n // 4, 12)), n)
        parts += [_limit(draw, (sectors == s).astype(float), f"Group {s}") for s in np.unique(sectors)]
    for j in range(int(rng.integers(0, 4))):
        size = 10.0 ** rng.uniform(-3.0, 3.0)
        parts.append(_limit(draw, size * rng.normal(rng.choice([0.0, 1.0]), 1.0, n), f"Exposure {j}"))
    rows = parts[0]
    for part in parts[1:]:
        rows = stacked(rows, part)
    if len(rows.labels) > 1 and rng.random() < 0.2:
        again = LinearRows(2.0 * rows.matrix[:1], 2.0 * rows.lower[:1], 2.0 * rows.upper[:1], ("Said twice",))
        rows = stacked(rows, again)
    return rows


def _limit(draw: Draw, coefficients: Vector, label: str) -> LinearRows:
    """A limit in a basis drawn at random, wide enough for the hidden portfolio and often not wider."""
    rng = draw.rng
    now, target = float(coefficients @ draw.hidden), float(coefficients @ draw.benchmark)
    size = float(np.abs(coefficients).max()) or 1.0
    if rng.random() < 0.1:
        return one_row(coefficients, now, now, label)
    slack = size * rng.choice([0.0, 1e-3, 0.05])
    basis = rng.choice(BASES)
    if basis == "active":
        width = abs(now - target) + slack
        return one_row(coefficients, target - width, target + width, label)
    if basis == "relative":
        width = abs(now - target) * 1.01 + slack
        return one_row(coefficients, target - width, target + width, label)
    lower, upper = now - slack, now + slack + size * rng.uniform(0.0, 0.05)
    one_sided = rng.random()
    return one_row(
        coefficients, -np.inf if one_sided < 0.3 else lower, np.inf if one_sided > 0.7 else upper, label
    )
