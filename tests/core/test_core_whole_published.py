"""Whole names against what others have printed: OR-Library index tracking and Gurobi's optima on the same prices."""

from pathlib import Path

import cvxpy
import numpy as np
import pandas as pd
import pytest

from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.whole.tree import best_whole

FOLDER = Path(__file__).parents[2].parent / "shared" / "data"
INSTANCES = ("indtrack1", "indtrack3", "indtrack5", "indtrack7")
IN_SAMPLE = 145
"""Weekly returns that the published searches fitted."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real data are not on this machine")


def prices_of(instance: str) -> np.ndarray:
    """Index first, then stocks, 291 weeks. The header's number of stocks is one short in indtrack7."""
    numbers = np.array((FOLDER / "orlib" / f"{instance}.txt").read_text().split(), dtype=float)[2:]
    return numbers.reshape(numbers.size // 291, 291)


@pytest.mark.parametrize("instance", INSTANCES)
def test_no_published_genetic_or_swarm_search_tracks_closer(instance: str) -> None:
    published = pd.read_csv(FOLDER / "published" / "wqu_te_indtrack_odd.csv")
    published = published[(published.instance == instance) & published.K.notna()]
    prices = prices_of(instance)
    returns = np.diff(prices, axis=1) / prices[:, :-1]
    index, stocks = returns[0, :IN_SAMPLE], returns[1:, :IN_SAMPLE].T
    n = stocks.shape[1]
    problem = TrackingProblem.build(
        np.zeros(n), stocks.T @ stocks / IN_SAMPLE, linear=-stocks.T @ index / IN_SAMPLE
    )
    counts = sorted({int(count) for count in published.K} & {5, 10, 20, 50})
    assert counts
    first = None
    for count in counts:
        holdings = Holdings(
            np.zeros(n), np.ones((1, n)), np.array([-np.inf]), np.array([float(count)]), ("Names",)
        )
        found = best_whole(problem, holdings, gap=0.01, seconds=2.0, first=first)
        assert found.portfolio is not None
        weights = found.portfolio.weights
        assert np.count_nonzero(weights) <= count
        error = float(np.sqrt(np.mean((stocks @ weights - index) ** 2)))
        # Printed to four digits.
        assert error <= published[count == published.K].TE_in.min() + 5e-5
        first = weights > 0.0


def rows_that_fit(instance: str, mean: np.ndarray, cov: np.ndarray) -> pd.DataFrame:
    """Published optima of σ mean − (1 − σ) variance over prices that a fully invested portfolio can reach.

    Left out are σ = 1, which has no variance, what Gurobi did not finish, and every σ at which a printed optimum is above
    that of any number of names, worked out by CVXPY: the large ones, where the portfolios were not fully invested.
    """
    table = pd.read_csv(FOLDER / "published" / "gurobi_card_mv_indtrack_odd.csv")
    table = table[(table.data == instance) & (table.sigma < 1.0) & (table.status == 2) & (table.gap < 1e-6)]
    weights = cvxpy.Variable(len(mean), nonneg=True)
    variance = cvxpy.sum_squares(np.linalg.cholesky(cov).T @ weights)
    best = {}
    for sigma in sorted(set(table.sigma)):
        problem = cvxpy.Problem(
            cvxpy.Maximize(sigma * mean @ weights - (1.0 - sigma) * variance), [cvxpy.sum(weights) == 1]
        )
        best[sigma] = float(problem.solve(solver="CLARABEL"))
    above = table.objective > table.sigma.map(best) + 1e-7 * table.objective.abs()
    return table[~table.sigma.isin(table[above].sigma)]


@pytest.mark.parametrize(("instance", "every"), [("indtrack1", 37), ("indtrack3", 71), ("indtrack5", 97)])
def test_gurobi_has_the_same_optima(instance: str, every: int) -> None:
    prices = prices_of(instance)[1:]
    mean, cov, n = prices.mean(axis=1), np.cov(prices), len(prices)
    table = rows_that_fit(instance, mean, cov).iloc[::every]
    assert len(table) >= 10
    for row in table.itertuples():
        least, mode = row.minbuy_and_card.split(",")
        low = float(row.K) if mode == "eq" else -np.inf
        holdings = Holdings(
            np.full(n, float(least)), np.ones((1, n)), np.array([low]), np.array([float(row.K)]), ("Names",)
        )
        problem = TrackingProblem.build(
            np.zeros(n), cov, linear=-row.sigma / (2.0 * (1.0 - row.sigma)) * mean
        )
        found = best_whole(problem, holdings, gap=1e-7, seconds=4.0)
        assert found.portfolio is not None
        ours, bound = (-2.0 * (1.0 - row.sigma) * value for value in (found.portfolio.value, found.bound))
        assert ours == pytest.approx(row.objective, rel=1e-6), row
        assert bound >= row.objective - 1e-7 * abs(row.objective)
