"""From one date to another: what moved the tracking error, as the steps of a waterfall."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core.bridge import STEPS, Snapshot, bridge
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.functions.match import check_fractions, covariance_of, spread, sum_warnings, union
from trackerr_xl.functions.measure import COV_HELP, periods_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled


def te_bridge(
    w_old: Labelled,
    b_old: Labelled,
    cov_old: Covariance,
    w_new: Labelled,
    b_new: Labelled,
    cov_new: Covariance,
    periods: float,
) -> Answer:
    """The change of the ex-ante tracking error, one thing changed after the other."""
    vectors = {"w_old": w_old, "b_old": b_old, "w_new": w_new, "b_new": b_new}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov_old": cov_old, "cov_new": cov_new})
    held = {argument: spread(vector, names) for argument, vector in vectors.items()}
    size = held["w_old"].size
    old = Snapshot(held["w_old"], held["b_old"], covariance_of(cov_old, names, size, "cov_old"))
    new = Snapshot(held["w_new"], held["b_new"], covariance_of(cov_new, names, size, "cov_new"))
    levels = bridge(old, new, periods)
    changes = np.diff(levels)
    rows: list[list[Value]] = [["Step", "Change", "Tracking error"], ["Old", "", float(levels[0])]]
    for step, change, level in zip(STEPS, changes.tolist(), levels[1:].tolist(), strict=True):
        rows.append([step, change, level])
    rows.append(["New", float(levels[-1] - levels[0]), float(levels[-1])])
    return Answer(rows, (*_notes(old, new, periods), *sum_warnings(vectors)))


def _notes(old: Snapshot, new: Snapshot, periods: float) -> Iterator[tuple[str, str]]:
    yield (
        "Measure",
        f"Ex-ante tracking error with {periods:g} periods a year. One thing changes after the other, in the order of the "
        "rows; another order would share the change out differently, the sum is the same.",
    )
    models = [isinstance(one.risk, FactorModel) for one in (old, new)]
    if all(models):
        yield (
            "Specific",
            "Volatility and correlation are those of what the factors explain; specific risk has its own row.",
        )
    elif any(models):
        yield (
            "Warning",
            "One covariance is a risk model and the other a matrix: what is specific in one is volatility in the other.",
        )
    else:
        yield "Specific", "The covariances are matrices: specific risk is not told apart, its row is 0."


def _weights(name: str, whose: str, date: str) -> Argument:
    return Argument(
        name,
        "weights",
        f"{whose} weights of the {date} date, one column, one row or [name, weight].",
        unit="fraction",
    )


def _cov(name: str, date: str) -> Argument:
    return Argument(
        name,
        "covariance",
        f"{COV_HELP} Of the {date} date, for the names of both.",
        unit="fraction² per period",
    )


TE_BRIDGE = SheetFunction(
    name="TE_BRIDGE",
    category="decomposing",
    summary="Why the ex-ante tracking error changed between two dates: portfolio, benchmark, volatility, correlation, specific.",
    arguments=(
        _weights("w_old", "Portfolio", "old"),
        _weights("b_old", "Benchmark", "old"),
        _cov("cov_old", "old"),
        _weights("w_new", "Portfolio", "new"),
        _weights("b_new", "Benchmark", "new"),
        _cov("cov_new", "new"),
        periods_argument("the covariances"),
    ),
    result=Result(
        "table",
        "The old tracking error, a row for each step with its change and the level after it, and the new one; the changes "
        "sum to the last row's.",
        unit="fraction per year",
    ),
    run=te_bridge,
    example="=TE_BRIDGE(PortfolioThen, Benchmark, CovThen, Portfolio, Benchmark, Cov, 12)",
)
