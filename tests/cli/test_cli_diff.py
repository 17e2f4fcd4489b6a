"""`trackerr-xl diff`: what tells two workbooks apart, as they are stored."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from made_workbooks import parts, sheet_xml, workbook, zipped
from small_book import TRACKING_ERROR, write_book
from typer.testing import CliRunner, Result

from trackerr_xl.cli import app
from trackerr_xl.workbook.diff import BookDifference, diff

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, words)])


def pair(folder: Path, first: Callable[[Any], object], second: Callable[[Any], object]) -> tuple[Path, Path]:
    """Two workbooks of one sheet, named Sheet1, filled by two functions."""
    paths = folder / "a.xlsx", folder / "b.xlsx"
    for path, fill in zip(paths, (first, second), strict=True):
        with xlsxwriter.Workbook(path) as book:
            fill(book.add_worksheet("Sheet1"))
    return paths


def found(first: Path, second: Path, **options: float) -> list[tuple[object, ...]]:
    return [
        (each.sheet, each.at, each.what, each.first, each.second)
        for each in diff(first, second, **options).differences
    ]


@pytest.mark.parametrize("template", sorted(path.name for path in TEMPLATES.glob("*.xlsx")))
def test_a_template_is_the_same_as_itself_whoever_asks(template: str) -> None:
    result = run(TEMPLATES / template, TEMPLATES / template, "--tolerance", 0)
    assert result.exit_code == 0, result.stdout
    assert int(result.stdout.splitlines()[0].removeprefix("Same cells\t").replace(",", "")) > 100


def test_values_are_listed_with_their_difference_and_end_in_code_1(tmp_path: Path) -> None:
    first = write_book(tmp_path / "a.xlsx", tracking_error=0.5)
    second = write_book(tmp_path / "b.xlsx", tracking_error=0.25)
    result = run(first, second)
    assert (result.exit_code, result.stderr) == (1, "")
    assert [line.split("\t") for line in result.stdout.splitlines()][:7] == [
        ["Sheet", "Cell", "What", "In A", "In B", "Difference"],
        ["My results", "A1", "value", "0.5", "0.25", "-0.25"],
        ["My results", "A2", "value", "1", "0.5", "-0.5"],
        ["Same cells", "12"],
        ["Values", "2"],
        ["Formulas", "0"],
        ["Names", "0"],
    ]


def test_a_formula_is_told_from_its_value(tmp_path: Path) -> None:
    first, second = pair(
        tmp_path,
        lambda sheet: (
            sheet.write_formula("A1", "=1+1", None, 2),
            sheet.write_formula("A2", "=1+1", None, 2),
            sheet.write_formula("A3", "=1+1", None, 2),
        ),
        lambda sheet: (
            sheet.write_formula("A1", "=2*1", None, 2),
            sheet.write("A2", 2),
            sheet.write_formula("A3", "=1+2", None, 3),
        ),
    )
    assert found(first, second) == [
        ("Sheet1", "A1", "formula", "=1+1", "=2*1"),
        ("Sheet1", "A2", "formula", "=1+1", None),
        ("Sheet1", "A3", "formula", "=1+1", "=1+2"),
        ("Sheet1", "A3", "value", 2.0, 3.0),
    ]
    assert found(second, first)[1] == ("Sheet1", "A2", "formula", None, "=1+1")


def test_the_same_text_filling_cells_in_another_way_is_another_formula(tmp_path: Path) -> None:
    first, second = pair(
        tmp_path,
        lambda sheet: sheet.write_array_formula("A1:A2", "=B1:B2", None, 0),
        lambda sheet: sheet.write_dynamic_array_formula("A1:A2", "=B1:B2", None, 0),
    )
    assert found(first, second)[0] == (
        "Sheet1", "A1", "formula", "=B1:B2 (array in A1:A2)", "=B1:B2 (dynamic)",
    )  # fmt: skip


def test_a_spill_that_reaches_further_differs_in_its_values_alone(tmp_path: Path) -> None:
    first, second = pair(
        tmp_path,
        lambda sheet: sheet.write_dynamic_array_formula("A1", "=SORT(C1:C9)", None, 1),
        lambda sheet: (
            sheet.write_dynamic_array_formula("A1:A2", "=SORT(C1:C9)", None, 1),
            sheet.write("A2", 5),
        ),
    )
    assert found(first, second) == [("Sheet1", "A2", "value", None, 5.0)]


def test_a_shared_formula_is_what_it_says(tmp_path: Path) -> None:
    shared = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    plain = '<row r="1"><c r="A1"><f>B1*2</f><v>2</v></c></row><row r="2"><c r="A2"><f>B2*{}</f><v>4</v></c></row>'
    (tmp_path / "a.xlsx").write_bytes(workbook(shared))
    (tmp_path / "b.xlsx").write_bytes(workbook(plain.format(2)))
    (tmp_path / "c.xlsx").write_bytes(workbook(plain.format(3)))
    assert found(tmp_path / "a.xlsx", tmp_path / "b.xlsx") == []
    assert found(tmp_path / "a.xlsx", tmp_path / "c.xlsx") == [("Sheet1", "A2", "formula", "=B2*2", "=B2*3")]


def test_what_is_typed_counts_to_15_digits_and_what_is_calculated_within_the_tolerance(
    tmp_path: Path,
) -> None:
    first, second = pair(
        tmp_path,
        lambda sheet: (
            sheet.write("A1", 1234567890123),
            sheet.write_formula("A2", "=PI()", None, 3.1415926535),
        ),
        lambda sheet: (
            sheet.write("A1", 1234567890124),
            sheet.write_formula("A2", "=PI()", None, 3.1415926536),
        ),
    )
    assert found(first, second) == [("Sheet1", "A1", "value", 1234567890123.0, 1234567890124.0)]
    assert [each[1] for each in found(first, second, tolerance=1e-11)] == ["A1", "A2"]
    for path, text in (("a.xlsx", "0.3"), ("b.xlsx", "0.30000000000000004")):
        (tmp_path / path).write_bytes(workbook(f'<row r="1"><c r="A1"><v>{text}</v></c></row>'))
    assert found(first, second) == []
    assert run(first, second, "--tolerance", 0).exit_code == 1


def test_kinds_of_values_are_told_apart_and_empty_text_is_empty(tmp_path: Path) -> None:
    first, second = pair(
        tmp_path,
        lambda sheet: (
            sheet.write("A1", 1), sheet.write("A2", "1"), sheet.write("A3", "#N/A"), sheet.write("A4", "text"),
            sheet.write_formula("A5", "=B9", None, ""),
        ),
        lambda sheet: (
            sheet.write("A1", True), sheet.write("A2", 1), sheet.write_formula("A3", "=NA()", None, "#N/A"),
            sheet.write("A4", "Text"), sheet.write_formula("A5", "=B9", None, ""),
        ),
    )  # fmt: skip
    assert [(each[1], each[2]) for each in found(first, second)] == [
        ("A1", "value"), ("A2", "value"), ("A3", "formula"), ("A3", "value"), ("A4", "value"),
    ]  # fmt: skip


def test_sheets_of_one_alone_are_listed_with_all_they_hold(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path, names in ((first, ("Inputs", "Old")), (second, ("New", "INPUTS"))):
        with xlsxwriter.Workbook(path) as book:
            for name in names:
                book.add_worksheet(name).write("B2", name.lower())
    assert found(first, second) == [
        ("Old", "", "sheet", "Old", None),
        ("Old", "B2", "value", "old", None),
        ("New", "", "sheet", None, "New"),
        ("New", "B2", "value", None, "new"),
    ]


def test_names_tables_and_settings_are_compared(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(first) as book:
        sheet = book.add_worksheet("My sheet")
        book.define_name("Cap", "='My sheet'!$A$1")
        book.define_name("'My sheet'!Rate", "=0.25")
        book.define_name("Gone", "=1")
        sheet.add_table("C1:D3", {"name": "Limits", "columns": [{"header": "x"}, {"header": "y"}]})
    with xlsxwriter.Workbook(second, {"date_1904": True}) as book:
        sheet = book.add_worksheet("My sheet")
        book.define_name("CAP", "='My sheet'!$A$2")
        book.define_name("'My sheet'!Rate", "=0.25")
        sheet.add_table("C1:D5", {"name": "Limits", "columns": [{"header": "x"}, {"header": "y"}]})
    assert found(first, second) == [
        ("", "dates count from 1904", "setting", False, True),
        ("", "Cap", "name", "='My sheet'!$A$1", "='My sheet'!$A$2"),
        ("", "Gone", "name", "=1", None),
        ("My sheet", "Limits", "table", "'My sheet'!C1:D3", "'My sheet'!C1:D5"),
    ]


def test_every_planted_change_of_a_template_is_found_and_nothing_else(tmp_path: Path) -> None:
    """openpyxl, which knows nothing of us, plants them and saves formulas without their values."""
    source = TEMPLATES / "active_fund.xlsx"
    plain, changed = tmp_path / "plain.xlsx", tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(source)
    book.save(plain)
    planted = {}
    for sheet in book:
        numbers = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "n" and cell.value]
        for cell in numbers[:: max(1, len(numbers) // 5)]:
            planted[sheet.title, cell.coordinate] = (float(cell.value), cell.value + 1.0)
            cell.value += 1.0
    book.save(changed)
    assert len(planted) > 10
    assert {(sheet, at): (one, other) for sheet, at, what, one, other in found(plain, changed)} == {
        key: (pytest.approx(one), pytest.approx(other)) for key, (one, other) in planted.items()
    }


def test_the_report_holds_every_difference(tmp_path: Path) -> None:
    first = write_book(tmp_path / "a.xlsx")
    second = write_book(tmp_path / "b.xlsx", tracking_error=TRACKING_ERROR + 1, unknown=True)
    out = tmp_path / "diff.json"
    assert run(first, second, "--json", out).exit_code == 1
    data = json.loads(out.read_text("utf-8"))
    assert (data["book"], data["other"], data["outcome"], data["exit_code"], data["same"]) == (
        str(first), str(second), "different", 1, 12,
    )  # fmt: skip
    assert [(each["at"], each["what"]) for each in data["differences"]] == [
        ("A1", "value"), ("A2", "value"), ("A3", "formula"), ("A3", "value"),
    ]  # fmt: skip
    assert data["differences"][0]["difference"] == pytest.approx(1)
    assert run(first, second, "--json", second).stderr == (
        "TE-160 --json b.xlsx is the workbook, the report needs a file of its own.\n"
    )


def test_what_cannot_be_read_ends_in_code_2_and_its_name(tmp_path: Path) -> None:
    first = write_book(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(first.read_bytes()[:500])
    result = run(first, tmp_path / "b.xlsx")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "TE-160 b.xlsx is cut short or damaged: the end of its zip container is missing.\n"
    )
    assert run(first, first, "--tolerance", -1).exit_code == 2


def test_a_difference_is_a_plain_record(tmp_path: Path) -> None:
    for path, text in (("a.xlsx", "1"), ("b.xlsx", "3")):
        made = parts({"My own": sheet_xml(f'<row r="7"><c r="AB7"><v>{text}</v></c></row>')})
        (tmp_path / path).write_bytes(zipped(made))
    report = diff(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert report.differences == (BookDifference("My own", "AB7", "value", 1.0, 3.0, 2.0),)
    assert (report.same, report.count("value"), report.count("formula")) == (0, 1, 0)
