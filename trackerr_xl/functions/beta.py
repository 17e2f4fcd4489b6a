"""Beta: how much of the benchmark's moves the portfolio makes."""

import numpy as np

from trackerr_xl.core.beta import BetaSplit, ex_ante_split, ex_post_split
from trackerr_xl.functions.arguments import BENCHMARK, PORTFOLIO
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    risk_warnings,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.measure import COV_HELP, percent_warnings, return_series
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.functions.values import Covariance, Labelled


def active_beta(portfolio: Labelled, benchmark: Labelled, cov: Covariance | None) -> Answer:
    """Ex-ante from weights when a covariance is given, otherwise ex-post from two return series."""
    if cov is None:
        returns, index = return_series(portfolio, benchmark)
        split = ex_post_split(returns, index)
        measure = f"Ex-post beta of {returns.size} returns: SLOPE of the portfolio's on the benchmark's."
        warnings = tuple(percent_warnings({"portfolio": returns, "benchmark": index}))
        return Answer(split.beta, (("Measure", measure), _parts(split), *warnings))
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov": cov})
    held, index = spread(portfolio, names), spread(benchmark, names)
    model = covariance_of(cov, names, held.size)
    split = ex_ante_split(held, index, model)
    notes = (
        ("Measure", "Ex-ante beta: w'Σb / b'Σb."),
        _parts(split),
        *sum_warnings(vectors),
        *risk_warnings(model),
    )
    return Answer(split.beta, notes)


def _parts(split: BetaSplit) -> tuple[str, str]:
    return (
        "Tracking error",
        f"{split.from_beta:.6g} of it per period comes from beta and {split.residual:.6g} from what the benchmark does not "
        f"explain; the squares add up to that of {float(np.hypot(split.from_beta, split.residual)):.6g}.",
    )


ACTIVE_BETA = SheetFunction(
    name="ACTIVE_BETA",
    category="measuring",
    summary="Beta against the benchmark: ex-ante from weights when a covariance is given, otherwise ex-post from two return series.",
    arguments=(
        Argument(
            PORTFOLIO.name,
            "weights",
            "Portfolio weights, one column, one row or [name, weight]; without cov the portfolio's returns, or [date, return].",
            unit="fraction",
        ),
        Argument(
            BENCHMARK.name,
            "weights",
            "Benchmark weights, or without cov the benchmark's returns over the same dates.",
            unit="fraction",
        ),
        Argument(
            "cov", "covariance", f"{COV_HELP} Left out: ex-post.", unit="fraction² per period", default=None
        ),
    ),
    result=Result("number", "Beta of the portfolio against the benchmark; 1 moves as the benchmark does."),
    run=active_beta,
    example="=ACTIVE_BETA(Portfolio, Benchmark, Cov)",
)
