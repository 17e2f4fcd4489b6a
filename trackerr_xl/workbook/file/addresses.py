"""A1 addresses: letters to numbers and back. Rows and columns count from 1, as in Excel."""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_ROW = 1_048_576
"""Rows of a worksheet."""

MAX_COLUMN = 16_384
"""Columns of a worksheet; the last is ``XFD``."""


class Place(NamedTuple):
    """One cell of a sheet, by row and column from 1."""

    row: int
    column: int


class Area(NamedTuple):
    """A rectangle of a sheet, both corners included."""

    top: int
    left: int
    bottom: int
    right: int


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(column: int) -> str:
    """Letters of a column, 1 for ``A`` and 28 for ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """Column of the letters ``A`` to ``XFD``, upper case."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def address(row: int, column: int) -> str:
    """A1 spelling of a cell, without dollar signs."""
    return f"{column_letters(column)}{row}"


def area_address(area: Area) -> str:
    """A1 spelling of a rectangle; one cell is spelt without a colon."""
    first = address(area.top, area.left)
    last = address(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"


def parse_address(text: str) -> Place:
    """Row and column of ``B2`` or ``$B$2``.

    Raises
    ------
    ValueError
        If the text is not the address of a cell of a worksheet.
    """
    found = _ADDRESS.fullmatch(text.upper())
    if found is None:
        raise ValueError(f"{text!r} is not the address of a cell")
    place = Place(int(found[2]), column_number(found[1]))
    if not 1 <= place.row <= MAX_ROW or place.column > MAX_COLUMN:
        raise ValueError(f"{text!r} lies outside a worksheet, which ends at XFD{MAX_ROW}")
    return place


def parse_area(text: str) -> Area:
    """Rectangle of ``A1:B9``, ``$A$1:$B$9`` or of a single cell; corners in any order.

    Raises
    ------
    ValueError
        If the text is not a rectangle of cells of a worksheet.
    """
    first, colon, last = text.partition(":")
    start = parse_address(first)
    end = parse_address(last) if colon else start
    return Area(
        min(start.row, end.row),
        min(start.column, end.column),
        max(start.row, end.row),
        max(start.column, end.column),
    )


_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
