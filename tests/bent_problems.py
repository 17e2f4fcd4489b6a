"""Random problems with turnover, gross exposure, costs and soft rows beside all the limits of `strategies`.

As there, a hidden portfolio keeps every limit that must hold, so each problem has an answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.optimize import linprog

from tests.strategies import (
    bonds_and_crypto,
    few_periods,
    plain,
    pushed_exposure,
    random_problem,
    rows_that_repeat,
)
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel

KINDS = ("turnover", "gross", "active share", "costs", "soft weights", "several")


@dataclass(frozen=True)
class _Row:
    """One bent row before its limit is known: slope·w + bend·abs(w − at)."""

    slope: Vector
    bend: Vector
    at: Vector
    label: str

    def reached(self, weights: Vector) -> float:
        """Left side at some weights."""
        return float(self.slope @ weights + self.bend @ np.abs(weights - self.at))


def bent_problem(seed: int, kind: str | None = None, n: int | None = None) -> TrackingProblem:
    """A problem of `strategies` with bent rows of one kind, or of several."""
    rng = np.random.default_rng([seed, 77])
    base = _base(seed, rng, n)
    if rng.random() < 0.1:
        base = _with_names_without_risk(base, rng)
    kind = kind or str(rng.choice(KINDS))
    hidden = _hidden(base, rng)
    unit = float(base.risk.diagonal().mean()) / base.benchmark.size
    rows = _rows(base, kind, rng)
    soft = np.array([row.label.startswith(("cost", "soft")) or rng.random() < 0.15 for row in rows])
    upper = np.array([_limit(row, hidden, base, rng) for row in rows])
    upper[[row.label.startswith("cost") for row in rows]] = 0.0
    penalty = np.where(soft, unit * 10.0 ** rng.uniform(-3.0, 1.5, len(rows)), np.inf)
    bent = BentRows(
        np.array([row.slope for row in rows]),
        np.array([row.bend for row in rows]),
        np.array([row.at for row in rows]),
        upper,
        penalty,
        tuple(row.label for row in rows),
    )
    linear = rng.normal(0.0, 0.3 * unit, base.benchmark.size) if rng.random() < 0.25 else None
    return TrackingProblem.build(
        base.benchmark,
        plain(base.risk),
        base.upper,
        base.lower,
        budget=None,
        rows=_softened(base.rows, unit, rng) if rng.random() < 0.4 else base.rows,
        bent=bent,
        linear=linear,
    )


def _base(seed: int, rng: Generator, n: int | None) -> TrackingProblem:
    if n is not None or rng.random() < 0.7:
        return random_problem(seed, n)
    hard = (bonds_and_crypto, few_periods, pushed_exposure, rows_that_repeat)
    return hard[int(rng.integers(4))](seed)


def _with_names_without_risk(problem: TrackingProblem, rng: Generator) -> TrackingProblem:
    """Cash lines: no variance at all."""
    cash = rng.random(problem.benchmark.size) < 0.2
    risk = problem.risk
    if isinstance(risk, FactorModel):
        model = FactorModel(np.where(cash[:, None], 0.0, risk.loadings), np.where(cash, 0.0, risk.specific))
        return TrackingProblem.build(
            problem.benchmark, model, problem.upper, problem.lower, budget=None, rows=problem.rows
        )
    assert isinstance(risk, DenseCovariance)
    matrix = np.where(cash[:, None] | cash[None, :], 0.0, risk.matrix)
    return TrackingProblem.build(
        problem.benchmark, matrix, problem.upper, problem.lower, budget=None, rows=problem.rows
    )


def _hidden(problem: TrackingProblem, rng: Generator) -> Vector:
    """A mixture of random corners of the linear limits."""
    corners = [_corner(problem, rng.standard_normal(problem.benchmark.size)) for _ in range(2)]
    share = rng.uniform(0.2, 0.8)
    return share * corners[0] + (1.0 - share) * corners[1]


def _corner(problem: TrackingProblem, direction: Vector) -> Vector:
    rows = problem.rows
    equal = rows.lower == rows.upper
    capped, floored = ~equal & np.isfinite(rows.upper), ~equal & np.isfinite(rows.lower)
    answer = linprog(
        direction,
        A_eq=rows.matrix[equal],
        b_eq=rows.upper[equal],
        A_ub=np.vstack([rows.matrix[capped], -rows.matrix[floored]]),
        b_ub=np.concatenate([rows.upper[capped], -rows.lower[floored]]),
        bounds=np.column_stack([problem.lower, problem.upper]),
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    assert answer.status == 0, answer.message
    return np.clip(answer.x, problem.lower, problem.upper)


def _rows(problem: TrackingProblem, kind: str, rng: Generator) -> list[_Row]:
    kinds = [kind] if kind != "several" else list(rng.choice(KINDS[:5], int(rng.integers(2, 5))))
    rows = [_row(problem, str(one), rng) for one in kinds]
    if rng.random() < 0.15:
        again, factor = rows[0], 10.0 ** rng.uniform(-2.0, 2.0)
        rows.append(_Row(factor * again.slope, factor * again.bend, again.at, again.label))
    return rows


def _row(problem: TrackingProblem, kind: str, rng: Generator) -> _Row:
    n, benchmark = problem.benchmark.size, problem.benchmark
    flat, ones = np.zeros(n), np.ones(n)
    if kind == "gross":
        return _Row(flat, ones, flat, kind)
    if kind == "active share":
        return _Row(flat, 0.5 * ones, benchmark, kind)
    if kind == "soft weights":
        # abs(w − c) + (w − c), half of it: how far a weight is above its soft cap, summed over names.
        cap = benchmark * rng.uniform(0.5, 1.2)
        some = (rng.random(n) < 0.5).astype(float)
        return _Row(0.5 * some, 0.5 * some, cap, kind)
    current = _current(problem, rng)
    if kind == "turnover":
        return _Row(flat, 0.5 * ones, current, kind)
    bought, sold = rng.uniform(0.0, 1.0, n), rng.uniform(0.0, 1.0, n)
    return _Row(0.5 * (bought - sold), 0.5 * (bought + sold), current, "costs")


def _current(problem: TrackingProblem, rng: Generator) -> Vector:
    """Held now: the benchmark, near it, at the limits, or anything."""
    low = np.where(np.isfinite(problem.lower), problem.lower, -1.0)
    high = np.where(np.isfinite(problem.upper), problem.upper, 1.0)
    n = low.size
    return (
        problem.benchmark,
        problem.benchmark * np.exp(rng.normal(0.0, 0.3, n)),
        np.where(rng.random(n) < 0.5, low, rng.uniform(low, high)),
        rng.dirichlet(np.ones(n)),
        np.where(rng.random(n) < 0.8, 0.0, rng.uniform(0.0, 0.2, n)),
    )[int(rng.integers(5))]


def _limit(row: _Row, hidden: Vector, problem: TrackingProblem, rng: Generator) -> float:
    """What the hidden portfolio needs or a little more, or the least that there is."""
    needed = row.reached(hidden)
    if row.label == "soft weights":
        return needed * rng.uniform(0.0, 1.0)
    return needed + float(rng.choice([0.0, 0.0, 1e-9, 1e-4, 0.02, 0.5]))


def _softened(rows: LinearRows, unit: float, rng: Generator) -> LinearRows:
    """Some of the rows may be broken at a price, and some of these must."""
    m = rows.lower.size
    soft = rng.random(m) < 0.6
    size = np.where(np.abs(rows.matrix).max(axis=1, initial=0.0) > 0, np.abs(rows.matrix).max(axis=1), 1.0)
    shift = np.where(soft, size * rng.choice([0.0, 0.01, -0.01, 0.1], m), 0.0)
    penalty = np.where(soft, unit / size * 10.0 ** rng.uniform(-2.0, 2.5, m), np.inf)
    return LinearRows(rows.matrix, rows.lower + shift, rows.upper + shift, rows.labels, penalty)


def desk_problem(seed: int, form: str, n: int = 40) -> TrackingProblem:
    """Long and short with room everywhere: turnover, gross exposure, trading cost, and two exposures of which one may
    be broken.
    """
    rng = np.random.default_rng([seed, n])
    benchmark = rng.dirichlet(np.ones(n))
    loadings, specific = 0.3 * rng.standard_normal((n, 3)), rng.uniform(0.1, 0.4, n)
    model = FactorModel(loadings, specific)
    cov = model if form == "factors" else loadings @ loadings.T + np.diag(specific)
    current = np.clip(benchmark + rng.normal(0.0, 1.0 / n, n), -0.05, 0.2)
    current /= current.sum()
    exposures = rng.standard_normal((2, n))
    now = exposures @ current
    flat, ones = np.zeros((3, n)), np.ones(n)
    bent = BentRows(
        flat,
        np.array([0.5 * ones, ones, ones]),
        np.array([current, np.zeros(n), current]),
        np.array([0.15, float(np.abs(current).sum()) + 0.02, 0.0]),
        np.array([np.inf, np.inf, 10.0 ** rng.uniform(-3.0, -1.5)]),
        ("turnover", "gross", "cost"),
    )
    penalty = np.array([np.inf, 10.0 ** rng.uniform(-4.0, -1.0)])
    lower, upper = now - np.array([0.05, np.inf]), now + np.array([0.05, -0.2])
    rows = LinearRows(exposures, lower, upper, ("hard exposure", "soft exposure"), penalty)
    return TrackingProblem.build(benchmark, cov, 0.25, -0.1, rows=rows, bent=bent)
