"""New values written into a workbook file without touching anything else.

Only the cells whose values differ are spelt again; every other byte of their sheets, and the compressed bytes of every
other part, stay. Formulas, styles, dynamic-array marks, charts, buttons and macros therefore survive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.file.addresses import Area, address
from trackerr_xl.workbook.file.cell_xml import (
    Content,
    NewFormula,
    NewValue,
    cell_with,
    rewritten_cell,
    same,
    spliced,
    storable,
)
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.file.row_xml import Splice, insertions
from trackerr_xl.workbook.file.sheet_xml import SheetXml, element, opening_tag, scan_sheet
from trackerr_xl.workbook.file.stored import formula_cells, read_shared_strings, stored_cell
from trackerr_xl.workbook.file.xml_text import attributes_of

RowColumn = tuple[int, int]
"""Row and column from 1."""


@dataclass(frozen=True, slots=True)
class SheetEdits:
    """New values of one sheet. Cells are named by row and column from 1.

    Parameters
    ----------
    inputs : mapping of (int, int) to Cell
        Constants put into cells that hold no formula; None empties a cell and keeps its style.
    results : mapping of (int, int) to Cell
        New results of formulas, and of the cells a fixed array fills.
    spills : mapping of (int, int) to sequence of rows of Cell
        By the first cell of a dynamic array: all it spills now. Its range follows; cells it no longer covers are
        emptied and keep their style.
    contents : mapping of (int, int) to Content
        What cells are to hold whatever they held, formulas as well; formats stay.
    """

    inputs: Mapping[RowColumn, Cell] = field(default_factory=dict)
    results: Mapping[RowColumn, Cell] = field(default_factory=dict)
    spills: Mapping[RowColumn, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    contents: Mapping[RowColumn, Content] = field(default_factory=dict)


def patch_workbook(package: Package, edits: Mapping[str, SheetEdits]) -> bytes:
    """The bytes of a workbook file with new values in it.

    Parameters
    ----------
    package : Package
        The workbook.
    edits : mapping of str to SheetEdits
        By the visible name of the sheet.

    Returns
    -------
    bytes
        The same bytes when every value is the one already stored.

    Raises
    ------
    FileRefusedError
        If a sheet to be changed is written in a way that cannot be patched.
    """
    strings = shared_strings(package)
    changed: dict[str, bytes] = {}
    for title, sheet_edits in edits.items():
        part = package.sheets[title]
        try:
            changed[part] = patch_sheet(scan_sheet(package.read(part)), sheet_edits, strings)
        except FileRefusedError as error:
            raise FileRefusedError(f"sheet {title} {error.message}", at=package.name) from None
    return package.rewritten(changed)


def shared_strings(package: Package) -> list[str]:
    """The texts that cells of a workbook refer to by number."""
    part = package.related.get("sharedStrings")
    return [] if part is None else read_shared_strings(package.read(part))


def patch_sheet(sheet: SheetXml, edits: SheetEdits, strings: Sequence[str]) -> bytes:
    """The bytes of a worksheet part with new values in it.

    Raises
    ------
    ValueError
        If an input is meant for a cell with a formula, or a spill for one without an array formula.
    """
    splices: list[Splice] = []
    missing: dict[RowColumn, NewValue | NewFormula] = {}
    _refuse_half_shared(sheet, edits.contents, strings)
    for place, new in _news(sheet, edits, strings).items():
        span = sheet.cells.get(place)
        if span is not None:
            if _differs(sheet, place, new, strings):
                splices.append((*span, rewritten_cell(sheet, span, new)))
        elif new.value is not None:
            missing[place] = new
    for place, content in edits.contents.items():
        span = sheet.cells.get(place)
        if span is not None:
            splices.append((*span, _exchanged(sheet, place, span, content)))
        elif isinstance(content, NewFormula):
            missing[place] = content
        elif content is not None:
            missing[place] = NewValue(storable(content), constant=True)
    splices += insertions(sheet, missing)
    return spliced(sheet.data, splices, (0, len(sheet.data)))


def _news(sheet: SheetXml, edits: SheetEdits, strings: Sequence[str]) -> dict[RowColumn, NewValue]:
    news: dict[RowColumn, NewValue] = {}
    firsts: dict[RowColumn, Area] = {}
    for first, rows in edits.spills.items():
        cell = stored_cell(sheet, *first, strings)
        if cell is None or cell.formula is None or cell.formula.kind != "array":
            raise ValueError(f"{address(*first)} holds no array formula")
        firsts[first] = Area(*first, first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1)
        for place in _cells_inside(sheet, cell.formula.area or Area(*first, *first)):
            news[place] = NewValue(None)
    for first, rows in edits.spills.items():
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                news[first[0] + i, first[1] + j] = NewValue(storable(value))
        news[first] = NewValue(storable(rows[0][0]), area=firsts[first])
    news |= {place: NewValue(storable(value)) for place, value in edits.results.items()}
    for place, value in edits.inputs.items():
        if place in sheet.cells and element(sheet.prefix, b"f").search(sheet.structure, *sheet.cells[place]):
            raise ValueError(f"{address(*place)} holds a formula")
        news[place] = NewValue(storable(value), constant=True)
    return news


def _exchanged(sheet: SheetXml, place: RowColumn, span: tuple[int, int], content: Content) -> bytes:
    tag = opening_tag(sheet.prefix, b"c").match(sheet.structure, *span)
    assert tag is not None
    return cell_with(sheet.prefix, place, attributes_of(tag[1]).get("s"), content)


def _refuse_half_shared(
    sheet: SheetXml, contents: Mapping[RowColumn, Content], strings: Sequence[str]
) -> None:
    """The first cell of a shared formula holds the text of all: it goes with all or stays."""
    there = [stored_cell(sheet, *place, strings) for place in contents]
    going = {
        cell.formula.shared
        for cell in there
        if cell is not None and cell.formula is not None and cell.formula.shared and cell.formula.text
    }
    if not going:
        return
    for cell in formula_cells(sheet, strings):
        shared = None if cell.formula is None else cell.formula.shared
        if shared in going and (cell.row, cell.column) not in contents:
            raise FileRefusedError(
                f"shares one formula between {address(cell.row, cell.column)} and cells to be changed: "
                "enter the formula there anew"
            )


def _cells_inside(sheet: SheetXml, area: Area) -> list[RowColumn]:
    """Cells the file has inside a rectangle, those with formulas of their own left out.

    The rectangle may be the whole sheet by mistake or malice, so cells are listed, not places.
    """
    formula = element(sheet.prefix, b"f")
    return [
        place
        for place, span in sheet.cells.items()
        if area.top <= place[0] <= area.bottom
        and area.left <= place[1] <= area.right
        and formula.search(sheet.structure, *span) is None
    ]


def _differs(sheet: SheetXml, place: RowColumn, new: NewValue, strings: Sequence[str]) -> bool:
    stored = stored_cell(sheet, *place, strings)
    assert stored is not None
    if new.area is not None and (stored.formula is None or stored.formula.area != new.area):
        return True
    return not same(stored.value, new.value)
