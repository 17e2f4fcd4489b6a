"""`trackerr-xl check`: what a workbook stores against what it calculates."""

import json
from pathlib import Path

import pytest
from small_book import TRACKING_ERROR, write_book
from typer.testing import CliRunner, Result

from trackerr_xl.cli import app


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, words)])


def test_an_up_to_date_workbook_is_equal(tmp_path: Path) -> None:
    result = run(write_book(tmp_path / "book.xlsx"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        "Equal\t4",
        "Different\t0",
        "Not evaluated\t0",
        "Tolerance\t1e-09",
    ]


def test_differing_cells_are_listed_with_formula_and_both_values(tmp_path: Path) -> None:
    result = run(write_book(tmp_path / "book.xlsx", tracking_error=0.5))
    assert result.exit_code == 1
    head, first, second, *rest = (line.split("\t") for line in result.stdout.splitlines())
    assert head == ["Cell", "Formula", "Stored", "Now", "Difference"]
    assert first[:3] == ["'My results'!A1", "=TRACKING_ERROR(Inputs!A1:A2,Inputs!B1:B2,Inputs!D1:E2)", "0.5"]
    assert float(first[3]) == pytest.approx(TRACKING_ERROR, rel=1e-12)
    assert float(first[4]) == pytest.approx(TRACKING_ERROR - 0.5, rel=1e-2)
    assert second[:3] == ["'My results'!A2", "=A1*2", "1"]
    assert rest[:2] == [["Equal", "2"], ["Different", "2"]]


@pytest.mark.parametrize(("tolerance", "code"), [("1e-3", 0), ("1e-5", 1), ("0", 1)])
def test_the_tolerance_is_relative(tmp_path: Path, tolerance: str, code: int) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=TRACKING_ERROR * (1 + 1e-4))
    assert run(book, "--tolerance", tolerance).exit_code == code


def test_a_cell_no_engine_knows_is_no_pass(tmp_path: Path) -> None:
    result = run(write_book(tmp_path / "book.xlsx", unknown=True))
    assert result.exit_code == 3
    assert (
        "'My results'!A3\tthe engine has no NOSUCHFUNCTION\t=NOSUCHFUNCTION(A1)" in result.stdout.splitlines()
    )
    assert "Not evaluated\t1" in result.stdout.splitlines()


def test_a_difference_outweighs_a_cell_not_evaluated(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=0.5, unknown=True)
    report = tmp_path / "report.json"
    assert run(book, "--json", report).exit_code == 1
    data = json.loads(report.read_text("utf-8"))
    assert (data["outcome"], data["exit_code"], data["equal"]) == ("different", 1, 2)
    assert [each["cell"] for each in data["differences"]] == ["'My results'!A1", "'My results'!A2"]
    assert data["not_evaluated"] == [
        {
            "cell": "'My results'!A3",
            "formula": "=NOSUCHFUNCTION(A1)",
            "reason": "the engine has no NOSUCHFUNCTION",
        }
    ]


def test_a_negative_tolerance_is_a_usage_error(tmp_path: Path) -> None:
    assert run(write_book(tmp_path / "book.xlsx"), "--tolerance", "-1").exit_code == 2


def test_a_report_in_place_of_the_workbook_is_refused(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx")
    before = book.read_bytes()
    result = run(book, "--json", book)
    assert (result.exit_code, result.stderr) == (
        2,
        "TE-160 --json book.xlsx is the workbook, the report needs a file of its own.\n",
    )
    assert book.read_bytes() == before


def test_the_workbook_is_only_read(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=0.5)
    before = book.read_bytes()
    run(book)
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_what_recalc_writes_is_equal_whatever_it_holds(tmp_path: Path) -> None:
    """A blocked spill shows an error the file cannot hold by name; its stand-in is no difference."""
    import xlsxwriter

    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("Sheet1")
        sheet.write_column("A1", [3, 1, 2])
        sheet.write_dynamic_array_formula("C1", "=SORT(A1:A3)", None, 0)
        sheet.write("C3", "in the way")
        sheet.write_formula("E1", "=1/0", None, 0)
        sheet.write_formula("E2", '=REPT(" ",3)', None, 0)
        sheet.write_formula("E3", "=A1>A2", None, 0)
    assert CliRunner().invoke(app, ["recalc", str(book), "--out", str(out)]).exit_code == 0
    assert run(book).exit_code == 1
    assert run(out, "--tolerance", "0").exit_code == 0
