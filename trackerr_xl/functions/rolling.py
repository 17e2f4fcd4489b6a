"""Ex-post tracking error through time."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core.rolling import rolling_tracking_error
from trackerr_xl.errors import InputError, ShapeError
from trackerr_xl.functions.measure import periods_argument
from trackerr_xl.functions.series import paired, returns_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Panel


def te_rolling(
    portfolio_returns: Panel,
    benchmark_returns: Panel,
    window: float,
    periods: float,
    halflife: float | None,
) -> Answer:
    """Tracking error of the last returns at every row of the portfolio's range."""
    if not window.is_integer():
        raise InputError(f"is {window:.6g}, must be a whole number", argument="window")
    pair = paired(portfolio_returns, benchmark_returns)
    if pair.portfolio.size < window:
        raise ShapeError(
            f"is {window:.0f}, must be at most {pair.portfolio.size}, the returns that are in both series",
            argument="window",
        )
    errors = rolling_tracking_error(pair.portfolio, pair.benchmark, int(window), periods, halflife)
    cells: list[Value] = [None] * pair.rows
    for place, error in zip(pair.places.tolist(), errors.tolist(), strict=True):
        cells[place] = None if np.isnan(error) else error
    notes = (*_notes(window, periods, halflife), *pair.warnings())
    return Answer([cells] if pair.across else [[cell] for cell in cells], notes)


def _notes(window: float, periods: float, halflife: float | None) -> Iterator[tuple[str, str]]:
    how = "all weighed alike" if halflife is None else f"weights halving every {halflife:g} periods"
    yield (
        "Measure",
        f"Sample standard deviation of the active return over the last {window:.0f} dates on which both have a return, {how}, "
        f"times √{periods:g}; #N/A until there are as many, and on dates without both returns.",
    )


TE_ROLLING = SheetFunction(
    name="TE_ROLLING",
    category="measuring",
    summary="Ex-post tracking error over a moving window, a cell for each row of the portfolio's returns.",
    arguments=(
        returns_argument("portfolio"),
        returns_argument("benchmark"),
        Argument(
            "window", "number", "Returns in each window.", unit="periods", minimum=2.0, maximum=100_000.0
        ),
        periods_argument("the returns"),
        Argument(
            "halflife",
            "number",
            "Periods after which the weight of a return in the window has halved; left out, all weigh alike.",
            unit="periods",
            default=None,
            minimum=0.1,
            maximum=1e6,
        ),
    ),
    result=Result(
        "column",
        "Tracking error at each row, #N/A until the window is full.",
        unit="fraction per year",
    ),
    run=te_rolling,
    example="=TE_ROLLING(FundReturns, IndexReturns, 3, 12)",
)
