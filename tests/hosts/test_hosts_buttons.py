"""The buttons on a workbook open in an Excel of the tests: what they write is what the same actions write into a file."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
import xlwings
from fake_excel import Excel, activate

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts import buttons
from trackerr_xl.hosts.live_book import blocks
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.actions.desk import changed
from trackerr_xl.workbook.actions.freeze import freeze
from trackerr_xl.workbook.actions.thaw import verify_stamp
from trackerr_xl.workbook.file.addresses import Area, Place
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.package import Package, open_package, read_package
from trackerr_xl.workbook.read_book import read_book

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Excel]:
    yield from opened(tmp_path, "bond_index_tracker.xlsx", ("Weights", 9, 15))


@pytest.fixture
def risk(tmp_path: Path) -> Iterator[Excel]:
    yield from opened(tmp_path, "bond_risk.xlsx", ("Notes", 1, 1))


def opened(folder: Path, name: str, selected: tuple[str, int, int]) -> Iterator[Excel]:
    path = folder / name
    path.write_bytes((TEMPLATES / name).read_bytes())
    excel = Excel(path, selected=selected)
    before = activate(excel)
    yield excel
    xlwings.engines.active = before


def cells(package: Package) -> dict[tuple[str, int, int], object]:
    """What every cell holds: the text of its formula, or its value."""
    held: dict[tuple[str, int, int], object] = {}
    for sheet in read_book(package).sheets.values():
        for at, value in (*sheet.constants.items(), *sheet.results.items()):
            if value not in (None, ""):
                held[sheet.name, *at] = value
        for at, cell in sheet.formulas.items():
            held[sheet.name, *at] = cell.text
    return held


def test_freeze_writes_into_excel_what_it_writes_into_a_file(tracker: Excel, tmp_path: Path) -> None:
    original = open_package(tracker.workbook.path)
    buttons.freeze()
    live = tracker.copy(tmp_path / "copy.xlsx")
    file = read_package(changed(original, freeze(read_book(original), datetime.now()).changes), "file.xlsx")
    there, here = cells(live), cells(file)
    stamps = {("Frozen", row, column) for row in range(5, 12) for column in (2, 3)}
    assert {at: value for at, value in there.items() if at not in stamps} == {
        at: value for at, value in here.items() if at not in stamps
    }
    report = verify_stamp(read_book(live))
    assert report is not None
    assert report.broken == ()
    (message,) = tracker.messages
    assert message.startswith("15 formulas of ours became values; ")
    assert tracker.bars == ["trackerr_xl: Reading …", "trackerr_xl: Writing …", False]


def test_thaw_types_the_formulas_in_again(risk: Excel, tmp_path: Path) -> None:
    before = cells(open_package(risk.workbook.path))
    buttons.freeze()
    frozen = risk.copy(tmp_path / "frozen.xlsx")
    assert verify_stamp(read_book(frozen)) is not None
    excel = Excel(tmp_path / "frozen.xlsx")
    activate(excel)
    buttons.thaw()
    assert excel.messages[0].startswith("5 formulas are back.")
    typed = {
        (sheet.Name, *at): content.text
        for sheet in excel.workbook.Worksheets
        for at, content in sheet.typed.items()
        if isinstance(content, NewFormula)
    }
    assert len(typed) == 5
    assert typed == {at: before[at] for at in typed}


def test_a_copy_is_kept_before_anything_changes(tracker: Excel, tmp_path: Path) -> None:
    before = tracker.workbook.path.read_bytes()
    buttons.freeze()
    (copy,) = tmp_path.glob("bond_index_tracker.before-freeze-*.xlsx")
    assert copy.read_bytes() == before
    assert tracker.messages[0].endswith(f"The workbook as it was: {copy}.")


def test_optimise_then_audit_is_ok(tracker: Excel, tmp_path: Path) -> None:
    buttons.optimise()
    buttons.write_audit_formulas()
    book = read_book(tracker.copy(tmp_path / "copy.xlsx"))
    assert book.sheets["audit"].stored(5, 3) == "OK"
    # The weights of the sheet are those of the formula.
    weights = [book.sheets["optimised"].stored(row, 3) for row in range(6, 46)]
    assert weights == pytest.approx(
        [book.sheets["weights"].stored(row, 15) for row in range(6, 46)], abs=1e-15
    )
    assert tracker.messages[0].splitlines()[0] == "Status: Solved, and the answer proved."
    assert tracker.bars[-1] is False
    # A second time the sheets are written in their places.
    buttons.write_audit_formulas()
    assert [sheet.Name for sheet in tracker.workbook.Worksheets][-3:] == ["Optimised", "Audit", "Audit names"]


def test_explain_speaks_of_the_selected_cell(tracker: Excel) -> None:
    buttons.explain()
    lines = tracker.messages[0].splitlines()
    assert lines[0].startswith("Weights!N6  =TE_OPTIMIZE(")
    assert "Status: Solved, and the answer proved." in lines


def test_explain_of_another_cell_says_what_to_do(risk: Excel) -> None:
    buttons.explain()
    assert risk.messages == [
        "TE-100 Notes!A1 holds no formula of ours: select a cell that calls one of our functions."
    ]


def test_lock_and_rerun_pass_and_then_find_the_planted_change(tracker: Excel) -> None:
    buttons.rerun_tests()
    assert (
        tracker.messages.pop()
        == "TE-160 bond_index_tracker.xlsx.lock.json does not exist: lock the workbook as a test first."
    )
    buttons.lock_as_test()
    assert "cells are locked in" in tracker.messages.pop()
    buttons.rerun_tests()
    assert tracker.messages.pop().startswith("The test passes: ")
    path = tracker.workbook.path.with_name("bond_index_tracker.xlsx.lock.json")
    data = json.loads(path.read_text("utf-8"))
    data["outputs"]["Tracker"]["B5"] *= 1.01
    path.write_text(json.dumps(data), "utf-8")
    buttons.rerun_tests()
    lines = tracker.messages.pop().splitlines()
    assert lines[0].startswith("The test fails: ")
    assert " 1 different, " in lines[0]
    assert lines[1].startswith("Tracker!B5: locked 7.21")


def test_help_lists_every_function(risk: Excel, tmp_path: Path) -> None:
    buttons.help_page()
    sheet = read_book(risk.copy(tmp_path / "copy.xlsx")).sheets["trackerr_xl help"]
    assert [sheet.stored(row, 2) for row in range(6, 6 + len(CATALOGUE))] == list(CATALOGUE)


def test_about_names_the_versions(risk: Excel) -> None:
    buttons.about()
    assert [line.split()[0] for line in risk.messages[0].splitlines()] == [
        "trackerr_xl",
        "Python",
        "NumPy",
        "SciPy",
    ]


def test_a_template_is_opened_by_its_number(risk: Excel) -> None:
    risk.answers = ["2", False, "nonsense"]
    buttons.new_from_template()
    assert [Path(path).stem for path in risk.opened] == [
        sorted(path.stem for path in TEMPLATES.glob("*.xlsx"))[1]
    ]
    buttons.new_from_template()
    assert risk.messages == []
    buttons.new_from_template()
    assert risk.messages[0].startswith('TE-140 template "nonsense" is not known, ')
    assert len(risk.opened) == 1


def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(risk: Excel, tmp_path: Path) -> None:
    before = cells(open_package(risk.workbook.path))
    buttons.optimise()
    buttons.write_audit_formulas()
    assert [message.partition(":")[0] for message in risk.messages] == [
        "TE-100 workbook bond_risk.xlsx has no cells named Benchmark",
        "TE-100 workbook bond_risk.xlsx has no formula that is one call of TE_OPTIMIZE, and no optimised weights",
    ]
    assert cells(risk.copy(tmp_path / "copy.xlsx")) == before
    assert not list(tmp_path.glob("*before*"))


def test_formulas_that_show_no_name_are_entered_again(tmp_path: Path) -> None:
    path = tmp_path / "unbound.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_formula("A1", "=ACTIVE_SHARE(C1:C2,D1:D2)", None, "#NAME?")
        sheet.write_dynamic_array_formula("F1", "=TE_VERSION()", None, "#NAME?")
        sheet.write_formula("A2", "=NOSUCH()", None, "#NAME?")
        sheet.write_formula("A3", "=ACTIVE_SHARE(C1:C2,D1:D2)", None, 0)
        for row, (one, other) in enumerate([(0.5, 0.6), (0.5, 0.4)]):
            sheet.write(row, 2, one)
            sheet.write(row, 3, other)
    excel = Excel(path)
    before = activate(excel)
    try:
        buttons.mend_names()
    finally:
        xlwings.engines.active = before
    assert excel.messages[0].startswith("2 formulas were entered again.")
    typed = excel.workbook.Worksheets("Sheet1").typed
    assert set(typed) == {(1, 1), (1, 6)}
    now = read_book(excel.copy(tmp_path / "copy.xlsx")).sheets["sheet1"]
    # Half of the sum of the differences 0.1 and 0.1.
    assert now.stored(1, 1) == pytest.approx(0.1, abs=1e-15)


def test_without_a_workbook_only_what_needs_none_works(risk: Excel) -> None:
    risk.books.clear()
    risk.answers = ["1"]
    buttons.new_from_template()
    buttons.freeze()
    buttons.about()
    assert len(risk.opened) == 1
    assert risk.messages[0] == "Open a workbook first."
    assert risk.messages[1].startswith("trackerr_xl ")


def test_what_excel_refuses_is_a_sentence(risk: Excel, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused(Exception):  # noqa: N818  pywin32's own name ends otherwise too
        excepinfo = (0, "Microsoft Excel", "The cell is on a protected sheet.", None, 0, -2146827284)

    def refuse(_name: str) -> None:
        raise Refused

    monkeypatch.setitem(sys.modules, "pywintypes", SimpleNamespace(com_error=Refused))
    risk.workbook.Worksheets.sheets["Risk"].Range = refuse
    buttons.freeze()
    assert risk.messages == [
        "Excel refused a step: The cell is on a protected sheet. Leave the cell you are editing, or unprotect the sheet, and "
        "press again; a copy of the workbook as it was is beside it if anything was written."
    ]
    assert risk.bars[-1] is False


def test_hostile_labels_are_typed_as_text(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    names = ["=cmd|' /C calc'!A0", "+1", "@x", "01/02"]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, name in enumerate(names):
            sheet.write_string(row, 0, name)
            sheet.write(row, 1, 0.25)
            for column in range(4):
                sheet.write(row, 3 + column, 0.04 if row == column else 0.0)
        book.define_name("Benchmark", "=Sheet1!$A$1:$B$4")
        book.define_name("Covariance", "=Sheet1!$D$1:$G$4")
    excel = Excel(path)
    before = activate(excel)
    try:
        buttons.optimise()
    finally:
        xlwings.engines.active = before
    sheet = read_book(excel.copy(tmp_path / "copy.xlsx")).sheets["optimised"]
    assert [sheet.stored(row, 2) for row in range(6, 10)] == names
    assert {at for at in sheet.formulas if at[1] == 2} == set()


def test_cells_are_covered_by_rectangles_once_each() -> None:
    places = [Place(r, c) for r in (1, 2, 3) for c in (2, 3)] + [Place(4, 2), Place(6, 2), Place(6, 4)]
    assert blocks(places) == [Area(1, 2, 3, 3), Area(4, 2, 4, 2), Area(6, 2, 6, 2), Area(6, 4, 6, 4)]


def test_error_values_become_error_values(tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Sheet1").write_formula("A1", "=ACTIVE_SHARE(C1,D1)", None, "#N/A")
    excel = Excel(path)
    before = activate(excel)
    try:
        buttons.freeze()
    finally:
        xlwings.engines.active = before
    assert excel.workbook.Worksheets("Sheet1").typed == {(1, 1): CellError("#N/A")}
