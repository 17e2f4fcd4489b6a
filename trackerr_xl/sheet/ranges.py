"""One range as handed over: trimmed, and its cells read as numbers or as texts. The only place that looks at a cell's type."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NoReturn

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.sheet.cells import Cell, CellError, Given
from trackerr_xl.sheet.packed import packed

_PLAIN = {float, int}
_KNOWN = {float, int, str, bool, type(None), CellError}
_NUMBER_AS_TEXT = re.compile(r"[-+]?[\d.,]+(e[-+]?\d+)? ?%?", re.IGNORECASE)
_LARGEST_NAME_NUMBER = 1e15
"""Whole numbers up to here are exact, and so are the names or dates they stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """A rectangle of cells without blank trailing rows and columns.

    Parameters
    ----------
    cells : float64 ndarray of shape (rows, columns), or sequence of rows of cells
        An array when every cell is a number.
    error : (CellError, str) or None
        The first error value, row by row, and its place.
    inside : float64 ndarray of shape (rows - 1, columns - 1), or None
        The cells below the first row and right of the first column, where all of them are numbers and others are not.
    """

    cells: Matrix | Sequence[Sequence[Cell]]
    error: tuple[CellError, str] | None = None
    inside: Matrix | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.cells), len(self.cells[0])

    def numbers(self, first_row: int = 0, first_column: int = 0) -> Matrix:
        """The numbers from one cell to the last, shape (rows, columns).

        Raises
        ------
        InputError
            If a cell is not a finite number, with its place.
        """
        if isinstance(self.cells, np.ndarray):
            block = self.cells[first_row:, first_column:]
        elif self.inside is not None and first_row and first_column:
            block = self.inside[first_row - 1 :, first_column - 1 :]
        else:
            rows = (
                [row[first_column:] for row in self.cells[first_row:]]
                if first_row or first_column
                else self.cells
            )
            if not set(map(type, chain.from_iterable(rows))) <= _PLAIN:
                _refuse_first(self, first_row, first_column)
            block = _array(rows)
        if not np.isfinite(block).all():
            _refuse_first(self, first_row, first_column)
        return block

    def numbers_or_blanks(self, first_row: int, first_column: int) -> Matrix:
        """The numbers from one cell to the last, shape (rows, columns), NaN for an empty cell.

        Raises
        ------
        InputError
            If a cell is neither empty nor a finite number, with its place.
        """
        if self.inside is not None and first_row and first_column:
            return self.numbers(first_row, first_column)
        # A range of numbers alone is not searched for blanks cell by cell.
        if isinstance(self.cells, np.ndarray):
            filled: Sequence[Sequence[Cell]] = self.cells[first_row:, first_column:].tolist()
        else:
            filled = [row[first_column:] for row in self.cells[first_row:]]
        if not set(map(type, chain.from_iterable(filled))) <= _PLAIN:
            filled = [[np.nan if _is_blank(cell) else cell for cell in row] for row in filled]
        if not set(map(type, chain.from_iterable(filled))) <= {*_PLAIN, np.float64}:
            _refuse_first(self, first_row, first_column, blanks=True)
        block = _array(filled)
        if np.isinf(block).any():
            _refuse_first(self, first_row, first_column, blanks=True)
        return block

    def number(self, row: int, column: int) -> float:
        """One number.

        Raises
        ------
        InputError
            If the cell is not a finite number.
        """
        cell = self.cells[row][column]
        if type(cell) is int or isinstance(cell, float):
            value = _float(cell)
            if np.isfinite(value):
                return value
        raise InputError(_not_a_number(cell), at=place(row, column))

    def text(self, row: int, column: int) -> str:
        """One text, trimmed, empty for an empty cell; a whole number or a truth value as Excel writes it."""
        cell = self.cells[row][column]
        if cell is None:
            return ""
        if isinstance(cell, (str, CellError)):
            return str(cell).strip()
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        value = _float(cell)
        return f"{value:.0f}" if value.is_integer() and abs(value) < _LARGEST_NAME_NUMBER else f"{value:.15g}"

    def name(self, row: int, column: int) -> str:
        """One name or date: a text, or a whole number that stands for one.

        Raises
        ------
        InputError
            If the cell is empty, a truth value or a number that is not whole.
        """
        cell = self.cells[row][column]
        if isinstance(cell, str) and cell.strip():
            return cell.strip()
        if isinstance(cell, float) or type(cell) is int:
            value = _float(cell)
            if value.is_integer() and 0.0 < value < _LARGEST_NAME_NUMBER:
                return f"{value:.0f}"
        raise InputError(f"is {_shown(cell)}, must be a name", at=place(row, column))

    def is_number(self, row: int, column: int) -> bool:
        """Whether a cell holds a number."""
        return isinstance(self.cells[row][column], float) or type(self.cells[row][column]) is int

    def is_text(self, row: int, column: int) -> bool:
        """Whether a cell holds a text."""
        cell = self.cells[row][column]
        return isinstance(cell, str) and not _is_blank(cell)

    def is_blank(self, row: int, column: int) -> bool:
        """Whether a cell is empty."""
        return _is_blank(self.cells[row][column])

    def is_blank_row(self, row: int) -> bool:
        """Whether all cells of a row are empty."""
        return all(_is_blank(cell) for cell in self.cells[row])


