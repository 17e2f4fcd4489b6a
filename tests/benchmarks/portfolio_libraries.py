"""The same tracking portfolio asked of portfolio libraries, each by its own front door."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from tests.benchmarks.report import Table
from tests.benchmarks.timing import Run, milliseconds, race
from trackerr_xl import evaluate
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.solve import solve

NOTE = (
    "Least tracking error, weights from 0 to 1.5 / n that sum to 1, n names over 2n periods. *Ours* is `solve` from arrays, checked "
    "and proved, *ours, formula* the whole road of a cell. PyPortfolioOpt is handed the covariance, skfolio and Riskfolio-Lib the returns it is estimated from "
    "(Riskfolio-Lib asked for the least variance of the returns in excess of the index, which is the same), SLSQP is SciPy's "
    "with the gradient. Each runs as it comes, with tolerances of its own. *Excess* is its tracking error over ours, less one."
)

Ask = Callable[[pd.DataFrame, Vector, Matrix, float], Vector]
"""Weights from returns, benchmark, their covariance and the cap of each weight."""


def portfolio_libraries_table(sizes: Sequence[int] = (50, 100, 500), *, quick: bool = False) -> Table:
    """Milliseconds, ratio and excess by size and library."""
    rows = [row for n in sizes for row in _rows(n, 1 if quick else 5 if n < 500 else 3)]
    return Table("Portfolio libraries", NOTE, ["problem", "library", "ms", "times ours", "excess"], rows)


def _rows(n: int, rounds: int) -> Iterator[list[str]]:
    returns, benchmark, cov = _market(n)
    runs: dict[str, Run] = {
        name: partial(ask, returns, benchmark, cov, 1.5 / n)
        for name, (package, ask) in LIBRARIES.items()
        if find_spec(package)
    }
    with catch_warnings():
        # What a library says of its own working is not ours to print.
        simplefilter("ignore")
        result = race(runs, rounds)
    ours = _tracking_error(result.weights["ours"], benchmark, cov)
    for name in runs:
        excess = _tracking_error(result.weights[name], benchmark, cov) / ours - 1.0
        times = f"{result.ratio(name, 'ours'):.2g}"
        yield [f"n = {n}", name, milliseconds(result.median(name)), times, f"{excess:.0e}"]


def _market(n: int) -> tuple[pd.DataFrame, Vector, Matrix]:
    rng = np.random.default_rng(n)
    factors = rng.normal(size=(2 * n, 10)) @ rng.normal(size=(10, n))
    returns = 0.005 * factors + 0.01 * rng.normal(size=(2 * n, n))
    names = [f"Name {at}" for at in range(n)]
    return pd.DataFrame(returns, columns=names), rng.dirichlet(np.full(n, 0.5)), np.cov(returns.T)


def _tracking_error(weights: Vector, benchmark: Vector, cov: Matrix) -> float:
    active = weights - benchmark
    return float(np.sqrt(active @ cov @ active))


# The reply to equal ranges is remembered: each call sees a covariance of another unit, which changes no weight.
_SCALES = iter(1.0 + 1e-6 * np.arange(10_000))


def _formula(_returns: pd.DataFrame, benchmark: Vector, cov: Matrix, cap: float) -> Vector:
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, cap]]
    answer = evaluate("TE_OPTIMIZE", benchmark[:, None], cov * next(_SCALES), limits)
    return np.ravel(np.array(answer, dtype=np.float64))


def _ours(_returns: pd.DataFrame, benchmark: Vector, cov: Matrix, cap: float) -> Vector:
    return solve(TrackingProblem.build(benchmark, cov * next(_SCALES), cap)).weights


def _pyportfolioopt(_returns: pd.DataFrame, benchmark: Vector, cov: Matrix, cap: float) -> Vector:
    from pypfopt import EfficientFrontier, objective_functions

    frontier = EfficientFrontier(None, cov, weight_bounds=(0.0, cap))
    asked = objective_functions.ex_ante_tracking_error
    frontier.convex_objective(asked, cov_matrix=cov, benchmark_weights=benchmark)
    return np.asarray(frontier.weights)


def _skfolio(returns: pd.DataFrame, benchmark: Vector, _cov: Matrix, cap: float) -> Vector:
    from skfolio.optimization import BenchmarkTracker

    tracker = BenchmarkTracker(min_weights=0.0, max_weights=cap)
    return np.asarray(tracker.fit(returns, returns @ benchmark).weights_)


def _riskfolio(returns: pd.DataFrame, benchmark: Vector, _cov: Matrix, cap: float) -> Vector:
    from riskfolio import Portfolio

    portfolio = Portfolio(returns=returns.sub(returns @ benchmark, axis=0))
    portfolio.upperlng = cap
    portfolio.assets_stats(method_mu="hist", method_cov="hist")
    weights = portfolio.optimization(model="Classic", rm="MV", obj="MinRisk", hist=True)
    return np.ravel(weights.to_numpy())


def _slsqp(_returns: pd.DataFrame, benchmark: Vector, cov: Matrix, cap: float) -> Vector:
    # In units where SLSQP does not stop at once: the variance as it comes is below its absolute tolerance.
    scaled = cov / cov.diagonal().mean()
    size = benchmark.size
    answer = minimize(
        lambda w: (w - benchmark) @ scaled @ (w - benchmark),
        np.full(size, 1.0 / size),
        jac=lambda w: 2.0 * scaled @ (w - benchmark),
        method="SLSQP",
        bounds=[(0.0, cap)] * size,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": np.ones_like},
        options={"ftol": 1e-12, "maxiter": 1000},
    )
    return np.asarray(answer.x)


LIBRARIES: dict[str, tuple[str, Ask]] = {
    "ours": ("numpy", _ours),
    "ours, formula": ("numpy", _formula),
    "PyPortfolioOpt": ("pypfopt", _pyportfolioopt),
    "skfolio": ("skfolio", _skfolio),
    "Riskfolio-Lib": ("riskfolio", _riskfolio),
    "SLSQP": ("scipy", _slsqp),
}
"""The package each needs, and how it is asked."""
