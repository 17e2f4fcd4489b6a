"""Fingerprints of rectangles of cells that tell, when something has changed, in which cells."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context
from hashlib import sha256

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, SheetData
from trackerr_xl.workbook.file.addresses import Area

_LINE = 6
"""Letters of the fingerprint of one row or column: it only has to tell lines apart."""

_MOST = 5_000
"""Most lines whose fingerprints fit a cell of 32,767 letters."""

_SHOWN = 4
"""Most cells listed by name."""

_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
"""Digits that every spreadsheet program keeps of a number, rounded as LibreOffice rounds what it saves."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the cells of a rectangle hold, as digests: of the whole, and short ones of each row and column."""

    whole: str
    rows: str
    columns: str


def fingerprint(sheet: SheetData, area: Area) -> Fingerprint:
    """The fingerprint of a rectangle; empty cells count for nothing, so that whole columns do too."""
    rows: dict[int, list[str]] = defaultdict(list)
    columns: dict[int, list[str]] = defaultdict(list)
    everything = sha256()
    for row, column, value in _cells(sheet, area):
        text = f"{row - area.top},{column - area.left}:{_spelt(value)}\n"
        everything.update(text.encode())
        rows[row - area.top].append(text)
        columns[column - area.left].append(text)
    return Fingerprint(everything.hexdigest(), _lines(rows), _lines(columns))


def changed_cells(before: Fingerprint, now: Fingerprint, area: Area, sheet: str) -> str:
    """Where two fingerprints of a rectangle differ, as words: cells where they can be told, else the rectangle."""
    rows, columns = _differing(before.rows, now.rows), _differing(before.columns, now.columns)
    places = [Address(sheet, area.top + row, area.left + column) for row in rows for column in columns]
    # Changes in several rows and columns could be at any of their crossings.
    if not places or (len(rows) > 1 and len(columns) > 1):
        corner = Address(sheet, area.top, area.left)
        last = Address(sheet, area.bottom, area.right)
        return str(corner) if corner == last else f"{corner}:{str(last).rpartition('!')[2]}"
    words = ", ".join(map(str, places[:_SHOWN]))
    return words if len(places) <= _SHOWN else f"{words} and {len(places) - _SHOWN} more"


def _cells(sheet: SheetData, area: Area) -> list[tuple[int, int, Cell]]:
    top, left, bottom, right = area
    size = (bottom - top + 1) * (right - left + 1)
    known = {*sheet.constants, *sheet.formulas, *sheet.results}
    if size <= len(known):
        places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    else:
        places = sorted(at for at in known if top <= at[0] <= bottom and left <= at[1] <= right)
    held = ((row, column, sheet.stored(row, column)) for row, column in places)
    return [(row, column, value) for row, column, value in held if value not in (None, "")]


def _spelt(value: Cell) -> str:
    if isinstance(value, bool):
        return f"b{int(value)}"
    if isinstance(value, float | int):
        # Minus nought is nought in a file.
        return f"n{_FIFTEEN.create_decimal(repr(float(value) + 0.0)).normalize()}"
    return f"e{value}" if isinstance(value, CellError) else f"t{value}"


def _lines(lines: dict[int, list[str]]) -> str:
    last = max(lines, default=-1)
    if last >= _MOST:
        return ""
    return "".join(
        sha256("".join(lines[at]).encode()).hexdigest()[:_LINE] if at in lines else "-" * _LINE
        for at in range(last + 1)
    )


def _differing(before: str, now: str) -> list[int]:
    if not before or not now:
        return []
    nothing = "-" * _LINE
    count = max(len(before), len(now)) // _LINE
    before, now = before.ljust(count * _LINE, "-"), now.ljust(count * _LINE, "-")
    pieces = [(each[k * _LINE : (k + 1) * _LINE] or nothing) for each in (before, now) for k in range(count)]
    return [k for k in range(count) if pieces[k] != pieces[count + k]]
