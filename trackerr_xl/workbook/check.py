"""Whether a workbook still shows what it would calculate: every stored value against the recalculated one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.recalculate import NotEvaluated, Progress

TOLERANCE = 1e-9
"""Largest relative difference of two numbers that count as equal; absolute below 1e-3 of it times one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell whose stored value is not the recalculated one.

    Parameters
    ----------
    address : Address
        The cell.
    formula : str
        The formula that fills it; for a spilled cell the one of its first cell.
    stored, now : Cell
        What the file holds and what was calculated; None for an empty cell.
    difference : float or None
        `now` minus `stored` where both are numbers.
    """

    address: Address
    formula: str
    stored: Cell
    now: Cell
    difference: float | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Outcome of a check.

    Parameters
    ----------
    differences : tuple of Difference
        Cells that differ, sheet by sheet and row by row.
    not_evaluated : tuple of NotEvaluated
        Cells that could not be checked. They are never counted as equal.
    equal : int
        Cells that agree.
    tolerance : float
        The tolerance used.
    """

    differences: tuple[Difference, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    equal: int
    tolerance: float


def check(
    path: str | Path,
    *,
    tolerance: float = TOLERANCE,
    inputs: Mapping[Address, Cell] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Recalculate a workbook in memory and compare with the values it stores.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` or ``.xlsm`` file; it is only read.
    tolerance : float, default 1e-9
        Largest relative difference of equal numbers.
    inputs, now, progress
        As for `recalculate`.

    Raises
    ------
    FileRefusedError, InputError
        As `recalculate`.
    """
    raise NotImplementedError
