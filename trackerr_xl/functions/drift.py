"""Drift: where weights and tracking error stand after returns, if nothing was traded."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.drift import drifted
from trackerr_xl.core.words import listed
from trackerr_xl.errors import InputError, LabelError
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    risk_warnings,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.measure import COV_HELP, percent_warnings, periods_argument
from trackerr_xl.functions.panels import names_down, over_names
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled, Panel

HEADERS = (
    "Name",
    "Weight then",
    "Weight now",
    "Benchmark then",
    "Benchmark now",
    "Active then",
    "Active now",
)
"""Columns of the table."""


def te_drift(
    weights_then: Labelled,
    benchmark_then: Labelled,
    period_returns: Panel,
    cov: Covariance | None,
    te_limit: float | None,
    periods: float,
) -> Answer:
    """Weights after the returns, and the tracking error before and after them."""
    if te_limit is not None and cov is None:
        raise InputError("is missing, te_limit needs it", argument="cov")
    vectors = {"weights_then": weights_then, "benchmark_then": benchmark_then}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    panel = names_down(period_returns)
    names = union(vectors, {"period_returns": panel, "cov": cov})
    held, index = spread(weights_then, names), spread(benchmark_then, names)
    returns = _returns(panel, names, np.logical_or(held, index))
    now = drifted(held, returns, "weights_then"), drifted(index, returns, "benchmark_then")
    columns = np.column_stack([held, now[0], index, now[1], held - index, now[0] - now[1]])
    labels = names or panel.rows or tuple(f"Asset {at + 1}" for at in range(held.size))
    rows: list[list[Value]] = [list(HEADERS)]
    rows += [[label, *row] for label, row in zip(labels, columns.tolist(), strict=True)]
    rows.append(["Total", *columns.sum(axis=0).tolist()])
    notes = [*_notes(panel.values.shape[1]), *sum_warnings(vectors)]
    notes += percent_warnings({"period_returns": returns})
    if cov is not None:
        model = covariance_of(cov, names, held.size)
        errors = [risk.tracking_error(*pair, model, periods) for pair in ((held, index), now)]
        rows += _verdict(errors, te_limit)
        notes.append(("Measure", f"Ex-ante tracking error √(a'Σa)·√{periods:g}, before and after."))
        notes += risk_warnings(model)
    return Answer(rows, notes)


def _returns(panel: Panel, names: tuple[str, ...] | None, held: Mask) -> Vector:
    """Returns over all periods together, shape (n,); a name that is held must have one."""
    values = over_names(panel, names, absent=np.nan)
    lacking = np.flatnonzero(np.isnan(values).any(axis=1) & held).tolist()
    if lacking:
        shown = [names[at] if names else f"row {at + 1}" for at in lacking]
        raise LabelError(
            f"has no return for {listed(shown)}, must have one for each name, zero for cash",
            argument="period_returns",
        )
    return np.asarray(np.nan_to_num(np.prod(1.0 + values, axis=1) - 1.0))


def _verdict(errors: list[float], limit: float | None) -> Iterator[list[Value]]:
    blank: list[Value] = ["", "", "", ""]
    yield ["Tracking error", *blank, *errors]
    if limit is not None:
        yield ["Limit", *blank, limit, limit]
        yield ["Over the limit", *blank, *(error > limit for error in errors)]


def _notes(periods: int) -> Iterator[tuple[str, str]]:
    yield (
        "Drift",
        "Each weight times 1 + its return, over 1 + the return of the whole; what weights lack to 1 is cash that earns nothing."
        + (f" The {periods} periods are compounded." if periods > 1 else ""),
    )


TE_DRIFT = SheetFunction(
    name="TE_DRIFT",
    category="over time",
    summary="Weights after a period without trades, and whether the tracking error has drifted over its limit.",
    arguments=(
        Argument(
            "weights_then",
            "weights",
            "Portfolio weights at the start, one column, one row or [name, weight].",
            unit="fraction",
        ),
        Argument(
            "benchmark_then",
            "weights",
            "Benchmark weights at the start, one column, one row or [name, weight].",
            unit="fraction",
        ),
        Argument(
            "period_returns",
            "panel",
            "Returns of the names since then: one column, one row or [name, return]; or a row per period with names on top, which "
            "are compounded.",
            unit="fraction",
        ),
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period", default=None),
        Argument(
            "te_limit",
            "number",
            "Largest tracking error a year.",
            unit="fraction per year",
            default=None,
            minimum=0.0,
            maximum=10.0,
        ),
        periods_argument("the covariance"),
    ),
    result=Result(
        "table",
        "A row per name with weights then and now, a total, and with cov the tracking error then and now, the limit and TRUE "
        "where it is over.",
        unit="fraction",
    ),
    run=te_drift,
    example="=TE_DRIFT(Portfolio, Benchmark, NameReturns, Cov, 0.02, 12)",
)
