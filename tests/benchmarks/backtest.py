"""Five years of daily returns, rebalanced monthly within a table of limits, beside cvxportfolio on the same decisions."""

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from time import perf_counter
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from sklearn.covariance import ledoit_wolf

from tests.benchmarks.report import Table
from tests.benchmarks.timing import milliseconds
from trackerr_xl import evaluate
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.sheet.cells import Given

NOTE = (
    "1,260 daily returns, look-back 252, covariance of Ledoit and Wolf, trades at each month's end: weights up to 5 %, a fifth of the "
    "names excluded, 11 sectors within 1 % of the benchmark's, one-way turnover up to 10 %. *Ours* is the whole formula from cells "
    "(reading, covariances, drift, 1,008 rows), every rebalance proved. cvxportfolio (by its own front door, Clarabel at its own tolerance) is handed the "
    "covariances, the benchmark's drifted weights and returns compounded by month: its time is that of the decisions. *Weights* is "
    "the largest difference of a weight at any rebalance, *excess* the mean of its ex-ante tracking error over ours, less one."
)
BAND, CAP, TURNOVER, LOOK_BACK, DAYS = 0.01, 0.05, 0.10, 252, 1260


@dataclass(frozen=True)
class Past:
    """A made-up market, from its seed."""

    returns: Matrix
    benchmark: Vector
    names: list[str]
    days: pd.DatetimeIndex
    sectors: list[str]
    out: list[bool]


def past(n: int, days: int = DAYS) -> Past:
    """Daily returns of n names under eleven factors."""
    rng = np.random.default_rng(n)
    exposures = np.hstack([rng.normal(1.0, 0.3, (n, 1)), rng.normal(0.0, 0.5, (n, 10))])
    factors = np.hstack([rng.normal(0.0003, 0.01, (days, 1)), rng.normal(0.0, 0.004, (days, 10))])
    returns = factors @ exposures.T + rng.normal(0.0, 0.015, (days, n))
    weights = rng.lognormal(0.0, 0.7, n)
    return Past(
        returns,
        weights / weights.sum(),
        [f"N{at:03}" for at in range(n)],
        pd.bdate_range("2020-01-01", periods=days),
        [f"S{at % 11}" for at in range(n)],
        [at % 5 == 0 for at in range(n)],
    )


def arguments(market: Past) -> list[Given]:
    """The cells of TE_BACKTEST."""
    serial = [float(day) for day in (market.days - pd.Timestamp("1899-12-30")).days]
    body = [[day, *row] for day, row in zip(serial, market.returns.tolist(), strict=True)]
    flags = ["Out" if out else "In" for out in market.out]
    rows = [list(row) for row in zip(market.names, market.sectors, flags, strict=True)]
    return [
        [["Date", *market.names], *body],
        [list(pair) for pair in zip(market.names, market.benchmark.tolist(), strict=True)],
        "Monthly",
        [
            ["Type", "Item", "Min", "Max", "Basis"],
            ["Weight", "*", 0.0, CAP, None],
            ["Exclude", "Flag=Out", None, None, None],
            ["Group", "Sector=*", -BAND, BAND, "Active"],
            ["Turnover", None, None, TURNOVER, None],
        ],
        [["Name", "Sector", "Flag"], *rows],
        [
            ["Option", "Value"],
            ["Look-back", float(LOOK_BACK)],
            ["Covariance", "LW Identity"],
            ["Layout", "Full"],
        ],
    ]


def ours(market: Past, again: int) -> tuple[float, pd.DataFrame]:
    """Seconds, and the table; `again` makes the call another one, so that no answer is remembered."""
    cells = arguments(market)
    cells[-1] = [*cells[-1], ["Seconds", 10.0 + again]]  # type: ignore[misc]  # a table of options is a list
    start = perf_counter()
    header, *rows = evaluate("TE_BACKTEST", *cells)
    return perf_counter() - start, pd.DataFrame(rows, columns=header, index=market.days[LOOK_BACK:])


