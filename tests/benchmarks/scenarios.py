"""The problems a desk solves every day, at any size: A, capped; B, with groups and exposures; C, with turnover too."""

from dataclasses import replace
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.random import Generator
from scipy.optimize import linprog

from tests.covariances import FAMILIES, equity_factors
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem

Scenario = Literal["A", "B", "C"]
SCENARIOS: tuple[Scenario, ...] = ("A", "B", "C")
WITHOUT_TURNOVER: tuple[Scenario, ...] = ("A", "B")
TURNOVER_SHARE = 0.35
"""Where the limit on turnover lies between the least that is possible and the trade to the capped benchmark."""
EXPOSURE_WIDTHS = (0.05, 0.01, 0.02)


def make_scenario(
    kind: Scenario, n: int, *, k: int | None = None, family: str = "factors and noise", seed: int = 0
) -> TrackingProblem:
    """A: budget, caps and a fifth of the names excluded, most of one sector among them. B: and 23 rows. C: and turnover.

    With `k` the covariance is a factor model of k factors, else a dense matrix of the family.
    """
    rng = np.random.default_rng([seed, n])
    benchmark = np.exp(rng.normal(0.0, 1.2, n))
    benchmark /= benchmark.sum()
    sectors = rng.integers(0, int(np.clip(n // 12, 1, 20)), n)
    upper = _caps(benchmark, sectors, rng)
    held = capped_benchmark(benchmark, upper)
    risk = equity_factors(n, k, rng) if k else FAMILIES[family](n, rng)
    rows = None if kind == "A" else _groups_and_exposures(benchmark, held, sectors, rng)
    problem = TrackingProblem.build(benchmark, risk, upper, rows=rows)
    return _with_turnover(problem, held, rng) if kind == "C" else problem


def _with_turnover(problem: TrackingProblem, held: Vector, rng: Generator) -> TrackingProblem:
    """The same from weights that drifted away from the benchmark, and a limit on the sum of all trades."""
    n = problem.benchmark.size
    current = problem.benchmark * np.exp(rng.normal(0.0, 0.4, n)) * (rng.random(n) < 0.8)
    current /= current.sum()
    least = _least_turnover(problem, current)
    limit = least + TURNOVER_SHARE * max(float(np.abs(held - current).sum()) - least, 0.05)
    row = (np.zeros((1, n)), np.ones((1, n)), current[None], np.array([limit]), np.array([np.inf]))
    return replace(problem, bent=BentRows(*row, ("Turnover",)))


def _least_turnover(problem: TrackingProblem, current: Vector) -> float:
    """Least Σ of buys and sells that keeps the other limits, by HiGHS."""
    rows = problem.rows
    reached, sides = rows.matrix @ current, sp.csr_array(rows.matrix)
    trades = sp.hstack([sides, -sides], format="csr")
    low, high = problem.lower - current, problem.upper - current
    answer = linprog(
        np.ones(2 * current.size),
        A_ub=sp.vstack([trades, -trades]),
        b_ub=np.concatenate([rows.upper - reached, reached - rows.lower]),
        bounds=np.column_stack(
            [
                np.concatenate([np.maximum(low, 0.0), np.maximum(-high, 0.0)]),
                np.concatenate([np.maximum(high, 0.0), np.maximum(-low, 0.0)]),
            ]
        ),
        method="highs",
    )
    return float(answer.fun)


def _caps(benchmark: Vector, sectors: np.ndarray, rng: Generator) -> Vector:
    n = benchmark.size
    upper = np.minimum(1.0, np.maximum(2.0 * benchmark, 1.5 / n))
    if n > 3:
        upper[rng.random(n) < 0.2] = 0.0
        upper[(sectors == 0) & (rng.random(n) < 0.6) & (sectors.max() > 0)] = 0.0
    else:
        upper[np.argmax(benchmark)] = 0.6 * benchmark.max()
    return upper * max(1.0, 1.2 / upper.sum())


def capped_benchmark(benchmark: Vector, upper: Vector) -> Vector:
    """What is cut off by the caps, given to the others in proportion: a portfolio that every row will admit."""
    held = np.minimum(benchmark, upper)
    for _ in range(200):
        room = np.where(upper - held > 1e-12, benchmark, 0.0)
        held = np.minimum(upper, held + (1.0 - held.sum()) * room / room.sum())
    return held


def _groups_and_exposures(benchmark: Vector, held: Vector, sectors: np.ndarray, rng: Generator) -> LinearRows:
    """Sectors within half a percent of the benchmark, three exposures within a little, as far as is attainable."""
    n = benchmark.size
    groups = [(sectors == s).astype(float) for s in np.unique(sectors)]
    exposures = [rng.uniform(0.5, 12.0, n), rng.normal(1.0, 0.3, n), rng.standard_normal(n)]
    matrix = np.array(groups + exposures)
    widths = np.array([0.005] * len(groups) + list(EXPOSURE_WIDTHS))
    target, attained = matrix @ benchmark, matrix @ held
    lower = np.minimum(target, attained + 0.5 * widths) - widths
    upper = np.maximum(target, attained - 0.5 * widths) + widths
    labels = (*(f"Group {j}" for j in range(len(groups))), "Duration", "Beta", "Momentum")
    return LinearRows(matrix, lower, upper, labels)
