"""Cells as Windows hands them over, turned into ours and back. Needs neither Windows nor Excel.

COM delivers a range as a tuple of rows and a single cell as a bare value. Numbers are floats; an error value is an
int, so the number -2146826246 typed by a user, a float, is never taken for #N/A.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Final, cast

from trackerr_xl.hosts.rectangle import Rows, rectangle
from trackerr_xl.macros.agreed import MARKER
from trackerr_xl.sheet.cells import Cell, CellError, Given, Grid
from trackerr_xl.sheet.dates import serial
from trackerr_xl.sheet.packed import packed

ERROR_NUMBERS: Final = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
}
"""What VBA's `CVErr` takes for each error value (the members of Excel's XlCVError)."""

MISSING: Final = -2147352572
"""DISP_E_PARAMNOTFOUND: how an argument left out arrives."""

_UNREADABLE: Final = CellError("#VALUE!")
_ERROR_BASE: Final = -2146828288
"""An error value arrives as the COM status 0x800A0000 plus its number, read as a signed integer."""

_ERROR_VALUES: Final = {number: CellError(value) for value, number in ERROR_NUMBERS.items()}
_NEWEST_ERROR = 2059
_LOOKS_LIKE_MARKER = re.compile(rf"\s*{MARKER}\d")
_AS_THEY_ARE: Final = {float, str, bool, type(None)}

Marked = float | str | bool
"""One cell on its way out, an error value as its marker."""


def given_from_com(value: object) -> Given:
    """What a worksheet function was given, for `trackerr_xl.sheet.call.call`.

    Parameters
    ----------
    value : object
        A bare value, a tuple of values (one row), or a tuple of rows.

    Returns
    -------
    float64 ndarray of shape (rows, columns)
        For a range of plain numbers.
    sequence of rows, or one cell
        For anything else. What is no cell at all, such as a chart or a jagged array, is #VALUE!.
    """
    if not isinstance(value, (tuple, list)):
        return cell_from_com(value)
    if not value:
        return None
    rows = rectangle(value)
    return _UNREADABLE if rows is None else _grid(rows)


def cell_from_com(value: object) -> Cell:
    """One cell. Never raises: a value of an unknown type is #VALUE!."""
    if isinstance(value, (float, str, bool, type(None))):
        return value
    if isinstance(value, int):
        return _integer(value)
    # Currency and dates arrive only from arrays that VBA code made; ranges are read without them.
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return serial(value)
    return _UNREADABLE


def com_from_grid(grid: Sequence[Sequence[Cell]]) -> list[list[Marked]]:
    """The answer as rows for COM, every error value as its marker, such as ``#XL:2042`` for #N/A.

    A text that could be taken for a marker gets a space in front.
    """
    if _is_plain(chain.from_iterable(grid)):
        return cast(list[list[Marked]], list(map(list, grid)))
    # Rows of numbers alone go out as they are.
    return [
        cast(list[Marked], list(row)) if _is_plain(row) else [_marked(cell) for cell in row] for row in grid
    ]


def _is_plain(cells: Iterable[object]) -> bool:
    return set(map(type, cells)) == {float}


def _grid(rows: Rows) -> Grid | None:
    if not rows[0]:
        return None
    numbers = packed(rows)
    if numbers is not None:
        return numbers
    if set(map(type, chain.from_iterable(_edges(rows)))) <= _AS_THEY_ARE:
        return rows  # type: ignore[return-value]  # the line above looked at every cell
    return [[cell_from_com(cell) for cell in row] for row in rows]


def _edges(rows: Rows) -> Rows:
    """The cells that may be no numbers: a table with names at its edges holds numbers inside."""
    if len(rows) > 1 and len(rows[0]) > 1 and packed(rows, edge=1) is not None:
        return rows[0], [row[0] for row in rows]
    return rows


def _integer(value: int) -> Cell:
    if value == MISSING:
        return None
    number = value - _ERROR_BASE
    if min(_ERROR_VALUES) <= number <= _NEWEST_ERROR:
        return _ERROR_VALUES.get(number, CellError("#UNKNOWN!"))
    return float(value)


def _marked(cell: Cell) -> Marked:
    if isinstance(cell, CellError):
        return f"{MARKER}{ERROR_NUMBERS[cell.value]}"
    if isinstance(cell, str) and _LOOKS_LIKE_MARKER.match(cell):
        return f" {cell}"
    # An empty cell in an answer shows as empty text; as None it would show as 0.
    return "" if cell is None else cell