def cvxportfolio(market: Past, ends: pd.DatetimeIndex, drifted: Matrix) -> tuple[float, Matrix]:
    """Seconds, and the weights after each rebalance of shape (rebalances, n)."""
    with catch_warnings():
        # It uses words that pandas calls old.
        simplefilter("ignore")
        import cvxportfolio as cvx

    names = pd.Index(market.names)
    frame = pd.DataFrame(market.returns, index=market.days, columns=names)
    places = [market.days.get_loc(day) for day in ends]
    covariances = {
        day: pd.DataFrame(ledoit_wolf(market.returns[at - LOOK_BACK : at])[0], index=names, columns=names)
        for day, at in zip(ends, places, strict=True)
    }
    last = [*places[1:], len(frame)]
    earned = [(1.0 + frame.iloc[one:other]).prod() - 1.0 for one, other in zip(places, last, strict=True)]
    monthly = pd.DataFrame(earned, index=ends)
    monthly.loc[ends[-1] + pd.Timedelta(days=31)] = 0.0
    monthly["cash"] = 0.0
    sectors = pd.get_dummies(pd.Series(market.sectors, index=names)).astype(float)
    target = pd.DataFrame(drifted, index=ends, columns=names)
    index = target.assign(cash=0.0)
    most = pd.Series([0.0 if out else CAP for out in market.out], index=names)
    turnover = pd.Series([1.0] + [TURNOVER] * (len(ends) - 1), index=ends)
    policy = cvx.SinglePeriodOptimization(
        -1e4 * cvx.FullCovariance(pd.concat(covariances)),
        [
            *(cvx.LongOnly(), cvx.NoCash(), cvx.MaxWeights(most), cvx.TurnoverLimit(turnover)),
            cvx.FactorMaxLimit(sectors, target @ sectors + BAND),
            cvx.FactorMinLimit(sectors, target @ sectors - BAND),
        ],
        include_cash_return=False,
        benchmark=index,
        solver="CLARABEL",
    )
    data = cvx.UserProvidedMarketData(returns=monthly, cash_key="cash", min_history=pd.Timedelta(0))
    simulator = cvx.MarketSimulator(market_data=data, costs=())
    with catch_warnings():
        simplefilter("ignore")
        start = perf_counter()
        result = simulator.backtest(policy, start_time=ends[0], end_time=ends[-1] + pd.Timedelta(days=31))
        seconds = perf_counter() - start
    held = result.h_plus[market.names]
    return seconds, np.asarray(held.div(held.sum(axis=1), axis=0))[: len(ends)]


def backtest_table(sizes: tuple[int, ...] = (126, 500), rounds: int = 3, days: int = DAYS) -> Table:
    """Times and agreement of both."""
    header = ("names", "rebalances", "ours, ms", "cvxportfolio, ms", "weights", "excess")
    return Table(
        "Backtest, five years rebalanced monthly", NOTE, header, [_row(n, rounds, days) for n in sizes]
    )


def _row(n: int, rounds: int, days: int) -> list[str]:
    market = past(n, days)
    seconds, tables = zip(*(ours(market, again) for again in range(rounds)), strict=True)
    mine = tables[-1]
    traded = np.flatnonzero(mine["Trade"] == "Yes")
    shown = [str(n), str(len(traded)), milliseconds(float(np.median(seconds)))]
    if find_spec("cvxportfolio") is None:
        return [*shown, "–", "–", "–"]
    ends = mine.index[traded]
    index = _drifted(market)[traded]
    taken, theirs = cvxportfolio(market, ends, index)
    held = mine[market.names].to_numpy(float)[traded]
    error = partial(_errors, market, [LOOK_BACK + int(at) for at in traded], index)
    excess = float(np.mean(error(theirs) / error(held))) - 1.0
    return [
        *shown,
        milliseconds(taken),
        f"{np.abs(theirs - held).max():.0e}",
        f"{excess:.0e}",
    ]


def _drifted(market: Past) -> Matrix:
    """Weights of the benchmark at the close before each row."""
    values = market.benchmark * np.cumprod(1.0 + market.returns[LOOK_BACK:], axis=0)
    values = np.vstack([market.benchmark, values[:-1]])
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def _errors(market: Past, places: list[int], index: Matrix, weights: Matrix) -> Vector:
    """Ex-ante tracking errors, as scikit-learn's covariance has them."""
    errors = []
    for at, active in zip(places, weights - index, strict=True):
        errors.append(np.sqrt(active @ ledoit_wolf(market.returns[at - LOOK_BACK : at])[0] @ active))
    return np.array(errors)
