"""The two problems a desk solves every day, at any size: A, capped and partly excluded; B, with groups and exposures."""

from typing import Literal

import numpy as np
from numpy.random import Generator

from tests.covariances import FAMILIES, equity_factors
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.problem import LinearRows, TrackingProblem

Scenario = Literal["A", "B"]
SCENARIOS: tuple[Scenario, ...] = ("A", "B")
EXPOSURE_WIDTHS = (0.05, 0.01, 0.02)


def make_scenario(
    kind: Scenario, n: int, *, k: int | None = None, family: str = "factors and noise", seed: int = 0
) -> TrackingProblem:
    """A: budget, caps and a fifth of the names excluded, most of one sector among them. B: and 23 rows.

    With `k` the covariance is a factor model of k factors, else a dense matrix of the family.
    """
    rng = np.random.default_rng([seed, n])
    benchmark = np.exp(rng.normal(0.0, 1.2, n))
    benchmark /= benchmark.sum()
    sectors = rng.integers(0, int(np.clip(n // 12, 1, 20)), n)
    upper = _caps(benchmark, sectors, rng)
    held = _capped_benchmark(benchmark, upper)
    risk = equity_factors(n, k, rng) if k else FAMILIES[family](n, rng)
    rows = _groups_and_exposures(benchmark, held, sectors, rng) if kind == "B" else None
    return TrackingProblem.build(benchmark, risk, upper, rows=rows)


def _caps(benchmark: Vector, sectors: np.ndarray, rng: Generator) -> Vector:
    n = benchmark.size
    upper = np.minimum(1.0, np.maximum(2.0 * benchmark, 1.5 / n))
    if n > 3:
        upper[rng.random(n) < 0.2] = 0.0
        upper[(sectors == 0) & (rng.random(n) < 0.6) & (sectors.max() > 0)] = 0.0
    else:
        upper[np.argmax(benchmark)] = 0.6 * benchmark.max()
    return upper * max(1.0, 1.2 / upper.sum())


def _capped_benchmark(benchmark: Vector, upper: Vector) -> Vector:
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
