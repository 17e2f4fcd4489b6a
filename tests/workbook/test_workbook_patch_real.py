"""Workbooks made by analysts in Excel: read as openpyxl reads them, and patched without losing anything."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from sheet_bytes import raw_members, take_apart, without

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.file.package import Package, open_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook, shared_strings
from trackerr_xl.workbook.file.sheet_xml import SheetXml, scan_sheet
from trackerr_xl.workbook.file.stored import formula_cells, stored_values

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "workbooks"
BOOKS = sorted(FOLDER.glob("*.xls[xm]"))

pytestmark = pytest.mark.skipif(not BOOKS, reason="the analysts' workbooks are not on this machine")


@pytest.fixture(params=BOOKS, ids=lambda path: path.stem)
def package(request: pytest.FixtureRequest) -> Package:
    return open_package(request.param)


def scanned(package: Package) -> dict[str, SheetXml]:
    return {title: scan_sheet(package.read(part)) for title, part in package.sheets.items()}


def plain(value: object) -> object:
    """A value of openpyxl as the file holds it: dates and times are numbers."""
    if isinstance(value, datetime | date | time | timedelta):
        return to_excel(value)
    return value


def same(ours: Cell, theirs: object) -> bool:
    if isinstance(ours, CellError):
        return ours.value == theirs
    if isinstance(ours, float) and isinstance(theirs, float | int):
        # openpyxl rounds times to microseconds.
        return ours == theirs or abs(ours - theirs) < 1e-9 * abs(ours)
    return ours == theirs


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_stored_values_are_those_openpyxl_reads(package: Package) -> None:
    book = openpyxl.load_workbook(io.BytesIO(package.data), data_only=True)
    strings = shared_strings(package)
    for title, sheet in scanned(package).items():
        theirs = {
            (cell.row, cell.column): plain(cell.value)
            for row in book[title].iter_rows()
            for cell in row
            if cell.value is not None
        }
        ours = stored_values(sheet, strings)
        # openpyxl shows an empty text as nothing.
        assert {place for place, value in ours.items() if value != ""} == theirs.keys()
        assert [place for place in theirs if not same(ours[place], theirs[place])] == []


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_formulas_are_those_openpyxl_reads(package: Package) -> None:
    book = openpyxl.load_workbook(io.BytesIO(package.data))
    for title, sheet in scanned(package).items():
        theirs = {}
        for row in book[title].iter_rows():
            for cell in row:
                if isinstance(cell.value, ArrayFormula):
                    theirs[cell.row, cell.column] = cell.value.text
                elif isinstance(cell.value, DataTableFormula):
                    theirs[cell.row, cell.column] = "="
                elif cell.data_type == "f":
                    theirs[cell.row, cell.column] = cell.value
        ours = {
            (cell.row, cell.column): cell.formula for cell in formula_cells(sheet, shared_strings(package))
        }
        assert ours.keys() == theirs.keys()
        for place, formula in ours.items():
            # openpyxl writes shared formulas out; in the file only the first cell has the text.
            if formula.text:
                assert "=" + formula.text.removeprefix("=") == theirs[place]


def test_cells_are_where_an_event_parser_finds_them(package: Package) -> None:
    for title, part in package.sheets.items():
        data = package.read(part)
        assert scan_sheet(data).cells == take_apart(data).cells, title


def test_writing_every_stored_value_again_changes_no_byte(package: Package) -> None:
    strings = shared_strings(package)
    edits = {}
    for title, sheet in scanned(package).items():
        formulas = {(cell.row, cell.column) for cell in formula_cells(sheet, strings)}
        values = stored_values(sheet, strings)
        edits[title] = SheetEdits(
            inputs={place: value for place, value in values.items() if place not in formulas},
            results={place: value for place, value in values.items() if place in formulas},
        )
    assert sum(len(each.inputs) + len(each.results) for each in edits.values()) > 0
    assert patch_workbook(package, edits) == package.data


def test_one_changed_cell_leaves_every_other_byte(package: Package) -> None:
    """Macros, buttons, charts, pictures, pivot caches and calculation chains are among the other parts."""
    strings = shared_strings(package)
    for title, part in list(package.sheets.items())[:2]:
        sheet = scan_sheet(package.read(part))
        formulas = {(cell.row, cell.column) for cell in formula_cells(sheet, strings)}
        values = stored_values(sheet, strings)
        place = next((place for place in values if place not in formulas), None)
        if place is None:
            continue
        after = patch_workbook(package, {title: SheetEdits(inputs={place: 123.456})})
        assert zipfile.ZipFile(io.BytesIO(after)).testzip() is None
        old, new = raw_members(package.data), raw_members(after)
        assert list(new) == list(old)
        assert {name for name in old if old[name] != new[name]} == {part}
        data = zipfile.ZipFile(io.BytesIO(after)).read(part)
        assert without(data, {place}, ()) == without(sheet.data, {place}, ())
        assert stored_values(scan_sheet(data), strings) == values | {place: 123.456}


@pytest.mark.parametrize("name", ["xlwings_udf.xlsm", "solver_portfolio_optimization.xlsm"])
def test_macros_and_buttons_are_among_what_is_kept(name: str) -> None:
    package = open_package(FOLDER / name)
    assert package.related["vbaProject"] == "xl/vbaProject.bin"
    assert {"xl/vbaProject.bin", "xl/drawings/vmlDrawing1.vml"} <= set(package.archive.members)
