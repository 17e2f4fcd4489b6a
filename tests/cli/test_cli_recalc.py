"""`trackerr-xl recalc`: the workbook recalculated, written whole or not at all."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from small_book import TRACKING_ERROR, write_book
from typer.testing import CliRunner, Result

from trackerr_xl.cli import app


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["recalc", *map(str, words)])


def facts(result: Result) -> dict[str, str]:
    """The summary at the end of what was shown in a pipe."""
    return dict(line.split("\t") for line in result.stdout.splitlines() if line.count("\t") == 1)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "book.xlsx")


def test_without_out_changes_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", tracking_error=0.5)
    before = book.read_bytes()
    result = run(book)
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines() if line.count("\t") == 4]
    assert rows[0] == ["Cell", "Formula", "Stored", "Now", "Difference"]
    assert [row[:3] for row in rows[1:]] == [
        ["'My results'!A1", "=TRACKING_ERROR(Inputs!A1:A2,Inputs!B1:B2,Inputs!D1:E2)", "0.5"],
        ["'My results'!A2", "=A1*2", "1"],
    ]
    assert float(rows[1][3]) == pytest.approx(TRACKING_ERROR, rel=1e-12)
    assert float(rows[2][3]) == pytest.approx(2 * TRACKING_ERROR, rel=1e-12)
    summary = facts(result)
    assert float(summary.pop("Seconds")) < 60
    assert int(summary.pop("Passes")) >= 1
    assert summary == {
        "Formulas": "3",
        "Calls of our functions": "1",
        "Cells changed": "2",
        "Formulas not evaluated": "0",
        "Written": "nothing; name a file with --out",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert book.read_bytes() == before


def test_an_up_to_date_workbook_is_written_byte_for_byte(book: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    # XlsxWriter stores 16 digits of 17.
    assert run(book, "--out", first).exit_code == 0
    assert run(first, "--out", second).exit_code == 0
    assert second.read_bytes() == first.read_bytes()


def test_set_inputs_are_calculated_with_and_spills_follow(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    result = run(book, "--out", out, "--set", "Inputs!A1=1", "--set", "inputs!$a$2=0")
    assert result.exit_code == 0
    assert facts(result)["Written"] == str(out)
    values = openpyxl.load_workbook(out, data_only=True)
    assert [values["Inputs"][cell].value for cell in ("A1", "A2")] == [1, 0]
    # Active weights 0.6 and -0.6.
    by_hand = (0.6**2 * 0.05) ** 0.5
    assert values["My results"]["A1"].value == pytest.approx(by_hand, rel=1e-12)
    assert values["My results"]["A2"].value == pytest.approx(2 * by_hand, rel=1e-12)
    assert [values["My results"][cell].value for cell in ("C1", "C2")] == ["One", None]
    assert openpyxl.load_workbook(out)["My results"]["C1"].value.ref == "C1"
    sheet = zipfile.ZipFile(out).read("xl/worksheets/sheet2.xml")
    assert b'<c r="C1" cm="1" t="str"><f t="array" ref="C1">' in sheet
    assert "xl/metadata.xml" in zipfile.ZipFile(out).namelist()


def test_out_may_be_the_book_itself(book: Path) -> None:
    assert run(book, "--out", book, "--set", "Inputs!A1=0.4", "--set", "Inputs!A2=0.6").exit_code == 0
    assert openpyxl.load_workbook(book, data_only=True)["My results"]["A1"].value == 0


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.25", 0.25),
        ("-1e-3", -0.001),
        ("35%", 0.35),
        ("TRUE", True),
        ("false", False),
        ("#n/a", "#N/A"),
        ("some text", "some text"),
        ('"12"', "12"),
        ("a=b", "a=b"),
        ("nan", "nan"),
        ("1e999", "1e999"),
        ("1e999%", "1e999%"),
        ("5%%", "5%%"),
        ("", None),
    ],
)
def test_values_are_read_as_typed(book: Path, tmp_path: Path, typed: str, value: object) -> None:
    out = tmp_path / "out.xlsx"
    assert run(book, "--out", out, "--set", f"My results!F9={typed}").exit_code == 0
    stored = openpyxl.load_workbook(out, data_only=True)["My results"]["F9"].value
    assert stored == value
    assert type(stored) is type(value)


def test_a_percentage_is_what_excel_makes_of_it(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert run(book, "--out", out, "--set", "'Inputs'!G1=7%").exit_code == 0
    assert openpyxl.load_workbook(out, data_only=True)["Inputs"]["G1"].value == 0.07


def test_the_report_for_machines_says_all(book: Path, tmp_path: Path) -> None:
    report_file, out = tmp_path / "report.json", tmp_path / "out.xlsx"
    assert run(book, "--out", out, "--json", report_file, "--set", "Inputs!A1=bad").exit_code == 0
    report = json.loads(report_file.read_text("utf-8"))
    assert report.pop("seconds") < 60
    assert report.pop("passes") >= 1
    assert report.pop("trackerr_xl")
    # FILTER needs no change: "bad" is greater than any number.
    changed = report.pop("changed")
    assert [(each["cell"], each["now"], each["difference"]) for each in changed] == [
        ("'My results'!A1", {"error": "#VALUE!"}, None),
        ("'My results'!A2", {"error": "#VALUE!"}, None),
    ]
    (fault,) = report.pop("faults")
    assert (fault["cell"], fault["function"]) == ("'My results'!A1", "TRACKING_ERROR")
    assert fault["sentence"].startswith("TE-100 portfolio row 1")
    assert report == {
        "book": str(book),
        "outcome": "done",
        "exit_code": 0,
        "out": str(out),
        "inputs": {"Inputs!A1": "bad"},
        "formulas": 3,
        "calls": 1,
        "not_evaluated": [],
    }


def test_cells_that_no_engine_knows_keep_their_values_and_are_told(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", unknown=True)
    out = tmp_path / "out.xlsx"
    result = run(book, "--out", out, "--set", "Inputs!A1=0.6")
    assert result.exit_code == 3
    assert (
        "'My results'!A3\tthe engine has no NOSUCHFUNCTION\t=NOSUCHFUNCTION(A1)" in result.stdout.splitlines()
    )
    assert facts(result)["Formulas not evaluated"] == "1"
    assert openpyxl.load_workbook(out, data_only=True)["My results"]["A3"].value == 7


def test_the_clock_can_be_pinned(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Sheet1").write_formula("A1", "=TODAY()", None, 1)
    result = run(book, "--now", "2026-03-31T17:30:00")
    # 31 March 2026 is day 46112 of Excel's calendar.
    assert result.stdout.splitlines()[1] == "Sheet1!A1\t=TODAY()\t1\t46112\t4.61e+04"


@pytest.fixture
def named_book(tmp_path: Path) -> Path:
    import xlsxwriter

    path = tmp_path / "named.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("My inputs").write("B2", 3)
        made.define_name("Cap", "='My inputs'!$B$2")
        made.define_name("Twice", "=2*'My inputs'!$B$2")
        made.add_worksheet("Out").write_formula("A1", "=10*Cap", None, 30)
    return path


def test_an_input_is_set_by_the_name_of_its_cell(named_book: Path) -> None:
    result = run(named_book, "--set", "cap=0.5")
    assert result.exit_code == 0
    assert "Out!A1\t=10*Cap\t30\t5\t-25" in result.stdout.splitlines()


def test_a_name_that_is_no_cell_or_not_known_is_refused(named_book: Path) -> None:
    assert (
        run(named_book, "--set", "Twice=1").stderr
        == "TE-100 --set Twice stands for 2*'My inputs'!$B$2, must stand for a single cell.\n"
    )
    assert (
        run(named_book, "--set", "Cup=1").stderr
        == "TE-140 --set Cup is not a name of named.xlsx, the nearest is Cap.\n"
    )


def test_the_mark_of_an_open_workbook_is_not_taken_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "~$index.xlsx"
    mark.write_bytes(b"\x05owner")
    assert (
        run(mark).stderr
        == "TE-160 ~$index.xlsx is only the mark Excel leaves while index.xlsx is open; name that file.\n"
    )


REFUSALS = [
    (["--set", "Imputs!A1=1"], "TE-140 --set Imputs is not a sheet of book.xlsx, the nearest is Inputs."),
    (["--set", "Zzz!A1=1"], "TE-140 --set Zzz is not a sheet of book.xlsx, known are Inputs, My results."),
    (["--set", "A1=1"], "TE-100 --set A1=1 is not of the form Sheet!A1=value or Name=value."),
    (["--set", "Inputs!A1"], "TE-100 --set Inputs!A1 is not of the form Sheet!A1=value or Name=value."),
    (["--set", "Inputs!A0=1"], "TE-100 --set A0 is not a cell of a worksheet."),
    (["--set", "Inputs!XFE1=1"], "TE-100 --set XFE1 is not a cell of a worksheet."),
    (
        ["--set", "Inputs!A1:A2=1"],
        "TE-100 --set Inputs!A1:A2=1 is not of the form Sheet!A1=value or Name=value.",
    ),
    (["--set", "Cap=1"], "TE-140 --set Cap is not a name, the workbook defines none."),
    (["--set", "Inputs!A1==B1"], "TE-100 --set Inputs!A1==B1 is a formula, a value is needed."),
    (
        ["--set", "My results!A1=1"],
        "TE-100 inputs 'My results'!A1 is filled by a formula, an input needs a cell without one.",
    ),
    (
        ["--set", "My results!C2=1"],
        "TE-100 inputs 'My results'!C2 is filled by a formula, an input needs a cell without one.",
    ),
    (
        ["--out", "out.xlsm"],
        "TE-160 --out out.xlsm must end in .xlsx, as book.xlsx does, or Excel will not open it.",
    ),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSALS)
def test_what_cannot_be_done_is_refused_in_one_sentence(book: Path, words: list[str], sentence: str) -> None:
    result = run(book, *words)
    assert result.exit_code == 2
    assert result.stderr == sentence + "\n"
    assert result.stdout == ""
    assert [path.name for path in book.parent.iterdir()] == ["book.xlsx"]


def test_a_refused_output_writes_neither_the_workbook_nor_the_report(book: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out.xlsx", tmp_path / "none" / "report.json"
    result = run(book, "--out", out, "--json", report)
    assert result.exit_code == 2
    assert result.stderr == f"TE-160 {report} cannot be written: its folder does not exist.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("name", ["book.xlsx", "out.xlsx"])
def test_a_report_in_place_of_a_workbook_is_refused(book: Path, tmp_path: Path, name: str) -> None:
    before = book.read_bytes()
    result = run(book, "--out", tmp_path / "out.xlsx", "--json", tmp_path / "." / name)
    assert result.exit_code == 2
    assert result.stderr == f"TE-160 --json {name} is the workbook, the report needs a file of its own.\n"
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("a,b\n1,2\n")
    result = run(path, "--out", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert result.stderr == (
        "TE-160 prices.csv is not a workbook: its contents are not those of an .xlsx or .xlsm file.\n"
    )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path / "none.xlsx")
    assert result.exit_code == 2
    assert result.stderr == f"TE-160 {tmp_path / 'none.xlsx'} does not exist.\n"