def range_of(given: Given) -> Range | None:
    """A range from what a host handed over, None when it is left out or wholly blank.

    Raises
    ------
    InputError
        If it is not a rectangle of cells.
    """
    if isinstance(given, np.ndarray):
        return _from_array(given)
    rows = given if isinstance(given, (list, tuple)) else ((given,),)
    if not rows or not all(isinstance(row, (list, tuple)) for row in rows):
        raise ShapeError("is not a rectangle of cells, must be a range")
    if len(set(map(len, rows))) != 1:
        raise ShapeError("has rows of different lengths, must be a rectangle")
    return _table_of_numbers(rows) or _mixed(rows)


def _table_of_numbers(rows: Sequence[Sequence[Cell]]) -> Range | None:
    """A range that is nothing but numbers, or has something else in its first row and column only; None for another."""
    if not rows[0]:
        return None
    edges = (rows[0], [row[0] for row in rows[1:]])
    kinds = _kinds(edges)
    if kinds <= _PLAIN:
        numbers = packed(rows)
        return None if numbers is None else Range(numbers)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    inside = packed(rows, edge=1)
    if inside is None:
        return None
    return Range(rows, _first_error(rows) if CellError in kinds else None, inside)


def _mixed(rows: Sequence[Sequence[Cell]]) -> Range | None:
    kinds = _kinds(rows)
    if kinds <= _PLAIN:
        return _from_array(_array(rows)) if kinds else None
    return _trimmed(rows, _first_error(rows) if CellError in kinds else None)


def _kinds(rows: Sequence[Sequence[Cell]]) -> set[type]:
    kinds = set(map(type, chain.from_iterable(rows)))
    if not kinds <= _KNOWN:
        raise InputError("holds something that is no cell, must be numbers and texts")
    return kinds


def each_once(names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The names of names and their places.

    Raises
    ------
    LabelError
        If one comes a second time, with its place.
    """
    seen: set[str] = set()
    for name, at in names:
        known = key(name)
        if known in seen:
            raise LabelError(f"names {shorten(name)} a second time, must name everything once", at=at)
        seen.add(known)
    return tuple(name for name, _ in names)


def place(row: int, column: int) -> str:
    """A place inside a range as the user counts."""
    return f"row {row + 1}, column {column + 1}"


def _from_array(array: Matrix) -> Range | None:
    if array.ndim != 2 or array.dtype != np.float64:
        raise ShapeError("is not a rectangle of cells, must be a range")
    return Range(array) if array.size else None


def _array(rows: Sequence[Sequence[Cell]]) -> Matrix:
    try:
        flat = np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=len(rows) * len(rows[0]))
    except OverflowError:
        # A whole number beyond the largest float can come from Python only.
        raise InputError("holds a number beyond 1.8e308, must be smaller") from None
    return flat.reshape(len(rows), -1)


def _is_blank(cell: Cell) -> bool:
    # A formula that shows nothing gives an empty text, which a person takes for an empty cell.
    return cell is None or (isinstance(cell, str) and cell == "")


def _first_error(rows: Sequence[Sequence[Cell]]) -> tuple[CellError, str] | None:
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, CellError):
                return cell, place(at, column)
    return None


def _trimmed(rows: Sequence[Sequence[Cell]], error: tuple[CellError, str] | None) -> Range | None:
    height, width = len(rows), len(rows[0])
    while height and all(_is_blank(cell) for cell in rows[height - 1]):
        height -= 1
    while height and width and all(_is_blank(row[width - 1]) for row in rows[:height]):
        width -= 1
    if not height:
        return None
    if (height, width) != (len(rows), len(rows[0])):
        rows = [row[:width] for row in rows[:height]]
    return Range(rows, error)


def _refuse_first(cells: Range, first_row: int, first_column: int, blanks: bool = False) -> NoReturn:
    rows, columns = cells.shape
    for row in range(first_row, rows):
        for column in range(first_column, columns):
            if not (blanks and cells.is_blank(row, column)):
                cells.number(row, column)
    raise AssertionError("every cell is a number")


def _float(cell: float | int) -> float:
    try:
        return float(cell)
    except OverflowError:
        return np.inf


def _not_a_number(cell: Cell) -> str:
    if isinstance(cell, str) and not _is_blank(cell):
        reason = ": numbers stored as text are not read" if _NUMBER_AS_TEXT.fullmatch(cell.strip()) else ""
        return f'is the text "{shorten(cell)}", must be a number{reason}'
    return f"is {_shown(cell)}, must be a number"


def _shown(cell: Cell) -> str:
    if cell is None or _is_blank(cell):
        return "empty"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (CellError, str)):
        return str(cell)
    value = _float(cell)
    return f"{value:.6g}" if np.isfinite(value) else "not a finite number"
