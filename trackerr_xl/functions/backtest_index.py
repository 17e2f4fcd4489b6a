"""The benchmark of a backtest: weights once, weights by date, or the returns of an index; and the dates of it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.functions.mandate import in_fractions
from trackerr_xl.functions.match import as_date, ascending, no_entry, not_listed, places_of
from trackerr_xl.functions.values import Labelled, Panel

if TYPE_CHECKING:
    from trackerr_xl.core.backtest import Index


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Returns, oldest first.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns, NaN where there is none.
    names : tuple of str
        One a column.
    labels : tuple of str or None
        Dates as they stand beside the rows, if any do.
    days : tuple of date or None
        The same, where they are dates.
    """

    returns: Matrix
    names: tuple[str, ...]
    labels: tuple[str, ...] | None
    days: tuple[date, ...] | None

    def shown(self, row: int) -> str:
        """A row as a person would write it."""
        return f"row {row + 1}" if self.labels is None else as_date(self.labels[row])


def past_of(returns: Panel, names: Sequence[str] | None) -> Past:
    """The panel of returns in the order of time.

    Parameters
    ----------
    returns : Panel
        As given.
    names : sequence of str or None
        Names to go by where the panel has none.
    """
    values, size = returns.values, returns.values.shape[1]
    labels = returns.rows
    if labels is not None:
        ordered = ascending(labels)
        values, labels = values[places_of(ordered, labels)], ordered
    if returns.columns is None and names is not None and len(names) != size:
        raise ShapeError(f"has {len(names)} names, must have {size} like returns", argument="attributes")
    every = returns.columns or names or tuple(f"Asset {at + 1}" for at in range(size))
    return Past(np.ascontiguousarray(values), tuple(every), labels, days_of(labels))


def days_of(labels: Sequence[str] | None) -> tuple[date, ...] | None:
    """Labels as dates, None where one of them is not the serial number of a day."""
    if labels is None or not all(label.isdecimal() and not as_date(label).isdecimal() for label in labels):
        return None
    return tuple(date.fromisoformat(as_date(label)) for label in labels)


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """An index, and whether its weights are known."""

    index: "Index"
    series: Vector | None = None


def benchmark_of(benchmark: Panel, past: Past, first: int, unit: float) -> Benchmark:
    """What the benchmark comes to.

    Parameters
    ----------
    benchmark : Panel
        As given.
    past : Past
        The returns.
    first : int
        Row that the backtest starts with.
    unit : float
        A unit of the weights given, as a fraction.

    Raises
    ------
    InputError
        If it is neither weights of the names nor returns of the dates, or both, or a number is missing.
    """
    # SciPy is behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.backtest import Index, drifting_index

    rows, width = benchmark.values.shape
    count, n = past.returns.shape
    if width == 1 and _is_series(benchmark, past):
        series = _series(benchmark, past)
        return Benchmark(Index(series, np.zeros((count, n))), series)
    if width == 1 or (rows == 1 and benchmark.rows is None):
        labels = benchmark.rows if width == 1 else benchmark.columns
        weights = _weights(benchmark.values.ravel(), labels, past.names, unit)
        return Benchmark(drifting_index(past.returns, {first - 1: weights}))
    return Benchmark(drifting_index(past.returns, _dated(benchmark, past, first, unit)))


def _is_series(benchmark: Panel, past: Past) -> bool:
    labels, (count, n) = benchmark.rows, past.returns.shape
    if labels is not None:
        return past.labels is not None and bool({*map(key, labels)} & {*map(key, past.labels)})
    if count == n == benchmark.size:
        raise ShapeError(
            f"has {n} numbers, which could be weights of the names or returns of the dates: put names or dates beside them",
            argument="benchmark",
        )
    if benchmark.size not in (n, count):
        raise ShapeError(
            f"has {benchmark.size} rows, must have {n}, a weight for each name, or {count}, a return for each date",
            argument="benchmark",
        )
    return bool(benchmark.size == count)


def _series(benchmark: Panel, past: Past) -> Vector:
    values = benchmark.values[:, 0]
    if benchmark.rows is not None and past.labels is not None:
        missing = not_listed(past.labels, benchmark.rows)
        if missing:
            raise LabelError(
                f"has no return for {listed([as_date(label) for label in missing])}, must have one for each date of returns",
                argument="benchmark",
            )
        values = values[places_of(past.labels, benchmark.rows)]
    _require_known(values, [past.shown(row) for row in range(values.size)], "return")
    return values


def _weights(values: Vector, labels: Sequence[str] | None, names: Sequence[str], unit: float) -> Vector:
    if labels is None and values.size != len(names):
        raise ShapeError(
            f"has {values.size} weights, must have {len(names)} like returns", argument="benchmark"
        )
    labels = labels or names
    _require_known(values, labels, "weight")
    strangers = not_listed(labels, names)
    if strangers:
        raise LabelError(no_entry(strangers, names, "a column for each name"), argument="returns")
    known = in_fractions(Labelled(values), "benchmark", unit).values
    weights = np.zeros(len(names))
    weights[places_of(labels, names)] = known
    return weights


def _require_known(values: Vector, labels: Sequence[str], what: str) -> None:
    missing = [label for label, value in zip(labels, values.tolist(), strict=True) if np.isnan(value)]
    if missing:
        raise InputError(f"has no {what} for {listed(missing)}, must have one", argument="benchmark")


def _dated(benchmark: Panel, past: Past, first: int, unit: float) -> dict[int, Vector]:
    """Weights by the row at whose close they are in force: the first one on or after their date."""
    days = days_of(benchmark.rows)
    if days is None or past.days is None:
        lacking = "benchmark" if days is None else "returns"
        raise InputError(
            "has no dates at the left, must have them where the weights of the benchmark change",
            argument=lacking,
        )
    numbers = [day.toordinal() for day in past.days]
    given: dict[int, Vector] = {}
    for at in sorted(range(len(days)), key=days.__getitem__):
        row = int(np.searchsorted(numbers, days[at].toordinal()))
        # An empty cell is a name that is not in the index on that date.
        values = np.nan_to_num(benchmark.values[at], nan=0.0)
        given[row] = _weights(values, benchmark.columns, past.names, unit)
    if min(given) >= first:
        raise InputError(
            f"begins after {past.shown(first - 1)}, must have weights for the day on which the portfolio is built",
            argument="benchmark",
        )
    return given
