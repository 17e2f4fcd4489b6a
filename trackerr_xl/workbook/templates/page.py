"""One sheet of a template while it is written: cells, formulas with their values, spills, bands and tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol, xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from trackerr_xl.macros.agreed import Button
from trackerr_xl.workbook.templates.style import BAD, BAD_FILL, GOOD, GOOD_FILL, INPUT_BLUE, Ink

Scalar = float | int | str | bool
Stored = Mapping[tuple[str, str], Scalar]
"""(sheet, A1 address) to the value a formula or a spilled cell has."""

A4 = 9

# Of a column in Excel's own font.
_PIXELS_A_CHARACTER = 7
_PIXELS_A_COLUMN = 5

_BUTTON_MARGINS, _BUTTON_GAP = 34, 6

_CENTRED = ("Status", "Check", "On", "Rank active", "Rank contrib.")


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook being written, its styles, and what its formulas are known to show.

    Parameters
    ----------
    file : xlsxwriter.Workbook
        The workbook.
    ink : Ink
        Its styles.
    stored : mapping
        Value of each formula and spilled cell; 0 stands where it is not known.
    spilled : mapping
        (sheet, first cell) of a dynamic array to the rows and columns it fills; one cell where it is not known.
    buttons : sequence of Button, optional
        What the first sheet has buttons for.
    """

    file: xlsxwriter.Workbook
    ink: Ink
    stored: Stored
    spilled: Mapping[tuple[str, str], tuple[int, int]]
    buttons: Sequence[Button] = ()

    def define(self, name: str, sheet: str, cells: str) -> None:
        """Give cells of a sheet, such as ``B2:C9``, a name."""
        first, _, last = cells.partition(":")
        corners = [xl_rowcol_to_cell(*xl_cell_to_rowcol(cell), True, True) for cell in (first, last or first)]
        self.file.define_name(name, f"='{sheet}'!" + ":".join(corners if last else corners[:1]))


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook being written."""

    book: Book
    name: str
    sheet: Worksheet

    def put(self, cell: str, value: Scalar | None, *looks: str) -> None:
        """Write a constant, or only a style where the value is None."""
        self.sheet.write(cell, value, self.book.ink(*looks))

    def quote(self, cell: str, call: str, *looks: str) -> None:
        """Write a call as words, so that a reader sees what the cells below it hold."""
        self.sheet.write_string(cell, f"={call}", self.book.ink("formula", *looks))

    def formula(self, cell: str, formula: str, *looks: str) -> None:
        """Write a formula with the value it is known to have."""
        value = self.book.stored.get((self.name, cell), 0)
        self.sheet.write_formula(cell, formula, self.book.ink(*looks), value)

    def spill(self, cell: str, formula: str, *columns: Sequence[str], header: Sequence[str] = ()) -> None:
        """Write a dynamic array formula over the cells it is known to fill.

        Parameters
        ----------
        cell : str
            Its first cell.
        formula : str
            With its equals sign.
        *columns : sequence of str
            Looks of each column.
        header : sequence of str, optional
            Looks of the first row, where the function writes headings.
        """
        top, left = xl_cell_to_rowcol(cell)
        rows, width = self.book.spilled.get((self.name, cell), (1, 1))
        for row in range(top, top + rows):
            for column in range(left, left + width):
                looks = columns[column - left]
                if header and row == top:
                    looks = (*header, *(look for look in looks if look in ("left", "centre")))
                value = self.book.stored.get((self.name, xl_rowcol_to_cell(row, column)), 0)
                style = self.book.ink(*looks)
                if (row, column) != (top, left):
                    self.sheet.write(row, column, value, style)
                    continue
                area = xl_range(top, left, top + rows - 1, left + width - 1)
                self.sheet.write_dynamic_array_formula(area, formula, style, value)

    def fill(self, cells: str, *looks: str) -> None:
        """Give every cell of a rectangle a style and no content."""
        first, last = (xl_cell_to_rowcol(corner) for corner in cells.split(":"))
        for row in range(first[0], last[0] + 1):
            for column in range(first[1], last[1] + 1):
                self.sheet.write_blank(row, column, None, self.book.ink(*looks))

    def headings(self, cell: str, titles: Sequence[str], *, text: Collection[str] = ()) -> None:
        """Write a row of column headings; the first and those named in `text` stand over words, the others over numbers."""
        row, column = xl_cell_to_rowcol(cell)
        for place, title in enumerate(titles):
            looks = ("header", "left") if place == 0 or title in text else ("header",)
            looks = ("header", "centre") if place and title in _CENTRED else looks
            self.sheet.write_string(row, column + place, title, self.book.ink(*looks))

    def section(self, cells: str, title: str) -> None:
        """Write a section's title over a rule as wide as the cells."""
        self.fill(cells, "section")
        self.put(cells.split(":")[0], title, "section")

    def card(self, cells: str, label: str, value: str, look: str, note: str) -> None:
        """Write a key figure over three rows; `value` and `note` are formulas, or a note is words."""
        top, last = (xl_cell_to_rowcol(corner) for corner in cells.split(":"))
        rows = [
            f"{xl_rowcol_to_cell(top[0] + k, top[1])}:{xl_rowcol_to_cell(top[0] + k, last[1])}"
            for k in range(3)
        ]
        for row, looks in zip(rows, ("card label", "card", "card note"), strict=True):
            if top[1] == last[1]:
                self.fill(row, looks)
            else:
                self.sheet.merge_range(row, None, self.book.ink(looks))
        label_cell, value_cell, note_cell = (row.split(":")[0] for row in rows)
        self.put(label_cell, label, "card label")
        self.formula(value_cell, value, look, "card")
        if note.startswith("="):
            self.formula(note_cell, note, "card note")
        else:
            self.put(note_cell, note, "card note")

    def mark_status(self, cells: str, bad: str = "CHECK") -> None:
        """Colour cells that say OK, or the word for what is not."""
        file = self.book.file
        for word, colours in (
            ("OK", {"font_color": GOOD, "bg_color": GOOD_FILL}),
            (bad, {"font_color": BAD, "bg_color": BAD_FILL}),
        ):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"'}
            self.sheet.conditional_format(cells, rule | {"format": file.add_format(colours)})


