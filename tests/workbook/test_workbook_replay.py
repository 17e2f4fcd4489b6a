"""Our own cells from the arguments that are stored, without a formula engine."""

from math import sqrt
from pathlib import Path

import pytest
from written_book import F, written

from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import Difference
from trackerr_xl.workbook.replay import replay

TE = sqrt(0.04 * 0.1**2 + 0.09 * 0.1**2)
OURS = {"A1": 0.6, "A2": 0.4, "B1": 0.5, "B2": 0.5, "C1": 0.04, "C2": 0.0, "D1": 0.0, "D2": 0.09}
CALL = "TRACKING_ERROR(A1:A2,B1:B2,C1:D2)"


def test_equal_cells_are_counted(tmp_path: Path) -> None:
    cells = {
        **OURS,
        "F1": F(CALL, TE),
        "F2": F("TRACKING_ERROR(port,B:B,C1:D2,4)", 2 * TE),
        "F3": F("TRACKING_ERROR(TE_OPTIMIZE(B1:B2,C1:D2),B1:B2,C1:D2,)", 0.0),
        "G1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "G1:G2"),
        "G2": 0.5,
        "H1": F("A1+A2", 77.0),
        "H2": F("no formula at all (", 77.0),
    }
    report = replay(written(tmp_path, cells, names=[("port", "Sheet1!$A$1:$A$2")]))
    assert (report.differences, report.not_evaluated, report.calls) == ((), (), 4)


def test_the_stored_arguments_are_used_even_where_they_are_stale(tmp_path: Path) -> None:
    # A1 would calculate to 0.7; Excel stored 0.6 and gave our function that.
    book = written(tmp_path, {**OURS, "A1": F("0.5+0.2", 0.6), "F1": F(CALL, TE)})
    assert replay(book).differences == ()


def test_a_difference_is_told_as_by_check(tmp_path: Path) -> None:
    (found,) = replay(written(tmp_path, {**OURS, "F1": F(CALL, 0.5)})).differences
    assert (found.address, found.formula, found.stored) == (Address("Sheet1", 1, 6), f"={CALL}", 0.5)
    assert found.now == pytest.approx(TE)
    assert found.difference == pytest.approx(TE - 0.5)


def test_a_spill_of_another_size_differs_in_each_cell(tmp_path: Path) -> None:
    grown = {**OURS, "G1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "G1")}
    assert [str(found.address) for found in replay(written(tmp_path, grown)).differences] == ["Sheet1!G2"]
    shrunk = {**OURS, "G1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "G1:G3"), "G2": 0.5, "G3": 0.1}
    (found,) = replay(written(tmp_path, shrunk)).differences
    assert (str(found.address), found.stored, found.now) == ("Sheet1!G3", 0.1, None)


def test_a_fixed_array_shows_na_where_our_answer_ends(tmp_path: Path) -> None:
    array = F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "G1:G3", dynamic=False)
    book = written(tmp_path, {**OURS, "G1": array, "G2": 0.5, "G3": 0.1})
    expected = Difference(Address("Sheet1", 3, 7), "=TE_OPTIMIZE(B1:B2,C1:D2)", 0.1, CellError("#N/A"), None)
    assert replay(book).differences == (expected,)


def test_what_needs_an_engine_is_not_evaluated(tmp_path: Path) -> None:
    cells = {**OURS, "F1": F(f"2*{CALL}", 1.0), "F2": F("TRACKING_ERROR(A1:A2*1,B1:B2,C1:D2)", 1.0)}
    report = replay(written(tmp_path, cells))
    assert {str(kept.address): kept.reason for kept in report.not_evaluated} == {
        "Sheet1!F1": "its call of ours is part of a larger formula",
        "Sheet1!F2": "an argument of its call is an expression",
    }
    assert (report.differences, report.calls) == ((), 0)
