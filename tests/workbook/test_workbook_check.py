"""Stored values against recalculated ones: what differs, what agrees, and what could not be checked."""

from math import sqrt
from pathlib import Path

import pytest
from poison import poison
from written_book import F, written

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.book import Address, parse_location
from trackerr_xl.workbook.check import Difference, check

TE = sqrt(0.04 * 0.1**2 + 0.09 * 0.1**2)
OURS = {
    "A1": 0.6,
    "A2": 0.4,
    "B1": 0.5,
    "B2": 0.5,
    "C1": 0.04,
    "C2": 0.0,
    "D1": 0.0,
    "D2": 0.09,
}


def test_a_workbook_that_shows_what_it_calculates_has_no_differences(tmp_path: Path) -> None:
    cells = {
        **OURS,
        "F1": F("TRACKING_ERROR(A1:A2,B1:B2,C1:D2)", TE),
        "F2": F("F1*2", 2 * TE),
        "F3": F('""', ""),
    }
    report = check(written(tmp_path, cells))
    assert (report.differences, report.not_evaluated, report.equal) == ((), (), 3)


def test_a_difference_names_the_cell_the_formula_and_both_values(tmp_path: Path) -> None:
    book = written(tmp_path, {**OURS, "F1": F("A1+A2", 1.25), "F2": F("A1>A2", False), "F3": F("A1/0", 1.0)})
    assert check(book).differences == (
        Difference(Address("Sheet1", 1, 6), "=A1+A2", 1.25, 1.0, -0.25),
        Difference(Address("Sheet1", 2, 6), "=A1>A2", False, True, None),
        Difference(Address("Sheet1", 3, 6), "=A1/0", 1.0, CellError("#DIV/0!"), None),
    )


def test_a_spill_that_changed_its_size_differs_in_every_cell_that_changed(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": 3.0, "B1": F("_xlfn.SEQUENCE(A1)", 1.0, "B1:B2"), "B2": 2.0})
    (grown,) = check(book).differences
    assert grown == Difference(Address("Sheet1", 3, 2), "=_xlfn.SEQUENCE(A1)", None, 3.0, None)
    (shrunk,) = check(book, inputs={parse_location("Sheet1!A1"): 1.0}).differences
    assert shrunk == Difference(Address("Sheet1", 2, 2), "=_xlfn.SEQUENCE(A1)", 2.0, None, None)


@pytest.mark.parametrize(("stored", "differs"), [(1 + 1e-10, 0), (1 + 1e-8, 1)])
def test_the_tolerance_is_relative(tmp_path: Path, stored: float, differs: int) -> None:
    book = written(tmp_path, {"A1": 1e6, "F1": F("A1*1", 1e6 * stored)})
    assert len(check(book).differences) == differs
    assert len(check(book, tolerance=1e-12).differences) == 1
    assert check(book, tolerance=1e-6).differences == ()


def test_what_is_left_where_numbers_cancel_is_no_difference(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": 0.1, "F1": F("A1*3-0.3", 0.0)})
    assert check(book).differences == ()


def test_what_cannot_be_evaluated_is_neither_equal_nor_different(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": F("RAND()", 0.5), "A2": F("A1+1", 1.5), "A3": F("1+1", 2.0)})
    report = check(book)
    assert [str(kept.address) for kept in report.not_evaluated] == ["Sheet1!A1", "Sheet1!A2"]
    assert (report.differences, report.equal) == ((), 1)


def test_a_value_never_stored_is_a_difference(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": F("1+1", None)})
    (found,) = check(book).differences
    assert (found.stored, found.now, found.difference) == (None, 2.0, None)


def test_every_poisoned_cell_is_a_difference(tmp_path: Path) -> None:
    cells = {**OURS, "F1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "F1:F2"), "F2": 0.5, "G1": F("SUM(F1:F2)", 1.0)}
    book = written(tmp_path, cells)
    assert check(book).differences == ()
    assert poison(book, tmp_path / "poisoned.xlsx") == 3
    assert len(check(tmp_path / "poisoned.xlsx").differences) == 3


def test_differences_come_sheet_by_sheet_and_row_by_row(tmp_path: Path) -> None:
    cells = {
        "B2": F("1"),
        "A3": F("2"),
        "A2": F("3"),
        "Other!A1": F("4"),
        "C1": F("_xlfn.SEQUENCE(1,2)", 0.0, "C1"),
    }
    found = [str(difference.address) for difference in check(written(tmp_path, cells)).differences]
    assert found == ["Sheet1!C1", "Sheet1!D1", "Sheet1!A2", "Sheet1!B2", "Sheet1!A3", "Other!A1"]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.xlsx"
    path.write_text("not a workbook")
    with pytest.raises(FileRefusedError):
        check(path)
