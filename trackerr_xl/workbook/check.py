"""Whether a workbook still shows what it would calculate: every stored value against the recalculated one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isclose
from pathlib import Path

from trackerr_xl.functions.models import is_name
from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, cells_of
from trackerr_xl.workbook.file.cell_xml import storable
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.recalculate import NotEvaluated, Progress, Recalculation, recalculate

TOLERANCE = 1e-9
"""Largest relative difference of two numbers that count as equal."""

_NEAR_ZERO = 1e-3
"""Times the tolerance, the difference that counts as none whatever the size: what is left where numbers cancel."""


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
    source: str | Path | Package,
    *,
    tolerance: float = TOLERANCE,
    inputs: Mapping[Address, Cell] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Recalculate a workbook in memory and compare with the values it stores.

    Parameters
    ----------
    source : str, Path or Package
        An ``.xlsx`` or ``.xlsm`` file, or one that is open already; it is only read.
    tolerance : float, default 1e-9
        Largest relative difference of equal numbers.
    inputs, now, progress
        As for `recalculate`.

    Raises
    ------
    FileRefusedError, InputError
        As `recalculate`.
    """
    return compare(recalculate(source, inputs=inputs, now=now, progress=progress), tolerance)


def compare(done: Recalculation, tolerance: float = 0.0) -> CheckReport:
    """Compare recalculated values with those stored; with tolerance 0 to the last digit."""
    owners = _owners(done)
    differences = tuple(
        difference_at(at, done.formulas[owner].text, done.stored.get(at), done.values.get(at))
        for at, owner in owners.items()
        if not agree(done.stored.get(at), done.values.get(at), tolerance)
    )
    return CheckReport(differences, done.not_evaluated, len(owners) - len(differences), tolerance)


def agree(stored: Cell, now: Cell, tolerance: float) -> bool:
    """Whether two contents of a cell are the same; an empty text shows what an empty cell shows."""
    if isinstance(stored, float) and isinstance(now, float):
        return isclose(stored, now, rel_tol=tolerance, abs_tol=_NEAR_ZERO * tolerance)
    if isinstance(stored, str) and isinstance(now, CellError):
        # Excel never does, but XlsxWriter and pandas store some error values as texts.
        return stored == now.value
    if tolerance and isinstance(stored, str) and isinstance(now, str) and is_name(stored) and is_name(now):
        # A digest knows no tolerance: the last digit of an exposure changes all of it. What is measured with the model
        # is compared in its own cells.
        return True
    now = storable(now)
    if stored in (None, "") and now in (None, ""):
        return True
    return type(stored) is type(now) and stored == now


def difference_at(at: Address, formula: str, stored: Cell, now: Cell) -> Difference:
    """The difference at a cell, as a number where both are numbers."""
    difference = now - stored if isinstance(stored, float) and isinstance(now, float) else None
    return Difference(at, formula, stored, now, difference)


def _owners(done: Recalculation) -> dict[Address, Address]:
    """The formula that fills, or filled, each cell that could be calculated: sheet by sheet and row by row."""
    skipped = {kept.address for kept in done.not_evaluated}
    owners = {
        at: first
        for first, formula in done.formulas.items()
        if first not in skipped
        for area in (formula.area, done.extents.get(first, formula.area))
        for at in cells_of(first.sheet, area)
    }
    tabs = {sheet: tab for tab, sheet in enumerate(dict.fromkeys(first.sheet for first in done.formulas))}
    return dict(sorted(owners.items(), key=lambda item: (tabs[item[0].sheet], item[0])))
