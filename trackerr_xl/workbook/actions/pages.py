"""The sheets that actions add, drawn alike: a band with the title, headings, and cells that are safe as text."""

import re
from dataclasses import dataclass, field, replace

from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.file.cell_xml import Content
from trackerr_xl.workbook.file.looks import Look
from trackerr_xl.workbook.file.new_sheet import NewSheet

NAVY, TEAL, SLATE, LINE, MIST = "14213D", "0F7C82", "5B6677", "D5DBE3", "F2F5F8"

TITLE = Look(bold=True, size=20, colour="FFFFFF", fill=NAVY, align="left", indent=1)
SUBTITLE = Look(size=11, colour="C9D3E3", fill=NAVY, align="left", indent=1)
HINT = Look(italic=True, colour=SLATE)
SECTION = Look(bold=True, size=12, colour=NAVY, rule=TEAL)
HEADER = Look(bold=True, colour="FFFFFF", fill=TEAL, align="right", wrap=True, rule=TEAL)
HEADER_LEFT = replace(HEADER, align="left", indent=1)
HEADER_CENTRE = replace(HEADER, align="center")
WORDS = Look(rule=LINE, align="left", indent=1)
STRONG = replace(WORDS, bold=True)
WRAPPED = replace(WORDS, wrap=True)
STATUS = Look(rule=LINE, align="center", bold=True)
CODE = replace(WORDS, size=9, colour=TEAL)
CUT = replace(WORDS, size=8, colour=SLATE, wrap=True)
"""A long text of which a row of one line shows the beginning: without the wrap it would run over what is printed."""

_LIKE_A_FORMULA = re.compile(r"[=+\-@\t\r\n|%]")


def number(form: str) -> Look:
    """A number in a format of Excel's."""
    return Look(rule=LINE, number=form)


def like_a_formula(content: Content) -> bool:
    """Whether a text could be taken for a formula by whoever edits the cell or saves it as CSV."""
    return isinstance(content, str) and _LIKE_A_FORMULA.match(content.lstrip(" '")) is not None


@dataclass(slots=True)
class Page:
    """A sheet while it is drawn.

    Parameters
    ----------
    title : str
        On its tab.
    cells, widths, heights : dict
        As in `NewSheet`.
    """

    title: str
    cells: dict[tuple[int, int], tuple[Content, Look]] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)

    def put(self, row: int, column: int, content: Content, look: Look) -> None:
        """Put something into a cell; a text that looks like a formula is marked as text."""
        self.cells[row, column] = content, replace(look, as_text=True) if like_a_formula(content) else look

    def band(self, title: str, subtitle: str, widths: tuple[float, ...]) -> None:
        """Set the columns' widths and draw the title's band across them."""
        self.widths = dict(enumerate(widths, start=1))
        for column in range(1, len(widths) + 1):
            self.cells[1, column] = None, TITLE
            self.cells[2, column] = None, SUBTITLE
        self.put(1, 2, title, TITLE)
        self.put(2, 2, subtitle, SUBTITLE)
        self.heights |= {1: 34.0, 2: 22.0}

    def section(self, row: int, first: int, last: int, title: str) -> None:
        """Write a section's title over a rule."""
        for column in range(first, last + 1):
            self.cells[row, column] = None, SECTION
        self.put(row, first, title, SECTION)

    def headings(self, row: int, column: int, titles: tuple[str, ...], words: tuple[str, ...] = ()) -> None:
        """Write column headings; those named in `words` stand over words, ``Status`` in the middle."""
        for at, title in enumerate(titles):
            look = HEADER_LEFT if title in words else HEADER_CENTRE if title == "Status" else HEADER
            self.put(row, column + at, title, look)

    def finished(
        self, *, frozen: tuple[int, int] = (1, 1), colour: str = TEAL, status: tuple[Area, ...] = ()
    ) -> NewSheet:
        """The sheet."""
        return NewSheet(self.title, self.cells, self.widths, self.heights, frozen, colour, status)
