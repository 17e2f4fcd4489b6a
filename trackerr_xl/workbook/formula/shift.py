"""A formula as it reads when it is copied to another cell."""

import re

from trackerr_xl.workbook.file.addresses import MAX_COLUMN, MAX_ROW, column_letters, column_number
from trackerr_xl.workbook.formula.tree import tokens


def shifted(text: str, rows: int, columns: int) -> str:
    """A formula as it reads when its cell is copied `rows` down and `columns` to the right.

    Raises
    ------
    FormulaError
        If the text cannot be read.
    """
    pieces = [
        _shifted_reference(token, rows, columns) if kind == "reference" else token
        for kind, token in tokens(text)
    ]
    return "=" + "".join(pieces)


_PART = re.compile(
    r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})|(\$?)([A-Za-z]{1,3})(?![A-Za-z])|(\$?)([0-9]{1,7})"
)


def _shifted_reference(text: str, rows: int, columns: int) -> str:
    def moved(found: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits, column_mark, column, row_mark, row = found.groups()
        if letters:
            new_column = _moved_column(fixed_column, letters, columns)
            return fixed_column + new_column + fixed_row + _moved_row(fixed_row, digits, rows)
        if column:
            return column_mark + _moved_column(column_mark, column, columns)
        return row_mark + _moved_row(row_mark, row, rows)

    sheet, mark, cells = text.rpartition("!")
    return sheet + mark + _PART.sub(moved, cells)


def _moved_column(fixed: str, letters: str, by: int) -> str:
    if fixed:
        return letters
    # Excel wraps a reference that leaves the sheet round to its other side.
    return column_letters((column_number(letters.upper()) - 1 + by) % MAX_COLUMN + 1)


def _moved_row(fixed: str, digits: str, by: int) -> str:
    return digits if fixed else str((int(digits) - 1 + by) % MAX_ROW + 1)
