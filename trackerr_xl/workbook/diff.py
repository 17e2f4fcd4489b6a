"""What tells two workbooks apart: stored values, formulas, names. Nothing is calculated and nothing in them is run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, Book, DefinedName, FormulaCell, SheetData, Table
from trackerr_xl.workbook.check import TOLERANCE, agree
from trackerr_xl.workbook.file.addresses import address, area_address
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.read_book import read_book

What = Literal["setting", "sheet", "value", "formula", "name", "table"]

_FIFTEEN_DIGITS = 5e-15
"""Largest relative difference of numbers with the same 15 digits, which is what every spreadsheet program keeps."""


@dataclass(frozen=True, slots=True)
class BookDifference:
    """One thing that two workbooks do not have alike.

    Parameters
    ----------
    sheet : str
        Name of the sheet; of a defined name the sheet it belongs to, empty for the whole workbook.
    at : str
        The cell as in ``B2``; else the name, the table, the setting, or nothing.
    what : str
        What differs.
    first, second : Cell
        What each workbook has; None where it has nothing.
    difference : float or None
        Second minus first where both are numbers.
    """

    sheet: str
    at: str
    what: What
    first: Cell
    second: Cell
    difference: float | None = None


@dataclass(frozen=True, slots=True)
class DiffReport:
    """Outcome of a comparison.

    Parameters
    ----------
    differences : tuple of BookDifference
        Settings first, then sheet by sheet and row by row, then names and tables.
    same : int
        Cells that hold the same in both.
    tolerance : float
        The tolerance used.
    """

    differences: tuple[BookDifference, ...]
    same: int
    tolerance: float

    def count(self, what: What) -> int:
        """How many differences are of a kind."""
        return sum(each.what == what for each in self.differences)


def diff(
    first: str | Path | Package, second: str | Path | Package, *, tolerance: float = TOLERANCE
) -> DiffReport:
    """Compare two workbooks cell by cell; a row inserted into one of them moves all below it.

    Parameters
    ----------
    first, second : str, Path or Package
        Workbook files, or ones that are open already; they are only read.
    tolerance : float, default 1e-9
        Largest relative difference of equal numbers where a formula gives one of them. Numbers typed into both have
        to agree in their first 15 digits, and with tolerance 0 all numbers in every digit.

    Raises
    ------
    FileRefusedError
        If one of them cannot be opened as a workbook.
    """
    one, other = read_book(first), read_book(second)
    same: Counter[str] = Counter()
    differences = (
        *_settings(one, other),
        *(each for pair in _sheets(one, other) for each in _cells(*pair, tolerance, same)),
        *_names(one, other),
        *_tables(one, other),
    )
    return DiffReport(differences, same.total(), tolerance)


def _settings(one: Book, other: Book) -> Iterator[BookDifference]:
    for words, first, second in (
        ("dates count from 1904", one.from_1904, other.from_1904),
        ("precision as displayed", one.as_displayed, other.as_displayed),
    ):
        if first != second:
            yield BookDifference("", words, "setting", first, second)


def _sheets(one: Book, other: Book) -> Iterator[tuple[SheetData | None, SheetData | None]]:
    for key in dict.fromkeys((*one.sheets, *other.sheets)):
        yield one.sheets.get(key), other.sheets.get(key)


def _cells(
    one: SheetData | None, other: SheetData | None, tolerance: float, same: Counter[str]
) -> Iterator[BookDifference]:
    name = one.name if one is not None else other.name if other is not None else ""
    if one is None or other is None:
        yield BookDifference(name, "", "sheet", _title(one), _title(other))
    for place in sorted(_places(one) | _places(other)):
        found = list(_at(name, place, one, other, tolerance))
        same[name] += not found
        yield from found


def _title(sheet: SheetData | None) -> str | None:
    return None if sheet is None else sheet.name


def _places(sheet: SheetData | None) -> set[tuple[int, int]]:
    return set() if sheet is None else {*sheet.constants, *sheet.formulas, *sheet.results}


def _at(
    name: str, place: tuple[int, int], one: SheetData | None, other: SheetData | None, tolerance: float
) -> Iterator[BookDifference]:
    cell = address(*place)
    yield from _formulas(
        name, cell, *(None if sheet is None else sheet.formulas.get(place) for sheet in (one, other))
    )
    first, second = (None if sheet is None else sheet.stored(*place) for sheet in (one, other))
    typed = all(sheet is not None and place in sheet.constants for sheet in (one, other))
    if not _equal(first, second, min(tolerance, _FIFTEEN_DIGITS) if typed else tolerance):
        difference = second - first if isinstance(first, float) and isinstance(second, float) else None
        yield BookDifference(name, cell, "value", first, second, difference)


def _equal(first: Cell, second: Cell, tolerance: float) -> bool:
    # A text that reads like an error value is taken for one where a file is checked against itself, not here.
    return isinstance(first, CellError) == isinstance(second, CellError) and agree(first, second, tolerance)


def _formulas(
    sheet: str, cell: str, first: FormulaCell | None, second: FormulaCell | None
) -> Iterator[BookDifference]:
    texts = [None if formula is None else formula.text for formula in (first, second)]
    if texts[0] != texts[1]:
        yield BookDifference(sheet, cell, "formula", texts[0], texts[1])
    elif first is not None and second is not None and _filled(first) != _filled(second):
        yield BookDifference(sheet, cell, "formula", _filled(first), _filled(second))


def _filled(formula: FormulaCell) -> str:
    """A formula and how it fills cells; how far a spill reached is a matter of values."""
    reach = f" in {area_address(formula.area)}" if formula.kind in ("array", "data table") else ""
    return f"{formula.text} ({formula.kind}{reach})"


def _names(one: Book, other: Book) -> Iterator[BookDifference]:
    for key in dict.fromkeys((*one.names, *other.names)):
        first, second = one.names.get(key), other.names.get(key)
        known: DefinedName | None = first or second
        if known is not None and (first is None or second is None or first.text != second.text):
            texts = [None if name is None else f"={name.text}" for name in (first, second)]
            yield BookDifference(known.sheet or "", known.name, "name", texts[0], texts[1])


def _tables(one: Book, other: Book) -> Iterator[BookDifference]:
    tables = [{table.name.lower(): table for table in book.tables} for book in (one, other)]
    for key in dict.fromkeys((*tables[0], *tables[1])):
        first, second = (known.get(key) for known in tables)
        known = first or second
        if known is not None and _reach(first) != _reach(second):
            yield BookDifference(known.sheet, known.name, "table", _reach(first), _reach(second))


def _reach(table: Table | None) -> str | None:
    """Where a table lies; what its columns are called is seen in its cells."""
    if table is None:
        return None
    corner = Address(table.sheet, table.area.top, table.area.left)
    header = "" if table.header_rows else ", no header"
    totals = ", with totals" if table.total_rows else ""
    return f"{corner}:{address(table.area.bottom, table.area.right)}{header}{totals}"
