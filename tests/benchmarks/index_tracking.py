"""OR-Library's index tracking problems: at most K stocks, fitted to 145 weeks, beside the searches that others printed."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from tests.benchmarks.report import Table
from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.whole.tree import best_whole

NOTE = (
    "Root mean square of index less portfolio a week, in the 145 weeks fitted and in the 145 after, for at most K stocks (Beasley's "
    "OR-Library). *Printed* is the best of the published genetic and particle swarm searches. *No portfolio below* is what our "
    "search has proved in sample within its time: 145 weeks leave more stocks than returns, and the bound is weak."
)
WEEKS, FITTED = 291, 145
COUNTS = (5, 10, 20, 50)
INSTANCES = ("indtrack1", "indtrack3", "indtrack5", "indtrack7")
DATA = Path(__file__).parents[2].parent / "shared" / "data"


def index_tracking_table(seconds: float = 10.0) -> Table:
    """Every problem and count that was printed, with a limit of so many seconds each."""
    header = [
        "problem",
        "stocks",
        "K",
        "in sample",
        "printed",
        "out of sample",
        "printed",
        "no portfolio below",
        "seconds",
        "nodes",
    ]
    if not DATA.is_dir():
        return Table("Index tracking by at most K stocks", f"{NOTE} The data are not here.", header, [])
    rows = [row for instance in INSTANCES for row in _lines(instance, seconds)]
    return Table("Index tracking by at most K stocks", NOTE, header, rows)


def _lines(instance: str, seconds: float) -> list[list[str]]:
    printed = pd.read_csv(DATA / "published" / "wqu_te_indtrack_odd.csv")
    printed = printed[(printed.instance == instance) & printed.K.notna()]
    returns = _returns(instance)
    index, stocks = returns[0, :FITTED], returns[1:, :FITTED].T
    n = stocks.shape[1]
    problem = TrackingProblem.build(
        np.zeros(n), stocks.T @ stocks / FITTED, linear=-stocks.T @ index / FITTED
    )
    rows, first = [], None
    for count in (count for count in COUNTS if (count == printed.K).any()):
        holdings = Holdings(
            np.zeros(n), np.ones((1, n)), np.array([-np.inf]), np.array([float(count)]), ("Names",)
        )
        start = perf_counter()
        found = best_whole(problem, holdings, gap=0.01, seconds=seconds, first=first)
        took = perf_counter() - start
        assert found.portfolio is not None
        weights = found.portfolio.weights
        first = weights > 0.0
        below = np.sqrt(max(0.0, 2.0 * found.bound + float(index @ index) / FITTED))
        theirs = printed[count == printed.K]
        rows.append(
            [
                instance,
                f"{n}",
                f"{count}",
                f"{_error(stocks @ weights - index):.6f}",
                f"{theirs.TE_in.min():.4f}",
                f"{_error(returns[1:, FITTED:].T @ weights - returns[0, FITTED:]):.6f}",
                f"{theirs.TE_out.min():.4f}",
                f"{below:.6f}",
                f"{took:.1f}",
                f"{found.nodes}",
            ]
        )
    return rows


def _returns(instance: str) -> Matrix:
    numbers = np.array((DATA / "orlib" / f"{instance}.txt").read_text().split(), dtype=float)[2:]
    prices = numbers.reshape(numbers.size // WEEKS, WEEKS)
    return np.asarray(np.diff(prices, axis=1) / prices[:, :-1])


def _error(difference: Matrix) -> float:
    return float(np.sqrt(np.mean(difference**2)))
