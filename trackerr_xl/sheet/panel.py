"""A panel is read: rows of numbers, with names on top and dates or names at the left if the range has them."""

from trackerr_xl.errors import ShapeError
from trackerr_xl.functions.values import Panel
from trackerr_xl.sheet.ranges import Range, each_once, place

_FIRST_DATE = 1000
"""Whole numbers from here on, each once, are dates or numbered names: no return and no exposure looks like that."""

_WORDS_OVER_LABELS = frozenset(
    {"date", "day", "week", "month", "quarter", "year", "period", "time", "name", "ticker", "isin", "id"}
)
"""Words in the corner that head a column of labels, in the singular; Bond or Stock could be a column of returns."""


def read_panel(cells: Range, blanks: bool) -> Panel:
    """A panel from its range.

    The first row holds names when it has a text beside the first column, when it is a text over a single column of
    numbers, or when it is whole numbers beside a corner that is blank or a word for labels. The first column holds
    labels when its cell in that row is blank or such a word, or when all below it are texts, or whole numbers from
    1,000 on, each once.

    Parameters
    ----------
    cells : Range
        The range.
    blanks : bool
        Whether an empty cell among the numbers is one that is missing, NaN, rather than an error.

    Raises
    ------
    InputError
        If there is nothing under the names, or a cell is not what it must be.
    """
    rows, width = cells.shape
    top = 1 if _has_header(cells) else 0
    if rows == top:
        raise ShapeError("has names on top and nothing under them, must have rows of numbers")
    left = 1 if width > 1 and _has_labels(cells, top) else 0
    values = cells.numbers_or_blanks(top, left) if blanks else cells.numbers(first_row=top, first_column=left)
    labels = each_once([(cells.name(row, 0), place(row, 0)) for row in range(top, rows)]) if left else None
    names = (
        each_once([(cells.name(0, column), place(0, column)) for column in range(left, width)])
        if top
        else None
    )
    return Panel(values, labels, names)


def _has_header(cells: Range) -> bool:
    rows, width = cells.shape
    if any(cells.is_text(0, column) for column in range(1, width)):
        return True
    if width == 1:
        return cells.is_text(0, 0)
    # Numbers on top are names only where the corner says that they are no row of the panel.
    corner = cells.is_blank(0, 0) or _heads_labels(cells.text(0, 0))
    return rows > 1 and corner and all(_is_name_number(cells, column) for column in range(1, width))


def _is_name_number(cells: Range, column: int) -> bool:
    text = cells.text(0, column)
    return text.isdecimal() and text != "0"


def _has_labels(cells: Range, top: int) -> bool:
    rows, _ = cells.shape
    if top and (cells.is_blank(0, 0) or _heads_labels(cells.text(0, 0))):
        return True
    column = range(top, rows)
    if cells.is_text(top, 0) and all(cells.is_text(row, 0) or cells.is_blank(row, 0) for row in column):
        return True
    if not all(cells.is_number(row, 0) for row in column):
        return False
    numbers = [cells.number(row, 0) for row in column]
    if len(set(numbers)) < len(numbers):
        return False
    return all(number >= _FIRST_DATE and number.is_integer() for number in numbers)


def _heads_labels(word: str) -> bool:
    return word.strip().lower().rstrip("s") in _WORDS_OVER_LABELS
