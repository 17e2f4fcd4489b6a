"""How long it takes to say that limits cannot hold together, with the clash and the repairs."""

from time import perf_counter

import numpy as np

from tests.benchmarks.report import Table
from tests.benchmarks.timing import milliseconds
from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import NoAnswerError

GROUPS = 20
NOTE = (
    "Dense covariance, 20 groups, 3 exposures, caps; made impossible in three ways. Median milliseconds from the problem to the "
    "error with the rows that clash and its repairs. *Groups*: twenty floors that together are above the budget."
)


def refusals_table(n: int = 500, rounds: int = 7) -> Table:
    """Milliseconds by kind of clash."""
    rows = []
    for kind in ("groups", "exposures", "turnover"):
        problem = impossible(kind, n)
        times, clashing = [], 0
        for _ in range(rounds):
            begun = perf_counter()
            clashing = len(_refused(problem).rows)
            times.append(perf_counter() - begun)
        rows.append([f"n = {n}, {kind}", milliseconds(float(np.median(times))), str(clashing)])
    return Table("Refusals", NOTE, ["problem", "ms", "rows that clash"], rows)


def impossible(kind: str, n: int, seed: int = 1) -> TrackingProblem:
    """A problem without any answer."""
    rng = np.random.default_rng(seed)
    returns = 0.02 * rng.normal(size=(2 * n, n))
    benchmark, current = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    groups = np.eye(GROUPS)[rng.integers(0, GROUPS, n)].T
    matrix = np.vstack([groups, rng.normal(size=(3, n))])
    level = matrix @ benchmark
    lower, upper = level - 0.01, level + 0.01
    bent = None
    if kind == "groups":
        # Every group a hundredth above its share: together more than the budget, any less of them not.
        lower[:GROUPS] = upper[:GROUPS] = 1.01 * level[:GROUPS]
    elif kind == "exposures":
        lower[GROUPS : GROUPS + 2], upper[GROUPS : GROUPS + 2] = level[GROUPS : GROUPS + 2] + 0.75, np.inf
    else:
        half, limit = np.full((1, n), 0.5), np.array([0.1])
        bent = BentRows(np.zeros((1, n)), half, current[None, :], limit, np.array([np.inf]), ("Turnover",))
    rows = LinearRows(matrix, lower, upper, tuple(f"row {at}" for at in range(len(lower))))
    caps = np.minimum(0.02, 2.0 * benchmark + 0.001)
    return TrackingProblem.build(benchmark, np.cov(returns.T), caps, rows=rows, bent=bent)


def _refused(problem: TrackingProblem) -> NoAnswerError:
    try:
        solve(problem)
    except NoAnswerError as refusal:
        return refusal
    raise AssertionError("a problem made impossible was answered")
