"""What one index tracker holds: the data, the limits, the checks and the words of its sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.synthetic import SyntheticIndex

FIRST_ROW: Final = 6
"""Row of the first holding on every sheet that lists holdings; the headings are one row above."""

FIRST_GROUP_ROW: Final = 10
"""Row of the first group on the sheet *Tracker*."""

TRACKER, WEIGHTS, CONTRIBUTIONS = "Tracker", "Weights", "Contributions"
ANSWERS, LIMITS, INDEX, COVARIANCE, CHECKS, EXPLAIN, NOTES = (
    "Answers",
    "Limits",
    "Index",
    "Covariance",
    "Checks",
    "Explain",
    "Notes",
)

LIMITS_TABLE, ASSETS_TABLE = "Limits[[#Headers],[#Data]]", "Assets[[#Headers],[#Data]]"
"""The tables a user fills, as a formula writes them: LibreOffice does not know the shorter ``Limits[#All]``."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the constraints table; None leaves a cell empty."""

    type: str
    item: str
    least: float | None
    most: float | None
    basis: str
    on: str
    note: str
    look: str = "percent"


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the checks: a native formula between two bounds.

    Parameters
    ----------
    label : str
        What is checked.
    value : str
        Formula, starting with ``=``, made of Excel's own functions.
    look : str
        How its number is written.
    least, most : float or None
        Bounds; None where there is none or where `limit` gives them.
    limit : int, optional
        Position in the plan's limits of the row whose Min and Max are the bounds.
    """

    label: str
    value: str
    look: str = "percent"
    least: float | None = None
    most: float | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure of the dashboard: formulas, and the style of the number."""

    label: str
    value: str
    look: str
    note: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that differs between one tracker and another.

    Parameters
    ----------
    index : SyntheticIndex
        Holdings, attributes and covariance.
    title, subtitle : str
        The dashboard's band.
    holding : str
        What one holding is called, such as ``"bond"``.
    looks : mapping of str to str
        How the numbers of an attribute are written.
    shown : tuple of str
        Attributes repeated beside the weights; the first is the one contributions are grouped by.
    limits, checks, cards, notes
        Rows of those sheets.
    """

    index: SyntheticIndex
    title: str
    subtitle: str
    holding: str
    looks: Mapping[str, str]
    shown: tuple[str, ...]
    limits: tuple[Limit, ...]
    checks: tuple[Check, ...]
    cards: tuple[Card, ...]
    notes: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """Number of holdings."""
        return len(self.index.names)

    @property
    def last_row(self) -> int:
        """Row of the last holding."""
        return FIRST_ROW + self.count - 1

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of the first shown attribute, in order of appearance."""
        return tuple(str(group) for group in dict.fromkeys(self.index.attributes[self.shown[0]]))


def holding_cells(index: SyntheticIndex, sheet: str, column: str) -> str:
    """Cells of one column of a sheet that lists holdings, as a formula writes them."""
    return f"{sheet}!${column}${FIRST_ROW}:${column}${FIRST_ROW + len(index.names) - 1}"


def attribute_cells(index: SyntheticIndex, heading: str) -> str:
    """Cells of one attribute on the sheet *Index*, as a formula writes them."""
    return holding_cells(index, INDEX, xl_col_to_name(3 + list(index.attributes).index(heading)))


def sector_gaps(index: SyntheticIndex) -> str:
    """Active weights of the sectors on the sheet *Tracker*, as a formula writes them."""
    last = FIRST_GROUP_ROW + len(set(index.attributes["Sector"])) - 1
    return f"{TRACKER}!$E${FIRST_GROUP_ROW}:$E${last}"
