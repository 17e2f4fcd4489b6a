"""Sheets, names and formulas put into a workbook: by other people's readers, and with every other byte as it was."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from sheet_bytes import raw_members

from tests.libreoffice import stored_values
from tests.made_workbooks import parts, sheet_xml, zipped
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.actions.functions_sheet import SHEET, functions_sheet
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.looks import Look
from trackerr_xl.workbook.file.new_sheet import NewSheet
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits
from trackerr_xl.workbook.file.rebuild import Rebuilding, rebuilt
from trackerr_xl.workbook.read_book import read_book

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "workbooks"
REAL = sorted(FOLDER.glob("*.xls[xm]"))
LETTER, LARGE = (
    Look(),
    Look(
        bold=True,
        italic=True,
        size=20,
        colour="FF0000",
        fill="00FF00",
        rule="0000FF",
        number="0.0 %",
        align="right",
    ),
)

MADE = NewSheet(
    "Ours & yours",
    {
        (1, 1): ("=cmd|' /C calc'!A0", Look(as_text=True)),
        (2, 1): (1.5, LARGE),
        (2, 3): (True, LETTER),
        (3, 1): (CellError("#N/A"), LETTER),
        (4, 2): (NewFormula('=A2*2&"<"', "3<"), LETTER),
        (5, 1): (None, LARGE),
    },
    widths={1: 30.0},
    heights={2: 40.0},
    frozen=(2, 2),
    status=(Area(1, 3, 9, 3),),
)


def with_sheet(package: Package) -> Package:
    return read_package(
        rebuilt(package, Rebuilding(sheets=(MADE,), names={"Our_Cell": "'Ours & yours'!$A$2"})), package.name
    )


@pytest.fixture
def plain(tmp_path: Path) -> Package:
    with xlsxwriter.Workbook(tmp_path / "plain.xlsx") as book:
        bold = book.add_format({"bold": True})
        book.add_worksheet("First").write("B2", 7, bold)
        book.add_worksheet("Second").write_formula("A1", "=First!B2", None, 7)
        book.define_name("Seven", "=First!$B$2")
    return open_package(tmp_path / "plain.xlsx")


def test_openpyxl_reads_what_was_written(plain: Package) -> None:
    book = openpyxl.load_workbook(io.BytesIO(with_sheet(plain).data))
    assert book.sheetnames == ["First", "Second", "Ours & yours"]
    sheet = book["Ours & yours"]
    assert (sheet["A1"].value, sheet["A1"].data_type, sheet["A1"].quotePrefix) == (
        "=cmd|' /C calc'!A0",
        "s",
        True,
    )
    assert [sheet[cell].value for cell in ("A2", "C2", "A3", "B4", "A5")] == [
        1.5,
        True,
        "#N/A",
        '=A2*2&"<"',
        None,
    ]
    cell = sheet["A2"]
    assert (cell.font.b, cell.font.i, cell.font.sz, cell.font.color.rgb) == (True, True, 20, "FFFF0000")
    assert (cell.fill.fgColor.rgb, cell.border.bottom.color.rgb) == ("FF00FF00", "FF0000FF")
    assert (cell.number_format, cell.alignment.horizontal) == ("0.0 %", "right")
    assert sheet["A5"].fill.fgColor.rgb == "FF00FF00"
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].width, sheet.row_dimensions[2].height) == (
        "B2",
        30,
        40,
    )
    assert len(sheet.conditional_formatting) == 1
    assert book.defined_names["Our_Cell"].value == "'Ours & yours'!$A$2"
    assert book.defined_names["Seven"].value == "First!$B$2"
    assert book["First"]["B2"].font.b


@pytest.mark.libreoffice
def test_libreoffice_reads_what_was_written(plain: Package, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    path.write_bytes(with_sheet(plain).data)
    values = stored_values(path)
    assert values["Ours & yours", "A1"] == "=cmd|' /C calc'!A0"
    assert values["Ours & yours", "A2"] == 1.5
    assert values["Second", "A1"] == 7


def test_a_second_time_the_sheet_is_replaced_and_nothing_grows(plain: Package) -> None:
    once = with_sheet(plain)
    assert with_sheet(once).data == once.data
    other = NewSheet("ours & YOURS", {(1, 1): (2.0, LETTER)})
    again = read_package(rebuilt(once, Rebuilding(sheets=(other,))), "again")
    assert list(again.sheets) == list(once.sheets)
    assert read_book(again).sheets["ours & yours"].constants == {(1, 1): 2.0}


def test_names_are_added_replaced_and_kept(plain: Package) -> None:
    changed = read_package(
        rebuilt(plain, Rebuilding(names={"seven": "Second!$A$1", "Eight": "First!$A$8"})), "x"
    )
    assert {name.name: name.text for name in read_book(changed).names.values()} == {
        "seven": "Second!$A$1",
        "Eight": "First!$A$8",
    }
    bare = read_package(zipped(parts({"Sheet1": sheet_xml("")})), "bare")
    named = read_package(rebuilt(bare, Rebuilding(names={"One": "Sheet1!$A$1"})), "bare")
    assert [name.text for name in read_book(named).names.values()] == ["Sheet1!$A$1"]


def test_a_workbook_without_styles_gets_the_sheet_without_formats() -> None:
    bare = read_package(zipped(parts({"Sheet1": sheet_xml("")})), "bare")
    made = with_sheet(bare)
    assert read_book(made).sheets["ours & yours"].stored(2, 1) == 1.5
    assert b" s=" not in made.read(made.sheets["Ours & yours"])


def test_a_prefix_for_the_namespace_is_kept() -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    made = parts({"Sheet1": sheet_xml("")})
    book = str(made["xl/workbook.xml"]).replace(f'xmlns="{main}"', f'xmlns:x="{main}"')
    for tag in ("workbook", "sheets", "sheet "):
        book = book.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}", f"</x:{tag}")
    made["xl/workbook.xml"] = book
    package = with_sheet(read_package(zipped(made), "prefixed"))
    assert b"<x:sheet name=" in package.read("xl/workbook.xml")
    assert list(openpyxl.load_workbook(io.BytesIO(package.data)).sheetnames) == ["Sheet1", "Ours & yours"]
    assert package.read("xl/workbook.xml").count(b"<x:definedName ") == 1


def test_contents_take_the_place_of_formulas_and_keep_formats(plain: Package) -> None:
    edits = {
        "Second": SheetEdits(contents={(1, 1): 8.0, (3, 2): NewFormula('=A1&"&"', "8&")}),
        "First": SheetEdits(contents={(2, 2): NewFormula("=SUM(A1)", 0.0)}),
    }
    changed = read_package(rebuilt(plain, Rebuilding(edits)), "x")
    sheets = read_book(changed).sheets
    assert sheets["second"].constants == {(1, 1): 8.0}
    assert sheets["second"].formulas[3, 2].text == '=A1&"&"'
    assert sheets["second"].stored(3, 2) == "8&"
    book = openpyxl.load_workbook(io.BytesIO(changed.data))
    assert book["First"]["B2"].value == "=SUM(A1)"
    assert book["First"]["B2"].font.b


@pytest.mark.skipif(not REAL, reason="the analysts' workbooks are not on this machine")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_sheet_added_to_a_workbook_of_an_analyst_leaves_every_other_byte(path: Path) -> None:
    package = open_package(path)
    changes = functions_sheet().changes
    data = rebuilt(package, Rebuilding(sheets=changes.sheets))
    before, after = raw_members(package.data), raw_members(data)
    calculation = {"xl/calcChain.xml"} & before.keys()
    bookkeeping = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    assert before.keys() - after.keys() == calculation
    kept = before.keys() - bookkeeping - calculation
    # Charts, pictures, buttons, macros and sheets: their compressed bytes are the same.
    assert {name: before[name] for name in kept} == {name: after[name] for name in kept}
    assert len(after.keys() - before.keys()) == 1
    book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=path.suffix == ".xlsm")
    assert book.sheetnames[-1] == SHEET
    # New formats stand behind the old ones, whose numbers the cells hold.
    old, new = package.read("xl/styles.xml"), read_package(data, path.name).read("xl/styles.xml")
    for name in (b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellXfs", b"dxfs"):
        had, has = (re.search(b"<%b[^>]*>(.*?)</%b>" % (name, name), each, re.DOTALL) for each in (old, new))
        if had is not None:
            assert has is not None
            assert has[1].startswith(had[1])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
