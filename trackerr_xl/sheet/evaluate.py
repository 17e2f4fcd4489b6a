"""The public door for Python: a worksheet function called with Python's own values, exactly as a cell would call it."""

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from trackerr_xl.core.words import not_known
from trackerr_xl.errors import ChoiceError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.sheet.call import call, find
from trackerr_xl.sheet.cells import Cell, CellError, Given
from trackerr_xl.sheet.dates import serial
from trackerr_xl.sheet.write import OutCell

if TYPE_CHECKING:
    import pandas as pd

_CELL_TYPES = frozenset({float, int, str, bool, type(None), CellError})
"""Types of Python's values that are cells as they stand."""


def evaluate(name: str, *arguments: object) -> list[list[OutCell]]:
    """Answer a worksheet function from Python.

    Parameters
    ----------
    name : str
        Name of the function, in any case.
    *arguments : object
        In Excel's order: numbers, texts, lists, NumPy arrays, pandas objects, None where one is left out. A flat
        list, a 1-D array and a Series are columns; labels of pandas objects count as names beside the numbers.

    Returns
    -------
    list of rows of float, str, bool or CellError
        What the cells would show; ``str()`` of a `CellError` gives, for instance, ``#N/A``.

    Raises
    ------
    ChoiceError
        If there is no such function. Nothing else is raised: a fault is an error value, as in a cell.
    """
    if find(name) is None:
        raise ChoiceError(not_known(name, tuple(CATALOGUE)), argument="name")
    return [list(row) for row in call(name, [given_from_python(argument) for argument in arguments]).grid]


def given_from_python(value: object) -> Given:
    """A Python value as a host would hand it over."""
    if isinstance(value, np.ndarray):
        return _from_array(value)
    if _is_pandas(value):
        return _from_pandas(cast("pd.Series[Any] | pd.DataFrame", value))
    if isinstance(value, (list, tuple, range)):
        return _from_sequence(value)
    return _cell(value)


def _from_sequence(values: Sequence[object]) -> Given:
    if not values:
        return None
    if not any(isinstance(one, (list, tuple, np.ndarray)) for one in values):
        return [[_cell(one)] for one in values]
    return cast(Given, [_row(row) if isinstance(row, (list, tuple, np.ndarray)) else row for row in values])


def _row(values: Sequence[object] | np.ndarray[Any, Any]) -> Sequence[object]:
    # One C-level pass over the types: a covariance of 500 names has 250,000 cells that are cells already.
    if not isinstance(values, np.ndarray) and _CELL_TYPES.issuperset(map(type, values)):
        return values
    return [_cell(one) for one in values]


def _from_array(array: np.ndarray[Any, Any]) -> Given:
    if array.ndim == 0:
        return _cell(array.item())
    column = array[:, None] if array.ndim == 1 else array
    if column.ndim == 2 and column.size and column.dtype.kind in "fiu":
        return np.asarray(column, dtype=np.float64)
    return _from_sequence(column.tolist())


def _is_pandas(value: object) -> bool:
    # Asked by name: pandas costs as much as all the rest, and whoever passes its objects has it loaded.
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame))


def _from_pandas(table: "pd.Series[Any] | pd.DataFrame") -> Given:
    frame = cast("pd.DataFrame", cast(Any, table).to_frame() if table.ndim == 1 else table)
    # pandas marks an empty cell with NaN, and so it is one here.
    rows: list[list[Cell]] = [
        [None if empty else _cell(one) for one, empty in zip(row, blank, strict=True)]
        for row, blank in zip(frame.to_numpy(dtype=object), frame.isna().to_numpy(), strict=True)
    ]
    if not _is_default(frame.index):
        rows = [[_cell(label), *row] for label, row in zip(frame.index, rows, strict=True)]
    if table.ndim == 2 and not _is_default(frame.columns):
        header = [_cell(label) for label in frame.columns]
        rows.insert(0, header if _is_default(frame.index) else [None, *header])
    return rows or None


def _is_default(labels: "pd.Index[Any]") -> bool:
    return labels.dtype.kind in "iu" and labels.tolist() == list(range(len(labels)))


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (bool, str, CellError)):
        return value
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        return cast(Cell, value.item())
    if isinstance(value, date):
        return _serial(value)
    # Anything else is left for the reader to refuse in words.
    return cast(Cell, value)


def _serial(moment: date) -> Cell:
    if moment != moment:
        return None
    return serial(moment)
