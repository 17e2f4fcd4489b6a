"""Optimise, Explain, Lock as test and Help on files: what is written where, and what is refused."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from asked_book import write_rows

from trackerr_xl import evaluate
from trackerr_xl.errors import FileRefusedError, InputError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.actions.desk import changed
from trackerr_xl.workbook.actions.explain import explain
from trackerr_xl.workbook.actions.functions_sheet import functions_sheet
from trackerr_xl.workbook.actions.lock import Lock, lock, lock_path, lock_text, read_lock, rerun
from trackerr_xl.workbook.actions.optimise import optimise
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook
from trackerr_xl.workbook.read_book import read_book

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
NOW = datetime(2026, 3, 31, 17, 30)
BENCHMARK = [["Ash", 0.4], ["Birch", 0.3], ["Cedar", 0.2], ["Dogwood", 0.1]]
HELD = [["Birch", 0.5], ["Ash", 0.5]]
COV = [
    [None, "Ash", "Birch", "Cedar", "Dogwood"],
    ["Ash", 0.04, 0.012, 0.008, 0.004],
    ["Birch", 0.012, 0.05, 0.01, 0.006],
    ["Cedar", 0.008, 0.01, 0.03, 0.005],
    ["Dogwood", 0.004, 0.006, 0.005, 0.06],
]
RULES = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.35]]
CLASH = [*RULES, ["Budget", None, 2.0, 2.0]]


def named_book(path: Path, ranges: dict[str, Sequence[Sequence[Any]]], **areas: str) -> Package:
    """A workbook with each range on a sheet of its own under its name, and further names."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in ranges.items():
            write_rows(book.add_worksheet(f"On {name}"), rows)
            end = xlsxwriter.utility.xl_rowcol_to_cell(1 + len(rows), len(rows[0]), True, True)
            book.define_name(name, f"='On {name}'!$B$3:{end}")
        for name, area in areas.items():
            book.define_name(name, f"={area}")
        desk = book.add_worksheet("Desk")
        desk.write("A1", "kept")
        desk.write("G2", 99)
    return open_package(path)


def done(package: Package, plan: Any) -> Package:
    return read_package(changed(package, plan.changes), package.name)


def column(package: Package, sheet: str, letter: int, first: int, last: int) -> list[Any]:
    return [read_book(package).sheets[sheet].stored(row, letter) for row in range(first, last + 1)]


def test_weights_trades_and_words_go_to_a_new_sheet_under_names(tmp_path: Path) -> None:
    package = named_book(
        tmp_path / "q.xlsx", {"Benchmark": BENCHMARK, "Covariance": COV, "Limits": RULES, "Current": HELD}
    )
    plan = optimise(read_book(package))
    after = done(package, plan)
    best = evaluate("TE_OPTIMIZE", BENCHMARK, COV, RULES)
    assert column(after, "optimised", 2, 6, 9) == [name for name, _ in best]
    assert column(after, "optimised", 3, 6, 9) == [weight for _, weight in best]
    held = {"Ash": 0.5, "Birch": 0.5}
    assert column(after, "optimised", 4, 6, 9) == pytest.approx(
        [weight - held.get(name, 0) for name, weight in best]
    )
    # Active weights are a formula of Excel's own, calculated.
    assert column(after, "optimised", 6, 6, 9) == pytest.approx(
        [w - b for (_, w), (_, b) in zip(best, BENCHMARK, strict=True)]
    )
    names = {name.name: name.text for name in read_book(after).names.values()}
    assert names["Optimised_Weights"] == "Optimised!$B$6:$C$9"
    assert names["Optimised_Trades"] == "Optimised!$D$6:$D$9"
    topics = column(after, "optimised", 9, 6, 10)
    assert topics[0] == "Status"
    assert column(after, "optimised", 10, 6, 6) == ["Solved, and the answer proved."]
    assert plan.words[0] == "Status: Solved, and the answer proved."
    openpyxl.load_workbook(_saved(tmp_path, after))


def _saved(folder: Path, package: Package) -> Path:
    path = folder / "after.xlsx"
    path.write_bytes(package.data)
    return path


