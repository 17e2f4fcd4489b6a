"""A workbook open in Excel, as actions see it: read through a copy that Excel saves, changed through its object model.

The copy is the workbook as it stands, unsaved changes and calculated values included, in the form that everything else
here reads. Only members of Excel's own object model are used, so that a stand-in with the same members is enough to
test it.
"""

import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.actions.asked import OPTIMISER
from trackerr_xl.workbook.actions.changes import Changes
from trackerr_xl.workbook.actions.desk import beside
from trackerr_xl.workbook.actions.explain import formula_at
from trackerr_xl.workbook.book import Address, Book
from trackerr_xl.workbook.file.addresses import Area, Place, address, area_address
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.file.looks import BAD, GOOD, UNSURE, Look
from trackerr_xl.workbook.file.new_sheet import STATUS_WORDS, NewSheet
from trackerr_xl.workbook.file.package import Package, open_package

LiveFormula = str | float | bool | None
"""What Excel takes for a cell when formulas are assigned: a text that starts with ``=``, or a constant."""


class LiveDesk:
    """A workbook open in Excel.

    Parameters
    ----------
    book : xlwings.Book
        The workbook; its members `name`, `fullname`, `app` and `api` are used.
    """

    def __init__(self, book: Any) -> None:
        self._book = book

    def read(self) -> Package:
        """The workbook as it stands, as a file in memory."""
        with tempfile.TemporaryDirectory() as folder:
            return open_package(self._copied(Path(folder) / self._file_name))

    def keep(self, action: str) -> str:
        """A copy beside the workbook, or in the folder for temporary files while it has none of its own."""
        copy = beside(self._folder / self._file_name, action, datetime.now())
        return str(self._copied(copy))

    def change(self, changes: Changes) -> None:
        """Write cells, sheets and names."""
        by_sheet: dict[str, dict[Place, Content]] = {}
        for at, content in changes.cells.items():
            by_sheet.setdefault(at.sheet, {})[at.place] = content
        for title, cells in by_sheet.items():
            _write(self._book.api.Worksheets(title), cells)
        for sheet in changes.sheets:
            self._put(sheet)
        for name, text in changes.names.items():
            self._book.api.Names.Add(name, f"={text}")

    def tell(self, what: str) -> None:
        """Show what is being done in the status bar."""
        self._book.app.status_bar = f"trackerr_xl: {what} …"

    @property
    def selected(self) -> Address:
        """The selected cell."""
        cell = self._book.app.api.ActiveCell
        return Address(str(cell.Worksheet.Name), int(cell.Row), int(cell.Column))

    @property
    def path(self) -> Path:
        """Where files about this workbook belong: its own place, or one of the same name among temporary files."""
        return self._folder / self._file_name

    @property
    def _file_name(self) -> str:
        # A workbook never saved has a name without an ending.
        name = str(self._book.name)
        return name if "." in name else f"{name}.xlsx"

    @property
    def _folder(self) -> Path:
        folder = Path(str(self._book.fullname)).parent
        # A workbook never saved has no folder; one in the cloud may have an address instead of one.
        return folder if folder.is_absolute() and folder.is_dir() else Path(tempfile.gettempdir())

    def _copied(self, path: Path) -> Path:
        self._book.api.SaveCopyAs(str(path))
        if not path.exists():
            raise FileRefusedError("was not written by Excel", at=str(path))
        return path

    def _put(self, sheet: NewSheet) -> None:
        sheets = self._book.api.Worksheets
        titles = {str(each.Name).lower() for each in sheets}
        if sheet.title.lower() in titles:
            target = sheets(sheet.title)
            target.Cells.Clear()
        else:
            target = sheets.Add(After=sheets(sheets.Count))
            target.Name = sheet.title
        _write(target, {Place(*at): content for at, (content, _) in sheet.cells.items()})
        _dress(target, sheet)


def ask(app: Any, question: str, default: str) -> str | None:
    """What a person types into a box, None when the box is closed."""
    typed = app.api.InputBox(Prompt=question, Title="trackerr_xl", Default=default, Type=_TEXT)
    return typed.strip() if isinstance(typed, str) else None


def com_errors() -> tuple[type[Exception], ...]:
    """What Excel raises when it refuses a step, none where there is no Excel."""
    try:
        from pywintypes import com_error  # exists only where Excel is
    except ImportError:
        return ()
    return (com_error,)


def refusal(error: Exception) -> str:
    """A refusal of Excel's in a sentence."""
    details = getattr(error, "excepinfo", None)
    said = details[2] if details and details[2] else str(error)
    return (
        f"Excel refused a step: {said.rstrip('.')}. Leave the cell you are editing, or unprotect the sheet, and press again; "
        "a copy of the workbook as it was is beside it if anything was written."
    )


def open_copy(app: Any, path: Path) -> None:
    """Open a new workbook made from a file, as Excel does with templates."""
    app.api.Workbooks.Add(str(path))


def selected_answer(book: Book, desk: LiveDesk) -> Address | None:
    """The selected cell where it shows an answer of the optimiser."""
    formula = formula_at(book, desk.selected)
    return desk.selected if formula is not None and OPTIMISER in formula.text.upper() else None


