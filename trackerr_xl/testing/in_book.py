"""What a workbook itself says of its tests: scenarios on a sheet, and names for its clock and its tolerance."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.testing.scenario import Scenario, moment, named_cell, tolerance_of
from trackerr_xl.workbook.book import Address, Book, SheetData

SHEET = "Scenarios"
"""The sheet that may hold scenarios, one a row."""

NOW, TOLERANCE = "TEST_NOW", "TEST_TOLERANCE"
"""Names of the cells that may hold the clock and the tolerance."""

_Heading = tuple[int, str, Address | None]
"""Column, what is in it, and the cell it is about."""


def sheet_scenarios(book: Book) -> tuple[Scenario, ...]:
    """Scenarios of the sheet named so: under ``Scenario``, ``Set Inputs!B3``, ``Expect Weights!B2`` one a row.

    An empty cell changes nothing and expects nothing. Columns ``Tolerance`` and ``Now`` are possible. A sheet of that
    name whose headings begin in none of these ways is somebody's own.

    Raises
    ------
    FileRefusedError
        If a heading names no cell, or a row has nothing that could fail.
    """
    sheet = book.sheet(SHEET)
    if sheet is None or not _ours(sheet):
        return ()
    try:
        headings = list(_headings(sheet, book))
        return tuple(_row(sheet, row, headings, book) for row in _named_rows(sheet))
    except ValueError as error:
        raise FileRefusedError(f"{error}", at=f"{book.name} sheet {SHEET}") from None


def own_clock(book: Book) -> datetime | None:
    """The clock in the cell that the workbook names ``TEST_NOW``, None without one.

    Raises
    ------
    FileRefusedError
        If it holds no date.
    """
    try:
        value = _named_value(NOW, book)
        return None if value is None else moment(value, book)
    except ValueError as error:
        raise FileRefusedError(f"{error}", at=f"{book.name} name {NOW}") from None


def own_tolerance(book: Book) -> float | None:
    """The tolerance in the cell that the workbook names ``TEST_TOLERANCE``, None without one.

    Raises
    ------
    FileRefusedError
        If it holds none.
    """
    try:
        value = _named_value(TOLERANCE, book)
        return None if value is None else tolerance_of(value)
    except ValueError as error:
        raise FileRefusedError(f"{error}", at=f"{book.name} name {TOLERANCE}") from None


def _named_value(name: str, book: Book) -> Cell:
    if (None, name.lower()) not in book.names:
        return None
    at = named_cell(name, book)
    return book.sheets[at.sheet.lower()].stored(at.row, at.column)


def _ours(sheet: SheetData) -> bool:
    words = {str(sheet.stored(1, column)).partition(" ")[0].lower() for column in _columns(sheet)}
    return sheet.stored(1, 1) == "Scenario" and bool(words & {"set", "expect"})


def _used(sheet: SheetData) -> list[tuple[int, int]]:
    return [*sheet.constants, *sheet.formulas, *sheet.results]


def _columns(sheet: SheetData) -> Sequence[int]:
    return sorted({column for row, column in _used(sheet) if row == 1 and column > 1})


def _named_rows(sheet: SheetData) -> Sequence[int]:
    rows = {row for row, column in _used(sheet) if column == 1 and row > 1}
    return sorted(row for row in rows if sheet.stored(row, 1) not in (None, ""))


def _headings(sheet: SheetData, book: Book) -> Iterator[_Heading]:
    for column in _columns(sheet):
        text = str(sheet.stored(1, column)).strip()
        kind, _, cell = text.partition(" ")
        if kind.lower() in ("tolerance", "now"):
            yield column, kind.lower(), None
        elif kind.lower() in ("set", "expect"):
            yield column, kind.lower(), named_cell(cell, book)
        else:
            raise ValueError(f"has the heading {text}, which must begin with Set or Expect")


def _row(sheet: SheetData, row: int, headings: Sequence[_Heading], book: Book) -> Scenario:
    given = [
        (kind, at, value)
        for column, kind, at in headings
        if (value := sheet.stored(row, column)) not in (None, "")
    ]
    other = {kind: value for kind, at, value in given if at is None}
    return Scenario(
        str(sheet.stored(row, 1)),
        {at: value for kind, at, value in given if at is not None and kind == "set"},
        {at: value for kind, at, value in given if at is not None and kind == "expect"},
        tolerance_of(other["tolerance"]) if "tolerance" in other else None,
        moment(other["now"], book) if "now" in other else None,
    )
