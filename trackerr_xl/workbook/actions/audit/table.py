"""The constraints table in the workbook: where its cells are, and what brings them to fractions."""

from dataclasses import dataclass

from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.words import key
from trackerr_xl.functions.conflicts import ON_WEIGHTS
from trackerr_xl.sheet.ranges import range_of
from trackerr_xl.workbook.actions.asked import Asked, Source


@dataclass(frozen=True, slots=True)
class Table:
    """The constraints table in the workbook.

    Parameters
    ----------
    source : Source or None
        Its cells, None where no table is given.
    low, high : int
        Columns of Min and Max, counted from 0.
    unit : float
        What a unit of the weights in it is, as a fraction.
    """

    source: Source | None
    low: int
    high: int
    unit: float

    def cell(self, limit: Limit, *, low: bool) -> str:
        """The Min or Max of a row as a formula in fractions."""
        assert self.source is not None
        cell = self.source.cell(limit.row - 1, self.low if low else self.high)
        percent = self.unit != 1.0 and limit.kind in ON_WEIGHTS and limit.basis != "Relative"
        return f"{cell}*{self.unit:g}" if percent else cell


def table_of(asked: Asked, unit: float) -> Table:
    """The constraints table that an optimisation was given."""
    source = asked.sources.get("constraints")
    cells = range_of(asked.cells("constraints"))
    if source is None or cells is None:
        return Table(None, 0, 0, unit)
    headers = {key(cells.text(0, column)): column for column in range(cells.shape[1])}
    return Table(source, headers["min"], headers["max"], unit)
