"""A risk model in one cell of a workbook: whichever cell comes first, it is recalculated, checked and saved."""

from math import sqrt
from pathlib import Path

import pytest
from written_book import F, written

from trackerr_xl import evaluate
from trackerr_xl.functions import models
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.recalculate import recalculate
from trackerr_xl.workbook.replay import replay
from trackerr_xl.workbook.write_back import write_back

INPUTS = {
    "A1": 0.6,
    "A2": 0.4,
    "B1": 0.5,
    "B2": 0.5,
    # Exposures 1 and 2 to one factor of variance 0.01, specific variances 0.02 and 0.03.
    "C1": 1.0,
    "C2": 2.0,
    "D1": 0.01,
    "E1": 0.02,
    "E2": 0.03,
}
# The active weights 0.1 and −0.1: an exposure of −0.1, hence 0.01·0.01 + 0.01·(0.02 + 0.03).
TE = sqrt(0.0001 + 0.0005)


@pytest.fixture(autouse=True)
def _a_program_just_started() -> None:
    models.forget()
    memo.forget()


@pytest.mark.parametrize(("model", "reader"), [("F1", "F2"), ("F2", "F1"), ("Z9", "A3")])
def test_the_model_may_stand_before_or_behind_the_cells_that_read_it(
    tmp_path: Path, model: str, reader: str
) -> None:
    book = written(
        tmp_path,
        {
            **INPUTS,
            model: F("RISK_MODEL(C1:C2,D1,E1:E2)", "RISK:0000"),
            reader: F(f"TRACKING_ERROR(A1:A2,B1:B2,{model})", -999.0),
        },
    )
    done = recalculate(book)
    assert done.values[parse_location(f"Sheet1!{reader}")] == pytest.approx(TE, rel=1e-14)
    assert done.not_evaluated == ()
    assert done.faults == ()


def test_a_recalculated_workbook_that_was_saved_has_no_differences(tmp_path: Path) -> None:
    book = written(
        tmp_path,
        {
            **INPUTS,
            "F1": F("TE_CONTRIB(A1:A2,B1:B2,F9)", "#N/A", "F1:K5"),
            "F9": F("RISK_MODEL(C1:C2,D1,E1:E2)", "RISK:0000"),
        },
    )
    saved = tmp_path / "saved.xlsx"
    package = open_package(book)
    saved.write_bytes(write_back(package, recalculate(package)))
    models.forget()
    memo.forget()
    report = check(saved)
    assert (report.differences, report.not_evaluated, report.equal) == ((), (), 31)


def test_a_model_within_the_formula_works_too(tmp_path: Path) -> None:
    book = written(
        tmp_path, {**INPUTS, "F1": F("TRACKING_ERROR(A1:A2,B1:B2,RISK_MODEL(C1:C2,D1,E1:E2))", -999.0)}
    )
    assert recalculate(book).values[parse_location("Sheet1!F1")] == pytest.approx(TE, rel=1e-14)


def test_a_change_of_the_model_reaches_its_readers(tmp_path: Path) -> None:
    book = written(
        tmp_path,
        {
            **INPUTS,
            "F1": F("RISK_MODEL(C1:C2,D1,E1:E2)", "RISK:0000"),
            "F2": F("TRACKING_ERROR(A1:A2,B1:B2,F1)", -999.0),
        },
    )
    done = recalculate(book, inputs={parse_location("Sheet1!D1"): 0.04})
    assert done.values[parse_location("Sheet1!F2")] == pytest.approx(sqrt(0.0004 + 0.0005), rel=1e-14)


def test_a_name_pasted_as_a_value_shows_not_available_and_why(tmp_path: Path) -> None:
    book = written(tmp_path, {**INPUTS, "F1": "RISK:0000", "F2": F("TRACKING_ERROR(A1:A2,B1:B2,F1)", -999.0)})
    done = recalculate(book)
    assert done.values[parse_location("Sheet1!F2")] == CellError("#N/A")
    assert [fault.sentence for fault in done.faults] == [
        "TE-410 cov is RISK:0000, a model not made since the workbook was opened or given up since, must be made again: "
        "recalculate (Ctrl+Alt+F9)."
    ]


def test_a_name_pasted_as_a_value_is_answered_where_a_later_cell_makes_the_model(tmp_path: Path) -> None:
    ((name,),) = evaluate("RISK_MODEL", [1.0, 2.0], [[0.01]], [0.02, 0.03])
    models.forget()
    book = written(
        tmp_path,
        {
            **INPUTS,
            "F1": name,
            "F2": F("TRACKING_ERROR(A1:A2,B1:B2,F1)", -999.0),
            "F3": F("RISK_MODEL(C1:C2,D1,E1:E2)", "RISK:0000"),
        },
    )
    assert recalculate(book).values[parse_location("Sheet1!F2")] == pytest.approx(TE, rel=1e-14)


def test_names_of_models_that_differ_in_a_last_digit_are_no_difference_but_what_they_measure_is(
    tmp_path: Path,
) -> None:
    ((near,),) = evaluate("RISK_MODEL", [1.0, 2.0], [[0.010000000000000002]], [0.02, 0.03])
    cells = {
        **INPUTS,
        "F1": F("RISK_MODEL(C1:C2,D1,E1:E2)", near),
        "F2": F("TRACKING_ERROR(A1:A2,B1:B2,F1)", TE),
    }
    assert check(written(tmp_path, cells)).differences == ()
    assert len(check(written(tmp_path, cells), tolerance=0.0).differences) >= 1
    moved = {**cells, "F2": F("TRACKING_ERROR(A1:A2,B1:B2,F1)", 1.01 * TE)}
    assert [difference.address for difference in check(written(tmp_path, moved)).differences] == [
        parse_location("Sheet1!F2")
    ]


def test_a_replay_makes_the_models_before_the_cells_that_are_given_their_names(tmp_path: Path) -> None:
    ((name,),) = evaluate("RISK_MODEL", [1.0, 2.0], [[0.01]], [0.02, 0.03])
    models.forget()
    cells = {
        **INPUTS,
        "F1": F("TRACKING_ERROR(A1:A2,B1:B2,F2)", TE),
        "F2": F("RISK_MODEL(C1:C2,D1,E1:E2)", name),
    }
    report = replay(written(tmp_path, cells))
    assert (report.differences, report.not_evaluated, report.calls) == ((), (), 2)
