"""What is audited, ready to be written: rows, bounds, copies of tables, and where each line will stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from trackerr_xl.core.table.limits import Limit, split_item
from trackerr_xl.core.words import key
from trackerr_xl.functions.mandate import Case
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.actions.asked import Asked, Source
from trackerr_xl.workbook.actions.audit.bounds import OF_NAMES, Bound
from trackerr_xl.workbook.actions.audit.layout import FIRST_CHECK
from trackerr_xl.workbook.actions.audit.native_rows import BENT, LINEAR, NativeRow
from trackerr_xl.workbook.actions.audit.places import Places
from trackerr_xl.workbook.actions.audit.table import Table

_FIXED_CHECKS = 5
"""Checks of every audit: labels, weights, benchmark, tracking error, optimality."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A table whose words the audit rests on.

    Parameters
    ----------
    title : str
        What it is called.
    source : Source
        Its cells.
    rows : sequence of rows of Cell
        What they hold.
    columns : sequence of int
        Columns that count: notes do not.
    """

    title: str
    source: Source
    rows: Sequence[Sequence[Cell]]
    columns: Sequence[int]


@dataclass(frozen=True)
class Audited:
    """What is audited.

    Parameters
    ----------
    asked : Asked
        The optimisation.
    case : Case
        The same in fractions.
    places : Places
        Cells by name.
    portfolio : Source
        The weights.
    table : Table
        The constraints table.
    sums : tuple of NativeRow
        Limits on sums.
    bounds : tuple of (Bound, Bound)
        Of each weight.
    error : float
        Tracking error that was reported.
    unproved : str
        Why optimality is not audited; empty where it is.
    """

    asked: Asked
    case: Case
    places: Places
    portfolio: Source
    table: Table
    sums: tuple[NativeRow, ...]
    bounds: tuple[tuple[Bound, Bound], ...]
    error: float
    unproved: str

    @property
    def count(self) -> int:
        """Names."""
        return len(self.places.names)

    @property
    def linear(self) -> int:
        """Plain sums; they stand before the others."""
        return sum(not row.bends_at for row in self.sums)

    @property
    def pulling(self) -> list[int]:
        """Positions of the sums of distances that have a part in the proof."""
        if self.unproved:
            return []
        return [at for at, row in enumerate(self.sums) if row.bends_at and row.multiplier > 0.0]

    @cached_property
    def origins(self) -> list[str]:
        """Rows that bounds come from, in the order of the table."""
        found = {bound.origin for pair in self.bounds for bound in pair if bound.origin}
        rank = {limit.label: at for at, limit in enumerate(self.case.declared)}
        return sorted(found, key=lambda origin: (rank.get(origin.split(" · ")[-1], -1), origin))

    @cached_property
    def others(self) -> list[Limit]:
        """Rows of the table without a line among bounds and sums."""
        known = {origin for joined in self.origins for origin in joined.split(" · ")}
        told = {row.origin for row in self.sums}
        return [
            limit
            for at, limit in enumerate(self.case.declared)
            if at not in told and limit.label not in known
        ]

    @cached_property
    def copies(self) -> list[Copy]:
        """Tables whose words the audit rests on."""
        copies = []
        for title, argument in (("limits", "constraints"), ("options", "options")):
            source, cells = self.asked.sources.get(argument), self.asked.cells(argument)
            if source is not None and isinstance(cells, list):
                columns = [at for at, header in enumerate(cells[0]) if key(str(header or "")) != "note"]
                copies.append(Copy(title, source, cells, columns))
        return copies

    @cached_property
    def partitions(self) -> list[int]:
        """Positions of the declared rows that speak of every group of a column."""
        return [
            at
            for at, limit in enumerate(self.case.declared)
            if limit.kind == "Group" and "=" in limit.item and split_item(limit)[1] == "*"
        ]

    @property
    def checks(self) -> int:
        """Number of checks."""
        return _FIXED_CHECKS + len(self.copies) + len(self.partitions)

    @property
    def error_row(self) -> int:
        """Row of the tracking error on the sheet of the verdict; the best one possible is the row below."""
        return FIRST_CHECK + self.checks - 2

    @property
    def first_line(self) -> int:
        """Row of the first limit there."""
        return FIRST_CHECK + self.checks + 3

    @property
    def first_sum_line(self) -> int:
        """Row of the first limit on a sum there."""
        return self.first_line + len(self.origins)

    @property
    def last_line(self) -> int:
        """Row of the last limit there."""
        return self.first_sum_line + len(self.sums) + len(self.others) - 1

    def copy_row(self, title: str) -> int:
        """Row of the header of a copied table there."""
        row = self.last_line + 4
        for copy in self.copies:
            if copy.title == title:
                break
            row += len(copy.rows) + 3
        return row


def unproved(case: Case) -> str:
    """Why an audit can say nothing of optimality; empty where it can."""
    if case.options.objective != "Min TE":
        return f"the objective is {case.options.objective}"
    for limit in case.declared:
        if not limit.hard:
            return f"{limit.label} may be broken at a price"
        if limit.kind not in (*OF_NAMES, *LINEAR, *BENT, "TE"):
            return f"{limit.label} has no native formula"
        if limit.kind == "TE":
            return f"{limit.label} limits the tracking error itself"
    return ""
