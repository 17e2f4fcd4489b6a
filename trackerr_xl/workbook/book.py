"""A workbook as data: what its cells hold, its formulas, its names and its tables. Nothing here calculates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.sheet.dates import DAY_ZERO
from trackerr_xl.workbook.file.addresses import Area, Place, address, parse_address


class Address(NamedTuple):
    """One cell of a workbook; rows and columns count from 1 and `str()` spells it, such as ``'My Cov'!B2``."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{quoted(self.sheet)}!{address(self.row, self.column)}"

    @property
    def place(self) -> Place:
        """Row and column inside its sheet."""
        return Place(self.row, self.column)

    @property
    def area(self) -> Area:
        """The cell as a rectangle of one row and one column."""
        return Area(self.row, self.column, self.row, self.column)


Kind = Literal["normal", "array", "dynamic", "data table"]
"""How a formula fills cells: one cell, a fixed rectangle ({=…}), a rectangle of its own choosing, or Excel's what-if."""


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula as the file stores it.

    Parameters
    ----------
    address : Address
        The cell that holds it; the first cell of an array or a spill.
    text : str
        The formula with its leading ``=``; shared formulas are written out.
    kind : str
        How it fills cells.
    area : Area
        Cells its stored result fills: the cell itself for a normal formula.
    stored : Cell
        Its result when the file was last saved.
    """

    address: Address
    text: str
    kind: Kind
    area: Area
    stored: Cell


@dataclass(frozen=True, slots=True)
class SheetData:
    """One worksheet.

    Parameters
    ----------
    name : str
        As on its tab.
    constants : dict of (int, int) to Cell
        What is typed into cells, by row and column; no formula, no spilled result and no empty cell is among it.
    formulas : dict of (int, int) to FormulaCell
        Formulas by the cell that holds them.
    results : dict of (int, int) to Cell
        Stored values of the further cells that arrays and spills fill.
    hidden_rows : frozenset of int
        Rows hidden by hand or by a filter.
    """

    name: str
    constants: Mapping[tuple[int, int], Cell]
    formulas: Mapping[tuple[int, int], FormulaCell]
    results: Mapping[tuple[int, int], Cell]
    hidden_rows: frozenset[int]

    def stored(self, row: int, column: int) -> Cell:
        """What the file shows in a cell: typed, calculated or spilled; None when it is empty."""
        place = (row, column)
        if place in self.formulas:
            return self.formulas[place].stored
        return self.results.get(place, self.constants.get(place))


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name: its text without ``=``, and the sheet it belongs to or None for the whole workbook."""

    name: str
    text: str
    sheet: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its cells with header and totals, and its columns in order."""

    name: str
    sheet: str
    area: Area
    columns: tuple[str, ...]
    header_rows: int
    total_rows: int


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook read for calculation.

    Parameters
    ----------
    name : str
        File name, for sentences.
    sheets : dict of str to SheetData
        Worksheets by lower-case name, in the order of the tabs.
    names : dict of (str or None, str) to DefinedName
        Defined names by the sheet they belong to, None for the whole workbook, and the name, both in lower case.
    tables : tuple of Table
        Tables of all sheets.
    from_1904 : bool
        Whether dates count from 1904, as in workbooks of old Macs.
    as_displayed : bool
        Whether Excel calculates with numbers rounded as they are shown ("precision as displayed").
    """

    name: str
    sheets: Mapping[str, SheetData]
    names: Mapping[tuple[str | None, str], DefinedName]
    tables: tuple[Table, ...]
    from_1904: bool
    as_displayed: bool

    @property
    def epoch(self) -> datetime:
        """The moment that it shows as 0."""
        return datetime(1904, 1, 1) if self.from_1904 else DAY_ZERO

    def sheet(self, name: str) -> SheetData | None:
        """A worksheet by its name in any case, or None."""
        return self.sheets.get(name.lower())


def cells_of(sheet: str, area: Area) -> Iterator[Address]:
    """Every cell of a rectangle, row by row."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield Address(sheet, row, column)


def quoted(sheet: str) -> str:
    """A sheet's name as formulas spell it: in quotes unless it is a plain word that looks like no cell."""
    if _PLAIN.fullmatch(sheet) and not _CELL_LIKE.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


def parse_location(text: str) -> Address:
    """A cell given as ``Sheet1!A1`` or ``'My Cov'!$B$2``.

    Raises
    ------
    ValueError
        If the text names no sheet or no cell.
    """
    sheet, mark, cell = text.strip().rpartition("!")
    if not mark or not sheet:
        raise ValueError(f"{text!r} names no sheet; write it as Sheet1!A1")
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    row, column = parse_address(cell)
    return Address(sheet, row, column)


_PLAIN = re.compile(r"[^\W\d][\w.]*")
_CELL_LIKE = re.compile(
    r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[Rr]\d*|[Cc]\d*|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]"
)
