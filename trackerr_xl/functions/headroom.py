"""Headroom: how far each name can be traded before the tracking error reaches its limit."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.headroom import headroom
from trackerr_xl.core.words import listed
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
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled


def te_headroom(
    portfolio: Labelled,
    benchmark: Labelled,
    cov: Covariance,
    te_limit: float,
    periods: float,
    funding: str,
) -> Answer:
    """The most that can be bought and sold of each name within a limit on the tracking error."""
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov": cov})
    held, index = spread(portfolio, names), spread(benchmark, names)
    model = covariance_of(cov, names, held.size)
    room = headroom(held, index, model, te_limit / float(np.sqrt(periods)), funding)
    error = risk.tracking_error(held, index, model, periods)
    labels = names or cov.labels or tuple(f"Asset {at + 1}" for at in range(held.size))
    table = np.column_stack([held, held - index, room.buy, room.sell])
    rows: list[list[Value]] = [["Name", "Weight", "Active weight", "Most to buy", "Most to sell"]]
    for label, row in zip(labels, table.tolist(), strict=True):
        rows.append([label, *(value if np.isfinite(value) else None for value in row)])
    notes = (
        *_notes(error, te_limit, periods, funding),
        *_without_number(labels, room.buy, room.sell),
        *sum_warnings(vectors),
        *risk_warnings(model),
    )
    return Answer(rows, notes)


def _notes(error: float, limit: float, periods: float, funding: str) -> Iterator[tuple[str, str]]:
    yield (
        "Measure",
        f"Trades in one name alone after which the ex-ante tracking error is {limit:.6g}, with {periods:g} periods a year; "
        f"it is {error:.6g} now.",
    )
    paid = "cash without risk" if funding == "Cash" else "a slice of the whole benchmark"
    yield "Funding", f"{funding}: a purchase is paid with {paid}."
    yield "Scope", "By tracking error alone: limits on weights and holdings are not looked at."
    if error > limit:
        yield (
            "Warning",
            "The tracking error is above the limit: shown are trades that bring it to the limit from the far side.",
        )


def _without_number(labels: Sequence[str], buy: Vector, sell: Vector) -> Iterator[tuple[str, str]]:
    endless = [label for label, room in zip(labels, buy, strict=True) if np.isinf(room)]
    if endless:
        yield "Without limit", f"{listed(endless)}: adds no risk, no trade of it reaches the limit."
    nowhere = [
        label for label, up, down in zip(labels, buy, sell, strict=True) if np.isnan(up) and np.isnan(down)
    ]
    if nowhere:
        yield "Without trade", f"{listed(nowhere)}: no trade of it alone ends within the limit."


TE_HEADROOM = SheetFunction(
    name="TE_HEADROOM",
    category="trading",
    summary="The most that can be bought and sold of each name, alone, before the ex-ante tracking error reaches a limit.",
    arguments=(
        PORTFOLIO,
        BENCHMARK,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "te_limit",
            "number",
            "Largest tracking error a year.",
            unit="fraction per year",
            minimum=0.0,
            maximum=10.0,
        ),
        periods_argument("the covariance"),
        Argument(
            "funding",
            "choice",
            "What pays for a purchase: Cash, or a slice of the whole Benchmark.",
            default="Cash",
            choices=("Cash", "Benchmark"),
        ),
    ),
    result=Result(
        "table",
        "A row per name: weight, active weight, most to buy and most to sell; #N/A where no trade ends at the limit.",
        unit="fraction",
    ),
    run=te_headroom,
    example="=TE_HEADROOM(Portfolio, Benchmark, Cov, 0.02, 12)",
)