def open_page(
    book: Book, name: str, title: str, subtitle: str, widths: Sequence[float], colour: str = INPUT_BLUE
) -> Page:
    """Add a sheet with a title band across its columns, a hint line's room, and a print set-up.

    Parameters
    ----------
    book : Book
        The workbook.
    name, title, subtitle : str
        The sheet's tab, and the two lines of the band.
    widths : sequence of float
        Width of each column from A on, in characters.
    colour : str, optional
        Colour of the tab.
    """
    page = Page(book, name, book.file.add_worksheet(name))
    sheet = page.sheet
    sheet.hide_gridlines(2)
    sheet.set_tab_color(colour)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, book.ink())
    last = xl_rowcol_to_cell(0, len(widths) - 1).rstrip("1")
    sheet.set_row(0, 34)
    sheet.set_row(1, 22)
    sheet.set_row(2, 20)
    page.fill(f"A1:{last}1", "title")
    page.fill(f"A2:{last}2", "subtitle")
    page.put("B1", title, "title")
    page.put("B2", subtitle, "subtitle")
    if len(book.file.worksheets()) == 1:
        _put_buttons(page, widths)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.55)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer("&L&8&K5B6677&F  ·  &A&R&8&K5B6677Page &P of &N")
    return page


def set_card_rows(page: Page) -> None:
    """Give the rows of a first sheet's sentence and key figures their heights."""
    for row, height in ((2, 28), (3, 16), (4, 30), (5, 18), (6, 10)):
        page.sheet.set_row(row, height)


def _put_buttons(page: Page, widths: Sequence[float]) -> None:
    """Put the buttons of a workbook at the right end of the title band."""
    spot = round(sum(widths) * _PIXELS_A_CHARACTER) + len(widths) * _PIXELS_A_COLUMN
    for button in reversed(page.book.buttons):
        width = _PIXELS_A_CHARACTER * len(button.label) + _BUTTON_MARGINS
        spot -= width + _BUTTON_GAP
        look = {"caption": button.label, "macro": button.macro, "description": button.tip}
        page.sheet.insert_button(
            "A1", look | {"width": width, "height": 24, "x_offset": spot, "y_offset": 11}
        )
