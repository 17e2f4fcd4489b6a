"""A workbook recalculated without a spreadsheet program: `recalculate` is the door to the headless engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.addresses import Area
from trackerr_xl.workbook.book import Address, FormulaCell

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A cell that could not be calculated here and keeps its stored value.

    Parameters
    ----------
    address : Address
        The cell.
    formula : str
        Its formula.
    reason : str
        Why, in words for a person.
    """

    address: Address
    formula: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One of our functions answered with an error value: the cell whose formula calls it, and what is wrong."""

    address: Address
    function: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recalculation:
    """What a workbook shows after recalculation.

    Parameters
    ----------
    values : dict of Address to Cell
        New value of every cell that a formula fills and that could be calculated; spilled cells are among them.
    extents : dict of Address to Area
        Cells that each array and each spill fills now, by its first cell; only those that could be calculated.
    formulas : dict of Address to FormulaCell
        Every formula of the workbook, with its stored area and value.
    not_evaluated : tuple of NotEvaluated
        Formulas that could not be calculated, or that read one of those. Their cells keep the stored values.
    faults : tuple of Fault
        What our functions say of their error values.
    inputs : dict of Address to Cell
        The inputs that were set.
    passes : int
        Times the engine evaluated the workbook before nothing changed any more.
    calls : int
        Calls of our functions in the formulas.
    """

    values: Mapping[Address, Cell]
    extents: Mapping[Address, Area]
    formulas: Mapping[Address, FormulaCell]
    not_evaluated: tuple[NotEvaluated, ...]
    faults: tuple[Fault, ...]
    inputs: Mapping[Address, Cell]
    passes: int
    calls: int


def recalculate(
    path: str | Path,
    *,
    inputs: Mapping[Address, Cell] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Recalculation:
    """Calculate every formula of a workbook, in memory; the file is only read.

    Excel's own functions are evaluated by IronCalc. Calls of our functions are lifted out of the formulas, answered
    by `sheet.call.call` and put back, until nothing changes.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` or ``.xlsm`` file. Macros are not run.
    inputs : dict of Address to Cell, optional
        Values to put into cells that hold no formula, before calculating.
    now : datetime, optional
        The clock that ``NOW()`` and ``TODAY()`` show, in local time; the machine's own when left out.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Recalculation

    Raises
    ------
    FileRefusedError
        If the file cannot be opened as a workbook.
    InputError
        If an input names a sheet that does not exist or a cell that holds a formula.
    """
    raise NotImplementedError