def test_cells_the_workbook_names_are_filled_and_what_is_left_of_them_emptied(tmp_path: Path) -> None:
    package = named_book(
        tmp_path / "q.xlsx",
        {"Benchmark": BENCHMARK, "Covariance": COV, "Current": HELD},
        Optimised_Weights="Desk!$B$2:$C$7",
        Optimised_Trades="Desk!$E$2:$E$5",
        Optimised_Diagnostics="Desk!$G$2:$H$3",
    )
    after = done(package, optimise(read_book(package)))
    assert list(after.sheets) == list(package.sheets)
    assert column(after, "desk", 2, 2, 7) == ["Ash", "Birch", "Cedar", "Dogwood", None, None]
    # Without limits the benchmark is the best.
    assert [round(float(w), 9) for w in column(after, "desk", 3, 2, 5)] == [0.4, 0.3, 0.2, 0.1]
    assert [round(float(w), 9) for w in column(after, "desk", 5, 2, 5)] == [-0.1, -0.2, 0.2, 0.1]
    assert column(after, "desk", 7, 2, 3) == ["Status", "Tracking error"]
    assert column(after, "desk", 1, 1, 1) == ["kept"]


@pytest.mark.parametrize(
    ("area", "sentence"),
    [
        ("Desk!$B$2:$C$4", "TE-100 Optimised_Weights Desk!$B$2:$C$4 has 3 rows, the answer needs 4."),
        (
            "Desk!$B$2:$D$9",
            "TE-100 Optimised_Weights Desk!$B$2:$D$9 has 3 columns, must have one, or two for names and numbers.",
        ),
    ],
)
def test_cells_that_cannot_take_the_answer_are_refused(tmp_path: Path, area: str, sentence: str) -> None:
    package = named_book(
        tmp_path / "q.xlsx", {"Benchmark": BENCHMARK, "Covariance": COV}, Optimised_Weights=area
    )
    with pytest.raises(InputError) as refused:
        optimise(read_book(package))
    assert refused.value.sentence == sentence


def test_formulas_of_the_user_are_never_overwritten() -> None:
    package = open_package(TEMPLATES / "bond_index_tracker.xlsx")
    book = read_book(package)
    names = dict(book.names)
    names[None, "optimised_weights"] = names[None, "optimum"]
    with pytest.raises(InputError, match="holds formulas, must be cells for values"):
        optimise(replace(book, names=names))


def test_a_question_without_an_answer_changes_nothing_and_says_why(tmp_path: Path) -> None:
    package = named_book(tmp_path / "q.xlsx", {"Benchmark": BENCHMARK, "Covariance": COV, "Limits": CLASH})
    plan = optimise(read_book(package))
    assert plan.changes.none
    assert "Status: The cell shows #N/A." in plan.words
    assert any(words.startswith("Repair: ") for words in plan.words)


def test_the_benchmark_must_have_a_name(tmp_path: Path) -> None:
    package = named_book(tmp_path / "q.xlsx", {"Covariance": COV})
    with pytest.raises(InputError) as refused:
        optimise(read_book(package))
    assert refused.value.sentence == (
        "TE-100 workbook q.xlsx has no cells named Benchmark: name the range of the benchmark so."
    )


def test_templates_are_optimised_to_what_their_formula_shows(tmp_path: Path) -> None:
    package = open_package(TEMPLATES / "equity_index_tracker.xlsx")
    after = done(package, optimise(read_book(package)))
    shown = [read_book(package).sheets["weights"].stored(row, 15) for row in range(6, 106)]
    assert column(after, "optimised", 3, 6, 105) == pytest.approx(shown, abs=1e-15)


def test_explain_speaks_of_a_risk_model_by_its_name_in_a_cell() -> None:
    book = read_book(open_package(TEMPLATES / "bond_risk.xlsx"))
    words = explain(book, parse_location("Risk!B5"))
    assert words[0].startswith("Risk!B5  =10000*TRACKING_ERROR(")
    assert "Function: TRACKING_ERROR" in words
    assert "Function: RISK_MODEL" in words


