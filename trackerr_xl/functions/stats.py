"""One page of figures: ex-ante and ex-post tracking error, what they are made of, and how sure they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core import history, performance, risk
from trackerr_xl.core.beta import BetaSplit, ex_ante_split, ex_post_split
from trackerr_xl.core.optimism import expected_realised, sampling_band
from trackerr_xl.errors import InputError
from trackerr_xl.functions.arguments import BENCHMARK, PORTFOLIO
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    risk_warnings,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.measure import COV_HELP, periods_argument
from trackerr_xl.functions.series import Pair, paired, returns_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled, Panel

_SURE = 1.959963984540054
"""Standard errors to each side that hold 95 % of a normal distribution."""

Row = tuple[str, Value]
Notes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of the table and notes on them."""

    rows: list[Row]
    notes: Notes = ()


def te_stats(
    portfolio: Labelled | None,
    benchmark: Labelled | None,
    cov: Covariance | None,
    portfolio_returns: Panel | None,
    benchmark_returns: Panel | None,
    periods: float,
) -> Answer:
    """Every figure that what is given allows, each with its label."""
    pair = _pair(portfolio_returns, benchmark_returns)
    parts = []
    if portfolio is not None and benchmark is not None:
        parts.append(_of_holdings(portfolio, benchmark, cov, pair, periods))
    elif portfolio is not None or benchmark is not None or cov is not None:
        missing = "portfolio" if portfolio is None else "benchmark"
        raise InputError("is missing, must be given beside the other weights", argument=missing)
    if pair is not None:
        parts.append(_of_returns(pair, periods))
    if not parts:
        raise InputError(
            "is missing, must be given with benchmark, or portfolio_returns with benchmark_returns",
            argument="portfolio",
        )
    rows: list[Row] = [("Statistic", "Value"), *(row for part in parts for row in part.rows)]
    rows.append(("Periods a year", periods))
    return Answer([list(row) for row in rows], tuple(note for part in parts for note in part.notes))


def _pair(portfolio: Panel | None, benchmark: Panel | None) -> Pair | None:
    if portfolio is None and benchmark is None:
        return None
    if portfolio is None or benchmark is None:
        missing = "portfolio_returns" if portfolio is None else "benchmark_returns"
        raise InputError("is missing, must be given beside the other returns", argument=missing)
    return paired(portfolio, benchmark)


def _of_holdings(
    portfolio: Labelled, benchmark: Labelled, cov: Covariance | None, pair: Pair | None, periods: float
) -> _Part:
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov": cov})
    held, index = spread(portfolio, names), spread(benchmark, names)
    rows: list[Row] = [
        ("Names held", float(np.count_nonzero(held))),
        ("Names in the benchmark", float(np.count_nonzero(index))),
        ("Names in both", float(np.count_nonzero(held * index))),
        ("Active share", risk.active_share(held, index)),
    ]
    notes = tuple(sum_warnings(vectors))
    if cov is None:
        return _Part(rows, notes)
    model = covariance_of(cov, names, held.size)
    error = risk.tracking_error(held, index, model, periods)
    rows.append(("Ex-ante tracking error", error))
    root = float(np.sqrt(periods))
    rows.append(("Ex-ante portfolio volatility", float(np.sqrt(model.variance(held))) * root))
    rows.append(("Ex-ante benchmark volatility", float(np.sqrt(model.variance(index))) * root))
    split = ex_ante_split(held, index, model, periods) if model.variance(index) > 0.0 else None
    rows += _split_rows("Ex-ante", split)
    measure = ("Ex-ante", f"√(a'Σa)·√{periods:g}, a standard deviation; beta is w'Σb / b'Σb.")
    honest = _honest(error, held, pair)
    return _Part([*rows, *honest.rows], (measure, *honest.notes, *notes, *risk_warnings(model)))


