"""The dates at whose close a portfolio is traded."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from trackerr_xl.core.arrays import Mask

PERIODS: dict[str, Callable[[date], object]] = {
    "Weekly": lambda day: day.isocalendar()[:2],
    "Monthly": lambda day: (day.year, day.month),
    "Quarterly": lambda day: (day.year, (day.month - 1) // 3),
    "Semi-annual": lambda day: (day.year, (day.month - 1) // 6),
    "Annual": lambda day: day.year,
}
"""What is the same for all days of a calendar period."""


def last_of_period(days: Sequence[date], word: str) -> Mask:
    """The last day of each week (Monday to Sunday), month, quarter, half-year or year, shape (t,).

    Parameters
    ----------
    days : sequence of date
        Ascending.
    word : str
        One of `PERIODS`.
    """
    period = PERIODS[word]
    # Whether the newest day ends its period is not known yet.
    return np.array([period(day) != period(after) for day, after in pairwise(days)] + [False], dtype=np.bool_)


def every(count: int, first: int, step: int) -> Mask:
    """Every so many rows from the one before `first` on, shape (count,)."""
    due = np.zeros(count, dtype=np.bool_)
    due[first - 1 :: step] = True
    return due


def on_or_before(days: Sequence[date], wanted: Sequence[date]) -> Mask:
    """The last day up to each of the days wanted, shape (t,); days before all are left out."""
    numbers = np.array([day.toordinal() for day in days])
    places = np.searchsorted(numbers, [day.toordinal() for day in wanted], side="right") - 1
    due = np.zeros(len(days), dtype=np.bool_)
    due[places[places >= 0]] = True
    return due
