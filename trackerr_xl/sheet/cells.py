"""What a cell can hold, and the grids made of cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix

ERROR_VALUES = (
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CONNECT!",
    "#BLOCKED!",
    "#UNKNOWN!",
    "#FIELD!",
    "#CALC!",
)
"""Every error value Excel knows, as it is shown in a cell."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell; `str()` gives what the cell shows, such as ``#N/A``."""

    value: str

    def __post_init__(self) -> None:
        if self.value not in ERROR_VALUES:
            raise ValueError(f"{self.value!r} is not an error value of a spreadsheet")

    def __str__(self) -> str:
        return self.value


Cell = float | str | bool | CellError | None
"""Content of one cell. Dates are serial numbers, an empty cell is None."""

Grid = Sequence[Sequence[Cell]] | Matrix
"""A rectangle of cells, row by row. A range of plain numbers may be a float64 array: it is read in one pass."""

Given = Grid | Cell
"""What a host hands over for one argument: a range, one value, or None for an argument left out."""


def shape_of(grid: Grid) -> tuple[int, int]:
    """Rows and columns of a rectangle of cells."""
    if isinstance(grid, np.ndarray):
        return int(grid.shape[0]), int(grid.shape[1])
    return len(grid), len(grid[0]) if len(grid) else 0
