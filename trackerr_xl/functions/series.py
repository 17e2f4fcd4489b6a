"""Two series of returns put side by side: by date where both have dates, with what is missing left out of both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Indices, Vector
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import ShapeError
from trackerr_xl.functions.match import as_date, ascending
from trackerr_xl.functions.measure import percent_warnings
from trackerr_xl.functions.spec import REQUIRED, Argument
from trackerr_xl.functions.values import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Returns of portfolio and benchmark over the dates on which both have one, oldest first.

    Parameters
    ----------
    portfolio, benchmark : ndarray of shape (t,)
        Simple returns per period, fractions.
    places : ndarray of shape (t,)
        Row of the portfolio's range that each one stands in.
    rows : int
        Rows of the portfolio's range.
    missing : tuple of str
        Dates, or rows where there are no dates, that are left out.
    across : bool
        Whether the portfolio's range was a row.
    """

    portfolio: Vector
    benchmark: Vector
    places: Indices
    rows: int
    missing: tuple[str, ...]
    across: bool

    def warnings(self) -> Iterator[tuple[str, str]]:
        """A note if dates were left out, and one for returns that look like percentages."""
        if self.missing:
            yield "Warning", f"Without a return in both series, and left out: {listed(self.missing)}."
        yield from percent_warnings({"portfolio": self.portfolio, "benchmark": self.benchmark})


def returns_argument(whose: str, required: bool = True) -> Argument:
    """A series of returns, the same in every function."""
    return Argument(
        f"{whose}_returns",
        "panel",
        f"Simple returns of the {whose} per period: one column, one row, or [date, return]; an empty cell is a return that is "
        "missing, and its date is left out of both series.",
        unit="fraction per period",
        default=REQUIRED if required else None,
        blanks=True,
    )


def paired(portfolio: Panel, benchmark: Panel) -> Pair:
    """Put two series side by side.

    Raises
    ------
    ShapeError
        If one is no series, they differ in length and have no dates to go by, or less than two dates are in both.
    """
    ours, days, across = _series(portfolio, "portfolio_returns")
    theirs, others, _ = _series(benchmark, "benchmark_returns")
    if days is None or others is None:
        if ours.size != theirs.size:
            raise ShapeError(
                f"has {theirs.size} returns, must have {ours.size} like portfolio_returns, or dates in both",
                argument="benchmark_returns",
            )
        places = np.arange(ours.size)
        beside = theirs
        missing: list[str] = []
    else:
        by_day = dict(zip(map(key, others), theirs.tolist(), strict=True))
        row = {key(day): at for at, day in enumerate(days)}
        places = np.array([row[key(day)] for day in ascending(days)], dtype=np.intp)
        beside = np.array([by_day.get(key(days[at]), np.nan) for at in places.tolist()])
        missing = [as_date(day) for day in others if key(day) not in row]
    here = ours[places]
    known = np.isfinite(here) & np.isfinite(beside)
    missing += [_row_or_date(days, at) for at in places[~known].tolist()]
    if int(known.sum()) < 2:
        raise ShapeError(
            f"has {int(known.sum())} returns that portfolio_returns has too, must have 2 or more",
            argument="benchmark_returns",
        )
    return Pair(here[known], beside[known], places[known], ours.size, tuple(missing), across)


def _series(panel: Panel, argument: str) -> tuple[Vector, tuple[str, ...] | None, bool]:
    rows, columns = panel.values.shape
    if columns == 1:
        return panel.values[:, 0], panel.rows, False
    if rows == 1:
        return panel.values[0], panel.columns, True
    raise ShapeError(
        f"is {rows} x {columns}, must be one column, one row, or two columns [date, return]",
        argument=argument,
    )


def _row_or_date(days: tuple[str, ...] | None, at: int) -> str:
    return f"row {at + 1}" if days is None else as_date(days[at])
