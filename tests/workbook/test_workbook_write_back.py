"""Recalculated workbooks written back: what they show is what was calculated, and nothing else has changed."""

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from sheet_bytes import raw_members, without

from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import compare
from trackerr_xl.workbook.file.package import open_package, read_package
from trackerr_xl.workbook.file.patch import shared_strings
from trackerr_xl.workbook.file.sheet_xml import scan_sheet
from trackerr_xl.workbook.file.stored import stored_values
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.write_back import write_back

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "workbooks"
BOOKS = sorted(FOLDER.glob("*.xls[xm]"))
TEMPLATES = sorted((Path(__file__).parents[2] / "workbook_templates").glob("*.xls[xm]"))
CLOCK = datetime(2026, 1, 2, 3, 4, 5)


def values_of(data: bytes, sheet: str) -> dict[tuple[int, int], object]:
    package = read_package(data, "book.xlsx")
    return stored_values(scan_sheet(package.read(package.sheets[sheet])), shared_strings(package))


def changed_places(done: Recalculation, sheet: str) -> set[tuple[int, int]]:
    return {each.address.place for each in compare(done).differences if each.address.sheet == sheet}


@pytest.mark.skipif(not BOOKS, reason="the analysts' workbooks are not on this machine")
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_analysts_workbooks_keep_every_byte_but_those_of_changed_cells(path: Path, tmp_path: Path) -> None:
    only_changed_cells_change(path, tmp_path)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_keep_every_byte_but_those_of_changed_cells(path: Path, tmp_path: Path) -> None:
    only_changed_cells_change(path, tmp_path)


def only_changed_cells_change(path: Path, folder: Path) -> None:
    """Recalculate, write back, and compare the two files part by part and byte by byte."""
    package = open_package(path)
    done = recalculate(path, now=CLOCK)
    data = write_back(package, done)
    differences = compare(done).differences
    if not differences:
        assert data == package.data
    old, new = raw_members(package.data), raw_members(data)
    sheets = {each.address.sheet for each in differences}
    assert list(new) == list(old)
    assert {name for name in old if old[name] != new[name]} == {package.sheets[sheet] for sheet in sheets}
    written = read_package(data, path.name)
    for sheet in sheets:
        places = changed_places(done, sheet)
        part = package.sheets[sheet]
        assert without(written.read(part), places, ()) == without(package.read(part), places, ())
        now = values_of(data, sheet)
        assert all(now.get(place) == done.values[Address(sheet, *place)] for place in places)
    # Recalculating what was written changes nothing more.
    out = folder / path.name
    out.write_bytes(data)
    again = recalculate(out, now=CLOCK)
    assert compare(again).differences == ()
    assert write_back(written, again) == data


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A filter that may grow and shrink, a fixed array, and formulas of every kind of result."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        bold = made.add_format({"bold": True})
        sheet = made.add_worksheet("Sheet1")
        sheet.write_column("A1", [1, 0, 3, 0, 5])
        sheet.write_dynamic_array_formula("C1:C3", "=FILTER(A1:A5,A1:A5>0)", bold, 1)
        sheet.write("C2", 3, bold)
        sheet.write("C3", 5, bold)
        sheet.write_array_formula("E1:E2", "{=A1:A2*10}", None, 10)
        sheet.write("E2", 0)
        sheet.write_formula("G1", "=A1>0", None, True)
        sheet.write_formula("G2", '=IF(A2>0,"yes"," no ")', None, " no ")
        sheet.write_formula("G3", "=1/A2", None, "#DIV/0!")
        sheet.write_formula("G4", "=NOSUCHFUNCTION(A2)", None, 42)
        sheet.write_formula("G5", "=SUM(C1#)", None, 9)
        made.add_worksheet("Other").write_formula("A1", "=Sheet1!A1", None, 1)
    return path


def rewritten(book: Path, **cells: object) -> bytes:
    """The workbook after inputs such as ``A2=7``."""
    inputs = {Address("Sheet1", int(name[1:]), ord(name[0]) - 64): value for name, value in cells.items()}
    return write_back(open_package(book), recalculate(book, inputs=inputs))


def test_nothing_new_changes_no_byte(book: Path) -> None:
    assert rewritten(book) == book.read_bytes()


def test_a_filter_grows_with_its_input(book: Path) -> None:
    data = rewritten(book, A2=2.0, A4=4.0)
    values = values_of(data, "Sheet1")
    assert [values.get((row, 3)) for row in range(1, 7)] == [1, 2, 3, 4, 5, None]
    assert values[5, 7] == 15
    xml = read_package(data, "book.xlsx").read("xl/worksheets/sheet1.xml")
    assert (
        b'<c r="C1" s="1" cm="1"><f t="array" ref="C1:C5">_xlfn._xlws.FILTER(A1:A5,A1:A5&gt;0)</f><v>1</v></c>'
        in xml
    )


def test_a_filter_shrinks_and_its_old_cells_keep_their_format(book: Path) -> None:
    data = rewritten(book, A3=0.0, A5=None)
    values = values_of(data, "Sheet1")
    assert [values.get((row, 3)) for row in range(1, 4)] == [1, None, None]
    xml = read_package(data, "book.xlsx").read("xl/worksheets/sheet1.xml")
    assert b'<c r="C3" s="1"></c>' in xml


def test_results_change_their_type_with_the_inputs(book: Path) -> None:
    values = values_of(rewritten(book, A1=-1.0, A2=4.0), "Sheet1")
    assert [values[row, 7] for row in range(1, 6)] == [False, "yes", 0.25, 42, 12]
    assert [values[row, 5] for row in (1, 2)] == [-10, 40]


def test_an_error_is_written_and_what_reads_it_too(book: Path) -> None:
    data = rewritten(book, A1=CellError("#N/A"))
    assert values_of(data, "Other") == {(1, 1): CellError("#N/A")}
    values = values_of(data, "Sheet1")
    assert values[1, 1] == values[1, 5] == values[1, 7] == CellError("#N/A")


def test_a_blocked_spill_is_an_error_over_one_cell(book: Path) -> None:
    data = rewritten(book, A2=2.0, C4="in the way")
    values = values_of(data, "Sheet1")
    assert values[4, 3] == "in the way"
    assert values[1, 3] == CellError("#VALUE!")
    assert (2, 3) not in values
    assert b'ref="C1"' in read_package(data, "book.xlsx").read("xl/worksheets/sheet1.xml")