def test_explain_refuses_in_a_sentence(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as made:
        made.add_worksheet("Sheet1").write_formula("A1", "=ACTIVE_SHARE(B1:B2*1,C1:C2)", None, 0)
    book = read_book(open_package(tmp_path / "b.xlsx"))
    with pytest.raises(InputError) as refused:
        explain(book, Address("Sheet1", 1, 1))
    assert refused.value.sentence == (
        "TE-100 Sheet1!A1 cannot be explained: an argument of its call is an expression; put it into cells of its own."
    )
    for at in (Address("Sheet1", 5, 5), Address("Gone", 1, 1)):
        with pytest.raises(InputError, match="holds no formula of ours"):
            explain(book, at)


def test_a_lock_is_kept_as_one_value_a_line_and_read_back(tmp_path: Path) -> None:
    package = open_package(TEMPLATES / "equity_index_tracker.xlsx")
    locked = lock(package, NOW)
    path = lock_path(tmp_path / "equity.xlsx")
    assert path.name == "equity.xlsx.lock.json"
    path.write_text(lock_text(locked, "equity.xlsx"), "utf-8")
    assert read_lock(path) == Lock(NOW, 1e-9, locked.outputs, {})
    text = path.read_text("utf-8")
    assert text.count("\n") > len(locked.outputs)
    data = json.loads(text)
    # Every formula cell of the file, spills included, by another reader.
    stored = openpyxl.load_workbook(TEMPLATES / "equity_index_tracker.xlsx")
    count = sum(
        cell.data_type == "f" for sheet in stored.worksheets for row in sheet.iter_rows() for cell in row
    )
    assert sum(map(len, data["outputs"].values())) > count
    assert data["outputs"]["Contributions"]["D6"] == {"error": "#N/A"}
    assert CellError("#N/A") in locked.outputs.values()


def test_a_locked_workbook_passes_and_a_planted_error_is_found_and_named() -> None:
    package = open_package(TEMPLATES / "equity_index_tracker.xlsx")
    locked = lock(package, NOW)
    report = rerun(package, locked)
    assert (report.differences, report.not_evaluated, report.equal) == ((), (), len(locked.outputs))
    planted = read_package(patch_workbook(package, {"Checks": SheetEdits(contents={(6, 3): 0.5})}), "b")
    report = rerun(planted, locked)
    first = report.differences[0]
    assert (str(first.address), first.formula, first.now) == ("Checks!C6", "", None)
    assert first.stored == pytest.approx(1.0)
    moved = read_package(patch_workbook(package, {"Limits": SheetEdits(inputs={(6, 5): 0.04})}), "b")
    report = rerun(moved, locked)
    assert "Weights!O6" in {str(each.address) for each in report.differences}


def test_a_spill_that_grows_and_a_cell_that_cannot_be_calculated_are_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as made:
        sheet = made.add_worksheet("Sheet1")
        sheet.write("A1", 2)
        sheet.write_dynamic_array_formula("C1:C2", "=SEQUENCE(A1)", None, 1)
        sheet.write("C2", 2)
        sheet.write_formula("E1", "=TODAY()", None, 1)
    package = open_package(tmp_path / "b.xlsx")
    locked = lock(package, NOW)
    # 31 March 2026 is day 46112 of Excel's calendar: the clock is the lock's own, whenever it runs.
    assert locked.outputs[Address("Sheet1", 1, 5)] == 46112
    assert rerun(package, locked).differences == ()
    grown = read_package(patch_workbook(package, {"Sheet1": SheetEdits(inputs={(1, 1): 3})}), "b")
    (difference,) = rerun(grown, locked).differences
    assert (str(difference.address), difference.stored, difference.now) == ("Sheet1!C3", None, 3.0)
    unknown = SheetEdits(contents={(1, 5): NewFormula("=NOSUCH()", 1.0)})
    lost = read_package(patch_workbook(package, {"Sheet1": unknown}), "b")
    report = rerun(lost, locked)
    assert report.differences == ()
    assert [str(each.address) for each in report.not_evaluated] == ["Sheet1!E1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"lock": 1}',
        '{"lock": 1, "now": "x", "tolerance": 1, "outputs": {}}',
        '{"lock":1,"now":"2026-01-01","tolerance":1,"outputs":{"A":{"B1":{"error":"#NO"}}}}',
    ],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.xlsx.lock.json"
    path.write_text(text, "utf-8")
    with pytest.raises(FileRefusedError) as refused:
        read_lock(path)
    assert refused.value.sentence == "TE-160 b.xlsx.lock.json cannot be read as a lock of a workbook."


def test_the_sheet_of_functions_shows_text_only() -> None:
    sheet = functions_sheet().changes.sheets[0]
    assert all(isinstance(content, str | None) for content, _ in sheet.cells.values())