def _honest(error: float, held: np.ndarray, pair: Pair | None) -> _Part:
    """What the ex-ante tracking error may come to, were the weights chosen on a covariance of as many periods."""
    if pair is None:
        return _Part([])
    free, observations = int(np.count_nonzero(held)), pair.portfolio.size
    expected = expected_realised(error, free, observations)
    label = "Expected realised TE if optimised"
    means = (
        f"Were the weights chosen to make the tracking error least under a covariance of these {observations} periods, with "
        f"{free} names between their limits"
    )
    if np.isinf(expected):
        flag = f"{means}, it would say nothing: as many names are free as there are periods."
        return _Part([(label, None)], (("Warning", flag),))
    return _Part([(label, expected)], (("Expected", f"{means}, {expected:.6g} is to be expected."),))


def _of_returns(pair: Pair, periods: float) -> _Part:
    returns, index = pair.portfolio, pair.benchmark
    error = history.standard_deviation(returns, index, periods)
    band = _SURE * sampling_band(error, returns.size)
    ours = performance.annualised_return(returns, periods, "portfolio_returns")
    theirs = performance.annualised_return(index, periods, "benchmark_returns")
    rows: list[Row] = [
        ("Returns counted", float(returns.size)),
        ("Ex-post tracking error", error),
        ("95 % band, lower", max(error - band, 0.0)),
        ("95 % band, upper", error + band),
        *_split_rows("Ex-post", ex_post_split(returns, index, periods) if np.ptp(index) > 0.0 else None),
        ("Portfolio return a year", ours),
        ("Benchmark return a year", theirs),
        ("Tracking difference", ours - theirs),
        ("Information ratio", performance.information_ratio(returns, index, periods)),
        ("Information ratio, geometric", (ours - theirs) / error if error > 0.0 else None),
        ("Hit rate", performance.hit_rate(returns, index)),
        ("Largest relative drawdown", performance.relative_drawdown(returns, index)),
    ]
    return _Part(rows, (*_conventions(pair, periods), *pair.warnings()))


def _split_rows(when: str, split: BetaSplit | None) -> list[Row]:
    labels = (f"{when} beta", f"{when} TE from beta", f"{when} TE residual")
    if split is None:
        return [(label, None) for label in labels]
    return list(zip(labels, (split.beta, split.from_beta, split.residual), strict=True))


def _conventions(pair: Pair, periods: float) -> Iterator[tuple[str, str]]:
    count = pair.portfolio.size
    yield (
        "Ex-post",
        f"STDEV.S(r-q)*SQRT({periods:g}) of {count} returns; the band is TE ± 1.96·TE/√(2·{count}).",
    )
    yield (
        "Returns a year",
        "Compounded. The tracking difference is the portfolio's less the benchmark's; the information ratio is the mean active "
        "return of a year over the tracking error, the geometric one the tracking difference over it.",
    )
    yield "Drawdown", "Of the portfolio's growth divided by the benchmark's, from its highest level so far."
    if count < periods:
        yield (
            "Warning",
            f"{count} returns are less than a year of {periods:g}: returns a year are extrapolated.",
        )


TE_STATS = SheetFunction(
    name="TE_STATS",
    category="measuring",
    summary="Tracking error before and after the fact on one page: beta and residual parts, active share, returns, information "
    "ratio, hit rate, drawdown and a 95 % band.",
    arguments=(
        Argument(PORTFOLIO.name, "weights", PORTFOLIO.help, unit="fraction", default=None),
        Argument(BENCHMARK.name, "weights", BENCHMARK.help, unit="fraction", default=None),
        Argument(
            "cov", "covariance", f"{COV_HELP} For ex-ante figures.", unit="fraction² per period", default=None
        ),
        returns_argument("portfolio", required=False),
        returns_argument("benchmark", required=False),
        periods_argument("the covariance and the returns"),
    ),
    result=Result(
        "table",
        "A row for each figure that what is given allows: label and value, #N/A where it does not exist.",
        unit="fraction",
    ),
    run=te_stats,
    example="=TE_STATS(Portfolio, Benchmark, Cov, FundReturns, IndexReturns, 12)",
)
