"""A function's answer becomes a rectangle of cells; nothing that is not finite passes."""

import math

import numpy as np

from trackerr_xl.errors import SENTENCE_LIMIT, NumericalError
from trackerr_xl.functions.spec import Answer, Value
from trackerr_xl.sheet.cells import CellError

OutCell = float | str | bool | CellError
"""What a cell of an answer can hold."""

UNDEFINED = CellError("#N/A")
"""Shown where a quantity does not exist, such as a share of a tracking error of zero."""


def spill(answer: Answer) -> list[list[OutCell]]:
    """Rows of cells, all of one length, at least one cell.

    Raises
    ------
    NumericalError
        If a number is not finite.
    """
    table = answer.table
    if isinstance(table, np.ndarray):
        if not np.isfinite(table).all():
            raise NumericalError("The answer is not a finite number: the inputs are too large or too small")
        # Adding zero turns −0, which shows as "-0", into 0.
        plain: list[list[OutCell]] = (np.atleast_2d(table.T).T + 0.0).tolist()
        return plain
    if isinstance(table, (float, int, str)):
        return [[_cell(table)]]
    return [[_cell(value) for value in row] for row in table]


def _cell(value: Value) -> OutCell:
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        # Some hosts lose a longer text on its way into the cell, and the whole answer with it.
        return value if len(value) <= SENTENCE_LIMIT else value[: SENTENCE_LIMIT - 1] + "…"
    if not math.isfinite(value):
        raise NumericalError("The answer is not a finite number: the inputs are too large or too small")
    return float(value) + 0.0
