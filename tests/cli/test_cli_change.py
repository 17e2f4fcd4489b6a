"""`trackerr-xl optimise`, `explain`, `freeze`, `thaw`, `audit`, `lock`, `test` and `new`: what the buttons do, from a shell."""

import json
from pathlib import Path

import openpyxl
import pytest
from small_book import TRACKING_ERROR, write_book
from typer.testing import CliRunner, Result

from trackerr_xl.cli import app
from trackerr_xl.workbook.read_book import read_book

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "book.xlsx")


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes((TEMPLATES / "bond_index_tracker.xlsx").read_bytes())
    return path


def test_freeze_then_check_passes(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "frozen.xlsx"
    before = book.read_bytes()
    result = run("freeze", book, "--out", out)
    assert result.exit_code == 0
    assert result.stdout == (
        "1 formula of ours became values; the sheet Frozen keeps them with a stamp over 3 ranges of inputs.\n"
    )
    assert book.read_bytes() == before
    assert openpyxl.load_workbook(out)["My results"]["A1"].value == pytest.approx(TRACKING_ERROR, rel=1e-15)
    checked = run("check", out)
    assert checked.exit_code == 0
    assert "holds: inputs and values are those that were frozen." in checked.stdout
    assert "Different\t0" in checked.stdout.splitlines()


def test_check_of_a_frozen_workbook_says_where_an_input_changed(book: Path, tmp_path: Path) -> None:
    assert run("freeze", book).exit_code == 0
    moved, report = tmp_path / "moved.xlsx", tmp_path / "report.json"
    assert run("recalc", book, "--set", "Inputs!A2=0.3", "--out", moved).exit_code == 0
    result = run("check", moved, "--json", report)
    assert result.exit_code == 1
    assert "Inputs changed since: Inputs!A2." in result.stdout.splitlines()
    data = json.loads(report.read_text("utf-8"))
    assert data["stamp"]["broken"] == ["Inputs changed since: Inputs!A2."]
    # The formula, brought back in memory, gives another value than the frozen one.
    assert "'My results'!A1" in {each["cell"] for each in data["differences"]}


def test_without_out_the_workbook_is_changed_and_a_copy_kept(book: Path) -> None:
    before = book.read_bytes()
    result = run("freeze", book)
    (copy,) = book.parent.glob("book.before-freeze-*.xlsx")
    assert copy.read_bytes() == before
    assert result.stdout.splitlines()[-1] == f"The workbook as it was: {copy}."
    assert run("thaw", book).stdout.splitlines()[0] == "1 formula is back."
    assert run("check", book).exit_code == 0
    formulas = read_book(book).sheets["my results"].formulas
    assert formulas[1, 1].text == "=TRACKING_ERROR(Inputs!A1:A2,Inputs!B1:B2,Inputs!D1:E2)"


def test_audit_is_ok_and_turns_when_a_weight_is_typed(tracker: Path, tmp_path: Path) -> None:
    out, typed = tmp_path / "audited.xlsx", tmp_path / "typed.xlsx"
    result = run("audit", tracker, "--out", out)
    assert result.exit_code == 0
    assert result.stdout == (
        "The sheets Audit and Audit names verify 40 weights and 22 sums of them with formulas of Excel's own.\n"
    )
    assert openpyxl.load_workbook(out, data_only=True)["Audit"]["C5"].value == "OK"
    assert run("recalc", out, "--set", "Weights!F6=0.2", "--out", typed).exit_code == 0
    assert openpyxl.load_workbook(typed, data_only=True)["Audit"]["C5"].value.startswith("CHECK: ")
    # The sheet of three bonds has an answer of its own.
    small = run("audit", tracker, "--out", out, "--cell", "'Three bonds'!F15")
    assert small.stdout.startswith("The sheets Audit and Audit names verify 3 weights ")
    assert run("check", out).exit_code == 0


def test_lock_and_test(tracker: Path, tmp_path: Path) -> None:
    assert run("test", tracker).stderr == (
        "TE-160 tracker.xlsx.lock.json does not exist: lock the workbook as a test first.\n"
    )
    locked = run("lock", tracker, "--now", "2026-03-31T17:30:00", "--tolerance", "1e-8")
    assert locked.exit_code == 0
    path = tmp_path / "tracker.xlsx.lock.json"
    assert f"Written\t{path}" in locked.stdout.splitlines()
    assert json.loads(path.read_text("utf-8"))["now"] == "2026-03-31T17:30:00"
    assert run("test", tracker).exit_code == 0
    moved = tmp_path / "moved.xlsx"
    assert run("recalc", tracker, "--set", "Limits!E6=0.05", "--out", moved).exit_code == 0
    moved.replace(tracker)
    report = tmp_path / "report.json"
    result = run("test", tracker, "--json", report)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].split("\t") == ["Cell", "Formula", "Stored", "Now", "Difference"]
    data = json.loads(report.read_text("utf-8"))
    assert data["outcome"] == "different"
    assert {each["cell"].partition("!")[0] for each in data["differences"]} >= {"Weights", "Tracker"}


def test_optimise_and_explain(tracker: Path) -> None:
    result = run("optimise", tracker)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "Status: Solved, and the answer proved."
    assert "Optimised" in openpyxl.load_workbook(tracker, read_only=True).sheetnames
    words = run("explain", tracker, "Weights!N8").stdout.splitlines()
    assert words[0].startswith("Weights!N6  =TE_OPTIMIZE(")
    assert "Status: Solved, and the answer proved." in words
    assert run("explain", tracker, "N8").stderr == (
        "TE-100 CELL N8 cannot be read: 'N8' names no sheet; write it as Sheet1!A1.\n"
    )


def test_a_question_without_an_answer_is_told_by_the_exit_code(tracker: Path) -> None:
    clash = tracker.with_name("clash.xlsx")
    run("recalc", tracker, "--set", "Limits!E6=0.01", "--out", clash)
    before = clash.read_bytes()
    result = run("optimise", clash)
    assert result.exit_code == 3
    assert "Status: The cell shows #N/A." in result.stdout.splitlines()
    assert clash.read_bytes() == before


def test_new_makes_a_workbook_from_a_template_and_never_over_another(tmp_path: Path) -> None:
    listed = run("new").stdout
    assert {line.split("\t")[0] for line in listed.splitlines()} == {
        path.stem for path in TEMPLATES.glob("*.xlsx")
    }
    out = tmp_path / "mine.xlsx"
    assert run("new", "Bond risk", out).exit_code == 0
    assert out.read_bytes() == (TEMPLATES / "bond_risk.xlsx").read_bytes()
    with_macros = tmp_path / "mine.xlsm"
    assert run("new", "Bond risk", with_macros).exit_code == 0
    assert with_macros.read_bytes() == (TEMPLATES / "bond_risk.xlsm").read_bytes()
    assert (
        run("new", "bond_risk", out).stderr
        == f"TE-160 {out} exists already, a new workbook needs a name of its own.\n"
    )
    assert run("new", "bond_rsk", tmp_path / "x.xlsx").stderr == (
        'TE-140 template "bond_rsk" is not known, the nearest known is "bond_risk".\n'
    )


@pytest.mark.parametrize("command", ["freeze", "thaw", "audit", "optimise"])
def test_an_output_of_another_ending_is_refused(book: Path, command: str) -> None:
    result = run(command, book, "--out", "out.xlsm")
    assert result.exit_code == 2
    assert result.stderr == (
        "TE-160 --out out.xlsm must end in .xlsx, as book.xlsx does, or Excel will not open it.\n"
    )
