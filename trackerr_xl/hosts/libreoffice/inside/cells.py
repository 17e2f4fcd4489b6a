"""Cells as LibreOffice hands them over and takes them back.

LibreOffice knows no empty cell inside a range, only an empty text; a single empty cell is 0 to it, a truth value 1 or
0. An error value goes back as a number that is none and carries LibreOffice's number of the error.
"""

from __future__ import annotations

import struct
from array import array
from typing import Any

ERRORS = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}
"""LibreOffice's numbers of Excel's error values; every other error value is shown as #VALUE!."""

SMALL = 32
"""Cells up to which a range of numbers travels as JSON."""


def packed(given: Any, blocks: list[bytes]) -> object:
    """One argument as JSON takes it; a larger range of plain numbers becomes a block and its shape.

    Parameters
    ----------
    given : object
        None for an argument left out, a single value, or a range as a tuple of rows.
    blocks : list of bytes
        Where a block is put.
    """
    if not isinstance(given, tuple):
        return given
    rows = _used(given)
    if not rows:
        return [[None]]
    if len(rows) * len(rows[0]) > SMALL:
        try:
            numbers = array("d", [cell for row in rows for cell in row])
        except TypeError:
            pass
        else:
            blocks.append(numbers.tobytes())
            return {"rows": len(rows), "columns": len(rows[0])}
    return [[None if cell == "" else cell for cell in row] for row in rows]


def shown(cell: Any) -> Any:
    """One cell of an answer as LibreOffice takes it; an error value arrives as ``{"error": "#N/A"}``."""
    if isinstance(cell, dict):
        return error_value(cell["error"])
    return cell if isinstance(cell, str) else float(cell)


def error_value(name: str) -> float:
    """The number that LibreOffice shows as an error value."""
    number = 0x7FF8000000000000 | ERRORS.get(name, ERRORS["#VALUE!"])
    return float(struct.unpack("<d", struct.pack("<Q", number))[0])


def _used(rows: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
    """Without the blank rows at the end: a whole column is a million of them."""
    last = len(rows)
    blank = ("",) * len(rows[0]) if rows else ()
    while last and rows[last - 1] == blank:
        last -= 1
    return rows[:last]
