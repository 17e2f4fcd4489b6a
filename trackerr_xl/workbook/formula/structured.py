"""Structured references: ``Weights[[#This Row],[Port]]`` turned into the cells it means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trackerr_xl.workbook.book import Address, Table
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.tree import FormulaError, Reference


def structured_reference(text: str, tables: Sequence[Table], home: Address) -> Reference:
    """The cells of a table that a structured reference means.

    Parameters
    ----------
    text : str
        Such as ``Weights[Port]`` or, inside the table, ``[@Port]``.
    tables : sequence of Table
        All tables of the workbook.
    home : Address
        The cell whose formula it is.

    Raises
    ------
    FormulaError
        If there is no such table, column or row.
    """
    name, _, inner = text.partition("[")
    table = _table(name, tables, home)
    wanted = _wanted(inner[:-1])
    top, bottom = _rows(table, wanted.parts, home, text)
    left, right = _columns(table, wanted.columns, text)
    return Reference(table.sheet, Area(top, left, bottom, right))


@dataclass(frozen=True, slots=True)
class _Wanted:
    parts: frozenset[str]
    columns: tuple[str, ...]


_PIECE = re.compile(r"\[((?:[^\[\]']|'.)*)\]|([@:,])|\s+")
_ESCAPED = re.compile(r"'(.)")


def _table(name: str, tables: Sequence[Table], home: Address) -> Table:
    for table in tables:
        if table.name.lower() == name.lower():
            return table
        top, left, bottom, right = table.area
        inside = top <= home.row <= bottom and left <= home.column <= right
        if not name and table.sheet == home.sheet and inside:
            return table
    raise FormulaError(f"it reads a table that does not exist ({name or 'of its own row'})")


def _wanted(inner: str) -> _Wanted:
    parts: set[str] = set()
    columns: list[str] = []
    text = inner.strip()
    if text.startswith("@"):
        parts.add("#this row")
        text = text[1:].strip()
    if not text.startswith("["):
        pieces = [text] if text else []
    else:
        pieces = [found[1] for found in _PIECE.finditer(text) if found[1] is not None]
        if "@" in [found[2] for found in _PIECE.finditer(text)]:
            parts.add("#this row")
    for piece in pieces:
        if piece.startswith("#"):
            parts.add(piece.lower())
        else:
            columns.append(_ESCAPED.sub(r"\1", piece))
    return _Wanted(frozenset(parts), tuple(columns))


def _rows(table: Table, parts: frozenset[str], home: Address, text: str) -> tuple[int, int]:
    top, _, bottom, _ = table.area
    first, last = top + table.header_rows, bottom - table.total_rows
    if "#this row" in parts:
        if not first <= home.row <= last or home.sheet != table.sheet:
            raise FormulaError(f"it reads its own row of a table that does not cross that row ({text})")
        return home.row, home.row
    if "#all" in parts:
        return top, bottom
    spans = {
        "#headers": (top, first - 1),
        "#data": (first, last),
        "#totals": (last + 1, bottom),
    }
    chosen = [spans[part] for part in parts or {"#data"} if part in spans]
    rows = (min(start for start, _ in chosen), max(end for _, end in chosen)) if chosen else (1, 0)
    if rows[0] > rows[1]:
        raise FormulaError(f"it reads a part that its table does not have ({text})")
    return rows


def _columns(table: Table, columns: tuple[str, ...], text: str) -> tuple[int, int]:
    _, left, _, right = table.area
    if not columns:
        return left, right
    known = [column.lower() for column in table.columns]
    try:
        found = [left + known.index(column.lower()) for column in columns]
    except ValueError:
        raise FormulaError(f"it reads a column that its table does not have ({text})") from None
    return min(found), max(found)
