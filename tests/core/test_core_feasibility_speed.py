"""At 500 names an impossible problem is refused, with its clash and repairs, in the time of a few solves."""

from time import perf_counter

import numpy as np
import pytest

from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import NoAnswerError

N, GROUPS, SECONDS = 500, 20, 0.060


def impossible(kind: str, seed: int) -> TrackingProblem:
    rng = np.random.default_rng(seed)
    returns = 0.02 * rng.normal(size=(2 * N, N))
    benchmark, current = rng.dirichlet(np.ones(N)), rng.dirichlet(np.ones(N))
    groups = np.eye(GROUPS)[rng.integers(0, GROUPS, N)].T
    matrix = np.vstack([groups, rng.normal(size=(3, N))])
    level = matrix @ benchmark
    lower, upper = level - 0.01, level + 0.01
    bent = None
    if kind == "groups":
        # Every group a hundredth above its share: together more than the budget, any less of them not.
        lower[:GROUPS] = upper[:GROUPS] = 1.01 * level[:GROUPS]
    elif kind == "exposures":
        lower[GROUPS : GROUPS + 2], upper[GROUPS : GROUPS + 2] = level[GROUPS : GROUPS + 2] + 0.75, np.inf
    else:
        half, limit = np.full((1, N), 0.5), np.array([0.1])
        bent = BentRows(np.zeros((1, N)), half, current[None, :], limit, np.array([np.inf]), ("Turnover",))
    labels = tuple(f"row {at}" for at in range(len(lower)))
    rows = LinearRows(matrix, lower, upper, labels)
    caps = np.minimum(0.02, 2.0 * benchmark + 0.001)
    return TrackingProblem.build(benchmark, np.cov(returns.T), caps, rows=rows, bent=bent)


@pytest.mark.parametrize("kind", ["groups", "exposures", "turnover"])
def test_a_refusal_takes_less_than_60_milliseconds(kind: str) -> None:
    problem = impossible(kind, 1)
    fastest = np.inf
    for _ in range(6):
        begun = perf_counter()
        with pytest.raises(NoAnswerError) as refused:
            solve(problem)
        fastest = min(fastest, perf_counter() - begun)
        assert refused.value.repairs
    assert fastest <= SECONDS
