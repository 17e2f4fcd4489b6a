"""Measuring: how far a portfolio is from its benchmark, in risk and in holdings."""

import re
from collections.abc import Iterator, Mapping

import numpy as np

from trackerr_xl.core import history, risk
from trackerr_xl.core.arrays import Vector
from trackerr_xl.errors import InputError
from trackerr_xl.functions.arguments import BENCHMARK, PORTFOLIO
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    risk_warnings,
    same_dates,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.functions.values import Covariance, Labelled

_MEASURES = {
    "STD": history.standard_deviation,
    "RMS": history.root_mean_square,
    "MAD": history.mean_absolute_deviation,
    "DOWNSIDE": history.downside_deviation,
    "GEOMETRIC": history.geometric_deviation,
}

_SUM_OF_WEIGHTS = 1e-9
"""Two series this near to a sum of one are weights, not returns."""


def periods_argument(of: str) -> Argument:
    """The periods a year, the same in every function; `of` says what they are counted in."""
    return Argument(
        "periods",
        "number",
        f"Periods a year of {of}: 252 daily, 52 weekly, 12 monthly, 1 when it is already annual.",
        unit="per year",
        default=1.0,
        minimum=0.001,
        maximum=1e6,
    )


COV_HELP = "Covariance of the returns per period: n × n, or with the names on both edges, matched by name; or a RISK_MODEL cell."


def tracking_error(
    portfolio: Labelled, benchmark: Labelled, cov: Covariance | None, periods: float, method: str | None
) -> Answer:
    """Ex-ante from weights when a covariance is given, otherwise ex-post from two return series."""
    if cov is None:
        return _ex_post(portfolio, benchmark, periods, method or "Std")
    if method is not None:
        raise InputError("is for two return series, must be left out when cov is given", argument="method")
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov": cov})
    held, index = spread(portfolio, names), spread(benchmark, names)
    model = covariance_of(cov, names, held.size)
    value = risk.tracking_error(held, index, model, periods)
    return Answer(
        value,
        (
            ("Measure", f"Ex-ante tracking error, a standard deviation: √(a'Σa)·√{periods:g}."),
            ("Names", _matching_note(names, held.size)),
            *sum_warnings(vectors),
            *risk_warnings(model),
        ),
    )


def active_share(portfolio: Labelled, benchmark: Labelled) -> Answer:
    """Half the sum of absolute active weights over the union of the names."""
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {})
    held, index = spread(portfolio, names), spread(benchmark, names)
    notes = (
        ("Measure", "Active share: half the sum of absolute active weights; cash is a name like any other."),
        ("Names", _matching_note(names, held.size)),
        *sum_warnings(vectors),
    )
    return Answer(risk.active_share(held, index), notes)


def return_series(portfolio: Labelled, benchmark: Labelled) -> tuple[Vector, Vector]:
    """Two series of returns over the same dates, for a function that takes weights where it is given a covariance.

    Raises
    ------
    InputError
        If they are weights, and the covariance was forgotten.
    """
    if all(abs(float(series.values.sum()) - 1.0) <= _SUM_OF_WEIGHTS for series in (portfolio, benchmark)):
        raise InputError("is missing, weights need it: portfolio and benchmark both sum to 1", argument="cov")
    return same_dates(portfolio, benchmark)


def _ex_post(portfolio: Labelled, benchmark: Labelled, periods: float, method: str) -> Answer:
    returns, index = return_series(portfolio, benchmark)
    ewma = re.fullmatch(r"EWMA (\S+)", method)
    if ewma:
        halflife = float(ewma[1])
        value = history.weighted_deviation(returns, index, halflife, periods)
        weights = history.decay(returns.size, halflife)
        detail = f" λ = {0.5 ** (1.0 / halflife):.6g}, effective dates {1.0 / float(weights @ weights):.4g}."
    else:
        value = _MEASURES[method.upper()](returns, index, periods)
        detail = ""
    sentence = (
        f"Ex-post tracking error, method {method}, of {returns.size} returns times √{periods:g}.{detail}"
    )
    return Answer(
        value, (("Measure", sentence), *percent_warnings({"portfolio": returns, "benchmark": index}))
    )


def percent_warnings(series: Mapping[str, Vector]) -> Iterator[tuple[str, str]]:
    """A note for each series whose returns look like percentages."""
    for argument, returns in series.items():
        largest = float(np.abs(returns).max())
        if largest > 1.0:
            yield (
                "Warning",
                f"The {argument} has returns as large as {100.0 * largest:.6g} %: divide percentages by 100.",
            )


def _matching_note(names: tuple[str, ...] | None, size: int) -> str:
    return f"{size} names, matched by {'position' if names is None else 'name'}."


TRACKING_ERROR = SheetFunction(
    name="TRACKING_ERROR",
    category="measuring",
    summary="Tracking error: ex-ante from weights when a covariance is given, otherwise ex-post from two return series.",
    arguments=(
        Argument(
            "portfolio",
            "weights",
            "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return].",
            unit="fraction",
        ),
        Argument(
            "benchmark",
            "weights",
            "Benchmark weights, or without cov the benchmark's returns over the same dates.",
            unit="fraction",
        ),
        Argument(
            "cov", "covariance", f"{COV_HELP} Left out: ex-post.", unit="fraction² per period", default=None
        ),
        periods_argument("the covariance or the returns"),
        Argument(
            "method",
            "choice",
            "Ex-post only. Std: sample, mean removed. RMS: drift included. MAD: mean absolute deviation. Downside: shortfalls. "
            "Geometric: of (1+r)/(1+q)-1. EWMA 60: halflife of 60 periods.",
            default=None,
            choices=("Std", "RMS", "MAD", "Downside", "Geometric", "EWMA 60"),
        ),
    ),
    result=Result("number", "Tracking error, a standard deviation.", unit="fraction per year"),
    run=tracking_error,
    example="=TRACKING_ERROR(Portfolio, Benchmark, Cov, 12)",
)

ACTIVE_SHARE = SheetFunction(
    name="ACTIVE_SHARE",
    category="measuring",
    summary="Active share: half the sum of absolute differences of the weights, over the union of the names.",
    arguments=(
        PORTFOLIO,
        BENCHMARK,
    ),
    result=Result("number", "0 when equal, 1 when nothing is held in common.", unit="fraction"),
    run=active_share,
    example="=ACTIVE_SHARE(Portfolio, Benchmark)",
)
