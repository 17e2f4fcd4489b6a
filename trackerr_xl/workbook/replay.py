"""Our own cells recomputed from the arguments that Excel stored; no formula engine takes part.

A difference seen here is a change of our functions. A difference that only `check` sees comes from the sheet or from
the engine.
"""

from dataclasses import dataclass
from pathlib import Path

from trackerr_xl.workbook.check import TOLERANCE, Difference
from trackerr_xl.workbook.recalculate import NotEvaluated


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Outcome of a replay.

    Parameters
    ----------
    differences : tuple of Difference
        Cells that differ.
    not_evaluated : tuple of NotEvaluated
        Formulas with a call of ours that is not the whole formula, or whose arguments are expressions.
    calls : int
        Formulas that were replayed.
    """

    differences: tuple[Difference, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    calls: int


def replay(path: str | Path, *, tolerance: float = TOLERANCE) -> ReplayReport:
    """Recompute every formula that is one call of our functions, from stored argument cells.

    Raises
    ------
    FileRefusedError
        If the file cannot be opened as a workbook.
    """
    raise NotImplementedError
