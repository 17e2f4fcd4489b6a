"""Excel on Windows: the whole catalogue as worksheet functions of xlwings.

Excel's VBA wrapper asks xlwings for a function of this module by its name in the catalogue. Where there is no Excel
the module loads all the same, and its functions are plain Python functions.
"""

from typing import Any, Final

import xlwings as xw
from xlwings.conversion import Accessor, ConversionContext, Pipeline

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.com_values import Marked, com_from_grid, given_from_com
from trackerr_xl.hosts.signature import python_function
from trackerr_xl.macros.agreed import CATEGORY
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError, Given

_LARGE: Final = 100_000
"""Cells from which on it pays to ask Excel how far the sheet is filled: asking takes a millisecond."""

_UNREADABLE: Final = CellError("#VALUE!")


class Cells(Accessor):
    """How xlwings reads an argument of ours and writes an answer: without its own conversions.

    Those lose the shape of a row, turn newer error values into numbers, and take several times as long.
    """

    @classmethod
    def reader(cls, options: dict[str, object]) -> Pipeline:
        """One stage, from what COM delivers to what the sheet layer takes."""
        return Pipeline([_read])

    @classmethod
    def writer(cls, options: dict[str, object]) -> Pipeline:
        """Nothing: the functions return what COM takes."""
        return Pipeline()


def answer(name: str, *given: Given) -> list[list[Marked]]:
    """Answer one function of the catalogue with rows for COM. Never raises."""
    return com_from_grid(call(name, given).grid)


def _read(context: ConversionContext) -> None:
    context.value = (
        given_from_com(context.value) if context.range is None else _given_from_range(context.range)
    )


def _given_from_range(cells: xw.Range) -> Given:
    from pywintypes import com_error  # exists only where Excel is, and this runs only there

    try:
        # Of a selection of several areas Excel would hand over the first alone, without a word.
        if cells.api.Areas.Count > 1:
            return _UNREADABLE
        # Not Value: it cuts cells formatted as currency to 4 decimals (Microsoft KB 182812).
        return given_from_com(_filled(cells).Value2)
    # An object that Excel is too busy to describe seems to have no attributes.
    except (com_error, AttributeError, MemoryError):
        return _UNREADABLE


def _filled(cells: xw.Range) -> Any:
    """Excel's own range down to the last cell in use: of a whole column most of the million cells lie beyond."""
    rows, columns = cells.shape
    if rows * columns < _LARGE:
        return cells.api
    sheet = cells.api.Worksheet
    used = sheet.UsedRange
    height = min(rows, max(used.Row + used.Rows.Count - cells.row, 1))
    width = min(columns, max(used.Column + used.Columns.Count - cells.column, 1))
    if (height, width) == (rows, columns):
        return cells.api
    last = sheet.Cells(cells.row + height - 1, cells.column + width - 1)
    return sheet.Range(sheet.Cells(cells.row, cells.column), last)


# xlwings looks for functions among the names of a module.
globals().update(
    {
        name: xw.func(category=CATEGORY)(python_function(declared, answer, Cells, __name__))
        for name, declared in CATALOGUE.items()
    }
)