def blocks(places: Iterable[Place]) -> list[Area]:
    """Rectangles that cover exactly these cells: runs of each row, joined downwards where they are equally wide."""
    runs: list[Area] = []
    for row, column in sorted(places):
        last = runs[-1] if runs else None
        if last is not None and last.top == row and last.right == column - 1:
            runs[-1] = last._replace(right=column)
        else:
            runs.append(Area(row, column, row, column))
    joined: list[Area] = []
    growing: dict[tuple[int, int], int] = {}
    for run in runs:
        above = growing.get((run.left, run.right))
        if above is not None and joined[above].bottom == run.top - 1:
            joined[above] = joined[above]._replace(bottom=run.bottom)
        else:
            growing[run.left, run.right] = len(joined)
            joined.append(run)
    return joined


_FILE_PREFIX = re.compile(r"_xl(?:fn|ws|pm|udf|l)\.", re.IGNORECASE)
_ADD_IN = re.compile(r"\[\d+\]!(?=[A-Z])", re.IGNORECASE)
_ANCHOR = re.compile(r"\bANCHORARRAY\(([^()]+)\)", re.IGNORECASE)
_COLOUR_WORDS = tuple(zip(STATUS_WORDS, (GOOD, BAD, UNSURE), strict=True))
_ALIGNED = {"left": -4131, "center": -4108, "right": -4152}
_TEXT = 2
_EXPRESSION, _BOTTOM_EDGE, _CENTRE = 2, 9, -4108


def _write(sheet: Any, cells: Mapping[Place, Content]) -> None:
    """Cells in as few steps as there are rectangles: each step is a call from one process to another."""
    arrays = {
        at: content for at, content in cells.items() if isinstance(content, NewFormula) and content.area
    }
    for area in blocks(at for at in cells if at not in arrays):
        rows = tuple(
            tuple(_entered(cells[Place(row, column)]) for column in range(area.left, area.right + 1))
            for row in range(area.top, area.bottom + 1)
        )
        sheet.Range(area_address(area)).Formula2 = rows if area[:2] != area[2:] else rows[0][0]
    for at, formula in arrays.items():
        _write_array(sheet, at, formula)


def _write_array(sheet: Any, at: Place, formula: NewFormula) -> None:
    assert formula.area is not None
    area = sheet.Range(area_address(formula.area))
    area.ClearContents()
    if formula.mark is None:
        area.FormulaArray = _typed(formula.text)
    else:
        sheet.Range(address(*at)).Formula2 = _typed(formula.text)


def _entered(content: Content) -> LiveFormula:
    if isinstance(content, NewFormula):
        return _typed(content.text)
    if isinstance(content, CellError):
        # Typed like this it becomes the error value, as #N/A does when a person types it.
        return str(content)
    if isinstance(content, str):
        # The apostrophe keeps whatever it is a text: a formula, a date, a number with leading zeros.
        return f"'{content}" if content else None
    return content


def _typed(text: str) -> str:
    """A formula as a person types it: files spell newer functions, spills and functions of add-ins in their own way."""
    return _ANCHOR.sub(r"\1#", _ADD_IN.sub("", _FILE_PREFIX.sub("", text)))


def _dress(target: Any, sheet: NewSheet) -> None:
    by_look: dict[Look, list[Place]] = {}
    for at, (_, look) in sheet.cells.items():
        by_look.setdefault(look, []).append(Place(*at))
    for look, places in by_look.items():
        for area in blocks(places):
            _apply(target.Range(area_address(area)), look)
    for column, width in sheet.widths.items():
        target.Columns(column).ColumnWidth = width
    for row, height in sheet.heights.items():
        target.Rows(row).RowHeight = height
    for area in sheet.status:
        cells = target.Range(area_address(area))
        for word, (letters, ground) in _COLOUR_WORDS:
            first = "$" + address(area.top, area.left)
            rule = cells.FormatConditions.Add(
                Type=_EXPRESSION, Formula1=f'=LEFT({first},{len(word)})="{word}"'
            )
            rule.Font.Color, rule.Interior.Color = _colour(letters), _colour(ground)
    target.Tab.Color = _colour(sheet.colour)
    with suppress(AttributeError):
        target.PageSetup.Orientation = 2


def _apply(cells: Any, look: Look) -> None:
    font = cells.Font
    font.Name, font.Size, font.Bold, font.Italic = "Calibri", look.size, look.bold, look.italic
    font.Color = _colour(look.colour)
    cells.NumberFormat, cells.WrapText, cells.VerticalAlignment = look.number, look.wrap, _CENTRE
    if look.fill:
        cells.Interior.Color = _colour(look.fill)
    if look.align:
        cells.HorizontalAlignment = _ALIGNED[look.align]
        cells.IndentLevel = look.indent
    if look.rule:
        # The edge of a block is that of its last row; inside it, each row has its own.
        for edge in (_BOTTOM_EDGE, 12):
            cells.Borders(edge).Color = _colour(look.rule)


def _colour(rgb: str) -> int:
    """Excel counts colours from blue to red."""
    return int(rgb[4:6] + rgb[2:4] + rgb[0:2], 16)
