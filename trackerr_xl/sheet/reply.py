"""What a call of a worksheet function gives back."""

from dataclasses import dataclass

from trackerr_xl.sheet.faults import Fault
from trackerr_xl.sheet.write import OutCell


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call gives back.

    Parameters
    ----------
    grid : list of rows of float, str, bool or CellError
        The spilled rectangle, at least one cell; one error value when there is a fault.
    fault : Fault or None
        Why the cell shows an error value.
    notes : tuple of (str, str)
        Topic and sentence, in order: what TE_EXPLAIN says of the answer.
    """

    grid: list[list[OutCell]]
    fault: Fault | None = None
    notes: tuple[tuple[str, str], ...] = ()
