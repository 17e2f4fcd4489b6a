"""What an action does to a workbook, planned before anything is touched."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.file.cell_xml import Content
from trackerr_xl.workbook.file.new_sheet import NewSheet


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of a workbook.

    Parameters
    ----------
    cells : mapping of Address to Content
        What cells are to hold, whatever they held; their formats stay.
    sheets : tuple of NewSheet
        Sheets put behind the others, or in the place of the one with the same title.
    names : mapping of str to str
        Names of the whole workbook, with what they stand for, without ``=``.
    spill_mark : bool
        Whether a file without any metadata needs the mark of spills, as number 1; Excel itself knows which formulas spill.
    """

    cells: Mapping[Address, Content] = field(default_factory=dict)
    sheets: tuple[NewSheet, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    spill_mark: bool = False

    @property
    def none(self) -> bool:
        """Whether nothing changes."""
        return not (self.cells or self.sheets or self.names)


@dataclass(frozen=True, slots=True)
class Plan:
    """Outcome of an action before it is carried out: the changes, and sentences that say what they are."""

    changes: Changes
    words: tuple[str, ...]
